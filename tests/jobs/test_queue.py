"""Whose turn it is: order, priorities, pauses; and work that several jobs need is done once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.jobs.queue import Queue, queue_of
from tests.render.films import counting_film, ends, numbers_in
from tests.render.gates import Gate, until
from tests.render.test_export_faults import _numbered_slowly

pytestmark = pytest.mark.usefixtures("no_litter", "own_queue")


@pytest.fixture
def busy(inline: bz.Workspace) -> Iterator[bz.Job]:
    """Give a job that runs until it is cancelled or the test ends."""
    held = Gate()
    job = held.film.submit("busy.mp4", workspace=inline)
    assert held.reached.wait(180)
    yield job
    held.opened.set()
    job.wait(180)
    until(lambda: not inline.queue.jobs)


def names(queue: Queue) -> list[str]:
    return [job.name.removesuffix(".mp4") for job in queue.jobs]


def submit(where: bz.Workspace, name: str, priority: int = 0) -> bz.Job:
    return counting_film(0.1).submit(name, workspace=where, priority=priority)


def test_first_in_first_out_but_for_priorities(inline: bz.Workspace, busy: bz.Job) -> None:
    for name, priority in (("a", 0), ("b", 0), ("c", 5), ("d", -1), ("e", 5), ("f", 0)):
        submit(inline, name, priority)
    assert names(inline.queue) == ["busy", "c", "e", "a", "b", "f", "d"]
    order: list[str] = []
    for job in inline.queue.jobs:
        job.add_done_callback(lambda job: order.append(job.name[0]))
    jobs = inline.queue.jobs
    busy.cancel()
    assert {job.status for job in jobs[1:]} == {"queued"}
    _open(busy)
    assert all(job.wait(180) for job in jobs)
    assert order == list("bceabfd")
    started = [job.started for job in jobs]
    assert started == sorted(started, key=lambda time: (time is None, time))


def _open(job: bz.Job) -> None:
    """Let a gated job, which was cancelled, notice it."""
    scene = job.request.film._items[0]
    gated = scene.function
    for cell in gated.__closure__ or ():
        if isinstance(cell.cell_contents, Gate):
            cell.cell_contents.opened.set()


@settings(max_examples=50, deadline=None)
@given(priorities=st.lists(st.integers(-3, 3), max_size=12))
def test_the_order_is_that_of_priorities_then_of_coming(priorities: list[int]) -> None:
    class Waiting:
        def __init__(self, number: int, priority: int) -> None:
            self.number, self.priority = number, priority

    queue = Queue()
    jobs = [Waiting(*entry) for entry in enumerate(priorities)]
    for job in jobs:
        queue._waiting.insert(queue._place(job.priority), job)  # type: ignore[arg-type]
    expected = sorted(jobs, key=lambda job: (-job.priority, job.number))
    assert [id(job) for job in queue._waiting] == [id(job) for job in expected]


def test_pausing(inline: bz.Workspace, busy: bz.Job) -> None:
    inline.queue.pause()
    waiting = submit(inline, "a")
    _open(busy)
    busy.result(180)
    assert (inline.queue.paused, waiting.status, waiting.wait(0.3)) == (True, "queued", False)
    assert repr(inline.queue) == "<Queue: 0 of 1 running, 1 waiting, paused>"
    inline.queue.resume()
    assert waiting.result(180).frames == 3


def test_moving(inline: bz.Workspace, busy: bz.Job) -> None:
    a, b, c = (submit(inline, name) for name in "abc")
    inline.queue.move(c, 0)
    assert names(inline.queue) == ["busy", "c", "a", "b"]
    inline.queue.move(a, 99)
    assert names(inline.queue) == ["busy", "c", "b", "a"]
    inline.queue.move(b, -1)
    assert names(inline.queue) == ["busy", "b", "c", "a"]
    with pytest.raises(bz.InvalidValueError, match=r"\(busy.mp4\) doesn't wait for its turn: it is rend"):
        inline.queue.move(busy, 1)
    for job in (a, b, c):
        job.cancel()
    assert names(inline.queue) == ["busy"]
    assert inline.queue.ended == (a, b, c)


def test_several_at_once(inline: bz.Workspace) -> None:
    inline.queue.at_once = 2
    gates = [Gate(first=12 * number) for number in range(3)]
    try:
        jobs = [gate.film.submit(f"{number}.mp4", workspace=inline) for number, gate in enumerate(gates)]
        assert gates[0].reached.wait(180)
        assert gates[1].reached.wait(180)
        assert not gates[2].reached.wait(0.3)
        assert [job.status for job in jobs] == ["rendering", "rendering", "queued"]
        inline.queue.at_once = 3
        assert gates[2].reached.wait(180)
    finally:
        for gate in gates:
            gate.opened.set()
    assert [numbers_in(job.result(180).path)[0] for job in jobs] == [0, 12, 24]
    for bad in (0, True, 1.5, None):
        with pytest.raises(bz.InvalidValueError, match="`at_once` must be a whole number, at least 1"):
            inline.queue.at_once = bad  # type: ignore[assignment]


def test_a_job_for_which_there_is_no_thread_ends(
    inline: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name.startswith("bazaar-job"):
            raise RuntimeError("can't start new thread")
        start(thread)

    inline.queue.pause()
    jobs = [submit(inline, name) for name in "ab"]
    monkeypatch.setattr(threading.Thread, "start", refuse)
    inline.queue.resume()
    for job in jobs:
        with pytest.raises(bz.RenderError, match="could not begin: can't start new thread"):
            job.result(180)
    assert ends(inline) == [("failed", "RenderError")] * 2
    assert inline.queue.jobs == ()


def test_listeners_hear_of_each_change(inline: bz.Workspace, busy: bz.Job) -> None:
    heard: list[list[str]] = []

    def fail(queue: Queue) -> None:
        raise RuntimeError("a listener is broken")

    inline.queue.listen(fail)
    stop = inline.queue.listen(lambda queue: heard.append(names(queue)))
    job = submit(inline, "a")
    submit(inline, "b")
    inline.queue.move(job, 1)
    job.cancel()
    assert heard == [["busy", "a"], ["busy", "a", "b"], ["busy", "b", "a"], ["busy", "b"]]
    stop()
    inline.queue.pause()
    assert len(heard) == 4
    inline.queue.resume()


@pytest.mark.parametrize("where", ["inline", "local"])
def test_the_same_film_twice_is_drawn_once(request: pytest.FixtureRequest, where: str) -> None:
    workspace: bz.Workspace = request.getfixturevalue(where)
    workspace.queue.at_once = 2
    film = _numbered_slowly(71)
    jobs = [film.submit(f"{number}.mp4", workspace=workspace) for number in range(2)]
    renders = [job.result(180) for job in jobs]
    assert [numbers_in(render.path) for render in renders] == [list(range(60))] * 2
    assert renders[0].path != renders[1].path
    rows = workspace.history()
    assert rows["status"].tolist() == ["succeeded"] * 2
    assert rows["location"].nunique() == 2
    assert rows["frames_drawn"].sum() == 60
    assert rows["frames_cached"].sum() == 60


def test_what_a_cancelled_job_had_begun_the_other_finishes(local: bz.Workspace) -> None:
    local.queue.at_once = 2
    film = _numbered_slowly(72)
    first = film.submit("first.mp4", workspace=local)
    until(lambda: first.progress.frames)
    second = film.submit("second.mp4", workspace=local)
    first.cancel()
    assert numbers_in(second.result(180).path) == list(range(60))
    assert ends(local)[1] == ("succeeded", None)


def test_a_queue_is_that_of_its_machines(tmp_path: Path) -> None:
    class Cluster:
        is_remote = True

    far = Cluster()
    assert queue_of(bz.InlineEngine()) is queue_of(bz.InlineEngine())
    assert queue_of(far) is queue_of(far)  # type: ignore[arg-type]
    assert queue_of(far) is not queue_of(Cluster())  # type: ignore[arg-type]
    assert queue_of(far).at_once == 4  # type: ignore[arg-type]
