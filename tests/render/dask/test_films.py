"""Films on a cluster, with the store on a real S3 server: when all is well, and when it isn't."""

from __future__ import annotations

import os
import re
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError, RenderCancelledError, RenderError, SceneError
from bazaar_nb.render.engines import dask_dispatcher as engine_module
from bazaar_nb.render.engines import dask_inspection
from bazaar_nb.render.engines.dask import DaskEngine
from bazaar_nb.render.engines.engine import EngineError, SegmentTooLargeError
from bazaar_nb.render.engines.worker_profile import own_profile
from bazaar_nb.store.store import Store
from tests.render.everything import everything
from tests.render.films import counting_film, numbers_in
from tests.render.gates import until


@pytest.fixture
def where(store: Store, engine: DaskEngine) -> bz.Workspace:
    return bz.Workspace(store.url, storage_options=store.storage_options, engine=engine, user="tester")


@contextmanager
def quietly() -> Iterator[list[str]]:
    """Give what was warned of, from any thread."""
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield said
        said += [str(warning.message) for warning in caught]


@bz.scene(duration=3)
def slow(frame: bz.Frame, number: int = 0, pause_s: float = 0.05) -> list[Any]:
    time.sleep(pause_s)
    return [bz.Fill("black"), bz.Rect(x=10 + frame.index, width=20, height=10 + number, fill="white")]


def slow_film(number: int = 0, pause_s: float = 0.05) -> bz.Composition:
    return bz.Composition([slow(number, pause_s)], width=64, height=36)


def row_of(where: bz.Workspace) -> Any:
    return where.history().iloc[-1]


def test_movies_are_what_they_are_inline(tmp_path: Path, where: bz.Workspace) -> None:
    film = everything(tmp_path)
    inline = bz.Workspace(tmp_path / "root", engine="inline")
    wanted = film.export("film.mp4", workspace=inline, progress=False)
    made = film.export("film.mp4", workspace=where, progress=False)
    assert made.store.read_bytes(made.key) == Path(wanted.location).read_bytes()
    row = row_of(where)
    assert (row["engine"], row["status"], row["frames_evaluated_by_workers"]) == (
        "dask",
        "succeeded",
        made.frames,
    )
    again = film.export("film.mp4", workspace=where, progress=False)
    assert (again.frames_drawn, again.segments_cached) == (0, again.segments)
    assert list(where.store.list("scratch/")) == []


def test_a_client_a_cluster_and_an_address(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import Client

    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", cluster.scheduler_address)
    with Client(cluster, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        for given in (client, cluster, cluster.scheduler_address, "dask"):
            where = bz.Workspace(tmp_path / "root", engine=given)
            assert where.engine.name == "dask"
            render = counting_film(0.2).export("a.mp4", workspace=where, progress=False)
            assert numbers_in(Path(render.location)) == list(range(6))
            where.close()
        assert client.submit(lambda: 1 + 1).result(60) == 2  # it is used, and not closed


def test_an_adaptive_cluster_begins_with_no_worker(tmp_path: Path) -> None:
    from distributed import LocalCluster

    cluster: Any = LocalCluster(n_workers=0, threads_per_worker=1, dashboard_address=":0")  # type: ignore[no-untyped-call]
    with cluster:
        cluster.adapt(minimum=0, maximum=1)
        where = bz.Workspace(tmp_path / "root", engine=cluster)
        render = counting_film(0.2, 0.3).export("a.mp4", workspace=where, progress=False)
        assert numbers_in(Path(render.location)) == list(range(15))
        where.close()


def test_a_film_that_can_not_travel_is_evaluated_at_home(where: bz.Workspace) -> None:
    lock = threading.Lock()

    @bz.scene(duration=1)
    def held(frame: bz.Frame) -> Any:
        with lock:
            return bz.Rect(x=frame.index, width=9, height=9, fill="red")

    film = bz.Composition([held()], width=64, height=36)
    film.export("home.mp4", workspace=where, progress=False)
    row = row_of(where)
    assert row["frames_evaluated_by_workers"] == 0
    assert "can't be sent" in row["home_reason"]


def test_a_scene_that_fails_says_where(where: bz.Workspace) -> None:
    @bz.scene(duration=1)
    def broken(frame: bz.Frame) -> Any:
        return bz.Rect(width=1 / abs(frame.index - 20), height=9, fill="red")

    with pytest.raises(SceneError, match="ZeroDivisionError") as caught:
        bz.Composition([broken()], width=64, height=36).export("no.mp4", workspace=where, progress=False)
    assert (caught.value.scene, caught.value.frame) == ("broken", 20)
    assert row_of(where)["status"] == "failed"


def test_frames_are_counted_while_they_are_made_and_a_cancel_frees_the_workers(
    where: bz.Workspace, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = slow_film(1, pause_s=0.1).submit("slow.mp4", workspace=where)
    seen: set[int] = set()

    def is_moving() -> bool:
        seen.add(job.progress.evaluated)
        return len(seen - {0}) >= 3

    until(is_moving)
    assert any("segment 1 of slow.mp4" in str(key) for tasks in processing(cluster).values() for key in tasks)
    job.cancel()
    with pytest.raises(RenderCancelledError):
        job.result()
    until(lambda: not any(executing(cluster).values()))
    assert list(where.store.list("segments/")) == []
    assert row_of(where)["status"] == "cancelled"


def processing(cluster: Any) -> dict[str, Any]:
    from distributed import Client

    with Client(cluster, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        tasks: dict[str, Any] = client.processing()
        return tasks


def executing(cluster: Any) -> dict[str, int]:
    """Give how many segments run on each worker, as their threads say."""
    from distributed import Client

    def count() -> int:
        return sum(thread.name == "bazaar-report" for thread in threading.enumerate())

    with Client(cluster, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        found: dict[str, int] = client.run(count, on_error="ignore")
        return found


def worker_pids(cluster: Any) -> list[int]:
    from distributed import Client

    with Client(cluster, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        return list(client.run(os.getpid, on_error="ignore").values())


def test_a_killed_worker_takes_nothing_with_it(where: bz.Workspace, cluster: Any) -> None:
    pids = worker_pids(cluster)
    job = slow_film(2).submit("killed.mp4", workspace=where)
    until(lambda: job.progress.evaluated > 3)
    psutil.Process(pids[0]).kill()
    render = job.result()
    assert render.frames == 90
    row = row_of(where)
    assert (row["status"], row["segments"]) == ("succeeded", 2)
    until(lambda: len(worker_pids(cluster)) == 2)


def test_a_hundred_tasks_on_a_worker_that_dies_five_times(
    cluster: Any, tmp_path: Path, engine: DaskEngine
) -> None:
    """Those that only waited there are not blamed: none has failed, none was lost more often than it ran."""
    from bazaar_nb.render.engines.engine import WorkerLostError
    from bazaar_nb.render.frame_counters import FrameCounters
    from tests.render.films import tasks_of

    store = Store(tmp_path / "root")
    with FrameCounters(256) as counters:
        film = bz.Composition([slow(number, 0.0, duration=0.1) for number in range(100)], width=64, height=36)
        tasks = [
            msgspec.structs.replace(task, movie="hundred.mp4") for task in tasks_of(film, store, counters)
        ]
        futures = [engine.submit(task) for task in tasks]
        for _ in range(5):
            done = sum(future.done() for future in futures)
            until(lambda: sum(future.done() for future in futures) > min(done, 98))  # noqa: B023
            psutil.Process(worker_pids(cluster)[0]).kill()
            until(lambda: len(worker_pids(cluster)) == 2)
        errors = [error for future in futures if (error := future.exception(300)) is not None]
    assert all(isinstance(error, WorkerLostError) for error in errors)
    assert len(errors) <= 5  # what ran at that moment


def test_a_worker_that_differs_is_named_and_left_out(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = msgspec.structs.replace(own_profile(), encoding="av 1.0", python="3.99")
    monkeypatch.setattr(dask_inspection, "own_profile", lambda: other)
    monkeypatch.setattr(engine_module, "own_profile", lambda: other)
    where = bz.Workspace(tmp_path / "root", engine=cluster)
    with (
        quietly() as said,
        pytest.raises(EngineError, match=r"no worker of tcp://.* can render this") as caught,
    ):
        counting_film(0.2).export("a.mp4", workspace=where, progress=False)
    assert "python 3.11 instead of 3.99" in re.sub(r"python 3\.\d+ ", "python 3.11 ", str(caught.value))
    assert sum("is left out" in text for text in said) == 2
    assert row_of(where)["status"] == "failed"
    where.close()


def test_what_workers_lack_is_said_before_the_start(cluster: Any, tmp_path: Path) -> None:
    for wanted, message in (
        ({"resources": {"GPU": 1}}, "--resources GPU=1"),
        ({"memory": "900GB"}, "less than 900 GB"),
    ):
        engine = DaskEngine(cluster, **wanted)
        where = bz.Workspace(tmp_path / "root", engine=engine)
        with quietly(), pytest.raises(EngineError, match=message):
            counting_film(0.2).export("a.mp4", workspace=where, progress=False)
        engine.close()


def test_nobody_at_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "CONNECT_S", 1.0)
    where = bz.Workspace(tmp_path / "root", engine="tcp://127.0.0.1:9")
    with pytest.raises(EngineError, match=r"no Dask scheduler answers at tcp://127.0.0.1:9 within 1 s"):
        counting_film(0.2).export("a.mp4", workspace=where, progress=False)
    row = row_of(where)
    assert (row["status"], row["error_class"]) == ("failed", "EngineError")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("",), "an address like 'tcp://host:8786' is wanted, got ''"),
        ((3,), "a dask.distributed client, a cluster or an address is wanted, got 3"),
        (("tcp://a:1", {"memory": "lots"}), "`memory` must be bytes or text as '4GB', got 'lots'"),
        (("tcp://a:1", {"priority": 1.5}), "`priority` must be a whole number, got 1.5"),
        (("tcp://a:1", {"resources": {"GPU": 0}}), "`resources` must be numbers above 0 by name"),
        (("tcp://a:1", {"resources": ["GPU"]}), "`resources` must be numbers above 0 by name"),
        (("tcp://a:1", {"wait_s": 0}), "`wait_s` must be seconds above 0, got 0"),
    ],
)
def test_bad_options(arguments: tuple[Any, ...], message: str) -> None:
    given, *options = arguments
    with pytest.raises(InvalidValueError, match=re.escape(message)):
        DaskEngine(given, **(options[0] if options else {}))


def test_too_much_memory_cuts_a_segment_in_two_and_says_so(
    where: bz.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it was memory is told by what the worker had: here all that ends is taken for that."""
    monkeypatch.setattr(engine_module, "_FULL", -1.0)

    marker, home = tmp_path / "tried", os.getpid()

    @bz.scene(duration=1)
    def hungry(frame: bz.Frame) -> Any:
        if frame.index == 29 and os.getpid() != home and not marker.exists():
            marker.touch()
            time.sleep(0.5)
            os._exit(9)
        return bz.Rect(x=frame.index, width=9, height=9, fill="red")

    film = bz.Composition([hungry()], width=64, height=36)
    with quietly() as said:
        render = film.export("hungry.mp4", workspace=where, progress=False)
    assert render.segments == 2
    assert any(
        re.search(r"frames 0 to 29 of hungry.mp4: .* memory; they become two segments", t) for t in said
    )
    assert isinstance(SegmentTooLargeError("x"), RenderError)
