"""The summary, the default history, and tables of nothing and of one render."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import bazaar_nb as bz
from bazaar_nb import analysis
from bazaar_nb.history.engagement_event import EngagementEvent, record_engagement
from bazaar_nb.history.history import History
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.writer import record
from tests.analysis.samples import T0, history, many, render, watching

TABLES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "outcomes": lambda renders: analysis.outcomes(renders, by="project"),
    "errors": analysis.errors,
    "speed": analysis.speed,
    "speed by render": lambda renders: analysis.speed(renders, by="render"),
    "stages": analysis.stages,
    "cache": analysis.cache,
    "popular": analysis.popular,
    "engagement": lambda renders: analysis.engagement(renders, watching()),
    "retention": lambda renders: analysis.retention(renders, watching()),
    "costs": analysis.costs,
    "costs by month": lambda renders: analysis.costs(renders, by=["month", "project"]),
    "anomalies": analysis.anomalies,
    "summary": analysis.summary,
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_nothing_and_of_one_render_have_the_same_columns(name: str) -> None:
    function = TABLES[name]
    full = function(many(60))
    for status in ("succeeded", "failed", "cancelled", "lost", "started", "queued"):
        one = function(history(render(0, status=status)))
        assert list(one.dtypes.astype(str)) == list(full.dtypes.astype(str))
    empty = function(history())
    assert list(empty.columns) == list(full.columns)
    assert list(empty.dtypes.astype(str)) == list(full.dtypes.astype(str))
    assert len(empty) == (name == "summary")
    assert isinstance(full.index, pd.RangeIndex)


def test_functions_leave_what_they_are_given_as_it_is() -> None:
    renders = many(80)
    before = renders.copy(deep=True)
    for function in TABLES.values():
        function(renders)
    analysis.prometheus(renders)
    pd.testing.assert_frame_equal(renders, before)


def test_the_summary_of_a_few() -> None:
    renders = history(
        render(0, frames=300, frames_cached=100, duration_s=30.0, size_bytes=10, render_s=4.0),
        render(1, frames=300, frames_cached=0, duration_s=30.0, size_bytes=20, user="bob", render_s=3.0),
        render(2, status="failed", error_class="SceneError", project="press"),
        render(3, status="failed", error_class="AssetError", user=None),
        render(4, status="lost", created=T0 + dt.timedelta(days=3)),
        render(5, status="started", created=T0 - dt.timedelta(days=3)),
    )
    row = analysis.summary(renders).iloc[0]
    assert (row["renders"], row["succeeded"], row["success_rate"]) == (6, 2, 0.4)
    assert (row["film_min"], row["size_bytes"]) == (1, 30)
    assert (row["frames_per_s"], row["realtime"]) == (75, 7.5)
    assert row["cache_rate"] == pytest.approx(1 / 6)
    assert (row["top_error"], row["top_error_renders"]) == ("AssetError", 1)
    assert (row["users"], row["projects"], row["currency"]) == (2, 2, "USD")
    assert (row["first"], row["last"]) == (T0 - dt.timedelta(days=3), T0 + dt.timedelta(days=3))
    nothing = analysis.summary(history()).iloc[0]
    assert (nothing["renders"], nothing["cost"]) == (0, 0)
    assert pd.isna(nothing["success_rate"])
    assert pd.isna(nothing["first"])
    assert pd.isna(nothing["top_error"])


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bz.Workspace:
    monkeypatch.setattr("bazaar_nb.workspace._default", None)
    return bz.use(bz.Workspace(tmp_path, engine="inline"))


def test_without_renders_they_are_those_of_the_default_workspace(workspace: bz.Workspace) -> None:
    event = RenderEvent(
        render_id="r1", status="succeeded", project="sales", format="mp4", codec="h264", created=T0,
        finished=T0, frames=300, duration_s=10.0, render_s=5.0, size_bytes=2**30, width=1280, height=720,
        fps=30.0, segments=3, segments_cached=1, frames_cached=100,
    )  # fmt: skip
    record(workspace.store, event)
    record_engagement(
        workspace.store,
        [
            EngagementEvent(render_id="r1", kind="play", surface="panel", user="bob", view="a"),
            EngagementEvent(render_id="r1", kind="download", surface="panel", user="bob"),
        ],
    )
    assert analysis.summary()["renders"][0] == 1
    assert analysis.speed()["frames_per_s"].tolist() == [40]
    assert analysis.engagement()["plays"].tolist() == [1]
    assert analysis.costs()["egress_gb"].tolist() == [1]
    assert 'bazaar_renders_total{status="succeeded",format="mp4",project="sales"} 1' in analysis.prometheus()


def test_only_the_columns_that_are_needed_are_read(
    workspace: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    reading = History.__call__

    def call(self: History, **question: object) -> pd.DataFrame:
        asked.append(list(question["columns"]))  # type: ignore[call-overload]
        return reading(self, **question)  # type: ignore[arg-type]

    monkeypatch.setattr(History, "__call__", call)
    analysis.summary()
    analysis.outcomes(by="project")
    assert len(asked) == 2
    assert not {"render_id", "location", "error_message", "host", "composition"} & {*asked[0], *asked[1]}


def test_every_table_has_a_picture_and_every_function_takes_renders() -> None:
    functions = {name for name in analysis.__all__ if inspect.isfunction(getattr(analysis, name))}
    plots = {name.removeprefix("plot_") for name in functions if name.startswith("plot_")}
    tables = {name for name in functions if not name.startswith("plot_")}
    assert tables - plots == {"summary", "prometheus"}
    assert plots - tables == {"success_rate"}
    for name in tables:
        assert next(iter(inspect.signature(getattr(analysis, name)).parameters.items())) == (
            "renders",
            inspect.signature(getattr(analysis, name)).parameters["renders"],
        )
