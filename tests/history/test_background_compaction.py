"""Retention, export, other readers of the same files, and merging by itself."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from bazaar_nb.errors import InvalidValueError, StoreError
from bazaar_nb.history import background_compaction as upkeep
from bazaar_nb.history.background_compaction import compact_once
from bazaar_nb.history.compaction import Compacted, compact
from bazaar_nb.history.engagement_event import record_engagement
from bazaar_nb.history.history import History
from bazaar_nb.history.writer import record, record_all
from bazaar_nb.store.store import Store
from tests.history.compaction_contract import fill, single_files
from tests.history.events import plays, render, segments

DAY = dt.timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "root")


@pytest.mark.parametrize("late", [False, True])
def test_other_tools_read_the_same_rows(store: Store, tmp_path: Path, late: bool) -> None:
    fill(store)
    compact(store, grace_s=0)
    if late:
        record(store, render("single"))
    folder = tmp_path / "root" / "history" / "renders"
    by_pandas = pd.read_parquet(folder)
    by_arrow = ds.dataset(folder, partitioning="hive").to_table().to_pandas()
    by_duckdb = duckdb.read_parquet(f"{folder}/*/*.parquet", hive_partitioning=True, union_by_name=True).df()
    for table in (by_pandas, by_arrow, by_duckdb):
        assert len(table) == table["event_id"].nunique() == 15 + late
        assert set(table["render_id"]) == {"r0", "r1", "r2", "r3", "late"} | ({"single"} if late else set())
        days = table["event_time"].dt.tz_convert("UTC").dt.date.astype(str)
        assert (days == table["day"].astype(str).str[:10]).all()


def test_export_is_one_whole_file(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(store)
    assert pq.read_table(history.export(tmp_path / "none.parquet")).num_rows == 0
    fill(store)
    record(store, render("dead", status="started", host="other"))
    target = history.export(str(tmp_path / "all.parquet"))
    whole = pd.read_parquet(target)
    assert whole["render_id"].tolist() == history()["render_id"].tolist()
    assert whole["status"].tolist() == history()["status"].tolist()
    assert "lost" in set(whole["status"])
    assert pq.read_schema(target).field("render_s").metadata[b"unit"] == b"s"
    for wrong in (tmp_path, "s3://bucket/all.parquet"):
        with pytest.raises(InvalidValueError, match="`path` must be a file on this machine"):
            history.export(wrong)
    before = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(StoreError, match="no space left"):
        history.export(target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.parquet", "none.parquet", "root"]


def test_old_days_go_from_all_tables_and_movies_stay(store: Store) -> None:
    history, now = History(store), dt.datetime.now(dt.UTC)
    for age in (40, 30, 20, 0):
        record(store, render(f"r{age}", now - age * DAY))
        record(store, render(f"s{age}", now - age * DAY))
        record_all(store, segments(f"r{age}", 2, now - age * DAY))
        record_engagement(store, plays(f"r{age}", 1, now - age * DAY))
    compact(store, grace_s=0, before=(now - 35 * DAY).date())
    store.write_bytes("projects/p/r0/film.mp4", b"x")
    assert history.remove(older_than="41d").files == 0
    removed = history.remove(older_than=dt.timedelta(days=29, hours=23))
    # Of the day before the limit some moments may be younger: it stays unless it is over.
    gone = {name for name, age in (("r40", 40), ("r30", 30)) if (now - age * DAY).date() < removed.before}
    assert "r40" in gone
    assert removed.before == (now - dt.timedelta(days=29, hours=23)).date()
    assert removed.days == len(gone)
    for table in (history(), history.segments(), history.engagement()):
        assert set(table["render_id"]) & {"r40", "r30", "r20", "r0"} == {"r40", "r30", "r20", "r0"} - gone
    assert store.exists("projects/p/r0/film.mp4")
    assert not (Path(store.root) / f"history/renders/day={(now - 40 * DAY).date()}").exists()
    for wrong in ("soon", 30, None):
        with pytest.raises(InvalidValueError, match="`older_than` must be"):
            history.remove(older_than=wrong)  # type: ignore[arg-type]


def test_many_old_files_are_merged_by_the_way_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dt.date | None] = []

    def noted(store: Store, *, before: dt.date | None = None, **how: object) -> Compacted:
        asked.append(before)
        raise StoreError("denied")

    monkeypatch.setattr(upkeep, "compact", noted)
    monkeypatch.setattr(upkeep, "MANY", 5)
    monkeypatch.setattr(upkeep, "_looked_after", set())
    today = dt.datetime.now(dt.UTC)
    for number in range(6):
        record(store, render(f"r{number}", today))
    for place in (store, Store(store.root)):
        thread = compact_once(place)
        if thread is not None:
            thread.join()
    assert asked == []  # today is not over
    for number in range(6):
        record(store, render(f"old{number}", today - 2 * DAY))
    upkeep._looked_after.clear()
    thread = compact_once(store)
    assert isinstance(thread, threading.Thread)
    thread.join()
    assert asked == [today.date()]
    assert compact_once(store) is None
    assert len(single_files(store)) == 12
