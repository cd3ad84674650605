"""Sounds that nobody would make on purpose: odd layouts, timestamps, lengths, and files cut short."""

from __future__ import annotations

import tracemalloc
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.errors import AssetError
from bazaar_nb.media.sound_array_files import with_file
from bazaar_nb.media.sound_file import Samples, check_sound, read_sound
from bazaar_nb.media.sound_mix import mix_sound
from bazaar_nb.scene.sound import Sound
from tests.media.clip_files import make_clip
from tests.media.sound_files import click, convert, write_wav

RATE = 48_000
MINUS_3_DB = float(np.sqrt(0.5))


def heard(path: str | Path) -> Samples:
    return np.concatenate(list(read_sound(path)))


def clicks(signal: Samples) -> list[float]:
    loud = np.flatnonzero(np.abs(signal[:, 0]) > 0.3)
    first = [at for number, at in enumerate(loud) if number == 0 or at - loud[number - 1] > RATE // 20]
    return [float(at) / RATE for at in first]


@pytest.mark.parametrize(
    ("layout", "weights"),  # left, right; centre; low; behind; beside: ITU-R BS.775
    [
        ("5.1", [1, 1, MINUS_3_DB, 0, MINUS_3_DB, MINUS_3_DB]),
        ("7.1", [1, 1, MINUS_3_DB, 0, MINUS_3_DB, MINUS_3_DB, MINUS_3_DB, MINUS_3_DB]),
    ],
)
def test_surround_is_mixed_down_by_the_standards_matrix(
    tmp_path: Path, layout: str, weights: list[float]
) -> None:
    for channel, weight in enumerate(weights):
        columns = np.zeros((9600, len(weights)))
        columns[:, channel] = 0.4
        source = write_wav(tmp_path / "channels.wav", columns)
        path = convert(source, tmp_path / "surround.flac", "-af", f"channelmap=channel_layout={layout}")
        left, right = heard(path)[4800]
        if channel == 2:
            assert left == right
        both = np.hypot(left, right) if channel != 2 else left
        assert both == pytest.approx(0.4 * weight, abs=0.001), channel


@pytest.mark.parametrize("channels", [3, 9, 11, 12, 32, 64])
def test_channels_without_places_are_heard_in_the_middle(channels: int) -> None:
    columns = np.zeros((9600, channels), np.float32)
    columns[:, -1] = 0.6
    signal = heard(with_file(Sound(columns)).source)
    np.testing.assert_allclose(signal[4800], 0.6 / channels, rtol=1e-4)


def test_repeated_timestamps_lose_and_shift_nothing(tmp_path: Path) -> None:
    signal = np.zeros(4 * RATE, np.float32)
    for second in range(4):
        signal[second * RATE + RATE // 2] = 0.9
    path = convert(
        write_wav(tmp_path / "clicks.wav", signal), tmp_path / "repeated.nut", "-c:a", "pcm_s16le",
        "-bsf:a", "setts=ts='if(eq(mod(N,7),3),TS-1024,TS)'",
    )  # fmt: skip
    assert clicks(heard(path)) == pytest.approx([0.5, 1.5, 2.5, 3.5], abs=0.025)  # a packet's 1024 samples
    assert abs(len(heard(path)) - 4 * RATE) < RATE // 20


def test_what_is_before_the_first_picture_is_left_out(tmp_path: Path) -> None:
    """A sound that begins a second before the pictures has negative times: its first second isn't shown."""
    sound = (
        "-itsoffset",
        "-1",
        "-f",
        "lavfi",
        "-i",
        "aevalsrc='if(lt(mod(t+0.5,1),0.002),0.8,0)':s=48000:d=4",
    )
    path = make_clip(
        tmp_path / "early.mkv", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "flac",
        frames=75, before=sound,
    )  # fmt: skip
    assert clicks(heard(path)) == pytest.approx([0.5, 1.5, 2.5], abs=0.001)


def test_a_day_long_sound_is_found_at_its_place_in_bounded_memory(tmp_path: Path) -> None:
    path, rate = tmp_path / "day.wav", 1000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\0\0")
    size = 24 * 3600 * rate * 2
    with path.open("r+b") as raw:  # sparse: zeros that take no room
        raw.truncate(44 + size)
        for at, number in ((4, 36 + size), (40, size)):
            raw.seek(at)
            raw.write(number.to_bytes(4, "little"))
        raw.seek(44 + (24 * 3600 - 5) * rate * 2)
        raw.write((30_000).to_bytes(2, "little"))
    tracemalloc.start()
    try:
        assert check_sound(Sound(path)).duration_s == 24 * 3600
        sound = Sound(path, trim_start=24 * 3600 - 10)
        signal = np.concatenate(list(mix_sound([sound], Fraction(8))))
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()
    assert clicks(signal)[:1] == pytest.approx([5], abs=0.001)


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "m4a", "ogg"])
def test_files_that_end_too_soon_are_heard_so_far_or_named(tmp_path: Path, ending: str) -> None:
    noise = np.random.default_rng(1).uniform(-0.3, 0.3, RATE * 4)
    path = write_wav(tmp_path / "whole.wav", noise)
    if ending != "wav":
        path = convert(path, tmp_path / f"whole.{ending}")
    short = tmp_path / f"short.{ending}"
    short.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    try:
        seconds = len(heard(short)) / RATE
    except AssetError as error:
        assert str(short) in str(error)  # noqa: PT017 - either is right
    else:
        assert 1 < seconds < 3.5
    path.write_bytes(b"")
    with pytest.raises(AssetError, match=r"readable sound file|an empty stream"):
        heard(path)


def test_data_is_measured_of_odd_sounds_too(tmp_path: Path) -> None:
    blip = click(100, 3)
    assert bz.sound_levels(blip, fps=30).shape == (1,)
    assert bz.sound_beats(blip).tempo == 0
    assert bz.sound_beats(np.zeros(9)).onsets.size == 0
    assert -70 < bz.sound_loudness(blip) < 0
