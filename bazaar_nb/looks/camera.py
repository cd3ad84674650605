"""A camera over a scene: it pans, zooms and turns, and what is further away moves less."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.looks.filters import check_amount
from bazaar_nb.motion.easing import Easing, cubic, ease_in_out
from bazaar_nb.scene.elements import AnyElement, Element, Group, as_elements
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.shapes import Length

_SMOOTH = ease_in_out(cubic)
_NEAREST = 0.02  # of the way to the scene: what is nearer is behind the camera


class Shot(NamedTuple):
    """Where a camera has come to at a time.

    Attributes
    ----------
    time : float
        Seconds, of the frame that it is given with.
    x, y : float, str or None
        The point in the middle of the picture: pixels, or a share of the frame as ``"30%"``; None is the
        frame's middle.
    zoom : float
        2 shows things twice as large. Above 0.
    rotation : float
        Degrees that the camera is turned clockwise: the picture turns the other way.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = [bz.looks.Shot(0), bz.looks.Shot(2, x="70%", y=400, zoom=2.5, rotation=5)]
    """

    time: float
    x: Length | None = None
    y: Length | None = None
    zoom: float = 1.0
    rotation: float = 0.0


class Depth(NamedTuple):
    """Elements at another distance than the scene.

    Attributes
    ----------
    elements : element or sequence of elements
    depth : float
        How far away, the scene being at 1: at 2 they move half as much, at 0.5 twice; ``math.inf`` never
        moves.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = [bz.looks.Depth(bz.Ellipse(width=900), depth=3), bz.Text("near")]
    """

    elements: object
    depth: float


class _View(NamedTuple):
    x: float
    y: float
    zoom: float
    rotation: float


def camera(
    elements: object, frame: Frame, shots: Sequence[Shot | tuple[object, ...]], *, easing: Easing = _SMOOTH
) -> tuple[Group, ...]:
    """Show elements as a camera sees them that goes from shot to shot.

    Parameters
    ----------
    elements : element, Depth, or sequence of them
        What is in a `Depth` is further away, or nearer, and moves less, or more: parallax. Where the camera
        is at its middle and doesn't zoom, all is where it was put.
    frame : Frame
    shots : sequence of Shot
        By their times. Before the first and after the last the camera stands still.
    easing : function
        Of each way.

    Returns
    -------
    tuple of Group
        One for each distance, in the order given.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=4)
    ... def closer(frame):
    ...     hills = bz.looks.Depth(bz.Ellipse(width=900, fill="teal"), depth=3)
    ...     shots = [bz.looks.Shot(0), bz.looks.Shot(3, x="70%", y="40%", zoom=2.5)]
    ...     return bz.looks.camera([hills, bz.Text("Here", x="70%", y="40%")], frame, shots)
    """
    view = _view_at(frame, [_checked(shot) for shot in shots], easing)
    shown = []
    for depth, children in _by_depth(elements):
        group = _seen(children, depth, view, frame)
        if group is not None:
            shown.append(group)
    return tuple(shown)


def _checked(shot: Shot | tuple[object, ...]) -> Shot:
    made = shot if isinstance(shot, Shot) else Shot(*shot) if isinstance(shot, tuple) else None  # type: ignore[arg-type]
    if made is None:
        raise InvalidValueError(f"`shots` are bz.looks.Shot(time, x, y, zoom), got {shot!r:.60} (camera)")
    check_amount(made.time, "time", "Shot", -1e6, 1e6)
    check_amount(made.zoom, "zoom", "Shot", 0.01, 1000)
    check_amount(made.rotation, "rotation", "Shot", -1e6, 1e6)
    return made


def _view_at(frame: Frame, shots: list[Shot], easing: Easing) -> _View:
    if not shots:
        raise InvalidValueError("`shots` must have one at least: bz.looks.Shot(0) (camera)")
    shots = sorted(shots, key=lambda shot: shot.time)
    later = next((number for number, shot in enumerate(shots) if shot.time > frame.time), len(shots))
    if later in (0, len(shots)):
        return _as_view(shots[min(later, len(shots) - 1)], frame)
    before, after = shots[later - 1], shots[later]
    share = easing((frame.time - before.time) / (after.time - before.time))
    one, other = _as_view(before, frame), _as_view(after, frame)
    zoom = one.zoom * (other.zoom / one.zoom) ** share
    # While it zooms, the camera keeps a point of the picture where it is: it comes nearer on a straight way.
    way = share if abs(math.log(other.zoom / one.zoom)) < 1e-3 else (
        (1 / one.zoom - 1 / zoom) / (1 / one.zoom - 1 / other.zoom)
    )  # fmt: skip
    return _View(
        one.x + (other.x - one.x) * way,
        one.y + (other.y - one.y) * way,
        zoom,
        one.rotation + (other.rotation - one.rotation) * share,
    )


def _as_view(shot: Shot, frame: Frame) -> _View:
    return _View(
        _pixels(shot.x, frame.width, "x"), _pixels(shot.y, frame.height, "y"), shot.zoom, shot.rotation
    )


def _pixels(place: Length | None, whole: int, name: str) -> float:
    if place is None:
        return whole / 2
    if isinstance(place, str):
        try:
            return check_amount(float(place.removesuffix("%")), name, "Shot", -1e6, 1e6) * whole / 100
        except ValueError:
            raise InvalidValueError(f"`{name}` must be pixels or like '30%', got {place!r} (Shot)") from None
    return check_amount(place, name, "Shot", -1e6, 1e6)


def _by_depth(elements: object) -> list[tuple[float, tuple[AnyElement, ...]]]:
    """Give elements with their distances; those of one that follow one another are together."""
    if isinstance(elements, Depth | Element) or not isinstance(elements, Sequence):
        elements = (elements,)
    found: list[tuple[float, tuple[AnyElement, ...]]] = []
    for item in elements:
        depth = 1.0
        if isinstance(item, Depth):
            depth = (
                item.depth
                if item.depth == math.inf
                else check_amount(item.depth, "depth", "Depth", 0.01, 1e6)
            )
            item = item.elements
        children = as_elements(item)
        if found and found[-1][0] == depth:
            found[-1] = depth, (*found[-1][1], *children)
        else:
            found.append((depth, children))
    return found


def _seen(children: tuple[AnyElement, ...], depth: float, view: _View, frame: Frame) -> Group | None:
    """Give what is at a distance as the camera sees it; None where it has passed it."""
    middle = frame.width / 2, frame.height / 2
    if depth == math.inf:
        return Group(children, rotation=-view.rotation) if view.rotation else Group(children)
    # The scene is at 1, and the camera has come so near that it is 1 / zoom away.
    left = depth - (1 - 1 / view.zoom)
    if left < _NEAREST:
        return None
    scale = depth / left
    dx, dy = (middle[0] - view.x) / depth, (middle[1] - view.y) / depth
    angle = math.radians(-view.rotation)
    x = middle[0] + scale * (dx * math.cos(angle) - dy * math.sin(angle))
    y = middle[1] + scale * (dx * math.sin(angle) + dy * math.cos(angle))
    return Group(children, x=x, y=y, scale=scale, rotation=-view.rotation)
