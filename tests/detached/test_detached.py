"""Renders that go on without who asked for them: taken once, by who works for the root, and never lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

import bazaar_nb as bz
from bazaar_nb.detached.order import detached_renders
from bazaar_nb.detached.presence import Presence
from bazaar_nb.store.key_layout import DETACHED, WORKERS, detached_prefix
from tests.detached.working import WITHIN_S, Working, eventually
from tests.render.films import counting, counting_film, numbers_in
from tests.saved_films.kept import everything_film

Work = Callable[..., Working]


def numbered(first: int, seconds: float = 8.0, **how: Any) -> bz.Composition:
    """Give a film that shares no segment with one of another first number."""
    options = {"width": 320, "height": 180, "fps": 24, "name": f"film{first}", **how}
    return bz.Composition([counting(first, duration=seconds)], **options)


def segments_in(workspace: bz.Workspace) -> int:
    return len(list(workspace.store.list("segments/")))


def hand_over(film: bz.Composition, workspace: bz.Workspace, name: str = "movie.mp4", **how: Any) -> Any:
    return film.submit(name, detach=True, workspace=workspace, **how)


@pytest.fixture
def somebody(inline: bz.Workspace) -> None:
    """Have it said that somebody works for the root, though nobody does."""
    Presence(inline.store, "inline").renew()


def test_a_root_that_nobody_works_for(inline: bz.Workspace) -> None:
    with pytest.raises(bz.NoWorkerError, match=r"nobody takes detached renders of .*: start `bazaar work /"):
        hand_over(counting_film(0.2), inline)
    assert inline.history().empty
    assert detached_renders(inline.store) == []


def test_a_film_is_finished_after_its_notebook_was_killed(inline: bz.Workspace, work: Work) -> None:
    worker = work("--engine", "local", "--workers", "1")
    notebook = f"""
        import os, signal, time
        import bazaar_nb as bz
        from tests.detached.test_detached import numbered
        workspace = bz.Workspace({inline.store.root!r}, engine="inline", user="somebody")
        job = numbered(3, 20.0).submit("movie.mp4", detach=True, workspace=workspace, quality="low")
        print(job.id, flush=True)
        while job.progress.frames == 0:
            time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(notebook)], stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    attached = bz.attach(done.stdout.strip(), inline)
    again = bz.attach(attached.id, inline)
    assert attached.status != "failed"
    seen: list[int] = []
    attached.on_progress(lambda one: seen.append(one.progress.frames))
    render = attached.result(WITHIN_S)
    assert numbers_in(render.path) == [(3 + n) % 256 for n in range(480)]
    assert (render.settings.quality, render.frames, attached.user) == ("low", 480, "somebody")
    assert again.result(WITHIN_S) == render
    assert seen == sorted(seen)
    assert list(inline.history()["status"]) == ["succeeded"]
    assert list(inline.history()["detached"]) == [True]
    assert worker.ask_to_end() == 0
    assert [*inline.store.list(DETACHED), *inline.store.list(WORKERS)] == []


def test_two_workers_share_renders_and_one_is_killed(inline: bz.Workspace, work: Work) -> None:
    first, second = (work("--engine", "inline") for _ in range(2))
    jobs = [hand_over(numbered(10 * n), inline, f"{n}.mp4") for n in range(10)]
    ids = {job.id for job in jobs}

    def is_in_the_middle() -> bool:
        if not first.log.splitlines() or "took render" not in first.log.splitlines()[-1]:
            return False
        first.process.send_signal(signal.SIGSTOP)
        if "took render" in first.log.splitlines()[-1]:
            return True
        first.process.send_signal(signal.SIGCONT)
        return False

    eventually(is_in_the_middle, "the first worker has a render that has not ended")
    broken_off = first.log.splitlines()[-1].split("took render ")[1].split()[0]
    first.kill()
    for number, job in enumerate(jobs):
        render = job.result(WITHIN_S)
        assert numbers_in(render.path) == [(10 * number + n) % 256 for n in range(192)]
    rows = inline.history()
    assert dict(zip(rows["render_id"], rows["status"], strict=True)) == dict.fromkeys(ids, "succeeded")
    made = inline.history.segments()
    made = made[~made["cached"].astype(bool)]
    assert not made.duplicated("segment").any()
    assert f"took render {broken_off}" in second.log
    assert second.log.count("claimed 1 times before") == 1
    assert second.ask_to_end() == 0
    eventually(lambda: not [*inline.store.list(DETACHED)], "nothing of them is left")


def test_a_worker_that_is_told_to_end_gives_its_render_up_at_once(inline: bz.Workspace, work: Work) -> None:
    first = work("--engine", "inline")
    job = hand_over(numbered(5, 400.0), inline)
    first.freeze_in_the_middle(lambda: segments_in(inline))
    assert first.ask_to_end() == 0
    assert "gave up render" in first.log
    assert bz.attach(job.id, inline).status == "queued"
    eventually(lambda: "nobody works" in job.progress.waits_for, "it is said that nobody works")
    assert list(inline.history()["status"]) == ["started"]  # not lost, not cancelled
    second = work("--engine", "inline", "--once")
    render = job.result(WITHIN_S)
    assert render.segments_cached > 0
    assert second.process.wait(WITHIN_S) == 0
    assert numbers_in(render.path) == [(5 + n) % 256 for n in range(9600)]


def test_who_is_attached_can_cancel(inline: bz.Workspace, work: Work) -> None:
    worker = work("--engine", "inline")
    job = hand_over(numbered(5, 600.0), inline)
    worker.freeze_in_the_middle(lambda: segments_in(inline))
    assert bz.attach(job.id, inline).cancel()
    worker.thaw()
    assert job.wait(WITHIN_S)
    assert job.status == "cancelled"
    with pytest.raises(bz.RenderCancelledError):
        job.result()
    assert not job.cancel()
    assert list(inline.history()["status"]) == ["cancelled"]


def test_one_that_nobody_has_taken_is_cancelled_at_once(inline: bz.Workspace, somebody: None) -> None:
    job = hand_over(counting_film(0.5), inline)
    assert (job.status, job.progress.waits_for) == ("queued", "waiting for a worker")
    assert job.cancel()
    assert job.status == "cancelled"
    row = inline.history().iloc[0]
    assert (row["status"], row["error_class"]) == ("cancelled", "RenderCancelledError")
    assert [*inline.store.list(DETACHED)] == []


def test_pictures_sound_and_figures_go_along(inline: bz.Workspace, tmp_path: Path, work: Work) -> None:
    Presence(inline.store, "inline").renew()
    film = everything_film(tmp_path, figures=True)
    job = hand_over(film, inline, resolution=(120, 68), metadata={"artist": "me"}, quality="high")
    for name in ("logo.png", "voice.wav"):
        (tmp_path / name).rename(tmp_path / f"hidden-{name}")
    work("--engine", "inline", "--once")
    detached = job.result(WITHIN_S)
    for name in ("logo.png", "voice.wav"):
        (tmp_path / f"hidden-{name}").rename(tmp_path / name)
    other = bz.Workspace(tmp_path / "other", engine="inline")
    here = film.export(
        tmp_path / "here.mp4", resolution=(120, 68), metadata={"artist": "me"}, quality="high",
        workspace=other, progress=False,
    )  # fmt: skip
    assert detached.path.read_bytes() == here.path.read_bytes()


def test_a_film_of_which_something_is_gone_fails_and_says_so(
    inline: bz.Workspace, somebody: None, work: Work
) -> None:
    job = hand_over(counting_film(0.5), inline)
    key = next(key for key in inline.store.list(detached_prefix(job.id)) if key.endswith(".pack"))
    inline.store.remove(key)
    work("--engine", "inline", "--once")
    with pytest.raises(bz.RenderError, match=r"StoreError: .* is not whole"):
        job.result(WITHIN_S)
    assert list(inline.history()["status"]) == ["failed"]


def test_what_can_not_be_handed_over(inline: bz.Workspace, somebody: None, tmp_path: Path) -> None:
    @bz.scene(duration=1)
    def broken(frame: bz.Frame) -> Any:
        return bz.Text(1 / (frame.index - 3))  # type: ignore[arg-type]

    with pytest.raises(bz.SettingsError, match="goes into its project"):
        hand_over(counting_film(0.2), inline, tmp_path / "movie.mp4")  # type: ignore[arg-type]
    with pytest.raises(bz.SceneError, match="'broken' failed at frame 3"):
        hand_over(bz.Composition([broken()], width=64, height=36), inline)
    inline.set_project_members(owners=["tester"])
    stranger = bz.Workspace(inline.store.root, user="stranger", engine="inline")
    with pytest.raises(bz.AccessError):
        hand_over(counting_film(0.2), stranger)
    strict = bz.Workspace(
        inline.store.root, user="tester", engine="inline", limits=bz.Limits(renders_per_hour=1)
    )
    kept = hand_over(counting_film(0.2), strict)
    with pytest.raises(bz.LimitError, match="renders_per_hour"):
        hand_over(counting_film(0.2), strict)
    assert [*inline.history()["status"]] == ["queued"]
    assert detached_renders(inline.store) == [kept.id]


def test_renders_that_are_not_there_or_run_elsewhere(inline: bz.Workspace) -> None:
    for unknown in ("20261128-120000-abcdef", "review", 7):
        with pytest.raises(bz.UnknownRenderError, match="there is no render"):
            bz.attach(unknown, inline)  # type: ignore[arg-type]
    render = counting_film(0.5).export("movie.webm", workspace=inline, progress=False)
    attached = bz.attach(render.id, inline)
    assert attached.done
    assert attached.result().location == render.location
    assert attached.result().settings == msgspec.structs.replace(render.settings, sound_codec=None)
    assert (attached.name, attached.progress.stage) == ("movie.webm", "done")


def test_queued_renders_are_not_lost_when_their_notebook_is_gone(
    inline: bz.Workspace, somebody: None
) -> None:
    notebook = f"""
        import bazaar_nb as bz
        from tests.render.films import counting_film
        workspace = bz.Workspace({inline.store.root!r}, engine="inline")
        print(counting_film(0.2).submit("movie.mp4", detach=True, workspace=workspace).id)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(notebook)], stdout=subprocess.PIPE, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert list(inline.history()["status"]) == ["queued"]
    assert bz.attach(done.stdout.strip(), inline).status == "queued"
