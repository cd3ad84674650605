from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.charts import Areas, CallOut, Event, Lines, Reference, Scatter
from bazaar_nb.charts.parts.plane import moment_axis, tick_words, value_axis
from bazaar_nb.charts.parts.table import Moments
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scene.elements import Text

ENDS = st.tuples(st.floats(-1e15, 1e15), st.floats(-1e15, 1e15)).map(sorted)


@given(ends=ENDS, most=st.integers(2, 6), is_tight=st.booleans())
def test_axes_hold_their_values_and_few_different_ticks(ends: list[float], most: int, is_tight: bool) -> None:
    plan = value_axis(ends[0], ends[1], NumberFormat("compact"), most=most, is_tight=is_tight)
    assert plan.low <= ends[0] <= ends[1] <= plan.high
    assert 1 <= len(plan.ticks) <= most + 2
    assert all(b > a for a, b in pairwise(plan.ticks))
    slack = 1e-8 * (plan.high - plan.low)
    assert all(plan.low - slack <= at <= plan.high + slack for at in plan.ticks)


@given(low=st.floats(1e-12, 1e12), ratio=st.floats(1, 1e12))
def test_log_axes_hold_their_values(low: float, ratio: float) -> None:
    plan = value_axis(low, low * ratio, NumberFormat("compact"), is_log=True)
    assert plan.low <= low <= low * ratio <= plan.high
    assert len(set(plan.words)) == len(plan.ticks) >= 1


def test_axes_start_at_zero_where_it_is_near() -> None:
    assert value_axis(3, 10, NumberFormat()).low == 0
    assert value_axis(8, 10, NumberFormat()).low == 8
    assert value_axis(8, 10, NumberFormat(), zero=True).low == 0
    assert value_axis(-10, -3, NumberFormat()).high == 0


def test_ticks_have_the_decimals_of_their_distance() -> None:
    assert tick_words([0, 0.25, 0.5], NumberFormat()) == ("0", "0.25", "0.50")
    assert tick_words([0, 500_000, 1_000_000], NumberFormat("compact")) == ("0", "500K", "1M")
    assert tick_words([0, 0.5, 1], NumberFormat("percent")) == ("0%", "50%", "100%")


def test_years_have_no_commas_and_no_halves() -> None:
    plan = moment_axis(Moments(np.array([1998.0, 2001.0]), "number"), "en")
    assert set(plan.words) <= {"1998", "1999", "2000", "2001"}
    assert moment_axis(Moments(np.array([0.0, 5000.0]), "number"), "en").words[-1] == "5,000"


TABLE = {"t": ["2020-01-01", "2021-01-01", "2022-01-01"], "a": [1.0, 2.0, 4.0]}


def test_what_is_said_is_seen_in_a_plane() -> None:
    chart = Lines(
        TABLE, time="t", x_title="Years", y_title="Litres", references=[Reference(9, "Goal")],
        events=[Event("2021-06-01", "A summer")], callouts=[CallOut("Here", key="a", moment="2021-01-01")],
    )  # fmt: skip
    for time, there in (
        (0.0, {"Years", "Litres", "Goal"}),
        (6.0, {"Years", "Litres", "Goal", "A summer", "Here"}),
    ):
        seen = {one.text for one in chart.at(time).children if isinstance(one, Text) and one.opacity > 0.5}
        assert there <= seen
    layout = chart._laid_out(1920, 1080, False)[2]
    assert layout.plane.area.top <= float(layout.plane.y(9)) <= layout.plane.area.bottom
    bz.Composition([chart], width=320, height=180).still(-1)


def test_what_cannot_be_said_is_told() -> None:
    with pytest.raises(InvalidValueError, match="Lines: `events`: 'someday' is no date"):
        Lines(TABLE, time="t", events={"someday": "x"})
    with pytest.raises(InvalidValueError, match="`callouts` names 'b', which is not there"):
        Lines(TABLE, time="t", callouts=[CallOut("Here", key="b")])
    with pytest.raises(InvalidValueError, match="`callouts` 'Here' needs `key`, or `x` and `y`"):
        Areas(TABLE, time="t", callouts=[CallOut("Here", x="2021-01-01")])
    with pytest.raises(InvalidValueError, match="no axis of time for `events`"):
        Scatter(TABLE, x="t", y="a", events={"2021-01-01": "x"})
    with pytest.raises(InvalidValueError, match="`images` names 'a', which is not there"):
        Scatter(TABLE, x="t", y="a", images={"a": "a.png"})
