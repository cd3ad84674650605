"""Filters: the same rows as filtering the whole; days, columns and questions that can't be asked."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history import scan
from bazaar_nb.history.compaction import compact
from bazaar_nb.history.days import list_days
from bazaar_nb.history.engagement_event import EngagementEvent, record_engagement
from bazaar_nb.history.history import History
from bazaar_nb.history.query import read_query
from bazaar_nb.history.render_event import RenderEvent, Status
from bazaar_nb.history.tables import TABLES, describe_history
from bazaar_nb.history.writer import record, record_all
from bazaar_nb.store.store import Store
from tests.history.events import NOON, life, plays, render, segments
from tests.texts import refused_or_read, texts

DAY = dt.timedelta(days=1)
ENDS: tuple[Status, ...] = ("succeeded", "failed", "cancelled")
PEOPLE = ("ada", "bob", "çelik")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Give renders of ten days, the first of which are merged."""
    store = Store(tmp_path_factory.mktemp("history"))
    for number in range(30):
        time = NOON + dt.timedelta(hours=8 * number)
        user, end = PEOPLE[number % 3], ENDS[number % 3]
        for event in life(f"r{number:02}", time, end, user=user, project=f"p{number % 4}"):
            record(store, event)
        if number % 5 == 0:
            record_all(store, segments(f"r{number:02}", 2, time))
            record_engagement(store, plays(f"r{number:02}", 2, time))
        if number == 25:
            compact(store, grace_s=0)
    return History(store)


times = st.integers(-24, 24 * 11).map(lambda hours: NOON + dt.timedelta(hours=hours))
some = st.one_of(st.none(), st.sampled_from(PEOPLE), st.lists(st.sampled_from(PEOPLE), max_size=2))


@settings(max_examples=25, deadline=None)
@given(since=st.none() | times, hours=st.none() | st.integers(1, 200), user=some,
       project=st.none() | st.just(["p1", "p2"]), status=st.none() | st.sampled_from(ENDS))  # fmt: skip
def test_filters_give_what_filtering_the_whole_gives(
    history: History, since: dt.datetime | None, hours: int | None, user: Any, project: Any, status: Any
) -> None:
    until = None if hours is None else (since or NOON) + dt.timedelta(hours=hours)
    whole = history()
    wanted = pd.Series(True, index=whole.index)
    if since is not None:
        wanted &= whole["created"] >= since
    if until is not None:
        wanted &= whole["created"] < until
    for name, value in (("user", user), ("project", project), ("status", status)):
        if value is not None:
            wanted &= whole[name].isin([value] if isinstance(value, str) else value)
    expected = whole[wanted].reset_index(drop=True)
    found = history(since=since, until=until, user=user, project=project, status=status)
    assert found["event_id"].tolist() == expected["event_id"].tolist()
    assert set(found["user"].cat.categories) == set(found["user"])
    columns = ["project", "render_s", "event_id"]
    few = history(since=since, until=until, user=user, project=project, status=status, columns=columns)
    pd.testing.assert_frame_equal(few, found[columns])


def test_a_render_that_ended_is_not_found_as_it_was_before(history: History) -> None:
    assert history(status=["queued", "started", "lost"]).empty


def test_other_tables_are_filtered_too(history: History) -> None:
    assert len(history.segments()) == len(history.engagement()) == 12
    day = (NOON + 5 * DAY).date()
    assert set(history.segments(since=day)["render_id"]) == {"r15", "r20", "r25"}
    assert set(history.segments(until=day)["render_id"]) == {"r00", "r05", "r10", "r15"}
    assert sorted(history.segments(render_id="r15", columns=["number"])["number"]) == [0, 1]
    assert history.segments(user="bob").empty
    assert history.engagement(kind=["watch", "link"]).empty
    tables = (history(), history.segments(), history.engagement())
    for kind, table in zip(TABLES.values(), tables, strict=True):
        described = describe_history(kind.table)
        assert {name: str(dtype) for name, dtype in table.dtypes.items()} == described["dtype"].to_dict()
        assert list(table.columns) == list(described.index)
        assert list(table.columns[-2:]) == ["render_id", "event_id"]


def test_the_first_columns_tell_what_happened(history: History, tmp_path: Path) -> None:
    first = [
        "created", "composition", "status", "duration_s", "size_bytes", "render_s", "location",
        "error_message",
    ]  # fmt: skip
    assert list(history().columns[:8]) == first
    assert list(bz.describe_history().index[:8]) == first
    assert pq.read_schema(history.export(tmp_path / "all.parquet")).names[:8] == first
    assert list(history.segments().columns[:4]) == ["event_time", "number", "frames", "cached"]
    assert list(history.engagement().columns[:3]) == ["event_time", "kind", "surface"]


def test_files_of_any_order_of_columns_are_read_and_merged(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(4):
        key = record(
            store, render(f"r{number}", NOON + number * dt.timedelta(hours=1), composition=f"film {number}")
        )
        if number % 2:
            table = pq.read_table(store.local(key), partitioning=None)
            pq.write_table(table.select(sorted(table.column_names, reverse=number == 3)), store.local(key))
    before = History(store)()
    assert before["composition"].tolist() == [f"film {number}" for number in range(4)]
    assert before["render_id"].tolist() == [f"r{number}" for number in range(4)]
    compact(store, grace_s=0)
    assert len(list(store.list("history/"))) == 1
    pd.testing.assert_frame_equal(before, History(store)())


def test_only_days_are_read_in_which_rows_can_be(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()
    paths_of = scan.paths_of  # type: ignore[attr-defined]

    def spy(store: Store, keys: list[str]) -> Any:
        read.update(key.split("day=")[1][:10] for key in keys)
        return paths_of(store, keys)

    monkeypatch.setattr(scan, "paths_of", spy)
    history(since=NOON + 4 * DAY, columns=["status"])
    assert min(read) == "2026-11-25"
    read.clear()
    history.segments(since=NOON + DAY, until=NOON + 2 * DAY)
    assert read <= {"2026-11-23", "2026-11-24"}


@pytest.mark.parametrize("days", [1, 3, 40, 200, 900])
def test_days_are_found_by_any_number_of_questions(tmp_path: Path, days: int) -> None:
    store = Store(tmp_path)
    first = dt.date(2025, 12, 30)
    edges = [first - DAY, first, first + (days - 1) * DAY, first + days * DAY]
    for number, day in enumerate(edges):
        store.write_bytes(f"history/renders/day={day}/{number}.parquet", b"")
    store.write_bytes("history/renders/day=2026-13-01/x.parquet", b"")
    store.write_bytes("history/renders/notes.parquet", b"")
    assert set(list_days(store, "renders", first, edges[2])) == set(edges[1:3])
    assert set(list_days(store, "renders")) == set(edges)


@pytest.mark.parametrize(
    ("given", "since", "until"),
    [
        ("2026-11-22", "2026-11-22T00:00Z", "2026-11-23T00:00Z"),
        (dt.date(2026, 11, 22), "2026-11-22T00:00Z", "2026-11-23T00:00Z"),
        ("2026-11-22T10:00", "2026-11-22T10:00Z", "2026-11-22T10:00Z"),
        ("2026-11-22T10:00+02:00", "2026-11-22T08:00Z", "2026-11-22T08:00Z"),
        (NOON, "2026-11-22T12:00Z", "2026-11-22T12:00Z"),
        (pd.Timestamp(NOON), "2026-11-22T12:00Z", "2026-11-22T12:00Z"),
        (pd.Timestamp("2026-11-22 12:00", tz="Europe/Paris"), "2026-11-22T11:00Z", "2026-11-22T11:00Z"),
        # What says no zone is in UTC, whatever it is.
        (NOON.replace(tzinfo=None), "2026-11-22T12:00Z", "2026-11-22T12:00Z"),
        (pd.Timestamp("2026-11-22"), "2026-11-22T00:00Z", "2026-11-22T00:00Z"),
        (pd.Timestamp("2026-11-22 12:00:00.000000001"), "2026-11-22T12:00Z", "2026-11-22T12:00Z"),
        (np.datetime64("2026-11-22T12:00"), "2026-11-22T12:00Z", "2026-11-22T12:00Z"),
        (np.datetime64("2026-11-22T12:00", "ns"), "2026-11-22T12:00Z", "2026-11-22T12:00Z"),
        (np.datetime64("2026-11-22"), "2026-11-22T00:00Z", "2026-11-23T00:00Z"),
    ],
)
def test_times_in_questions(given: Any, since: str, until: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")  # that of the machine plays no part
    time.tzset()
    assert read_query(RenderEvent, since=given).since == dt.datetime.fromisoformat(since)
    assert read_query(RenderEvent, until=given).until == dt.datetime.fromisoformat(until)
    monkeypatch.undo()
    time.tzset()


def test_periods_are_before_now() -> None:
    now = dt.datetime.now(dt.UTC)
    hours = dt.timedelta(hours=36)
    for period in ("36h", hours, pd.Timedelta(hours), np.timedelta64(36, "h"), np.timedelta64(hours, "ns")):
        since = read_query(RenderEvent, since=period).since
        assert since is not None
        assert abs(now - dt.timedelta(hours=36) - since) < dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"since": "last week"}, r"`since` must be a time, a date .*, got 'last week'"),
        ({"since": 30}, "`since` must be a time, .* got 30"),
        ({"until": pd.NaT}, "`until` must be a time, .* got NaT"),
        ({"until": np.datetime64("NaT")}, "`until` must be a time, "),
        ({"since": np.datetime64("2026-11")}, "`since` must be a time, .*2026-11"),
        ({"since": np.timedelta64(3)}, "`since` must be a time, "),
        ({"since": np.datetime64("99999-01-01")}, "`since` must be a time, "),
        ({"until": dt.datetime.max.replace(tzinfo=dt.timezone(-DAY / 2))}, "`until` must be a time, "),
        ({"until": "9999-12-31"}, "`until` must be a time, "),
        ({"since": NOON, "until": NOON}, "`since` must be before `until`"),
        ({"since": "999999999999d"}, "`since` must be"),
        ({"since": dt.timedelta(days=-1)}, "`since` must be"),
        ({"user": 5}, "`user` must be text or a sequence of texts, got 5"),
        ({"status": ["failed", None]}, "`status` must be text"),
        ({"columns": ["user", "usr"]}, "`columns` has 'usr'; there are created, "),
        ({"columns": "user"}, r"`columns` must be a sequence of names, got 'user'"),
    ],
)
def test_what_cannot_be_asked(history: History, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        history(**asked)


def test_the_default_workspaces_history_is_called_as_ever(tmp_path: Path) -> None:
    here = bz.use(bz.Workspace(tmp_path / "here", engine="inline"))
    there = bz.Workspace(tmp_path / "there", engine="inline")
    record(here.store, render("a"))
    record(there.store, render("b"))
    assert bz.history()["render_id"].tolist() == ["a"]
    assert bz.history(there, columns=["render_id"])["render_id"].tolist() == ["b"]
    assert there.history(user="bob").empty
    assert bz.history.segments().empty
    assert repr(bz.history).startswith(f"<History of '{tmp_path}/here'")
    with pytest.raises(InvalidValueError, match="`table` must be one of renders, segments, engagement"):
        bz.describe_history("plays")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "like"}, "`kind` must be one of play, watch, download, link, got 'like'"),
        ({"surface": "tv"}, "`surface` must be one of"),
        ({"watched_fraction": 1.5}, "`watched_fraction` must be from 0 to 1"),
        ({"watched_s": float("nan")}, "`watched_s` must be seconds"),
    ],
)
def test_engagement_that_cannot_be(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        EngagementEvent(**{"render_id": "r1", "kind": "play", "surface": "panel", **wrong})


def test_a_batch_is_a_file_for_each_of_its_days(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert record_engagement(store, []) == []
    events = [*plays("a"), *plays("b", 1, NOON + DAY), *plays("c")]
    assert [key.split("/")[2] for key in record_engagement(store, events)] == [
        "day=2026-11-22", "day=2026-11-23",
    ]  # fmt: skip
    assert sorted(History(store).engagement()["render_id"]) == ["a", "a", "b", "c", "c"]


@settings(max_examples=60)
@given(texts("2026-11-22", "2026-11-22T10:00:00+01:00", "20261122", "2026-W01-1", "30d", "1.5h", "succeeded"))
@example("0001-01-01")
@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31")
@example("9999-12-31T23:59:59-12:00")
@example("730000d")
def test_any_text_is_a_question_or_an_error(history: History, text: str) -> None:
    refused_or_read(lambda: history(since=text))
    refused_or_read(lambda: history(until=text))
    refused_or_read(lambda: history(user=text, project=[text], status=text))
    refused_or_read(lambda: history(columns=[text]))


@pytest.mark.parametrize("time", [dt.datetime.min, dt.datetime.max])
def test_the_first_and_the_last_moment_can_be_asked_about(history: History, time: dt.datetime) -> None:
    for name in ("since", "until"):
        edges: dict[str, Any] = {name: time.replace(tzinfo=dt.UTC)}
        whole = (name == "since") == (time == dt.datetime.min)
        assert len(history(**edges)) == (30 if whole else 0)


def test_a_user_whose_name_is_no_text_is_found(tmp_path: Path) -> None:
    store = Store(tmp_path)
    record(store, render("r1", NOON, user="a\ud800"))
    record(store, render("r2", NOON, user="x" * 5000))
    assert History(store)(user="a\ud800")["render_id"].tolist() == ["r1"]
    assert History(store)(user="x" * 5000)["render_id"].tolist() == ["r2"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(texts("renders.parquet", "a/renders.parquet", "365d"))
@example("1000000d")
def test_any_text_is_a_file_for_renders_and_an_age_or_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "here").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / "here")
    history = History(Store(tmp_path / "root"))
    if not Path(text).is_absolute():
        refused_or_read(lambda: history.export(text))
    refused_or_read(lambda: history.remove(older_than=text))
