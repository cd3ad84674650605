"""``{film}``: code whose last line is a film; a page shows the code, and the film that it makes.

All blocks of a page run in one namespace, from the top, with ``bz``, ``np`` and ``pd``. ``{film}`` shows
what its last line gives: a composition, a scene or a chart. ``{run}`` is run too, and shown as code only.
Code that fails stops the build: nothing on these pages can be out of date.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import html
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import bazaar_nb as bz

WIDTH, HEIGHT = 1280, 720
_SHOWN_WIDTH = 720
_NAMESPACES: dict[str, dict[str, Any]] = {}  # by page
_FOLDER = tempfile.TemporaryDirectory()  # where pages' code runs, and may write
DATA = Path(__file__).parents[2] / "notebooks" / "data"


class FilmDirective(SphinxDirective):
    """Run code, show it, and show the film that it ends with."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "alt": directives.unchanged_required,  # what is seen, for those who don't
        "still": float,  # which share of the film the picture before playing is from, 0 to 1
        "hide-code": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Give the code and the film as nodes."""
        code = "\n".join(self.content)
        with _data_folder():
            value = run_code(code, self._namespace(), f"{self.env.docname}:{self.lineno}")
        film = as_film(value)
        shown: list[nodes.Node] = []
        if "hide-code" not in self.options:
            shown.append(nodes.literal_block(code, code, language="python"))
        raw = film_html(
            film,
            Path(self.env.app.outdir),
            above="../" * self.env.docname.count("/"),
            alt=self.options.get("alt", film.name),
            still=self.options.get("still", 0.7),
        )
        shown.append(nodes.raw("", raw, format="html"))
        return shown

    def _namespace(self) -> dict[str, Any]:
        page = self.env.docname
        name = f"page_{page.replace('/', '_')}"
        return _NAMESPACES.setdefault(page, {"bz": bz, "np": np, "pd": pd, "__name__": name})


class RunDirective(FilmDirective):
    """Run code and show it, without a film."""

    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """Give the code as a node."""
        code = "\n".join(self.content)
        with _data_folder():
            run_code(code, self._namespace(), f"{self.env.docname}:{self.lineno}")
        return [nodes.literal_block(code, code, language="python")]


def run_code(code: str, namespace: dict[str, Any], where: str) -> Any:
    """Run code, and give the value of its last line.

    Parameters
    ----------
    namespace : dict
        Where its names are found, and kept.
    where : str
        Page and line, for tracebacks.
    """
    tree = ast.parse(code, where)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, where, "exec"), namespace)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), where, "eval"), namespace)
    return None


def as_film(value: Any) -> bz.Composition:
    """Give a composition, of a scene or chart where there is only that.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if isinstance(value, bz.Composition):
        return value
    if isinstance(value, bz.Scene):
        return bz.Composition([value], width=WIDTH, height=HEIGHT)
    given = type(value).__name__
    raise TypeError(f"a {{film}} must end with a composition, a scene or a chart, not with {given}")


def film_html(film: bz.Composition, outdir: Path, *, above: str, alt: str, still: float) -> str:
    """Write a film's movie and picture below the pages, and give the HTML that shows them.

    Parameters
    ----------
    above : str
        From the page to the site's root, as ``../``.
    alt : str
        What is seen.
    still : float
        Which share of the film the picture is from.
    """
    folder = outdir / "_films"
    folder.mkdir(parents=True, exist_ok=True)
    scale = min(1.0, _SHOWN_WIDTH / film.width)
    size = (round(film.width * scale / 2) * 2, round(film.height * scale / 2) * 2)
    with tempfile.TemporaryDirectory(dir=folder) as scratch, _data_folder():
        movie = Path(scratch) / "film.mp4"
        film.export(
            str(movie), resolution=size, progress=False, workspace=_workspace(outdir.parent / "renders")
        )
        data = movie.read_bytes()
        name = hashlib.blake2b(data, digest_size=8).hexdigest()
        movie.replace(folder / f"{name}.mp4")
        picture = film.still(min(film.frames - 1, int(still * film.frames)), scale=scale)
        picture.convert("RGB").save(folder / f"{name}.webp", quality=80)
    at = f"{above}_films/{name}"
    return (
        f'<video class="film" src="{at}.mp4" poster="{at}.webp" width="{size[0]}" height="{size[1]}"'
        f' controls loop muted playsinline preload="none" aria-label="{html.escape(alt)}"></video>'
    )


@functools.cache
def _workspace(root: Path) -> bz.Workspace:
    """Give one workspace for all films of a build: its workers take longer to start than to draw a film."""
    return bz.Workspace(root, workers=os.cpu_count())


def lay_data(folder: Path) -> None:
    """Have a folder refer to the data of the notebooks."""
    for file in DATA.iterdir():
        if not (folder / file.name).exists():
            (folder / file.name).symlink_to(file)


@contextmanager
def _data_folder() -> Iterator[None]:
    before = Path.cwd()
    lay_data(Path(_FOLDER.name))
    os.chdir(_FOLDER.name)
    try:
        yield
    finally:
        os.chdir(before)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directives."""
    app.add_directive("film", FilmDirective)
    app.add_directive("run", RunDirective)
    app.connect("build-finished", lambda app, _: _workspace(Path(app.outdir).parent / "renders").close())
    return {"parallel_read_safe": False}
