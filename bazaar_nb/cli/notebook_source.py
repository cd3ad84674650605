"""A film in a notebook: its cells are run in this process, one after the other, as in a notebook.

No kernel is needed, and no server: the shell is IPython's own, so that magics work. Nothing is displayed, and
what cells print goes to standard error.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bazaar_nb.cli.author_errors import source_error
from bazaar_nb.cli.module_source import authors_files
from bazaar_nb.composition.composition import Composition
from bazaar_nb.errors import FilmSourceError, ParameterError
from bazaar_nb.parameters.conversion import convert
from bazaar_nb.parameters.kinds import Kind, read_kind
from bazaar_nb.parameters.value_texts import value_of_argument
from bazaar_nb.parameters.wording import given

_TAKES = re.compile(r"@(\w+\.)?film\b")  # a function that has parameters itself


class RanNotebook(NamedTuple):
    """What running a notebook gave.

    Attributes
    ----------
    names : dict
        Its variables.
    shown : Composition or None
        The film that a cell showed last.
    left : dict of str to sequence of str
        Arguments that its cell of parameters doesn't have.
    files : tuple of Path
        The notebook, and the author's modules that it imports.
    """

    names: dict[str, Any]
    shown: Composition | None
    left: dict[str, Sequence[str]]
    files: tuple[Path, ...]


class _Cell(NamedTuple):
    number: int
    source: str
    id: str
    has_parameters: bool


def run_notebook(path: Path, arguments: Mapping[str, Sequence[str]]) -> RanNotebook:
    """Run a notebook's cells, in the notebook's folder.

    Parameters
    ----------
    arguments : mapping of str to sequence of str
        What replaces values of the cell that is tagged ``parameters``, as papermill does it, of the types
        that they have there.

    Raises
    ------
    FilmSourceError
        When it is no notebook, or for the first cell that raises.
    ParameterError
        With all values that are of no such type.
    """
    cells = _read(path)
    _check_arguments(cells, arguments, path)
    before = set(sys.modules)
    shell = _shell()
    shown: Composition | None = None
    left = dict(arguments)
    folder, here = str(path.resolve().parent), Path.cwd()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            for cell in cells:
                value = _run(shell, cell, path)
                shown = value if isinstance(value, Composition) else shown
                if cell.has_parameters:
                    left = _set_parameters(shell.user_ns, cell, left, path)
    finally:
        os.chdir(here)
    hidden = set(shell.user_ns_hidden)
    names = {name: value for name, value in shell.user_ns.items() if name not in hidden and name[:1] != "_"}
    return RanNotebook(names, shown, left, (path.resolve(), *authors_files(set(sys.modules) - before)))


def _read(path: Path) -> list[_Cell]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        cells = document["cells"]
        found = []
        for number, cell in enumerate(cells, 1):
            if cell["cell_type"] != "code":
                continue
            source = cell["source"]
            text = source if isinstance(source, str) else "".join(source)
            tags = cell.get("metadata", {}).get("tags", [])
            found.append(_Cell(number, text, str(cell.get("id", f"cell-{number}")), "parameters" in tags))
    except OSError as error:
        raise FilmSourceError(f"can't read {path}: {error.strerror}", source=str(path)) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FilmSourceError(f"{path} is no notebook of format 4", source=str(path)) from None
    return found


def _run(shell: Any, cell: _Cell, path: Path) -> Any:
    done = shell.run_cell(cell.source, store_history=False, cell_id=cell.id)
    error = done.error_before_exec or done.error_in_exec
    if error is None:
        return done.result
    if isinstance(error, KeyboardInterrupt):
        raise error
    raise source_error(error, f"cell {cell.number} of {path.name}", str(path)) from error


def _shell() -> Any:
    """Give a new shell in which nothing is displayed; it is the one that cells find."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    from bazaar_nb.widgets.display import register_displays
    from bazaar_nb.widgets.notebook_cells import watch_cells

    class NothingShown(DisplayHook):
        def __call__(self, result: Any = None) -> None:
            if result is not None and self.exec_result is not None:
                self.exec_result.result = result

    class NothingPublished(DisplayPublisher):
        def publish(self, *arguments: Any, **options: Any) -> None:
            del arguments, options

    if InteractiveShell.initialized():
        InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = InteractiveShell.instance(
        config=config, displayhook_class=NothingShown, display_pub_class=NothingPublished
    )
    shell.showtraceback = lambda *_, **__: None  # type: ignore[method-assign]  # the error is told once, by who asked
    shell.showsyntaxerror = lambda *_, **__: None  # type: ignore[method-assign]
    watch_cells()
    register_displays()
    return shell


def _set_parameters(
    names: dict[str, Any], cell: _Cell, arguments: Mapping[str, Sequence[str]], path: Path
) -> dict[str, Sequence[str]]:
    """Replace the values of the cell of parameters; give the arguments that it doesn't have."""
    has = _assigned(cell.source)
    problems = []
    for name in [one for one in arguments if one in has]:
        kind = _kind_of(names.get(name))
        made, wrong = convert(kind, value_of_argument(kind, list(arguments[name])), name)
        problems += wrong
        names[name] = made
    if problems:
        lines = "; ".join(f"`{one.parameter}` must be {one.wanted}, got {one.given}" for one in problems)
        said = tuple((one.parameter, one.given, one.wanted) for one in problems)
        raise ParameterError(f"{lines} (parameters of {path.name})", problems=said)
    return {name: texts for name, texts in arguments.items() if name not in has}


def _kind_of(value: object) -> Kind:
    """Give what takes the place of a value: one of its type."""
    hint: Any = type(value)
    if isinstance(value, list | tuple):
        hint = list[type(value[0])] if value else list[str]  # type: ignore[misc]  # known when it runs
    found = None if value is None else read_kind(hint)
    return found or Kind("other", Any)


def _assigned(source: str) -> list[str]:
    """Give the names that a cell sets."""
    try:
        body = ast.parse(source).body
    except SyntaxError:  # with a magic in it
        return []
    found: list[str] = []
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found += [one.id for one in targets if isinstance(one, ast.Name)]
    return found


def _check_arguments(cells: list[_Cell], arguments: Mapping[str, Sequence[str]], path: Path) -> None:
    """Refuse what nothing takes, before anything is run."""
    if any(_TAKES.search(cell.source) for cell in cells):
        return  # a function of a film tells itself what it takes
    has = [name for cell in cells if cell.has_parameters for name in _assigned(cell.source)]
    unknown = [name for name in arguments if name not in has]
    if not unknown:
        return
    if not has:
        raise FilmSourceError(
            f"{path} takes no parameters, got {', '.join(unknown)}: tag the cell that sets them with "
            "`parameters` (in JupyterLab: the gears at the right, Cell tags), or make a function by @bz.film",
            source=str(path),
        )
    near = difflib.get_close_matches(unknown[0], has, 1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; its parameters are {', '.join(has)}"
    wanted = f"a parameter of {path.name}{hint}"
    raise ParameterError(
        f"`{unknown[0]}` is no parameter of {path.name}{hint}",
        problems=((unknown[0], given(arguments[unknown[0]][-1]), wanted),),
    )
