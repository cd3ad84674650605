"""Several files of one film in one call: drawn once, and each the same as alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.workspace import Workspace

NAMES = ["a.mp4", "a.webm", "a.mov"]


@bz.scene(duration=3)
def moving(frame: bz.Frame) -> list[bz.Element]:
    return [bz.Ellipse(x=20 + frame.index, y=32, width=20, height=20, fill="tomato")]


def film() -> bz.Composition:
    return bz.Composition([moving()], width=128, height=64, fps=20, background="transparent")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collect the frames that are drawn in this process."""
    frames: list[int] = []
    redraw = Renderer.redraw

    def counted(self: Renderer, *given: Any) -> Any:
        frames.append(self.frame)
        return redraw(self, *given)

    monkeypatch.setattr(Renderer, "redraw", counted)
    return frames


@pytest.mark.filterwarnings("ignore:Composition 'film' is transparent")
def test_files_of_one_size_are_drawn_once_and_are_as_alone(tmp_path: Path, drawn: list[int]) -> None:
    together = Workspace(tmp_path / "together", engine="inline")
    renders = film().export([*NAMES, "a.gif"], workspace=together, progress=False)
    assert [render.name for render in renders] == [*NAMES, "a.gif"]
    assert sorted(drawn) == [*range(60)]
    assert [render.frames_cached for render in renders] == [0, 60, 60, 60]
    assert list(together.history()["status"].astype(str)) == ["succeeded"] * 4
    for render in renders:
        alone = Workspace(tmp_path / f"alone {render.name}", engine="inline")
        other = film().export(render.name, workspace=alone, progress=False)
        assert render.path.read_bytes() == other.path.read_bytes()


@pytest.mark.filterwarnings("ignore:Composition 'film' is transparent")
def test_jobs_share_and_one_that_is_cancelled_takes_no_other_along(tmp_path: Path, drawn: list[int]) -> None:
    where = Workspace(tmp_path, engine="inline")
    where.queue.pause()
    jobs = film().submit(NAMES, workspace=where)
    jobs[0].cancel()
    where.queue.resume()
    renders = [job.result() for job in jobs[1:]]
    assert jobs[0].wait(60)
    assert (jobs[0].status, len(drawn)) == ("cancelled", 60)
    assert [render.frames_cached for render in renders] == [0, 60]


def test_all_is_checked_before_anything_is_rendered(tmp_path: Path) -> None:
    limits = bz.Limits(formats=("mp4",))
    where = Workspace(tmp_path, engine="inline", limits=limits)
    for names, message in (
        ([], "expected the names of one file or more"),
        (["a.mp4", "b.avi"], "'b.avi' ends in"),
        (["a.mp4", "a.mp4"], "got 'a.mp4' more than once"),
    ):
        with pytest.raises(bz.SettingsError, match=message):
            film().export(names, workspace=where, progress=False)
    with pytest.raises(bz.LimitError, match="formats"):
        film().submit(["a.mp4", "a.webm"], workspace=where)
    with pytest.raises(bz.SettingsError, match="not for detached"):
        film().submit(["a.mp4"], workspace=where, detach=True)  # type: ignore[call-overload]
    assert len(where.history()) == 0
