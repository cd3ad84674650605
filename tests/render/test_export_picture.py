"""The exported film looks and sounds like what was composed."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.draw import renderer
from bazaar_nb.draw.canvas import Bounds
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.scene.tree import FrameTree
from bazaar_nb.workspace import Workspace
from tests.render.everything import everything
from tests.render.films import counting_film

PATCHES = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "#808080": (128, 128, 128),
           "#e0ac69": (224, 172, 105), "white": (255, 255, 255), "black": (0, 0, 0)}  # fmt: skip
RATE = 48_000


def luma(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Give BT.709 luma, 16..235 (Rec. ITU-R BT.709-6, item 3)."""
    weighed: NDArray[np.float64] = rgb.astype(np.float64) @ (0.2126, 0.7152, 0.0722)
    return 16 + weighed * 219 / 255


def decoded(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def rgb_of(frame: av.VideoFrame) -> NDArray[np.float64]:
    """Convert a frame by what BT.709 says, without the library that encoded it."""
    planes = frame.to_ndarray(format="yuv444p").astype(np.float64)
    y, cb, cr = (planes[0] - 16) / 219, (planes[1] - 128) / 224, (planes[2] - 128) / 224
    red, blue = y + 1.5748 * cr, y + 1.8556 * cb
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    return np.clip(np.stack([red, green, blue], axis=-1) * 255, 0, 255)  # type: ignore[no-any-return]


@pytest.mark.parametrize("codec", ["h264", "h265", "vp8", "vp9"])
def test_frames_are_the_stills(inline: Workspace, tmp_path: Path, codec: str) -> None:
    film = everything(tmp_path)
    film = bz.Composition(film._items, width=320, height=180)
    render = film.export(codec=codec, quality="high", workspace=inline, progress=False)
    frames = decoded(render.path)
    assert len(frames) == film.frames
    for index in (0, 5, 8, 11, 13, 20, film.frames - 1):
        still = luma(np.asarray(film.still(index)))
        shown = frames[index].to_ndarray().astype(np.float64)  # planar: the luma is on top
        error = float(np.mean((still - shown[:180]) ** 2))
        assert 10 * np.log10(255**2 / error) >= 40, index


@pytest.mark.parametrize("codec", ["h264", "h265", "vp8", "vp9"])
def test_colours_are_right(inline: Workspace, codec: str) -> None:
    @bz.scene(duration=0.2)
    def patches(frame: bz.Frame) -> Any:
        return [
            bz.Rect(x=64 * number, y=0, anchor="top-left", width=64, fill=color)
            for number, color in enumerate(PATCHES)
        ]

    film = bz.Composition([patches()], width=64 * len(PATCHES), height=64)
    render = film.export(codec=codec, quality="high", workspace=inline, progress=False)
    for frame in decoded(render.path):
        assert frame.color_range == 1  # limited
        if codec != "vp8":  # its stream has no such tag, the container has it
            assert frame.colorspace == 1  # BT.709
        picture = rgb_of(frame)
        for number, color in enumerate(PATCHES.values()):
            middle = picture[16:48, 64 * number + 16 : 64 * number + 48].reshape(-1, 3).mean(axis=0)
            assert middle == pytest.approx(color, abs=3), color


def test_gif_colours_are_right(inline: Workspace) -> None:
    @bz.scene(duration=0.2)
    def patches(frame: bz.Frame) -> Any:
        return [
            bz.Rect(x=64 * number, y=0, anchor="top-left", width=64, fill=color)
            for number, color in enumerate(PATCHES)
        ]

    film = bz.Composition([patches()], width=64 * len(PATCHES), height=64)
    render = film.export("a.gif", workspace=inline, progress=False)
    picture = decoded(render.path)[0].to_ndarray(format="rgb24")
    for number, color in enumerate(PATCHES.values()):
        assert picture[32, 64 * number + 32] == pytest.approx(color, abs=3)


@bz.scene(duration=1)
def growing(frame: bz.Frame) -> list[bz.Element]:
    return [
        bz.Fill("#123"),
        bz.Rect(x=10, y=100, width=60 + 3 * frame.index, height=50, anchor="left", fill="gold"),
        bz.Text(f"{frame.index * 1.7:.1f}", size=30, x=200, y=40),
    ]


@pytest.mark.parametrize("codec", ["h264", "h265", "vp8", "vp9", "gif"])
def test_movies_are_the_same_whether_frames_are_drawn_as_a_whole_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str
) -> None:
    film = bz.Composition([growing], width=320, height=200, fps=20)
    changed: list[list[Bounds]] = []
    redraw = Renderer.redraw

    def told(self: Renderer, tree: FrameTree, kept: KeptFrame) -> list[Bounds]:
        changed.append(redraw(self, tree, kept))
        return changed[-1]

    monkeypatch.setattr(Renderer, "redraw", told)
    over = film.export(codec=codec, workspace=Workspace(tmp_path / "over", engine="inline"), progress=False)
    drawn_whole = changed.count([Bounds(0, 0, 320, 200)])
    changed.clear()
    monkeypatch.setattr(renderer, "find_damage", lambda before, now: None)
    whole = film.export(codec=codec, workspace=Workspace(tmp_path / "whole", engine="inline"), progress=False)
    assert over.path.read_bytes() == whole.path.read_bytes()
    assert drawn_whole < 3  # the first frame of a segment
    assert changed.count([Bounds(0, 0, 320, 200)]) == 20


@pytest.fixture
def clicks(tmp_path: Path) -> Path:
    """A click at 0.5 s and at 1.5 s, in two seconds of silence."""
    samples = np.zeros(2 * RATE, np.int16)
    samples[[RATE // 2, RATE * 3 // 2]] = 30_000
    path = tmp_path / "clicks.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path


def heard(path: Path) -> NDArray[np.float64]:
    """Decode the sound, placed by its timestamps: sample n is heard at n / 48000 s."""
    with av.open(str(path)) as container:
        found = np.zeros(12 * RATE)
        last = 0
        for frame in container.decode(audio=0):
            at = round((frame.pts or 0) * (frame.time_base or Fraction(0)) * RATE)
            block = np.atleast_2d(frame.to_ndarray()).mean(axis=0)
            begin = max(0, at)
            found[begin : at + block.size] = block[begin - at :]
            last = at + block.size
    return found[:last]


@pytest.mark.parametrize("format", ["mp4", "webm"])
@pytest.mark.parametrize(
    ("frame_range", "expected"), [(None, [1.0, 2.0]), ((20, 70), [1 / 3, 4 / 3]), ((29, 31), [1 / 30])]
)
def test_clicks_are_where_they_were_placed(
    inline: Workspace,
    clicks: Path,
    format: str,
    frame_range: tuple[int, int] | None,
    expected: list[float],
) -> None:
    held = bz.scene(duration=3)(lambda frame: bz.Fill("navy"))
    film = bz.Composition([held()], width=64, height=64, sound=[bz.Sound(clicks, start=0.5)])
    render = film.export(format=format, frame_range=frame_range, workspace=inline, progress=False)
    sound = np.abs(heard(render.path))
    assert abs(sound.size / RATE - float(render.duration)) < 0.05
    for time in expected:
        around = slice(max(0, round((time - 0.02) * RATE)), round((time + 0.02) * RATE))
        peak = around.start + int(np.argmax(sound[around]))
        assert abs(peak / RATE - time) < 0.001
    loud = np.flatnonzero(sound > 0.3 * sound.max()) / RATE
    assert all(min(abs(at - time) for time in expected) < 0.002 for at in loud)
    assert inline.history()["has_sound"].tolist() == [True]


@pytest.mark.parametrize("format", ["mp4", "webm"])
def test_silent_films_have_no_sound_stream(inline: Workspace, clicks: Path, format: str) -> None:
    held = bz.scene(duration=1)(lambda frame: bz.Fill("navy"))
    silent = bz.Composition([held()], width=64, height=64)
    loud = bz.Composition([held()], width=64, height=64, sound=[bz.Sound(clicks)])
    renders = [
        silent.export(format=format, workspace=inline, progress=False),
        loud.export(format=format, mute=True, workspace=inline, progress=False),
    ]
    for render in renders:
        with av.open(str(render.path)) as container:
            assert (len(container.streams.video), len(container.streams.audio)) == (1, 0)
    assert renders[0].path.read_bytes() == renders[1].path.read_bytes()
    assert inline.history()["has_sound"].tolist() == [False, False]


def test_a_sound_that_is_missing_is_told_before_anything_is_drawn(inline: Workspace) -> None:
    @bz.scene(duration=1)
    def never(frame: bz.Frame) -> None:
        raise AssertionError("a frame was made")

    film = bz.Composition([never()], width=64, height=64, sound=[bz.Sound("gone.wav")])
    with pytest.raises(bz.AssetError, match=r"gone\.wav"):
        film.export(workspace=inline, progress=False)
    (row,) = inline.history().itertuples()
    assert (row.status, row.error_class) == ("failed", "AssetError")
    assert not list(inline.root.glob("projects/**/*.mp4"))


@pytest.mark.parametrize("format", ["mp4", "webm"])
def test_a_damaged_sound_track_is_made_again(inline: Workspace, clicks: Path, format: str) -> None:
    held = bz.scene(duration=2)(lambda frame: bz.Fill("navy"))
    film = bz.Composition([held()], width=64, height=64, sound=[bz.Sound(clicks)])
    whole = film.export(format=format, workspace=inline, progress=False).path.read_bytes()
    (track,) = [path for path in (inline.root / "segments").rglob("*.*") if path.suffix in (".m4a", ".ogg")]
    track.write_bytes(track.read_bytes()[: track.stat().st_size // 3])
    assert film.export(format=format, workspace=inline, progress=False).path.read_bytes() == whole


def test_a_movie_says_its_title_and_what_its_author_adds(inline: Workspace) -> None:
    """And nothing that changes: the same film is the same file, another title the same segments."""
    film = counting_film(0.2)
    first = film.export("a.mp4", workspace=inline, progress=False)
    again = film.export("a.mp4", workspace=inline, progress=False)
    assert first.path.read_bytes() == again.path.read_bytes()
    for name in ("b.mp4", "b.webm", "b.gif"):
        render = film.export(
            name, metadata={"title": "Größe", "artist": "Ada"}, workspace=inline, progress=False
        )
        if name.endswith("gif"):
            assert "Größe\nartist: Ada".encode() in render.path.read_bytes()
            continue
        with av.open(str(render.path)) as movie:
            said = {field.lower(): text for field, text in movie.metadata.items()}
        assert (said["title"], said["artist"]) == ("Größe", "Ada")
        assert render.segments_cached == (render.segments if name == "b.mp4" else 0)
    with av.open(str(first.path)) as movie:
        assert movie.metadata["title"] == film.name
    with pytest.raises(bz.SettingsError, match="did you mean 'artist'"):
        film.submit("c.mp4", metadata={"author": "Ada"}, workspace=inline)
