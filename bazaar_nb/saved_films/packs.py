"""Packs: many pieces of a saved film in one file, each compressed, so that any of them is read alone.

A film has thousands of trees and maybe hundreds of arrays: a file each would be a round trip each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from bazaar_nb.errors import StoreError

PACK_BYTES = 8_000_000
"""How large a pack becomes: a worker that wants a part of it fetches all."""
MOST_RAW_BYTES = 512_000_000
"""The largest piece: pixels of the largest picture that an element may hold, and some more."""
_LEVEL = 5  # of zstd: a hundred megabytes a second, and near what more work would give


class Piece(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where a piece is.

    Attributes
    ----------
    pack : int
        Which of the film's packs it is in.
    offset, packed_bytes : int
        Its place there.
    raw_bytes : int
        How long it is when it is unpacked.
    """

    pack: Annotated[int, Meta(ge=0, le=1_000_000)]
    offset: Annotated[int, Meta(ge=0, le=1 << 40)]
    packed_bytes: Annotated[int, Meta(ge=1, le=MOST_RAW_BYTES)]
    raw_bytes: Annotated[int, Meta(ge=0, le=MOST_RAW_BYTES)]


def digest_bytes(data: bytes) -> str:
    """Give the digest under which content is kept: that of a file with these bytes."""
    return hashlib.blake2b(data, digest_size=20).hexdigest()


def compress(raw: bytes) -> bytes:
    """Compress, with zstd; equal data give equal bytes."""
    packed: bytes = _codec().compress(raw, asbytes=True)
    return packed


def decompress(packed: bytes, raw_bytes: int) -> bytes:
    """Give what was compressed; never more than it should be.

    Raises
    ------
    StoreError
        When it is something else.
    """
    if raw_bytes > MOST_RAW_BYTES:
        raise StoreError(f"it says that it has {raw_bytes:,} bytes, at most {MOST_RAW_BYTES:,} are read")
    try:
        raw: bytes = _codec().decompress(packed, decompressed_size=raw_bytes, asbytes=True)
    except (OSError, ValueError, MemoryError) as error:
        raise StoreError(f"it can't be unpacked: {error}") from None
    if len(raw) != raw_bytes:
        raise StoreError(f"it has {len(raw):,} bytes instead of {raw_bytes:,}")
    return raw


class PackWriter:
    """Puts pieces into packs.

    Parameters
    ----------
    put : function
        Takes each pack when it is full, with its digest.

    Attributes
    ----------
    packs : list of str
        Digests of the packs so far.
    """

    def __init__(self, put: Callable[[str, bytes], None]) -> None:
        self.packs: list[str] = []
        self._put = put
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, raw: bytes) -> Piece:
        """Keep a piece."""
        packed = compress(raw)
        if self._size and self._size + len(packed) > PACK_BYTES:
            self.flush()
        place = Piece(len(self.packs), self._size, len(packed), len(raw))
        self._parts.append(packed)
        self._size += len(packed)
        return place

    def flush(self) -> None:
        """End the pack that is being filled."""
        if not self._parts:
            return
        pack = b"".join(self._parts)
        digest = digest_bytes(pack)
        self._put(digest, pack)
        self.packs.append(digest)
        self._parts, self._size = [], 0


@lru_cache(maxsize=1)
def _codec() -> Any:
    import pyarrow as pa  # most films are never saved

    return pa.Codec("zstd", compression_level=_LEVEL)
