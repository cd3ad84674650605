"""Jobs end exactly once, however they end, and say how far they are on the way."""

from __future__ import annotations

import asyncio
import inspect
import logging
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb.jobs import queue as queue_module
from bazaar_nb.jobs.export_request import ExportOptions
from bazaar_nb.jobs.queue import Queue
from tests.render.films import counting_film, ends, numbers_in
from tests.render.gates import gate, until

pytestmark = pytest.mark.usefixtures("no_litter", "own_queue")


def test_a_job_from_its_start_to_its_end(inline: bz.Workspace) -> None:
    with gate(at=6) as held:
        job = held.film.submit("film.mp4", quality="low", workspace=inline)
        assert held.reached.wait(180)
        assert (job.status, job.done, job.render, job.error) == ("rendering", False, None, None)
        assert (job.progress.stage, job.progress.total, job.finished) == ("evaluating", 12, None)
        with pytest.raises(
            TimeoutError, match=rf"{job.id} \(film.mp4\) has not ended within 0.01 s; it goes"
        ):
            job.result(0.01)
        assert not job.wait(0)
        assert ends(inline) == [("started", None)]
    render = job.result(180)
    assert (job.status, job.render, job.error, job.wait(0)) == ("succeeded", render, None, True)
    assert job.progress == bz.Progress(12, 12, 0, "done", 1, 0, job.progress.fps, None, evaluated=12)
    assert render.id == job.id
    assert numbers_in(render.path) == list(range(12))
    assert ends(inline) == [("succeeded", None)]
    assert job.finished is not None
    assert job.started is not None
    assert job.created <= job.started <= job.finished
    again = held.film.submit(workspace=inline, quality="low")
    again.result(180)
    progress = again.progress
    assert (progress.frames_cached, progress.segments, progress.segments_cached) == (12, 1, 1)


def test_a_job_that_fails(inline: bz.Workspace) -> None:
    broken = [True]

    @bz.scene(duration=0.2)
    def scene(frame: bz.Frame) -> Any:
        return bz.Fill("red") if not broken else 1 / 0

    film = bz.Composition([scene()], width=64, height=36)
    job = film.submit("a.mp4", workspace=inline)
    with pytest.raises(bz.SceneError, match="ZeroDivisionError"):
        job.result(180)
    assert (job.status, job.render) == ("failed", None)
    assert isinstance(job.error, bz.SceneError)
    with pytest.raises(bz.SceneError):
        film.export(workspace=inline, progress=False)

    broken.clear()
    second = job.retry()
    assert second.result(180).location.endswith("a.mp4")
    assert second.id != job.id
    assert ends(inline) == [("failed", "SceneError")] * 2 + [("succeeded", None)]


def test_what_has_not_ended_is_not_retried(inline: bz.Workspace) -> None:
    with gate() as held:
        job = held.film.submit(workspace=inline)
        with pytest.raises(bz.InvalidValueError, match="can be retried when it has ended; cancel it first"):
            job.retry()
    job.result(180)


def test_cancelling_in_the_middle(local: bz.Workspace) -> None:
    with gate(seconds=3, at=80) as held:
        job = held.film.submit("film.mp4", workspace=local)
        assert held.reached.wait(180)
        assert job.cancel()
        held.opened.set()
        with pytest.raises(bz.RenderCancelledError):
            job.result(180)
    assert (job.status, job.cancel()) == ("cancelled", False)
    assert job.progress.stage in ("evaluating", "rendering")
    assert ends(local) == [("cancelled", "RenderCancelledError")]
    assert list(local.root.rglob("film*")) == []


@pytest.mark.parametrize("paused", [True, False])
def test_cancelling_before_its_turn(inline: bz.Workspace, paused: bool) -> None:
    with gate() as held:
        first = held.film.submit(workspace=inline)
        assert held.reached.wait(180)
        job = counting_film(0.1).submit(workspace=inline)
        assert (job.status, ends(inline)[1]) == ("queued", ("queued", None))
        if paused:
            inline.queue.pause()
        assert job.cancel()
        assert job.status == "cancelled"
        assert first.status == "rendering"
    first.result(180)
    with pytest.raises(bz.RenderCancelledError, match="before its turn"):
        job.result(0)
    assert ends(inline) == [("succeeded", None), ("cancelled", "RenderCancelledError")]
    assert job.started is None


def test_callbacks(inline: bz.Workspace, caplog: pytest.LogCaptureFixture) -> None:
    called: list[tuple[str, str]] = []
    seen: list[bz.Progress] = []

    def fail(job: bz.Job) -> None:
        called.append(("fails", job.status))
        raise RuntimeError("a callback is broken") if len(called) % 2 else SystemExit(1)

    with gate() as held:
        job = held.film.submit(workspace=inline)
        job.add_done_callback(fail)
        job.add_done_callback(lambda job: called.append(("then", job.status)))
        job.on_progress(lambda job: seen.append(job.progress))
        job.on_progress(fail)
        stop = job.on_progress(lambda job: called.append(("never", job.status)))
        stop()
        until(lambda: seen)
    job.result(180)
    job.add_done_callback(fail)
    until(lambda: seen[-1].stage == "done" and called.count(("fails", "succeeded")) >= 3)
    assert called.count(("then", "succeeded")) == 1
    assert "never" not in {name for name, _ in called}
    assert [progress.frames for progress in seen] == sorted(progress.frames for progress in seen)
    assert ends(inline) == [("succeeded", None)]

    def logged() -> int:
        return sum(record.levelno == logging.ERROR for record in caplog.records)

    until(lambda: logged() == sum(name == "fails" for name, _ in called))


def test_awaiting(inline: bz.Workspace) -> None:
    @bz.scene(duration=0.1)
    def broken(frame: bz.Frame) -> Any:
        raise KeyError("colour")

    async def wait() -> bz.Render:
        with gate() as held:
            job = held.film.submit(workspace=inline)
            assert held.reached.wait(180)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(_of(job), 0.05)
            assert job.status == "rendering"  # who stops waiting stops nothing
            held.opened.set()
            render, error = await asyncio.gather(
                _of(job),
                _of(bz.Composition([broken()]).submit(workspace=inline)),
                return_exceptions=True,
            )
        assert isinstance(error, bz.SceneError)
        assert isinstance(render, bz.Render)
        return await job

    async def _of(job: bz.Job) -> bz.Render:
        return await job

    assert asyncio.run(wait()).frames == 12


def test_a_render_inside_of_a_render_does_not_wait_for_itself(inline: bz.Workspace) -> None:
    inner: list[bz.Render] = []

    @bz.scene(duration=0.1)
    def scene(frame: bz.Frame) -> Any:
        if frame.index == 0:
            inner.append(counting_film(0.1).export("inner.mp4", workspace=inline, progress=False))
        return bz.Fill("red")

    outer = bz.Composition([scene()], width=64, height=36).submit("outer.mp4", workspace=inline)
    outer.result(180)
    assert numbers_in(inner[0].path) == [0, 1, 2]


def test_jobs_are_a_table(inline: bz.Workspace) -> None:
    assert bz.jobs().empty
    done = counting_film(0.1).submit("done.mp4", workspace=inline)
    done.result(180)
    with gate() as held:
        going = held.film.submit("going.mp4", workspace=inline, priority=3)
        assert held.reached.wait(180)
        waiting = counting_film(0.2).submit("waiting.webm", workspace=inline)
        table = bz.jobs()
    assert table["job"].tolist() == [done, going, waiting]
    assert table["status"].tolist() == ["succeeded", "rendering", "queued"]
    assert table["fraction"].tolist() == [1.0, 0.0, 0.0]
    assert table["total"].tolist() == [3, 12, 6]
    assert table["priority"].tolist() == [0, 3, 0]
    assert table["location"].tolist()[0] == str(done.result().path)
    assert list(table.columns[:8]) == [
        "created", "name", "status", "stage", "fraction", "eta_s", "location", "error",
    ]  # fmt: skip
    assert str(table["created"].dtype) == "datetime64[us, UTC]"
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == {
        name: str(dtype) for name, dtype in bz.jobs()[:0].dtypes.items()
    }
    waiting.result(180)


def test_the_status_can_be_read_elsewhere(inline: bz.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from bazaar_nb.jobs import heartbeat_thread as heartbeats

    monkeypatch.setattr(heartbeats, "BEAT_S", 0.05)
    code = (
        "import sys, bazaar_nb as bz; s = bz.render_status(sys.argv[2], bz.Workspace(sys.argv[1])); print(s)"
    )

    def elsewhere(job: bz.Job) -> str:
        command = [sys.executable, "-c", code, str(inline.root), job.id]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    with gate(at=6) as held:
        job = held.film.submit("film.mp4", workspace=inline)
        assert held.reached.wait(180)
        until(lambda: bz.render_status(job.id, inline).progress is not None)
        assert "status='rendering', progress=Progress(frames=0, total=12" in elsewhere(job)
    job.result(180)
    status = bz.render_status(job.id, inline)
    assert (status.status, status.done, status.row["location"]) == ("succeeded", True, str(job.result().path))
    assert status.progress is not None
    assert status.progress.fraction == 1
    for unknown in ("20261122-153012-aaaaaa", "../../x", "", "x" * 300, "99999999-999999-a", None):
        with pytest.raises(bz.UnknownRenderError, match="there is no render"):
            bz.render_status(unknown, inline)  # type: ignore[arg-type]


def test_options_are_those_of_export(inline: bz.Workspace) -> None:
    export = list(inspect.signature(bz.Composition.export).parameters)
    assert [*ExportOptions.__annotations__] == export[2:-2]
    with pytest.raises(TypeError, match=r"there is no qualty; export takes format, codec"):
        counting_film(0.1).submit(workspace=inline, qualty="low")  # type: ignore[call-overload]
    with pytest.raises(bz.InvalidValueError, match="`priority` must be a whole number"):
        counting_film(0.1).submit(workspace=inline, priority="high")  # type: ignore[call-overload]
    assert inline.queue.jobs == ()
    assert inline.history().empty


def test_an_export_that_waits_for_its_turn_can_be_cancelled(inline: bz.Workspace) -> None:
    caught: list[BaseException] = []

    def export() -> None:
        try:
            counting_film(0.1).export("second.mp4", workspace=inline, progress=False)
        except BaseException as error:
            caught.append(error)

    with gate() as held:
        first = held.film.submit(workspace=inline)
        thread = threading.Thread(target=export)
        thread.start()
        until(lambda: len(inline.queue.jobs) == 2)
        assert inline.queue.jobs[1].cancel()
        thread.join(180)
        assert [type(error) for error in caught] == [bz.RenderCancelledError]
        assert inline.queue.jobs == (first,)
    first.result(180)
    assert ends(inline)[1] == ("cancelled", "RenderCancelledError")


PROGRAM = """
import sys, time
import bazaar_nb as bz

def plot(fig, index):
    time.sleep(0.05)

@bz.scene(duration=2)
def scene(frame):
    return bz.Figure(plot, args=(frame.index,), width=8, height=8)

film = bz.Composition([scene()], width=64, height=36)
where = bz.Workspace(sys.argv[1], engine=sys.argv[2])
jobs = [film.submit(f"{n}.mp4", workspace=where) for n in range(2)]
while jobs[0].progress.frames < 3:
    time.sleep(0.01)
print("running", flush=True)
"""


def run(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM + code, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("engine", ["local", "inline"])
def test_the_end_of_the_interpreter_cancels_what_runs_and_waits(tmp_path: Path, engine: str) -> None:
    process = run("", str(tmp_path / "root"), engine)
    _, errors = process.communicate(timeout=300)
    assert (process.returncode, errors) == (0, "")
    where = bz.Workspace(tmp_path / "root")
    assert ends(where) == [("cancelled", "RenderCancelledError")] * 2
    assert [path.name for path in (tmp_path / "root" / "projects").rglob("*.mp4")] == []


def test_an_interrupt_does_not_touch_what_runs_apart(tmp_path: Path) -> None:
    code = """
try:
    print("waits", flush=True)
    jobs[0].result()
except KeyboardInterrupt:
    print("interrupted", jobs[0].status, flush=True)
jobs[1].cancel()
print(jobs[0].result(180).frames)
"""
    process = run(code, str(tmp_path / "root"), "local")
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["running\n", "waits\n"]
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=300)
    assert (output, errors) == ("interrupted rendering\n60\n", "")
    assert ends(bz.Workspace(tmp_path / "root")) == [
        ("succeeded", None),
        ("cancelled", "RenderCancelledError"),
    ]


KERNEL = """
import time
import bazaar_nb as bz

def plot(fig, index):
    time.sleep(0.05)

@bz.scene(duration=3)
def scene(frame):
    return bz.Figure(plot, args=(frame.index,), width=8, height=8)

film = bz.Composition([scene()], width=64, height=36)
where = bz.Workspace({root!r}, workers=2)
jobs = [film.submit(f"{{n}}.mp4", workspace=where) for n in range(2)]
while jobs[0].progress.frames < 3:
    time.sleep(0.01)
"""


def test_the_end_of_a_kernel_cancels_too(tmp_path: Path) -> None:
    """It kills its children first, which must not make a render start others."""
    from jupyter_client.manager import start_new_kernel

    root = tmp_path / "root"
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        reply = client.execute_interactive(KERNEL.format(root=str(root)), timeout=300)
        assert reply["content"]["status"] == "ok"
        client.stop_channels()
        manager.shutdown_kernel()
    finally:
        manager.shutdown_kernel(now=True)
    assert ends(bz.Workspace(root)) == [("cancelled", "RenderCancelledError")] * 2


CHILDREN = """
import sys
import psutil
import bazaar_nb as bz
from bazaar_nb.jobs import interpreter_exit as exit

@bz.scene(duration=0.1)
def scene(frame):
    return bz.Fill("red")

film = bz.Composition([scene()], width=64, height=36)
where = bz.Workspace(sys.argv[1], workers=1)
film.export(workspace=where, progress=False)
print(len(psutil.Process().children()) >= 2)
exit.end_children(lambda within_s: print(within_s))
print(psutil.Process().children(recursive=True))
print(film.export(quality="low", workspace=where, progress=False).frames)
"""


def test_a_kernel_has_no_children_to_wait_for_at_its_end(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CHILDREN, str(tmp_path / "root")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.stdout.splitlines(), done.stderr) == (["True", "2.0", "[]", "3"], "")


def test_an_interrupt_while_an_export_waits_takes_it_out(inline: bz.Workspace) -> None:
    with gate() as held:
        first = held.film.submit(workspace=inline)

        def interrupt() -> None:
            until(lambda: len(inline.queue.jobs) == 2)
            signal.raise_signal(signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            counting_film(0.1).export("second.mp4", workspace=inline, progress=False)
        thread.join()
        assert inline.queue.jobs == (first,)
    first.result(180)
    assert ends(inline) == [("succeeded", None), ("cancelled", "KeyboardInterrupt")]


def test_what_a_job_shows_of_itself(inline: bz.Workspace) -> None:
    job = counting_film(0.1).submit("film.mp4", workspace=inline)
    job.result(180)
    assert re.fullmatch(rf"<Job {job.id} 'film.mp4': succeeded, 3 of 3 frames>", repr(job))
    assert repr(inline.queue) == "<Queue: 0 of 1 running, 0 waiting>"
    assert isinstance(inline.queue, Queue)
    assert queue_module.all_jobs() == [job]
