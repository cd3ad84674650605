from __future__ import annotations

import heapq
import json
import resource
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from av.packet import Packet
from av.video.stream import VideoStream

from bazaar_nb.errors import AssetError, EncodeError, InvalidValueError, SettingsError
from bazaar_nb.media.codecs import SoundCodec
from bazaar_nb.media.sound_file import read_sound
from bazaar_nb.media.sound_track import TRACK_SUFFIX, add_sound_stream, encode_track, sound_key
from bazaar_nb.scene.sound import Sound
from tests.media.sound_files import Signal, click, decode_with_ffmpeg, loudest, write_wav

NTSC = Fraction(30000, 1001)
CODECS: list[SoundCodec] = ["aac", "opus"]
MOVIES: dict[SoundCodec, tuple[str, str, str]] = {
    "aac": ("mp4", "libx264", "h264"),
    "opus": ("webm", "libvpx-vp9", "vp9"),
}
MILLISECOND = 48
"""Samples."""


@pytest.fixture(scope="module")
def click_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("click") / "click.wav", click(100, 0))


def decode(path: Path) -> Signal:
    """Decode as PyAV does, with no knowledge of ours."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "stereo", 48_000)
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
        return np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in frames])


def flash_packets(stream: VideoStream, frames: int, flash: int) -> Iterator[Packet[Any]]:
    """Encode black frames with a white one."""
    for index in range(frames):
        picture = np.full((48, 64, 3), 255 if index == flash else 0, np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = index, 1 / NTSC
        yield from stream.encode(frame)
    yield from stream.encode(None)


def seconds(packet: Packet[Any]) -> Fraction:
    assert packet.dts is not None
    return packet.dts * packet.time_base


def write_movie(path: Path, track: Path, codec: SoundCodec, *, frames: int, flash: int) -> None:
    muxer, encoder, _ = MOVIES[codec]
    with av.open(str(path), "w", format=muxer) as container:
        pictures = cast(VideoStream, container.add_stream(encoder, rate=NTSC, width=64, height=48))
        pictures.pix_fmt = "yuv420p"
        sound = add_sound_stream(container, track)
        container.mux(list(heapq.merge(flash_packets(pictures, frames, flash), sound.packets(), key=seconds)))


@pytest.mark.parametrize("codec", CODECS)
def test_flash_and_click_of_a_movie_are_together(tmp_path: Path, click_path: Path, codec: SoundCodec) -> None:
    frames, flash = 90, 47
    track, movie = tmp_path / "track.part", tmp_path / f"movie.{MOVIES[codec][0]}"
    encode_track([Sound(click_path, start=flash / NTSC)], frames / NTSC, track, codec)
    write_movie(movie, track, codec, frames=frames, flash=flash)

    with av.open(str(movie)) as container:
        flashes = [
            frame.time for frame in container.decode(video=0) if frame.to_ndarray(format="gray").mean() > 128
        ]
    assert flashes == [pytest.approx(float(flash / NTSC), abs=0.001)]
    for signal in (decode(movie), decode_with_ffmpeg(movie), np.concatenate(list(read_sound(movie)))):
        assert abs(loudest(signal) - round(flash / NTSC * 48_000)) <= 1
        assert 0 <= len(signal) - round(frames / NTSC * 48_000) < 1024

    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", str(movie)]
    pictures, sound = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["streams"]
    assert (pictures["codec_name"], sound["codec_name"]) == (MOVIES[codec][2], codec)
    assert float(pictures["start_time"]) == 0
    assert abs(float(sound["start_time"])) <= 0.007  # ffprobe counts a WebM's pre-skip of 6.5 ms
    assert (sound["sample_rate"], sound["channels"]) == ("48000", 2)


@pytest.mark.parametrize("codec", CODECS)
def test_no_drift_in_ten_minutes(tmp_path: Path, click_path: Path, codec: SoundCodec) -> None:
    frame = 17_952  # 599.0 s
    track, movie = tmp_path / "track", tmp_path / f"movie.{MOVIES[codec][0]}"
    figures = encode_track([Sound(click_path, start=frame / NTSC)], Fraction(600), track, codec)
    assert figures.samples == 28_800_000
    write_movie(movie, track, codec, frames=2, flash=0)
    expected = round(frame / NTSC * 48_000)
    whole = decode_with_ffmpeg(movie)
    assert abs(loudest(whole) - expected) <= 1
    assert len(whole) >= 28_800_000
    last_seconds = np.concatenate(list(read_sound(movie, 597 * 48_000)))
    assert abs(loudest(last_seconds) + 597 * 48_000 - expected) <= MILLISECOND


@pytest.mark.parametrize("codec", CODECS)
def test_a_track_is_what_was_mixed(tmp_path: Path, codec: SoundCodec) -> None:
    time_s = np.arange(96_000) / 48_000
    tones = 0.4 * np.sin(2 * np.pi * np.column_stack([440 * time_s, 660 * time_s]))
    path = write_wav(tmp_path / "tones.wav", tones)
    track = tmp_path / f"track{TRACK_SUFFIX[codec]}"
    figures = encode_track([Sound(path)], Fraction(2), track, codec)
    assert figures.size_bytes == track.stat().st_size
    assert figures.peak == pytest.approx(0.4, abs=0.001)
    error = decode(track)[4800:91_200] - tones[4800:91_200]
    assert 10 * np.log10(np.mean(tones**2) / np.mean(error**2)) > 20


@pytest.mark.parametrize("codec", CODECS)
def test_the_same_placements_give_the_same_bytes(tmp_path: Path, click_path: Path, codec: SoundCodec) -> None:
    for name in ("a", "b"):
        encode_track([Sound(click_path, start=0.5)], Fraction(2), tmp_path / name, codec)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_part_of_a_film_starts_at_its_own_zero(tmp_path: Path, click_path: Path) -> None:
    placements = [Sound(click_path, start=2), Sound(click_path, start=Fraction(7, 2), gain_db=-12)]
    encode_track(placements, Fraction(5), tmp_path / "a", "aac", begin_s=Fraction(3), end_s=Fraction(4))
    assert abs(loudest(decode(tmp_path / "a")) - 24_000) <= 1


def test_bit_rate_counts(tmp_path: Path) -> None:
    noise = write_wav(tmp_path / "noise.wav", np.random.default_rng(1).uniform(-0.5, 0.5, (96_000, 2)))
    sizes = [
        encode_track([Sound(noise)], Fraction(2), tmp_path / "a", "aac", bit_rate).size_bytes
        for bit_rate in (64_000, 192_000)
    ]
    assert 2 < sizes[1] / sizes[0] < 4


@pytest.mark.parametrize(("codec", "bit_rate"), [("flac", 192_000), ("aac", 100), ("opus", 1_000_000)])
def test_settings_out_of_range_are_refused(tmp_path: Path, codec: Any, bit_rate: int) -> None:
    with pytest.raises(SettingsError, match="of a sound track must be"):
        encode_track([], Fraction(1), tmp_path / "a", codec, bit_rate)


def test_a_bad_placement_is_refused_before_anything_is_written(tmp_path: Path, click_path: Path) -> None:
    target = tmp_path / "track"
    with pytest.raises(AssetError, match="there is no file"):
        encode_track([Sound(click_path), Sound(tmp_path / "gone.wav")], Fraction(1), target, "aac")
    with pytest.raises(InvalidValueError, match="`trim_end` must be within the file"):
        encode_track([Sound(click_path, trim_end=1)], Fraction(1), target, "aac")
    with pytest.raises(InvalidValueError, match="must be within 0 and 0 s"):
        encode_track([], Fraction(0), target, "aac")
    assert not target.exists()


def test_a_track_that_fails_in_the_middle_leaves_no_file(tmp_path: Path) -> None:
    noise = np.random.default_rng(4).uniform(-0.3, 0.3, (48_000 * 8, 2))
    path = write_wav(tmp_path / "noise.wav", noise)
    encode_track([Sound(path)], Fraction(8), tmp_path / "broken.m4a", "aac")
    data = bytearray((tmp_path / "broken.m4a").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 20_000] = np.random.default_rng(1).bytes(20_000)
    (tmp_path / "broken.m4a").write_bytes(data)
    with pytest.raises(AssetError, match="is broken at"):
        encode_track([Sound(tmp_path / "broken.m4a")], Fraction(8), tmp_path / "track", "aac")
    assert not (tmp_path / "track").exists()


def test_a_target_that_cant_be_written_or_read_is_named(tmp_path: Path) -> None:
    target = tmp_path / "no such folder" / "track"
    with pytest.raises(EncodeError, match=r"could not be written to '.*no such folder"):
        encode_track([], Fraction(1), target, "opus")
    with (
        av.open(str(tmp_path / "movie.mp4"), "w") as container,
        pytest.raises(EncodeError, match=r"track '.*no such folder.*' could not be read"),
    ):
        add_sound_stream(container, target)


@pytest.mark.parametrize("codec", CODECS)
def test_a_disk_that_fills_up_is_an_error(tmp_path: Path, codec: SoundCodec) -> None:
    noise = write_wav(tmp_path / "noise.wav", np.random.default_rng(1).uniform(-0.5, 0.5, (480_000, 2)))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(EncodeError, match="could not be written"):
            encode_track([Sound(noise)], Fraction(10), tmp_path / "track", codec)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not (tmp_path / "track").exists()


def test_the_key_is_of_what_is_heard() -> None:
    voice, music = Sound("voice.wav", start=1), Sound("music.mp3", gain_db=-6)
    digests = {"voice.wav": "11", "music.mp3": "22"}
    key = sound_key([voice, music], digests, Fraction(10), "aac")
    assert key == "b5bcc04eea8c7c9b2aa644cf5f8f81681d736df1"  # on every machine, in every process
    renamed = sound_key(
        [Sound("v2.wav", start=1), music], {"v2.wav": "11", "music.mp3": "22"}, Fraction(10), "aac"
    )
    assert renamed == key
    others = [
        sound_key([voice, music], digests | {"voice.wav": "33"}, Fraction(10), "aac"),
        sound_key([voice, Sound("music.mp3", gain_db=-7)], digests, Fraction(10), "aac"),
        sound_key([voice], digests, Fraction(10), "aac"),
        sound_key([voice, music], digests, Fraction(11), "aac"),
        sound_key([voice, music], digests, Fraction(10), "opus"),
        sound_key([voice, music], digests, Fraction(10), "aac", 128_000),
        sound_key([voice, music], digests, Fraction(10), "aac", begin_s=Fraction(1)),
        sound_key([voice, music], digests, Fraction(10), "aac", end_s=Fraction(9)),
    ]
    assert len({key, *others}) == 9
    assert sound_key([voice, music], digests, Fraction(10), "aac", end_s=Fraction(10)) == key
    with pytest.raises(InvalidValueError, match=r"got none for Sound 'voice.wav' at 1 s"):
        sound_key([voice], {}, Fraction(10), "aac")
