"""Names of the pictures of a sequence: a pattern with a number, as C's printf and ffmpeg write it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from bazaar_nb.errors import SettingsError
from bazaar_nb.media.codecs import PICTURE_ENDINGS

_PARTS = re.compile(r"%%|%(?:0(?P<width>[1-9]))?d|%")
_OTHER_WAYS = re.compile(r"#+|\*|\?|\[\w*\]|\{\w*(?::\w*)?\}")  # of Blender, shells, Remotion and Python


def is_picture_name(name: str) -> bool:
    """Tell whether a file's name ends as a picture's does, as ``%04d.png``."""
    return PurePosixPath(name).suffix[1:].lower() in PICTURE_ENDINGS


def check_picture_names(pattern: str) -> str:
    """Give back a pattern that makes a name of each number.

    Raises
    ------
    SettingsError
        If it has no place for a number, more than one, or one of another kind.
    """
    suffix = PurePosixPath(pattern).suffix
    example = f"'frames/%04d{suffix}'"
    found = [match for match in _PARTS.finditer(pattern) if match[0] != "%%"]
    if len(found) == 1 and found[0][0] != "%":
        return pattern
    if found:
        raise SettingsError(
            f"the pictures' names {pattern!r:.80} need one number, as %d or %04d (a percent sign is %%): "
            f"{example}, say"
        )
    if other := _OTHER_WAYS.search(pattern):
        raise SettingsError(
            f"the pictures' names {pattern!r:.80} need their number as %04d, not as {other[0]!r}: "
            f"{example}, say"
        )
    moving = ", and format='apng' one that moves" if suffix.lower() == ".png" else ""
    raise SettingsError(
        f"{pattern!r:.80} is the name of one picture, and a film has many: {example} makes a file of every "
        f"frame; film.still(0).save({pattern!r:.80}) makes one picture{moving}"
    )


def picture_name(pattern: str, number: int) -> str:
    """Give the name of a picture.

    Parameters
    ----------
    pattern : str
        From `check_picture_names`.
    """

    def spell(match: re.Match[str]) -> str:
        return "%" if match[0] == "%%" else f"{number:0{match['width'] or 1}d}"

    return _PARTS.sub(spell, pattern)


def is_named_so(pattern: str, name: str) -> bool:
    """Tell whether a file could be one of a pattern's pictures, whatever its number."""
    parts, at = [], 0
    for match in _PARTS.finditer(pattern):
        width = match["width"] or 1
        number = f"(?:\\d{{{width}}}|[1-9]\\d{{{width},}})" if match[0] != "%%" else "%"
        parts += [re.escape(pattern[at : match.start()]), number]
        at = match.end()
    return re.fullmatch("".join([*parts, re.escape(pattern[at:])]), name) is not None
