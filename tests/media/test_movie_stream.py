"""A movie that leaves while it is made has the bytes of one that was joined in a file."""

from __future__ import annotations

import struct
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from bazaar_nb.errors import EncodeError
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.join import join_movie
from bazaar_nb.media.movie_stream import MovieStream, open_hollow, picture_range, with_index
from bazaar_nb.media.packet_spool import ComingSound, PacketSpool
from bazaar_nb.media.segment_packets import DamagedSegmentError, SegmentPart
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.sound_track import encode_track
from bazaar_nb.scene.sound import Sound
from tests.media.films import VIDEO_CODECS, encode_parts
from tests.media.sound_files import write_wav

METADATA = {"title": "Quarterly review", "artist": "Ada"}


def streamed(parts: list[SegmentPart], film: Settings, sound: Path | ComingSound | None) -> bytes:
    stream = MovieStream(film, sound, METADATA)
    rest = b""
    for part in parts:
        stream.add(part)
        rest += stream.take()
    front, end = stream.finish()
    return front + rest + end


def joined(parts: list[SegmentPart], film: Settings, sound: Path | None, folder: Path) -> bytes:
    target = folder / f"joined{film.suffix}"
    join_movie(parts, target, film, sound, metadata=METADATA)
    return target.read_bytes()


@pytest.mark.parametrize("sounds", [False, True])
@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_a_stream_has_the_bytes_of_a_file(tmp_path: Path, codec: str, sounds: bool) -> None:
    film = resolve_settings((128, 64), Fraction(30000, 1001), codec=codec)
    parts = encode_parts(tmp_path, film, [31, 2, 40, 1])
    track = None
    if sounds:
        assert film.sound_codec is not None
        track = tmp_path / "track"
        encode_track([], 74 / film.fps, track, film.sound_codec)
    assert streamed(parts, film, track) == joined(parts, film, track, tmp_path)


@pytest.mark.parametrize("heard", [0.0, 0.5, 1.9])
@pytest.mark.parametrize("codec", ["h264", "h265", "vp9"])
def test_sound_that_is_still_being_encoded(tmp_path: Path, codec: str, heard: float) -> None:
    film = resolve_settings((128, 64), Fraction(25), codec=codec)
    kind = film.sound_codec
    assert kind is not None
    parts = encode_parts(tmp_path, film, [31, 2, 40, 1])
    tone = np.sin(np.arange(96_000) / 17) * np.linspace(heard, 0, 96_000)
    sounds = [Sound(write_wav(tmp_path / "tone.wav", tone), start=0.3)] if heard else []
    spool, track = PacketSpool(), tmp_path / "track"
    spool.open(tmp_path)

    def encode() -> None:
        encode_track(sounds, 74 / film.fps, track, kind, on_block=lambda: time.sleep(0.1), spool=spool)
        spool.end()

    with ThreadPoolExecutor(1) as beside:
        encoding = beside.submit(encode)
        while not spool.has_begun:
            assert not encoding.done() or encoding.result() is None
            time.sleep(0.01)
        made = streamed(parts, film, ComingSound(spool, lambda: None))
        encoding.result()
    assert made == joined(parts, film, track, tmp_path)
    spool.close()


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_the_rest_of_a_silent_mp4_is_its_segments_pictures(tmp_path: Path, codec: str) -> None:
    film = resolve_settings((128, 64), Fraction(25), codec=codec)
    parts = encode_parts(tmp_path, film, [12, 50, 3])
    stream = MovieStream(film, metadata=METADATA, pictures=False)
    pictures = b""
    for part in parts:
        data = Path(part.path).read_bytes()
        begin, stop = picture_range(data[:64], len(data), part.path)
        hollow = open_hollow(data[:64], data[stop:], len(data))
        stream.add(SegmentPart("s3://films/segment.mp4", part.frames, hollow) if pictures else part)
        assert stream.take() == b""
        pictures += data[begin:stop]
    front, rest = stream.finish()
    assert rest == b""
    assert front + pictures == joined(parts, film, None, tmp_path)


def test_an_index_that_is_larger_than_libavs_buffer(tmp_path: Path) -> None:
    film = resolve_settings((64, 32), Fraction(25))
    (part,) = encode_parts(tmp_path, film, [200])
    data = Path(part.path).read_bytes()
    begin, stop = picture_range(data[:64], len(data), part.path)
    hollow = SegmentPart("hollow", part.frames, open_hollow(data[:64], data[stop:], len(data)))
    stream = MovieStream(film, metadata=METADATA, pictures=False)
    for each in [part] + 39 * [hollow]:
        stream.add(each)
    front, _ = stream.finish()
    assert len(front) > 2**16
    wanted = joined(40 * [part], film, None, tmp_path)
    assert front + 40 * data[begin:stop] == wanted == streamed(40 * [part], film, None)


def test_what_is_no_segment_has_no_pictures() -> None:
    with pytest.raises(DamagedSegmentError, match="no pictures where they should be"):
        picture_range(b"not a film" * 10, 100, "broken.mp4")
    with pytest.raises(DamagedSegmentError):  # cut off in the middle
        picture_range(struct.pack(">I4sI4s", 8, b"free", 900, b"mdat"), 700, "broken.mp4")


def test_a_movie_without_segments_is_none() -> None:
    stream = MovieStream(resolve_settings((64, 32), Fraction(30)), name="film.mp4")
    with pytest.raises(EncodeError, match=r"at least one segment, got none \(film.mp4\)"):
        stream.finish()
    stream.abandon()


def test_places_beyond_four_gigabytes_take_more_room() -> None:
    """The index of a movie near 4 GiB: moving it to the front takes some places over the border."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(body), kind) + body

    places = (48, 2**31, 2**32 - 60)
    table = box(b"stco", struct.pack(">II3I", 0, 3, *places))
    index = box(
        b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table)))) + box(b"udta", b"same")
    )
    moved = with_index(box(b"ftyp", b"isom"), index)[12:]
    grown = len(index) + 3 * 4
    assert len(moved) == grown == struct.unpack(">I", moved[:4])[0]
    at = moved.index(b"co64")
    assert struct.unpack(">II3Q", moved[at + 4 : at + 36]) == (0, 3, *(place + grown for place in places))
    assert moved.endswith(box(b"udta", b"same"))
