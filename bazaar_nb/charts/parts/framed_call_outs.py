"""Call-outs at cells of a matrix and rows of a table: words beside all of them, and a line to a framed one.

Cells leave no room among them, and an arrow through them would cross their values: lines run along gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bazaar_nb.charts.annotations import CallOut
from bazaar_nb.charts.parts.call_outs import PlacedCallOut, words_of_call_out
from bazaar_nb.charts.parts.labels import spread
from bazaar_nb.charts.parts.phases import Phases, eased
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import Anchor, AnyElement, Path, Rect
from bazaar_nb.scene.paint import Stroke

_COMES_S, _GOES_S = 0.6, 0.3
_LEADS = 1.6  # of the letters' size: from the cells to the words
_WIDE = 0.2  # of the area, at most, beside cells
_LINE = 1.2
_APART = 0.7  # of the letters' size: lines beside rows


class FramedCallOut(NamedTuple):
    """A call-out's words, the cell that they are about, and the line between; in pixels."""

    words: PlacedCallOut
    middle: tuple[float, float]
    cell: Area
    line: str
    anchor: Anchor


def room_for_call_outs(room: Room, area: Area, callouts: Sequence[CallOut]) -> tuple[float, float]:
    """Give the pixels that the words take at the right of cells, and above them: one of both is 0."""
    if not callouts:
        return 0.0, 0.0
    size, most = room.label_size, _most(room, area)
    blocks = [words_of_call_out(room, one, most) for one in callouts]
    if room.shape == "wide":
        return max(one.width for one in blocks) + _LEADS * size, 0.0
    return 0.0, max(one.height for one in blocks) + _LEADS * size


def place_cell_call_outs(
    room: Room,
    area: Area,
    grid: Area,
    callouts: Sequence[CallOut],
    cells: Sequence[Area],
    upright: Sequence[float] = (),
    across: Sequence[float] = (),
) -> list[FramedCallOut]:
    """Put the words beside the cells: at their right in a wide box, else above them.

    Parameters
    ----------
    area : Area
        Of cells and words.
    grid : Area
        Of all cells.
    cells : sequence of Area
        That of each call-out.
    upright, across : sequence of float
        Where lines between columns and rows are: call-outs keep to the other side of their cells.
    """
    size = room.label_size
    blocks = [words_of_call_out(room, one, _most(room, area)) for one in callouts]
    found = []
    if room.shape == "wide":
        left = grid.right + _LEADS * size
        tall = [block.height + 0.6 * size for block in blocks]
        edges = [_free_edge(cell.top, cell.bottom, across, 8 * room.unit) for cell in cells]
        places = spread(edges, tall, area.top, area.bottom).tolist()
        for block, cell, edge, y in zip(blocks, cells, edges, places, strict=True):
            bend, end = grid.right + 0.2 * size, left - 0.35 * size
            line = f"M{cell.right:.2f} {edge:.2f}H{bend:.2f}L{end:.2f} {y:.2f}"
            found.append(FramedCallOut(block, (left + block.width / 2, y), cell, line, "left"))
        return found
    wide = [block.width + size for block in blocks]
    edges = [_free_edge(cell.right, cell.left, upright, 8 * room.unit) for cell in cells]
    places = spread(edges, wide, area.left, area.right).tolist()
    for block, cell, edge, x in zip(blocks, cells, edges, places, strict=True):
        bend, end = grid.top - 0.2 * size, grid.top - (_LEADS - 0.35) * size
        y = grid.top - _LEADS * size - block.height / 2
        line = f"M{edge:.2f} {cell.top:.2f}V{bend:.2f}L{x:.2f} {end:.2f}"
        found.append(FramedCallOut(block, (x, y), cell, line, "center"))
    return found


def room_below_rows(room: Room, area: Area, callouts: Sequence[CallOut]) -> tuple[float, float]:
    """Give the pixels that lines take at the right of rows, and the words below them."""
    size = room.label_size
    blocks = [words_of_call_out(room, one, 0.9 * area.width) for one in callouts]
    return (0.5 + _APART * len(blocks)) * size, sum(block.height + 0.6 * size for block in blocks)


def place_below_rows(
    room: Room, area: Area, bottom: float, callouts: Sequence[CallOut], rows: Sequence[Area]
) -> list[FramedCallOut]:
    """Put the words below rows, at the right, with lines that run down beside the rows.

    Parameters
    ----------
    area : Area
        Of rows and words.
    bottom : float
        Where the words may begin.
    rows : sequence of Area
        That of each call-out.
    """
    size, found = room.label_size, []
    order = sorted(range(len(rows)), key=lambda number: -rows[number].top)  # no line crosses another
    y = bottom + 0.6 * size
    for place, number in enumerate(order):
        row, block = rows[number], words_of_call_out(room, callouts[number], 0.9 * area.width)
        x = row.right + (0.3 + _APART * (place + 0.5)) * size
        right = row.right - 0.2 * size
        middle = y + block.height / 2
        line = f"M{row.right:.2f} {row.middle[1]:.2f}H{x:.2f}V{middle:.2f}H{right + 0.35 * size:.2f}"
        found.append(FramedCallOut(block, (right - block.width / 2, middle), row, line, "right"))
        y += block.height + 0.6 * size
    return found


def draw_framed_call_outs(
    room: Room, placed: Sequence[FramedCallOut], time: float, phases: Phases
) -> list[AnyElement]:
    """Give those that are seen at a moment: once all cells are there, unless they say when."""
    elements: list[AnyElement] = []
    size, unit, theme = room.label_size, room.unit, room.theme
    ground = theme.background if isinstance(theme.background, str) else None
    for one in placed:
        callout = one.words.callout
        at = phases.move_start if callout.at is None else callout.at
        seen = eased(time, at, _COMES_S * phases.pace, theme.enter)
        if callout.until is not None:
            seen *= 1.0 - eased(time, callout.until, _GOES_S * phases.pace, theme.move)
        if seen <= 0.004:
            continue
        opacity, grown = round(min(1.0, 1.6 * seen), 3), round(min(1.0, 1.2 * seen), 4)
        ink = callout.color or theme.ink
        frame = (one.cell.left, one.cell.top, one.cell.width, one.cell.height)
        for color, width in ((ground, 7 * unit), (ink, 3 * unit)):
            if color is None:
                continue
            stroke = Stroke(color, width, cap="round", join="round")
            elements += [
                Path(one.line, stroke=stroke, end=grown, opacity=opacity),
                Rect(
                    x=frame[0], y=frame[1], width=frame[2], height=frame[3], anchor="top-left",
                    radius=theme.radius * min(frame[2:]), fill=None, stroke=stroke, opacity=opacity,
                ),
            ]  # fmt: skip
        x, y = one.middle
        at = x + one.words.width * {"left": -0.5, "right": 0.5}.get(one.anchor, 0.0)
        for number, line in enumerate(one.words.lines):
            at_y = y - one.words.height / 2 + (number + 0.5) * _LINE * size
            elements.append(
                room.text(
                    line, size, theme.ink, weight=500, x=at, y=at_y,
                    anchor=one.anchor, opacity=opacity,
                )
            )  # fmt: skip
    return elements


def _free_edge(usual: float, other: float, lines: Sequence[float], near: float) -> float:
    return other if any(abs(usual - line) < near for line in lines) else usual


def _most(room: Room, area: Area) -> float:
    return min(_WIDE * area.width if room.shape == "wide" else 0.45 * area.width, 14 * room.label_size)
