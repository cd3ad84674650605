"""What compaction promises in every kind of store; a test class of each adds how it is made."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pandas as pd
import pytest

from bazaar_nb.history import compaction as compaction_module
from bazaar_nb.history import scan as scan_module
from bazaar_nb.history.compaction import Compacted, compact
from bazaar_nb.history.engagement_event import record_engagement
from bazaar_nb.history.history import History
from bazaar_nb.history.writer import record, record_all
from bazaar_nb.store.store import Store
from tests.history.events import NOON, life, plays, render, segments

DAY = dt.timedelta(days=1)


def fill(store: Store) -> None:
    """Write lives of renders on two days, one over midnight, and what goes with them."""
    for number in range(4):
        time = NOON + number % 2 * DAY
        for event in life(f"r{number}", time, "failed" if number == 3 else "succeeded", project=f"p{number}"):
            record(store, event)
        record_all(store, segments(f"r{number}", 3, time))
        record_engagement(store, plays(f"r{number}", 2, time))
    for event in life("late", NOON.replace(hour=23, minute=59, second=59)):
        record(store, event)


def read_all(store: Store) -> list[pd.DataFrame]:
    """Read all tables; a damaged file would be an error."""
    history = History(store)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return [history(), history.segments(), history.engagement()]


def assert_same(before: list[pd.DataFrame], after: list[pd.DataFrame]) -> None:
    for one, other in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(one, other)


def single_files(store: Store) -> list[str]:
    return [key for key in store.list("history/") if "/merged-" not in key]


class CompactionContract:
    """Inherit from it and give the fixture `store`."""

    grace_s = 0.0

    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    def test_it_changes_nothing_that_is_read(self, store: Store) -> None:
        fill(store)
        before = read_all(store)
        assert [len(table) for table in before] == [5, 12, 8]
        assert compact(store, grace_s=self.grace_s) == Compacted(6, 15 + 12 + 8, 15 + 4 + 4)
        assert_same(before, read_all(store))
        files = list(store.list("history/"))
        assert single_files(store) == []
        assert len(files) == 6
        assert compact(store, grace_s=self.grace_s) == Compacted(0, 0, 0)
        assert list(store.list("history/")) == files

    def test_late_events_are_found_and_merged(self, store: Store) -> None:
        fill(store)
        compact(store, grace_s=self.grace_s)
        record(store, render("new", NOON))
        record(store, render("r0", NOON + DAY, "failed"))  # a newer event of an old render
        history = History(store)()
        assert sorted(history["render_id"]) == ["late", "new", "r0", "r1", "r2", "r3"]
        assert history.set_index("render_id")["status"]["r0"] == "failed"
        assert compact(store, grace_s=self.grace_s).removed == 4  # two files, and two merged ones
        pd.testing.assert_frame_equal(history, History(store)())

    def test_a_read_that_is_overtaken_reads_again(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(store)
        before = read_all(store)
        listings = 0
        list_days = scan_module.list_days  # type: ignore[attr-defined]

        def overtaken(*args: Any) -> Any:
            nonlocal listings
            found = list_days(*args)
            listings += 1
            if listings == 1:
                compact(store, grace_s=self.grace_s)
            return found

        monkeypatch.setattr(scan_module, "list_days", overtaken)
        pd.testing.assert_frame_equal(before[0], History(store)())
        assert listings > 2

    def test_a_listing_that_misses_both_is_noticed(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A long listing may pass where the merged file will be, and come to its sources too late."""
        fill(store)
        before = read_all(store)
        compact(store, grace_s=self.grace_s)
        list_days = scan_module.list_days  # type: ignore[attr-defined]
        listings: Iterator[dict[dt.date, list[str]]] = iter([{}])
        monkeypatch.setattr(scan_module, "list_days", lambda *args: next(listings, list_days(*args)))
        assert_same(before[:1], [History(store)()])

    def test_two_at_once(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        """Both read different files, then both write, then both take away."""
        fill(store)
        before = read_all(store)
        both = Barrier(2)
        union = compaction_module.union  # type: ignore[attr-defined]

        def later(tables: Any, kind: Any) -> Any:
            both.wait(180)
            return union(tables, kind)

        monkeypatch.setattr(compaction_module, "union", later)
        with ThreadPoolExecutor(2) as threads:
            first, second = (threads.submit(compact, store, grace_s=self.grace_s) for _ in range(2))
            first.result()
            second.result()
        assert_same(before, read_all(store))
        assert single_files(store) == []

    def test_merged_files_of_which_none_has_all_become_one(self, store: Store) -> None:
        sources = [Store(f"{store.url}/{name}", store.storage_options) for name in "ab"]
        for name, source in zip("ab", sources, strict=True):
            for number in range(2):
                for place in (source, store):
                    record(place, render(f"{name}{number}", event_id=f"{name}{number}"))
            record(source, render("both", event_id="both"))
            compact(source, grace_s=self.grace_s)
            (key,) = source.list("history/")
            store.put_file(source.local(key), key)
        assert len(list(store.list("history/renders/"))) == 2 + 4
        assert len(History(store)()) == 5
        compact(store, grace_s=self.grace_s)
        (_,) = store.list("history/renders/")
        assert sorted(History(store)()["render_id"]) == ["a0", "a1", "b0", "b1", "both"]
