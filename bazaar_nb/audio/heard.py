"""Any sound that people have, as samples at 48 kHz."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.media.sound_file import SAMPLE_RATE, Samples, check_sound, file_stamp, seconds_to_samples
from bazaar_nb.media.sound_playing import played_sound
from bazaar_nb.media.sound_silence import without_silence
from bazaar_nb.render.film_sounds import found_sounds
from bazaar_nb.scene.sound import MAX_TIME_S, Sound
from bazaar_nb.scene.time import as_seconds
from bazaar_nb.sources.finding import find_now

Source = Any
"""What `Sound` takes, arrays at 48 kHz; of a `Sound`, what is between its trims is heard, at its speed."""

_ALL = MAX_TIME_S * SAMPLE_RATE


def as_sound(source: Source, where: str) -> Sound:
    """Take a sound, as one of a file, once through.

    Raises
    ------
    AssetError, InvalidValueError
        For what is none.
    """
    try:
        placed = source if isinstance(source, Sound) else Sound(source)
    except InvalidValueError as error:
        raise InvalidValueError(f"{error}{where}") from None
    (sound,) = found_sounds([placed], find_now)
    check_sound(sound)
    return without_silence(replace(sound, loop=False))


def stamped(sound: Sound) -> tuple[Sound, tuple[int, int]]:
    """Give what tells a sound from others: what is made of it is kept by that."""
    plain = Sound(
        sound.source, trim_start=sound.trim_start, trim_end=sound.trim_end, speed=sound.speed,
        reverse=sound.reverse, offset=sound.offset, padded=sound.padded,
    )  # fmt: skip
    return plain, file_stamp(sound.source)


def blocks_of(sound: Sound, duration: Fraction | None = None) -> Iterator[Samples]:
    """Give the samples of a sound as it is played, without gains and fades."""
    return played_sound(sound, _ALL if duration is None else max(1, seconds_to_samples(duration)))


def as_duration(value: Any, where: str) -> Fraction | None:
    """Take a length in seconds, or None.

    Raises
    ------
    InvalidValueError
        Unless it is more than 0.
    """
    if value is None:
        return None
    seconds = as_seconds(value, "duration", where)
    if not 0 < seconds <= MAX_TIME_S:
        raise InvalidValueError(f"`duration` must be more than 0 s, got {value!r}{where}")
    return seconds
