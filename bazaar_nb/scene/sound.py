"""Sound placements: which file is heard when, how loud and for how long. Pure data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.ducking import Duck
from bazaar_nb.scene.frozen_struct import NodeType
from bazaar_nb.scene.given_content import as_source
from bazaar_nb.scene.sound_arrays import TONE_RATE, is_array, wave_file, wave_name
from bazaar_nb.scene.sound_curves import Keyframes, as_curve, as_keyframes
from bazaar_nb.scene.time import Seconds, as_seconds
from bazaar_nb.values.addresses import shown_source
from bazaar_nb.values.number import plain_number

MIN_GAIN_DB = -120.0
MAX_GAIN_DB = 60.0
MIN_SPEED = 0.01
MAX_SPEED = 100.0
MAX_TIME_S = 1_000_000
"""Far beyond any film; keeps float seconds finer than a sample."""
MIN_LOUDNESS, MAX_LOUDNESS = -60.0, 0.0
"""Of a target, in LUFS."""
SILENCE_DB = -50.0
"""What is quieter than this is silence, where nothing else is said."""

Decibels = float | Sequence[tuple[Seconds, float]]

_NONE = 0.0
_CENTRE = 0.0


class _Source(msgspec.Struct, metaclass=NodeType, frozen=True):
    """The one positional field: `kw_only` holds for all fields of a class, not for its base's."""

    source: str


class Sound(_Source, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A sound file placed in a film.

    Times are given as anything that `bazaar_nb.scene.time.as_seconds` takes and are
    kept as float seconds, so that they stay numbers in JSON. That is exact enough:
    every frame of every rate that a film can have falls on the right sample.

    Parameters
    ----------
    source : str, path, bytes, file object or array
        The file: wav, mp3, flac, aac (m4a or adts), Opus, Vorbis, or a video with sound; more channels than
        two are mixed down. As a path, an address (``https://``, ``s3://``, whatever fsspec opens), which is
        fetched once and kept, or as what it holds. Or samples: an array of shape (n,) or (n, channels),
        floats within -1 and 1 or integers of their type's range.
    start : seconds, default 0
        When it is heard, in the film's time, or after the moment `at`; at least 0.
    trim_start : seconds, default 0
        Where in the file it begins, at least 0.
    trim_end : seconds, optional
        Where in the file it ends, exclusive; None is the file's end.
    gain_db : float or sequence of (seconds, float), default 0
        Gain in decibels, between -120 and 60; -6 is half the amplitude. Or keyframes: gains at times after
        `start`, with straight lines between them, as ``[(0, -60), (2, 0)]``.
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
    during : str, optional
        A scene's name: heard as long as it is shown, `start` seconds after its beginning, and cross-faded
        by the transitions around it.
    pan : float or sequence of (seconds, float), default 0
        From -1, left, to 1, right, or keyframes of it. A mono sound is equally loud everywhere; a stereo
        one gets narrower towards its side.
    name : str, optional
        By which other sounds go down under this one.
    duck : str or Duck, optional
        The `name` of sounds under which this one goes down, by 12 dB; `bz.Duck` says it in detail.
    loudness : float, optional
        Integrated loudness to bring it to, in LUFS, -60 to 0: a voice at -16 is common. It is measured
        (EBU R128) over what is between the trims; `gain_db` and all else come on top.
    trim_silence : bool or float, default False
        Leave out the silence at both ends, between the trims: what is quieter than -50 dB, or than this.
    rate : int, optional
        Samples a second of an array, 48 000 by default.
    data : bytes
        An array as a file: filled in.

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
    gain_db: float | Keyframes = 0.0
    fade_in: float = 0.0
    fade_out: float = 0.0
    loop: bool = False
    end: float | None = None
    speed: float = 1.0
    reverse: bool = False
    offset: float = _NONE
    levels: Keyframes = ()
    padded: bool = False
    at: str | None = None
    during: str | None = None
    pan: float | Keyframes = _CENTRE
    name: str | None = None
    duck: Duck | None = None
    loudness: float | None = None
    trim_silence: float | None = None
    rate: int | None = None
    data: bytes = b""

    if TYPE_CHECKING:
        # The fields hold one type each, the constructor takes more.
        def __init__(
            self,
            source: Any,
            *,
            start: Seconds = 0,
            trim_start: Seconds = 0,
            trim_end: Seconds | None = None,
            gain_db: Decibels = 0,
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
            during: str | None = None,
            pan: Decibels = 0,
            name: str | None = None,
            duck: str | Duck | None = None,
            loudness: float | None = None,
            trim_silence: bool | float | None = False,
            rate: int | None = None,
            data: bytes = b"",
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
        curve = as_curve(self.gain_db, "gain_db", MIN_GAIN_DB, MAX_GAIN_DB, "decibels", where)
        force_setattr(self, "gain_db", curve)
        _set_number(self, "speed", MIN_SPEED, MAX_SPEED, "times its own speed", where)
        force_setattr(self, "levels", as_keyframes(self.levels, "levels", 0, 10, "factors", where))
        for name in ("loop", "reverse", "padded"):
            flag = plain_number(getattr(self, name))
            if not isinstance(flag, bool):
                raise InvalidValueError(f"`{name}` must be True or False, got {getattr(self, name)!r}{where}")
            force_setattr(self, name, flag)
        for name, what in (("at", "a moment"), ("during", "a scene"), ("name", "the sound")):
            text = getattr(self, name)
            if text is not None and (not isinstance(text, str) or not text):
                raise InvalidValueError(f"`{name}` must be the name of {what}, got {text!r}{where}")
        if self.during is not None and (self.at is not None or self.end is not None):
            other = "at" if self.at is not None else "end"
            raise InvalidValueError(f"`during` says when it begins and ends: leave out `{other}`{where}")
        _set_processing(self, where)

    def __repr__(self) -> str:
        changed = {name: getattr(self, name) for name in self.__struct_fields__[1:]}
        defaults = dict(zip(self.__struct_fields__[1:], self.__struct_defaults__, strict=True))
        parts = [repr(shown_source(self.source))]
        for name, value in changed.items():
            if name != "data" and value != defaults[name]:
                parts.append(f"{name}={value!r}")
        return f"Sound({', '.join(parts)})"

    @property
    def label(self) -> str:
        """The placement's name in messages, as ``Sound 'voice.wav' at 2.5 s``."""
        moment = "" if self.at is None else f" after {self.at!r}"
        return f"Sound {shown_source(self.source)!r} at {self.start:g} s{moment}"


def _set_source(sound: Sound) -> None:
    given: object = sound.source
    if is_array(given):
        rate = TONE_RATE if sound.rate is None else sound.rate
        force_setattr(sound, "data", wave_file(given, rate, " (Sound of an array)"))
        force_setattr(sound, "source", wave_name(sound.data))
        force_setattr(sound, "rate", None)
        return
    path = as_source(given, "source", "Sound")
    if not isinstance(path, str) or not path or "\0" in path:
        raise InvalidValueError(
            "`source` must be the path or address of a sound file, its bytes, the open file or an array, got "
            f"{given!r:.80} (Sound)"
        )
    force_setattr(sound, "source", path)
    if sound.rate is not None:
        raise InvalidValueError(
            f"`rate` is that of an array, a file says its own, got {sound.rate!r} "
            f"(Sound {shown_source(path)!r})"
        )
    if not isinstance(sound.data, bytes):
        raise InvalidValueError(
            f"`data` must be bytes, got {type(sound.data).__name__} (Sound {shown_source(path)!r})"
        )


def _set_processing(sound: Sound, where: str) -> None:
    if sound.pan is not _CENTRE:
        force_setattr(sound, "pan", as_curve(sound.pan, "pan", -1, 1, "of the way to a side", where))
    duck: object = sound.duck
    if isinstance(duck, str):
        force_setattr(sound, "duck", Duck(duck))
    elif duck is not None and not isinstance(duck, Duck):
        raise InvalidValueError(f"`duck` must be the name of a sound, or bz.Duck(…), got {duck!r:.60}{where}")
    if sound.loudness is not None:
        _set_number(sound, "loudness", MIN_LOUDNESS, MAX_LOUDNESS, "LUFS", where)
    silence: object = sound.trim_silence
    if silence is False or silence is True:
        force_setattr(sound, "trim_silence", SILENCE_DB if silence else None)
    elif silence is not None:
        _set_number(sound, "trim_silence", MIN_GAIN_DB, 0.0, "decibels", where)


def _set_time(sound: Sound, name: str, where: str) -> None:
    given = getattr(sound, name)
    seconds = as_seconds(given, name, where)
    if seconds < 0:
        raise InvalidValueError(f"`{name}` must be at least 0, got {given}{where}")
    if seconds > MAX_TIME_S:
        raise InvalidValueError(f"`{name}` must be at most {MAX_TIME_S} s, got {given}{where}")
    force_setattr(sound, name, float(seconds))


def _set_number(sound: Sound, name: str, low: float, high: float, unit: str, where: str) -> None:
    given: object = getattr(sound, name)
    number = plain_number(given)
    if number is None or isinstance(number, bool) or not low <= number <= high:
        raise InvalidValueError(f"`{name}` must be between {low:g} and {high:g} {unit}, got {given!r}{where}")
    force_setattr(sound, name, float(number))
