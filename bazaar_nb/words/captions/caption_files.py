"""Caption files, SRT, VTT and what else pysubs2 knows, in whatever encoding they come."""

from __future__ import annotations

import codecs
import os
import re
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.words.captions.caption import Caption, Word, words_of

_LARGEST_BYTES = 8_000_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_STAMP = re.compile(r"<(?:(\d{1,4}):)?(\d\d):(\d\d\.\d{3})>")


def read_caption_file(path: str | os.PathLike[str]) -> list[Caption]:
    """Read a file of captions, in the order in which they are in it.

    It is read as UTF-8 or UTF-16 if that is what it is, else as cp1252, as old files are.

    Raises
    ------
    AssetError
        When it isn't there.
    InvalidValueError
        When it holds no captions.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise InvalidValueError(f"caption file {str(path)!r} is larger than {_LARGEST_BYTES:,} bytes")
        data = file.read_bytes()
    except OSError as error:
        raise AssetError(f"caption file {str(path)!r} can't be read: {error.strerror or error}") from None
    return parse_captions(decode_text(data), str(path))


def decode_text(data: bytes) -> str:
    """Give the text of bytes whose encoding nobody says."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def parse_captions(text: str, name: str) -> list[Caption]:
    """Read captions from the text of a file.

    Raises
    ------
    InvalidValueError
        When there are none in it.
    """
    import pysubs2

    try:
        subtitles: Any = pysubs2.SSAFile.from_string(text)
    except Exception as error:  # the parsers raise whatever they stumble over
        raise InvalidValueError(
            f"{name!r} is no file of captions that can be read (SRT, VTT, ASS): {error}"
        ) from None
    is_vtt = subtitles.format == "vtt"
    captions = [
        _timed(event.start / 1000, event.end / 1000, unescape(event.plaintext) if is_vtt else event.plaintext)
        for event in subtitles
        if not event.is_comment and event.plaintext.strip()
    ]
    if not captions:
        raise InvalidValueError(
            f"{name!r} has no captions: an SRT or VTT file has times like 00:00:01,000 --> …"
        )
    return captions


def _timed(start: float, end: float, text: str) -> Caption:
    """Give a caption whose words have times where its text has them, as in VTT: ``so <00:00:01.500>it goes``.

    Times that don't rise within the caption say nothing, and are left out
    (https://www.w3.org/TR/webvtt1/#webvtt-timestamp).
    """
    plain = _STAMP.sub("", text)
    stamps = [
        3600 * int(hours or 0) + 60 * int(minutes) + float(seconds)
        for hours, minutes, seconds in (found.groups() for found in _STAMP.finditer(text))
    ]
    edges = [start, *stamps, end]
    if not stamps or any(later < earlier for earlier, later in pairwise(edges)):
        return Caption(start, end, plain)
    words: list[Word] = []
    after_space = True
    for piece, (begin, stop) in zip(_STAMP.split(text)[::4], pairwise(edges), strict=True):
        if piece.strip():
            said = words_of(Caption(begin, stop, piece.strip()))
            glued = not after_space and not piece[0].isspace()
            words += [word._replace(spaced=False) if glued and word is said[0] else word for word in said]
        if piece:
            after_space = piece[-1].isspace()
    return Caption(start, end, plain, tuple(words))
