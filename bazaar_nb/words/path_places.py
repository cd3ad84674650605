"""Places along a path: where one is after so many pixels, and which way one looks."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Path

Floats = NDArray[np.float64]
PathLike: TypeAlias = "Path | str | NDArray[np.floating] | list[tuple[float, float]]"
_STEPS = 24  # straight pieces a curve is taken for
_PARTS = np.linspace(0, 1, _STEPS + 1)[1:, np.newaxis]


class PathPlaces(NamedTuple):
    """A path as many short straight pieces.

    Attributes
    ----------
    points : array of float, shape (n, 2)
    lengths : array of float, shape (n,)
        Pixels from the path's start to each.
    closed : bool
    """

    points: Floats
    lengths: Floats
    closed: bool

    @property
    def length(self) -> float:
        """Pixels from start to end."""
        return float(self.lengths[-1])

    def at(self, along: Floats) -> tuple[Floats, Floats]:
        """Give the points after so many pixels, and the angles there in radians, clockwise from rightwards.

        Beyond its ends an open path goes straight on, a closed one round again.
        """
        along = np.asarray(along, float)
        if self.closed:
            along = np.mod(along, self.length)
        piece = np.clip(np.searchsorted(self.lengths, along, side="right") - 1, 0, len(self.lengths) - 2)
        steps = np.diff(self.points, axis=0)
        pieces = np.diff(self.lengths)
        points = (
            self.points[piece]
            + steps[piece] * ((along - self.lengths[piece]) / pieces[piece])[..., np.newaxis]
        )
        # Angles between the middles of pieces change evenly: letters don't jerk from piece to piece.
        angles = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
        middles = self.lengths[:-1] + pieces / 2
        return points, np.interp(along, middles, angles)


def path_places(path: PathLike) -> PathPlaces:
    """Take a path: an element, SVG path data or points.

    Raises
    ------
    InvalidValueError
        For what is none, has no length, or more than one piece.
    """
    offset = np.zeros(2)
    if isinstance(path, Path):
        if isinstance(path.x, str) or isinstance(path.y, str):
            raise InvalidValueError(
                f"a path that is followed stands at pixels, not at {path.x!r}, {path.y!r}"
            )
        offset = np.array([path.x, path.y], float)
        path = path.d if isinstance(path.d, str) else path.d.values()
    if isinstance(path, str):
        points, closed = _flattened(path)
    else:
        points, closed = np.asarray(path, float), False
        if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
            raise InvalidValueError(f"a path is SVG path data or an array of shape (n, 2), got {path!r:.60}")
    points = points + offset
    apart = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.zeros(0)
    points = points[np.concatenate([[True], apart > 1e-9])] if len(points) else points
    if len(points) < 2:
        raise InvalidValueError(f"a path that is followed has a length, this one has none: {path!r:.60}")
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    return PathPlaces(points, lengths, closed)


@lru_cache(maxsize=64)
def _flattened(data: str) -> tuple[Floats, bool]:
    from fontTools.svgLib.path import parse_path

    pen = _FlatPen()
    try:
        parse_path(data, pen)
    except Exception as error:  # the parser raises whatever it stumbles over
        raise InvalidValueError(f"no SVG path data: {data!r:.60} ({error})") from None
    if pen.pieces > 1:
        raise InvalidValueError(
            f"a path that is followed has one piece, this one has {pen.pieces}: {data!r:.60}"
        )
    return np.array(pen.points, float).reshape(-1, 2), pen.closed


class _FlatPen:
    """Takes fontTools' drawing calls, and keeps points."""

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []
        self.pieces = 0
        self.closed = False

    def moveTo(self, to: tuple[float, float]) -> None:  # noqa: N802 (the pen protocol's names)
        self.pieces += 1
        self.points.append(to)

    def lineTo(self, to: tuple[float, float]) -> None:  # noqa: N802
        self.points.append(to)

    def curveTo(self, *to: tuple[float, float]) -> None:  # noqa: N802
        self._add(np.array([self.points[-1], *to], float))

    def qCurveTo(self, *to: tuple[float, float]) -> None:  # noqa: N802
        self._add(np.array([self.points[-1], *to], float))

    def closePath(self) -> None:  # noqa: N802
        self.points.append(self.points[0])
        self.closed = True

    def endPath(self) -> None:  # noqa: N802
        """Leave the path open."""

    def _add(self, control: Floats) -> None:
        while len(control) > 1 and control.ndim == 2:  # de Casteljau, for all steps at once
            control = control[:, np.newaxis, :] + np.zeros((1, _STEPS, 1))
        while len(control) > 1:
            control = control[:-1] + (control[1:] - control[:-1]) * _PARTS[np.newaxis]
        self.points.extend(map(tuple, control[0].tolist()))
