"""Repeaters: one element many times, in a row, around a point, in a grid or along a path."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Anchor, AnyElement, Box, Group, as_elements
from bazaar_nb.scene.shapes import Length
from bazaar_nb.values.number import plain_number, whole_number
from bazaar_nb.vectors.contours import PathLike
from bazaar_nb.vectors.path_places import path_places

Repeated: TypeAlias = "AnyElement | Callable[[int], AnyElement]"
_MOST = 20_000

Floats = NDArray[np.float64]


def repeat(
    element: Repeated,
    n: int,
    *,
    dx: float = 0.0,
    dy: float = 0.0,
    columns: int | None = None,
    radius: float | None = None,
    start: float = 0.0,
    sweep: float = 360.0,
    path: PathLike | None = None,
    turn: bool = True,
    rotation: float = 0.0,
    scale: float = 1.0,
    opacity: float = 1.0,
    x: Length | None = None,
    y: Length | None = None,
    anchor: Anchor = "center",
) -> Group:
    """Give an element many times: in a row, in a grid, around a point, or along a path.

    Parameters
    ----------
    element : element, or function of the copy's number
        Its middle comes to stand at each place; of a path, polygon, line or points their own origin does.
        A function is called with 0, 1, 2 … and gives each copy.
    n : int
        How many, at most 20,000. (`Points` draws more marks of one shape, as one element.)
    dx, dy : float
        Pixels from each to the next; in a grid from column to column, and from row to row.
    columns : int, optional
        Makes it a grid, filled row by row.
    radius : float, optional
        Makes it a circle, in pixels.
    start, sweep : float
        Of a circle, in degrees: where the first stands, clockwise from the top, and how far the last is from
        it. A whole turn has no copy twice.
    path : Path or another shape, str or array, optional
        Spreads them along it, from its start to its end.
    turn : bool
        Whether copies on a circle or path are turned as they stand on it.
    rotation : float
        Degrees that each is turned more than the one before.
    scale, opacity : float
        Of each, as a share of the one before.
    x, y, anchor
        Where all of them are put, as of any element with a box: theirs goes from the first place to the last.
        Along a path they stand where the path does.

    Returns
    -------
    Group
        With a child a copy: ``bz.stagger`` has them come in one after the other.

    Raises
    ------
    InvalidValueError
        For counts and steps that are none, and layouts that don't go together.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def clock(frame):
    ...     ticks = bz.repeat(bz.Rect(width=6, height=40), 12, radius=250)
    ...     return bz.stagger(ticks, frame, dy=0, each=0.05)
    """
    count = whole_number(n)
    if count is None or not 0 <= count <= _MOST:
        raise InvalidValueError(f"`n` must be a whole number from 0 to {_MOST:,}, got {n!r} (repeat)")
    given = {"dx": dx, "dy": dy, "start": start, "sweep": sweep, "rotation": rotation, "scale": scale,
             "opacity": opacity}  # fmt: skip
    for name, value in given.items():
        _check_number(name, value)
    layouts = [
        name
        for name, value in (("columns", columns), ("radius", radius), ("path", path))
        if value is not None
    ]
    if len(layouts) > 1:
        raise InvalidValueError(f"copies stand in one way, got `{'` and `'.join(layouts)}` (repeat)")
    if path is not None:
        places, turns = _on_path(path, count)
    elif radius is not None:
        places, turns = _around(count, _check_number("radius", radius), start, sweep)
    elif columns is not None:
        wide = whole_number(columns)
        if wide is None or wide < 1:
            raise InvalidValueError(
                f"`columns` must be a whole number of at least 1, got {columns!r} (repeat)"
            )
        number = np.arange(count)
        places, turns = np.stack([number % wide * dx, number // wide * dy], axis=1), np.zeros(count)
    else:
        places, turns = np.arange(count)[:, np.newaxis] * np.array([[dx, dy]], float), np.zeros(count)
    low, size = _box(places, radius)
    turns = turns * (1.0 if turn else 0.0) + np.arange(count) * rotation
    try:
        factors, seen = (float(share) ** np.arange(count) for share in (scale, opacity))
    except OverflowError:
        factors, seen = np.full(count, np.inf), np.ones(count)
    if not (np.abs(factors) <= 1e4).all() or (np.abs(seen) > 1).any():
        raise InvalidValueError(
            f"`scale` {scale:g} and `opacity` {opacity:g} of each are too much for {count} copies (repeat)"
        )
    copies = tuple(
        _placed(_copy(element, number), at, turned, factor, shown)
        for number, (at, turned, factor, shown) in enumerate(
            zip((places - low).tolist(), turns.tolist(), factors.tolist(), seen.tolist(), strict=True)
        )
    )
    if path is not None and x is None and y is None:
        return Group(copies, x=low[0], y=low[1], anchor="top-left", width=size[0], height=size[1])
    return Group(copies, x=x, y=y, anchor=anchor, width=size[0], height=size[1])


def _check_number(name: str, value: object) -> float:
    number = plain_number(value)
    if number is None or isinstance(number, bool) or not abs(number) <= 1e6:
        raise InvalidValueError(f"`{name}` must be a number, got {value!r:.60} (repeat)")
    return float(number)


def _around(count: int, radius: float, start: float, sweep: float) -> tuple[Floats, Floats]:
    steps = count if abs(sweep) % 360 == 0 and sweep else max(1, count - 1)
    turns = start + np.arange(count) * sweep / max(1, steps)
    angles = np.radians(turns)
    return radius * np.stack([np.sin(angles), -np.cos(angles)], axis=1), turns


def _on_path(path: PathLike, count: int) -> tuple[Floats, Floats]:
    places = path_places(path, "repeat")
    steps = count if places.closed else count - 1
    points, angles = places.at(np.arange(count) / max(1, steps) * places.length)
    return points, np.degrees(angles)


def _box(places: Floats, radius: float | None) -> tuple[list[float], list[float]]:
    """Give the corner and the size of the box that places stand in; a circle's is that of the circle."""
    if radius is not None:
        return [-abs(radius)] * 2, [2 * abs(radius)] * 2
    if not len(places):
        return [0.0, 0.0], [0.0, 0.0]
    low: list[float] = places.min(axis=0).tolist()
    size: list[float] = np.ptp(places, axis=0).tolist()
    return low, size


def _copy(element: Repeated, number: int) -> AnyElement:
    made = element(number) if callable(element) else element
    found = as_elements(made)
    if len(found) != 1:
        made_by = " that the function gives" if callable(element) else ""
        raise InvalidValueError(f"repeat takes one element{made_by}, got {len(found)}: put them into a Group")
    return found[0]


def _placed(
    element: AnyElement, at: Sequence[float], turned: float, factor: float, shown: float
) -> AnyElement:
    changes: dict[str, object] = {}
    if shown != 1.0:
        changes["opacity"] = min(1.0, max(0.0, element.opacity)) * shown
    if isinstance(element, Box):
        changes |= {"x": at[0], "y": at[1], "anchor": "center"}
        if turned:
            changes["rotation"] = element.rotation + turned
        if factor != 1.0:
            own = element.scale
            changes["scale"] = (
                tuple(part * factor for part in own) if isinstance(own, tuple | list) else own * factor
            )
        return replace(element, **changes)
    inner = replace(element, **changes) if changes else element
    # A group without a size turns around its origin, and so around the element's.
    return Group(
        (inner,), x=at[0], y=at[1], anchor="top-left", width=0.0, height=0.0,
        rotation=math.fmod(turned, 360.0), scale=factor,
    )  # fmt: skip
