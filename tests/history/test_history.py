"""One row a render, with its end, whatever happened to clocks, processes and files."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history import files, scan
from bazaar_nb.history import lost_renders as lost
from bazaar_nb.history.columns import arrow_schema, columns, shown_schema
from bazaar_nb.history.event import MOST_MESSAGE
from bazaar_nb.history.heartbeat import Heartbeat, heartbeat_key, read_heartbeat, write_heartbeat
from bazaar_nb.history.history import History
from bazaar_nb.history.ids import event_clock, new_event_id, new_render_id
from bazaar_nb.history.process import is_gone, process_started
from bazaar_nb.history.reader import read_days, read_recent
from bazaar_nb.history.render_event import ENDED, RenderEvent, Status
from bazaar_nb.history.tables import describe_history
from bazaar_nb.history.writer import record
from bazaar_nb.store.store import Store

T0 = dt.datetime(2026, 11, 22, 15, 30, 12, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def started(render_id: str = "r1", **more: object) -> RenderEvent:
    return RenderEvent(render_id=render_id, status="started", created=T0, started=T0, **more)  # type: ignore[arg-type]


def rewrite(store: Store, key: str, change: Callable[[pa.Table], pa.Table]) -> None:
    path = store.local(key)
    pq.write_table(change(pq.read_table(path)), path)


def test_a_whole_life_is_one_row_with_its_dtypes(store: Store) -> None:
    first = RenderEvent(
        render_id=new_render_id(),
        status="queued",
        user="ada",
        project="sales",
        created=T0,
        width=1920,
        fps=29.97,
    )
    going = first.then("started", started=T0 + dt.timedelta(seconds=1))
    ended = going.then(
        "succeeded", finished=T0 + dt.timedelta(seconds=9), render_s=8.0, has_sound=False, frames=300
    )
    for event in (first, going, ended):
        record(store, event)
    history = History(store)()
    assert len(history) == 1
    row = history.iloc[0]
    assert row["status"] == "succeeded"
    assert row["event_id"] == ended.event_id
    assert (row["user"], row["frames"], row["render_s"], row["has_sound"]) == ("ada", 300, 8.0, False)
    assert row["finished"] - row["created"] == dt.timedelta(seconds=9)
    assert history["crf"].isna().all()
    assert {name: str(dtype) for name, dtype in history.dtypes.items()} == {
        c.name: c.dtype for c in columns()
    }


def test_an_empty_history_has_all_columns_and_dtypes(store: Store) -> None:
    empty = History(store)()
    assert len(empty) == 0
    assert {name: str(dtype) for name, dtype in empty.dtypes.items()} == {c.name: c.dtype for c in columns()}
    record(store, started().then("failed"))
    assert list(map(str, History(store)().dtypes)) == list(map(str, empty.dtypes))


@settings(max_examples=25, deadline=None)
@given(
    end=st.sampled_from(ENDED),
    skews=st.tuples(*[st.integers(-86_400, 86_400)] * 3),
    order=st.permutations(range(3)),
)
def test_an_end_wins_whatever_the_clocks_say(end: Status, skews: tuple[int, ...], order: list[int]) -> None:
    lives: tuple[Status, ...] = ("queued", "started", end)
    events = [
        RenderEvent(render_id="r1", status=status, event_time=T0 + dt.timedelta(seconds=skew))
        for status, skew in zip(lives, skews, strict=True)
    ]
    with TemporaryDirectory() as folder:
        for index in order:
            record(Store(folder), events[index])
        assert History(Store(folder))()["status"].tolist() == [end]


def test_rows_are_sorted_by_creation(store: Store) -> None:
    for day, name in ((3, "c"), (1, "a"), (2, "b")):
        record(store, RenderEvent(render_id=name, status="failed", created=T0 + dt.timedelta(days=day)))
    assert History(store)()["render_id"].tolist() == ["a", "b", "c"]


def test_a_render_whose_process_died_is_lost(store: Store) -> None:
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], stdout=subprocess.PIPE, check=True
    )
    dead = int(child.stdout)
    record(store, started("dead", pid=dead))
    record(store, started("dead but ended", pid=dead).then("succeeded"))
    record(
        store,
        started("same number, other process", process_started=process_started() - dt.timedelta(hours=1)),
    )
    record(store, started("elsewhere", pid=dead, host="other-machine", event_time=dt.datetime.now(dt.UTC)))
    record(store, started("alive"))
    assert History(store)().set_index("render_id")["status"].to_dict() == {
        "dead": "lost",
        "dead but ended": "succeeded",
        "same number, other process": "lost",
        "elsewhere": "started",
        "alive": "started",
    }
    assert not is_gone(os.getpid(), process_started())


@pytest.mark.parametrize("status", ["queued", "started"])
def test_a_render_elsewhere_that_gives_no_sign_is_lost(store: Store, status: Status) -> None:
    now = dt.datetime.now(dt.UTC)

    def asked(name: str, age_s: float, beat_s: float | None = None) -> None:
        event = RenderEvent(
            render_id=name, status=status, host="other-machine",
            event_time=now - dt.timedelta(seconds=age_s),
        )  # fmt: skip
        record(store, event)
        if beat_s is not None:
            write_heartbeat(store, heartbeat(name, now - dt.timedelta(seconds=beat_s)))

    asked("just begun", 1)
    asked("begun, no sign", 1000)
    asked("alive", 1000, 5)
    asked("silent", 1000, 999)
    asked("clock ahead", 1000, -30)
    store.write_bytes(heartbeat_key("begun, no sign"), b"{")
    assert History(store)().set_index("render_id")["status"].to_dict() == {
        "just begun": status,
        "begun, no sign": "lost",
        "alive": status,
        "silent": "lost",
        "clock ahead": status,
    }
    assert read_heartbeat(store, "alive") == heartbeat("alive", now - dt.timedelta(seconds=5))


def heartbeat(render_id: str, time: dt.datetime) -> Heartbeat:
    return Heartbeat(
        render_id=render_id, time=time, status="rendering", stage="rendering", frames=3, total=9,
        frames_cached=1, segments=2, segments_cached=1, fps=2.5,
    )  # fmt: skip


def test_one_that_ends_while_it_is_looked_for_is_not_lost(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = started("r1", host="other-machine", event_time=dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    record(store, event)

    def end(store: Store, render_id: str) -> None:
        """The last row comes before the last sign is taken away."""
        record(store, event.then("succeeded"))

    monkeypatch.setattr(lost, "read_heartbeat", end)
    assert History(store)()["status"].tolist() == ["succeeded"]


def test_days_are_read_again_only_as_far_as_they_are_new(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    read_content = files.read_content

    def spy(path: Path) -> bytes:
        read.append(path)
        return read_content(path)

    monkeypatch.setattr(scan, "read_content", spy)
    days = [T0.date() + dt.timedelta(days=day) for day in (-1, 0)]

    def ids() -> list[str]:
        return read_days(store, days)["render_id"].tolist()

    assert ids() == []
    keys = [
        record(store, RenderEvent(render_id=name, status="failed", created=time, event_time=time))
        for name, time in (("a", T0 - dt.timedelta(days=1)), ("b", T0), ("c", T0 + dt.timedelta(days=1)))
    ]
    assert (ids(), ids(), len(read)) == (["a", "b"], ["a", "b"], 2)
    record(store, RenderEvent(render_id="d", status="failed", created=T0, event_time=T0))
    assert (ids(), len(read)) == (["a", "b", "d"], 3)
    store.remove(keys[1])
    assert ids() == ["a", "d"]
    assert read_days(Store(store.url + "/elsewhere"), days).empty
    now = dt.datetime.now(dt.UTC)
    record(store, RenderEvent(render_id="now", status="failed", created=now, event_time=now))
    assert "now" in set(read_recent(store, 1)["render_id"])


HOSTILE = (
    "../../x", "<img src=x onerror=alert(1)>", "x" * 300, "a\0b", "\u202egnp.exe", "con", "\ud800half",
    "a/b\\c", "", " ", "-rf", "🎬" * 400, "name\r\nX-Header: 1", "%2e%2e%2f", "..", "\x1b[2J",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_kept_as_text(store: Store, name: str) -> None:
    event = RenderEvent(
        render_id=name,
        status="failed",
        user=name,
        project=name,
        composition=name,
        error_message=name,
        created=T0,
    )
    key = record(store, event)
    (row,) = History(store)().to_dict("records")
    kept = name[:1000].encode("utf-8", "replace").decode()
    assert [row[column] for column in ("render_id", "user", "project", "composition")] == [kept] * 4
    assert key.startswith("history/renders/day=")
    assert ".." not in heartbeat_key(name).split("/")
    assert len(heartbeat_key(name).split("/")) == 3
    write_heartbeat(store, heartbeat(kept, T0))
    assert read_heartbeat(store, kept) is not None


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=1200))
def test_any_text_can_be_recorded(text: str) -> None:
    event = RenderEvent(render_id="r1", status="failed", user=text, error_message=text)
    with TemporaryDirectory() as folder:
        record(Store(folder), event)
        (row,) = History(Store(folder))().to_dict("records")
    assert row["user"] == event.user
    assert event.user is not None
    assert len(event.user) == min(1000, len(text))


def test_damaged_files_are_skipped_and_named(store: Store) -> None:
    whole = record(store, started().then("succeeded"))
    data = store.read_bytes(whole)
    for name, content in {
        "a-empty": b"",
        "b-half": data[: len(data) // 2],
        "c-text": b"not parquet at all",
        "d-scrambled": data[:4] + bytes(reversed(data[4:-8])) + data[-8:],
    }.items():
        store.write_bytes(f"history/renders/day=2026-11-22/{name}.parquet", content)
    with pytest.warns(UserWarning, match=r"skipped 4 damaged .*a-empty\.parquet.* and 1 more") as caught:
        history = History(store)()
    assert len(caught) == 1
    assert history["status"].tolist() == ["succeeded"]


def test_files_of_other_versions(store: Store) -> None:
    newer, older, paused, unusable = (record(store, started(name).then("failed")) for name in "abcd")
    rewrite(store, newer, lambda table: table.append_column("mood", pa.array(["sunny"])))
    rewrite(
        store,
        older,
        lambda table: table.drop_columns(["peak_memory_bytes", "host", "pid", "process_started"]),
    )
    status = arrow_schema().get_field_index("status")
    rewrite(store, paused, lambda table: table.set_column(status, "status", pa.array(["paused"])))
    rewrite(store, unusable, lambda table: table.drop_columns(["render_id"]))
    with pytest.warns(UserWarning, match=re.escape(Path(unusable).name)):
        history = History(store)()
    assert list(history.columns) == [column.name for column in columns()]
    assert history["status"].tolist() == ["failed", "failed", "paused"]
    assert history["peak_memory_bytes"].isna().all()


def test_half_written_events_are_not_seen(store: Store) -> None:
    with store.writing("history/renders/day=2026-11-22/x.parquet") as path, warnings.catch_warnings():
        warnings.simplefilter("error")
        path.write_bytes(b"")
        assert History(store)().empty


def test_event_names_sort_by_time_and_never_meet() -> None:
    times = [event_clock() for _ in range(2000)]
    ids = [new_event_id(time) for time in times]
    assert ids == sorted(ids)
    assert len(set(times)) == len({new_event_id(T0) for _ in range(2000)}) == 2000
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-z]{6}", new_render_id())


def test_an_event_is_one_file_in_its_day(store: Store) -> None:
    late = dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-2)))
    event = RenderEvent(render_id="r1", status="failed", event_time=late)
    key = record(store, event)
    assert key == f"history/renders/day=2026-11-23/{event.event_id}.parquet"
    assert record(store, event) == key
    assert list(store.list("history/")) == [key]


def test_no_secret_and_no_endless_message_is_kept() -> None:
    signed = "https://key:secret@host/films/a.mp4?X-Amz-Signature=abc#x"
    event = RenderEvent(render_id="r1", status="failed", location=signed, error_message="x" * 5000)
    assert event.location == "https://host/films/a.mp4"
    assert event.error_message == "x" * MOST_MESSAGE
    assert started(location="/films/50% of it?.mp4").location == "/films/50% of it?.mp4"
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(event), type=RenderEvent) == event


def test_events_that_cannot_be() -> None:
    with pytest.raises(InvalidValueError, match=r"`status` must be one of queued, .*, got 'done'"):
        RenderEvent(render_id="r1", status="done")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="`created` must have a time zone"):
        RenderEvent(render_id="r1", status="queued", created=dt.datetime(2026, 1, 1))


def test_every_column_is_documented() -> None:
    table = describe_history()
    assert sorted(table.index) == sorted(RenderEvent.__struct_fields__) == sorted(arrow_schema().names)
    assert (table["meaning"].str.len() > 5).all()
    for column, field in zip(columns(), shown_schema(), strict=True):
        assert column.name.endswith("_s") == column.unit.startswith("s"), column
        assert column.name.endswith("_bytes") == (column.unit == "bytes"), column
        assert field.metadata == {b"description": column.meaning.encode(), b"unit": column.unit.encode()}
