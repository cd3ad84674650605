"""Frames that show nothing but a clip: what its file has is encoded as it is, and looks as if drawn."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.media.clip_pixels import ClipPixels
from bazaar_nb.media.clip_reader import ClipReader
from bazaar_nb.media.yuv_conversion import YuvConverter
from bazaar_nb.preview.drawing import FrameDrawer
from bazaar_nb.preview.film_parts import FilmParts, PartCache
from bazaar_nb.render.still import name_file, named_file
from bazaar_nb.scene.tree import FrameTree
from tests.media.films import lumas, read_number

SIZE, FPS = (320, 180), 25


def make(path: Path, *arguments: str, seconds: int = 4, size: tuple[int, int] = SIZE) -> str:
    """Have the ffmpeg program encode colours that move, below the number of each picture as bars."""
    width, height = size
    bars = "+".join(
        f"between(X,{at * width // 8},{(at + 1) * width // 8 - 1})*mod(floor(N/{2**at}),2)" for at in range(8)
    )
    luma = f"if(lt(Y,{height // 2}),lum(X,Y),16+({bars})*219)"
    cb, cr = (f"if(lt(Y,{height // 4}),{plane}(X,Y),128)" for plane in ("cb", "cr"))
    graph = f"testsrc2=s={width}x{height}:r={FPS}:d={seconds},format=rgb24,"
    graph += "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,"
    graph += f"geq=lum='{luma}':cb='{cb}':cr='{cr}'"
    tags = ("-colorspace", "bt709", "-color_range", "tv")
    command = ["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", graph, "-c:v", "libx264", "-bf", "2"]
    subprocess.run([*command, "-g", "30", "-crf", "12", *tags, *arguments, str(path)], check=True)
    return str(path)


@pytest.fixture(scope="module")
def clip_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return make(tmp_path_factory.mktemp("clip") / "clip.mp4")


@bz.scene(duration=4)
def titled(frame: bz.Frame, file: str) -> Any:
    """Give a clip that stands still for a while, and over which there is a text for a while."""
    still: dict[str, Any] = {"freeze": 2.0} if 60 <= frame.index < 70 else {}
    clip = bz.Clip(file, width="100%", height="100%", **still)
    text = bz.Text("over it", size=30, y=20 + frame.index)
    return [clip, text] if 20 <= frame.index < 45 else [clip]


def film(file: str) -> bz.Composition:
    return bz.Composition([titled(file)], width=SIZE[0], height=SIZE[1], fps=FPS)


def numbers(path: Path) -> list[int]:
    return [read_number(luma[SIZE[1] * 3 // 4 :]) for luma in lumas(path)]


def plane(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Give the bytes of a frame's first plane, to read and to write."""
    return bytes_of(frame.planes[0])


def bytes_of(part: Any) -> NDArray[np.uint8]:
    return np.frombuffer(part, np.uint8)


def handed_on(file: str, index: int, size: tuple[int, int] = SIZE) -> tuple[Any, av.VideoFrame]:
    """Give a frame as it is handed on, None if it isn't; and the drawn one."""
    shown = bz.Composition([bz.Clip(file)], width=size[0], height=size[1], fps=FPS)
    tree: FrameTree = Pinner(name_file, look_into_clip=look_into_clip).pin(shown.frame(index))
    renderer = Renderer(*size, named_file, clips=ClipReader())
    drawn = av.VideoFrame(*size, "bgr0")
    renderer.draw(tree, plane(drawn).reshape(size[1], -1, 4)[:, : size[0]])
    return renderer.decoded_picture(tree), drawn


def test_it_is_what_is_drawn(clip_file: str) -> None:
    with av.open(clip_file) as container:
        pictures = list(container.decode(video=0))
    for index in (0, 50, 7, 99):
        frame, drawn = handed_on(clip_file, index)
        assert frame is not None
        for number, (one, other) in enumerate(zip(frame.planes, pictures[index].planes, strict=True)):
            width = SIZE[0] if number == 0 else SIZE[0] // 2
            rows, others = (bytes_of(each).reshape(-1, each.line_size) for each in (one, other))
            assert (rows[:, :width] == others[:, :width]).all()
        still = plane(drawn).reshape(SIZE[1], -1, 4)[:, : SIZE[0]]
        seen, again = (
            ClipPixels().convert([shown], "", SIZE) for shown in (frame, YuvConverter(drawn).convert())
        )
        assert (seen == still).all()
        assert np.abs(again[..., :3].astype(int) - still[..., :3]).mean() < 1.5


@pytest.mark.parametrize(
    ("name", "arguments", "size"),
    [
        ("full.mp4", ("-vf", "scale=out_range=pc,format=yuvj420p", "-color_range", "pc"), SIZE),
        ("bt601.mp4", ("-colorspace", "smpte170m"), SIZE),
        ("deep.mp4", ("-pix_fmt", "yuv420p10le"), SIZE),
        ("colors.mp4", ("-pix_fmt", "yuv444p"), SIZE),
        ("wide.mp4", ("-vf", "setsar=2/1"), SIZE),
        ("interlaced.mp4", ("-flags", "+ilme+ildct", "-x264-params", "tff=1"), SIZE),
        ("small.mp4", (), (160, 90)),
        ("tagged.mp4", (), SIZE),
    ],
)
def test_only_what_encoders_take_as_it_is_is_handed_on(
    tmp_path: Path, name: str, arguments: tuple[str, ...], size: tuple[int, int]
) -> None:
    frame, _ = handed_on(make(tmp_path / name, *arguments, seconds=1, size=size), 5)
    assert (frame is not None) == (name == "tagged.mp4")


def test_drawn_and_decoded_frames_take_turns(
    clip_file: str, inline: bz.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film.mp4"
    render = film(clip_file).export(path, workspace=inline, progress=False, crf=8)
    meant = [50 if 60 <= index < 70 else index for index in range(100)]
    assert numbers(path) == meant
    assert render.frames_drawn == 91
    assert set(render.slowest_frames["element"]) <= {"", "Clip[0]", "Text[1]"}
    where = bz.Workspace(tmp_path / "other", engine="inline")
    monkeypatch.setattr(Renderer, "decoded_picture", lambda _renderer, _tree: None)
    film(clip_file).export(tmp_path / "drawn.mp4", workspace=where, progress=False, crf=8)
    pairs = list(zip(lumas(path), lumas(tmp_path / "drawn.mp4"), strict=True))
    for index, (one, other) in enumerate(pairs):
        off = np.abs(one[: SIZE[1]].astype(int) - other[: SIZE[1]])
        assert off.mean() < 1, index


def test_what_is_made_beside_changes_nothing(clip_file: str, inline: bz.Workspace, tmp_path: Path) -> None:
    alone = film(clip_file).export(tmp_path / "alone.mp4", workspace=inline, progress=False)
    other = bz.Workspace(tmp_path / "other", engine="inline")
    names = [
        tmp_path / "beside.mp4",
        tmp_path / "beside.webm",
        tmp_path / "beside.apng",
        tmp_path / "beside.gif",
    ]
    film(clip_file).export(names, workspace=other, progress=False)
    assert names[0].read_bytes() == Path(alone.path).read_bytes()
    assert numbers(names[1]) == numbers(names[0])


def test_the_player_shows_the_same(clip_file: str, tmp_path: Path) -> None:
    shown = []
    for part in range((parts := FilmParts(film(clip_file).frozen(), 1.0)).parts):
        data = parts.make(part, "h264", FrameDrawer(), PartCache(), tmp_path, lambda: None)
        (tmp_path / "part.mp4").write_bytes(data)
        shown += numbers(tmp_path / "part.mp4")
    assert shown == [50 if 60 <= index < 70 else index for index in range(100)]
