"""InlineEngine and LocalEngine keep what engines promise, and what is their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.render.engines import engine as engine_module
from bazaar_nb.render.engines import local as local_module
from bazaar_nb.render.engines.engine import Engine, InlineEngine, WorkerLostError
from bazaar_nb.render.engines.local import LocalEngine
from bazaar_nb.render.frame_counters import FrameCounters
from bazaar_nb.render.worker import run_segment
from bazaar_nb.store.store import Store
from tests.render.engine_contract import EngineContract, slow_task
from tests.render.films import all_gone, counting_film, plotted, stored, tasks_of
from tests.render.gates import until


class TestInlineEngine(EngineContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return InlineEngine()

    def make(self) -> Engine:
        return InlineEngine()

    def sent(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
        sent: list[tuple[object, ...]] = []
        run = run_segment

        def spy(*arguments: Any) -> bytes:
            sent.append(arguments)
            return run(*arguments)

        monkeypatch.setattr(engine_module, "run_segment", spy)
        return sent

    def test_an_interrupt_passes_through(
        self, engine: Engine, store: Store, counters: FrameCounters, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def plot(fig: Any, index: int) -> None:
            raise KeyboardInterrupt

        (task,) = tasks_of(plotted(plot), store, counters)
        with pytest.raises(KeyboardInterrupt):
            engine.submit(task)
        assert [path for path in Path(store.location("x")).parent.rglob("*") if path.is_file()] == []


class TestLocalEngine(EngineContract):
    @pytest.fixture
    def engine(self, local_engine: LocalEngine) -> Engine:
        return local_engine

    def make(self) -> Engine:
        return LocalEngine(2)

    def sent(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
        assert isinstance(engine, LocalEngine)
        sent: list[tuple[object, ...]] = []
        submit = engine._submit

        def spy(function: Any, *arguments: Any) -> Any:
            sent.append(arguments)
            return submit(function, *arguments)

        monkeypatch.setattr(engine, "_submit", spy)
        return sent

    def test_a_killed_worker_is_told_and_replaced(
        self, local_engine: LocalEngine, store: Store, counters: FrameCounters
    ) -> None:
        future = local_engine.submit(slow_task(store, counters))
        while counters.counts() < 2:
            time.sleep(0.01)
        for pid in local_engine.worker_pids():
            os.kill(pid, signal.SIGKILL)
        assert type(future.exception(60)) is WorkerLostError
        counters.clear(0)
        (task,) = tasks_of(counting_film(0.1), store, counters)
        assert local_engine.submit(task).result(180).drawn == 3

    def test_workers_that_died_idle_are_replaced(
        self, local_engine: LocalEngine, store: Store, counters: FrameCounters
    ) -> None:
        first, second = tasks_of(counting_film(0.1, 0.2), store, counters)
        local_engine.submit(first).result(180)
        killed = [psutil.Process(pid) for pid in local_engine.worker_pids()]
        for process in killed:
            process.kill()
        psutil.wait_procs(killed, timeout=300)
        local_engine.warm()
        for _ in range(4):  # the pool may notice only now; what it loses is told as lost
            if local_engine.submit(second).exception(60) is None:
                break
        assert store.exists(stored(second))

    def test_a_crash_in_a_worker_is_told(
        self, local_engine: LocalEngine, store: Store, counters: FrameCounters
    ) -> None:
        def plot(fig: Any, index: int) -> None:
            os._exit(11)

        (task,) = tasks_of(plotted(plot), store, counters)
        assert type(local_engine.submit(task).exception(60)) is WorkerLostError

    def test_close_loses_what_runs(self, store: Store, counters: FrameCounters) -> None:
        engine = LocalEngine(1)
        with all_gone():
            future = engine.submit(slow_task(store, counters))
            while counters.counts() < 1:
                time.sleep(0.01)
            engine.close()
            assert type(future.exception(60)) is WorkerLostError
        assert engine.worker_pids() == []
        assert list(store.list()) == []

    @pytest.mark.parametrize("workers", [0, -1, True, 1.5, "2"])
    def test_bad_numbers_of_workers(self, workers: Any) -> None:
        with pytest.raises(InvalidValueError, match=r"`workers` must be a whole number, at least 1, got"):
            LocalEngine(workers)

    def test_workers_that_ended_for_want_of_work_are_not_ready(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(local_module, "_IDLE_S", 0.2)
        engine = LocalEngine(1)
        engine.warm()
        until(lambda: engine.is_ready)
        until(lambda: not engine.worker_pids())
        with monkeypatch.context() as stuck:
            stuck.setattr(engine, "_submit", lambda *_: (Future(), None))
            engine.warm()
            assert not engine.is_ready
        engine.close()


def test_a_workers_memory_is_its_own() -> None:
    large = np.ones(600_000_000, np.uint8)  # a kernel that holds tables
    said = subprocess.run(
        [sys.executable, "-c", "from bazaar_nb.render.worker import peak_memory_bytes as p; print(p())"],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert 10e6 < int(said.stdout) < 500e6 < len(large)
