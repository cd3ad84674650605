"""What is done to sounds in a mix: gains that move, pan, ducking, loudness, silence left out, arrays."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.media.sound_array_files import with_file
from bazaar_nb.media.sound_chunks import sound_chunks
from bazaar_nb.media.sound_file import Samples, read_sound
from bazaar_nb.media.sound_loudness import sound_loudness
from bazaar_nb.media.sound_mix import mix_sound
from bazaar_nb.media.sound_track import sound_key
from bazaar_nb.scene.sound import Sound
from tests.media.sound_files import write_wav

RATE = 48_000


def mix(*placements: Sound, duration_s: float | Fraction = 1, **part: Any) -> Samples:
    files = [with_file(sound) for sound in placements]
    return np.concatenate(list(mix_sound(files, Fraction(duration_s), **part)))


def level_db(signal: NDArray[np.floating], at_s: float) -> float:
    """Give how loud a moment is, from the peak of 10 ms; a sine of full scale is at 0."""
    at = round(at_s * RATE)
    return float(20 * np.log10(np.abs(signal[at : at + RATE // 100]).max() + 1e-9))


def steady(seconds: float, **fields: Any) -> Sound:
    return Sound(bz.tone(1000, seconds, volume=0.5, attack=0, release=0), **fields)


def loudness_of(signal: NDArray[np.floating]) -> float:
    return float(pyloudnorm.Meter(RATE).integrated_loudness(signal.astype(np.float64)))


def test_gains_are_straight_lines_in_decibels() -> None:
    heard = mix(steady(4, start=1, gain_db=[(0, -40), (2, 0), (2.5, -6)]), duration_s=5)
    for at_s, expected in ((1.995, -20), (2.495, -10), (3, 0), (3.5, -6), (4.5, -6)):
        assert level_db(heard, at_s) + 6.02 == pytest.approx(expected, abs=0.2)
    assert not heard[:RATE].any()


def test_a_panned_mono_sound_keeps_its_power() -> None:
    heard = mix(steady(2, pan=[(0, -1), (2, 1)]), duration_s=2)
    power = np.square(heard.reshape(-1, RATE // 100, 2)).mean(axis=1)
    np.testing.assert_allclose(power.sum(axis=1), 0.25, rtol=0.01)
    assert power[0, 1] < 1e-4 < 0.24 < power[0, 0]
    assert power[100, 0] == pytest.approx(power[100, 1], rel=0.05)
    assert power[-1, 0] < 1e-4
    stereo = np.random.default_rng(1).uniform(-0.4, 0.4, (RATE, 2)).astype(np.float32)
    np.testing.assert_array_equal(mix(Sound(stereo, pan=0)), mix(Sound(stereo)))
    np.testing.assert_allclose(mix(Sound(stereo, pan=1))[:, 0], 0, atol=1e-6)


@pytest.fixture
def ducked() -> tuple[Sound, Sound]:
    duck = bz.Duck("voice", by_db=12, attack=0.4, hold=0.5, release=1)
    return steady(20, duck=duck), Sound(bz.tone(150, 3, volume=0.3), start=5, name="voice")


def test_music_is_down_when_the_voice_begins_and_comes_back_behind_it(ducked: tuple[Sound, Sound]) -> None:
    music = mix(*ducked, duration_s=20) - mix(ducked[1], duration_s=20)
    levels = [level_db(music, at_s) + 6.02 for at_s in (4.55, 4.8, 5, 7, 8.4, 9, 9.6, 12)]
    np.testing.assert_allclose(levels, [0, -6, -12, -12, -12, -6, 0, 0], atol=0.5)
    untouched = mix(steady(20), duration_s=20)
    np.testing.assert_array_equal(music[: round(4.5 * RATE)], untouched[: round(4.5 * RATE)])


def test_music_stays_down_between_words_and_hears_a_voice_as_loud_as_it_is_mixed() -> None:
    words = [Sound(bz.tone(150, 0.5, volume=0.3), start=at, name="voice") for at in (2, 2.9, 3.7)]
    quiet = Sound(bz.tone(150, 1, volume=0.3), start=7, name="voice", gain_db=-50)
    music = steady(10, duck="voice")
    heard = mix(music, *words, quiet, duration_s=10) - mix(*words, quiet, duration_s=10)
    levels = [level_db(heard, at_s) + 6.02 for at_s in (2.2, 2.7, 3.5, 4.1, 7.5)]
    np.testing.assert_allclose(levels, [-12, -12, -12, -12, 0], atol=0.3)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 19 * RATE), st.integers(1, 3 * RATE))
def test_a_part_is_that_part_of_the_whole_mix(begin: int, length: int) -> None:
    sounds = (
        steady(20, duck="voice", loudness=-20, pan=0.3),
        Sound(bz.tone(150, 3), start=5, name="voice", gain_db=[(0, -3), (2, 3)]),
        Sound(bz.tone(150, 2), start=10.003, name="voice"),
    )
    end = min(20 * RATE, begin + length)
    part = mix(*sounds, duration_s=20, loudness=-18, begin_s=Fraction(begin, RATE), end_s=Fraction(end, RATE))
    np.testing.assert_array_equal(part, _whole(sounds)[begin:end])


_kept: list[Samples] = []


def _whole(sounds: tuple[Sound, ...]) -> Samples:
    if not _kept:
        _kept.append(mix(*sounds, duration_s=20, loudness=-18))
    return _kept[0]


def speech(seconds: float) -> Samples:
    """Give noise that comes and goes, with pauses, in stereo."""
    random = np.random.default_rng(3)
    samples = round(seconds * RATE)
    swell = np.interp(np.arange(samples) / RATE, np.arange(0, seconds + 1, 0.3), random.choice(
        [0, 0.02, 0.1, 0.2], len(np.arange(0, seconds + 1, 0.3))
    ))  # fmt: skip
    signal: Samples = (random.normal(0, 1, (samples, 2)) * swell[:, np.newaxis] * 0.5).astype(np.float32)
    return signal


def test_loudness_is_what_another_meter_measures() -> None:
    signal = speech(12)
    sound = with_file(Sound(signal))
    assert sound_loudness(sound) == pytest.approx(loudness_of(signal), abs=0.1)
    assert bz.sound_loudness(signal) == pytest.approx(loudness_of(signal), abs=0.1)
    for target in (-30.0, -23.0):
        one = mix(Sound(signal, loudness=target), duration_s=12)
        assert loudness_of(one) == pytest.approx(target, abs=0.1)
    # Of the part between the trims, and a gain comes on top.
    part = mix(Sound(signal, trim_start=2, trim_end=6, loudness=-30, gain_db=6), duration_s=4)
    assert loudness_of(part) == pytest.approx(-24, abs=0.1)
    assert bz.sound_loudness(np.zeros(RATE)) == -70
    short = mix(Sound(bz.tone(1000, 0.1), loudness=-20, loop=True), duration_s=2)
    assert loudness_of(short) == pytest.approx(-20, abs=0.3)


def test_a_film_is_as_loud_as_it_says_and_its_parts_belong_together() -> None:
    sounds = [Sound(speech(6)), Sound(speech(3), start=8, gain_db=-20)]
    loud = mix(*sounds, duration_s=12, loudness=-26)
    assert loudness_of(loud) == pytest.approx(-26, abs=0.1)
    plain = mix(*sounds, duration_s=12)
    factor = loud[RATE : 2 * RATE].std() / plain[RATE : 2 * RATE].std()
    np.testing.assert_allclose(loud, plain * factor, atol=1e-4)
    assert not mix(duration_s=2, loudness=-14).any()


def test_silence_is_left_out_at_both_ends() -> None:
    signal = np.zeros(3 * RATE, np.float32)
    signal[RATE : 2 * RATE : 7] = 0.2
    signal[3 * RATE // 2 : 3 * RATE // 2 + 9000] = 0  # a pause is none of the ends
    heard = np.flatnonzero(mix(Sound(signal, start=1, trim_silence=True), duration_s=4)[:, 0])
    assert heard[0] == RATE + 960  # 20 ms before it are kept
    assert heard[-1] - heard[0] == pytest.approx(RATE, abs=8)
    with pytest.raises(AssetError, match="`trim_silence` leaves nothing: all of it is quieter than -10 dB"):
        mix(Sound(signal, trim_silence=-10))


@pytest.mark.parametrize("rate", [100, 8000, 11_025, 44_100, 44_101, 96_000, 384_000])
def test_arrays_are_heard_at_their_rate(rate: int) -> None:
    time_s = np.arange(rate * 2) / rate
    signal = 0.5 * np.sin(2 * np.pi * 10 * time_s)
    heard = mix(Sound(signal, rate=rate), duration_s=2)
    expected = 0.5 * np.sin(2 * np.pi * 10 * np.arange(2 * RATE) / RATE)
    inner = slice(RATE // 2, -RATE // 2)
    np.testing.assert_allclose(heard[inner, 0], expected[inner], atol=0.01)


def test_arrays_of_any_kind_and_form() -> None:
    left, right = np.array([0.5] * 100), np.array([-0.25] * 100)
    expected = np.column_stack([left, right]).astype(np.float32)
    given: list[Any] = [
        np.column_stack([left, right]), np.stack([left, right]), np.round(expected * 32768).astype(np.int16),
        np.round(expected * 2**31).astype(np.int32), (128 + expected * 128).astype(np.uint8),
        expected.tolist(),
    ]  # fmt: skip
    for array in given:
        np.testing.assert_allclose(next(iter(_read(Sound(array)))), expected, atol=1e-6)
    surround = np.zeros((100, 6))
    surround[:, 2] = 0.5  # the centre of 5.1: 3 dB less, in both
    np.testing.assert_allclose(next(iter(_read(Sound(surround)))), 0.5 * np.sqrt(0.5), atol=1e-4)


def _read(sound: Sound) -> Iterator[Samples]:
    return read_sound(with_file(sound).source)


@pytest.mark.parametrize(
    ("array", "fields", "said"),
    [
        (np.zeros((2, 3, 4)), {}, r"shape \(samples,\) or \(samples, channels\), got \(2, 3, 4\)"),
        (np.zeros(0), {}, "got \\(0,\\)"),
        (np.array([np.nan, 0]), {}, "finite samples, got NaN"),
        (np.array([12_000.0, 0]), {}, "within -1 and 1, which is full scale, got 12000"),
        (np.array(["a"]), {}, "floats or integers"),
        (np.zeros(9, bool), {}, "floats or integers, got bool"),
        (np.zeros(9), {"rate": 0}, "`rate` must be a whole number"),
        (np.zeros(9), {"rate": 44_100.5}, "`rate` must be a whole number"),
        ("a.wav", {"rate": 44_100}, "`rate` is that of an array"),
        ("a.wav", {"pan": 2}, "`pan` must be between -1 and 1"),
        ("a.wav", {"pan": [(1, 0), (0, 1)]}, "`pan` must have rising times"),
        ("a.wav", {"gain_db": [(0, -300)]}, "decibels from -120 to 60"),
        ("a.wav", {"gain_db": []}, "`gain_db` must have a"),
        ("a.wav", {"loudness": 3}, "`loudness` must be between -60 and 0 LUFS"),
        ("a.wav", {"trim_silence": 1}, "`trim_silence` must be between"),
        ("a.wav", {"duck": 12}, r"`duck` must be the name of a sound, or bz.Duck"),
        ("a.wav", {"during": "intro", "end": 3}, "leave out `end`"),
        ("a.wav", {"name": ""}, "`name` must be the name of the sound"),
    ],
)
def test_says_what_was_given_and_what_is_wanted(array: Any, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        Sound(array, **fields)


def test_new_fields_survive_json_and_old_placements_keep_their_key() -> None:
    sound = Sound(
        bz.tone("A4", 0.1), gain_db=[(0, -3), (1, 0)], pan=-0.5, name="voice", loudness=-16,
        trim_silence=True, duck=bz.Duck("other", release=2),
    )  # fmt: skip
    assert msgspec.json.decode(msgspec.json.encode(sound), type=Sound) == sound
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(sound), type=Sound) == sound
    assert len(repr(sound)) < 300
    old = Sound("music.mp3", start=1, gain_db=-6, fade_in=1, loop=True)
    assert sound_key([old], {"music.mp3": "22"}, Fraction(10), "aac") == KEY
    assert sound_key([old], {"music.mp3": "22"}, Fraction(10), "aac", loudness=-14) != KEY


KEY = "d52b92920d9cdc570a91cb87b32498201d6d2a0a"


def test_the_player_hears_the_export(tmp_path: Path, ducked: tuple[Sound, Sound]) -> None:
    placements = [with_file(sound) for sound in ducked]
    data = [chunk.data for chunk in sound_chunks(placements, Fraction(20), "opus", loudness=-20)]
    heard = []
    for part in data:
        path = tmp_path / "part.webm"
        path.write_bytes(part)
        with av.open(str(path)) as container:
            heard += [frame.to_ndarray() for frame in container.decode(audio=0)]
    signal = np.concatenate(heard, axis=1)[0]
    expected = mix(*ducked, duration_s=20, loudness=-20)[:, 0]
    for at_s in (2, 6, 7, 9, 12, 18):
        here = slice(round(at_s * RATE), round((at_s + 0.5) * RATE))
        assert signal[here].std() == pytest.approx(expected[here].std(), rel=0.05)


def test_memory_does_not_grow_with_the_film(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).uniform(-0.5, 0.5, (RATE * 40, 2))
    music = write_wav(tmp_path / "music.wav", noise)
    voice = write_wav(tmp_path / "voice.wav", noise[: 5 * RATE])

    def peak_bytes(duration_s: int) -> int:
        placements = [Sound(music, loop=True, duck="voice", loudness=-20)]
        placements += [Sound(voice, start=at, name="voice", pan=0.2) for at in range(0, duration_s, 10)]
        tracemalloc.start()
        try:
            blocks = mix_sound(placements, Fraction(duration_s), loudness=-16)
            assert sum(len(block) for block in blocks) == duration_s * RATE
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak_bytes(120) < 1.1 * peak_bytes(40)


def test_an_hour_later_a_click_is_at_its_sample(tmp_path: Path) -> None:
    rate = 1000  # so that an hour is 7 MB
    signal = np.zeros(3600 * rate, np.float32)
    signal[[10 * rate, 1800 * rate, 3599 * rate]] = 0.9
    path = write_wav(tmp_path / "hour.wav", signal, rate)
    film = Fraction(3600)
    for at_s in (10, 1800, 3599):
        begin = Fraction(at_s) - Fraction(1, 2)
        heard = np.concatenate(list(read_sound(path, round(begin * RATE), round((begin + 1) * RATE))))
        assert abs(int(np.abs(heard[:, 0]).argmax()) - RATE // 2) <= RATE // 1000  # a millisecond
    placed = Sound(path, start=0, trim_start=3590, duck="voice")
    heard = np.concatenate(list(mix_sound([placed], film, begin_s=Fraction(17, 2), end_s=Fraction(19, 2))))
    assert abs(int(np.abs(heard[:, 0]).argmax()) - RATE // 2) <= RATE // 1000
