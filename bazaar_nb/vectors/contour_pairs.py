"""The contours of two outlines, paired and sampled so that one can become the other."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bazaar_nb.vectors.contours import Contour, Floats, Outline, bounds, from_points, points_along

_EVEN = 128  # samples that every contour has, whatever its corners
_MOST = 4_096  # samples of one: of more corners they are taken evenly
_STEPS = np.linspace(0, 1, 25)
_LEAST = 1e-9


class Pair(NamedTuple):
    """Two contours as equally many points.

    Attributes
    ----------
    first, last : array of float, shape (n, 2)
    closed : bool
        Whether both are.
    """

    first: Floats
    last: Floats
    closed: bool


class Pairs(NamedTuple):
    """All contours of two outlines."""

    pairs: tuple[Pair, ...]

    def at(self, share: float) -> Outline:
        """Give the outline between them."""
        return tuple(
            from_points(pair.first + (pair.last - pair.first) * share, closed=pair.closed)
            for pair in self.pairs
        )


class _Line(NamedTuple):
    """A contour as straight pieces: points, and pixels from its start to each; where its curves meet."""

    points: Floats
    lengths: Floats
    corners: Floats
    closed: bool
    area: float
    middle: Floats

    @property
    def length(self) -> float:
        return float(self.lengths[-1])

    def at(self, shares: Floats) -> Floats:
        wanted = np.clip(shares, 0, 1) * self.length
        x, y = (np.interp(wanted, self.lengths, column) for column in self.points.T)
        return np.stack([x, y], axis=1)


class _Key:
    """An outline as a key: read from one text it is the same object, so comparing is by what it is."""

    __slots__ = ("_hash", "outline")

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self._hash = hash(tuple((part.curves.tobytes(), part.start.tobytes()) for part in outline))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and (
            self.outline is other.outline
            or (
                len(self.outline) == len(other.outline)
                and all(
                    one.closed == two.closed
                    and np.array_equal(one.curves, two.curves)
                    and np.array_equal(one.start, two.start)
                    for one, two in zip(self.outline, other.outline, strict=True)
                )
            )
        )


def pair_contours(first: Outline, last: Outline) -> Pairs:
    """Pair the contours of two outlines."""
    return _paired(_Key(first), _Key(last))


@lru_cache(maxsize=64)
def _paired(first: _Key, last: _Key) -> Pairs:
    ones, others = (_same_way([_line(part) for part in key.outline]) for key in (first, last))
    frames = _box(first.outline), _box(last.outline)
    pairs: list[tuple[int, Pair]] = []
    for holes in (False, True):
        left = [number for number, line in enumerate(ones) if (line.area < 0) == holes]
        right = [number for number, line in enumerate(others) if (line.area < 0) == holes]
        for one, other in _matched([ones[n] for n in left], [others[n] for n in right], frames):
            place = left[one] if one is not None else len(ones) + right[other]  # type: ignore[index]
            pairs.append(
                (
                    place,
                    _pair(
                        None if one is None else ones[left[one]],
                        None if other is None else others[right[other]],
                        ones,
                        others,
                    ),
                )
            )
    return Pairs(tuple(pair for _, pair in sorted(pairs, key=lambda found: found[0])))


def _line(contour: Contour) -> _Line:
    ends = [contour.start[np.newaxis]]
    counts = [1]
    for curve, straight in zip(contour.curves, contour.straight.tolist(), strict=True):
        part = curve[3][np.newaxis] if straight else points_along(curve[np.newaxis], _STEPS)[0, 1:]
        ends.append(part)
        counts.append(len(part))
    points = np.concatenate(ends)
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    corners = lengths[np.cumsum(counts) - 1] / max(float(lengths[-1]), _LEAST)
    x, y = points.T
    area = float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2
    if lengths[-1] < _LEAST:
        return _Line(points[:1].repeat(2, axis=0), np.array([0.0, 1.0]), np.zeros(0), True, 0.0, points[0])
    steps = np.diff(lengths)
    middle = ((points[1:] + points[:-1]) / 2 * steps[:, np.newaxis]).sum(axis=0) / steps.sum()
    return _Line(points, lengths, corners, contour.closed, area, middle)


def _same_way(lines: list[_Line]) -> list[_Line]:
    """Turn all contours of an outline round if the largest isn't clockwise: holes then have areas below 0."""
    largest = max(lines, key=lambda line: abs(line.area))
    return lines if largest.area >= 0 else [_reversed(line) for line in lines]


def _reversed(line: _Line) -> _Line:
    lengths = line.length - line.lengths[::-1]
    return line._replace(
        points=line.points[::-1], lengths=lengths, corners=1 - line.corners[::-1], area=-line.area
    )


def _box(outline: Outline) -> tuple[Floats, float]:
    """Give the corner and the larger side of an outline's box."""
    left, top, right, bottom = bounds(outline)
    return np.array([left, top]), max(right - left, bottom - top, _LEAST)


def _matched(
    ones: list[_Line], others: list[_Line], frames: tuple[tuple[Floats, float], ...]
) -> list[tuple[int | None, int | None]]:
    """Pair contours, the largest first, each with the one that is most like it in size and place."""
    found: list[tuple[int | None, int | None]] = []
    (corner, side), (other_corner, other_side) = frames
    free = list(range(len(others)))
    places = np.array([(line.middle - other_corner) / other_side for line in others]).reshape(-1, 2)
    sizes = np.array([np.sqrt(abs(line.area)) / other_side for line in others])
    order = sorted(range(len(ones)), key=lambda n: (-abs(ones[n].area), n))
    for number in order:
        if not free:
            found.append((number, None))
            continue
        line = ones[number]
        away = np.hypot(*(places[free] - (line.middle - corner) / side).T)
        unlike = away + np.abs(sizes[free] - np.sqrt(abs(line.area)) / side)
        found.append((number, free.pop(int(np.argmin(unlike)))))
    found += [(None, number) for number in free]
    return found


def _pair(one: _Line | None, other: _Line | None, ones: list[_Line], others: list[_Line]) -> Pair:
    if one is None:
        assert other is not None
        return _grown(other, ones)
    if other is None:
        grown = _grown(one, others)
        return Pair(grown.last, grown.first, grown.closed)
    if one.closed and other.closed:
        shift = _best_shift(one, other)
    else:
        shift = 0.0
        ends = one.points[[0, -1]] - one.middle, other.points[[0, -1]] - other.middle
        if np.abs(ends[0] - ends[1]).sum() > np.abs(ends[0] - ends[1][::-1]).sum():
            other = _reversed(other)
    shares = _shares(one, other, shift)
    first = one.at(shares)
    last = other.at(np.mod(shares + shift, 1.0) if shift else shares)
    both = one.closed and other.closed
    return Pair(first[:-1], last[:-1], closed=True) if both else Pair(first, last, closed=False)


def _grown(line: _Line, others: list[_Line]) -> Pair:
    """Have a contour grow from the nearest point of what is there before; a hole from its middle."""
    shares = _shares(line, line, 0.0)
    last = line.at(shares)
    point = line.middle
    if line.area >= 0:
        known = np.concatenate([other.points for other in others])
        point = known[int(np.argmin(np.hypot(*(known - line.middle).T)))]
    return Pair(np.broadcast_to(point, last.shape).copy(), last, closed=line.closed)


def _shares(one: _Line, other: _Line, shift: float) -> Floats:
    """Give the shares of their lengths at which both are sampled: evenly, and at all corners."""
    even = np.linspace(0, 1, _EVEN + 1)
    corners = [one.corners, np.mod(other.corners - shift, 1.0) if shift else other.corners]
    if sum(map(len, corners)) > _MOST:
        return np.linspace(0, 1, _MOST + 1)
    shares = np.unique(np.concatenate([even, *corners]))
    apart = np.concatenate([[True], np.diff(shares) > 1e-9])
    return np.asarray(shares[apart])


def _best_shift(one: _Line, other: _Line) -> float:
    """Give the share of the other's length at which to start, so that all points together go least far.

    The sum of squared distances is least where the correlation of the points, as complex numbers, is
    largest; for all shifts at once that is a product of Fourier transforms.
    """
    even = np.arange(_EVEN) / _EVEN
    a, b = (line.at(even) - line.middle for line in (one, other))
    signals = [np.fft.fft(points[:, 0] + 1j * points[:, 1]) for points in (a, b)]
    fits = np.fft.ifft(np.conj(signals[0]) * signals[1]).real
    best = int(np.argmax(np.round(fits / (np.abs(fits).max() or 1.0), 9)))
    return best / _EVEN
