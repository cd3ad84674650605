"""One placement while a film goes by: gain, pan, levels and fades over what is played of its file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.media.sound_file import SAMPLE_RATE, Samples, seconds_to_samples
from bazaar_nb.media.sound_loudness import gain_to
from bazaar_nb.media.sound_playing import played_sound
from bazaar_nb.media.sound_silence import without_silence
from bazaar_nb.scene.sound import Sound


class PlacedSound:
    """One placement while the film goes by.

    Parameters
    ----------
    film : int
        Samples of the film.

    Attributes
    ----------
    begin : int
        The film's sample at which it is first heard.
    """

    def __init__(self, sound: Sound, film: int) -> None:
        self.sound = sound
        self.begin = seconds_to_samples(sound.start)
        end = film if sound.end is None else min(film, seconds_to_samples(sound.end))
        self._blocks = _placed(sound, end - self.begin)
        self._rest = np.zeros((0, 2), np.float32)
        self._position = self.begin

    def add_to(self, block: Samples, at: int) -> bool:
        """Add what is heard in the block that starts at sample `at`; False if that was the last."""
        end = at + len(block)
        while self._position < end:
            if not len(self._rest):
                following = next(self._blocks, None)
                if following is None:
                    return False
                self._rest = following
            part = self._rest[: end - self._position]
            block[self._position - at : self._position - at + len(part)] += part
            self._position += len(part)
            self._rest = self._rest[len(part) :]
        return True


def _placed(sound: Sound, room: int) -> Iterator[Samples]:
    """Give a placement's samples with gain, levels and fades, at most `room` of them."""
    if room <= 0:
        return
    sound = without_silence(sound)
    base_db = 0.0 if sound.loudness is None else gain_to(sound.loudness, sound)
    moving = not isinstance(sound.gain_db, float)
    gain = np.float32(10 ** ((base_db if moving else sound.gain_db + base_db) / 20))  # type: ignore[operator]
    fade_in, fade_out = seconds_to_samples(sound.fade_in), seconds_to_samples(sound.fade_out)
    length = room
    if fade_out and not (sound.loop or (sound.padded and sound.end is not None)):
        # The headers of some formats only estimate the end, so it is looked for.
        length = sum(len(block) for block in played_sound(sound, room))
    position = 0
    for block in played_sound(sound, room):
        played = block * gain
        index = np.arange(position, position + len(block))
        if moving:
            played *= _decibels(index / SAMPLE_RATE, sound.gain_db)  # type: ignore[arg-type]
        if sound.levels:
            played *= _levels(index / SAMPLE_RATE, sound.levels)
        if sound.pan != 0:
            played = _panned(played, index / SAMPLE_RATE, sound.pan)
        if position < fade_in:
            played *= _fade(index / fade_in)
        if fade_out and position + len(block) > length - fade_out:
            played *= _fade((length - index) / fade_out)
        position += len(block)
        yield played


def _decibels(times_s: NDArray[np.float64], keyframes: Sequence[tuple[float, float]]) -> Samples:
    """Give the factors of gains at some times: straight lines in decibels."""
    times, gains = zip(*keyframes, strict=True)
    factors: Samples = (10 ** (np.interp(times_s, times, gains) / 20)).astype(np.float32)[:, np.newaxis]
    return factors


def _panned(
    samples: Samples, times_s: NDArray[np.float64], pan: float | Sequence[tuple[float, float]]
) -> Samples:
    """Move a signal to a side by the sine law: what both channels share keeps its power.

    What differs between them gets quieter towards the side, where only one is left: panned all the way,
    a stereo sound is its mono sum.
    """
    if isinstance(pan, float):
        places = np.full(1, pan)
    else:
        times, values = zip(*pan, strict=True)
        places = np.interp(times_s, times, values)
    angle = (places + 1) * (math.pi / 4)
    middle, side = samples.mean(axis=1), (samples[:, 0] - samples[:, 1]) / 2
    width = np.cos(places * (math.pi / 2)).astype(np.float32)
    left = (np.cos(angle) * math.sqrt(2)).astype(np.float32)
    right = (np.sin(angle) * math.sqrt(2)).astype(np.float32)
    return np.column_stack([left * middle + width * side, right * middle - width * side]).astype(np.float32)


def _levels(times_s: NDArray[np.float64], levels: Sequence[tuple[float, float]]) -> Samples:
    """Give the factors at some times: straight lines between those that are given."""
    times, factors = zip(*levels, strict=True)
    gains: Samples = np.interp(times_s, times, factors).astype(np.float32)[:, np.newaxis]
    return gains


def _fade(progress: NDArray[np.float64]) -> Samples:
    """Equal-power fade, a quarter of a sine: two of them crossed keep their loudness."""
    gains = np.sin(np.clip(progress, 0, 1) * (math.pi / 2))
    return gains.astype(np.float32)[:, np.newaxis]
