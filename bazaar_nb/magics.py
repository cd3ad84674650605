"""``%%scene``: a cell that is the body of a scene, and shows it.

``%load_ext bazaar_nb`` makes it known.
"""

from __future__ import annotations

import argparse
import ast
import keyword
import linecache
import shlex
from types import FunctionType
from typing import Any, NoReturn

from IPython.core.error import UsageError

import bazaar_nb
from bazaar_nb.composition.composition import Composition
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.scene import Scene, scene
from bazaar_nb.widgets.notebook_cells import current_source, watch_cells

DEFAULT_NAME = "scene_cell"
_USAGE = "%%scene [name] [--duration 3] [--size 1280x720] [--fps 30] [--background black]"


def add_magics(shell: Any) -> None:
    """Make ``%%scene`` known to an IPython shell."""
    watch_cells()
    shell.register_magic_function(SceneMagic(shell), "cell", "scene")


class SceneMagic:
    """Make a scene of this cell, and show it.

    ::

        %%scene [name] [--duration 3] [--size 1280x720] [--fps 30] [--background black]

    The cell is the body of a scene function: ``frame`` is there, as are ``bz`` and all
    names of the notebook. Its last line gives the elements::

        %%scene hello --duration 2
        rise = bz.spring(frame, clamp=True)
        [bz.Fill("navy"), bz.Text("Hello", size=200, opacity=rise)]

    Other films can use the scene by its name, ``hello()``; the film shown is ``_``.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self.__doc__ = type(self).__doc__  # what ``%%scene?`` shows

    def __call__(self, line: str, cell: str) -> Composition:
        """Run the cell."""
        options = _options(line)
        function = self._function(options.name, line, cell)
        film = {
            "width": options.size[0],
            "height": options.size[1],
            "fps": options.fps,
            "background": options.background,
            "name": options.name,
        }
        try:  # before the scene is known by its name, and films that use it follow
            Composition([Scene(function, duration=options.duration)], **film)
        except InvalidValueError as error:
            raise UsageError(f"%%scene: {error}") from None
        made = self._shell.user_ns[options.name] = scene(duration=options.duration)(function)
        return Composition([made()], **film)

    def _function(self, name: str, line: str, cell: str) -> FunctionType:
        """Make a function of the cell, whose lines tracebacks find."""
        names = self._shell.user_ns
        names.setdefault("bz", bazaar_nb)
        source = current_source() or f"%%scene {line}\n{cell}"
        above = len(source.splitlines()) - len(cell.splitlines())  # the magic's own, and empty ones
        lines = ["\n"] * above + cell.splitlines(keepends=True)
        file = f"<%%scene {name}, cell {self._shell.execution_count}>"
        linecache.cache[file] = (len(source), None, lines, file)
        body = ast.parse("".join(lines), file).body
        if not _return_last(body):
            last = ast.unparse(body[-1]) if body else "nothing"
            raise UsageError(
                f"%%scene: a cell ends with its elements, such as [bz.Text('Hello')]; got {last:.60}"
            )
        module = ast.parse(f"def {name}(frame): pass")
        made = module.body[0]
        assert isinstance(made, ast.FunctionDef)  # it was written so
        made.body = body
        found: dict[str, FunctionType] = {}
        exec(compile(module, file, "exec", dont_inherit=True), names, found)
        return found[name]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wanted, where argparse would end the process."""
        raise UsageError(f"%%scene: {message}; it is used as {_USAGE}")


def _options(line: str) -> argparse.Namespace:
    parser = _Parser(prog="%%scene", add_help=False)
    parser.add_argument("name", nargs="?", default=DEFAULT_NAME, type=_name)
    parser.add_argument("--duration", default="3")
    parser.add_argument("--size", default=(1280, 720), type=_size)
    parser.add_argument("--fps", default="30")
    parser.add_argument("--background", default="black")
    try:
        words = shlex.split(line)
    except ValueError as error:
        parser.error(f"{error} in {line!r}")
    return parser.parse_args(words)


def _name(text: str) -> str:
    if text.isidentifier() and not keyword.iskeyword(text):
        return text
    raise argparse.ArgumentTypeError(f"expected a Python name for the scene, got {text!r}")


def _size(text: str) -> tuple[int, int]:
    sides = text.lower().split("x")
    if len(sides) == 2 and all(side.isascii() and side.isdigit() and len(side) < 6 for side in sides):
        return int(sides[0]), int(sides[1])
    raise argparse.ArgumentTypeError(f"expected width and height in pixels as 1280x720, got {text!r}")


def _return_last(body: list[ast.stmt]) -> bool:
    """Have a body return the value of its last line; tell whether that is there to be returned."""
    last = body[-1] if body else None
    if isinstance(last, ast.Expr):
        body[-1] = ast.copy_location(ast.Return(last.value), last)
        return True
    if isinstance(last, ast.If):
        return any([_return_last(last.body), _return_last(last.orelse)])
    if isinstance(last, ast.With):
        return _return_last(last.body)
    return isinstance(last, ast.Return | ast.Raise | ast.Try | ast.Match)
