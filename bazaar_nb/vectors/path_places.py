"""Places along a path: where one is after so many pixels, and which way one looks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Element
from bazaar_nb.values.number import plain_number
from bazaar_nb.vectors.contours import Contour, Floats, Outline, PathLike, points_along, read_outline

_STEPS = 24  # straight pieces a curve is taken for
_AT = np.linspace(0, 1, _STEPS + 1)
_SMOOTH = np.radians(40)  # of two straight pieces that turn less, those of a curve that was sampled


class Place(NamedTuple):
    """A place on a path.

    Attributes
    ----------
    x, y : float, or array
        In pixels.
    angle : float, or array
        Degrees clockwise from rightwards: an element's `rotation` there.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.along("M 0 0 L 100 100", 0.5).angle
    45.0
    """

    x: float
    y: float
    angle: float


class PathPlaces(NamedTuple):
    """A path as many short straight pieces.

    Attributes
    ----------
    points : array of float, shape (n, 2, 2)
        Where each piece starts and ends.
    lengths : array of float, shape (n + 1,)
        Pixels from the path's start to each piece's, and to the end.
    angles : array of float, shape (n, 2)
        Which way one looks at a piece's start and end, in radians.
    closed : bool
        Whether one comes round again.
    """

    points: Floats
    lengths: Floats
    angles: Floats
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
        piece = np.clip(np.searchsorted(self.lengths, along, side="right") - 1, 0, len(self.points) - 1)
        share = (along - self.lengths[piece]) / np.diff(self.lengths)[piece]
        starts, ends = self.points[piece, 0], self.points[piece, 1]
        first, last = self.angles[piece, 0], self.angles[piece, 1]
        return starts + (ends - starts) * share[..., np.newaxis], first + (last - first) * np.clip(
            share, 0, 1
        )


def path_places(path: PathLike, what: str = "along", *, pieces: bool = True) -> PathPlaces:
    """Take a path: an element, SVG path data or points.

    Parameters
    ----------
    what : str
        Who asks, for errors.
    pieces : bool
        Whether it may have several, which are followed one after the other.

    Raises
    ------
    InvalidValueError
        For what is none, has no length, or more pieces than may be.
    """
    outline = read_outline(path, what)
    if len(outline) > 1 and not pieces:
        raise InvalidValueError(
            f"a path that is followed has one piece, this one has {len(outline)}: {_said(path)} ({what})"
        )
    return outline_places(outline, path, what)


def outline_places(outline: Outline, path: object = "", what: str = "along") -> PathPlaces:
    """Give the places along an outline."""
    parts = [_flattened(contour) for contour in outline if len(contour.curves)]
    points = np.concatenate([part for part, _ in parts]) if parts else np.zeros((0, 2, 2))
    lengths = np.hypot(*(points[:, 1] - points[:, 0]).T) if len(points) else np.zeros(0)
    there = lengths > 1e-9
    if not there.any():
        raise InvalidValueError(
            f"a path that is followed has a length, this one has none: {_said(path)} ({what})"
        )
    angles = np.concatenate([angle for _, angle in parts])
    return PathPlaces(
        points[there], np.concatenate([[0.0], np.cumsum(lengths[there])]), angles[there],
        len(outline) == 1 and outline[0].closed,
    )  # fmt: skip


def _said(path: object) -> str:
    return type(path).__name__ if isinstance(path, Element) else f"{path!r:.60}"


def _flattened(contour: Contour) -> tuple[Floats, Floats]:
    """Give a contour's pieces: their ends, and the angles there."""
    points: list[Floats] = []
    angles: list[Floats] = []
    for curve, straight in zip(contour.curves, contour.straight.tolist(), strict=True):
        if straight:
            ends = curve[[0, 3]][np.newaxis]
            points.append(ends)
            angles.append(np.full((1, 2), _angle(curve[3] - curve[0])))
        else:
            flat = points_along(curve[np.newaxis], _AT)[0]
            points.append(np.stack([flat[:-1], flat[1:]], axis=1))
            ways = np.unwrap([_angle(way) for way in _tangents(curve)])
            angles.append(np.stack([ways[:-1], ways[1:]], axis=1))
    found, ways = np.concatenate(points), np.concatenate(angles)
    if contour.straight.all():
        ways = _smoothed(ways, contour.closed)
    return found, ways


def _angle(way: Floats) -> float:
    return float(np.arctan2(way[1], way[0]))


def _tangents(curve: Floats) -> Floats:
    """Give the ways a curve goes at its pieces' ends; where it stands still, that of what is around."""
    a, b, c, d = curve
    t = _AT[:, np.newaxis]
    ways = (1 - t) ** 2 * (b - a) + 2 * (1 - t) * t * (c - b) + t**2 * (d - c)
    still = np.hypot(*ways.T) < 1e-9
    if still.any():
        flat = points_along(curve[np.newaxis], _AT)[0]
        ways[still] = np.gradient(flat, axis=0)[still]
    return np.asarray(ways)


def _smoothed(ways: Floats, closed: bool) -> Floats:
    """Have straight pieces that turn little turn evenly: they are samples of a curve."""
    turns = np.mod(np.roll(ways[:, 0], -1) - ways[:, 1] + np.pi, 2 * np.pi) - np.pi
    little = np.abs(turns) < _SMOOTH
    if not closed:
        little[-1] = False
    found = ways.copy()
    half = np.where(little, turns / 2, 0.0)
    found[:, 1] += half
    found[:, 0] -= np.roll(half, 1)
    return found


def along(path: PathLike, progress: float) -> Place:
    """Give where something is that follows a path, and how it is turned there.

    Parameters
    ----------
    path : Path or another shape, str, or array of shape (n, 2)
        An element that stands at pixels, SVG path data, or points. Several pieces are followed one
        after the other.
    progress : float, or array
        As a share of the path's length. Beyond 0 and 1 an open path goes straight on, a closed one
        round again.

    Returns
    -------
    Place
        ``x``, ``y`` and ``angle``: for an element's `x`, `y` and `rotation`. Arrays for an array.

    Raises
    ------
    InvalidValueError
        For what is no path, or has no length.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> x, y, angle = bz.along("M0 0 H100 V100", 0.75)
    >>> round(x), round(y), round(angle)
    (100, 50, 90)
    """
    places = path_places(path)
    one = plain_number(progress)
    shares = np.asarray(progress, float) if one is None else np.array([float(one)])
    if not np.isfinite(shares).all():
        raise InvalidValueError(f"`progress` must be a share of the path, got {progress!r:.60} (along)")
    points, angles = places.at(shares * places.length)
    degrees = np.degrees(angles)
    if one is None:
        return Place(points[..., 0], points[..., 1], degrees)  # type: ignore[arg-type]
    return Place(float(points[0, 0]), float(points[0, 1]), float(degrees[0]))
