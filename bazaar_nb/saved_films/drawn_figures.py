"""Figures and drawings that functions draw, made pixels: a saved film has no code.

They are drawn as large as frames of one size show them. An export of that size
then has the same pixels as one of the film with its functions; a larger one has
them enlarged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.errors import ElementError
from bazaar_nb.render.evaluation import placed_error
from bazaar_nb.render.still import named_file
from bazaar_nb.scene.elements import AnyElement, Box, Column, Drawing, Figure, Group, Pixels, Row
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.repeatability import tell_figure
from bazaar_nb.scene.tree import Elements, FrameTree

Drawn = Figure | Drawing
_Drawn = dict[str, tuple[tuple[float, float], NDArray[np.uint8]]]
_NOTHING: Any = np.zeros((1, 1, 4), np.uint8)


class FigureDrawing:
    """Draws the figures of a film's frames.

    Parameters
    ----------
    film : Film
        That the frames are of; for warnings.
    size : tuple of (int, int)
        Of the frames that they are drawn for, in pixels.
    """

    def __init__(self, film: Film, size: tuple[int, int]) -> None:
        self._film = film
        self._renderer = Renderer(*size, named_file)
        self._numbers = count()
        self._canvas = np.empty((size[1], size[0], 4), np.uint8)

    def draw(self, frames: Sequence[tuple[int, FrameTree]]) -> list[FrameTree]:
        """Give trees in which figures are pixels, from frames that follow one another.

        Raises
        ------
        ElementError
            When a function raises, with scene and frame.
        """
        drawn = [self._draw(index, tree) for index, tree in frames]
        found = self._renderer.check_figures()
        if "order" in found.values():  # they depended on the frames before: now none is kept any more
            drawn = [self._draw(index, tree) for index, tree in frames]
        for index, why in found.items():
            tell_figure(self._film, index, why)
        return drawn

    def _draw(self, index: int, tree: FrameTree) -> FrameTree:
        drawn: _Drawn = {}

        def on_figure(figure: Drawn, box: tuple[float, float], pixels: NDArray[np.uint8]) -> None:
            drawn.setdefault(figure.drawn_by, (box, pixels))

        renderer = self._renderer
        renderer.frame = index
        renderer.tell_figures(on_figure)
        try:
            # The names of whom they are drawn by tell them apart: two may be equal and have other sizes. No
            # name comes twice: what is blurred or casts a shadow would be taken from a cache.
            told = _changed(tree.elements, lambda figure: replace(figure, drawn_by=str(next(self._numbers))))
            renderer.draw(replace(tree, elements=_shown(told)), self._canvas)
        except ElementError as error:
            raise placed_error(error, self._film, index) from error
        finally:
            renderer.tell_figures(None)
        return replace(tree, elements=_changed(told, lambda figure: _pixels_of(figure, drawn)))


def _changed(elements: Elements, change: Callable[[Drawn], AnyElement]) -> Elements:
    """Give elements with each figure that a function draws changed."""
    made: list[AnyElement] = []
    for element in elements:
        if isinstance(element, Drawing) or (
            isinstance(element, Figure) and not (element.data or element.asset)
        ):
            made.append(change(element))
        elif isinstance(element, Group | Row | Column):
            children = _changed(element.children, change)
            same = all(one is other for one, other in zip(children, element.children, strict=True))
            made.append(element if same else replace(element, children=children))
        else:
            made.append(element)
    return tuple(made)


def _shown(elements: Elements) -> Elements:
    """Let elements be drawn that are seen through: how large they are must be known all the same."""
    return tuple(
        replace(element, opacity=element.opacity or 1.0, **inside)
        for element in elements
        for inside in [
            {"children": _shown(element.children)} if isinstance(element, Group | Row | Column) else {}
        ]
    )


def _pixels_of(figure: Drawn, drawn: _Drawn) -> Pixels:
    box, pixels = drawn.get(figure.drawn_by, ((figure.width, figure.height), _NOTHING))
    placed = {name: getattr(figure, name) for name in Box.__struct_fields__}
    return Pixels(pixels, width=box[0], height=box[1], fit="fill", **placed)  # type: ignore[arg-type]
