"""Values of settings as people write them: words, bits a second, frame rates; or what is wrong with them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from fractions import Fraction

from bazaar_nb.errors import SettingsError
from bazaar_nb.scene.time import Seconds, as_fps
from bazaar_nb.values.number import whole_number

MAX_FPS = 120
BIT_RATE_LIMITS = (10_000, 400_000_000)
_BITS = re.compile(r"(\d{1,40}(?:\.\d{1,40})?)\s*([kKmM]?)")  # Python makes no number of thousands of digits


def one_of(what: str, value: object, allowed: Iterable[str]) -> str:
    """Give one of some words, in small letters.

    Parameters
    ----------
    what : str
        For the message: a parameter's name, or what the value is.

    Raises
    ------
    SettingsError
        If it is none of them.
    """
    allowed = list(allowed)
    if isinstance(value, str) and value.lower() in allowed:
        return value.lower()
    label = what if " " in what else f"`{what}`"
    raise SettingsError(
        f"{label} must be one of {', '.join(allowed)}; got {value!r}{did_you_mean(str(value), allowed)}"
    )


def did_you_mean(value: str, allowed: Iterable[str]) -> str:
    """Give the word that may have been meant, for the end of a message; nothing if none is near."""
    near = difflib.get_close_matches(value.lower(), list(allowed), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def resolve_fps(value: Seconds) -> Fraction:
    """Give a movie's frame rate; a `SettingsError` if it is too high."""
    rate = as_fps(value)
    if rate > MAX_FPS:
        raise SettingsError(f"`fps` is at most {MAX_FPS} in a movie, got {value!r}")
    return rate


def resolve_loop(loop: int | None) -> int:
    """Give how often an animated image plays, 0 for ever; a `SettingsError` if it can't."""
    plays = 0 if loop is None else whole_number(loop)
    if plays is None or not 0 <= plays <= 65535:
        raise SettingsError(f"`loop` must be a whole number of plays, 0 (for ever) to 65535, got {loop!r}")
    return plays


def read_bits(what: str, value: str | int, words: Iterable[str] = ()) -> int:
    """Give bits a second, from a number or a text such as ``2.5M``.

    Parameters
    ----------
    what : str
        The parameter's name, for messages.
    words : iterable of str
        That are allowed, too, and were looked for before.

    Raises
    ------
    SettingsError
        If it is neither, or beyond `BIT_RATE_LIMITS`.
    """
    if isinstance(value, str) and (match := _BITS.fullmatch(value.strip())):
        bits = round(Fraction(match[1]) * {"": 1, "k": 1000, "m": 1_000_000}[match[2].lower()])
    elif (whole := whole_number(value)) is not None:
        bits = whole
    else:
        named = "".join(f"{word!r}, " for word in words)
        hint = did_you_mean(value, words) if isinstance(value, str) else ""
        raise SettingsError(
            f"`{what}` must be {named}bits a second or a text like '2.5M', got {value!r:.60}{hint}"
        )
    if not BIT_RATE_LIMITS[0] <= bits <= BIT_RATE_LIMITS[1]:
        raise SettingsError(f"`{what}` must be between 10k and 400M bits a second, got {value!r:.60}")
    return bits
