"""One pool of workers for all tests: starting one takes a second."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary, WeakSet

import pytest

from bazaar_nb.history.engagement_collector import collector
from bazaar_nb.jobs import queue as queue_module
from bazaar_nb.jobs import slots as slots_module
from bazaar_nb.jobs.queue import Queue
from bazaar_nb.jobs.slots import Slots
from bazaar_nb.render.engines.engine import InlineEngine
from bazaar_nb.render.engines.local import LocalEngine
from bazaar_nb.workspace import Workspace
from tests.render.films import litter


@pytest.fixture(scope="session")
def local_engine() -> Iterator[LocalEngine]:
    engine = LocalEngine(2)
    yield engine
    engine.close()


@pytest.fixture
def inline(tmp_path: Path) -> Workspace:
    """Give a workspace whose renders run in this process."""
    return Workspace(tmp_path / "root", user="tester", engine=InlineEngine())


@pytest.fixture
def local(tmp_path: Path, local_engine: LocalEngine) -> Workspace:
    """Give a workspace whose renders run in two worker processes."""
    return Workspace(tmp_path / "root", user="tester", engine=local_engine)


@pytest.fixture
def own_queue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Queue:
    """Give a test the queue of this machine's cores for itself, and cores that nobody else takes."""
    queue = Queue()
    monkeypatch.setattr(queue_module, "_local", queue)
    monkeypatch.setattr(queue_module, "_elsewhere", WeakKeyDictionary())  # which keep the jobs of other tests
    monkeypatch.setattr(queue_module, "_of_batches", WeakSet())
    monkeypatch.setattr(slots_module, "Slots", partial(Slots, tmp_path / "cores", cores=4))
    return queue


@pytest.fixture
def no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check after each test that nothing is left, temporary files and threads included."""
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    monkeypatch.setenv("TMPDIR", str(temp))
    before = set(threading.enumerate())  # other tests' pools of threads
    yield
    assert litter(tmp_path / "root") == []
    collector.flush(30)  # its thread then ends, like all others
    for thread in threading.enumerate():
        if thread.name.startswith("bazaar") and thread not in before:
            thread.join(180)
            assert not thread.is_alive(), thread
