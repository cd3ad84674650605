"""Files with something wrong: a right picture or a clear error, the same whichever was asked for before."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bazaar_nb.errors import AssetError
from bazaar_nb.media import clip_file
from bazaar_nb.media.clip_file import ClipFile, look_into_clip
from bazaar_nb.media.clip_index import index_of_packets, index_of_tables
from bazaar_nb.media.clip_opening import opened_clip
from bazaar_nb.media.clip_reader import ClipReader
from tests.media.clip_files import HEIGHT, WIDTH, make_clip
from tests.media.films import read_number

H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "3", "-g", "16")
_NEGATIVE = ("-output_ts_offset", "-0.5", "-avoid_negative_ts", "disabled")
_TWO_AT_ONCE = ("-bsf:v", "setts=ts=trunc(N/2)*2")


def negative_matroska(folder: Path) -> Path:
    return make_clip(folder / "negative.mkv", *H264, *_NEGATIVE)


def negative_mp4(folder: Path) -> Path:
    return make_clip(folder / "negative.mp4", *H264, *_NEGATIVE)


def negative_offsets(folder: Path) -> Path:
    return make_clip(folder / "offsets.mp4", *H264, "-movflags", "negative_cts_offsets")


def repeated_times(folder: Path) -> Path:
    return make_clip(folder / "repeated.mkv", "-c:v", "mjpeg", "-q:v", "2", *_TWO_AT_ONCE)


def another_size(folder: Path, *arguments: str) -> Path:
    """Two files in one, of which the second has another size and begins before the first ends."""
    one = make_clip(folder / "one.ts", *H264, *arguments)
    other = make_clip(
        folder / "other.ts", "-vf", "scale=160:120", *H264, *arguments, "-output_ts_offset", "2"
    )
    path = folder / "sizes.ts"
    path.write_bytes(one.read_bytes() + other.read_bytes())
    return path


def another_size_interlaced(folder: Path) -> Path:
    return another_size(folder, "-flags", "+ilme+ildct")


def twice(folder: Path) -> Path:
    path = make_clip(folder / "twice.ts", *H264)
    path.write_bytes(2 * path.read_bytes())
    return path


def cut_off_stream(folder: Path) -> Path:
    path = make_clip(folder / "cut.ts", *H264)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    return path


def damaged(folder: Path) -> Path:
    path = make_clip(folder / "damaged.mp4", *H264)
    data, chance = bytearray(path.read_bytes()), random.Random(3)
    for _ in range(12):
        data[chance.randrange(len(data) // 3, len(data) * 2 // 3)] ^= 0xFF
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("make", "frames", "first"),
    [
        (negative_matroska, range(30, 51), None),
        (negative_mp4, range(30, 51), None),
        (negative_offsets, range(50, 51), 0),
        (repeated_times, range(25, 26), 0),
        (another_size, range(95, 101), 0),
        (another_size_interlaced, range(95, 101), 0),
        (twice, range(50, 101), 0),
        (cut_off_stream, range(20, 40), 0),
        (damaged, range(40, 51), 0),
    ],
)
def test_any_order_gives_the_same_bytes(
    tmp_path: Path, make: Callable[[Path], Path], frames: range, first: int | None
) -> None:
    path = make(tmp_path)
    file, reader = look_into_clip(path), ClipReader()
    assert file.frames in frames
    assert file.size == (WIDTH, HEIGHT)

    def pixels(number: int) -> NDArray[np.uint8]:
        reader.begin_frame()
        return reader.pixels(path, str(path), number, file.size).copy()

    in_order = [pixels(number) for number in range(file.frames)]
    if first is not None:
        assert read_number(in_order[0][:, :, 1]) == first
    shown = [read_number(picture[:, :, 1]) for picture in in_order[:5]]
    assert shown == sorted(shown)
    for place, number in enumerate(random.Random(7).sample(range(file.frames), file.frames)):
        reader = ClipReader() if place % 3 == 0 else reader
        assert np.array_equal(pixels(number), in_order[number]), number


@pytest.mark.parametrize(
    "arguments",
    [
        H264,
        ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "0", "-g", "9"),
        (*H264, "-movflags", "negative_cts_offsets"),
        (*H264, "-x264-params", "open-gop=1"),
        ("-vf", "select='not(mod(n,7))+lt(n,20)'", "-vsync", "vfr", *H264),
        ("-c:v", "prores_ks", "-f", "mov"),
        (*H264, "-video_track_timescale", "30000", "-output_ts_offset", "1.5"),
    ],
)
def test_tables_say_what_packets_say(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    path = make_clip(tmp_path / "clip.mp4", *arguments)
    with opened_clip(path) as (container, stream):
        packets = index_of_packets(container, stream, path)
    with opened_clip(path) as (container, stream):
        tables = index_of_tables(container, stream, path)
    assert tables is not None
    for one, other in zip(tables[:3], packets[:3], strict=True):
        assert np.array_equal(one, other)
    assert tables[3:] == packets[3:]


def test_tables_are_not_believed_where_packets_differ(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "clip.mp4", *H264, "-movflags", "+faststart")
    data = whole.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: len(data) * 3 // 4])
    trimmed = tmp_path / "trimmed.mp4"
    subprocess.run(
        ["ffmpeg", "-y", "-v", "error", "-ss", "0.3", "-i", str(whole), "-c", "copy", str(trimmed)],
        check=True,
    )
    with opened_clip(cut) as (container, stream):
        assert index_of_tables(container, stream, cut) is None
    with opened_clip(trimmed) as (container, stream):
        assert index_of_tables(container, stream, trimmed) is None


def test_a_day_is_open_without_going_through_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    minutes = make_clip(tmp_path / "minutes.mp4", *H264, frames=100, fps=1)
    path = tmp_path / "day.mp4"
    loop = ["ffmpeg", "-y", "-v", "error", "-stream_loop", "863", "-i", str(minutes)]
    subprocess.run([*loop, "-c", "copy", str(path)], check=True)

    def never(*_: object) -> None:
        raise AssertionError("all packets were read")

    monkeypatch.setattr(clip_file, "index_of_packets", never)
    file, reader = look_into_clip(path), ClipReader()
    assert file.frames == 86_400
    assert file.duration_s == pytest.approx(86_400, rel=1e-3)
    for hours in (23.9, 0.1, 12):
        number = file.frame_at(hours * 3600)
        reader.begin_frame()
        shown = reader.pixels(path, str(path), number, file.size)
        assert read_number(shown[:, :, 1]) == number % 100


@pytest.mark.parametrize(("size", "said"), [("100000x1", "100000x1"), ("32766x1", None)])
def test_very_wide_video(tmp_path: Path, size: str, said: str | None) -> None:
    path = tmp_path / "wide.mkv"
    source = f"color=white:s={size}:r=5:d=1,format=gray"
    subprocess.run(
        ["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "ffv1", str(path)], check=True
    )
    if said is not None:
        with pytest.raises(AssetError, match=f"{said}: at most 100 megapixels and 32767 pixels a side"):
            look_into_clip(path)
        return
    file: ClipFile = look_into_clip(path)
    small = ClipReader().pixels(path, str(path), 3, (320, 1))
    assert file.frames == 5
    assert (small[:, :, :3] > 200).all()
