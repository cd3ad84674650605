"""Tables: what is shown, where cells stand, what gives way."""

from __future__ import annotations

import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pandas as pd
import polars as pl
import pytest

import bazaar_nb as bz
from bazaar_nb.charts import Table
from bazaar_nb.scene.elements import Rect, Text

AWKWARD: dict[str, list[Any]] = {
    "Country": ["Kenya", "Côte d'Ivoire", "中国", "مصر"],
    "Rate": [1.5, 12.25, None, -4.125],
    "Price": [Decimal("1.10"), Decimal("20.00"), Decimal("3.00"), Decimal("4.50")],
    "When": [datetime.date(2020, 1, 1), datetime.date(2021, 3, 4), None, datetime.date(2022, 12, 31)],
    "Note": ["a long remark that goes on for quite a while and must be cut " * 3, "", "ok", "fine 🎉"],
}


def texts_of(chart: Table, size: tuple[float, float] = (1920, 1080)) -> list[Text]:
    return [one for one in chart.at(chart.duration, *size).children if isinstance(one, Text)]


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920), (600, 400)])
def test_cells_lie_apart_and_numbers_stand_by_their_decimals(size: tuple[float, float]) -> None:
    chart = Table(AWKWARD, title="Awkward", bars="Rate")
    room, _, layout = chart._laid_out(*size, False)
    for row in layout.rows:
        boxes = []
        for cell in row:
            assert isinstance(cell.x, float)
            width = room.width_of(str(cell.text), cell.size, cell.weight, tabular=cell.tabular)
            left = cell.x - width if cell.anchor == "right" else cell.x
            boxes.append((left, left + width))
            assert cell.size >= room.letters(0.0)
        assert boxes == sorted(boxes)
        assert all(one[1] < other[0] for one, other in pairwise(boxes))
        assert boxes[0][0] >= 0
        assert boxes[-1][1] <= size[0]
    rates = [row[1] for row in layout.rows]
    assert len({cell.x for cell in rates}) == 1
    assert [cell.text for cell in rates] == ["1.5", "12.2", "\u2013", "\u22124.1"]


def test_rows_that_have_no_room_are_counted() -> None:
    table = pd.DataFrame({"n": [f"row {number}" for number in range(10_000)], "v": range(10_000)})
    chart = Table(table, sort="v")
    written = [str(text.text) for text in texts_of(chart)]
    rows = sum(text.startswith("row ") for text in written)
    assert written[written.index("row 9999") + 1] == "9,999"
    assert f"and {10_000 - rows:,} more rows" in written


def test_rows_keep_their_cells_when_they_are_sorted() -> None:
    chart = Table(AWKWARD, sort="Price")
    rows = [[str(cell.text) for cell in row] for row in chart._laid_out(1920, 1080, True)[2].rows]
    assert [row[:4] for row in rows] == [
        ["Côte d'Ivoire", "12.2", "20.0", "4 Mar 2021"],
        ["مصر", "\u22124.1", "4.5", "31 Dec 2022"],
        ["中国", "\u2013", "3.0", "\u2013"],
        ["Kenya", "1.5", "1.1", "1 Jan 2020"],
    ]


def test_columns_that_have_no_room_are_counted() -> None:
    table = {f"a long heading {number}": [10.0**9 + number] for number in range(12)}
    chart = Table(table)
    written = [str(text.text) for text in texts_of(chart, (1080, 1920))]
    shown = sum(text.startswith("1,000,000") for text in written)
    assert 1 <= shown < 12
    assert f"and {12 - shown} more columns" in written


def test_bars_in_cells_are_as_long_as_their_numbers() -> None:
    chart = Table({"n": ["a", "b", "c"], "v": [10.0, 5.0, -5.0]}, bars="v")
    bars = [one for one in chart.at(chart.duration).children if isinstance(one, Rect)]
    widths = [bar.width for bar in bars]
    assert all(isinstance(width, float) for width in widths)
    assert widths[1:] == pytest.approx([widths[0] / 2] * 2)  # type: ignore[operator]
    assert bars[2].fill == chart.theme.negative


def test_a_highlighted_row_and_a_framed_cell() -> None:
    chart = Table(AWKWARD, highlight="Kenya", cell=("Kenya", "Rate"))
    marks = [one for one in chart.at(chart.duration).children if isinstance(one, Rect)]
    assert [mark.fill is None for mark in marks] == [False, True]
    assert not [one for one in chart.at(0.0).children if isinstance(one, Rect)]


def test_wrong_choices_are_told() -> None:
    with pytest.raises(bz.InvalidValueError, match="did you mean 'Rate'"):
        Table(AWKWARD, columns=["Country", "Rates"])
    with pytest.raises(bz.InvalidValueError, match="column 'Note': `bars` go with columns of numbers"):
        Table(AWKWARD, bars="Note")
    with pytest.raises(bz.InvalidValueError, match=r"`cell` names \('Kenya', 'Rates'\)"):
        Table(AWKWARD, cell=("Kenya", "Rates"))


def test_pandas_and_polars_give_the_same() -> None:
    assert Table(pd.DataFrame(AWKWARD)).at(3.0) == Table(pl.DataFrame(AWKWARD)).at(3.0)
