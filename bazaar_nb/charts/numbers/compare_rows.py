"""The rows of `Compare`: names with both numbers and their difference, in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bazaar_nb.charts.annotations import CallOut
from bazaar_nb.charts.numbers.compared import Compared, CompareLayout, NumberPlace, ToldPlace
from bazaar_nb.charts.parts.framed_call_outs import place_below_rows, room_below_rows
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import AnyElement, Line
from bazaar_nb.scene.paint import Stroke


def lay_out_rows(
    room: Room, area: Area, compared: Compared, images: Mapping[str, str], callouts: Sequence[CallOut]
) -> CompareLayout:
    """Put names, numbers and differences in columns; in a tall box names have lines of their own."""
    rows, head = len(compared.names), room.label_size
    outer = area
    is_beside = room.shape == "wide"
    if callouts and is_beside:
        area = area.inset(right=min(0.24 * area.width, 14 * head))
    elif callouts:
        aside, below = room_below_rows(room, area, callouts)
        area = area.inset(right=aside, bottom=below)
    own_line = room.shape == "tall"
    top = area.top + 2.0 * head
    pitch = min((area.bottom - top) / rows, (0.22 if own_line else 0.2) * room.side)
    smallest = room.letters(0.0)
    size = max(smallest, min(room.letters(0.056), (0.3 if own_line else 0.46) * pitch))
    told = [change.ratio or change.amount if change.direction else "=" for change in compared.changes]
    while True:
        first, second, third = _column_widths(room, compared, told, size)
        gap = 1.1 * size
        pictures = NameImages.beside(room, images, compared.names, size)
        left = area.width - (first + second + third + 3 * gap) - pictures.room
        names_width = area.width - pictures.room if own_line else left
        lines = 2 if not own_line and pitch > 2.5 * size else 1
        names = [room.wrap(name, size, max(names_width, size), lines, 500) for name in compared.names]
        is_cut = left < 0 or any(line.endswith("\u2026") for pair in names for line in pair)
        if not is_cut or size <= smallest:
            break
        size = max(smallest, 0.93 * size)
    ends = [area.right - second - third - 2 * gap, area.right - third - gap, area.right]
    if room.shape == "wide":  # columns that are far from their names are hard to follow
        widest = max(room.width_of(line, size, 500) for pair in names for line in pair)
        spare = max(0.0, left - widest)
        ends = [end - spare * part for end, part in zip(ends, (0.6, 0.5, 0.4), strict=True)]
    still: list[AnyElement] = []
    numbers, places = [], []
    for state, end in enumerate(ends[:2]):
        words = room.shorten(compared.states[state], head, (first, second)[state] + 0.9 * gap, 500)
        still.append(
            room.text(
                words, head, room.theme.soft, x=end, y=area.top + 0.8 * head, anchor="right", weight=500
            )
        )
    stroke = Stroke(room.theme.faint, 1.5 * room.unit)
    for row in range(rows):
        line, middle = top + pitch * row, top + pitch * (row + 0.5)
        name_y, y = (middle - 0.68 * size, middle + 0.68 * size) if own_line else (middle, middle)
        name = "\n".join(names[row])
        still += [
            Line(area.left, line, ends[2], line, stroke=stroke),
            *pictures.draw(compared.names[row], area.left, name_y),
            room.text(
                name, size, x=area.left + pictures.room, y=name_y, anchor="left", align="left", weight=500
            ),
        ]
        numbers += [NumberPlace(row, state, ends[state], y, size, "right") for state in (0, 1)]
        places.append(ToldPlace(row, told[row], ends[2], y, size, "right"))
    called = [compared.names.index(str(one.key)) for one in callouts]
    strip = Area(ends[2] + 0.6 * size, outer.top, outer.right, outer.bottom)
    if is_beside:
        points = [(strip.left, places[row].y) for row in called]
        told_beside = PointCallOuts.beside_rows(room, strip, callouts, points)
        return CompareLayout(still, numbers, places, [], told_beside)
    around = 0.4 * head
    boxes = [
        Area(area.left - around, top + pitch * row, ends[2] + around, top + pitch * (row + 1))
        for row in called
    ]
    framed = place_below_rows(room, outer, top + pitch * rows, callouts, boxes)
    return CompareLayout(still, numbers, places, [], PointCallOuts(outer), framed)


def _column_widths(
    room: Room, compared: Compared, told: Sequence[str], size: float
) -> tuple[float, float, float]:
    """Give the pixels that the numbers of both states and the differences take."""
    first, second = (
        max(
            *(
                room.width_of(counting(row[state]), size, 600, tabular=True)
                for counting, row in zip(compared.countings, compared.values.tolist(), strict=True)
            ),
            min(room.width_of(compared.states[state], room.label_size, 500), 7 * size),
        )
        for state in (0, 1)
    )
    return first, second, max(room.width_of(one, size, 700, tabular=True) for one in told)
