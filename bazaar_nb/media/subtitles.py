"""What a subtitle track says when: data, which goes with a render."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

import msgspec

from bazaar_nb.errors import InvalidValueError, SettingsError
from bazaar_nb.media.settings import Settings

SUBTITLE_CODECS = {"mp4": "mov_text", "m4v": "mov_text", "mov": "mov_text", "webm": "webvtt"}
"""Of containers that have a place for words with times."""


class Cue(NamedTuple):
    """Words that are shown together; seconds of the movie."""

    start: float
    end: float
    text: str


class Subtitles(msgspec.Struct, frozen=True):
    """A track of a movie, which viewers can turn on and off.

    Attributes
    ----------
    language : str
        Three letters, as ``eng``.
    """

    cues: tuple[Cue, ...]
    language: str = "eng"


@runtime_checkable
class HasCues(Protocol):
    """What says of itself what is said when, as `bazaar_nb.words.Captions` does."""

    def cues(self) -> tuple[Cue, ...]:
        """Give what is said, in seconds of the film."""


CuesGiven: TypeAlias = HasCues | Iterable[tuple[float, float, str]]


def check_language(language: object, where: str) -> str:
    """Check a language.

    Raises
    ------
    InvalidValueError
        When it hasn't three letters.
    """
    if not isinstance(language, str) or len(language) != 3 or not language.isalpha():
        raise InvalidValueError(
            f"`language` has three letters, as eng or deu, got {language!r:.60} ({where})"
        )
    return language.lower()


def make_subtitles(
    given: CuesGiven | Mapping[str, CuesGiven] | None, settings: Settings, begin_s: float, length_s: float
) -> Subtitles | None:
    """Take what is to be a movie's subtitle track.

    Parameters
    ----------
    given : Captions, list of (start, end, text), or mapping of one language to such
        In seconds of the film.
    begin_s, length_s : float
        What of the film the movie shows.

    Raises
    ------
    SettingsError
        When the movie's format has no place for it.
    InvalidValueError
        For what holds no words with times.
    """
    if given is None:
        return None
    if settings.format not in SUBTITLE_CODECS:
        raise SettingsError(
            f"a {settings.format} has no subtitle track: mp4 and webm have; as a layer captions are burnt in"
        )
    language = "eng"
    if isinstance(given, Mapping):
        if len(given) != 1:
            raise InvalidValueError(
                f"`captions` are of one language, got {', '.join(map(str, given))} (export)"
            )
        ((language, given),) = given.items()
    said = given.cues() if isinstance(given, HasCues) else tuple(map(_cue, _listed(given)))
    shown = (
        Cue(max(0.0, cue.start - begin_s), min(length_s, cue.end - begin_s), cue.text)
        for cue in said
        if cue.text.strip()
    )
    cues = tuple(cue for cue in shown if cue.end > cue.start)
    if not cues and not said:
        raise InvalidValueError("`captions` has no words (export)")
    return Subtitles(cues, check_language(language, "export")) if cues else None


def _listed(given: object) -> Iterable[object]:
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise InvalidValueError(
            f"`captions` are bz.words.Captions(…) or a list of (start, end, text), got {given!r:.60} (export)"
        )
    return given


def _cue(item: object) -> Cue:
    if isinstance(item, tuple | list) and len(item) >= 3:
        start, end, text = item[:3]
        if (
            isinstance(start, int | float) and isinstance(end, int | float) and isinstance(text, str)
            and math.isfinite(start) and math.isfinite(end)
        ):  # fmt: skip
            return Cue(float(start), float(end), text)
    raise InvalidValueError(f"a caption is (start, end, text), in seconds, got {item!r:.60} (export)")
