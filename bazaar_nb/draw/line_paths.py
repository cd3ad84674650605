"""Arrays of points as skia paths of straight lines, without a call a point.

skia-python takes points one object at a time, which for 10,000 of them takes
4 ms. But a path can be read from memory, in a form that skia writes but does
not promise: it is compared with what this skia writes, once a process, and
where it is another the points go in one by one. Measured: 0.14 ms.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.skia_import import skia

Floats = NDArray[np.float32]
_ROUNDS = 4
_MOVE, _LINE, _CLOSE = 0, 1, 5  # skia's verbs


def line_path(points: Floats, starts: NDArray[np.intp] | None = None, *, closed: bool = False) -> skia.Path:
    """Give a path through points.

    Parameters
    ----------
    points : array of float32, shape (n, 2)
        At least one, all finite.
    starts : array of int, optional
        Rows at which lines begin, rising, the first 0; one line by default.
    closed : bool
        Whether each line returns to its start.
    """
    if starts is None:
        starts = np.zeros(1, np.intp)
    points = np.ascontiguousarray(points, "<f4")
    if not _is_form_known():
        return _path_by_calls(points, starts, closed=closed)
    path = skia.Path()
    if not path.readFromMemory(_written(points, starts, closed=closed)):
        raise MemoryError(f"skia could not make a path of {len(points)} points")
    return path


def _written(points: Floats, starts: NDArray[np.intp], *, closed: bool) -> bytes:
    """Give a path as skia writes it: version and fill, counts, points, verbs padded to whole words."""
    verbs = np.full(len(points), _LINE, np.uint8)
    verbs[starts] = _MOVE
    if closed:
        verbs = np.insert(verbs, [*starts[1:], len(points)], np.uint8(_CLOSE))
    head = np.array([5, len(points), 0, len(verbs)], "<i4")
    return head.tobytes() + points.tobytes() + verbs.tobytes() + bytes(-len(verbs) % 4)


def _path_by_calls(points: Floats, starts: NDArray[np.intp], *, closed: bool) -> skia.Path:
    path = skia.Path()
    for line in np.split(points, starts[1:]):
        path.moveTo(*line[0].tolist())
        for x, y in line[1:].tolist():
            path.lineTo(x, y)
        if closed:
            path.close()
    return path


@lru_cache(maxsize=1)
def _is_form_known() -> bool:
    points = np.array([[1, 2], [3, 4.5], [5, 6], [7, 8], [9, 1]], np.float32)
    starts = np.array([0, 3])
    return all(
        bytes(_path_by_calls(points, starts, closed=closed).writeToMemory())
        == _written(points, starts, closed=closed)
        for closed in (False, True)
    )


def split_at_gaps(points: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Give the points of lines that have gaps, and where each part starts.

    Parameters
    ----------
    points : array of float32, shape (lines, n, 2)
        NaN in x or y is a gap.

    Returns
    -------
    points : array of float32, shape (k, 2)
        Those that aren't gaps.
    starts : array of int
        Rows at which a part begins; a part never spans two lines.
    """
    lines, n = points.shape[:2]
    flat = points.reshape(-1, 2)
    missing = np.isnan(flat[:, 0] + flat[:, 1])
    if not missing.any():
        return flat, np.arange(lines) * n if n else np.zeros(0, np.intp)
    there = ~missing
    begins = np.zeros(len(flat), np.bool_)
    begins[::n] = True
    begins[1:] |= ~there[:-1]
    # A part begins at its first point that is there.
    return flat[there], np.flatnonzero(begins[there])


def trimmed(
    points: Floats, starts: NDArray[np.intp], start: float, end: float
) -> tuple[Floats, NDArray[np.intp]]:
    """Give the part of a line between two fractions of its length, its gaps not counted.

    Parameters
    ----------
    points, starts : arrays
        As `split_at_gaps` gives them, of one line.
    """
    none = points[:0], starts[:0]
    if start >= end or len(points) == 0:
        return none
    steps = np.hypot(*np.diff(points.astype(np.float64), axis=0).T)
    steps[starts[1:] - 1] = 0.0
    at = np.concatenate([[0.0], np.cumsum(steps)])
    low, high = at[-1] * max(0.0, start), at[-1] * min(1.0, end)
    first = int(np.searchsorted(at, low, "right")) - 1
    last = int(np.searchsorted(at, high, "left"))
    if first in starts[1:] - 1 and at[first] == low:  # it begins after the gap
        first += 1
    if last in starts and last > first and at[last] == high:  # it ends before the gap
        last -= 1
    if last <= first:
        return none
    part = points[first : last + 1].copy()
    if at[first] < low:
        part[0] += (points[first + 1] - points[first]) * np.float32((low - at[first]) / steps[first])
    if at[last] > high:
        part[-1] = points[last - 1] + (points[last] - points[last - 1]) * np.float32(
            (high - at[last - 1]) / steps[last - 1]
        )
    inner = starts[(starts > first) & (starts <= last)] - first
    return part, np.concatenate([[0], inner]).astype(np.intp)


def thinned(points: Floats, starts: NDArray[np.intp], tolerance: float) -> tuple[Floats, NDArray[np.intp]]:
    """Leave out points that lie on the way between their neighbours, as most of a smooth, dense line do.

    Every second point is looked at, and of what is left every second again. One goes if it is nearer
    to the straight way than the tolerance and the line doesn't turn back there; so the line moves by
    less than the tolerances of all rounds together, which is twice the one that is given.

    Parameters
    ----------
    points, starts : arrays
        As `split_at_gaps` gives them.
    tolerance : float
        In the points' own pixels.
    """
    x, y = (np.ascontiguousarray(column) for column in points.T)
    for number in range(_ROUNDS):
        allowed = np.float32((tolerance / 2**number) ** 2)
        steps_x, steps_y = np.diff(x), np.diff(y)
        into_x, out_x = steps_x[:-1:2], steps_x[1::2]  # of the points 1, 3, 5, …
        into_y, out_y = steps_y[:-1:2], steps_y[1::2]
        across = into_x * out_y - into_y * out_x
        forward = into_x * out_x + into_y * out_y
        # The distance to the straight way is the cross product by that way's length.
        straight = across * across <= allowed * ((into_x + out_x) ** 2 + (into_y + out_y) ** 2)
        straight &= forward > 0
        kept = np.ones(len(x), np.bool_)
        kept[1:-1:2] = ~straight
        kept[starts] = True
        kept[starts - 1] = True  # the last of the part before, and the very last
        rest = np.flatnonzero(kept)
        if len(x) - len(rest) < len(x) // 8:  # a noisy line: nothing to win
            break
        x, y = x[rest], y[rest]
        starts = np.searchsorted(rest, starts)
    return np.stack([x, y], axis=1), starts
