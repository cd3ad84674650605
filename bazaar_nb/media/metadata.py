"""What a movie's file says of itself: its title, and what its author adds.

Only fields that every container keeps under a name of its own are taken, so
that players show them; there is no time of making and no encoder's name, so
that the same film is the same file. MP4 has them as iTunes' items, WebM as
Matroska's tags, a GIF as a comment (block 0xFE of the GIF89a specification).
"""

from __future__ import annotations

import datetime as dt
import difflib
import zlib
from collections.abc import Mapping
from pathlib import Path

from bazaar_nb.errors import SettingsError

METADATA_FIELDS = (
    "title", "artist", "album", "comment", "composer", "copyright", "date", "description", "genre", "show",
)  # fmt: skip
"""The fields that MP4 and WebM both keep, by libav's names."""

MOST_CHARACTERS = 4096
_SAME = {"author": "artist", "creator": "artist", "name": "title", "year": "date", "license": "copyright"}
_PNG_NAMES = {"artist": "Author", "date": "Creation Time"}
_TRAILER = b"\x3b"
_COMMENT = b"\x21\xfe"
_MOST_BLOCK = 255  # bytes of a GIF's data block


def resolve_metadata(title: str, metadata: Mapping[str, object] | None = None) -> dict[str, str]:
    """Give what the file says: the title, and what the author adds or puts in its place.

    Parameters
    ----------
    title : str
        The composition's name.
    metadata : mapping, optional
        `METADATA_FIELDS` to text; numbers and dates become text, None leaves a field out.

    Raises
    ------
    SettingsError
        For a field that there isn't, or what can't be text; the message has all of it.
    """
    if metadata is not None and not isinstance(metadata, Mapping):
        raise SettingsError(f"`metadata` must be a mapping such as {{'artist': 'Ada'}}, got {metadata!r:.80}")
    given = dict(metadata or {})
    wrong = [_unknown(field) for field in given if field not in METADATA_FIELDS]
    if wrong:
        raise SettingsError(f"`metadata` has {', '.join(wrong)}; a movie keeps {', '.join(METADATA_FIELDS)}")
    texts = {"title": _shown(title), **{field: _text(field, value) for field, value in given.items()}}
    return {field: texts[field] for field in METADATA_FIELDS if texts.get(field)}


def add_gif_comment(path: Path, metadata: Mapping[str, str]) -> None:
    """Write metadata into a finished GIF: the title, then a line for each other field."""
    lines = [text if field == "title" else f"{field}: {text}" for field, text in metadata.items()]
    text = "\n".join(lines).encode()
    if not text:
        return
    blocks = (text[start : start + _MOST_BLOCK] for start in range(0, len(text), _MOST_BLOCK))
    comment = _COMMENT + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
    with path.open("r+b") as file:
        file.seek(-len(_TRAILER), 2)
        file.write(comment + _TRAILER)


def png_texts(metadata: Mapping[str, str]) -> bytes:
    """Give metadata as a PNG's chunks (iTXt, UTF-8), under the names that its specification has for them."""
    chunks = b""
    for field, text in metadata.items():
        data = b"iTXt" + _PNG_NAMES.get(field, field.title()).encode() + bytes(5) + text.encode()
        chunks += (len(data) - 4).to_bytes(4, "big") + data + zlib.crc32(data).to_bytes(4, "big")
    return chunks


def _unknown(field: object) -> str:
    near = difflib.get_close_matches(str(field).lower(), [*METADATA_FIELDS, *_SAME], n=1)
    hint = f" (did you mean {_SAME.get(near[0], near[0])!r}?)" if near else ""
    return f"{field!r:.40}{hint}"


def _text(field: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float | dt.date):
        raise SettingsError(f"`metadata` wants text for {field!r}, got {value!r:.80}")
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    shown = _shown(text)
    if shown != text or len(text) > MOST_CHARACTERS:
        raise SettingsError(
            f"`metadata` wants text of at most {MOST_CHARACTERS} characters for {field!r}, without NUL or "
            f"halves of surrogate pairs, got {text!r:.80} ({len(text)} characters)"
        )
    return text


def _shown(text: str) -> str:
    """Give text without what no container can hold."""
    return text.replace("\0", "").encode(errors="ignore").decode()
