"""Caption files, SRT, VTT and what else pysubs2 knows, in whatever encoding they come."""

from __future__ import annotations

import codecs
import os
from pathlib import Path
from typing import Any

from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.words.captions.caption import Caption

_LARGEST_BYTES = 8_000_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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
    captions = [
        Caption(event.start / 1000, event.end / 1000, event.plaintext)
        for event in subtitles
        if not event.is_comment and event.plaintext.strip()
    ]
    if not captions:
        raise InvalidValueError(
            f"{name!r} has no captions: an SRT or VTT file has times like 00:00:01,000 --> …"
        )
    return captions
