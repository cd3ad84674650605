"""Axis titles and reference lines of bars, and the room that they take beside the bars."""

from __future__ import annotations

from dataclasses import replace

from bazaar_nb.charts.annotations import Annotations
from bazaar_nb.charts.bars.bar_content import BarContent
from bazaar_nb.charts.bars.bar_layout import BarLayout, lay_out_bars, lies_in_rows
from bazaar_nb.charts.parts.annotation_marks import draw_axis_titles, draw_references, room_for_titles
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import AnyElement

_MOST_BESIDE = 0.22  # of the width: words of references beside columns


def lay_out_with_notes(room: Room, area: Area, content: BarContent, notes: Annotations) -> BarLayout:
    """Lay out bars with what is said about their axes.

    The title of names is `x_title`, that of values `y_title`, whichever way the bars lie.
    """
    is_row = lies_in_rows(room, area, content)
    content = replace(content, direction="rows" if is_row else "columns")
    size = room.label_size
    named = [one for one in notes.references if one.label]
    asked = [replace(one, axis=None) for one in notes.references]
    if is_row:
        title = room_for_titles(room, None, notes.x_title or notes.y_title)[0]
        above = 1.5 * size if named else 0.0
        layout = lay_out_bars(room, area.inset(top=title + above), content)
        bars = layout.area
        lines = draw_references(room, bars._replace(top=bars.top - above), asked, x=layout.scale)
        layout.below.extend(_row_titles(room, area, bars.left, notes))
    else:
        above, below = room_for_titles(room, notes.x_title, notes.y_title)
        widest = max((room.width_of(one.label, size, 500) for one in named), default=0.0)
        beside = min(widest, _MOST_BESIDE * area.width) + (0.5 * size if named else 0.0)
        inner = area.inset(top=above, bottom=below, right=beside)
        layout = lay_out_bars(room, inner, content)
        bars = layout.area
        lines = draw_references(room, bars._replace(right=area.right), asked, y=layout.scale)
        under = inner.bottom - bars.bottom
        framed = bars._replace(top=inner.top)
        layout.below.extend(
            draw_axis_titles(room, framed, notes.x_title, notes.y_title, left=area.left, below=under)
        )
    layout.above.extend(lines)
    return layout


def _row_titles(room: Room, area: Area, left: float, notes: Annotations) -> list[AnyElement]:
    """Give the title of names above them, and that of values above the bars, where it has room."""
    size, elements = room.label_size, []
    y = area.top + 0.6 * size
    start = left
    if notes.x_title:
        words = room.shorten(notes.x_title, size, 0.5 * area.width)
        elements.append(room.text(words, size, room.theme.soft, x=area.left, y=y, anchor="left"))
        start = max(left, area.left + room.width_of(words, size) + size)
    if notes.y_title:
        words = room.shorten(notes.y_title, size, area.right - start)
        elements.append(room.text(words, size, room.theme.soft, x=start, y=y, anchor="left"))
    return list(elements)
