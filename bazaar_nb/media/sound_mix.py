"""Placements to one signal: sum, loudness, limit. Streamed, so memory is flat.

A file is open only while it is heard; what is in memory is a second of each sound that
is heard at the moment, and a short sound that is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.media.sound_ducking import DuckGain
from bazaar_nb.media.sound_file import SAMPLE_RATE, Samples, file_stamp, seconds_to_samples
from bazaar_nb.media.sound_loudness import SILENT, measured_loudness
from bazaar_nb.media.sound_placing import PlacedSound
from bazaar_nb.scene.ducking import Duck
from bazaar_nb.scene.sound import MAX_GAIN_DB, Sound

_BLOCK = SAMPLE_RATE
_LOOK = SAMPLE_RATE // 200
"""The limiter looks this far (5 ms) to both sides."""


def mix_sound(
    placements: Sequence[Sound],
    duration_s: Fraction,
    *,
    begin_s: Fraction = Fraction(0),
    end_s: Fraction | None = None,
    loudness: float | None = None,
    on_block: Callable[[], None] | None = None,
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
    loudness : float, optional
        Integrated loudness (EBU R128) to bring the whole film to, in LUFS: it is mixed once to be measured.
    on_block : callable, optional
        Called now and then while it is measured; what it raises passes through.

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
        placements, seconds_to_samples(duration_s), seconds_to_samples(begin_s), seconds_to_samples(end_s),
        loudness, on_block,
    )  # fmt: skip


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


def _mix(
    placements: Sequence[Sound],
    film: int,
    begin: int,
    end: int,
    loudness: float | None,
    on_block: Callable[[], None] | None,
) -> Iterator[Samples]:
    position = 0
    # The limiter sees what follows the part, so that it does what it does in the whole film.
    sums = _sums(placements, film, min(film, end + 2 * _LOOK))
    if loudness is not None:
        gain_db = _gain_to(loudness, placements, film, on_block)
        gain = np.float32(10 ** (gain_db / 20))
        sums = (block * gain for block in sums)
    for block in limit_peaks(sums):
        wanted = block[max(begin - position, 0) : max(end - position, 0)]
        position += len(block)
        if len(wanted):
            yield wanted


_measured: dict[tuple[object, ...], float] = {}
_MOST_MEASURED = 64


def _gain_to(
    target: float, placements: Sequence[Sound], film: int, on_block: Callable[[], None] | None
) -> float:
    """Give the gain in decibels that brings a film to a loudness; 0 for a silent one."""
    key = (film, *placements, *(file_stamp(sound.source) for sound in placements))
    if key not in _measured:
        found = measured_loudness(_sums(placements, film, film), on_block)
        while len(_measured) >= _MOST_MEASURED:
            del _measured[next(iter(_measured))]
        _measured[key] = found
    loudness = _measured[key]
    return 0.0 if loudness <= SILENT else min(target - loudness, MAX_GAIN_DB)


def _sums(placements: Sequence[Sound], film: int, end: int) -> Iterator[Samples]:
    waiting = sorted(
        (PlacedSound(sound, film) for sound in placements), key=lambda placed: placed.begin, reverse=True
    )
    ducked = _duck_gains(placements, film)
    heard: list[PlacedSound] = []
    for at in range(0, end, _BLOCK):
        block = np.zeros((min(_BLOCK, end - at), 2), np.float32)
        while waiting and waiting[-1].begin < at + len(block):
            heard.append(waiting.pop())
        factors = {key: gain.factors(at, len(block)) for key, gain in ducked.items()}
        heard = [placed for placed in heard if _added(placed, block, at, factors)]
        yield block


def _duck_gains(placements: Sequence[Sound], film: int) -> dict[Duck, DuckGain]:
    """Give the gains of sounds that go down: one for all that do so alike."""
    gains = {}
    for sound in placements:
        if sound.duck is not None and sound.duck not in gains:
            others = [other for other in placements if other.name == sound.duck.under]
            gains[sound.duck] = DuckGain(sound.duck, others, film)
    return gains


def _added(placed: PlacedSound, block: Samples, at: int, factors: dict[Duck, Samples | None]) -> bool:
    """Add what is heard of a sound; False if that was the last."""
    gain = None if placed.sound.duck is None else factors[placed.sound.duck]
    if gain is None:
        return placed.add_to(block, at)
    own = np.zeros_like(block)
    goes_on = placed.add_to(own, at)
    block += own * gain
    return goes_on


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
