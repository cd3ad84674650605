"""Bars: what grows where, in every arrangement and shape."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import cloudpickle
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import bazaar_nb as bz
from bazaar_nb.charts import Bars
from bazaar_nb.charts.bars.bar_content import Labels
from bazaar_nb.charts.parts.marks import Bar, Mark
from bazaar_nb.scene.elements import Text

ENERGY: dict[str, list[Any]] = {
    "year": ["2021", "2022", "2023"],
    "Solar": [4.0, 6.0, 9.0],
    "Wind": [6.0, 7.0, 8.5],
    "Coal": [20.0, 15.0, 9.0],
}
SHAPES = [(1920, 1080), (1080, 1080), (1080, 1920)]


def marks_of(chart: Bars, time: float, size: tuple[float, float] = (1920, 1080)) -> dict[str, Mark]:
    room, _, layout = chart._laid_out(*size, True)
    return {mark.key: mark for mark in chart._marks(room, layout, time)}


def bar_of(mark: Mark) -> Bar:
    assert isinstance(mark.form, Bar)
    return mark.form


def texts_of(chart: Bars, time: float, size: tuple[float, float] = (1920, 1080)) -> list[Text]:
    return [child for child in chart.at(time, *size).children if isinstance(child, Text)]


def test_bars_are_as_long_as_their_values() -> None:
    chart = Bars({"n": ["a", "b", "c"], "v": [10.0, 5.0, -5.0]}, name="n", value="v", direction="columns")
    found = {key: bar_of(mark) for key, mark in marks_of(chart, chart.duration).items()}
    lengths = {key: bar.bottom - bar.top for key, bar in found.items()}
    assert lengths["a"] == pytest.approx(2 * lengths["b"])
    assert lengths["c"] == pytest.approx(lengths["b"])
    assert found["c"].top == pytest.approx(found["b"].bottom), "a negative one hangs from the line"


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("arrange", ["grouped", "stacked", "share"])
def test_bars_lie_apart_and_within_the_frame(arrange: Any, size: tuple[int, int]) -> None:
    chart = Bars(ENERGY, name="year", arrange=arrange, title="Solar grows")
    boxes = [bar_of(mark) for mark in marks_of(chart, chart.duration, size).values()]
    assert len(boxes) == 9
    for box in boxes:
        assert 0 < box.left <= box.right < size[0]
        assert 0 < box.top <= box.bottom < size[1]
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            wide = min(one.right, other.right) - max(one.left, other.left)
            tall = min(one.bottom, other.bottom) - max(one.top, other.top)
            assert min(wide, tall) < 1e-6, "bars lie over each other"


@pytest.mark.parametrize("size", SHAPES)
def test_nothing_is_written_beyond_the_frame(size: tuple[int, int]) -> None:
    names = ["x" * 200, "A name of some forty letters, as they come", "中文名字", "اسم عربي", "🎉"]
    values = [1e15, -3e14, 1e-12, 0.0, float("nan")]
    chart = Bars({"n": names, "v": values}, name="n", value="v", title="Awkward")
    room = chart._laid_out(*size, True)[0]
    for text in texts_of(chart, chart.duration, size):
        width = max(room.width_of(line, text.size, text.weight) for line in str(text.text).split("\n"))
        share = {"left": 0.0, "right": 1.0}.get(text.anchor.rpartition("-")[2], 0.5)
        assert isinstance(text.x, float)
        left = text.x - share * width
        assert left >= 0
        assert left + width <= size[0]
        assert text.size >= room.letters(0.0)


def test_columns_become_rows_in_a_tall_frame_and_for_long_names() -> None:
    short = Bars(ENERGY, name="year", value="Solar")
    long = Bars(
        {"n": ["A rather long answer to the question"] * 1 + list("abcdefgh"), "v": range(9)}, name="n"
    )
    assert not short._laid_out(1920, 1080, True)[2].bars.is_row
    assert short._laid_out(1080, 1920, True)[2].bars.is_row
    assert long._laid_out(1920, 1080, True)[2].bars.is_row
    told = Bars(ENERGY, name="year", value="Solar", direction="columns")
    assert not told._laid_out(1080, 1920, True)[2].bars.is_row


def test_bars_grow_and_never_shrink_and_then_stand_still() -> None:
    chart = Bars(ENERGY, name="year", arrange="stacked", duration=3)
    times = np.arange(0, 3 + 1e-9, 1 / 60)
    tops = np.array([[bar_of(mark).top for mark in marks_of(chart, time).values()] for time in times])
    assert (np.diff(tops, axis=0) <= 1e-9).all()
    assert np.ptp(tops[times >= 2.5], axis=0).max() == 0
    first, last = marks_of(chart, 0.0), marks_of(chart, 3.0)
    assert list(first) == list(last)


def test_a_share_fills_its_bar_and_refuses_negative_parts() -> None:
    chart = Bars(ENERGY, name="year", arrange="share", direction="columns")
    found = marks_of(chart, chart.duration)
    for year in ENERGY["year"]:
        mine = [bar_of(mark) for key, mark in found.items() if key.startswith(str(year))]
        assert sum(bar.bottom - bar.top for bar in mine) == pytest.approx(
            chart._laid_out(1920, 1080, True)[2].bars.scale(0.0)
            - chart._laid_out(1920, 1080, True)[2].bars.scale(1.0)
        )
    with pytest.raises(bz.InvalidValueError, match="negative part") as error:
        Bars({"n": ["a", "b"], "p": [1, 2], "q": [1, -2]}, name="n", arrange="share")
    assert "row 1" in str(error.value)


def test_each_step_of_a_waterfall_begins_where_the_one_before_ended() -> None:
    table = {"n": ["Sales", "Costs", "Tax", "Profit"], "v": [100.0, -60.0, -10.0, None]}
    chart = Bars(table, name="n", value="v", arrange="waterfall", totals="Profit", direction="columns")
    bars = [bar_of(mark) for mark in marks_of(chart, chart.duration).values()]
    levels = [(bar.bottom, bar.top) if value >= 0 else (bar.top, bar.bottom)
              for bar, value in zip(bars, [100, -60, -10, 30], strict=True)]  # fmt: skip
    for (_, stop), (start, _) in pairwise(levels[:3]):
        assert start == pytest.approx(stop)
    assert levels[3] == pytest.approx((levels[0][0], levels[2][1])), "the total stands on zero"
    written = [text.text for text in texts_of(chart, chart.duration)]
    assert {"+100", "\u221260", "\u221210", "30"} <= set(written)


def test_a_total_that_is_no_sum_is_told_with_its_row() -> None:
    table = {"n": ["Sales", "Costs", "Profit"], "v": [100.0, -60.0, 55.0]}
    with pytest.raises(bz.InvalidValueError, match=r"column 'v', row 2: the total 'Profit' is 55, .* 40"):
        Bars(table, name="n", value="v", arrange="waterfall", totals=["Profit"])


def test_the_largest_are_shown_and_the_rest_is_summed_up() -> None:
    table = {"n": [f"name {number}" for number in range(200)], "v": list(range(200))}
    chart = Bars(table, name="n", value="v", top=10, sort="value")
    assert chart.keys == (*(f"name {number}" for number in range(199, 189, -1)), "Other")
    assert chart.table.values[-1, 0] == sum(range(190))
    with pytest.raises(bz.InvalidValueError, match="column 'n': 500 bars can't be told apart: `top`"):
        Bars({"n": [str(number) for number in range(500)], "v": list(range(500))}, name="n")


def test_all_problems_of_a_table_are_told_at_once() -> None:
    with pytest.raises(bz.InvalidValueError) as error:
        Bars({"n": ["a", "b", "a"], "v": [1.0, 3.0, 2.0], "w": [1, 2, 3]}, name="n", value=["v", "w"])
    assert "column 'v', row 2: 'a' has a second value (the first is in row 0)" in str(error.value)
    with pytest.raises(bz.InvalidValueError, match=r"did you mean 'people'\?"):
        Bars({"n": ["a"], "people": [1]}, name="n", value="poeple")
    with pytest.raises(bz.InvalidValueError, match=r"Bars.*column 'v', row 1: is infinite"):
        Bars({"n": ["a", "b"], "v": [1.0, float("inf")]}, name="n", value="v")
    with pytest.raises(bz.InvalidValueError, match=r"`highlight` names 'Kenia'.*did you mean 'Kenya'"):
        Bars({"n": ["Kenya"], "v": [1]}, name="n", highlight="Kenia")


def test_tables_of_all_kinds_give_the_same_chart() -> None:
    frame = pd.DataFrame(ENERGY)
    long = frame.melt("year", var_name="source", value_name="share").sample(frac=1, random_state=1)
    long["source"] = pd.Categorical(long["source"], ["Solar", "Wind", "Coal"], ordered=True)
    long = long.sort_values("year")
    charts = [Bars(table, name="year") for table in (frame, pl.DataFrame(ENERGY), pa.table(ENERGY))]
    charts.append(Bars(long, name="year", group="source", value="share"))
    wanted = marks_of(charts[0], 0.7)
    assert wanted
    for chart in charts[1:]:
        assert marks_of(chart, 0.7) == wanted


def test_dates_are_named_as_short_as_tells_them_apart() -> None:
    days = pd.date_range("2020-01-31", periods=30, freq="ME")
    charts = [
        Bars(table, name="day", value="v")
        for table in (
            pd.DataFrame({"day": days, "v": range(30)}),
            pd.DataFrame({"day": days.to_period("M"), "v": range(30)}),
            pl.DataFrame({"day": days.date.tolist(), "v": range(30)}),
        )
    ]
    assert {chart.table.names[:2] for chart in charts} == {("Jan 2020", "Feb 2020")}
    assert charts[0].keys == charts[1].keys == charts[2].keys
    assert not charts[0]._laid_out(1920, 1080, True)[2].bars.is_row, "of dates some are enough"


def test_grouped_and_stacked_have_the_same_keys_and_a_chart_pickles() -> None:
    grouped, stacked = (Bars(ENERGY, name="year", arrange=one) for one in ("grouped", "stacked"))
    assert grouped.keys == stacked.keys
    again = cloudpickle.loads(cloudpickle.dumps(stacked))
    assert again.at(0.8) == stacked.at(0.8)


def test_what_is_not_highlighted_fades() -> None:
    chart = Bars(ENERGY, name="year", highlight="Solar")
    before, after = marks_of(chart, chart.highlight_at - 0.1), marks_of(chart, chart.duration)
    assert {mark.opacity for mark in before.values()} == {1.0}
    assert {key.endswith("Solar") for key, mark in after.items() if mark.opacity == 1.0} == {True}
    assert min(mark.opacity for mark in after.values()) == pytest.approx(0.35)


@pytest.mark.parametrize("values", [[0, 0, 0], [1e-12, 2e-12, 0], [1e15, 2e15, 0], [-5, -3, -1], [7]])
def test_awkward_values_get_a_picture(values: list[float]) -> None:
    table = {"n": list("abc")[: len(values)], "v": values}
    both: tuple[Labels, Labels] = ("auto", "none")
    for labels in both:
        chart = Bars(table, name="n", value="v", labels=labels, references=[0.5], y_title="v")
        for size in SHAPES:
            room, _, layout = chart._laid_out(*size, True)
            for mark in chart._marks(room, layout, chart.duration):
                assert np.isfinite(bar_of(mark)[:4]).all()


def test_sums_of_stacks_are_told_where_they_are_lengths() -> None:
    def written(sign: int, other: int) -> set[str]:
        table = {"n": ["a"], "p": [sign * 1.0], "q": [other * 2.0]}
        return {str(text.text) for text in texts_of(Bars(table, name="n", arrange="stacked"), 6.0)}

    assert "3" in written(1, 1)
    assert "\u22123" in written(-1, -1)
    assert not {"1", "\u22123", "3"} & (written(-1, 1) - {"\u22121", "2"})


def test_call_outs_and_references_stand_in_the_frame() -> None:
    chart = Bars(
        ENERGY, name="year", value="Solar", references=[(12, "goal")],
        callouts=bz.charts.CallOut("More than ever", key="2023"), x_title="Year", y_title="TWh",
    )  # fmt: skip
    for size in SHAPES:
        written = {str(text.text): text for text in texts_of(chart, chart.duration, size)}
        assert {"goal", "More than ever", "Year", "TWh"} <= set(written)
