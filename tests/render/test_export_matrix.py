"""Every combination of settings is a film that is right, or an error before anything is rendered."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.media.codecs import FORMATS
from bazaar_nb.workspace import Workspace
from tests.media.films import probe, read_number
from tests.render.films import counting_film, numbers_in

MOVIES = ("mp4", "webm", "mov", "gif")
VIDEO_CODECS = ("h264", "h265", "av1", "vp8", "vp9", "prores")
QUALITIES = ("low", "medium", "high")
RATES = (24, 25, 30, 50, 60, 23.976, 29.97, 59.94)
EXACT = {23.976: Fraction(24000, 1001), 29.97: Fraction(30000, 1001), 59.94: Fraction(60000, 1001)}
SHAPES = ((96, 64), (64, 96), (64, 64))
PROBED = {codec: codec for codec in (*VIDEO_CODECS, "gif")} | {"h265": "hevc"}


def check(path: Path, codec: str, size: tuple[int, int], fps: Fraction, numbers: list[int]) -> None:
    """Check a film by decoding it with PyAV and by what ffprobe says."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == size
        shown = [
            (
                (frame.pts or 0) * (frame.time_base or 0),
                read_number(np.asarray(frame.to_ndarray(format="gray"), np.uint8)),
            )
            for frame in container.decode(stream)
        ]
    assert [number for _, number in shown] == numbers
    tick = Fraction(1, 100 if codec == "gif" else 1000)
    for index, (time, _) in enumerate(shown):
        assert abs(time - index / fps) <= tick
    seen = probe(path)
    assert seen["codec_name"] == PROBED[codec]
    assert (seen["width"], seen["height"]) == size
    assert int(seen["nb_read_frames"]) == len(numbers)
    assert abs(Fraction(seen["duration"]) - len(numbers) / fps) <= tick + Fraction(1, 1000)
    if codec != "gif":
        if path.suffix in (".mp4", ".mov"):
            assert Fraction(seen["avg_frame_rate"]) == fps
        elif len(numbers) > 4:  # a webm has times in milliseconds, from which the rate is guessed
            assert float(Fraction(seen["avg_frame_rate"])) == pytest.approx(float(fps), rel=0.01)
        pix_fmt = "yuv422p10le" if codec == "prores" else "yuv420p"
        assert (seen["pix_fmt"], seen["color_range"]) == (pix_fmt, "tv")
        assert {seen[key] for key in ("color_space", "color_primaries", "color_transfer")} == {"bt709"}
    if codec == "h265":
        assert seen["codec_tag_string"] == "hvc1"


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("format", MOVIES)
def test_every_cell(inline: Workspace, format: str, fps: float) -> None:
    """Every codec and quality at this rate and format; shapes take turns."""
    exact = EXACT.get(fps, Fraction(fps))
    refused = 0
    codecs = [*VIDEO_CODECS, *([None] if format == "gif" else [])]
    for number, (codec, quality) in enumerate(itertools.product(codecs, QUALITIES)):
        width, height = SHAPES[number % 3]
        film = counting_film(0.1, 0.15, width=width, height=height)
        name = f"{codec}-{quality}.{format}"
        wanted: dict[str, Any] = {"codec": codec, "quality": quality, "fps": fps}
        right = codec is not None and codec in FORMATS[format].codecs
        if format == "gif":
            right = codec is None and exact <= 50
        if not right:
            with pytest.raises(bz.SettingsError):
                film.export(name, **wanted, workspace=inline, progress=False)
            refused += 1
            continue
        render = film.export(name, **wanted, workspace=inline, progress=False)
        # Each scene has its own length in frames, and counts its own frames: from 0 and from 3.
        lengths = [math.floor(Fraction(seconds) * exact + Fraction(1, 2)) for seconds in ("0.1", "0.15")]
        numbers = [*range(lengths[0]), *range(3, 3 + lengths[1])]
        assert render.frames == len(numbers)
        check(render.path, codec or "gif", (width, height), exact, numbers)
    assert len(inline.history()) == len(codecs) * 3 - refused
    assert set(inline.history()["status"]) <= {"succeeded"}


@pytest.mark.parametrize(
    ("codec", "resolution", "shape", "size"),
    [
        ("h264", "720p", (64, 36), (1280, 720)),
        ("h264", "1080p", (36, 64), (1080, 1920)),
        ("h264", "4k", (64, 36), (3840, 2160)),
        ("h265", "720p", (48, 48), (720, 720)),
        ("vp9", "1080p", (64, 36), (1920, 1080)),
        ("vp8", (320, 180), (64, 36), (320, 180)),
        ("h265", (90, 160), (36, 64), (90, 160)),
        ("vp9", "720p", (36, 64), (720, 1280)),
    ],
)
def test_resolutions(
    inline: Workspace, codec: str, resolution: Any, shape: tuple[int, int], size: tuple[int, int]
) -> None:
    film = counting_film(0.1, width=shape[0], height=shape[1])
    render = film.export(codec=codec, resolution=resolution, workspace=inline, progress=False)
    check(render.path, codec, size, Fraction(30), [0, 1, 2])
    assert (render.settings.width, render.settings.height) == size


@pytest.mark.parametrize(
    "wanted",
    [
        {"format": "avi"},
        {"codec": "vvc"},
        {"quality": "best"},
        {"quality": "high", "crf": 20},
        {"bitrate": "low", "crf": 20},
        {"crf": 99},
        {"crf": float("nan")},
        {"preset": "warp"},
        {"preset": "fast", "codec": "vp9"},
        {"resolution": "8k"},
        {"resolution": (100, 100)},
        {"resolution": (65, 37)},
        {"resolution": (0, 0)},
        {"codec": "h265", "resolution": (48, 27)},
        {"codec": "h265", "resolution": (48, 28)},
        {"fps": 0},
        {"fps": 1000},
        {"fps": float("inf")},
        {"fps": 60, "format": "gif"},
        {"loop": 2},
        {"mute": "yes"},
        {"frame_range": (5, 5)},
        {"frame_range": (-1, 5)},
        {"frame_range": (0, 10**9)},
        {"frame_range": (0.5, 3)},
        {"frame_range": 3},
        {"frame_range": (1, 2, 3)},
        {"format": "webm", "path_or_name": "film.mp4"},
        {"path_or_name": "film.avi"},
        {"path_or_name": "out/film.v2"},
    ],
    ids=str,
)
def test_refused_settings_leave_no_trace(inline: Workspace, wanted: dict[str, Any]) -> None:
    with pytest.raises(
        (bz.SettingsError, bz.InvalidValueError), match=r"got|ends in|does not|between|folder|even sides"
    ):
        counting_film(1).export(**wanted, workspace=inline, progress=False)
    assert not inline.root.exists()
    assert len(inline.history()) == 0


@pytest.mark.parametrize(
    ("frame_range", "fps", "numbers"),
    [
        ((0, 120), None, list(range(120))),
        ((7, 8), None, [7]),
        ((29, 31), None, [29, 30]),
        ((20, 100), None, list(range(20, 100))),
        ((119, 120), None, [119]),
        ((30, 60), 15, list(range(30, 45))),
        ((30, 60), 60, list(range(30, 90))),
    ],
)
def test_frame_n_is_frame_n(
    inline: Workspace, frame_range: tuple[int, int], fps: int | None, numbers: list[int]
) -> None:
    """Scenes of 1, 2.5 and 0.5 s: segments end at 30, 67 (within a scene) and 105."""
    film = counting_film(1, 2.5, 0.5)
    render = film.export(frame_range=frame_range, fps=fps, workspace=inline, progress=False)
    assert numbers_in(render.path) == numbers
    assert render.frames == len(numbers)


def test_a_range_uses_the_segments_of_the_whole_where_they_are_the_same(inline: Workspace) -> None:
    film = counting_film(1, 1, 1)
    film.export(workspace=inline, progress=False)
    part = film.export(frame_range=(30, 90), workspace=inline, progress=False)
    assert (part.segments, part.segments_cached) == (2, 2)
    assert numbers_in(part.path) == list(range(30, 90))
