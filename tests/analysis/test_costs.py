"""What renders cost, part by part."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb import analysis
from bazaar_nb.errors import InvalidValueError
from tests.analysis.samples import T0, event, history, many, render, watching

GB = 2**30
ROUND = analysis.Prices(cpu_hour=3600, gb_month=2, egress_gb=5, put_1000=1000, get_1000=100, currency="EUR")
PARTS = ["cpu_cost", "storage_cost", "egress_cost", "request_cost"]
AMOUNTS = ["cpu_h", "storage_gb_month", "egress_gb", "puts", "gets", *PARTS, "total"]


def test_a_render_by_hand() -> None:
    renders = history(
        render(0, size_bytes=3 * GB, segments=10, segments_cached=4),
        render(1, status="failed", draw_s=7.0, segments=2, segments_cached=0, size_bytes=9 * GB),
        render(2, status="queued"),
    )
    events = watching(
        event(0, "download"), event(1, "download"), event(2, "play", view="a"), event(3, "download", "other")
    )
    until = T0 + dt.timedelta(hours=2 * 730)
    table = analysis.costs(renders, ROUND, engagement=events, until=until)
    assert table["render_id"].tolist() == ["r0", "r1", "r2"]
    # Plan, draw, convert, encode, sound and join: 14 s of work; storing is waiting.
    assert table["cpu_h"].tolist() == pytest.approx([14 / 3600, 7 / 3600, 0])
    assert table["storage_gb_month"].tolist() == pytest.approx([6, 0, 0])
    assert table["egress_gb"].tolist() == [6, 0, 0]
    assert table["puts"].tolist() == [6 + 1 + 3, 2 + 3, 3]
    assert table["gets"].tolist() == [14, 2, 0]
    assert table[PARTS].iloc[0].tolist() == pytest.approx([14, 12, 30, 10 + 1.4])
    assert table["total"].tolist() == pytest.approx([67.4, 7 + 5.2, 3])
    assert table["currency"].tolist() == ["EUR"] * 3
    kept = analysis.costs(renders, ROUND, until=until, kept_days=30)
    assert kept["storage_gb_month"][0] == pytest.approx(3 * 720 / 730)
    assert kept["egress_cost"].sum() == 0


def test_months_are_when_costs_arise() -> None:
    begin, until = dt.datetime(2026, 1, 31, tzinfo=dt.UTC), dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    renders = history(render(0, size_bytes=GB, created=begin, finished=begin))
    events = watching(event(0, "download", event_time=dt.datetime(2026, 2, 10, tzinfo=dt.UTC)))
    table = analysis.costs(renders, ROUND, by="month", engagement=events, until=until)
    assert [f"{month:%Y-%m-%d}" for month in table["month"]] == ["2026-01-01", "2026-02-01", "2026-03-01"]
    assert table["renders"].tolist() == [1, 0, 0]
    assert table["storage_gb_month"].tolist() == pytest.approx([24 / 730, 28 * 24 / 730, 24 / 730])
    assert table["egress_gb"].tolist() == [0, 1, 0]
    assert table["cpu_cost"].tolist() == pytest.approx([14, 0, 0])
    timeless = history(render(0) | {"created": None, "finished": None}, render(1, created=begin, project="b"))
    for by in ("month", ["project", "month"]):
        assert analysis.costs(timeless, ROUND, by=by, until=until)["cpu_cost"].sum() == pytest.approx(28)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 80), st.integers(1, 1000), st.none() | st.floats(0, 500))
def test_however_costs_are_grouped_they_add_up(count: int, seed: int, kept_days: float | None) -> None:
    renders = many(count, seed)
    ids = renders["render_id"].tolist()
    events = watching(
        *(
            event(i, "download", ids[i * 7 % count], event_time=T0 + dt.timedelta(days=11 * i))
            for i in range(count)
        )
    )
    until = T0 + dt.timedelta(days=500)
    ways = [
        "render",
        "project",
        "user",
        "month",
        ["project", "month"],
        ["month", "user", "codec"],
        "resolution",
    ]
    tables = [
        analysis.costs(renders, by=by, engagement=events, until=until, kept_days=kept_days) for by in ways
    ]
    whole = tables[0][[*AMOUNTS, "renders"]].sum()
    assert whole["renders"] == count
    for table in tables:
        assert table[[*AMOUNTS, "renders"]].sum().to_numpy() == pytest.approx(whole.to_numpy())
        assert table[PARTS].sum(axis=1).to_numpy() == pytest.approx(table["total"].to_numpy())
        assert (table[AMOUNTS] >= 0).all(axis=None)


def test_the_summary_costs_the_same_without_downloads() -> None:
    renders = many(150)
    renders["finished"] = renders["finished"] - pd.Timedelta(days=800)  # all of it kept
    total = analysis.costs(renders, by="project")["total"].sum()
    assert analysis.summary(renders)["cost"][0] == pytest.approx(total, rel=1e-6)


def test_prices_are_prices() -> None:
    assert dataclasses.replace(ROUND, cpu_hour=0).cpu_hour == 0
    free = analysis.Prices(cpu_hour=0, gb_month=0, egress_gb=0, put_1000=0, get_1000=0)
    assert analysis.costs(many(20), free)["total"].sum() == 0
    mistakes: list[dict[str, Any]] = [
        {"cpu_hour": -1},
        {"gb_month": float("nan")},
        {"egress_gb": "1"},
        {"put_1000": True},
        {"currency": ""},
    ]
    for wrong in mistakes:
        with pytest.raises(InvalidValueError, match=f"`{next(iter(wrong))}` must be"):
            analysis.Prices(**wrong)
    wrong_prices: Any = 0.04
    questions: list[tuple[Callable[[], object], str]] = [
        (lambda: analysis.costs(history(), wrong_prices), "`prices` must be Prices"),
        (lambda: analysis.costs(history(), by="day"), "`by` must be one or more of render, format"),
        (lambda: analysis.costs(history(), by=["render", "user"]), "goes alone"),
        (lambda: analysis.costs(history(), until=pd.NaT), "`until` must be a datetime, got NaT"),  # type: ignore[arg-type]
        (lambda: analysis.costs(history(), kept_days=-1), "`kept_days`"),
    ]
    for call, said in questions:
        with pytest.raises(InvalidValueError, match=said):
            call()
