"""What a saved film's files say: typed data that is checked when it is read, and nothing that runs."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Annotated

import msgspec
from msgspec import Meta

from bazaar_nb.errors import BazaarError, InvalidValueError, StoreError
from bazaar_nb.saved_films.packs import Piece, compress, decompress
from bazaar_nb.scene.film import Mark
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.sound import Sound
from bazaar_nb.scene.time import as_fps
from bazaar_nb.scene.tree import FrameSide

FORMAT = 1
"""Counts the formats of saved films; a larger number than this was written by a newer version."""
_RECORD = "bazaar_nb.saved_film/"
_MAGIC = re.compile(rb"bazaar_nb film (\d{1,9})\n")
_MOST_FRAMES = 1 << 31
_SIZE_BYTES = 8

Name = Annotated[str, Meta(min_length=1, max_length=1000)]
AssetName = Annotated[str, Meta(pattern=r"^asset:[0-9a-f]{40}\.[a-z0-9]{1,8}$")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{40}$")]
Count = Annotated[int, Meta(ge=0, le=_MOST_FRAMES)]
Frames = Annotated[int, Meta(ge=1, le=_MOST_FRAMES)]


class TreeChunk(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Trees of frames after one another.

    Attributes
    ----------
    ends : tuple of int
        Where each of them ends.
    """

    piece: Piece
    ends: Annotated[tuple[Count, ...], Meta(min_length=1)]


class SavedSpan(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Frames during which the same scenes are seen.

    Attributes
    ----------
    name : str
        Of the scene.
    runs : tuple of (int, int)
        How many frames show a tree, and its number.
    """

    name: Name
    runs: Annotated[tuple[tuple[Frames, Count], ...], Meta(min_length=1)]


class FilmDocument(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A film as data.

    Attributes
    ----------
    fps : str
        Frames a second as a fraction.
    marks : tuple of Mark
        Where the scenes are.
    spans : tuple of SavedSpan
        Frames in order.
    chunks : tuple of TreeChunk
        All different trees; they are numbered through.
    arrays : dict of str to Piece
        Pixels and large arrays that trees refer to, by their digests.
    packs : tuple of str
        Digests of the files that hold the pieces.
    files : tuple of str
        Pictures, fonts and sounds, as ``asset:<digest>.<ext>``.
    loudness : float or None
        Of the film's sound in LUFS; None as it is mixed.
    """

    name: Name
    width: FrameSide
    height: FrameSide
    fps: str
    background: Paint
    marks: tuple[Mark, ...]
    spans: Annotated[tuple[SavedSpan, ...], Meta(min_length=1)]
    chunks: Annotated[tuple[TreeChunk, ...], Meta(min_length=1)]
    arrays: dict[Digest, Piece]
    packs: Annotated[tuple[Digest, ...], Meta(min_length=1)]
    files: tuple[AssetName, ...]
    sound: tuple[Sound, ...]
    loudness: float | None = None

    def __post_init__(self) -> None:
        frames = sum(count for span in self.spans for count, _ in span.runs)
        if frames > _MOST_FRAMES:
            raise InvalidValueError(f"it has {frames:,} frames")
        trees = sum(len(chunk.ends) for chunk in self.chunks)
        if max(tree for span in self.spans for _, tree in span.runs) >= trees:
            raise InvalidValueError("frames show trees that are not there")
        for chunk in self.chunks:
            if chunk.ends[-1] != chunk.piece.raw_bytes or any(a > b for a, b in pairwise(chunk.ends)):
                raise InvalidValueError("trees don't lie after one another")
        places = [*(chunk.piece for chunk in self.chunks), *self.arrays.values()]
        if max(piece.pack for piece in places) >= len(self.packs):
            raise InvalidValueError("pieces are in packs that are not there")
        if {sound.source for sound in self.sound} - set(self.files):
            raise InvalidValueError("a sound is not among its files")
        as_fps(self.fps)

    @property
    def frames(self) -> int:
        """How many frames the film has."""
        return sum(count for span in self.spans for count, _ in span.runs)

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return as_fps(self.fps)

    def first_trees(self) -> list[int]:
        """Give the number of the first tree of each chunk, and of the one after the last."""
        return [0, *accumulate(len(chunk.ends) for chunk in self.chunks)]


class FilmVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a saved film.

    Attributes
    ----------
    project, name : str
    version : int
        Counts from 1.
    composition : str
        The film's own name.
    saved : datetime
        When, in UTC.
    user : str
        By whom.
    fps : float
        Rounded.
    size_bytes : int
        Of all that the version needs; versions share what is the same.
    content : str
        Digest of the `FilmDocument`'s file.
    bazaar_nb : str
        The version of this package that wrote it.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> version = film.save("review")
    >>> version.name, version.frames
    ('review', 30)
    """

    project: Name
    name: Name
    version: Annotated[int, Meta(ge=1)]
    composition: Name
    saved: dt.datetime
    user: str
    width: FrameSide
    height: FrameSide
    fps: float
    frames: Frames
    duration_s: float
    size_bytes: Count
    content: Digest
    bazaar_nb: str
    token: str = ""

    def __repr__(self) -> str:
        return (
            f"<saved film {self.name!r}, version {self.version}, in project {self.project!r}: "
            f"{self.frames:,} frames, {self.duration_s:.2f} s, {self.size_bytes / 1e6:.2f} MB>"
        )


def write_document(document: FilmDocument) -> bytes:
    """Give a film's document as a file."""
    raw = msgspec.msgpack.encode(document)
    return b"bazaar_nb film %d\n" % FORMAT + len(raw).to_bytes(_SIZE_BYTES, "big") + compress(raw)


def read_document(data: bytes, where: str) -> FilmDocument:
    """Read a film's document.

    Raises
    ------
    StoreError
        When it is none, is damaged, or was written by a newer version.
    """
    found = _MAGIC.match(data)
    if found is None:
        raise StoreError(f"{where} is no saved film, or only the beginning of one")
    _check_format(int(found[1]), where)
    body = data[found.end() :]
    try:
        raw = decompress(body[_SIZE_BYTES:], int.from_bytes(body[:_SIZE_BYTES], "big"))
        return msgspec.msgpack.decode(raw, type=FilmDocument)
    except (msgspec.DecodeError, BazaarError, RecursionError, UnicodeError) as error:
        raise StoreError(f"{where} is a saved film that is damaged: {error}") from None


def write_record(record: FilmVersion) -> bytes:
    """Give a version's record as JSON."""
    said = {"format": f"{_RECORD}{FORMAT}", **msgspec.to_builtins(record)}
    return msgspec.json.format(msgspec.json.encode(said))


def read_record(data: bytes, where: str) -> FilmVersion:
    """Read a version's record.

    Raises
    ------
    StoreError
        When it is none, is damaged, or was written by a newer version.
    """
    try:
        kind = msgspec.json.decode(data, type=_Kind).format
        number = kind.removeprefix(_RECORD)
        if not kind.startswith(_RECORD) or not number.isdecimal() or len(number) > 9:
            raise StoreError(f"{where} is no record of a saved film: format {kind!r:.60}")
        _check_format(int(number), where)
        return msgspec.json.decode(data, type=FilmVersion)
    except (msgspec.DecodeError, InvalidValueError, RecursionError, UnicodeError) as error:
        raise StoreError(f"{where} is a record of a saved film that is damaged: {error}") from None


class _Kind(msgspec.Struct):
    format: str


def _check_format(number: int, where: str) -> None:
    if number > FORMAT:
        raise StoreError(
            f"{where} was saved by a newer bazaar_nb (format {number}, this one reads up to {FORMAT}): "
            "update bazaar_nb to open it"
        )
