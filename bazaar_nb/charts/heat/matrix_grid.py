"""Where the cells of two categories stand, with their names, and lines between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import Annotations
from bazaar_nb.charts.parts.annotation_marks import draw_axis_titles, room_for_titles
from bazaar_nb.charts.parts.framed_call_outs import room_for_call_outs
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.value_marks import draw_line_across
from bazaar_nb.scene.elements import AnyElement

Floats = NDArray[np.float64]
_GAP = 0.06  # of a cell, between two


@dataclass(frozen=True)
class CellLine:
    """A line before a column or a row: along which axis, before which number, and what is said of it."""

    axis: Literal["x", "y"]
    before: int
    label: str
    color: str | None


@dataclass(frozen=True)
class MatrixGrid:
    """Cells in columns and rows; in pixels.

    Attributes
    ----------
    area : Area
        Of all cells.
    places : array of shape (n, 2)
        Middles of cells, those of a row of the table's `y` after another.
    width, height : float
        Of a cell, without the gap to the next.
    elements : list of elements
        Names of columns and rows, and titles.
    lines : list of elements
        Those before columns and rows, above cells.
    upright, across : tuple of float
        Where those are.
    """

    area: Area
    places: Floats
    width: float
    height: float
    elements: list[AnyElement]
    lines: list[AnyElement]
    upright: tuple[float, ...]
    across: tuple[float, ...]

    def cell(self, number: int) -> Area:
        """Give the box of a cell."""
        x, y = self.places[number].tolist()
        return Area(x - self.width / 2, y - self.height / 2, x + self.width / 2, y + self.height / 2)


def lay_out_matrix(
    room: Room,
    area: Area,
    x_names: Sequence[str],
    y_names: Sequence[str],
    said: Annotations,
    lines: Sequence[CellLine],
    images: Mapping[str, str],
) -> MatrixGrid:
    """Put the cells into an area; in a tall frame the longer side runs down."""
    size, x_title, y_title = room.label_size, said.x_title, said.y_title
    columns, rows = x_names, y_names
    turned = room.shape == "tall" and len(columns) > len(rows)
    if turned:
        columns, rows, x_title, y_title = rows, columns, y_title, x_title
    upright = [one for one in lines if (one.axis == "x") != turned]
    across = [one for one in lines if (one.axis == "x") == turned]
    beside, over = room_for_call_outs(room, area, said.callouts)
    above, under = room_for_titles(room, x_title, y_title)
    told = 1.4 * size if any(one.label for one in upright) else 0.0
    is_told_below = over > 0  # words of call-outs are above
    above += 0.4 * size if y_title else 0.0  # else it would seem to belong to the legend
    over += max(above, 0.0 if is_told_below else told)
    under += told if is_told_below else 0.0
    widest = max((room.width_of(one.label, size, 500) for one in across), default=0.0)
    beside = max(beside, min(widest, 0.24 * area.width) + 0.5 * size if widest else 0.0)
    inner = area.inset(top=over, right=beside, bottom=under)

    most = (0.28 if room.shape == "wide" else 0.34) * area.width
    pictures = NameImages.beside(room, images, rows, size)
    names = [room.shorten(one, size, most) for one in rows]
    left = max(room.width_of(one, size) for one in names) + 0.6 * size + pictures.room
    wide = (inner.width - left) / len(columns)
    heads, is_slanted, step = _column_words(room, columns, wide, 0.22 * inner.height)
    flags = NameImages.beside(room, images, columns, size, height=min(1.1 * size, 0.55 * wide))
    longest = max(room.width_of(one, size) for one in heads) if is_slanted else 0.0
    most_lines = max(one.count("\n") + 1 for one in heads)
    below = (0.71 * longest + 1.2 * size) if is_slanted else (0.8 + 1.15 * most_lines) * size
    pictured = flags.height + 0.3 * size if flags.files else 0.0
    tall = min((inner.height - below - pictured) / len(rows), max(3.0 * wide, 3.0 * size))
    grid = Area(inner.left + left, inner.top, inner.right, inner.top + tall * len(rows))
    x = grid.left + (np.arange(len(columns)) + 0.5) * wide
    y = grid.top + (np.arange(len(rows)) + 0.5) * tall

    elements: list[AnyElement] = []
    for number in range(0, len(rows), max(1, int(np.ceil(1.15 * size / tall)))):
        at, beside_grid = float(y[number]), grid.left - 0.6 * size
        elements += pictures.draw(rows[number], beside_grid, at, anchor="right")
        elements.append(
            room.text(
                names[number], size, room.theme.soft, x=beside_grid - pictures.room, y=at, anchor="right"
            )
        )
    for number in range(0, len(columns), step):
        at, y_words = float(x[number]), grid.bottom + 0.4 * size
        elements += flags.draw(columns[number], at, y_words, anchor="top")
        elements.append(_head(room, heads[number], at, y_words + pictured, is_slanted=is_slanted))
    elements += draw_axis_titles(room, grid, None, y_title, left=area.left, below=0.0)
    heads_stop = grid.bottom + below + pictured
    titled = heads_stop - grid.bottom + (told if is_told_below else 0.0)
    elements += draw_axis_titles(room, grid, x_title, None, left=area.left, below=titled)

    drawn: list[AnyElement] = []
    for one in upright:
        words_at = heads_stop + 0.6 * size if is_told_below else grid.top - 0.75 * size
        drawn += _line_before(room, one, grid, upright=(grid.left + one.before * wide, words_at))
    for one in across:
        drawn += _line_before(room, one, grid, across=grid.top + one.before * tall)
    gap = min(_GAP * min(wide, tall), 4 * room.unit)
    x_of, y_of = np.tile(x, len(rows)), np.repeat(y, len(columns))
    if turned:
        x_of, y_of = np.repeat(x, len(rows)), np.tile(y, len(columns))
    return MatrixGrid(grid, np.column_stack([x_of, y_of]), wide - gap, tall - gap, elements, drawn,
        tuple(grid.left + one.before * wide for one in upright),
        tuple(grid.top + one.before * tall for one in across),
    )  # fmt: skip


def _head(room: Room, words: str, x: float, y: float, *, is_slanted: bool) -> AnyElement:
    size, soft = room.label_size, room.theme.soft
    if not is_slanted:
        return room.text(words, size, soft, x=x, y=y, anchor="top", line_height=1.15)
    long = 0.354 * room.width_of(
        words, size
    )  # turned around their middle, so that they end below their column
    return room.text(words, size, soft, x=x + 0.2 * size - long, y=y + 0.3 * size + long, rotation=-45.0)


def _line_before(
    room: Room,
    one: CellLine,
    grid: Area,
    *,
    upright: tuple[float, float] | None = None,
    across: float | None = None,
) -> list[AnyElement]:
    """Give a line between cells, on ground of its own, with its words above it or at its right."""
    size, color = room.label_size, one.color or room.theme.accent
    if upright is not None:
        x, y = upright
        reach = (y - 0.55 * size, y + 0.55 * size) if one.label else (grid.top - 0.3 * size, grid.bottom)
        ends = (x, min(grid.top, reach[0]), x, max(grid.bottom, reach[1]))
        to_left = x + 0.4 * size + room.width_of(one.label, size, 500) > room.body.right
        at = x + (-0.4 if to_left else 0.4) * size
        anchor: Literal["left", "right"] = "right" if to_left else "left"
    else:
        assert across is not None
        ends = (grid.left, across, grid.right + 0.3 * size, across)
        at, y, anchor = grid.right + 0.5 * size, across, "left"
    elements = draw_line_across(room, ends, color, 3.0)
    words = room.shorten(one.label, size, 0.24 * room.width if upright is None else 0.5 * room.width, 500)
    if words:
        elements.append(room.text(words, size, color, weight=500, x=at, y=y, anchor=anchor))
    return elements


def _column_words(
    room: Room, names: Sequence[str], wide: float, longest: float
) -> tuple[list[str], bool, int]:
    """Give the words below columns, whether they are slanted, and of how many columns one has some."""
    size = room.label_size
    wrapped = [room.wrap(one, size, wide - 0.4 * size, 2) for one in names]
    full = [" ".join(one.split()) for one in names]
    if all(" ".join(lines) == one for lines, one in zip(wrapped, full, strict=True)):
        return ["\n".join(lines) for lines in wrapped], False, 1
    widest = max(room.width_of(one, size) for one in full)
    if widest < 2.5 * size:  # as hours of the day: some of them tell the others
        return full, False, int(np.ceil((widest + 0.5 * size) / wide))
    step = max(1, int(np.ceil(1.55 * size / wide)))
    return [room.shorten(one, size, longest) for one in full], True, step
