"""A placement's samples as it is played: trimmed, backwards, again and again, faster; streamed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import count

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from bazaar_nb.errors import AssetError
from bazaar_nb.media.sound_file import SAMPLE_RATE, Samples, read_sound, seconds_to_samples
from bazaar_nb.scene.sound import Sound

_BLOCK = SAMPLE_RATE
_BACKWARDS = 10 * SAMPLE_RATE
"""What is played backwards is decoded in pieces of this length."""
_KEPT_LOOP = 30 * SAMPLE_RATE
"""A sound that repeats and is no longer than this is decoded once and kept (12 MB)."""
_FINEST_SPEED = 10_000
"""Largest denominator of a speed: what is rounded off is a twentieth of a millisecond in an hour."""


def played_sound(sound: Sound, room: int) -> Iterator[Samples]:
    """Give a placement's samples without gain and fades, at most so many, block by block.

    Raises
    ------
    AssetError
        If the file can't be read, or has nothing to repeat.
    """
    if room <= 0:
        return
    if sound.speed == 1:
        yield from _first(_tape(sound, room), room)
        return
    speed = Fraction(repr(sound.speed)).limit_denominator(_FINEST_SPEED)
    tape = _tape(sound, -(-room * speed.numerator // speed.denominator) + SAMPLE_RATE)
    yield from _first(_at_speed(tape, speed), room)


def _first(blocks: Iterator[Samples], room: int) -> Iterator[Samples]:
    for block in blocks:
        yield block[:room]
        room -= len(block)
        if room <= 0:
            return


def _at_speed(blocks: Iterator[Samples], speed: Fraction) -> Iterator[Samples]:
    """Play a signal faster: as one of a higher rate, resampled, so that no sample is off its time."""
    resampler = AudioResampler("flt", "stereo", speed.denominator * _scale(speed))
    for block in blocks:
        packed = np.ascontiguousarray(block, np.float32).reshape(1, -1)
        frame = AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
        frame.sample_rate = speed.numerator * _scale(speed)
        frame.pts = None
        for part in resampler.resample(frame):
            yield np.asarray(part.to_ndarray(), np.float32).reshape(-1, 2)
    for part in resampler.resample(None):
        yield np.asarray(part.to_ndarray(), np.float32).reshape(-1, 2)


def _scale(speed: Fraction) -> int:
    """Give what makes both terms of a fraction rates that a resampler takes: only their ratio counts."""
    return max(1, SAMPLE_RATE // max(speed.numerator, speed.denominator))


def _tape(sound: Sound, room: int) -> Iterator[Samples]:
    """Give what is played at the file's own speed."""
    offset = seconds_to_samples(sound.offset)
    if not sound.loop:
        yield from _passed(sound, offset, room)
        return
    period = _period(sound)
    if period > _KEPT_LOOP:
        yield from _repeated(sound, period, offset, room)
        return
    once = _whole(_passed(sound, 0, round(period)))
    length = Fraction(len(once)) if period == 0 else period
    if not len(once):
        raise AssetError(f"`loop` must have something to repeat, got nothing within the trim ({sound.label})")
    for at in range(offset, offset + room, _BLOCK):
        index = np.arange(at, at + _BLOCK)
        # Each repetition begins at the sample that is nearest: rounding doesn't add up.
        begins = np.floor(np.floor(index / float(length) + 1e-9) * float(length) + 0.5).astype(np.int64)
        yield once[np.clip(index - begins, 0, len(once) - 1)]


def _period(sound: Sound) -> Fraction:
    """Give after how many samples a sound repeats; 0 where only reading it tells, and it isn't long."""
    if sound.trim_end is not None:
        return (Fraction(sound.trim_end) - Fraction(sound.trim_start)) * SAMPLE_RATE
    length = _length(sound)
    return Fraction(length if length > _KEPT_LOOP else 0)


def _length(sound: Sound) -> int:
    first = seconds_to_samples(sound.trim_start)
    return sum(len(block) for block in read_sound(sound.source, first, None, where=sound.label))


def _repeated(sound: Sound, period: Fraction, offset: int, room: int) -> Iterator[Samples]:
    done = 0
    for turn in count(int(offset / period)):
        begin, end = round(turn * period), round((turn + 1) * period)
        skipped = max(0, offset - begin)
        for block in _passed(sound, skipped, end - begin - skipped):
            yield block
            done += len(block)
        if done >= room:
            return


def _whole(blocks: Iterator[Samples]) -> Samples:
    kept = list(blocks)
    return np.concatenate(kept) if kept else np.zeros((0, 2), np.float32)


def _passed(sound: Sound, skipped: int, room: int) -> Iterator[Samples]:
    """Give what is played once, from so many samples in; `room` 0 is all."""
    first = seconds_to_samples(sound.trim_start)
    last = None if sound.trim_end is None else seconds_to_samples(sound.trim_end)
    if not sound.reverse:
        stop = first + skipped + room if room else None
        stop = last if stop is None else stop if last is None else min(stop, last)
        yield from _read(sound, first + skipped, stop)
        return
    last = first + _length(sound) if last is None else last
    stop = last - skipped
    begin = max(first, stop - room) if room else first
    while stop > begin:
        start = max(begin, stop - _BACKWARDS)
        piece = _whole(_read(sound, start, stop))
        if len(piece) < stop - start:
            piece = np.concatenate([piece, np.zeros((stop - start - len(piece), 2), np.float32)])
        yield piece[::-1]
        stop = start


def _read(sound: Sound, first: int, stop: int | None) -> Iterator[Samples]:
    done = 0
    for block in read_sound(sound.source, first, stop, where=sound.label):
        done += len(block)
        yield block
    while sound.padded and stop is not None and first + done < stop:
        silence = np.zeros((min(_BLOCK, stop - first - done), 2), np.float32)
        done += len(silence)
        yield silence
