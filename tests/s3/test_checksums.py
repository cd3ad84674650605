"""What arrives damaged is noticed: by the service, which is sent a checksum, and by comparing what it has."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from bazaar_nb.errors import StoreError
from bazaar_nb.store.options import StorageOptions
from bazaar_nb.store.store import Store
from bazaar_nb.store.transfer import Place, upload
from tests.s3.bad_network import BadNetwork
from tests.s3.server import Server
from tests.s3.test_faults import options_of
from tests.s3.test_store import PART, objects_in

KEY = "projects/p/r/film.mp4"


@pytest.mark.parametrize("size", [20_000, 2 * PART + 1])
@pytest.mark.parametrize("from_file", [False, True])
def test_a_wire_that_changes_bits(
    bucket: str, server: Server, store: Store, size: int, from_file: bool, tmp_path: Path
) -> None:
    content = os.urandom(size)
    (tmp_path / "content").write_bytes(content)

    def send(into: Store) -> None:
        if from_file:
            into.put_file(tmp_path / "content", KEY)
        else:
            into.write_bytes(KEY, content)

    with BadNetwork(server.url, share=0.6, faults=("spoil",), seed=1) as network:
        given = {**options_of(server), "endpoint_url": network.url, "part_bytes": PART}
        send(Store(store.url, {**given, "attempts": 12}))
        assert network.seen["spoil"] >= 1
    assert store.read_bytes(KEY) == content
    store.remove(KEY)
    with BadNetwork(server.url, share=1, faults=("spoil",)) as network:
        given["endpoint_url"] = network.url
        with pytest.raises(StoreError, match=r"it arrived damaged .* said BadDigest\); try again"):
            send(Store(store.url, {**given, "attempts": 2}))
    assert objects_in(server, store) == []


class Careless:
    """A service that checks nothing: it keeps what it is told to, and says truly what it has."""

    def __init__(self, kept: bytes, replaced_by: bytes | None = None) -> None:
        self.kept: bytes | None = kept
        self._next = replaced_by

    def etag(self) -> str:
        assert self.kept is not None
        return f'"{hashlib.md5(self.kept, usedforsecurity=False).hexdigest()}"'

    async def put_object(self, **_: Any) -> dict[str, Any]:
        answer = {"ETag": self.etag()}
        self.kept = self._next or self.kept
        return answer

    async def head_object(self, **_: Any) -> dict[str, Any]:
        assert self.kept is not None
        answered: dict[str, Any] = {"HTTPHeaders": {}}
        now = dt.datetime.now(dt.UTC)
        return {
            "ETag": self.etag(),
            "ContentLength": len(self.kept),
            "LastModified": now,
            "ResponseMetadata": answered,
        }

    async def delete_object(self, **_: Any) -> None:
        self.kept = None


@pytest.mark.parametrize("kept", [b"the whole film, or nearly so", b"the whole fi"])
def test_what_a_careless_service_keeps_is_compared(kept: bytes) -> None:
    service = Careless(kept)
    with pytest.raises(StoreError, match=r"arrived damaged and was removed \(\d+ of 28 bytes, checksum"):
        put(service, b"the whole film, or nearly so".upper())
    assert service.kept is None


def test_what_somebody_else_has_put_there_since_stays() -> None:
    service = Careless(b"as it was sent?", replaced_by=b"another film")
    assert put(service, b"as it was sent!")
    assert service.kept == b"another film"


def test_who_writes_once_is_told_that_somebody_else_was_first() -> None:
    service = Careless(b"as it was sent?", replaced_by=b"another film")
    assert put(service, b"as it was sent!", once=True) is None
    assert service.kept == b"another film"


def put(service: Careless, content: bytes, *, once: bool = False) -> str | None:
    place = Place("films", KEY)
    return asyncio.run(upload(service, place, content, StorageOptions(), {}, lambda *_: None, once=once))
