"""Where something begins in a sound, and its beat: times that scenes move to.

Onsets are where the spectrum rises (spectral flux over bands of equal ratio). The tempo is the lag at which
the onsets agree best with themselves, near 120 beats a minute if several do. Beats are the path through
strong onsets with steps near that lag: dynamic programming after D. Ellis, "Beat Tracking by Dynamic
Programming", Journal of New Music Research 36 (2007).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.audio.heard import Source, as_sound, blocks_of, stamped
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.media.sound_file import SAMPLE_RATE
from bazaar_nb.scene.sound import Sound
from bazaar_nb.values.number import finite_number

Times = NDArray[np.float64]

_HOP = 480  # samples: 10 ms
_HOPS = SAMPLE_RATE // _HOP  # a second
_WINDOW = 2048
_BANDS = 32
_SLOWEST, _FASTEST = 40.0, 240.0
_TIGHTNESS = 100.0
_USUAL_BPM = 120.0
_OCTAVES = 0.9
_QUIET_DB = -50.0
_LOW_BANDS, _LOW_WEIGHT = 9, 3.0  # up to 215 Hz


@dataclass(frozen=True, eq=False)
class SoundBeats:
    """What `sound_beats` found, in seconds of what is heard.

    Attributes
    ----------
    tempo : float
        Beats a minute; 0 where there is no beat.
    times : ndarray of float64
        Of the beats.
    onsets : ndarray of float64
        Where something begins: notes, syllables, strokes, on a beat or not.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.sound_beats(bz.tone(440, 1)).times
    array([], dtype=float64)
    """

    tempo: float
    times: Times
    onsets: Times

    def pulse(self, time: float, decay: float = 0.25) -> float:
        """Give 1 at a beat, falling to 0 before the next: half after `decay` seconds; 0 before the first.

        Parameters
        ----------
        time : float
            Seconds of what is heard, as ``frame.time`` where the sound begins with the scene.
        """
        if not decay > 0:
            raise InvalidValueError(f"`decay` must be more than 0 s, got {decay!r} (pulse)")
        since = self._since(time)
        return 0.0 if since is None else float(0.5 ** (since / decay))

    def count(self, time: float) -> int:
        """Give how many beats there were until a time, one at that time included."""
        return int(np.searchsorted(self.times, time + 1e-9, side="right"))

    def phase(self, time: float) -> float:
        """Give how far it is from a beat to the next: 0 at one, just below 1 before the next."""
        number = self.count(time)
        if not 0 < number < len(self.times):
            return 0.0
        last, following = self.times[number - 1], self.times[number]
        return float((time - last) / (following - last))

    def __repr__(self) -> str:
        return f"<SoundBeats: {self.tempo:.1f} a minute, {len(self.times)} beats, {len(self.onsets)} onsets>"

    def _since(self, time: float) -> float | None:
        number = self.count(time)
        return None if number == 0 else float(time - self.times[number - 1])


def sound_beats(source: Source, *, slowest: float = 60, fastest: float = 200) -> SoundBeats:
    """Find the beat of a sound, and where something begins in it.

    Parameters
    ----------
    source : str, path, bytes, file object, array or Sound
        Of a `Sound`, what is played of it, once through.
    slowest, fastest : float
        Beats a minute, 40 to 240, between which the tempo is looked for.

    Returns
    -------
    SoundBeats
        Times are right to about 10 ms. Tempo is taken as steady: of music that gets slower or faster by
        more than a tenth the beats are not found.

    Raises
    ------
    AssetError, InvalidValueError
        For what is no sound, and rates that can't be.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> import numpy as np
    >>> click = bz.tone(1500, 0.5, decay=0.02)
    >>> beats = bz.sound_beats(np.tile(click, 16))
    >>> round(beats.tempo), len(beats.onsets)
    (120, 16)
    """
    where = " (sound_beats)"
    low, high = finite_number(slowest, "slowest", where), finite_number(fastest, "fastest", where)
    if not _SLOWEST <= low < high <= _FASTEST:
        raise InvalidValueError(
            f"`slowest` and `fastest` must be rising, {_SLOWEST:g} to {_FASTEST:g} beats a minute, "
            f"got {slowest!r} and {fastest!r}{where}"
        )
    return _find(*stamped(as_sound(source, where)), low, high)


@lru_cache(32)
def _find(sound: Sound, _stamp: tuple[int, int], slowest: float, fastest: float) -> SoundBeats:
    rise = _rises(sound)
    onsets = _peaks(rise)
    period = _period(rise, slowest, fastest) if len(onsets) > 3 else 0.0
    beats = _beats(rise, period) if period else np.zeros(0, np.int64)
    times = beats / _HOPS
    tempo = 0.0
    if len(times) > 2:  # steadier than a lag of whole hops
        tempo = 60 / float(np.polyfit(np.arange(len(times)), times, 1)[0])
    found = SoundBeats(tempo, times, onsets / _HOPS)
    for array in (found.times, found.onsets):
        array.flags.writeable = False
    return found


def _rises(sound: Sound) -> NDArray[np.float64]:
    """Give how much the spectrum rises at each hop, the mean of what it does being 1."""
    bands = _band_matrix()
    shape = np.hanning(_WINDOW)
    held = np.zeros(_WINDOW // 2, np.float32)  # a hop's window is around it
    levels = []
    blocks = blocks_of(sound)
    ended = False
    while not ended:
        block = next(blocks, None)
        ended = block is None
        more = np.zeros(_WINDOW // 2, np.float32) if block is None else block.mean(axis=1)
        held = np.concatenate([held, more])
        count = (len(held) - _WINDOW) // _HOP + 1
        if count < 1:
            continue
        windows = np.lib.stride_tricks.sliding_window_view(held, _WINDOW)[: count * _HOP : _HOP]
        power = np.square(np.abs(np.fft.rfft(windows * shape, axis=1))) @ bands.T
        levels.append(np.log10(np.maximum(power, 1e-12)) * 10)
        held = held[count * _HOP :]
    decibels = np.concatenate(levels) if levels else np.zeros((1, _BANDS))
    full = 10 * math.log10(float(np.square(shape.sum() / 2)))
    decibels = np.maximum(decibels - full, _QUIET_DB)
    # A step of 20 ms: an onset is spread over the window.
    before = (
        np.concatenate([np.full((2, _BANDS), _QUIET_DB), decibels[:-2]]) if len(decibels) > 2 else decibels
    )
    # What is loud counts more than what is there, and low pitches, where drums are, more than others.
    loud = (decibels - _QUIET_DB) * np.where(np.arange(_BANDS) < _LOW_BANDS, _LOW_WEIGHT, 1.0)
    rise: NDArray[np.float64] = (np.maximum(decibels - before, 0) * loud).mean(axis=1)
    mean = float(rise.mean())
    return rise / mean if mean > 0 else rise


def _band_matrix() -> NDArray[np.float64]:
    edges = np.geomspace(40, 16_000, _BANDS + 1)
    at = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE)
    step = at[1]
    overlap = np.minimum(edges[1:, np.newaxis], at + step / 2) - np.maximum(
        edges[:-1, np.newaxis], at - step / 2
    )
    matrix: NDArray[np.float64] = np.clip(overlap / step, 0, 1)
    return matrix


def _peaks(rise: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give the hops where something begins: the highest around, and clearly above what is usual there."""
    if len(rise) < 5 or not rise.any():
        return np.zeros(0, np.int64)
    near = np.lib.stride_tricks.sliding_window_view(np.pad(rise, 4), 9).max(axis=1)
    wide = np.lib.stride_tricks.sliding_window_view(
        np.pad(rise, 50, mode="reflect" if len(rise) > 50 else "edge"), 101
    )
    usual = np.median(wide, axis=1) + 0.15 * np.percentile(rise, 99)
    peaks = np.flatnonzero((rise >= near) & (rise > usual))
    if not len(peaks):
        return peaks
    kept: NDArray[np.int64] = peaks[np.concatenate([[True], np.diff(peaks) > 3])]
    return kept


def _period(rise: NDArray[np.float64], slowest: float, fastest: float) -> float:
    """Give the beat's length in hops."""
    centred = rise - rise.mean()
    size = 1 << math.ceil(math.log2(2 * len(centred)))
    spectrum = np.fft.rfft(centred, size)
    agreement = np.fft.irfft(np.square(np.abs(spectrum)), size)[: len(centred)]
    low, high = math.floor(60 * _HOPS / fastest), math.ceil(60 * _HOPS / slowest)
    high = min(high, len(agreement) - 2)
    if high <= low + 1 or agreement[0] <= 0:
        return 0.0
    lags = np.arange(low, high + 1)
    usual = np.exp(-0.5 * np.square(np.log2(60 * _HOPS / lags / _USUAL_BPM) / _OCTAVES))
    # What repeats after two and three beats does after one.
    multiples = [np.interp(lags * turn, np.arange(len(agreement)), agreement, right=0) for turn in (1, 2, 3)]
    scores = usual * (multiples[0] + 0.5 * multiples[1] + 0.3 * multiples[2])
    best = int(scores.argmax())
    if multiples[0][best] < 0.05 * agreement[0]:
        return 0.0
    return float(lags[best])


def _beats(rise: NDArray[np.float64], period: float) -> NDArray[np.int64]:
    """Give the hops of the beats."""
    width = max(1.0, period / 32)
    bell = np.exp(-0.5 * np.square(np.arange(-round(3 * width), round(3 * width) + 1) / width))
    local = np.convolve(rise / max(float(rise.std()), 1e-9), bell, mode="same")
    score = local.copy()
    before = np.zeros(len(local), np.int64) - 1
    steps = np.arange(-round(2 * period), -round(period / 2) + 1)
    cost = -_TIGHTNESS * np.square(np.log(-steps / period))
    for hop in range(len(local)):
        from_hops = hop + steps
        inside = from_hops >= 0
        if not inside.any():
            continue
        values = score[from_hops[inside]] + cost[inside]
        best = int(values.argmax())
        if values[best] > 0:
            score[hop] = local[hop] + values[best]
            before[hop] = from_hops[inside][best]
    last = len(local) - 1 - int(score[-round(period) - 1 :][::-1].argmax())
    path = [last]
    while before[path[-1]] >= 0:
        path.append(int(before[path[-1]]))
    beats = np.array(path[::-1], np.int64)
    # At both ends a beat goes on where nothing is heard: those are left out.
    strong = np.flatnonzero(local[beats] > 0.3 * np.sqrt(np.mean(np.square(local[beats]))))
    return beats[strong[0] : strong[-1] + 1] if len(strong) else beats[:0]
