"""Compaction in a folder: its contract, crashes at every step, and files of other versions."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb.errors import StoreError
from bazaar_nb.history.compaction import GRACE_S, Compacted, Turns, compact
from bazaar_nb.history.engagement_event import EngagementEvent
from bazaar_nb.history.files import is_merged
from bazaar_nb.history.history import History
from bazaar_nb.history.reader import read_days
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.scan import Scan
from bazaar_nb.history.writer import record, record_all
from bazaar_nb.store.backend import Entry
from bazaar_nb.store.store import Store
from tests.history.compaction_contract import CompactionContract, assert_same, fill, read_all, single_files
from tests.history.events import NOON, life, plays, render


class Killed(BaseException):
    """The process ended here."""


class Dying(Store):
    """A store whose process is killed at its so-and-so-many-th call, in the middle of a removal."""

    calls_left = 10**9

    def _call(self) -> None:
        self.calls_left -= 1
        if self.calls_left < 0:
            raise Killed

    def list(self, prefix: str = "") -> Iterator[str]:
        self._call()
        return super().list(prefix)

    def local(self, key: str) -> Path:
        self._call()
        return super().local(key)

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        self._call()
        return super().entries(prefix)

    def read_bytes(self, key: str) -> bytes:
        self._call()
        return super().read_bytes(key)

    def writing(self, key: str, **how: Any) -> AbstractContextManager[Path]:
        self._call()
        return super().writing(key, **how)

    def remove_all(self, keys: Sequence[str]) -> None:
        super().remove_all(keys[: len(keys) // 2])
        self._call()
        super().remove_all(keys)


class TestCompaction(CompactionContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return Store(tmp_path)


def test_a_crash_at_any_step_loses_and_doubles_nothing(tmp_path: Path) -> None:
    whole = Dying(tmp_path / "whole")
    fill(whole)
    whole.calls_left = 10**9
    compact(whole, grace_s=0)
    steps = 10**9 - whole.calls_left
    assert steps > 40
    for step in range(0, steps, 3):
        store = Dying(tmp_path / f"{step}")
        fill(store)
        before = read_all(store)
        store.calls_left = step
        with pytest.raises(Killed):
            compact(store, grace_s=0)
        assert_same(before, read_all(Store(store.root)))
        compact(Store(store.root), grace_s=0)
        assert_same(before, read_all(Store(store.root)))
        assert single_files(Store(store.root)) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("write"), st.integers(0, 2)),
            st.tuples(st.just("compact"), st.integers(0, 40)),
            st.tuples(st.just("read"), st.just(0)),
        ),
        max_size=25,
    )
)
def test_any_order_of_writes_merges_crashes_and_reads_keeps_the_events(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        written: set[str] = set()

        def read() -> None:
            table = Scan(Store(folder), EngagementEvent, ("event_id", "render_id")).read()
            ids = table["event_id"].to_pylist()
            assert len(ids) == len(set(ids))
            assert set(ids) == written

        for step, number in steps:
            if step == "write":
                events = plays("r", number + 1, NOON + dt.timedelta(days=number % 2))
                record_all(Store(folder), events)
                written.update(event.event_id for event in events)
            elif step == "compact":
                dying = Dying(folder)
                dying.calls_left = number
                with suppress(Killed):
                    compact(dying, grace_s=0)
            else:
                read()
        read()
        compact(Store(folder), grace_s=0)
        read()


def rewrite(store: Store, key: str, change: Callable[[pa.Table], pa.Table]) -> None:
    path = store.local(key)
    pq.write_table(change(pq.read_table(path, partitioning=None)), path)


def test_columns_of_other_versions_survive(tmp_path: Path) -> None:
    store = Store(tmp_path)
    newer, other, older, _ = (record(store, render(name)) for name in "abcd")
    rewrite(store, newer, lambda table: table.append_column("mood", pa.array([3])))
    rewrite(store, other, lambda table: table.append_column("mood", pa.array(["sunny"])))
    rewrite(store, older, lambda table: table.drop_columns(["host", "crf"]))
    compact(store, grace_s=0)
    (key,) = store.list("history/")
    merged = pq.read_table(store.local(key), partitioning=None).sort_by("render_id")
    assert merged["mood"].to_pylist() == ["3", "sunny", None, None]
    assert merged["host"].null_count == 1
    assert merged.schema.field("render_s").metadata[b"unit"] == b"s"
    assert History(store)()["render_id"].tolist() == ["a", "b", "c", "d"]


def test_damaged_files_stay_and_are_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    keys = [record(store, render(name)) for name in "abc"]
    broken = "history/renders/day=2026-11-22/broken.parquet"
    store.write_bytes(broken, store.read_bytes(keys[0])[:500])
    with pytest.warns(UserWarning, match=r"skipped 1 damaged .*broken\.parquet"):
        compact(store, grace_s=0)
    (merged,) = set(store.list("history/")) - {broken}
    # A merged file that can't be read back takes nothing with it.
    record(store, render("d"))
    content = bytearray(store.read_bytes(merged))
    column = pq.read_metadata(store.local(merged)).row_group(0).column(0)
    end = column.total_compressed_size + (column.dictionary_page_offset or column.data_page_offset)
    content[end - 1] ^= 0xFF  # among the ids, not in what is said about them
    store.write_bytes(merged, bytes(content))
    for name in "abc":
        record(store, render(name))
    with pytest.warns(UserWarning, match="damaged"):
        compact(store, grace_s=0)
    assert merged in store.list("history/")
    with pytest.warns(UserWarning, match="damaged"):
        assert set(History(store)()["render_id"]) == {"a", "b", "c", "d"}


def test_of_renders_only_the_newest_events_are_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(20):
        for event in life(f"r{number:02}"):
            record(store, event)
    compact(store, grace_s=0)
    read = Scan(store, RenderEvent, ("event_id", "render_id", "status"), newest=True).read()
    assert sorted(read["render_id"].to_pylist()) == [f"r{number:02}" for number in range(20)]
    assert set(read["status"].to_pylist()) == {"succeeded"}
    every = Scan(store, RenderEvent, ("event_id",)).read()
    assert every.num_rows == 60


def age(store: Store, seconds: float = 60.0) -> None:
    """Let it be some time ago that files were merged."""
    for key in store.list("history/"):
        if is_merged(key):
            path = store.local(key)
            os.utime(path, (path.stat().st_mtime - seconds,) * 2)


class Noted(Turns):
    """Doesn't wait but sets the clock, and notes for how long it would have been."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.waited: list[float] = []
        self._store = store

    def wait(self, seconds: float | None = None) -> None:
        if seconds is not None:
            self.waited.append(seconds)
            assert len(single_files(self._store)) == 23
            self._store.now = lambda: time.time() + seconds  # type: ignore[method-assign]


class StoppedWhenItWaits(Turns):
    """Is told to stop when it has merged and waits."""

    def wait(self, seconds: float | None = None) -> None:
        if seconds is not None:
            self.stop()
        super().wait(seconds)


def test_what_was_merged_stays_until_the_next_time(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fill(store)
    before, there = read_all(store), single_files(store)
    turns = Noted(store)
    assert compact(store, turns=turns) == Compacted(6, 35, 0, 23)
    assert compact(store, turns=turns) == Compacted(0, 0, 0, 23)
    assert turns.waited == []
    assert single_files(store) == there
    assert_same(before, read_all(store))  # each event once, though there are two of it
    age(store)
    late = record(store, render("late", NOON))  # what is replaced goes, though the day is merged anew
    history = History(store)()
    assert compact(store, turns=turns) == Compacted(1, 8, 23, 2)
    assert single_files(store) == [late]
    pd.testing.assert_frame_equal(history, History(store)())
    age(store)
    assert compact(store, turns=turns) == Compacted(0, 0, 2, 0)
    assert len(list(store.list("history/"))) == 6
    pd.testing.assert_frame_equal(history, History(store)())


def test_who_asks_for_it_waits_once_for_all_tables(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fill(store)
    before = read_all(store)
    turns = Noted(store)
    assert compact(store, wait=True, turns=turns) == Compacted(6, 35, 23, 0)
    (waited,) = turns.waited
    assert GRACE_S - 5 < waited <= GRACE_S
    assert single_files(store) == []
    assert_same(before, read_all(store))
    assert compact(store, wait=True, turns=turns) == Compacted(0, 0, 0, 0)
    assert len(turns.waited) == 1  # there was nothing to wait for


def test_who_waits_can_be_stopped(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fill(store)
    assert compact(store, wait=True, grace_s=3600, turns=StoppedWhenItWaits()) == Compacted(6, 35, 0, 23)
    assert compact(store, grace_s=0).removed == 23


def test_who_may_not_remove_is_told_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    fill(store)
    before = read_all(store)

    def denied(keys: Sequence[str]) -> None:
        raise StoreError("denied")

    monkeypatch.setattr(store, "remove_all", denied)
    with pytest.raises(StoreError, match="denied"):
        compact(store, grace_s=0)
    assert_same(before, read_all(store))


def test_what_is_remembered_of_days_follows_a_compaction(tmp_path: Path) -> None:
    store, day = Store(tmp_path), NOON.date()
    for number in range(3):
        record(store, render(f"r{number}"))
    before = read_days(store, [day])
    compact(store, grace_s=0)
    assert_same([before], [read_days(store, [day])])
    for event in life("r1", NOON + dt.timedelta(hours=1), "failed"):
        record(store, event)
    rows = read_days(store, [day]).set_index("render_id")["status"]
    assert rows.to_dict() == {"r0": "succeeded", "r1": "failed", "r2": "succeeded"}
