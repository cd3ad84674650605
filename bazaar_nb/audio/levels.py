"""How loud a sound is at each frame, whole or by bands of pitch: numbers that scenes move things with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.audio.heard import Source, as_duration, as_sound, blocks_of, stamped
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.media.sound_file import SAMPLE_RATE, Samples
from bazaar_nb.scene.sound import Sound
from bazaar_nb.scene.time import Seconds, as_fps, as_seconds, seconds_to_frames
from bazaar_nb.values.number import finite_number, whole_number

Unit = Literal["share", "db", "amplitude"]
Levels = NDArray[np.float32]

_UNITS = ("share", "db", "amplitude")
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 16_000.0
_MOST_BANDS = 512
_WINDOW = 4096  # samples at least, 85 ms: the lowest band needs them
_MOST_SAMPLES = 1 << 21  # of the windows that are looked at together
_AT_ONCE = 64  # frames
_QUIETEST = 1e-6


def sound_levels(
    source: Source,
    fps: Seconds = 30,
    *,
    bands: int | Sequence[float] | None = None,
    unit: Unit = "share",
    floor_db: float = -60.0,
    fall: Seconds = 0,
    duration: Seconds | None = None,
) -> Levels:
    """Tell how loud a sound is at each frame.

    Parameters
    ----------
    source : str, path, bytes, file object, array or Sound
        Of a `Sound`, what is played of it, once through, without its gains and fades: its first row is
        where it starts.
    fps : number
        Rows a second: the film's frame rate, as a rule.
    bands : int or sequence of float, optional
        By pitch: so many bands from 40 Hz to 16 kHz, each as many times as high as the one before, or
        their edges in hertz. Without, all pitches together.
    unit : {"share", "db", "amplitude"}
        Shares go from 0, at `floor_db` or below, to 1 at full scale, as the ear has it; decibels down to
        `floor_db`; amplitudes are linear. A sine of full scale is 1, or 0 dB.
    floor_db : float
        Below 0, in decibels.
    fall : seconds
        How long a level takes from top to bottom at most: meters that fall slowly look calm.
    duration : seconds, optional
        How much of it; what is longer than the sound is silence. All of it by default.

    Returns
    -------
    ndarray of float32, shape (frames,) or (frames, bands)
        Not to be written to.

    Raises
    ------
    AssetError, InvalidValueError
        For what is no sound, and bands that can't be.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> beat = bz.sound_levels(bz.tone(100, 0.5), fps=30, bands=4, duration=1)
    >>> beat.shape, int(beat[3].argmax())
    ((30, 4), 0)
    """
    where = " (sound_levels)"
    if unit not in _UNITS:
        raise InvalidValueError(f"`unit` must be one of {', '.join(_UNITS)}, got {unit!r:.60}{where}")
    lowest = finite_number(floor_db, "floor_db", where)
    if not -120 <= lowest < 0:
        raise InvalidValueError(f"`floor_db` must be from -120 to below 0, got {floor_db!r}{where}")
    falls = as_seconds(fall, "fall", where)
    if falls < 0:
        raise InvalidValueError(f"`fall` must be at least 0 s, got {fall!r}{where}")
    rate = as_fps(fps, where)
    edges = None if bands is None else _edges(bands, where)
    sound, stamp = stamped(as_sound(source, where))
    amplitudes = _amplitudes(sound, stamp, rate, edges, as_duration(duration, where))
    decibels = 20 * np.log10(np.maximum(amplitudes, _QUIETEST))
    shares = np.clip(1 - decibels / lowest, 0, 1)
    if falls:
        step = 1 / (float(falls) * float(rate))
        for row in range(1, len(shares)):
            shares[row] = np.maximum(shares[row], shares[row - 1] - step)
    levels: Levels = shares.astype(np.float32)
    if unit != "share":
        levels = (lowest - shares * lowest).astype(np.float32)
    if unit == "amplitude":
        levels = amplitudes if not falls else (10 ** (levels / 20)).astype(np.float32) * (levels > lowest)
    levels = np.array(levels, np.float32)
    levels.flags.writeable = False
    return levels


def _edges(bands: object, where: str) -> tuple[float, ...]:
    count = whole_number(bands)
    if count is not None:
        if not 1 <= count <= _MOST_BANDS:
            raise InvalidValueError(f"`bands` must be 1 to {_MOST_BANDS}, got {bands!r}{where}")
        return tuple(np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, count + 1).tolist())
    values: Any = bands
    try:
        edges = tuple(float(edge) for edge in values)
    except (TypeError, ValueError):
        raise InvalidValueError(
            f"`bands` must be a number, or edges in hertz, got {bands!r:.60}{where}"
        ) from None
    rising = all(low < high for low, high in pairwise(edges))
    if (
        not 2 <= len(edges) <= _MOST_BANDS + 1
        or not rising
        or not 0 <= edges[0] < edges[-1] <= SAMPLE_RATE / 2
    ):
        raise InvalidValueError(
            f"`bands` must be rising edges from 0 to {SAMPLE_RATE // 2} Hz, got {bands!r:.60}{where}"
        )
    return edges


@lru_cache(64)
def _amplitudes(
    sound: Sound,
    _stamp: tuple[int, int],
    rate: Fraction,
    edges: tuple[float, ...] | None,
    duration: Fraction | None,
) -> Levels:
    # A frame's window is the frame itself; for bands one around its middle that is long enough for both.
    length = max(1, round(SAMPLE_RATE / rate))
    if edges is not None:
        length = max(_WINDOW, 1 << (length - 1).bit_length())
    weights = None if edges is None else _band_weights(edges, length)
    rows = []
    for windows in _windows(sound, rate, length, duration):
        if weights is None:
            rows.append(np.sqrt(np.square(windows).mean(axis=(1, 2)) * 2))
            continue
        shape = np.hanning(length).astype(np.float32)
        same = np.array_equal(windows[..., 0], windows[..., 1])  # as of mono sounds
        sides = (windows[..., 0],) if same else (windows[..., 0], windows[..., 1])
        spectra = [np.fft.rfft(side * shape, axis=1) for side in sides]
        power = sum(np.square(each.real) + np.square(each.imag) for each in spectra) / len(spectra)
        # Parseval's theorem, for one side of the spectrum: the mean square of what a band holds.
        squares = power @ weights.T * (2 / (length * np.square(shape).sum()))
        rows.append(np.sqrt(squares * 2))
    return np.concatenate(rows).astype(np.float32)


def _band_weights(edges: tuple[float, ...], length: int) -> Levels:
    """Give how much of each frequency a band has: bands that are narrower than one share it."""
    step = SAMPLE_RATE / length
    at = np.arange(length // 2 + 1) * step
    low, high = np.array(edges[:-1])[:, np.newaxis], np.array(edges[1:])[:, np.newaxis]
    overlap = np.minimum(high, at + step / 2) - np.maximum(low, at - step / 2)
    weights: Levels = np.clip(overlap / step, 0, 1).astype(np.float32)
    return weights


def _windows(
    sound: Sound, rate: Fraction, length: int, duration: Fraction | None
) -> Iterator[NDArray[np.float32]]:
    """Give the samples around each frame, some frames at a time; silence is beyond both ends."""
    frames = None if duration is None else max(1, seconds_to_frames(duration, rate))
    held = np.zeros((length, 2), np.float32)
    first = -length  # the sample that `held` begins with
    frame = 0
    at_once = max(1, min(_AT_ONCE, _MOST_SAMPLES // length))
    blocks: Iterator[Samples] = blocks_of(sound, duration)
    while frames is None or frame < frames:
        block = next(blocks, None)
        if block is None:
            if frames is None:
                frames = max(1, math.ceil((first + len(held)) * rate / SAMPLE_RATE))
            block = np.zeros((SAMPLE_RATE + length, 2), np.float32)
        held = np.concatenate([held, block])
        starts: list[int] = []
        while frames is None or frame + len(starts) < frames:
            start = round((frame + len(starts) + Fraction(1, 2)) * SAMPLE_RATE / rate) - length // 2
            if start + length > first + len(held):
                break
            starts.append(start - first)
        for at in range(0, len(starts), at_once):
            yield np.stack([held[start : start + length] for start in starts[at : at + at_once]])
        frame += len(starts)
        following = round((frame + Fraction(1, 2)) * SAMPLE_RATE / rate) - length // 2
        gone = min(max(0, following - first), len(held))
        held, first = held[gone:], first + gone
