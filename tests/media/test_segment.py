from __future__ import annotations

import hashlib
import math
import os
import subprocess
import sys
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.errors import EncodeError, StoreError
from bazaar_nb.media.alpha import Areas
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.segment import encode_segment
from tests.media.films import FULL_DISK, VIDEO_CODECS, lumas, numbered, read_number

PATCHES = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128), (255, 255, 255), (0, 0, 0), (200, 120, 40)]


@pytest.mark.parametrize("codec", [*VIDEO_CODECS, "gif"])
def test_frames_come_back_in_their_order(tmp_path: Path, codec: str) -> None:
    settings = resolve_settings((128, 64), Fraction(30), codec=codec)
    path = tmp_path / f"segment{settings.segment_suffix}"
    seen: list[int] = []
    figures = encode_segment(path, settings, 23, numbered(), seen.append)
    assert seen == list(range(23))
    assert [read_number(luma) for luma in lumas(path)] == list(range(23))
    assert (figures.drawn, figures.held, figures.size_bytes) == (23, 0, path.stat().st_size)
    with av.open(str(path)) as container:
        keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
    assert keys[0]


@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_colours_come_back_and_are_tagged(tmp_path: Path, codec: str) -> None:
    settings = resolve_settings((224, 32), Fraction(25), codec=codec, quality="high")
    path = tmp_path / f"segment{settings.segment_suffix}"

    def draw(i: int, view: NDArray[np.uint8]) -> bool:
        for k, (r, g, b) in enumerate(PATCHES):
            view[:, 32 * k : 32 * k + 32] = (b, g, r, 255)
        return True

    encode_segment(path, settings, 2, draw)
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        tags = (context.colorspace, context.color_range, context.color_primaries, context.color_trc)
        assert tags == (Colorspace.ITU709, ColorRange.MPEG, ColorPrimaries.BT709, ColorTrc.BT709)
        for frame in container.decode(video=0):
            rgb = frame.reformat(
                format="rgb24", src_colorspace=Colorspace.ITU709, src_color_range=ColorRange.MPEG,
                dst_color_range=ColorRange.JPEG,
            ).to_ndarray()  # fmt: skip
            for k, patch in enumerate(PATCHES):
                inside = rgb[8:24, 32 * k + 8 : 32 * k + 24].reshape(-1, 3).astype(int)
                assert np.abs(np.median(inside, axis=0) - patch).max() <= 3, (codec, patch)


@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_quality_high_keeps_the_luma(tmp_path: Path, codec: str) -> None:
    settings = resolve_settings((320, 180), Fraction(30), codec=codec, quality="high")
    path = tmp_path / f"segment{settings.segment_suffix}"
    wanted: list[NDArray[np.float64]] = []
    y, x = np.mgrid[:180, :320]

    def draw(i: int, view: NDArray[np.uint8]) -> bool:
        view[..., 0] = (x + 2 * i) % 256
        view[..., 1] = 127 + 120 * np.sin((x * x + y * y) / 9000 + i / 5)
        view[..., 2] = np.where((x - 160 - 3 * i) ** 2 + (y - 90) ** 2 < 2500, 230, y)
        b, g, r = (view[..., k].astype(float) for k in range(3))
        wanted.append(16 + 219 * (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255)
        return True

    encode_segment(path, settings, 12, draw)
    shown = lumas(path)
    assert len(shown) == 12
    for i in range(12):
        assert 20 * math.log10(255 / math.sqrt(np.mean((shown[i] - wanted[i]) ** 2))) >= 40, i


@pytest.mark.parametrize("codec", [*VIDEO_CODECS, "gif"])
def test_held_frames_repeat_and_cost_little(tmp_path: Path, codec: str) -> None:
    settings = resolve_settings((320, 180), Fraction(20), codec=codec)
    noise = np.random.default_rng(1).integers(0, 255, (180, 320, 4), np.uint8)

    def draw(i: int, view: NDArray[np.uint8]) -> bool:
        if i == 0:
            view[:] = noise
        return i == 0

    one, many = (tmp_path / f"{name}{settings.segment_suffix}" for name in ("one", "many"))
    encode_segment(one, settings, 1, draw)
    figures = encode_segment(many, settings, 60, draw)
    assert (figures.drawn, figures.held) == (1, 59)
    assert len(lumas(many)) == 60
    assert many.stat().st_size < 2 * one.stat().st_size


@pytest.mark.parametrize("codec", [*VIDEO_CODECS, "gif"])
def test_areas_that_changed_are_enough(tmp_path: Path, codec: str) -> None:
    """What an encoder looks ahead at must not change with the picture, which is converted in place."""
    settings = resolve_settings((160, 240), Fraction(30), codec=codec)
    chance = np.random.default_rng(3)
    ranges = [[(0, 240)], *(sorted((top, top + 5) for top in chance.choice(235, 2)) for _ in range(29))]
    new = [[chance.integers(0, 255, (b - a, 160, 4), np.uint8) for a, b in rows] for rows in ranges]

    def draw(i: int, view: NDArray[np.uint8]) -> Areas:
        for (first, stop), pixels in zip(ranges[i], new[i], strict=True):
            view[first:stop] = pixels
        return [(0, int(a), 160, int(b)) for a, b in ranges[i]]

    def draw_all(i: int, view: NDArray[np.uint8]) -> bool:
        return bool(draw(i, view))

    rows, whole = (tmp_path / f"{name}{settings.segment_suffix}" for name in ("rows", "whole"))
    figures = encode_segment(rows, settings, 30, draw)
    encode_segment(whole, settings, 30, draw_all)
    assert (figures.drawn, figures.held) == (30, 0)
    assert rows.read_bytes() == whole.read_bytes()


def test_a_gif_segment_is_lossless(tmp_path: Path) -> None:
    settings = resolve_settings((33, 17), Fraction(10), format="gif")
    pictures = np.random.default_rng(2).integers(0, 255, (5, 17, 33, 4), np.uint8)

    def draw(i: int, view: NDArray[np.uint8]) -> bool:
        view[:] = pictures[i]
        return True

    encode_segment(tmp_path / "s.mkv", settings, 5, draw)
    with av.open(str(tmp_path / "s.mkv")) as container:
        shown = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    np.testing.assert_array_equal(shown, pictures[..., :3])


def test_odd_strides_are_seen_as_pixels(tmp_path: Path) -> None:
    settings = resolve_settings((130, 66), Fraction(30))

    def draw(i: int, view: NDArray[np.uint8]) -> bool | Areas:
        assert view.shape == (66, 130, 4)
        return numbered()(i, view)

    encode_segment(tmp_path / "s.mp4", settings, 3, draw)
    assert [luma.shape for luma in lumas(tmp_path / "s.mp4")] == [(66, 130)] * 3


def test_what_draw_raises_passes_and_no_file_stays(tmp_path: Path) -> None:
    class BoomError(OSError):
        pass

    def draw(i: int, view: NDArray[np.uint8]) -> bool:
        if i == 4:
            raise BoomError("no")
        return True

    with pytest.raises(BoomError):
        encode_segment(tmp_path / "s.mp4", resolve_settings((64, 64), Fraction(30)), 9, draw)
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_show_is_refused(tmp_path: Path) -> None:
    settings = resolve_settings((64, 64), Fraction(30))
    with pytest.raises(EncodeError, match="at least 1 frame, got 0"):
        encode_segment(tmp_path / "s.mp4", settings, 0, numbered())
    with pytest.raises(EncodeError, match="frame 0 of a segment can't be held"):
        encode_segment(tmp_path / "s.mp4", settings, 2, lambda i, view: False)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not write the segment") as caught:
        encode_segment(tmp_path / "no" / "s.mp4", resolve_settings((64, 64), Fraction(30)), 2, numbered())
    assert str(caught.value.filename) == str(tmp_path / "no" / "s.mp4")


@pytest.mark.parametrize("what", ["segment", "movie", "gif"])
def test_a_full_disk_is_a_store_error_and_no_file_stays(tmp_path: Path, what: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, what, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "StoreError", done.stderr


DIGESTS = """
import sys
from fractions import Fraction
from pathlib import Path
from tests.media.test_segment import digests
print("\\n".join(digests(Path(sys.argv[1]))))
"""


def digests(folder: Path) -> list[str]:
    found = []
    for codec in (*VIDEO_CODECS, "gif"):
        settings = resolve_settings((160, 96), Fraction(30000, 1001), codec=codec)
        path = folder / f"{codec}{settings.segment_suffix}"
        encode_segment(path, settings, 12, numbered())
        found.append(f"{codec} {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return found


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DIGESTS, str(tmp_path)], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.split("\n")[:-1] == digests(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only there threads can be asked")
def test_no_encoder_makes_this_process_more_urgent_than_others(tmp_path: Path) -> None:
    film = bz.Composition([bz.Scene(lambda _: bz.Fill("navy"), duration=0.2)], width=64, height=64)
    urgent = set()
    for name, codec in (("a.mp4", "av1"), ("b.mp4", "h265"), ("c.webm", "vp9")):
        where = bz.Workspace(tmp_path / "root", engine="inline")
        film.export(str(tmp_path / name), codec=codec, progress=False, workspace=where)
        for task in Path("/proc/self/task").iterdir():
            with suppress(ProcessLookupError):  # it has ended
                if os.sched_getscheduler(int(task.name)) != os.SCHED_OTHER:
                    urgent.add(codec)
    assert urgent == set()
