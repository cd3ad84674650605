import pickle
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.charts.parts.marks import Bar
from bazaar_nb.charts.races.ranking import rank_over_time
from tests.charts.motion import bars, place_of, texts, words
from tests.render.films import segments_of, settings_of

SALES = {"year": [2020, 2021, 2022], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}


def race(table: Any = SALES, **options: Any) -> bz.charts.BarRace:
    return bz.charts.BarRace(table, **{"time": "year", "duration": 6, **options})


def bars_at(
    chart: bz.charts.BarRace, time: float, width: float = 1920, height: float = 1080
) -> dict[str, Bar]:
    room, _, layout = chart._laid_out(width, height, is_frame=False)
    return {mark.key: mark.form for mark in chart._marks(room, layout, time) if isinstance(mark.form, Bar)}


def test_the_first_frame_has_words_and_axis_and_the_last_stands_still() -> None:
    chart = race(title="Tea overtakes", source="Invented")
    assert {"Tea overtakes", "Invented", "0", "Tea"} <= set(words(chart.at(0).children))
    start, there = bars(chart.at(0).children), bars(chart.at(chart.phases.move_start).children)
    # in their places, but pale
    assert [bar.width for bar in start] == pytest.approx([bar.width for bar in there], rel=0.05)
    assert max(bar.opacity for bar in start) < 0.6
    assert chart.at(5.5) == chart.at(6) == chart.at(9)


def test_who_is_overtaken_lies_below_and_its_words_give_way() -> None:
    table = {"year": [2020, 2021, 2022], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}
    chart = race(table | {f"Other {n}": [20 + n] * 3 for n in range(8)}, duration=8, enter=False)
    room, _, layout = chart._laid_out(1920, 1080, is_frame=False)
    seen = []
    for time in np.arange(0, 8, 1 / 60):
        rows = {row.mark.key: row for row in chart._rows(room, layout, time)}
        tea, coffee = rows["Tea"], rows["Coffee"]
        assert tea.words == 1.0
        if abs(tea.y - coffee.y) < 0.6 * layout.size:
            assert list(rows)[:2] == ["Coffee", "Tea"]  # all the time, whoever is ahead
            assert coffee.words < 0.5
        seen.append(coffee.words)
    assert min(seen) == pytest.approx(0.0, abs=0.1)
    assert np.abs(np.diff(seen)).max() < 0.25
    assert seen[0] == seen[-1] == 1.0


def test_bars_are_as_long_as_their_values_say() -> None:
    chart = race(enter=False)
    found = bars_at(chart, 6)
    assert (found["Coffee"].right - found["Coffee"].left) / (
        found["Tea"].right - found["Tea"].left
    ) == pytest.approx(7 / 9)
    assert found["Tea"].top < found["Coffee"].top
    start = bars_at(chart, 0)
    assert start["Coffee"].top < start["Tea"].top
    assert start["Coffee"].left == start["Tea"].left == found["Tea"].left


def test_no_bar_moves_further_than_data_and_ranks_say() -> None:
    """Places change only while ranks do, and no faster than half a second a place."""
    rng = np.random.default_rng(2)
    table = {"year": np.arange(30), **{f"Key {n}": np.cumsum(rng.normal(1, 2, 30)) + 30 for n in range(20)}}
    chart = race(table, top=8, duration=8)
    _, _, layout = chart._laid_out(1920, 1080, is_frame=False)
    before: dict[str, Bar] = {}
    for frame in range(round(60 * chart.phases.enter_stop), 8 * 60):
        now = bars_at(chart, frame / 60)
        for key in before.keys() & now.keys():
            assert abs(now[key].top - before[key].top) <= 0.14 * 8 * layout.pitch
            assert abs(now[key].right - before[key].right) <= 60
            assert now[key].left == pytest.approx(layout.bars.left) or before[key].left < layout.bars.right
        before = now


def test_slow_bars_move_one_way() -> None:
    chart = race({"year": [0, 1000], "A": [50, 51], "B": [100, 100]}, duration=20, enter=False)
    ends = [bars_at(chart, time)["A"].right for time in np.arange(0, 20, 1 / 60)]
    steps = np.diff(ends)
    assert (steps >= -1e-9).all()
    assert steps.max() < 0.125


def test_what_stands_still_does() -> None:
    chart = race({"year": [0, 1, 2], "A": [3, 3, 3], "B": [2, 2, 2], "C": [2, 2, 2]}, enter=False)
    assert len({tuple(bars_at(chart, time).items()) for time in np.linspace(0, 6, 100)}) == 1
    moving = race(duration=8)
    rows = [place_of(moving.at(time).children, "Tea") for time in np.arange(1.5, 8, 1 / 30)]
    assert len({x for x, _ in rows}) == 1  # room for names holds the longest from the start


def test_ties_keep_their_order() -> None:
    table = {"year": [0, 1, 2], "A": [1.0, 2.0, 3.0], "B": [1.0, 2.0, 3.0], "C": [1.0, 2.0, 2.5]}
    chart = race(table, enter=False)
    for time in np.linspace(0, 6, 50):
        found = bars_at(chart, time)
        assert found["A"].top < found["B"].top < found["C"].top


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_tables_of_all_libraries_give_equal_pictures(make: Any) -> None:
    wide = race(make(SALES))
    assert wide.at(3) == race().at(3)
    long = make(
        {"year": [2020, 2021, 2022] * 2, "what": ["Tea"] * 3 + ["Coffee"] * 3, "sold": [3, 5, 9, 4, 6, 7]}
    )
    assert race(long, name="what", value="sold").at(3) == race().at(3)


def test_tables_of_all_libraries_give_equal_keys() -> None:
    found = set()
    for make in (pd.DataFrame, pl.DataFrame, pa.table):
        film = bz.Composition([race(make(SALES), duration=3)], width=320, height=180)
        found.add(tuple(segment.key for segment in segments_of(film, settings_of(film))))
    assert len(found) == 1


def test_missing_values_as_told() -> None:
    table = {"year": [0, 1, 2, 3, 4], "A": [5, 5, 5, 5, 5], "B": [1, None, 3, None, None]}
    middle = {
        missing: [bars_at(race(table, missing=missing, enter=False), time).keys() for time in (1.3, 6)]
        for missing in ("leave", "hold", "gap")
    }
    assert [len(keys) for keys in middle["leave"]] == [2, 1]
    assert [len(keys) for keys in middle["hold"]] == [2, 2]
    assert [len(keys) for keys in middle["gap"]] == [1, 1]


@pytest.mark.parametrize(
    "table",
    [
        {"year": [1], "A": [3]},
        {"year": [1, 2], "A": [0, 0], "B": [0, 0]},
        {"year": [1, 2], "A": [-3, -1], "B": [-2, -4]},
        {"year": [1, 2], "A": [-3, 4], "B": [2, -4]},
        {"year": [1, 2], "A": [1e-12, 3e-12]},
        {"year": [1, 2], "A": [1e15, 3e15], "B": [1, 2]},
        {"year": [1, 2], "A": [0, 1e9]},
        {"year": ["Mon", "Tue"], "日本": [1, 2], "العربية": [2, 1], "🇧🇷": [3, 3], "x" * 200: [1, 1]},
        {"year": pd.period_range("2020-01", periods=2, freq="M"), "A": [1, 2]},
        {"year": [1, 2], **{f"Name {number}": [number, 200 - number] for number in range(200)}},
    ],
)
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920), (320, 90)])
def test_awkward_tables_give_pictures(table: dict[str, Any], size: tuple[int, int]) -> None:
    chart = race(table, title="A title", duration=3)
    for time in (0, 0.5, 1.5, 3):
        for mark in chart.at(time, *size).children:
            if isinstance(mark, bz.Rect):
                assert isinstance(mark.width, float)
                assert 0 <= mark.width <= size[0]


def test_a_large_table_keeps_only_who_comes_to_the_top() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(0, 1, (6, 3000))
    keys = [str(number) for number in range(3000)]
    few = rank_over_time(np.arange(6.0), keys, matrix, 10, 2.0)
    inside = few.inside.any(axis=0)
    assert inside.all()
    at = few.at_times
    values = np.stack([np.interp(at, np.arange(6.0), column) for column in matrix.T], axis=1)
    best = {keys[number] for row in values for number in np.argsort(-row)[:10]}
    assert best == set(few.keys)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=4, max_size=4), min_size=1, max_size=5
    )
)
def test_any_values_give_finite_pictures(rows: list[list[float | None]]) -> None:
    matrix = np.array(rows, float)
    if not np.isfinite(matrix).any():
        return
    table = {"year": range(len(rows)), **{name: matrix[:, place] for place, name in enumerate("ABCD")}}
    for missing in ("leave", "hold", "gap"):
        chart = race(table, missing=missing, duration=2)
        for time in (0.0, 0.7, 1.1, 2.0):
            for bar in bars_at(chart, time).values():
                assert np.isfinite(bar[:4]).all()
                assert bar.right >= bar.left


def test_wrong_options_are_told() -> None:
    for options, message in (
        ({"top": 0}, "`top` must be a whole number from 1 to 30"),
        ({"missing": "drop"}, "`missing` must be leave or hold or gap"),
        ({"sort": "up"}, "`sort`"),
        ({"highlight": "tea"}, r"`highlight` names 'tea'.*did you mean 'Tea'"),
        ({"colors": {"Tee": "red"}}, r"`colors` names 'Tee'.*did you mean 'Tea'"),
        ({"colors": {"Tea": "redd"}}, "`colors` of 'Tea'"),
        ({"y_title": "Cups"}, "no axis of that direction for `y_title`"),
        ({"callouts": [bz.charts.CallOut("!", key="Te")]}, r"`callouts` names 'Te'.*'Tea'"),
        ({"events": {1999: "Before"}}, "1999 lies outside"),
        ({"events": [3]}, "`events` takes"),
        ({"references": "high"}, "`references` must be a list"),
        ({"theme": "blue"}, "light, dark"),
        ({"number": "roman"}, "`number`"),
    ):  # fmt: skip
        with pytest.raises(bz.InvalidValueError, match=message):
            race(**options)


def test_what_is_highlighted_stays_and_the_rest_fades() -> None:
    chart = race(highlight="Tea", highlight_at=2)
    before, after = (
        {text.text: text.opacity for text in texts(chart.at(time).children)} for time in (1.9, 4)
    )
    assert before["Tea"] == before["Coffee"] == 1
    assert (after["Tea"], after["Coffee"]) == (1, 0.35)


def test_what_is_said_appears_in_its_time() -> None:
    chart = race(
        events={2021: "Rain"},
        callouts=[bz.charts.CallOut("Most of all", key="Tea")],
        references=[(8, "Goal")],
    )
    assert "Rain" not in words(chart.at(2).children)
    assert "Rain" in words(chart.at(4).children)
    assert "Most of all" not in words(chart.at(3).children)
    assert {"Most of all", "Goal"} <= set(words(chart.at(6).children))


def test_bars_that_are_seen_together_have_colours_of_their_own() -> None:
    rng = np.random.default_rng(1)
    table = {"year": np.arange(12), **{f"{n}": n + np.cumsum(rng.normal(0, 1, 12)) for n in range(16)}}
    chart = race(table, top=8, enter=False)
    same = 0
    for time in np.linspace(0, 6, 40):
        room, _, layout = chart._laid_out(1920, 1080, is_frame=False)
        marks = sorted(chart._marks(room, layout, time), key=lambda mark: mark.form[1])
        same += sum(one.color == other.color for one, other in pairwise(marks))
    assert same <= 10  # of 280 neighbours: there are eight colours


def test_a_prepared_race_can_be_sent() -> None:
    chart = race(theme="dark")
    chart.at(3)
    assert pickle.loads(pickle.dumps(chart)).at(3) == chart.at(3)
