"""Arrows from point to point, or from element to element."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Box, Element, Ellipse, Group, Path
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.color import Color
from bazaar_nb.values.number import plain_number
from bazaar_nb.vectors.contours import Floats, bounds, element_outline, numbers, points_along, write_data
from bazaar_nb.vectors.curve_parts import bent_curve, curve_length, one_curve, parameter_at, part_of, point_at

End: TypeAlias = "tuple[float, float] | AnyElement"
_HEAD_WIDTHS, _HEAD_LEAST = 4.0, 14.0
"""How long a head is: in widths of the line, and in pixels at least."""
_HEAD_SHARE = 0.45  # of the arrow: a head takes no more
_SLIM = 0.45  # half as broad as long
_NOTCH = 0.22  # of the head: how deep its back is cut
_GROWN = 0.15  # of the progress: until then the head grows


def arrow(
    start: End,
    end: End,
    frame: Frame | None = None,
    *,
    bend: float = 0.0,
    color: Color = "white",
    width: float = 6.0,
    head: float | None = None,
    both: bool = False,
    dash: tuple[float, ...] = (),
    gap: float | None = None,
    progress: float = 1.0,
) -> Group:
    """Draw an arrow.

    Parameters
    ----------
    start, end : (float, float), or element
        Points in pixels, or elements that stand in the frame by themselves (not in a Row or Group): the arrow
        then goes from edge to edge, on the way between their middles.
    frame : Frame, optional
        Wanted for elements, which it measures.
    bend : float
        How far its middle is off the straight way, to the left of who walks it, as a share of its length;
        0.2 is a friendly curve.
    color : colour
    width : float
        Of the line, in pixels.
    head : float, optional
        How long the head is, in pixels; by default in proportion to the line, and never more than 0.45 of
        the arrow. 0 draws none.
    both : bool
        Whether there is a head at its start, too.
    dash : tuple of float
        As of `Stroke`.
    gap : float, optional
        Pixels kept clear of what it points from and to; for elements 10, for points 0 by default.
    progress : float
        How much of it is drawn: the head goes ahead from the start to the end.

    Returns
    -------
    Group
        The line and its heads; empty where nothing is drawn yet.

    Raises
    ------
    InvalidValueError
        For ends that are no points, and elements without a frame.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def this_to_that(frame):
    ...     one, other = bz.Text("this", x=300), bz.Text("that", x=900)
    ...     return [one, other, bz.arrow(one, other, frame, bend=0.2, progress=frame.progress)]
    """
    share = _checked("progress", progress, -1.0, 2.0)
    width = _checked("width", width, 0.0, 1e4)
    bend = _checked("bend", bend, -2.0, 2.0)
    ends = [_End(one, frame) for one in (start, end)]
    curve = bent_curve(ends[0].middle, ends[1].middle, bend)
    clear = [one.clearance(gap) for one in ends]
    curve = _between(curve, ends, clear)
    whole = curve_length(curve)
    share = min(1.0, max(0.0, share))
    if share == 0.0 or whole < 1e-6 or width == 0.0:
        return Group(())
    wanted = max(_HEAD_LEAST, _HEAD_WIDTHS * width) if head is None else _checked("head", head, 0.0, 1e5)
    size = min(wanted, whole * _HEAD_SHARE) * min(1.0, share / _GROWN)
    reached = whole * share
    shaft_stop, parts = reached, []
    shaft_start = 0.0
    if size > 0:
        shaft_stop = max(0.0, reached - size)
        parts.append(_head(curve, shaft_stop, reached, color))
        if both:
            shaft_start = min(size, shaft_stop)
            parts.append(_head(curve, shaft_start, 0.0, color))
    inner = size * (1 - _NOTCH) * 0.5  # the line reaches a little into the head, so that no seam is seen
    cut = [
        parameter_at(curve, max(0.0, shaft_start - (inner if both else 0.0))),
        parameter_at(curve, min(reached, shaft_stop + inner)) if size > 0 else parameter_at(curve, reached),
    ]
    shaft = Path(
        write_data((one_curve(part_of(curve, *cut)),)), stroke=Stroke(color, width, dash=tuple(dash))
    )
    return Group((shaft, *parts))


def _head(curve: Floats, base: float, tip: float, color: Color) -> Path:
    """Draw a head from its base to its tip, both by pixels along the curve: it looks the way between them."""
    back, front = (point_at(curve, parameter_at(curve, length)) for length in (base, tip))
    way = front - back
    side = np.array([-way[1], way[0]]) * _SLIM
    points = np.stack([front, back + side, back + way * _NOTCH, back - side])
    return Path(f"M{'L'.join(numbers(point) for point in points)}Z", fill=color, stroke=None)


def _checked(name: str, value: object, low: float, high: float) -> float:
    number = plain_number(value)
    if number is None or isinstance(number, bool) or not low <= number <= high:
        raise InvalidValueError(
            f"`{name}` must be a number from {low:g} to {high:g}, got {value!r:.60} (arrow)"
        )
    return float(number)


class _End:
    """An end of an arrow: a point, or an element's box or ellipse."""

    def __init__(self, given: object, frame: Frame | None) -> None:
        self.half = np.zeros(2)
        self.round = False
        if hasattr(given, "as_element"):
            given = given.as_element()
        if isinstance(given, Element):
            left, top, right, bottom = element_box(given, frame)
            self.middle = np.array([(left + right) / 2, (top + bottom) / 2])
            self.half = np.array([(right - left) / 2, (bottom - top) / 2])
            self.round = isinstance(given, Ellipse)
            self.is_element = True
            return
        self.is_element = False
        try:
            self.middle = np.array(given, float)
        except (TypeError, ValueError):
            self.middle = np.zeros(0)
        if self.middle.shape != (2,) or not (np.abs(self.middle) <= 1e6).all():
            raise InvalidValueError(
                f"an arrow goes from and to points (x, y) in pixels, or elements, got {given!r:.60} (arrow)"
            )

    def clearance(self, gap: float | None) -> float:
        if gap is None:
            return 10.0 if self.is_element else 0.0
        return _checked("gap", gap, 0.0, 1e5)

    def holds(self, points: Floats, clear: float) -> Floats:
        """Tell which points are within the end, and what is kept clear around it."""
        away = np.abs(points - self.middle)
        if self.round:
            return np.asarray(((away / (self.half + clear + 1e-9)) ** 2).sum(axis=1) < 1)
        outside = np.maximum(away - self.half, 0)
        return np.asarray((np.hypot(*outside.T) < clear) | (away < self.half).all(axis=1))


def _between(curve: Floats, ends: list[_End], clear: list[float]) -> Floats:
    """Give the part of a curve that is outside of both ends."""
    at = np.linspace(0, 1, 513)
    points = points_along(curve[np.newaxis], at)[0]
    inside = ends[0].holds(points, clear[0]), ends[1].holds(points, clear[1])
    first = int(np.argmin(inside[0])) if inside[0][0] else 0
    last = len(at) - 1 - int(np.argmin(inside[1][::-1])) if inside[1][-1] else len(at) - 1
    if first >= last or inside[0].all() or inside[1].all():
        return np.repeat(point_at(curve, 0.5)[np.newaxis], 4, axis=0)
    return part_of(curve, float(at[first]), float(at[last]))


def element_box(element: Element, frame: Frame | None) -> tuple[float, float, float, float]:
    """Give the box of an element that stands in a frame by itself: left, top, right and bottom, in pixels.

    Raises
    ------
    InvalidValueError
        Without a frame where that has to measure it.
    """
    if not isinstance(element, Box):
        return bounds(element_outline(element))
    if frame is None:
        raise InvalidValueError(
            f"an arrow to a {type(element).__name__} wants the frame, which measures it: "
            "arrow(one, other, frame)"
        )
    size = frame.measure(element)
    x, y = (
        whole / 2 if at is None else float(at[:-1]) * whole / 100 if isinstance(at, str) else float(at)
        for at, whole in ((element.x, frame.width), (element.y, frame.height))
    )
    vertical, _, horizontal = element.anchor.rpartition("-")
    left = x - size.width * {"left": 0.0, "right": 1.0}.get(horizontal, 0.5)
    top = y - size.height * {"top": 0.0, "bottom": 1.0}.get(vertical or horizontal, 0.5)
    sx, sy = element.scale if isinstance(element.scale, tuple | list) else (element.scale,) * 2
    turn = math.radians(element.rotation)
    half = size.width / 2 * abs(sx), size.height / 2 * abs(sy)
    across = abs(half[0] * math.cos(turn)) + abs(half[1] * math.sin(turn))
    down = abs(half[0] * math.sin(turn)) + abs(half[1] * math.cos(turn))
    middle = left + size.width / 2, top + size.height / 2
    return middle[0] - across, middle[1] - down, middle[0] + across, middle[1] + down
