"""Call-outs: where their words find room beside a data point, and the arrow to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import CallOut
from bazaar_nb.charts.parts.occupied import count_within
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import Anchor, AnyElement, Path
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_LINE = 1.2
_MOST_LINES = 4
_WAYS = {
    "top-right": (1, -1), "top-left": (-1, -1), "bottom-right": (1, 1), "bottom-left": (-1, 1),
    "top": (0, -1), "bottom": (0, 1), "right": (1, 0), "left": (-1, 0),
}  # fmt: skip
_CROSSES = 16.0  # what it costs that an arrow runs through words
_FAR = (2.2, 3.6, 5.5, 8.0, 12.0)  # of the letters' size, from the point to the words


class PlacedCallOut(NamedTuple):
    """A call-out's words in lines, in a box whose middle stands so far from the data point, in pixels."""

    callout: CallOut
    lines: tuple[str, ...]
    dx: float
    dy: float
    width: float
    height: float


def place_call_outs(
    room: Room,
    area: Area,
    callouts: Sequence[CallOut],
    points: Sequence[tuple[float, float]],
    avoid: Floats | list[Floats] | None = None,
    boxes: Sequence[Area] = (),
    gaps: Sequence[float] = (),
) -> list[PlacedCallOut]:
    """Find a place for the words of each, once for a size.

    Of eight directions and five distances the one counts that lies in the area, over no other words, and over
    as few data points as can be, with an arrow that runs through no words; near ones come first.

    Parameters
    ----------
    area : Area
        Words stay within.
    points : sequence of (float, float)
        The data points in pixels, one for each call-out: where it stands when it appears.
    avoid : array of shape (n, 2), or a list of them, optional
        Data points that words had better not cover; of a line, points along it. A list has those of each
        call-out.
    boxes : sequence of Area
        Other words.
    gaps : sequence of float
        Pixels that the marks of the data points take from their middles; 0 by default.
    """
    size = room.label_size
    most = min(0.3 * area.width if room.shape == "wide" else 0.42 * area.width, 16 * size)
    words = [words_of_call_out(room, one, most) for one in callouts]
    around = gaps or [0.0] * len(callouts)
    numbers = range(len(callouts))
    # Who comes first has the best place, and may be in the way of the others: both orders are tried.
    tries = [
        _place_in_order(room, area, words, points, avoid, boxes, around, order)
        for order in dict.fromkeys((tuple(numbers), tuple(reversed(numbers))))
    ]
    return min(tries, key=lambda one: one[0])[1]


def _place_in_order(
    room: Room,
    area: Area,
    words: Sequence[PlacedCallOut],
    points: Sequence[tuple[float, float]],
    avoid: Floats | list[Floats] | None,
    boxes: Sequence[Area],
    gaps: Sequence[float],
    order: Sequence[int],
) -> tuple[float, list[PlacedCallOut]]:
    """Give what the places cost in all, and the places of all in their own order."""
    taken = list(boxes)
    shafts: list[Floats] = []
    placed = list(words)
    costs = 0.0
    for number in order:
        own = avoid[number] if isinstance(avoid, list) else avoid
        cost, found, box, shaft = _best_place(
            room, area, words[number], points[number], own, taken, shafts, gaps[number]
        )
        costs += cost
        placed[number] = found
        taken.append(box)
        shafts.append(shaft)
    return costs, placed


def _best_place(
    room: Room,
    area: Area,
    words: PlacedCallOut,
    point: tuple[float, float],
    avoid: Floats | None,
    taken: Sequence[Area],
    shafts: Sequence[Floats],
    gap: float,
) -> tuple[float, PlacedCallOut, Area, Floats]:
    """Give the place that costs the least, with the box of the words and points along the arrow."""
    size, (x, y), side = room.label_size, point, words.callout.side
    best: tuple[float, PlacedCallOut, Area, Floats] | None = None
    for rank, (name, (right, down)) in enumerate(_WAYS.items()):
        if side is not None and side != name:
            continue
        for far in _FAR:
            slant = 0.75 if right and down else 1.0
            dx = right * ((far * size + gap) * slant + words.width / 2 * (1.0 if not down else 0.55))
            dy = down * ((far * size + gap) * slant + words.height / 2)
            box = box_of_call_out(words._replace(dx=dx, dy=dy), x, y)
            inside = _inside(box, area, 0.0)
            cost = far + 0.3 * rank + 4.0 * (abs(inside[0]) + abs(inside[1])) / size
            moved = Area(*(edge + inside[number % 2] for number, edge in enumerate(box)))
            cost += _badness(moved, area, taken, avoid, size)
            shaft = _shaft_points(room, moved, point, gap + 0.3 * size)
            cost += _CROSSES * sum(count_within(shaft, other, 0.35 * size) > 0 for other in taken)
            cost += _CROSSES * sum(count_within(other, moved, 0.2 * size) > 0 for other in shafts)
            cost += 0.5 * _CROSSES * sum(_near(shaft, other, 0.6 * size) for other in shafts)
            if best is None or cost < best[0]:
                best = (cost, words._replace(dx=dx + inside[0], dy=dy + inside[1]), moved, shaft)
    assert best is not None
    return best


def words_of_call_out(room: Room, callout: CallOut, most: float) -> PlacedCallOut:
    """Break a call-out's words into lines of a width; their place is still to be found."""
    size = room.label_size
    lines = tuple(room.wrap(callout.text, size, most, _MOST_LINES, 500))
    width = max(room.width_of(line, size, 500) for line in lines)
    return PlacedCallOut(callout, lines, 0.0, 0.0, width, len(lines) * _LINE * size)


def draw_call_out(
    room: Room, area: Area, placed: PlacedCallOut, x: float, y: float, seen: float, gap: float = 0.0
) -> list[AnyElement]:
    """Give the words of a call-out, and a bent arrow to its data point.

    Parameters
    ----------
    area : Area
        Words stay within, also where the data point moves.
    x, y : float
        The data point, in pixels.
    seen : float
        0 to 1: how much of it has appeared.
    gap : float
        Pixels from the data point's middle that its mark takes.
    """
    if seen <= 0.004:
        return []
    size, unit = room.label_size, room.unit
    box = box_of_call_out(placed, x, y)
    shift = _inside(box, area, 0.0)
    middle = (x + placed.dx + shift[0], y + placed.dy + shift[1])
    box = Area(*(edge + shift[number % 2] for number, edge in enumerate(box)))
    opacity = round(min(1.0, 1.6 * seen), 3)
    anchor, at = _text_anchor(placed, box, middle)
    elements: list[AnyElement] = []
    for number, line in enumerate(placed.lines):
        y_line = box.top + (number + 0.5) * _LINE * size
        elements.append(
            room.text(
                line, size, room.theme.ink, weight=500, x=at, y=y_line, anchor=anchor, opacity=opacity,
                outline=room.halo,
            )
        )  # fmt: skip
    arrow = _arrow(room, box, (x, y), gap + 0.3 * size)
    if arrow is not None:
        shaft, head = arrow
        stroke = Stroke(placed.callout.color or room.theme.ink, 2.5 * unit, cap="round", join="round")
        grown = min(1.0, max(0.0, (seen - 0.25) / 0.55))
        elements.append(Path(shaft, stroke=stroke, end=round(grown, 4), opacity=opacity))
        if grown >= 1.0:
            elements.append(Path(head, stroke=stroke, opacity=round(min(1.0, (seen - 0.8) / 0.2 + 0.2), 3)))
    return elements


def _text_anchor(placed: PlacedCallOut, box: Area, middle: tuple[float, float]) -> tuple[Anchor, float]:
    """Set lines flush on the side that faces the data point."""
    if len(placed.lines) == 1 or abs(placed.dx) < 0.2 * placed.width:
        return "center", middle[0]
    return ("left", box.left) if placed.dx > 0 else ("right", box.right)


class _Shaft(NamedTuple):
    """A bent line: where it starts, what it bends to (of a quadratic curve), and its tip."""

    start: tuple[float, float]
    bend: tuple[float, float]
    tip: tuple[float, float]
    angle: float


def _shaft_points(room: Room, box: Area, point: tuple[float, float], gap: float) -> Floats:
    """Give points along the shaft of an arrow; none where there is no room for one."""
    shaft = _shaft(room, box, point, gap)
    if shaft is None:
        return np.empty((0, 2))
    t = np.linspace(0.0, 1.0, 12)[:, None]
    start, bend, tip = (np.array(one) for one in shaft[:3])
    points: Floats = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t * t * tip
    return points


def _shaft(room: Room, box: Area, point: tuple[float, float], gap: float) -> _Shaft | None:
    size = room.label_size
    x, y = point
    pad = 0.25 * size
    start_x = min(max(x, box.left - pad), box.right + pad)
    start_y = min(max(y, box.top - pad), box.bottom + pad)
    if start_x in (box.left - pad, box.right + pad) and start_y in (box.top - pad, box.bottom + pad):
        if abs(x - start_x) < min(abs(y - start_y), 1.5 * size):  # from below or above the first letters
            start_x += min(0.6 * size + pad, 0.5 * box.width) * (1 if start_x < box.left else -1)
        else:
            start_y = box.middle[1]  # from a side rather than from a corner
    elif box.left - pad < start_x < box.right + pad:
        start_x = box.middle[0] + 0.35 * (start_x - box.middle[0])
    away = math.hypot(x - start_x, y - start_y)
    if away < gap + 0.5 * size:
        return None
    bend = 0.18 * (1 if (x - start_x) * (y - start_y) >= 0 else -1)
    bend_x = (start_x + x) / 2 - bend * (y - start_y)
    bend_y = (start_y + y) / 2 + bend * (x - start_x)
    angle = math.atan2(y - bend_y, x - bend_x)
    tip_x, tip_y = x - gap * math.cos(angle), y - gap * math.sin(angle)
    return _Shaft((start_x, start_y), (bend_x, bend_y), (tip_x, tip_y), angle)


def _arrow(room: Room, box: Area, point: tuple[float, float], gap: float) -> tuple[str, str] | None:
    """Give the path data of a bent shaft from the box's edge to a point, and of its head."""
    found = _shaft(room, box, point, gap)
    if found is None:
        return None
    size, (start_x, start_y), (bend_x, bend_y), (tip_x, tip_y), angle = room.label_size, *found
    wing = 0.42 * size
    sides = [
        (tip_x - wing * math.cos(angle + turn), tip_y - wing * math.sin(angle + turn)) for turn in (0.5, -0.5)
    ]
    shaft = f"M{start_x:.2f} {start_y:.2f}Q{bend_x:.2f} {bend_y:.2f} {tip_x:.2f} {tip_y:.2f}"
    head = f"M{sides[0][0]:.2f} {sides[0][1]:.2f}L{tip_x:.2f} {tip_y:.2f}L{sides[1][0]:.2f} {sides[1][1]:.2f}"
    return shaft, head


def box_of_call_out(placed: PlacedCallOut, x: float, y: float) -> Area:
    """Give the box of the words of a call-out at a data point."""
    left, top = x + placed.dx - placed.width / 2, y + placed.dy - placed.height / 2
    return Area(left, top, left + placed.width, top + placed.height)


def _inside(box: Area, area: Area, margin: float) -> tuple[float, float]:
    """Give the shift that puts a box into an area."""
    dx = max(0.0, area.left + margin - box.left) - max(0.0, box.right - area.right + margin)
    dy = max(0.0, area.top + margin - box.top) - max(0.0, box.bottom - area.bottom + margin)
    return dx, dy


def _near(points: Floats, others: Floats, distance: float) -> bool:
    if not len(points) or not len(others):
        return False
    apart = points[:, None] - others[None]
    return bool((np.hypot(apart[..., 0], apart[..., 1]) < distance).any())


def _badness(box: Area, area: Area, taken: Sequence[Area], avoid: Floats | None, size: float) -> float:
    dx, dy = _inside(box, area, 0.0)
    cost = 4.0 * (abs(dx) + abs(dy)) / size
    for other in taken:
        wide = min(box.right, other.right) - max(box.left, other.left) + 0.4 * size
        tall = min(box.bottom, other.bottom) - max(box.top, other.top) + 0.3 * size
        if wide > 0 and tall > 0:
            cost += 20.0 + 4.0 * wide * tall / (size * size)
    if avoid is not None and len(avoid):
        cost += min(40.0, 6.0 * count_within(avoid, box, 0.35 * size) ** 0.5)
    return cost
