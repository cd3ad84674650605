from __future__ import annotations

from pathlib import Path

import pytest

import bazaar_nb as bz
from bazaar_nb.jobs import gif_size


@bz.scene(duration=3)
def turning(frame: bz.Frame) -> list[bz.Element]:
    sky = bz.LinearGradient(("#1e1b4b", "#7c3aed", "#f472b6"), angle=float(5 * frame.index))
    return [bz.Fill(sky), bz.Text(f"{frame.index}", size=120)]


@bz.scene(duration=3)
def still(_frame: bz.Frame) -> list[bz.Element]:
    return [bz.Fill("navy"), bz.Text("stands", size=80)]


def test_a_gif_says_its_size_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = bz.Workspace(tmp_path, engine="inline")
    sizes = []
    for scene in (turning(), still()):
        film = bz.Composition([scene], width=320, height=180, fps=20, name=scene.name)
        told = film.estimate("a.gif", workspace=workspace)
        assert told.size_words.startswith("about")
        render = film.export("a.gif", workspace=workspace, progress=False)
        assert told.size_bytes.low <= render.size_bytes <= told.size_bytes.high
        sizes.append(render.size_bytes)
    assert sizes[0] > 20 * sizes[1]
    other = bz.Composition([turning(duration=6)], width=320, height=180, fps=20, name="other")
    other.export("a.mp4", workspace=workspace, progress=False)  # which says little of its GIF
    assert other.estimate("a.gif", workspace=workspace).size_bytes.spread == pytest.approx(gif_size.SPREAD)
    monkeypatch.setattr(gif_size, "HUGE_BYTES", sizes[0] // 4)
    monkeypatch.setattr(gif_size, "_SMALL", 0)
    film = bz.Composition([turning()], width=320, height=180, fps=20)
    with pytest.warns(UserWarning, match=r"a\.gif will have about .*B: a smaller `resolution`"):
        film.submit("a.gif", workspace=workspace).result()
