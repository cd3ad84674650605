"""The gain of a sound that goes down while others are heard; streamed beside the mix.

The others are read a second time, ahead of the film by the attack: a few figures a second tell where they are
heard, and the gain follows from these alone, so that it is the same whatever part of a film is mixed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.media.sound_file import SAMPLE_RATE, Samples
from bazaar_nb.media.sound_placing import PlacedSound
from bazaar_nb.scene.ducking import Duck
from bazaar_nb.scene.sound import Sound

_HOP = SAMPLE_RATE // 100
"""Samples of which one figure tells whether something is heard."""
_BLOCK = SAMPLE_RATE
_FAR = 1 << 40


class DuckGain:
    """How loud a sound is beside others; asked for in the order of the film.

    Parameters
    ----------
    others : sequence of Sound
        Under which it goes down.
    film : int
        Samples of the film.
    """

    def __init__(self, duck: Duck, others: Sequence[Sound], film: int) -> None:
        self._duck = duck
        self._film = film
        self._others = [PlacedSound(sound, film) for sound in others]
        self._attack, self._hold, self._release = (
            max(0.5, seconds * SAMPLE_RATE / _HOP) for seconds in (duck.attack, duck.hold, duck.release)
        )
        self._threshold = 10 ** (duck.threshold_db / 20)
        self._first = 0  # the hop that the first of these figures is of
        self._heard = np.zeros(0, np.bool_)
        self._read = 0  # samples
        self._last = -_FAR  # the last hop before those in which something was heard

    def factors(self, at: int, length: int) -> Samples | None:
        """Give the factors of the amplitude from a sample of the film on, shape (length, 1); None for 1."""
        first, last = at // _HOP, (at + length) // _HOP + 2
        self._read_until(last + int(self._attack) + 2)
        self._forget(first)
        hops = np.arange(self._first, self._first + len(self._heard))
        before = np.maximum.accumulate(np.where(self._heard, hops, self._last))
        after = np.minimum.accumulate(np.where(self._heard, hops, _FAR)[::-1])[::-1]
        wanted = slice(first - self._first, last - self._first)
        to_next = (after - hops)[wanted]
        since_last = (hops - before)[wanted]
        depth = np.maximum(1 - to_next / self._attack, 1 - (since_last - self._hold) / self._release)
        depth = np.clip(depth, 0, 1)
        if not depth.any():
            return None
        gains_db = -self._duck.by_db * depth * depth * (3 - 2 * depth)
        samples: NDArray[np.float64] = np.arange(at, at + length) / _HOP
        factors: Samples = (10 ** (np.interp(samples, hops[wanted], gains_db) / 20)).astype(np.float32)
        return factors[:, np.newaxis]

    def _read_until(self, hop: int) -> None:
        while self._first + len(self._heard) < hop:
            block = np.zeros((_BLOCK, 2), np.float32)
            if self._read < self._film:
                self._others = [
                    other
                    for other in self._others
                    if other.begin >= self._read + _BLOCK or other.add_to(block, self._read)
                ]
            self._read += _BLOCK
            power = np.square(block).max(axis=1).reshape(-1, _HOP).mean(axis=1)
            self._heard = np.concatenate([self._heard, power > self._threshold**2])

    def _forget(self, hop: int) -> None:
        gone = self._heard[: hop - self._first]
        if gone.any():
            self._last = self._first + int(np.flatnonzero(gone)[-1])
        self._heard = self._heard[len(gone) :]
        self._first += len(gone)
