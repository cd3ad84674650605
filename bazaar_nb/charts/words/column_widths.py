"""How wide a table's columns are: numbers have what they need, and words give way."""

from __future__ import annotations

from collections.abc import Sequence

from bazaar_nb.charts.parts.room import Room
from bazaar_nb.charts.words.table_cells import CellColumn

_BAR = 5.0  # a bar's length beside a number, of the letters' size
_NARROWEST = 3.5  # of the letters' size, that a column of words keeps


def column_width(room: Room, column: CellColumn, size: float, head: float, has_bar: bool) -> float:
    """Give the pixels that a column wants."""
    is_number = column.values is not None
    longest = sorted(set(column.words), key=len)[-12:]
    cells = max(room.width_of(words, size, 400 if is_number else 600, tabular=is_number) for words in longest)
    cells += _BAR * size + 0.5 * size if has_bar else 0.0
    return max(cells, min(room.width_of(column.head, head, 600), max(cells, 7 * size)))


def give_way(
    columns: Sequence[CellColumn],
    widths: Sequence[float],
    gap: float,
    room: float,
    size: float,
    pictured: float = 0.0,
) -> tuple[list[float], int]:
    """Make columns of words narrower until all fit, then leave out the last ones.

    Gives widths, and how many columns stay.
    """
    for shown in range(len(widths), 0, -1):
        found = list(widths[:shown])
        over = sum(found) + gap * (shown - 1) - room
        words = [number for number in range(shown) if columns[number].values is None]
        while over > 0.01 and words:
            widest = max(words, key=lambda number: found[number])
            others = [found[number] for number in words if number != widest]
            narrowest = _NARROWEST * size + (pictured if widest == 0 else 0.0)
            least = max(max(others, default=0.0) * 0.999, narrowest)
            if found[widest] <= narrowest + 0.01:
                break
            cut = min(over, max(found[widest] - least, 0.05 * found[widest]), found[widest] - narrowest)
            found[widest] -= cut
            over -= cut
        if over <= 0.01:
            return found, shown
    return [min(widths[0], room)], 1
