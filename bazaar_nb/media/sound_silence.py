"""Silence at the ends of a sound, found so that it can be left out."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec.structs import replace

from bazaar_nb.errors import AssetError
from bazaar_nb.media.sound_file import SAMPLE_RATE, file_stamp, read_sound, seconds_to_samples
from bazaar_nb.scene.sound import Sound

_BEFORE_S = (
    0.02  # is kept before the first that is heard, and more after the last: sounds begin and end softly
)
_AFTER_S = 0.08


def without_silence(sound: Sound) -> Sound:
    """Give a placement with trims around what is heard of it; itself unless it says so.

    Raises
    ------
    AssetError
        If the file can't be read, or all of it is silence.
    """
    if sound.trim_silence is None:
        return sound
    first = seconds_to_samples(sound.trim_start)
    last = None if sound.trim_end is None else seconds_to_samples(sound.trim_end)
    begin, end = _heard(sound.source, file_stamp(sound.source), first, last, sound.trim_silence, sound.label)
    return replace(sound, trim_start=begin / SAMPLE_RATE, trim_end=end / SAMPLE_RATE, trim_silence=None)


@lru_cache(256)
def _heard(
    source: str, _stamp: tuple[int, int], first: int, last: int | None, threshold_db: float, where: str
) -> tuple[int, int]:
    """Give the half-open range of samples that is heard, with some room around."""
    threshold = 10 ** (threshold_db / 20)
    position, begin, end = first, -1, -1
    for block in read_sound(source, first, last, where=where):
        loud = np.flatnonzero(np.abs(block).max(axis=1) > threshold)
        if len(loud):
            begin = position + int(loud[0]) if begin < 0 else begin
            end = position + int(loud[-1]) + 1
        position += len(block)
    if begin < 0:
        raise AssetError(
            f"`trim_silence` leaves nothing: all of it is quieter than {threshold_db:g} dB ({where})"
        )
    return (
        max(first, begin - seconds_to_samples(_BEFORE_S)), min(position, end + seconds_to_samples(_AFTER_S))
    )  # fmt: skip
