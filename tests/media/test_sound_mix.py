import math
import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.media.sound_mix import limit_peaks, mix_sound
from bazaar_nb.scene.sound import Sound
from tests.media.sound_files import Signal, click, loudest, write_wav

NTSC = Fraction(30000, 1001)


def mix(*placements: Sound, duration_s: float | Fraction = 1, **part: Any) -> Signal:
    return np.concatenate(list(mix_sound(placements, Fraction(duration_s), **part)))


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of 0.5 on the left and 0.25 on the right."""
    columns = np.full((24_000, 2), 0.5)
    columns[:, 1] = 0.25
    return write_wav(tmp_path_factory.mktemp("steady") / "steady.wav", columns)


def shape_of(signal: Signal) -> Signal:
    """Give the envelope of the steady sound."""
    return signal[:, 0] * 2


@given(st.fractions(Fraction(1, 48_000), 3))
@settings(max_examples=30, deadline=None)
def test_exactly_as_many_samples_as_the_film_lasts(duration_s: Fraction) -> None:
    assert len(mix(duration_s=duration_s)) == math.floor(duration_s * 48_000 + Fraction(1, 2))


@pytest.mark.parametrize("frame", [0, 1, 29, 30, 17, 149])
def test_a_click_at_a_frame_is_at_its_sample(tmp_path: Path, frame: int) -> None:
    path = write_wav(tmp_path / "click.wav", click(100, 0))
    signal = mix(Sound(path, start=frame / NTSC), duration_s=6)
    assert loudest(signal) == round(frame * 48000 * Fraction(1001, 30000))


def test_trim_gain_and_place(steady: Path) -> None:
    sound = Sound(steady, start=0.2, trim_start=0.1, trim_end=0.3, gain_db=-20)
    expected = np.zeros((48_000, 2))
    expected[9600:19_200] = 0.05, 0.025
    np.testing.assert_allclose(mix(sound), expected, atol=1e-5)


def test_sounds_add_up(steady: Path, tmp_path: Path) -> None:
    other = write_wav(tmp_path / "other.wav", np.full(4800, -0.25))
    both = mix(Sound(steady), Sound(other, start=0.3))
    apart = mix(Sound(steady)) + mix(Sound(other, start=0.3))
    np.testing.assert_allclose(both, apart, atol=1e-6)


def test_fades_are_quarters_of_a_sine(steady: Path) -> None:
    envelope = shape_of(mix(Sound(steady, fade_in=0.1, fade_out=0.2)))
    assert envelope[0] == 0
    assert envelope[2400] == pytest.approx(math.sqrt(0.5), abs=1e-3)
    np.testing.assert_allclose(envelope[4800:14_400], 1, atol=1e-3)
    assert envelope[19_200] == pytest.approx(math.sqrt(0.5), abs=1e-3)
    assert 0 < envelope[23_999] < 1e-3
    assert not envelope[24_000:].any()


@pytest.mark.parametrize("loop", [False, True])
def test_a_fade_out_ends_with_the_film(steady: Path, loop: bool) -> None:
    envelope = shape_of(mix(Sound(steady, fade_out=0.1, loop=loop), duration_s=Fraction(2, 5)))
    assert len(envelope) == 19_200
    assert envelope[14_399] == pytest.approx(1, abs=1e-3)
    assert envelope[16_800] == pytest.approx(math.sqrt(0.5), abs=1e-3)
    assert 0 < envelope[-1] < 1e-3


@pytest.mark.parametrize("seconds", [0.0001, 0.1, 31])
def test_a_loop_repeats_to_the_end_without_a_gap(tmp_path: Path, seconds: float) -> None:
    once = np.random.default_rng(2).uniform(-0.5, 0.5, int(seconds * 48_000))
    path = write_wav(tmp_path / "once.wav", once)
    signal = mix(Sound(path, start=0.25, loop=True), duration_s=64)
    heard = signal[12_000:, 0]
    assert not signal[:12_000].any()
    np.testing.assert_allclose(heard, np.resize(once, len(heard)), atol=1e-4)


def test_a_part_is_cut_out_of_the_whole_films_mix(steady: Path) -> None:
    sounds = (
        Sound(steady, start=0.2, gain_db=12, loop=True, fade_out=0.5),
        Sound(steady, start=2.75, gain_db=9),
    )
    begin_s, end_s = Fraction(19, 30), Fraction(83, 30)
    part = mix(*sounds, duration_s=4, begin_s=begin_s, end_s=end_s)
    np.testing.assert_array_equal(part, mix(*sounds, duration_s=4)[30_400:132_800])


@pytest.mark.parametrize(("begin", "end"), [(0, 0), (1, Fraction(1, 2)), (-1, 1), (0, 2)])
def test_a_part_outside_the_film_is_refused(begin: Fraction, end: Fraction) -> None:
    with pytest.raises(InvalidValueError, match="must be within 0 and 1 s and not empty"):
        mix(begin_s=Fraction(begin), end_s=Fraction(end))


def test_a_loop_of_nothing_is_an_error(steady: Path) -> None:
    with pytest.raises(AssetError, match="nothing within the trim"):
        mix(Sound(steady, trim_start=0.6, loop=True))


def test_memory_does_not_grow_with_the_film(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "music.wav", np.random.default_rng(2).uniform(-1, 1, (48_000 * 40, 2)))
    placements = [Sound(path, loop=True), Sound(path, start=5, fade_out=3)]

    def peak_bytes(duration_s: int) -> int:
        tracemalloc.start()
        try:
            assert sum(len(block) for block in mix_sound(placements, Fraction(duration_s))) > 0
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak_bytes(180) < 1.1 * peak_bytes(60)


@st.composite
def loud_signals(draw: st.DrawFn) -> Signal:
    length = draw(st.integers(1, 4000))
    signal = np.random.default_rng(draw(st.integers(0, 1000))).uniform(-1, 1, (length, 2))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, length - 1))
        signal[at : at + draw(st.integers(1, 300))] *= draw(st.floats(1, 8))
    return signal.astype(np.float32)


@given(loud_signals(), st.lists(st.integers(1, 2000), min_size=1, max_size=5))
@settings(deadline=None)
def test_the_limiter_holds_peaks_and_leaves_the_rest(signal: Signal, lengths: list[int]) -> None:
    cuts = np.cumsum(lengths)
    limited = np.concatenate(list(limit_peaks(np.split(signal, cuts[cuts < len(signal)]))))
    assert limited.shape == signal.shape
    assert np.all(np.abs(limited) <= np.minimum(np.abs(signal), 1))
    assert np.all(limited * signal >= 0)
    above = np.abs(signal).max(axis=1) > 1
    near = np.convolve(above, np.ones(961))[480:-480] > 0.5
    np.testing.assert_array_equal(limited[~near], signal[~near])


def test_the_limiter_turns_down_no_more_than_a_peak_needs() -> None:
    tone = np.sin(np.arange(48_000) * (2 * np.pi * 440 / 48_000)).astype(np.float32)
    limited = np.concatenate(list(limit_peaks([np.column_stack([2 * tone, tone])])))
    assert np.abs(limited[:, 0]).max() == pytest.approx(1, abs=1e-3)
    # Both channels are turned down together, so that the picture of the stage stays.
    np.testing.assert_allclose(limited[:, 0], 2 * limited[:, 1], atol=1e-6)
