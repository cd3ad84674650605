"""Placements to one signal: trim, repeat, gain, fades, sum, limit. Streamed, so memory is flat.

A file is open only while it is heard; what is in memory is a second of each sound that
is heard at the moment, and a short sound that is repeated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.media.sound_file import SAMPLE_RATE, Samples, seconds_to_samples
from bazaar_nb.media.sound_playing import played_sound
from bazaar_nb.scene.sound import Sound

_BLOCK = SAMPLE_RATE
_LOOK = SAMPLE_RATE // 200
"""The limiter looks this far (5 ms) to both sides."""


def mix_sound(
    placements: Sequence[Sound],
    duration_s: Fraction,
    *,
    begin_s: Fraction = Fraction(0),
    end_s: Fraction | None = None,
) -> Iterator[Samples]:
    """Mix a film's sounds.

    Parameters
    ----------
    placements : sequence of Sound
        What is heard; `Sound.source` is a path on this machine.
    duration_s : Fraction
        Length of the film in seconds.
    begin_s, end_s : Fraction
        Half-open part of the film to give, None is its end. It is exactly that part of
        the whole film's mix: fades end where they end in the film.

    Yields
    ------
    ndarray of float32, shape (n, 2)
        Blocks of about a second at 48 kHz, within -1..1; in all
        ``round(end_s * 48000) - round(begin_s * 48000)`` samples.

    Raises
    ------
    InvalidValueError
        If the part is empty or not within the film.
    AssetError
        If a file can't be read, or is broken where it is read.
    """
    end_s = duration_s if end_s is None else end_s
    if not 0 <= begin_s < end_s <= duration_s:
        raise InvalidValueError(
            f"the part of the film that is heard must be within 0 and {float(duration_s):g} s and not empty, "
            f"got {float(begin_s):g} s to {float(end_s):g} s"
        )
    return _mix(
        placements, seconds_to_samples(duration_s), seconds_to_samples(begin_s), seconds_to_samples(end_s)
    )


def limit_peaks(blocks: Iterable[Samples]) -> Iterator[Samples]:
    """Keep a signal within -1..1.

    A look-ahead limiter: where a peak is above full scale, the gain goes down to meet it
    within 10 ms before it, and up again within 10 ms behind it. Everything else passes
    unchanged, bit for bit. The signal is not delayed.
    """
    context = 2 * _LOOK
    held = np.zeros((context, 2), np.float32)
    for block in blocks:
        held = np.concatenate([held, block])
        if len(held) > 2 * context:
            yield _limited(held)
            held = held[-2 * context :]
    yield _limited(np.concatenate([held, np.zeros((context, 2), np.float32)]))


def _mix(placements: Sequence[Sound], film: int, begin: int, end: int) -> Iterator[Samples]:
    position = 0
    # The limiter sees what follows the part, so that it does what it does in the whole film.
    for block in limit_peaks(_sums(placements, film, min(film, end + 2 * _LOOK))):
        wanted = block[max(begin - position, 0) : max(end - position, 0)]
        position += len(block)
        if len(wanted):
            yield wanted


def _sums(placements: Sequence[Sound], film: int, end: int) -> Iterator[Samples]:
    waiting = sorted(
        (_Voice(sound, film) for sound in placements), key=lambda voice: voice.begin, reverse=True
    )
    heard: list[_Voice] = []
    for at in range(0, end, _BLOCK):
        block = np.zeros((min(_BLOCK, end - at), 2), np.float32)
        while waiting and waiting[-1].begin < at + len(block):
            heard.append(waiting.pop())
        heard = [voice for voice in heard if voice.add_to(block, at)]
        yield block


class _Voice:
    """One placement while the film goes by."""

    def __init__(self, sound: Sound, film: int) -> None:
        self.begin = seconds_to_samples(sound.start)
        """The film's sample at which it is first heard."""
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
    gain = np.float32(10 ** (sound.gain_db / 20))
    fade_in, fade_out = seconds_to_samples(sound.fade_in), seconds_to_samples(sound.fade_out)
    length = room
    if fade_out and not (sound.loop or (sound.padded and sound.end is not None)):
        # The headers of some formats only estimate the end, so it is looked for.
        length = sum(len(block) for block in played_sound(sound, room))
    position = 0
    for block in played_sound(sound, room):
        played = block * gain
        index = np.arange(position, position + len(block))
        if sound.levels:
            played *= _levels(index / SAMPLE_RATE, sound.levels)
        if position < fade_in:
            played *= _fade(index / fade_in)
        if fade_out and position + len(block) > length - fade_out:
            played *= _fade((length - index) / fade_out)
        position += len(block)
        yield played


def _levels(times_s: NDArray[np.float64], levels: Sequence[tuple[float, float]]) -> Samples:
    """Give the factors at some times: straight lines between those that are given."""
    times, factors = zip(*levels, strict=True)
    gains: Samples = np.interp(times_s, times, factors).astype(np.float32)[:, np.newaxis]
    return gains


def _fade(progress: NDArray[np.float64]) -> Samples:
    """Equal-power fade, a quarter of a sine: two of them crossed keep their loudness."""
    gains = np.sin(np.clip(progress, 0, 1) * (math.pi / 2))
    return gains.astype(np.float32)[:, np.newaxis]


def _limited(samples: Samples) -> Samples:
    """Limit all but the context at both ends, which is only looked at."""
    context = 2 * _LOOK
    inner = samples[context:-context]
    peaks = np.abs(samples).max(axis=1)
    if peaks.max() <= 1:
        return inner
    window = 2 * _LOOK + 1
    excess = 1 - 1 / np.maximum(peaks, 1)
    # The highest of a window, then the mean of a window of those: never below what a
    # sample needs, without a step, and exactly 0 where no peak is near.
    highest = sliding_window_view(excess, window).max(axis=1)
    gain = 1 - np.convolve(highest, np.full(window, 1 / window, np.float32), mode="valid")
    limited: Samples = np.clip(inner * gain[:, np.newaxis], -1, 1).astype(np.float32)
    return limited
