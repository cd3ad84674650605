"""Renders that go wrong: one end each, in the history too, and nothing left lying about."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image as PilImage

import bazaar_nb as bz
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.render import live_bar
from bazaar_nb.render.engines.local import LocalEngine
from bazaar_nb.render.progress import Progress, ProgressBar
from bazaar_nb.render.rendering import Rendering
from bazaar_nb.render.request import RenderRequest
from bazaar_nb.workspace import Workspace
from tests.render.films import counting_film, ends, numbers_in, plotted
from tests.render.gates import until

pytestmark = pytest.mark.usefixtures("no_litter")


def rendering_of(film: bz.Composition, where: Workspace, name: str = "film.mp4") -> Rendering:
    settings = resolve_settings((film.width, film.height), film.fps)
    request = RenderRequest(
        film=film, settings=settings, store=where.store, engine=where.engine, user="u", project="p", name=name
    )  # fmt: skip
    return Rendering(request)


@pytest.mark.parametrize("progress", [True, False])
def test_a_scene_that_raises(local: Workspace, progress: bool, capsys: pytest.CaptureFixture[str]) -> None:
    @bz.scene(duration=1)
    def broken(frame: bz.Frame) -> Any:
        return bz.Fill("red" if frame.index < 7 else dict[str, str]()["colour"])

    film = bz.Composition([counting_film(1)._items[0], broken()], width=64, height=36)
    with pytest.raises(bz.SceneError, match=r"scene 'broken' failed at frame 7 .*KeyError") as caught:
        film.export(workspace=local, progress=progress)
    error = caught.value
    assert (error.scene, error.frame) == ("broken", 7)
    assert '()["colour"]' in error.scene_traceback
    assert "KeyError: 'colour'" in error.scene_traceback
    (row,) = local.history().to_dict("records")
    assert (row["status"], row["error_class"]) == ("failed", "SceneError")
    assert "broken" in row["error_message"]
    assert list(local.root.rglob("film*")) == []
    assert capsys.readouterr().err.endswith("\n") == progress


def test_a_figure_that_raises_in_a_worker(local: Workspace) -> None:
    def plot(fig: Any, index: int) -> None:
        if index == 40:
            raise ZeroDivisionError("forty")

    with pytest.raises(bz.ElementError, match=r"forty.*scene 'plotted', frame 40") as caught:
        plotted(plot, 2).export(workspace=local, progress=False)
    error = caught.value
    assert (error.scene, error.frame, error.element) == ("plotted", 40, "Figure[0]")
    assert ends(local) == [("failed", "ElementError")]


def test_a_function_that_can_not_travel(local: Workspace) -> None:
    lock = threading.Lock()

    def plot(fig: Any, index: int) -> None:
        with lock:
            fig.text(0, 0, "locked")

    with (
        pytest.warns(UserWarning, match="drawn anew"),
        pytest.raises(bz.ElementError, match="sent") as caught,
    ):
        plotted(plot).export(workspace=local, progress=False)
    assert (caught.value.scene, caught.value.field) == ("plotted", "plot")
    assert ends(local) == [("failed", "ElementError")]


@pytest.mark.parametrize("replaced", [True, False])
def test_a_picture_that_is_gone_after_planning(local: Workspace, tmp_path: Path, replaced: bool) -> None:
    photo = tmp_path / "photo.png"
    PilImage.new("RGB", (8, 8), "white").save(photo)

    @bz.scene(duration=1)
    def shown(frame: bz.Frame) -> Any:
        if frame.index == frame.frames - 1:
            made.append(bz.Image(photo, width=64, height=36))  # type: ignore[arg-type]
        return made[0] if made else bz.Image(photo, width=64, height=36)  # type: ignore[arg-type]

    made: list[Any] = []
    at_home = threading.Lock()  # can't travel: all is evaluated in order

    @bz.scene(duration=1)
    def vanish(frame: bz.Frame) -> Any:
        with at_home:
            photo.unlink(missing_ok=True)
            if replaced:
                PilImage.new("RGB", (8, 8), "black").save(photo)
        return bz.Fill("white")

    film = bz.Composition([shown(), vanish()], width=64, height=36)
    render = film.export(workspace=local, progress=False)
    assert numbers_in(render.path) == [255] * 60


def test_memory_errors_split_the_segment(inline: Workspace) -> None:
    failed: list[int] = []

    def plot(fig: Any, index: int) -> None:
        if index == 33 and not failed:
            failed.append(index)
            raise MemoryError

    render = plotted(plot, 2).export(workspace=inline, progress=False)
    assert render.frames == 60
    assert render.segments == 2
    assert sorted(len(numbers_in(path)) for path in (inline.root / "segments").rglob("*.mp4")) == [30, 30]
    assert ends(inline) == [("succeeded", None)]


def test_a_frame_that_takes_too_much_memory(local: Workspace) -> None:
    def plot(fig: Any, index: int) -> None:
        if index == 13:
            raise MemoryError

    with pytest.raises(bz.RenderError, match=r"frame 13 of the film .* more memory than there is"):
        plotted(plot, 1).export(workspace=local, progress=False)
    assert ends(local) == [("failed", "RenderError")]


def test_a_frame_that_kills_its_worker(local: Workspace) -> None:
    def plot(fig: Any, index: int) -> None:
        if index == 5:
            os._exit(9)

    film = plotted(plot, 0.3)
    with pytest.raises(bz.RenderError, match=r"frame 5 of the film can't be drawn: a worker process died"):
        film.export(workspace=local, progress=False)
    assert ends(local) == [("failed", "RenderError")]
    saved = sorted(len(numbers_in(path)) for path in (local.root / "segments").rglob("*.mp4"))
    assert sum(saved) >= 4  # the half before is there
    rows = local.history.segments()
    assert rows["first_frame"].is_monotonic_increasing
    assert rows["number"].is_unique
    assert rows["tries"].max() >= 3
    assert local.history()["segments_retried"].tolist()[0] >= 1


def test_one_killed_worker(local: Workspace, local_engine: LocalEngine) -> None:
    with killing(local_engine, times=1) as killed:
        film = plotted(_slow, 3)
        render = film.export(workspace=local, progress=False)
    assert killed
    assert len(numbers_in(render.path)) == 90
    assert ends(local) == [("succeeded", None)]
    assert local.history()["segments_retried"].tolist()[0] >= 1


def test_many_killed_workers(local: Workspace, local_engine: LocalEngine) -> None:
    """At random moments over as many exports as that takes; each film comes out whole and right.

    Twenty of them: ``BAZAAR_KILLS=20``.
    """
    count = 0
    number = 0
    kills = int(os.environ.get("BAZAAR_KILLS", "8"))
    while count < kills:
        number += 1
        with killing(local_engine, times=kills - count, seed=number, every=(0.2, 1.0)) as killed:
            render = _numbered_slowly(number).export(f"{number}.mp4", workspace=local, progress=False)
        count += len(killed)
        assert numbers_in(render.path) == list(range(60))
    assert {status for status, _ in ends(local)} == {"succeeded"}


def _slow(fig: Any, *numbers: int) -> None:
    time.sleep(0.02)


def _numbered_slowly(seed: int) -> bz.Composition:
    @bz.scene(duration=0.5)
    def scene(frame: bz.Frame, first: int) -> Any:
        from tests.render.films import bars

        chart = bz.Figure(_slow, args=(seed, first + frame.index), width=8, height=8, opacity=0.01)  # type: ignore[arg-type]
        return [*bars(first + frame.index, frame), chart]

    return bz.Composition([scene(first) for first in (0, 15, 30, 45)], width=64, height=36)


@contextmanager
def killing(
    engine: LocalEngine, times: int, seed: int = 0, every: tuple[float, float] = (0.4, 0.5)
) -> Iterator[list[int]]:
    """Kill a worker of the engine now and then while the block runs."""
    chance = random.Random(seed)
    ended = threading.Event()
    killed: list[int] = []

    def kill() -> None:
        while len(killed) < times and not ended.wait(chance.uniform(*every)):
            pids = [pid for pid in engine.worker_pids() if psutil.pid_exists(pid)]
            if pids:
                pid = chance.choice(pids)
                try:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                except ProcessLookupError:
                    continue

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize("name", ["film.mp4", "film.webm", "film.gif"])
def test_a_damaged_segment_is_rendered_anew(inline: Workspace, name: str) -> None:
    film = counting_film(1, 1, 1, fps=10)
    first = film.export(name, workspace=inline, progress=False)
    segments = sorted((inline.root / "segments").rglob("*.*"))
    whole = [path.read_bytes() for path in segments]
    segments[0].write_bytes(whole[0][: len(whole[0]) // 2])
    segments[2].write_bytes(b"")
    again = film.export(name, workspace=inline, progress=False)
    assert again.path.read_bytes() == first.path.read_bytes()
    assert [path.read_bytes() for path in segments] == whole
    assert (again.segments, again.segments_cached, again.frames_drawn) == (3, 1, 20)
    assert {status for status, _ in ends(inline)} == {"succeeded"}


def test_cancelling(local: Workspace) -> None:
    job = rendering_of(plotted(_slow, 5), local)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(job.run)
        while job.progress.frames < 3:
            time.sleep(0.01)
        job.cancel()
        with pytest.raises(bz.RenderCancelledError):
            running.result(180)
    assert job.progress.frames < 100
    assert ends(local) == [("cancelled", "RenderCancelledError")]


def test_cancelling_inline(inline: Workspace) -> None:
    job = rendering_of(plotted(_slow, 2), inline)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(job.run)
        while job.progress.frames < 3:
            time.sleep(0.01)
        job.cancel()
        at = job.progress.frames
        with pytest.raises(bz.RenderCancelledError):
            running.result(180)
    assert job.progress.frames <= at + 3
    assert ends(inline) == [("cancelled", "RenderCancelledError")]


def test_progress_only_grows_and_ends_at_the_total(local: Workspace) -> None:
    job = rendering_of(_numbered_slowly(99), local)
    seen: list[Progress] = []
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(job.run)
        while not running.done():
            seen.append(job.progress)
            time.sleep(0.0005)
        running.result()
    seen.append(job.progress)
    assert local.history()["segments_retried"].tolist() == [0]
    frames = [progress.frames for progress in seen]
    assert frames == sorted(frames)
    assert (frames[-1], seen[-1].fraction) == (60, 1.0)
    request = ["starting", "evaluating", "rendering", "sound", "joining", "done"]
    stages = [request.index(progress.stage) for progress in seen]
    assert stages == sorted(stages)
    assert seen[-1].stage == "done"
    assert len(set(frames)) > 20  # frame by frame, not segment by segment


def test_the_bar_is_updated_often(local: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a terminal, that is."""
    updates: list[Progress] = []
    update = ProgressBar._update

    def spy(bar: ProgressBar, progress: Progress, ending: str | None) -> None:
        updates.append(progress)
        update(bar, progress, ending)

    monkeypatch.setattr(ProgressBar, "_update", spy)
    monkeypatch.setattr(live_bar, "_can_rewrite", lambda file: True)
    render = plotted(_slow, 4).export(workspace=local)
    assert len(updates) >= 4 * render.render_s
    assert updates[-1].frames == 120


def test_twenty_exports_leak_nothing(local: Workspace) -> None:
    def plot(fig: Any, index: int) -> None:
        raise ValueError

    process = psutil.Process()
    film, broken = counting_film(0.2, 0.2), plotted(plot)
    film.export("warm.mp4", workspace=local, progress=False)
    before = process.num_fds(), process.num_threads()
    for number in range(10):
        film.export(f"{number}.mp4", workspace=local, progress=False)
        with pytest.raises(bz.ElementError):
            broken.export(workspace=local, progress=False)
    until(lambda: process.num_fds() <= before[0] + 2)  # threads end a moment later
    until(lambda: process.num_threads() <= before[1] + 2)


def test_two_threads_export_the_same_film(local: Workspace) -> None:
    film = _numbered_slowly(5)
    with ThreadPoolExecutor(2) as threads:
        jobs = [threads.submit(film.export, f"{n}.mp4", workspace=local, progress=False) for n in range(2)]
        renders = [job.result() for job in jobs]
    assert renders[0].path.read_bytes() == renders[1].path.read_bytes()
    assert numbers_in(renders[0].path) == list(range(60))
    assert ends(local) == [("succeeded", None)] * 2


def test_a_row_has_what_is_known(inline: Workspace) -> None:
    render = counting_film(1, 1).export("a.mp4", quality="high", workspace=inline, progress=False)
    (row,) = inline.history().to_dict("records")
    assert json.loads(json.dumps(row, default=str)).keys() == row.keys()
    assert (row["frames"], row["frames_drawn"], row["segments"]) == (60, 60, 2)
    assert row["location"] == str(render.path)
    assert row["size_bytes"] == render.path.stat().st_size
    assert row["finished"] >= row["started"] >= row["created"]
