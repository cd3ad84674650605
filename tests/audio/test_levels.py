"""Levels, bands, beats and tones: numbers of sounds whose truth is known."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.errors import AssetError, InvalidValueError
from tests.media.sound_files import write_wav

RATE = 48_000


def test_a_level_is_that_of_its_frame() -> None:
    sound = np.zeros(2 * RATE, np.float32)
    sound[RATE // 2 : RATE] = bz.tone(1000, 0.5, volume=0.5, attack=0, release=0)
    levels = bz.sound_levels(sound, 30, unit="db")
    assert levels.shape == (60,)
    assert levels.dtype == np.float32
    np.testing.assert_allclose(levels[15:30], -6.02, atol=0.1)
    assert (levels[:15] == -60).all()
    assert (levels[30:] == -60).all()
    np.testing.assert_allclose(bz.sound_levels(sound, 30)[15:30], 1 - 6.02 / 60, atol=0.01)
    np.testing.assert_allclose(bz.sound_levels(sound, 30, unit="amplitude")[20], 0.5, atol=0.01)


@pytest.mark.parametrize("fps", [24, 29.97, 59.94])
def test_there_is_a_row_for_each_frame_and_silence_after_the_end(fps: float) -> None:
    levels = bz.sound_levels(bz.tone(440, 1.5), fps, duration=10)
    film = bz.Composition([bz.Scene(lambda frame: None, duration=10)], fps=fps)
    assert len(levels) == film.frames
    assert levels[: int(1.4 * fps)].min() > 0.5
    assert levels[int(1.6 * fps) :].max() == 0


def test_bands_hold_the_pitches_that_are_theirs() -> None:
    edges = [50, 200, 800, 3200, 12_800]
    for band, hertz in enumerate((100, 400, 1600, 6400)):
        levels = bz.sound_levels(bz.tone(hertz, 1, volume=0.5), 30, bands=edges, unit="db")
        np.testing.assert_allclose(levels[5:-5, band], -6, atol=0.3)
        others = np.delete(levels[5:-5], band, axis=1)
        assert others.max() < -35
    assert bz.sound_levels(bz.tone(440, 1), bands=24).shape == (30, 24)


def test_few_rows_a_second_miss_nothing_between() -> None:
    ticks = np.tile(np.concatenate([bz.tone(1000, 0.05, volume=1), np.zeros(round(0.95 * RATE))]), 4)
    levels = bz.sound_levels(ticks, 1, bands=[800, 1200], unit="db")
    assert levels.shape == (4, 1)
    assert levels.min() > -30


def test_levels_may_fall_slowly() -> None:
    levels = bz.sound_levels(bz.tone(440, 0.2, volume=1), 50, fall=2, duration=3)
    assert np.diff(levels).min() == pytest.approx(-1 / 100, abs=1e-4)


def test_a_placement_is_heard_as_it_is_played(tmp_path: Path) -> None:
    sound = np.concatenate([np.zeros(RATE, np.float32), bz.tone(440, 1, volume=1)])
    path = write_wav(tmp_path / "late.wav", sound)
    assert bz.sound_levels(path).shape == (60,)
    assert bz.sound_levels(bz.Sound(path, trim_start=1))[:25].min() > 0.9
    assert bz.sound_levels(bz.Sound(path, reverse=True))[2:25].min() > 0.9
    assert len(bz.sound_levels(bz.Sound(path, speed=2, loop=True))) == 30
    assert len(bz.sound_levels(bz.Sound(path, trim_silence=True))) == pytest.approx(31, abs=1)
    first = bz.sound_levels(path)
    write_wav(path, sound[: RATE + RATE // 2])
    assert len(bz.sound_levels(path)) == 45  # a file that changed is read again
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1


def test_it_may_be_handed_over_as_a_sound_may_be(tmp_path: Path) -> None:
    path = Path(write_wav(tmp_path / "tone.wav", bz.tone(440, 1.5)))
    data = path.read_bytes()
    wanted = bz.sound_levels(path, bands=3)
    with path.open("rb") as opened:
        opened.seek(99)
        for way in (data, bytearray(data), io.BytesIO(data), opened, path.as_uri(), bz.Sound(data)):
            assert np.array_equal(bz.sound_levels(way, bands=3), wanted)
    assert bz.sound_loudness(data) == bz.sound_loudness(path)
    assert len(bz.sound_beats(io.BytesIO(data)).times) == len(bz.sound_beats(path).times)


def song(tempo: float, beats: int, begin_s: float) -> NDArray[np.float32]:
    """Give drums with a hat between the beats, and a chord every fourth."""
    samples = np.zeros(int((begin_s + beats * 60 / tempo + 1) * RATE), np.float32)
    hat = np.random.default_rng(0).normal(0, 0.1, 2400).astype(np.float32) * np.linspace(1, 0, 2400)

    def put(at_s: float, sound: NDArray[Any]) -> None:
        start = round(at_s * RATE)
        samples[start : start + len(sound)] += sound[: len(samples) - start]

    for beat in range(beats):
        at_s = begin_s + beat * 60 / tempo
        put(at_s, bz.tone(180 if beat % 2 else 60, 0.25, volume=0.6, decay=0.06))
        put(at_s + 30 / tempo, hat)
        if beat % 4 == 0:
            for hertz in (220, 277, 330):
                put(at_s, bz.tone(hertz, 200 / tempo, volume=0.08, shape="triangle"))
    return samples


@pytest.mark.parametrize("tempo", [72, 90, 100, 128, 150])
def test_beats_are_where_the_drums_are(tempo: float) -> None:
    beats = bz.sound_beats(song(tempo, 32, 0.37))
    assert beats.tempo == pytest.approx(tempo, rel=0.01)
    truth = 0.37 + np.arange(32) * 60 / tempo
    assert len(beats.times) >= 30
    for time in beats.times:
        assert np.abs(truth - time).min() < 0.03
    hits = np.concatenate([truth, truth + 30 / tempo])
    assert sum(np.abs(beats.onsets - hit).min() < 0.03 for hit in hits) >= 0.9 * len(hits)
    assert len(beats.onsets) <= 1.1 * len(hits)


def test_beats_move_scenes() -> None:
    beats = bz.SoundBeats(120.0, np.array([1.0, 1.5, 2.0]), np.zeros(0))
    assert [beats.count(time) for time in (0.9, 1, 1.2, 1.5, 9)] == [0, 1, 1, 2, 3]
    assert [beats.pulse(time, decay=0.25) for time in (0.5, 1, 1.25, 1.5)] == [0, 1, 0.5, 1]
    assert [beats.phase(time) for time in (0, 1, 1.25, 2, 5)] == [0, 0, 0.5, 0, 0]
    assert cloudpickle.loads(cloudpickle.dumps(beats)).count(1.2) == 1
    nothing = bz.sound_beats(np.zeros(RATE))
    assert (nothing.tempo, len(nothing.times), nothing.pulse(1)) == (0, 0, 0)


def test_tones_have_their_pitch_and_shape() -> None:
    for note, hertz in (("A4", 440), ("C4", 261.63), ("c#5", 554.37), ("Bb3", 233.08), (1234.5, 1234.5)):
        tone = bz.tone(note, 1)
        assert tone.shape == (RATE,)
        assert np.abs(np.fft.rfft(tone)).argmax() == pytest.approx(hertz, abs=0.6)
        assert np.abs(tone).max() == pytest.approx(0.3, abs=0.01)
        assert abs(tone[0]) + abs(tone[-1]) < 0.01
    for shape in ("triangle", "square", "saw"):  # no overtone comes back below as another pitch
        spectrum = np.abs(np.fft.rfft(bz.tone(5000, 1, shape=shape, attack=0, release=0)))
        wrong = np.delete(spectrum, [5000, 10_000, 15_000, 20_000])
        assert wrong.max() < 1e-3 * spectrum[5000]
    bell = bz.tone(1000, 1, volume=1, decay=0.25)
    assert np.abs(bell[24_000:24_480]).max() == pytest.approx(0.25, rel=0.05)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: bz.sound_levels("nowhere.wav"), "there is no file"),
        (lambda: bz.sound_levels(7), r"`source` must be the path or .*, got 7 .*\(sound_levels\)"),
        (lambda: bz.sound_beats(b""), r"without any bytes .*\(sound_beats\)"),
        (lambda: bz.sound_levels(bz.tone(440, 1), fps=0), "fps"),
        (lambda: bz.sound_levels(bz.tone(440, 1), bands=0), "`bands` must be 1 to 512, got 0"),
        (lambda: bz.sound_levels(bz.tone(440, 1), bands=[100, 50]), "`bands` must be rising edges"),
        (lambda: bz.sound_levels(bz.tone(440, 1), unit="loud"), "`unit` must be one of share, db, amplitude"),  # type: ignore[arg-type]
        (lambda: bz.sound_levels(bz.tone(440, 1), floor_db=3), "`floor_db` must be"),
        (lambda: bz.sound_beats(bz.tone(440, 1), slowest=300), "`slowest` and `fastest`"),
        (lambda: bz.tone("H2", 1), "a note as 'A4', got 'H2'"),
        (lambda: bz.tone(99_999, 1), "1 to 24000 Hz"),
        (lambda: bz.tone(440, 0), "`duration` must be more than 0 s"),
        (lambda: bz.tone(440, 1, shape="round"), "`shape` must be one of"),  # type: ignore[arg-type]
        (lambda: bz.waveform(np.zeros((3, 2))), r"1 dimension, got shape \(3, 2\): one row"),
        (lambda: bz.waveform([]), "1 dimension"),
        (lambda: bz.waveform([0.5, np.nan]), "finite"),
        (lambda: bz.waveform([0.5], bars=0), "`bars` must be 1 to"),
        (lambda: bz.waveform([0.5], width=0), "`width` and `height`"),
        (lambda: bz.spectrum([0.5], style="cake"), "`style` must be one of"),  # type: ignore[arg-type]
    ],
)
def test_says_what_was_given_and_what_is_wanted(call: Any, said: str) -> None:
    with pytest.raises((InvalidValueError, AssetError), match=said):
        call()


@pytest.mark.parametrize("count", [1, 7, 500])
def test_components_take_any_number_of_levels_and_stay_in_their_box(count: int) -> None:
    levels = np.linspace(1, 0, count)
    pictures: list[Any] = [bz.waveform(levels, at=0.5, width=300, height=100)]
    for style in ("bars", "mirror", "line", "ring"):
        pictures.append(bz.spectrum(levels, style=style, width=300, height=100))
    for picture in pictures:
        shown = bz.Scene(lambda frame, picture=picture: picture, duration=1)
        film = bz.Composition([shown], width=400, height=200)
        lit = np.argwhere(np.asarray(film.still().convert("L")) > 12)
        assert lit[:, 0].min() >= 49
        assert lit[:, 0].max() <= 150
        assert lit[:, 1].min() >= 49
        assert lit[:, 1].max() <= 350
