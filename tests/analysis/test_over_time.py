"""Outcomes and the cache over days, weeks and months."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb import analysis
from bazaar_nb.errors import InvalidValueError
from tests.analysis.samples import T0, history, many, render

STATUSES = ["succeeded", "failed", "cancelled", "lost", "started", "queued"]


def test_outcomes_of_days_without_gaps() -> None:
    days = [(0, "succeeded"), (0, "succeeded"), (0, "failed"), (0, "started"), (3, "lost"), (3, "cancelled")]
    rows = [render(i, status=s, created=T0 + dt.timedelta(days=d)) for i, (d, s) in enumerate(days)]
    table = analysis.outcomes(history(*rows))
    assert table["period"].tolist() == list(pd.date_range("2026-03-02", periods=4, tz="UTC"))
    assert table["renders"].tolist() == [4, 0, 0, 2]
    assert table["succeeded"].tolist() == [2, 0, 0, 0]
    assert (table["failed"][0], table["running"][0], table["lost"][3], table["cancelled"][3]) == (1, 1, 1, 1)
    assert table["success_rate"][0] == pytest.approx(2 / 3)
    assert table["failure_rate"].fillna(-1).tolist() == pytest.approx([1 / 3, -1, -1, 0.5])
    assert table["cancel_rate"][3] == 0.5
    # 2 of 3 by the formula of the paper; by hand.
    assert (table["success_low"][0], table["success_high"][0]) == pytest.approx((0.2077, 0.9385), abs=1e-4)


def test_weeks_begin_on_monday_and_months_where_people_live() -> None:
    late = dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.UTC)  # 1 April in Berlin
    sunday = dt.datetime(2026, 3, 8, 12, tzinfo=dt.UTC)
    renders = history(render(0, created=sunday), render(1, created=late))
    weeks = analysis.outcomes(renders, period="week")["period"]
    assert [f"{day:%a %d %b}" for day in weeks] == [
        "Mon 02 Mar",
        "Mon 09 Mar",
        "Mon 16 Mar",
        "Mon 23 Mar",
        "Mon 30 Mar",
    ]
    assert [f"{m:%b}" for m in analysis.outcomes(renders, period="month")["period"]] == ["Mar"]
    berlin = analysis.outcomes(renders, period="month", timezone="Europe/Berlin")["period"]
    assert [str(m) for m in berlin] == ["2026-03-01 00:00:00+01:00", "2026-04-01 00:00:00+02:00"]


def test_a_clock_that_changes_at_midnight() -> None:
    # In Cairo 24 April 2026 begins at 01:00; in Havana 1 November 2026 begins twice.
    for zone, when in (("Africa/Cairo", (2026, 4, 24)), ("America/Havana", (2026, 11, 1))):
        noon = dt.datetime(*when, 12, tzinfo=dt.UTC)
        table = analysis.outcomes(history(render(0, created=noon)), timezone=zone)
        assert [f"{day:%Y-%m-%d}" for day in table["period"]] == [f"{noon:%Y-%m-%d}"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(STATUSES), st.integers(0, 400), st.sampled_from("ab")), max_size=30),
    st.sampled_from(["day", "week", "month"]),
)
def test_all_renders_are_counted_once_and_rates_are_rates(
    renders: list[tuple[str, int, str]], period: str
) -> None:
    frame = history(
        *(
            render(i, status=status, created=T0 + dt.timedelta(hours=7 * hours), project=project)
            for i, (status, hours, project) in enumerate(renders)
        )
    )
    for by in (None, "project", ["project", "format"]):
        table = analysis.outcomes(frame, period=period, by=by)
        assert table["renders"].sum() == len(renders)
        for status in ("succeeded", "failed", "cancelled", "lost"):
            assert table[status].sum() == sum(s == status for s, _, _ in renders)
        rates = table[["success_low", "success_rate", "success_high", "failure_rate", "cancel_rate"]].dropna()
        assert ((rates >= 0) & (rates <= 1)).all(axis=None)
        assert (rates["success_low"] <= rates["success_rate"] + 1e-12).all()
        assert (rates["success_rate"] <= rates["success_high"] + 1e-12).all()
        assert (
            rates["success_rate"] + rates["failure_rate"] + rates["cancel_rate"]
        ).to_numpy() == pytest.approx(1)
        assert table["period"].is_monotonic_increasing


def test_groups_have_their_own_rows() -> None:
    renders = history(
        render(0, project="b"), render(1, project=None, status="failed"), render(2, project="a")
    )
    table = analysis.outcomes(renders, by="project")
    assert table["project"].tolist() == ["a", "b", "unknown"]
    assert table["success_rate"].tolist() == [1, 1, 0]
    assert list(table.columns[:3]) == ["period", "project", "renders"]


def test_a_render_without_any_time_is_in_no_period() -> None:
    row = render(0) | dict.fromkeys(["created", "started", "event_time"])
    assert analysis.outcomes(history(row, render(1)))["renders"].tolist() == [1]
    ended_later = render(3, event_time=T0 + dt.timedelta(days=9))  # it counts when it was asked for
    assert analysis.outcomes(history(ended_later))["period"].tolist() == [T0.replace(hour=0)]
    queued_only = render(2) | dict.fromkeys(["created", "started"])
    assert analysis.outcomes(history(queued_only))["renders"].tolist() == [1]


def test_cache_rates() -> None:
    renders = history(
        render(0, frames=100, frames_cached=25, segments=4, segments_cached=1),
        render(1, frames=300, frames_cached=75, segments=6, segments_cached=None),
        render(2, status="failed", frames=1000, frames_cached=1000),
    )
    table = analysis.cache(renders, period="month")
    assert table["renders"].tolist() == [2]
    assert (table["frames"][0], table["frames_cached"][0], table["frame_hit_rate"][0]) == (400, 100, 0.25)
    assert (table["segments"][0], table["segment_hit_rate"][0]) == (10, 0.1)
    rates = analysis.cache(many(200), by="user")[["frame_hit_rate", "segment_hit_rate"]]
    assert rates.min().min() >= 0
    assert rates.max().max() <= 1
    assert math.isnan(analysis.cache(history(render(0, frames=0)))["frame_hit_rate"][0])


WRONG: Any = [None, 1, 2]
QUESTIONS: list[tuple[Callable[[], object], str]] = [
    (lambda: analysis.outcomes(history(), period="year"), "`period` must be one of day, week, month"),
    (lambda: analysis.cache(history(), timezone="Mars/Base"), "`timezone` must be a name such as"),
    (lambda: analysis.outcomes(history(), timezone=WRONG[0]), "`timezone`"),
    (lambda: analysis.outcomes(history(), by="colour"), "`by` must be one or more of format, codec"),
    (lambda: analysis.outcomes(history(), by=["user", "user"]), "each once"),
    (lambda: analysis.outcomes(WRONG), "`renders` must be a DataFrame as history"),
    (lambda: analysis.outcomes(pd.DataFrame({"status": []})), "it lacks the columns created, started"),
]


@pytest.mark.parametrize(("call", "said"), QUESTIONS)
def test_what_cannot_be_asked(call: Callable[[], object], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        call()
