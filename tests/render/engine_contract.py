"""What every engine promises, as tests; each engine's own test class adds how it is made."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import bazaar_nb as bz
from bazaar_nb.errors import AssetError, ElementError, RenderCancelledError, RenderError
from bazaar_nb.render.engines.engine import Engine
from bazaar_nb.render.frame_counters import FrameCounters
from bazaar_nb.render.task import SegmentResult, SegmentTask
from bazaar_nb.store.store import Store
from tests.render.films import all_gone, counting_film, mean_color, numbers_in, plotted, stored, tasks_of
from tests.render.gates import until

RED, BLUE = (255.0, 0.0, 0.0), (0.0, 0.0, 255.0)
TABLE = pd.DataFrame({"color": ["blue", "red"]})


def paint(fig: Any, color: str) -> None:
    fig.patch.set_facecolor(color)


def a_closure_over_a_table() -> Callable[..., object]:
    table = TABLE.copy()
    return lambda fig, index: fig.patch.set_facecolor(table["color"][1])


def a_function_of_a_notebook() -> Callable[..., object]:
    """Make a function as a cell does: its module is __main__, its globals are the notebook's."""
    notebook: dict[str, Any] = {"__name__": "__main__", "chosen": "red", "bz": bz}
    exec(
        "def plot(fig, index):\n    fig.patch.set_facecolor(bz.interpolate(0, [0, 1], [chosen, 'blue']))",
        notebook,
    )
    plot: Callable[..., object] = notebook["plot"]
    return plot


class EngineContract:
    """Inherit from it and give the fixture `engine` and `sent`."""

    @pytest.fixture
    def engine(self) -> Engine:
        raise NotImplementedError

    def sent(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
        """Give a list that fills with what the engine hands to its workers."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return Store(tmp_path / "root")

    @pytest.fixture
    def counters(self) -> Iterator[FrameCounters]:
        with FrameCounters(64) as counters:
            yield counters

    def test_it_is_an_engine(self, engine: Engine) -> None:
        assert isinstance(engine, Engine)
        assert engine.workers >= 1
        assert engine.name.isalpha()

    def test_segments_are_in_the_store_with_their_figures(
        self, engine: Engine, store: Store, counters: FrameCounters
    ) -> None:
        tasks = tasks_of(counting_film(1, 0.5, 2.2), store, counters)
        results = [future.result(180) for future in [engine.submit(task) for task in tasks]]
        for task, result in zip(tasks, results, strict=True):
            numbers = list(range(task.first_frame, task.first_frame + task.frames))
            assert numbers_in(store.local(stored(task))) == numbers
            assert (result.drawn, result.held) == (task.frames, 0)
            assert result.size_bytes == store.size(stored(task))
            assert min(result.draw_s, result.convert_s, result.encode_s) > 0
            assert result.store_s >= 0
            assert 10e6 < result.peak_memory_bytes < 4e9
        assert counters.counts() == sum(task.frames for task in tasks)

    def test_workers_are_sent_bytes_only(
        self, engine: Engine, store: Store, counters: FrameCounters, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent = self.sent(engine, monkeypatch)
        (task,) = tasks_of(counting_film(0.1), store, counters)
        assert engine.submit(task).result(180).drawn == 3
        assert len(sent) == 1
        assert [type(part) for part in sent[0]] == [bytes]

    def test_an_element_that_fails_says_which_and_where(
        self, engine: Engine, store: Store, counters: FrameCounters
    ) -> None:
        def plot(fig: Any, index: int) -> None:
            if index == 3:
                raise KeyError("three")

        (task,) = tasks_of(plotted(plot), store, counters)
        error = engine.submit(task).exception(60)
        assert type(error) is ElementError
        assert "KeyError: 'three'" in str(error)
        assert (error.frame, error.element) == (3, "Figure[1]")  # the background is first
        assert not store.exists(stored(task))
        assert list(store.list()) == []

    def test_an_asset_that_is_not_in_the_store(
        self, engine: Engine, store: Store, counters: FrameCounters
    ) -> None:
        import msgspec

        from bazaar_nb.render.task import FrameRun
        from bazaar_nb.scene.tree import FrameTree

        (task,) = tasks_of(counting_film(0.1), store, counters)
        tree = FrameTree(64, 36, (bz.Image("asset:" + "ab" * 20 + ".png"),))
        task = msgspec.structs.replace(task, runs=(FrameRun(1, tree.to_msgpack()),), first_frame=70)
        error = engine.submit(task).exception(60)
        assert isinstance(error, ElementError | AssetError)
        assert "does not exist" in str(error)
        assert getattr(error, "frame", None) == 70

    @pytest.mark.parametrize(
        "make",
        [
            lambda: lambda fig, index: paint(fig, "red"),
            a_closure_over_a_table,
            a_function_of_a_notebook,
        ],
        ids=["lambda", "closure", "notebook"],
    )
    def test_functions_travel(
        self, engine: Engine, store: Store, counters: FrameCounters, make: Callable[[], Callable[..., object]]
    ) -> None:
        (task,) = tasks_of(plotted(make()), store, counters)
        engine.submit(task).result(180)
        assert mean_color(store.local(stored(task))) == pytest.approx(RED, abs=3)

    def test_a_function_that_can_not_be_loaded(
        self, engine: Engine, store: Store, counters: FrameCounters
    ) -> None:
        import msgspec

        (task,) = tasks_of(counting_film(0.1), store, counters)
        task = msgspec.structs.replace(task, functions={"function:x": b"cno_such_module\nplot\n."})
        error = engine.submit(task).exception(60)
        assert type(error) is RenderError
        assert "no_such_module" in str(error)

    def test_a_cancel_is_noticed_at_the_next_frame(
        self, engine: Engine, store: Store, counters: FrameCounters
    ) -> None:
        def plot(fig: Any, index: int) -> None:
            time.sleep(0.02)

        (task, *_) = tasks_of(plotted(plot, 2.5), store, counters)
        with ThreadPoolExecutor(1) as thread:  # an inline engine runs it right here
            submitted: Future[Future[SegmentResult]] = thread.submit(engine.submit, task)
            while counters.counts() < 2:
                time.sleep(0.005)
            counters.cancel()
            at = counters.counts()
            error = submitted.result(180).exception(60)
        assert type(error) is RenderCancelledError
        assert counters.counts() <= at + 2
        assert list(store.list()) == []

    def test_threads_may_share_it(self, engine: Engine, tmp_path: Path) -> None:
        def run(number: int) -> list[list[int]]:
            store = Store(tmp_path / str(number))
            with FrameCounters(64) as counters:
                tasks = tasks_of(counting_film(0.3, 0.2, width=64 + 16 * number), store, counters)
                for future in [engine.submit(task) for task in tasks]:
                    future.result(180)
                return [numbers_in(store.local(stored(task))) for task in tasks]

        with ThreadPoolExecutor(3) as threads:
            assert list(threads.map(run, range(3))) == [[list(range(9)), list(range(9, 15))]] * 3

    def test_it_works_again_after_close(self, engine: Engine, store: Store, counters: FrameCounters) -> None:
        first, second = tasks_of(counting_film(0.1, 0.2), store, counters)
        engine.warm()
        engine.submit(first).result(180)
        engine.close()
        assert engine.submit(second).result(180).drawn == 6

    def test_it_says_when_workers_are_ready(self) -> None:
        engine = self.make()
        engine.warm()
        until(lambda: engine.is_ready)
        engine.close()

    def test_close_ends_what_runs_and_leaves_no_process(self, store: Store, counters: FrameCounters) -> None:
        """Not with the shared engine: whatever it started before would be counted too."""
        engine = self.make()
        threads = set(threading.enumerate())
        with all_gone():
            for task in tasks_of(counting_film(0.2, 0.3), store, counters):
                engine.submit(task).result(180)
            engine.close()
            engine.close()
        late = [thread for thread in threading.enumerate() if thread not in threads]
        for thread in late:
            thread.join(180)
        assert [thread.name for thread in late if thread.is_alive()] == []

    def make(self) -> Engine:
        """Give a new engine of this kind."""
        raise NotImplementedError


def slow_task(store: Store, counters: FrameCounters) -> SegmentTask:
    """Give a task that takes seconds, frame by frame."""

    def plot(fig: Any, index: int) -> None:
        time.sleep(0.05)

    return tasks_of(plotted(plot, 2.5), store, counters)[0]
