"""Clips within looks: found, seen, heard, brought beforehand and kept, as those that stand alone are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.render.film_sounds import film_sounds
from bazaar_nb.scene.clip_references import may_show_clips
from bazaar_nb.scene.clip_sounds import clips_in
from tests.media.clip_files import CLICK, HEIGHT, WIDTH, make_clip
from tests.media.films import lumas, read_number
from tests.render.test_clips import clicks, near
from tests.sources.conftest import own_sources as own_sources
from tests.sources.conftest import server as server
from tests.sources.servers import FileServer

SIZE: dict[str, Any] = {"width": WIDTH, "height": HEIGHT, "fps": 25}
Look = Callable[[Any, bz.Frame], Any]

make: Any = bz  # given lists, as people do
LOOKS: dict[str, Look] = {
    "filter": lambda clip, frame: bz.looks.grain(bz.looks.sepia(clip), frame, 0.02),
    "mask": lambda clip, frame: make.Mask(clip, by=make.Rect(width="100%", height="100%", radius=9)),
    "matte": lambda clip, frame: make.Mask(make.Fill("white"), by=clip, mode="luma"),
    "perspective": lambda clip, frame: make.Perspective([clip], rotate_y=3 * frame.progress),
    "average": lambda clip, frame: make.Average([clip, make.Group([clip], x="51%")]),
    "camera": lambda clip, frame: bz.looks.camera(clip, frame, [(0,), bz.looks.Shot(1, zoom=1.1)]),
    "nested": lambda clip, frame: bz.looks.turn(
        make.Mask(make.Row([make.Filter([clip], steps=())]), by=make.Fill("white")), rotate_x=2
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def clip_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    arguments = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "40", "-c:a", "aac")
    return str(make_clip(path, *arguments, frames=100, before=("-f", "lavfi", "-i", f"{CLICK}4")))


@bz.scene(duration=2)
def looked(frame: bz.Frame, file: str, name: str) -> Any:
    return LOOKS[name](bz.Clip(file, trim=(1, 4), width="100%"), frame)


def numbers(path: Path) -> list[int]:
    return [read_number(luma) for luma in lumas(path)]


@pytest.mark.parametrize("name", LOOKS)
def test_what_is_in_a_look_is_seen_and_heard(
    name: str, clip_file: str, inline: bz.Workspace, tmp_path: Path
) -> None:
    scene = looked(clip_file, name)
    film = bz.Composition([scene], **SIZE)
    assert may_show_clips(scene)
    assert len(film_sounds(film)) == 1
    film.export(tmp_path / "film.mp4", workspace=inline, progress=False)
    assert numbers(tmp_path / "film.mp4") == list(range(25, 75))
    assert near(clicks(tmp_path / "film.mp4"), [0, 1])
    again = bz.Composition.from_json(film.to_json(embed=True))
    for index in (0, 30):
        assert np.array_equal(np.asarray(again.still(index)), np.asarray(film.still(index)))


def test_a_look_may_bring_a_clip(clip_file: str, inline: bz.Workspace, tmp_path: Path) -> None:
    def inset(shown: Any) -> list[Any]:
        return [*shown, bz.Clip(clip_file, trim=(2, 4), width="100%")]

    film = bz.Composition([bz.looks.over(bz.Scene(lambda _: bz.Fill("navy"), duration=2), inset)], **SIZE)
    film.export(tmp_path / "film.mp4", workspace=inline, progress=False)
    assert numbers(tmp_path / "film.mp4") == list(range(50, 100))
    assert near(clicks(tmp_path / "film.mp4"), [0, 1])


def test_motion_blur_keeps_pictures_and_sound_of_clips(
    clip_file: str, inline: bz.Workspace, tmp_path: Path
) -> None:
    @bz.scene(duration=2)
    def passing(frame: bz.Frame) -> list[Any]:
        clock = bz.Clip(clip_file, time=frame.time, width=20, x=10)
        moving = bz.Rect(width=9, height=9, fill="red", x=100 * frame.progress, y=4)
        return [bz.Clip(clip_file, trim=(1, 4), width="100%", volume=0.5 + frame.time / 9), clock, moving]

    film = bz.Composition([bz.looks.motion_blur(passing(), 360, 5)], **SIZE)
    blurred = film.frame(20).elements[1:]
    assert [type(element).__name__ for element in blurred] == ["Clip", "Clip", "Average"]
    assert [clip.played for clip in clips_in(blurred)] == [0.8, 0.8]
    film.export(tmp_path / "film.mp4", workspace=inline, progress=False)
    shown = [luma[HEIGHT // 2 + 10 :] for luma in lumas(tmp_path / "film.mp4")]
    assert [read_number(luma) for luma in shown] == list(range(25, 75))
    assert near(clicks(tmp_path / "film.mp4"), [0, 1])


def test_a_clip_that_moves_is_blurred(clip_file: str) -> None:
    @bz.scene(duration=2)
    def moving(frame: bz.Frame) -> Any:
        return bz.Clip(clip_file, trim=(1, 4), width=64, x=640 * frame.progress - 200)

    film = bz.Composition([bz.looks.motion_blur(moving(), 180, 4)], **SIZE)
    clips = [*clips_in(film.frame(20).elements)]
    assert len({clip.x for clip in clips}) == len(clips) == 4
    assert {clip.played for clip in clips} == {0.8}
    (sound,) = film_sounds(film)
    assert (sound.start, sound.trim_start, sound.offset) == (0, 1, 0)


def test_clips_in_looks_are_brought_beforehand_and_kept(
    server: FileServer, clip_file: str, inline: bz.Workspace
) -> None:
    address = server.put("/clip.mp4", Path(clip_file).read_bytes())
    film = bz.Composition([looked(address, "nested")], **SIZE)
    assert film.preload(workspace=inline, progress=False).files == 1
    assert film.save("kept", workspace=inline, progress=False)
    wanted = np.asarray(film.still(30))
    server.stop()
    kept = bz.open_film("kept", workspace=inline)
    assert np.array_equal(np.asarray(kept.still(30)), wanted)
    assert len(kept.sound) == 1
