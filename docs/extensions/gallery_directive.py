"""``{gallery} charts``: every example of a gallery of the tests, as a film that plays, with its code below.

The same examples are looked at as stored stills by the tests.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from film_directive import film_html
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import bazaar_nb as bz

WIDTH, HEIGHT = 640, 360
FPS = 30


class GalleryDirective(SphinxDirective):
    """Show all examples of a gallery."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """Give a grid of films with their code."""
        grid = nodes.container(classes=["gallery"])
        jumps = nodes.paragraph(classes=["gallery-jumps"])
        for name, scene, code in GALLERIES[self.arguments[0]]():
            film = bz.Composition([scene], width=WIDTH, height=HEIGHT, fps=FPS, name=name)
            above = "../" * self.env.docname.count("/")
            title = name.replace("_", " ")
            place = name.replace("_", "-")
            if jumps.children:
                jumps += nodes.Text(" · ")
            jumps += nodes.reference(title, title, refid=place, internal=True)
            video = film_html(film, Path(self.env.app.outdir), above=above, alt=title, still=0.7)
            card = nodes.container(classes=["gallery-card"], ids=[place])
            card += nodes.raw("", video, format="html")
            card += nodes.paragraph("", "", nodes.strong("", title[0].upper() + title[1:]))
            card += nodes.literal_block(code, code, language="python")
            grid += card
        return [jumps, grid]


def _charts() -> Iterator[tuple[str, bz.Scene, str]]:
    module = importlib.import_module("tests.charts.gallery_charts")
    for name, make in module.CHARTS.items():
        yield name, make("light"), _returned(textwrap.dedent(inspect.getsource(make)))


def _returned(source: str) -> str:
    """Give what a function does and returns, without its heading and docstring."""
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    first = function.body[1 if ast.get_docstring(function) else 0]
    lines = textwrap.dedent("\n".join(source.splitlines()[first.lineno - 1 :]))
    return lines.replace("return ", "", 1).replace("    theme=theme,\n", "")


def _of_words(room: str, module_name: str) -> Callable[[], Iterator[tuple[str, bz.Scene, str]]]:
    def examples() -> Iterator[tuple[str, bz.Scene, str]]:
        module = importlib.import_module(f"tests.{room}.{module_name}")
        for name, code in module.EXAMPLES.items():
            yield name, module.example(name), textwrap.dedent(code).strip()

    return examples


GALLERIES: dict[str, Callable[[], Iterator[tuple[str, bz.Scene, str]]]] = {
    "charts": _charts,
    "looks": _of_words("looks", "gallery_looks"),
    "transitions": _of_words("transitions", "gallery_transitions"),
    "vectors": _of_words("vectors", "gallery_vectors"),
    "words": _of_words("words", "gallery_words"),
}
"""Each gives names, scenes and code."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive("gallery", GalleryDirective)
    return {"parallel_read_safe": False}
