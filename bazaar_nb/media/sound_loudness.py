"""How loud a sound is, as EBU R128 measures it, and the gain that brings it to a target.

FFmpeg's meter does the measuring (ITU-R BS.1770-4: K-weighting, gates at -70 LUFS and 10 LU below), a second
at a time: it comes with what decodes, and needs no more memory for an hour than for a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache

import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from bazaar_nb.errors import AssetError
from bazaar_nb.media.sound_file import SAMPLE_RATE, Samples, file_stamp, read_sound, seconds_to_samples
from bazaar_nb.scene.sound import MAX_GAIN_DB, Sound

SILENT = -70.0
"""What is no louder, in LUFS, is silence, and stays as it is."""

_SHORTEST = SAMPLE_RATE * 2 // 5
"""The meter looks at 400 ms at a time: what is shorter is measured as if it were repeated."""


def measured_loudness(blocks: Iterable[Samples], on_block: Callable[[], None] | None = None) -> float:
    """Give the integrated loudness of a signal at 48 kHz in LUFS; -70 for silence.

    Parameters
    ----------
    on_block : callable, optional
        Called before each block; what it raises passes through.
    """
    meter = _Meter()
    first: list[Samples] = []
    samples = 0
    for block in blocks:
        if on_block is not None:
            on_block()
        if samples < _SHORTEST:
            first.append(block)
        samples += len(block)
        meter.push(block)
    if 0 < samples < _SHORTEST:
        meter = _Meter()
        meter.push(np.resize(np.concatenate(first), (2 * _SHORTEST, 2)))
    return meter.loudness


class _Meter:
    def __init__(self) -> None:
        self.loudness = SILENT
        self._samples = 0
        self._graph = Graph()
        source = self._graph.add_abuffer(
            format="flt", sample_rate=SAMPLE_RATE, layout="stereo", time_base=Fraction(1, SAMPLE_RATE)
        )
        meter = self._graph.add("ebur128", "metadata=1:framelog=quiet")
        source.link_to(meter)
        meter.link_to(self._graph.add("abuffersink"))
        self._graph.configure()

    def push(self, block: Samples) -> None:
        packed = np.ascontiguousarray(block, np.float32).reshape(1, -1)
        frame = AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._samples, Fraction(1, SAMPLE_RATE)
        self._samples += len(block)
        self._graph.push(frame)
        while True:
            try:
                told = self._graph.pull().metadata
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            loudness = float(told.get("lavfi.r128.I", SILENT))
            self.loudness = max(SILENT, loudness) if np.isfinite(loudness) else SILENT


def sound_loudness(sound: Sound) -> float:
    """Give the integrated loudness of what is between a placement's trims, in LUFS; -70 for silence.

    Raises
    ------
    AssetError
        If the file can't be read.
    """
    return _of_file(sound.source, file_stamp(sound.source), sound.trim_start, sound.trim_end, sound.label)


def gain_to(target: float, sound: Sound) -> float:
    """Give the gain in decibels that brings a placement to a loudness in LUFS; 0 for silence."""
    loudness = sound_loudness(sound)
    return 0.0 if loudness <= SILENT else min(target - loudness, MAX_GAIN_DB)


@lru_cache(256)
def _of_file(
    source: str, _stamp: tuple[int, int], trim_start: float, trim_end: float | None, where: str
) -> float:
    first = seconds_to_samples(trim_start)
    last = None if trim_end is None else seconds_to_samples(trim_end)
    try:
        return measured_loudness(read_sound(source, first, last, where=where))
    except av.error.FFmpegError as error:
        raise AssetError(f"the loudness can't be measured: {error} ({where})") from error
