"""Clips as elements: which picture is shown when, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.errors import ElementError
from bazaar_nb.scene.clip import Clip
from bazaar_nb.scene.clip_sounds import play_clips
from bazaar_nb.scene.elements import Fill, Group, Rect, Text
from bazaar_nb.scene.tree import FrameTree
from tests.draw.stage import RGB, Stage
from tests.media.clip_files import HEIGHT, WIDTH, make_clip
from tests.media.films import read_number


@pytest.fixture(scope="session")
def clip_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return make_clip(path, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "15")


def shown(stage: Stage, clip: Clip, time: float, width: int = WIDTH, height: int = HEIGHT) -> int | None:
    """Give the number that a clip shows at a time of its scene; None if nothing."""
    stage.width, stage.height = width, height
    clip = bz.Clip(**{name: getattr(clip, name) for name in clip.__struct_fields__})
    play_clips((clip,), time)
    picture = stage.draw(Fill("#00f"), clip)
    return None if picture[0, 0, 2] > 200 and picture[0, 0, 0] < 50 else read_number(picture[:, :, 1])


def test_what_is_shown_when(stage: Stage, clip_file: Path) -> None:
    cases: tuple[tuple[dict[str, Any], dict[float, int | None]], ...] = (
        ({}, {0: 0, 0.04: 1, 0.079: 1, 1.0: 25, 1.96: 49, 5: 49}),
        ({"trim": (0.4, 1.2)}, {0: 10, 0.4: 20, 0.76: 29, 0.8: 29, 9: 29}),
        ({"speed": 2}, {0: 0, 0.5: 25, 0.98: 49}),
        ({"speed": 0.5}, {0.04: 0, 0.08: 1, 2.0: 25}),
        ({"reverse": True}, {0: 49, 0.04: 48, 1.0: 24, 1.96: 0, 7: 0}),
        ({"trim": (0.4, 1.2), "reverse": True}, {0: 29, 0.04: 28, 0.76: 10, 3: 10}),
        ({"loop": True}, {1.96: 49, 2.0: 0, 3.0: 25, 60.04: 1}),
        ({"trim": (0.4, 0.8), "loop": True, "reverse": True}, {0: 19, 0.4: 19, 0.44: 18, 0.76: 10}),
        ({"freeze": 1.0}, {0: 25, 1.7: 25}),
        ({"start": 0.5}, {0: None, 0.48: None, 0.5: 0, 1.5: 25}),
        ({"time": 0.2}, {0: 5, 1: 5}),
    )  # fmt: skip
    for options, at in cases:
        for time, number in at.items():
            assert shown(stage, bz.Clip(str(clip_file), **options), time) == number, (options, time)


def test_rates_of_film_and_file_that_differ_never_skip_a_picture(stage: Stage, tmp_path: Path) -> None:
    # Matroska rounds to milliseconds: 33.37 ms is 33.
    path = make_clip(
        tmp_path / "ntsc.mkv", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-vf", "setpts=N*1001/30000/TB",
        "-r", "30000/1001", frames=60,
    )  # fmt: skip
    numbers = []
    for frame in range(60):
        clip = bz.Clip(str(path))
        play_clips((clip,), frame * 1001 / 30000)
        numbers.append(stage.tree(clip).elements[0].frame)  # type: ignore[union-attr]
    assert numbers == list(range(60))


def test_equal_pictures_have_equal_trees(stage: Stage, clip_file: Path) -> None:
    def tree(time: float, **options: Any) -> bytes:
        clip = bz.Clip(str(clip_file), **options)
        play_clips((clip,), time)
        return stage.tree(clip).to_msgpack()

    assert tree(0.05) == tree(0.07) == tree(0.05, volume=0.2) == tree(0.025, speed=2)
    assert tree(0.05) != tree(0.09)
    assert str(clip_file).encode() not in tree(0.05)


def test_size_fit_and_radius(stage: Stage, clip_file: Path) -> None:
    def at(**options: Any) -> RGB:
        clip = bz.Clip(str(clip_file), played=0.04 * 15, **options)  # four white bars, then four black ones
        return stage.draw(Fill("#00f"), clip)

    stage.width, stage.height = 256, 256
    half = at(width=64)
    assert (half[128, 100] > 200).all()
    assert (half[128, 150] < 50).all()
    assert tuple(half[128 - 19, 100]) == (0, 0, 255)
    assert (half[128 - 17, 100] > 200).all()
    assert tuple(at(width=100, height=100, fit="contain")[85, 100]) == (0, 0, 255)
    assert (at(width=100, height=100, fit="fill")[85, 100] > 200).all()
    assert tuple(at(width=100, height=100, fit="fill", radius=50)[82, 82]) == (0, 0, 255)


def test_a_frame_over_another_is_the_frame_alone(stage: Stage, clip_file: Path) -> None:
    stage.width, stage.height = 320, 180

    def tree(number: int) -> FrameTree:
        clip = bz.Clip(str(clip_file), played=number / 25, width=96.5, x=160.3, rotation=number % 3, radius=9)
        small = bz.Clip(str(clip_file), played=number / 50, width=64, x=40, y=30, opacity=0.5)
        return stage.tree(Fill("navy"), Group((clip, small), x="50%"), Text(str(number), size=30, y=150))

    trees = [tree(number) for number in range(12)]
    renderer = Renderer(320, 180, stage.find, clips=stage.clips)
    kept = KeptFrame(np.zeros((180, 320, 4), np.uint8))
    for one in [*trees, trees[3], trees[11], trees[0]]:
        renderer.redraw(one, kept)
        stage.forget()
        alone = stage.draw_tree(one)
        assert np.array_equal(kept.pixels[:, :, 2::-1], alone)


def test_a_sequence_of_pictures(stage: Stage, clip_file: Path, tmp_path: Path) -> None:
    make_clip(tmp_path / "shot-%d.png", "-vf", "format=rgba", "-start_number", "8", frames=15)
    stage.width, stage.height = WIDTH, HEIGHT
    for source in (f"{tmp_path}/shot-*.png", f"{tmp_path}/shot-%d.png"):
        assert shown(stage, bz.Clip(source, fps=10), 0.99) == 9  # 8, 9, 10: in the order of numbers
        assert shown(stage, bz.Clip(source, fps=10, loop=True), 1.6) == 1
    with pytest.raises(ElementError, match=r"as in Clip\(.*fps=25\)") as raised:
        stage.tree(bz.Clip(f"{tmp_path}/shot-*.png"))
    assert raised.value.field == "fps"
    with pytest.raises(ElementError, match="no pictures are there"):
        stage.tree(bz.Clip(f"{tmp_path}/nothing-*.png", fps=25))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"trim": (3, 4)}, "must be within the file, which lasts 2 s, got 3 s"),
        ({"trim": (0, 2.5)}, "must be within the file, which lasts 2 s, got 2.5 s"),
        ({"freeze": 4}, "must be within the file, which lasts 2 s, got 4 s"),
    ],
)
def test_what_is_not_in_the_file(stage: Stage, clip_file: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ElementError, match=said):
        stage.tree(bz.Clip(str(clip_file), **options))


def test_a_file_that_was_cut_off_says_how_much_is_there(stage: Stage, tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "cut.mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-g", "5",
        frames=100,
    )  # fmt: skip
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ElementError, match=r"it was cut off; `trim=\(0, "):
        stage.tree(bz.Clip(str(path)))
    assert shown(stage, bz.Clip(str(path), trim=(0.2, 0.4)), 0) == 5


def test_hdr_is_told_once(stage: Stage, tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "hdr.mp4", "-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params",
        "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc", frames=3,
    )  # fmt: skip
    with pytest.warns(UserWarning, match=r"is HDR \(PQ\)"):
        stage.tree(bz.Clip(str(path), played=0))
    stage.tree(bz.Clip(str(path), played=0.04))  # a second warning would be an error


def test_what_a_clip_hides_is_not_missed(stage: Stage, clip_file: Path) -> None:
    stage.width, stage.height = 200, 200
    for options in ({}, {"fit": "fill"}, {"fit": "contain"}, {"opacity": 0.5}, {"x": 90}, {"radius": 20}):
        below = Fill("#00f"), Rect(width=200, height=200, fill="lime")
        clip: Any = bz.Clip(str(clip_file), played=0.6, width="100%", height="100%", **options)
        over = Group((*below, clip))
        assert np.array_equal(stage.draw(*below, clip), stage.draw(over)), options
