"""Samples as sound: an array becomes the bytes of a wav file, and tones are arrays."""

from __future__ import annotations

import math
import re
import struct
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.time import Seconds, as_seconds
from bazaar_nb.values.number import finite_number

TONE_RATE = 48_000
"""Samples a second of tones, and of arrays that say nothing else: what films are mixed in."""

_MIN_RATE, _MAX_RATE = 100, 768_000
_MOST_CHANNELS = 64
_MOST_SAMPLES = 500_000_000  # what a wav file's 32-bit sizes hold
_LOUDEST = 16.0  # floats beyond it are numbers of some other range
_FLOAT = 3  # WAVE_FORMAT_IEEE_FLOAT
_LONGEST_S = 3600
_SHAPES = ("sine", "triangle", "square", "saw")
_NOTE = re.compile(r"([A-Ga-g])([#♯b♭]?)(-?\d)")
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

Samples = NDArray[np.float32]


def is_array(value: object) -> bool:
    """Tell whether a value is an array of samples, or something that numpy takes as one."""
    return hasattr(value, "__array__") or (isinstance(value, list | tuple) and len(value) > 0)


def as_samples(value: object, where: str) -> Samples:
    """Give samples as float32 of shape (n, channels), full scale -1 to 1.

    Parameters
    ----------
    value : array
        Of shape (n,), (n, channels) or, as some libraries have it, (channels, n). Integers are of their
        type's range.

    Raises
    ------
    InvalidValueError
        For what is no array of numbers, is empty, or isn't finite.
    """
    try:
        given = np.asarray(value)
    except (ValueError, TypeError):
        raise InvalidValueError(f"`source` must be an array of numbers{where}") from None
    if given.dtype.kind not in "fiu":
        raise InvalidValueError(f"`source` must be an array of floats or integers, got {given.dtype}{where}")
    columns = given[:, np.newaxis] if given.ndim == 1 else given
    if columns.ndim == 2 and columns.shape[0] <= 8 < columns.shape[1]:
        columns = columns.T
    if columns.ndim != 2 or not 1 <= columns.shape[1] <= _MOST_CHANNELS or not len(columns):
        raise InvalidValueError(
            f"`source` must have the shape (samples,) or (samples, channels), got {given.shape}{where}"
        )
    if columns.size > _MOST_SAMPLES:
        raise InvalidValueError(
            f"`source` must have at most {_MOST_SAMPLES:,} samples, got {columns.size:,}: write a file{where}"
        )
    if given.dtype.kind == "f":
        samples = columns.astype(np.float32)
        if not np.isfinite(samples).all():
            raise InvalidValueError(f"`source` must have finite samples, got NaN or infinity{where}")
        loudest = float(np.abs(samples).max())
        if loudest > _LOUDEST:
            raise InvalidValueError(
                f"`source` must be within -1 and 1, which is full scale, got {loudest:g}: "
                f"divide it, or give integers{where}"
            )
        return samples
    info = np.iinfo(given.dtype)
    centre = 0.0 if given.dtype.kind == "i" else (info.max + 1) / 2
    scale = -float(info.min) if given.dtype.kind == "i" else centre
    return ((columns.astype(np.float64) - centre) / scale).astype(np.float32)


def wave_file(value: object, rate: object, where: str) -> bytes:
    """Give samples as the bytes of a wav file of 32-bit floats.

    Raises
    ------
    InvalidValueError
        For what are no samples, or a rate that isn't 100 to 768 000.
    """
    number = finite_number(rate, "rate", where)
    if number != int(number) or not _MIN_RATE <= number <= _MAX_RATE:
        raise InvalidValueError(
            f"`rate` must be a whole number of samples a second, {_MIN_RATE} to {_MAX_RATE}, "
            f"got {rate!r}{where}"
        )
    samples = as_samples(value, where)
    channels, frame_bytes = samples.shape[1], 4 * samples.shape[1]
    body = samples.astype("<f4").tobytes()
    kind = struct.pack(
        "<HHIIHHH", _FLOAT, channels, int(number), int(number) * frame_bytes, frame_bytes, 32, 0
    )
    chunks = b"fmt " + struct.pack("<I", len(kind)) + kind
    chunks += b"fact" + struct.pack("<II", 4, len(samples)) + b"data" + struct.pack("<I", len(body))
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + len(body)) + b"WAVE" + chunks + body


def wave_name(data: bytes) -> str:
    """Name a file by what is in it."""
    return f"array-{blake2b(data, digest_size=8).hexdigest()}.wav"


def tone(
    frequency: float | str,
    duration: Seconds,
    *,
    shape: Literal["sine", "triangle", "square", "saw"] = "sine",
    volume: float = 0.3,
    attack: Seconds = 0.005,
    release: Seconds = 0.02,
    decay: Seconds | None = None,
) -> Samples:
    """Give a tone as samples at 48 kHz: to be heard as a `Sound`, or to make music of with numpy.

    Parameters
    ----------
    frequency : float or str
        In hertz, 1 to 24 000, or a note as ``"A4"`` (440 Hz), ``"C#5"``, ``"Bb3"``.
    duration : seconds
        At most an hour.
    shape : {"sine", "triangle", "square", "saw"}
        Overtones above 24 kHz are left out, so that none is heard as another tone.
    volume : float
        Amplitude, 0 to 1.
    attack, release : seconds
        For which it rises at its beginning and falls at its end; without, it clicks.
    decay : seconds, optional
        After so long it is half as loud, as a plucked string or a bell; by default it stays.

    Returns
    -------
    ndarray of float32, shape (samples,)

    Raises
    ------
    InvalidValueError
        With what was given and what is wanted.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> chime = bz.tone("A4", 1, decay=0.2) + bz.tone("E5", 1, decay=0.15)
    >>> bz.Sound(chime, start=2).start
    2.0
    """
    where = " (tone)"
    hertz = _hertz(frequency, where)
    length_s = as_seconds(duration, "duration", where)
    if not 0 < length_s <= _LONGEST_S:
        raise InvalidValueError(
            f"`duration` must be more than 0 s and at most an hour, got {duration!r}{where}"
        )
    if shape not in _SHAPES:
        raise InvalidValueError(f"`shape` must be one of {', '.join(_SHAPES)}, got {shape!r:.60}{where}")
    amplitude = finite_number(volume, "volume", where)
    if not 0 <= amplitude <= 1:
        raise InvalidValueError(f"`volume` must be 0 to 1, got {volume!r}{where}")
    samples = max(1, round(length_s * TONE_RATE))
    time = np.arange(samples) / TONE_RATE
    wave = _wave(shape, hertz, time) * amplitude
    rise, fall = (
        _not_negative(value, name, where) for value, name in ((attack, "attack"), (release, "release"))
    )
    if rise:
        wave *= np.clip(time / rise, 0, 1)
    if fall:
        wave *= np.clip((float(length_s) - time) / fall, 0, 1)
    if decay is not None:
        half = float(as_seconds(decay, "decay", where))
        if half <= 0:
            raise InvalidValueError(f"`decay` must be more than 0 s, got {decay!r}{where}")
        wave *= 0.5 ** (time / half)
    return wave.astype(np.float32)


def _not_negative(value: Any, name: str, where: str) -> float:
    seconds = float(as_seconds(value, name, where))
    if seconds < 0:
        raise InvalidValueError(f"`{name}` must be at least 0 s, got {value!r}{where}")
    return seconds


def _hertz(frequency: object, where: str) -> float:
    if isinstance(frequency, str):
        found = _NOTE.fullmatch(frequency.strip())
        if found is None:
            raise InvalidValueError(
                f"`frequency` must be hertz or a note as 'A4', got {frequency!r:.60}{where}"
            )
        letter, sign, octave = found.groups()
        semitone = _SEMITONES[letter.upper()] + {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[sign]
        hertz = 440 * 2 ** ((semitone - 9 + 12 * (int(octave) - 4)) / 12)  # equal temperament on A4
    else:
        hertz = finite_number(frequency, "frequency", where)
    if not 1 <= hertz <= TONE_RATE / 2:
        raise InvalidValueError(f"`frequency` must be 1 to {TONE_RATE // 2} Hz, got {frequency!r:.60}{where}")
    return hertz


def _wave(shape: str, hertz: float, time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add up the overtones of a shape, as its Fourier series has them, below half the rate."""
    turns = 2 * math.pi * hertz * time
    if shape == "sine":
        return np.sin(turns)
    wave = np.zeros(len(time))
    for number in range(1, min(200, int(TONE_RATE / 2 / hertz)) + 1):
        if shape == "saw":
            wave += np.sin(number * turns) * (2 / math.pi * (-1) ** (number + 1) / number)
        elif number % 2:
            sign = (-1) ** (number // 2)
            height = 8 / math.pi**2 * sign / number**2 if shape == "triangle" else 4 / math.pi / number
            wave += np.sin(number * turns) * height
    return wave
