"""Engagement on its way into the history: nobody waits for it, and what goes wrong with it hurts nobody."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError, StoreError
from bazaar_nb.history import engagement_collector as collecting
from bazaar_nb.history.engagement_collector import Collector
from bazaar_nb.history.engagement_event import EngagementEvent
from bazaar_nb.history.history import History
from bazaar_nb.history.movie_engagement import wants_engagement
from bazaar_nb.store.store import Store

WAIT_S = 180.0


def play(number: int = 0) -> EngagementEvent:
    return EngagementEvent(render_id=f"render-{number}", kind="play", surface="code", user="ann")


class Written:
    """Takes batches in a store's place."""

    def __init__(self) -> None:
        self.batches: list[tuple[Store, int]] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.fails = False

    def __call__(self, store: Store, events: Sequence[EngagementEvent]) -> None:
        assert self.may_go_on.wait(WAIT_S)
        if self.fails:
            raise StoreError("the disk is full")
        self.batches.append((store, len(events)))


def test_many_threads_and_two_stores(tmp_path: Path) -> None:
    stores = [Store(tmp_path / name) for name in ("a", "b")]
    collector = Collector(batch=50, every_s=60)

    def tell(first: int) -> None:
        for number in range(first, first + 100):
            collector.add(stores[number % 2], play(number))

    threads = [threading.Thread(target=tell, args=(100 * number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert collector.flush(WAIT_S)
    for parity, store in enumerate(stores):
        rows = History(store).engagement()
        wanted = {f"render-{number}" for number in range(800) if number % 2 == parity}
        assert (len(rows), set(rows["render_id"])) == (400, wanted)
        assert len(list(store.list("history/"))) <= 20  # not a file for each


def test_a_batch_is_written_when_it_is_full_or_old(tmp_path: Path) -> None:
    written, store = Written(), Store(tmp_path)
    collector = Collector(written, batch=3, every_s=0.2)
    collector.add(store, play())
    until(lambda: written.batches == [(store, 1)])
    collector = Collector(written, batch=3, every_s=600)
    for _ in range(3):
        collector.add(store, play())
    until(lambda: written.batches == [(store, 1), (store, 3)])


def test_a_store_that_is_slow_or_fails_costs_events_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "_MOST_WAITING", 10)
    written, store = Written(), Store(tmp_path)
    collector = Collector(written, batch=1)
    written.may_go_on.clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            collector.add(store, play())  # returns, though nothing is written
        assert not collector.flush(0.01)
        written.may_go_on.set()
        assert collector.flush(WAIT_S)
        assert 10 <= sum(count for _, count in written.batches) <= 21
        assert len(caplog.records) == 1
        written.fails = True
        for number in range(3):
            collector.add(store, play(number))
            assert collector.flush(WAIT_S)
    # Once, and once more after it had worked again.
    assert [record.getMessage() for record in caplog.records[1:]] == [
        "who plays what is not recorded at the moment: the disk is full"
    ]
    written.fails = False
    collector.add(store, play())
    assert collector.flush(WAIT_S)
    assert written.batches[-1] == (store, 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_writes_nothing_of_its_parent(tmp_path: Path) -> None:
    code = """
        import os, sys
        from bazaar_nb.history.engagement_collector import collector
        from bazaar_nb.store.store import Store
        from tests.history.test_collector import play
        collector.add(Store(sys.argv[1]), play(1))
        if os.fork() == 0:
            collector.add(Store(sys.argv[1]), play(2))
            os._exit(0 if collector.flush(30) else 1)
        assert os.wait()[1] == 0
        assert collector.flush(60)  # its end alone waits for two seconds
    """
    run(code, str(tmp_path))
    assert sorted(History(Store(tmp_path)).engagement()["render_id"]) == ["render-1", "render-2"]


def test_what_waits_is_written_when_the_process_ends(tmp_path: Path) -> None:
    code = """
        import sys, bazaar_nb as bz
        from tests.render.films import counting_film
        where = bz.Workspace(sys.argv[1], engine="inline", user="ann", project="q3")
        render = counting_film(0.2).export("film.mp4", workspace=where, progress=False)
        render.link()
        render.download(sys.argv[1] + "/copy.mp4", progress=False)
    """
    run(code, str(tmp_path))
    rows = bz.Workspace(tmp_path).history.engagement()
    assert rows["kind"].tolist() == ["link", "download"]
    told = rows[["surface", "user", "project"]].drop_duplicates().to_dict("records")
    assert told == [{"surface": "code", "user": "ann", "project": "q3"}]
    assert rows["movie_s"].tolist() == [0.2, 0.2]


def test_who_says_no_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.render.films import counting_film

    monkeypatch.delenv("BAZAAR_ENGAGEMENT", raising=False)
    wheres = [bz.Workspace(tmp_path / "given", engine="inline", engagement=False)]
    monkeypatch.setenv("BAZAAR_ENGAGEMENT", "0")
    wheres.append(bz.Workspace(tmp_path / "said", engine="inline", engagement=True))
    for where in wheres:
        render = counting_film(0.1).export("film.mp4", workspace=where, progress=False)
        assert render.movie_engagement is None
        render.link()
        assert collecting.collector.flush(WAIT_S)
        assert len(where.history.engagement()) == 0
    monkeypatch.setenv("BAZAAR_ENGAGEMENT", "maybe")
    with pytest.raises(InvalidValueError, match="BAZAAR_ENGAGEMENT must be 1 or 0, got 'maybe'"):
        bz.Workspace(tmp_path)
    monkeypatch.setenv("BAZAAR_ENGAGEMENT", "1")
    assert wants_engagement()
    with pytest.raises(InvalidValueError, match="`engagement` must be True or False"):
        bz.Workspace(tmp_path, engagement="no")  # type: ignore[arg-type]


def until(true: object) -> None:
    assert callable(true)
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def run(code: str, *args: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code), *args],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
