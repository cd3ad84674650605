from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb.errors import EncodeError, StoreError
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.join import join_movie
from bazaar_nb.media.segment_packets import SegmentPart
from bazaar_nb.media.sound_track import encode_track
from tests.media.films import VIDEO_CODECS, encode_parts, lumas, probe, read_number, shown_at

RATES = [
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(60000, 1001),
    Fraction(24000, 1001),
    Fraction(50),
]
NAMES = {"h264": "h264", "h265": "hevc", "vp8": "vp8", "vp9": "vp9"}


@pytest.mark.parametrize("quality", ["low", "medium", "high", "rate"])
@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_every_cell_gives_the_film_that_was_asked_for(tmp_path: Path, codec: str, quality: str) -> None:
    level = {"bitrate": "low"} if quality == "rate" else {"quality": quality}
    for number, fps in enumerate(RATES):
        size = ((160, 90), (90, 160), (96, 96))[number % 3]
        film = resolve_settings(size, fps, codec=codec, **level)  # type: ignore[arg-type]
        target = tmp_path / f"film{film.suffix}"
        join_movie(encode_parts(tmp_path, film, [7, 1, 5]), target, film)
        seen = probe(target)
        assert (seen["codec_name"], seen["width"], seen["height"]) == (NAMES[codec], *size)
        assert int(seen["nb_read_frames"]) == 13
        assert Fraction(seen["avg_frame_rate"]) == Fraction(seen["r_frame_rate"]) == fps
        assert float(seen["start_time"]) == 0
        assert abs(float(seen["duration"]) - float(13 / fps)) < 0.0011
        assert {seen[key] for key in ("color_space", "color_primaries", "color_transfer")} == {"bt709"}
        assert (seen["color_range"], seen["pix_fmt"]) == ("tv", "yuv420p")
        if codec == "h265":
            assert seen["codec_tag_string"] == "hvc1"


@pytest.mark.parametrize(
    ("codec", "resolution"), [("h264", "1080p"), ("h265", "720p"), ("vp8", "720p"), ("vp9", "1080p")]
)
def test_whole_resolutions(tmp_path: Path, codec: str, resolution: str) -> None:
    film = resolve_settings((1080, 1920), Fraction(30), codec=codec, resolution=resolution)
    target = tmp_path / f"film{film.suffix}"
    join_movie(encode_parts(tmp_path, film, [2, 1]), target, film)
    shown = lumas(target)
    short = int(resolution[:-1])
    assert [picture.shape for picture in shown] == [(short * 16 // 9, short)] * 3
    assert [read_number(picture) for picture in shown] == [0, 1, 2]


@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_pixels_are_those_of_the_segments(tmp_path: Path, codec: str) -> None:
    film = resolve_settings((128, 64), Fraction(30000, 1001), codec=codec)
    parts = encode_parts(tmp_path, film, [31, 2, 40, 1])
    target = tmp_path / f"film{film.suffix}"
    done: list[int] = []
    join_movie(parts, target, film, on_segment=done.append)
    assert done == [0, 1, 2, 3]
    shown = lumas(target)
    np.testing.assert_array_equal(shown, [picture for part in parts for picture in lumas(part.path)])
    assert [read_number(picture) for picture in shown] == list(range(74))


@settings(max_examples=30, deadline=None)
@given(
    codec=st.sampled_from(["h264", "vp8"]),
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=6),
    fps=st.sampled_from(RATES),
    preset=st.booleans(),
)
def test_every_frame_is_there_once_and_evenly_spaced(
    codec: str, lengths: list[int], fps: Fraction, preset: bool
) -> None:
    slow = "slow" if codec == "h264" else "4"
    film = resolve_settings((64, 32), fps, codec=codec, preset=slow if preset else None)
    with TemporaryDirectory() as folder:
        target = Path(folder) / f"film{film.suffix}"
        join_movie(encode_parts(Path(folder), film, lengths), target, film)
        assert [read_number(picture) for picture in lumas(target)] == list(range(sum(lengths)))
        grid = Fraction(0) if film.format == "mp4" else Fraction(1, 1000)  # webm counts milliseconds
        assert all(abs(at - i / fps) <= grid for i, at in enumerate(shown_at(target)))
        with av.open(str(target)) as container:
            decoded = [packet.dts for packet in container.demux(video=0) if packet.size]
        times = [dts for dts in decoded if dts is not None]
        assert len(times) == sum(lengths)
        assert all(a < b for a, b in itertools.pairwise(times))


@pytest.mark.parametrize(("codec", "sound"), [("h264", "aac"), ("vp9", "opus")])
def test_sound_lies_next_to_its_frames(tmp_path: Path, codec: str, sound: str) -> None:
    film = resolve_settings((64, 32), Fraction(25), codec=codec)
    track = tmp_path / "track"
    encode_track([], Fraction(4), track, film.sound_codec or "aac")
    target = tmp_path / f"film{film.suffix}"
    join_movie(encode_parts(tmp_path, film, [50, 50]), target, film, sound=track)
    with av.open(str(target)) as container:
        assert container.streams.audio[0].codec_context.name.removeprefix("lib") == sound
        assert len(lumas(target)) == 100
        times: dict[str, float] = {}
        for packet in container.demux():
            if packet.size and packet.dts is not None:
                times[packet.stream.type] = float(packet.dts * packet.time_base)
                if len(times) == 2:
                    assert abs(times["video"] - times["audio"]) < 1.2  # a chunk of each at a time
        assert 3.9 < times["audio"] < 4.1


def test_an_mp4_has_its_index_in_front_and_nothing_that_varies(tmp_path: Path) -> None:
    film = resolve_settings((64, 32), Fraction(30))
    parts = encode_parts(tmp_path, film, [3])
    for name in ("a.mp4", "b.mp4"):
        join_movie(parts, tmp_path / name, film)
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert data == (tmp_path / "b.mp4").read_bytes()


def test_segments_of_other_settings_are_refused(tmp_path: Path) -> None:
    film = resolve_settings((64, 32), Fraction(30))
    other = resolve_settings((64, 48), Fraction(30))
    (tmp_path / "other").mkdir()
    parts = encode_parts(tmp_path, film, [3]) + encode_parts(tmp_path / "other", other, [3])
    with pytest.raises(EncodeError, match=r"segment 1 .* encoded with other settings"):
        join_movie(parts, tmp_path / "film.mp4", film)
    assert not (tmp_path / "film.mp4").exists()


def test_segments_that_lack_frames_are_refused(tmp_path: Path) -> None:
    film = resolve_settings((64, 32), Fraction(30))
    (part,) = encode_parts(tmp_path, film, [3])
    for frames in (2, 4):
        with pytest.raises(EncodeError, match=rf"segment 0 .* should show {frames} frames"):
            join_movie([SegmentPart(part.path, frames)], tmp_path / "film.mp4", film)
    with pytest.raises(EncodeError, match=r"segment 0 .* should show 3 frames at 60 fps"):
        join_movie([part], tmp_path / "film.mp4", resolve_settings((64, 32), Fraction(60)))
    assert not (tmp_path / "film.mp4").exists()


def test_what_is_no_segment_is_named(tmp_path: Path) -> None:
    film = resolve_settings((64, 32), Fraction(30))
    parts = encode_parts(tmp_path, film, [3])
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"not a film" * 100)
    for bad in (broken, tmp_path / "gone.mp4"):
        with pytest.raises(EncodeError, match=f"could not read the segment .*{bad.name}"):
            join_movie([*parts, SegmentPart(str(bad), 3)], tmp_path / "film.mp4", film)
    with pytest.raises(EncodeError, match="at least one segment"):
        join_movie([], tmp_path / "film.mp4", film)
    with pytest.raises(StoreError, match="could not write the movie"):
        join_movie(parts, tmp_path / "no" / "film.mp4", film)
    assert not (tmp_path / "film.mp4").exists()
