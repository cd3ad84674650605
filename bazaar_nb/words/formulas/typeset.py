"""A formula that is set: glyphs and rules with their places."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

EM = 100.0
"""Pixels of the letters that formulas are set in; they are drawn larger or smaller."""
_ALONG = np.linspace(0, 1, 13)[1:, np.newaxis]
RULE = "rule"
"""What rules, as of fractions and roots, are known by."""


class Glyph(NamedTuple):
    """A glyph, or a rule, of a formula.

    Attributes
    ----------
    key : str
        Equal for glyphs of one shape, whatever their size.
    d : str
        Its outline as SVG path data, with y downwards.
    x, y : float
        Where the outline's origin is.
    box : tuple of four floats
        Left, top, right and bottom of its ink in the formula.
    """

    key: str
    d: str
    x: float
    y: float
    box: tuple[float, float, float, float]


class Typeset(NamedTuple):
    """A formula in letters of `EM` pixels, with its ink's corner at the origin.

    Attributes
    ----------
    glyphs : tuple of Glyph
        In the order in which they are read; rules last.
    """

    width: float
    height: float
    glyphs: tuple[Glyph, ...]


class Outline:
    """Collects the steps of an outline, and writes them."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, NDArray[np.float64]]] = []

    def add(self, command: str, points: object = ()) -> None:
        """Add a step: M, L, Q, C or Z, and its absolute points."""
        if command == "M" and self._steps and self._steps[-1][0] == "M":
            self._steps.pop()  # nothing was drawn from there: Typst begins each outline at its origin
        self._steps.append((command, np.asarray(points, float).reshape(-1, 2)))

    def placed(self, key: str, x: float, y: float, scale: float, *, up: bool) -> Glyph | None:
        """Give the outline as a glyph at a place; None if it has no ink.

        Parameters
        ----------
        up : bool
            Whether its y goes upwards.
        """
        factor = np.array([scale, -scale if up else scale])
        steps = [(command, points * factor) for command, points in self._steps]
        points = np.concatenate([part for _, part in steps]) if steps else np.empty((0, 2))
        if not len(points) or np.ptp(points[:, 0]) + np.ptp(points[:, 1]) == 0:
            return None
        ink = _on_curves(steps)
        words = [command + " ".join(f"{value:.6g}" for value in part.ravel()) for command, part in steps]
        left, top = ink.min(axis=0)
        right, bottom = ink.max(axis=0)
        return Glyph(key, "".join(words), x, y, (x + left, y + top, x + right, y + bottom))

    def shape(self) -> str:
        """Give what is equal for outlines of one shape, of any size."""
        points = np.concatenate([part for _, part in self._steps])
        low, size = points.min(axis=0), np.ptp(points, axis=0).max() or 1.0
        commands = "".join(command for command, _ in self._steps)
        return f"{commands}:{np.round((points - low) / size, 2).tolist()}"


def _on_curves(steps: list[tuple[str, NDArray[np.float64]]]) -> NDArray[np.float64]:
    """Give points of an outline so near to one another that they tell how far it reaches."""
    found, last = [], np.zeros((1, 2))
    for _, points in steps:
        if len(points) > 1:  # a curve, by de Casteljau
            control = np.concatenate([last, points])[:, np.newaxis, :] + np.zeros((1, len(_ALONG), 1))
            while len(control) > 1:
                control = control[:-1] + (control[1:] - control[:-1]) * _ALONG
            found.append(control[0])
        elif len(points):
            found.append(points)
        last = points[-1:] if len(points) else last
    return np.concatenate(found)


def finish(glyphs: list[Glyph]) -> Typeset:
    """Move glyphs so that the corner of their ink is the origin."""
    if not glyphs:
        return Typeset(0.0, 0.0, ())
    boxes = np.array([glyph.box for glyph in glyphs])
    left, top = float(boxes[:, 0].min()), float(boxes[:, 1].min())
    moved = tuple(
        glyph._replace(
            x=glyph.x - left,
            y=glyph.y - top,
            box=(glyph.box[0] - left, glyph.box[1] - top, glyph.box[2] - left, glyph.box[3] - top),
        )
        for glyph in sorted(glyphs, key=lambda one: one.key == RULE)
    )
    return Typeset(float(boxes[:, 2].max()) - left, float(boxes[:, 3].max()) - top, moved)
