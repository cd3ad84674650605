"""Sound placements: which file is heard when, how loud and for how long. Pure data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import IO, TYPE_CHECKING

import msgspec

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.given_content import as_source
from bazaar_nb.scene.time import Seconds, as_seconds
from bazaar_nb.values.addresses import shown_source, without_secrets
from bazaar_nb.values.number import plain_number

MIN_GAIN_DB = -120.0
MAX_GAIN_DB = 60.0
MIN_SPEED = 0.01
MAX_SPEED = 100.0
MAX_TIME_S = 1_000_000
"""Far beyond any film; keeps float seconds finer than a sample."""


_NONE = 0.0


class _Source(msgspec.Struct, frozen=True):
    """The one positional field: `kw_only` holds for all fields of a class, not for its base's."""

    source: str


class Sound(_Source, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A sound file placed in a film.

    Times are given as anything that `bazaar_nb.scene.time.as_seconds` takes and are
    kept as float seconds, so that they stay numbers in JSON. That is exact enough:
    every frame of every rate that a film can have falls on the right sample.

    Parameters
    ----------
    source : str, path, bytes or file object
        The file: wav, mp3, flac, aac (m4a or adts), Opus, Vorbis, or a video with sound; as a path, an
        address (``https://``, ``s3://``, whatever fsspec opens), which is fetched once and kept, or as what
        it holds.
    start : seconds, default 0
        When it is heard, in the film's time, or after the moment `at`; at least 0.
    trim_start : seconds, default 0
        Where in the file it begins, at least 0.
    trim_end : seconds, optional
        Where in the file it ends, exclusive; None is the file's end.
    gain_db : float, default 0
        Gain in decibels, between -120 and 60; -6 is half the amplitude.
    fade_in, fade_out : seconds, default 0
        Lengths of the fades. `fade_out` ends where the sound ends or where the film
        ends, whichever is first. Fades that overlap are multiplied.
    loop : bool, default False
        Repeat what is between `trim_start` and `trim_end` to the end of the film.
    end : seconds, optional
        When it is cut off, in the film's time, after `start`.
    speed : float, default 1
        2 is twice as fast, and an octave higher: it is played as a tape is. From 0.01 to 100.
    reverse : bool, default False
        Play what is between `trim_start` and `trim_end` backwards.
    offset : seconds, default 0
        How far into what is played it begins: later repetitions are whole.
    levels : sequence of (seconds, float), default ()
        Factors of the amplitude at times after `start`, 0 to 10; straight lines between them.
    padded : bool, default False
        Silence follows where the file ends before `trim_end`, as the sound of a video may; else
        that is an error.
    at : str, optional
        A moment of the film that `start` is counted from: a scene's name is its beginning, and scenes may
        name moments (``@bz.scene(duration=8, moments={"proof": 2.5})``).

    Raises
    ------
    InvalidValueError
        For a value that can't be used. Nothing is read: that the file is there and as
        long as `trim_end` says is checked before a render starts.

    Examples
    --------
    The voice is heard from 2.5 s on and fades away in its last second.

    >>> Sound("voice.wav", start=2.5, fade_out=1).start
    2.5
    """

    start: float = 0.0
    trim_start: float = 0.0
    trim_end: float | None = None
    gain_db: float = 0.0
    fade_in: float = 0.0
    fade_out: float = 0.0
    loop: bool = False
    end: float | None = None
    speed: float = 1.0
    reverse: bool = False
    offset: float = _NONE
    levels: tuple[tuple[float, float], ...] = ()
    padded: bool = False
    at: str | None = None

    if TYPE_CHECKING:
        # The fields hold one type each, the constructor takes more.
        def __init__(
            self,
            source: str | os.PathLike[str] | bytes | IO[bytes],
            *,
            start: Seconds = 0,
            trim_start: Seconds = 0,
            trim_end: Seconds | None = None,
            gain_db: float = 0,
            fade_in: Seconds = 0,
            fade_out: Seconds = 0,
            loop: bool = False,
            end: Seconds | None = None,
            speed: float = 1,
            reverse: bool = False,
            offset: Seconds = 0,
            levels: Sequence[tuple[float, float]] = (),
            padded: bool = False,
            at: str | None = None,
        ) -> None: ...

    def __post_init__(self) -> None:
        _set_source(self)
        where = f" (Sound {shown_source(self.source)!r})"
        for name in ("start", "trim_start", "fade_in", "fade_out"):
            _set_time(self, name, where)
        if (
            self.offset is not _NONE
        ):  # what is the default stays it: keys are as they were before there was one
            _set_time(self, "offset", where)
        if self.trim_end is not None:
            _set_time(self, "trim_end", where)
            if self.trim_end <= self.trim_start:
                raise InvalidValueError(
                    f"`trim_end` must be after `trim_start`, got {self.trim_end:g} s "
                    f"and {self.trim_start:g} s{where}"
                )
        if self.end is not None:
            _set_time(self, "end", where)
            if self.end <= self.start:
                raise InvalidValueError(
                    f"`end` must be after `start`, got {self.end:g} s and {self.start:g} s{where}"
                )
        _set_number(self, "gain_db", MIN_GAIN_DB, MAX_GAIN_DB, "decibels", where)
        _set_number(self, "speed", MIN_SPEED, MAX_SPEED, "times its own speed", where)
        _set_levels(self, where)
        for name in ("loop", "reverse", "padded"):
            flag = plain_number(getattr(self, name))
            if not isinstance(flag, bool):
                raise InvalidValueError(f"`{name}` must be True or False, got {getattr(self, name)!r}{where}")
            msgspec.structs.force_setattr(self, name, flag)
        if self.at is not None and (not isinstance(self.at, str) or not self.at):
            raise InvalidValueError(f"`at` must be the name of a moment, got {self.at!r}{where}")

    @property
    def label(self) -> str:
        """The placement's name in messages, as ``Sound 'voice.wav' at 2.5 s``."""
        moment = "" if self.at is None else f" after {self.at!r}"
        return f"Sound {shown_source(self.source)!r} at {self.start:g} s{moment}"

    def __repr__(self) -> str:
        return without_secrets(super().__repr__())


def _set_source(sound: Sound) -> None:
    given: object = sound.source
    path = as_source(given, "source", "Sound")
    if not isinstance(path, str) or not path or "\0" in path:
        raise InvalidValueError(
            "`source` must be the path or address of a sound file, its bytes or the open file, got "
            f"{given!r:.80} (Sound)"
        )
    msgspec.structs.force_setattr(sound, "source", path)


def _set_time(sound: Sound, name: str, where: str) -> None:
    given = getattr(sound, name)
    seconds = as_seconds(given, name, where)
    if seconds < 0:
        raise InvalidValueError(f"`{name}` must be at least 0, got {given}{where}")
    if seconds > MAX_TIME_S:
        raise InvalidValueError(f"`{name}` must be at most {MAX_TIME_S} s, got {given}{where}")
    msgspec.structs.force_setattr(sound, name, float(seconds))


def _set_number(sound: Sound, name: str, low: float, high: float, unit: str, where: str) -> None:
    given: object = getattr(sound, name)
    number = plain_number(given)
    if number is None or isinstance(number, bool) or not low <= number <= high:
        raise InvalidValueError(f"`{name}` must be between {low:g} and {high:g} {unit}, got {given!r}{where}")
    msgspec.structs.force_setattr(sound, name, float(number))


def _set_levels(sound: Sound, where: str) -> None:
    given: object = sound.levels
    levels = []
    for pair in given if isinstance(given, Iterable) else (None,):
        numbers = [plain_number(part) for part in pair] if isinstance(pair, Sequence) else []
        if len(numbers) != 2 or any(number is None for number in numbers):
            raise InvalidValueError(f"`levels` must be (seconds, factor) pairs, got {given!r:.80}{where}")
        levels.append((float(numbers[0] or 0), float(numbers[1] or 0)))
    rising = all(before[0] < after[0] for before, after in pairwise(levels))
    if not rising or not all(0 <= time <= MAX_TIME_S and 0 <= factor <= 10 for time, factor in levels):
        raise InvalidValueError(
            f"`levels` must have rising times from 0 and factors from 0 to 10, got {given!r:.80}{where}"
        )
    msgspec.structs.force_setattr(sound, "levels", tuple(levels))
