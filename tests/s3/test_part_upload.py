"""Objects that are put together of parts: what was written and copied, in order, its front last."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest

from bazaar_nb.errors import StoreError
from bazaar_nb.store.backend import Assembly
from bazaar_nb.store.store import Store
from tests.s3.server import Server

MB = 2**20
KEY = "projects/p/r/film.mp4"


def begun_uploads(server: Server, bucket: str) -> list[Any]:
    """Give the uploads in parts that are neither finished nor given up."""
    return list(server.client().list_multipart_uploads(Bucket=bucket).get("Uploads") or ())


def assemble(store: Store) -> Assembly:
    upload = store.assemble(KEY)
    assert upload is not None
    return upload


def put_segments(store: Store, *sizes: int) -> list[tuple[str, bytes]]:
    """Put files of random bytes, as segments are."""
    segments = []
    for number, size in enumerate(sizes):
        key, data = f"segments/ab/{number:040x}.mp4", os.urandom(size)
        store.write_bytes(key, data)
        segments.append((key, data))
    return segments


@pytest.fixture
def small_parts(bucket: str, options: dict[str, Any]) -> Store:
    return Store(f"s3://{bucket}/team", {**options, "part_bytes": 5 * MB})


@pytest.mark.parametrize("size", [0, 3 * MB, 11 * MB, 27 * MB])
def test_a_front_that_comes_last(bucket: str, server: Server, small_parts: Store, size: int) -> None:
    content = os.urandom(size)
    upload = assemble(small_parts)
    for begin in range(0, size, 700_001):
        upload.write(content[begin : begin + 700_001])
    upload.finish(b"front")
    assert small_parts.read_bytes(KEY) == b"front" + content
    assert upload.size_bytes == upload.moved_bytes == size + 5
    assert begun_uploads(server, bucket) == []


def test_the_service_copies_what_is_large_enough(bucket: str, server: Server, small_parts: Store) -> None:
    segments = put_segments(small_parts, 12 * MB, 11 * MB, MB, 2 * MB, 13 * MB, 40, 6 * MB)
    upload = assemble(small_parts)
    wanted = b""
    fetched = 0
    for key, data in segments:

        def read(begin: int, stop: int, key: str = key) -> bytes:
            nonlocal fetched
            fetched += stop - begin
            return small_parts.read_range(key, begin, stop).data

        etag = small_parts.read_range(key, 0, 1).etag
        upload.copy(key, etag, 40, len(data), read)
        wanted += data[40:]
    upload.finish(b"the front")
    assert small_parts.read_bytes(KEY) == b"the front" + wanted
    assert upload.copied_bytes + fetched == len(wanted)
    assert upload.copied_bytes > 0.5 * len(wanted)
    assert begun_uploads(server, bucket) == []


def test_given_up_nothing_is_left(bucket: str, server: Server, small_parts: Store) -> None:
    small_parts.write_bytes(KEY, b"the one before")
    upload = assemble(small_parts)
    upload.write(os.urandom(31 * MB))
    assert len(begun_uploads(server, bucket)) == 1
    upload.abandon()
    assert begun_uploads(server, bucket) == []
    assert small_parts.read_bytes(KEY) == b"the one before"


def test_a_segment_that_is_gone_or_another_one_is_not_copied(small_parts: Store) -> None:
    ((key, data),) = put_segments(small_parts, 12 * MB)
    etag = small_parts.read_range(key, 0, 1).etag
    for change in ("another", "gone"):
        if change == "another":
            small_parts.write_bytes(key, data[::-1])
        else:
            small_parts.remove(key)
        upload = assemble(small_parts)
        upload.write(os.urandom(5 * MB))
        upload.copy(key, etag, 0, len(data), lambda begin, stop: data[begin:stop])
        with pytest.raises(StoreError):
            upload.finish(b"front")
        upload.abandon()
        assert not small_parts.exists(KEY)


def test_a_server_that_is_restarted_meanwhile(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = Server(tmp_path_factory.mktemp("fragile"))
    server.start()
    try:
        server.client().create_bucket(Bucket="films")
        key, secret = server.owner
        options = {"endpoint_url": server.url, "key": key, "secret": secret}
        store = Store("s3://films", {**options, "part_bytes": 5 * MB, "attempts": 10})
        content = os.urandom(40 * MB)
        upload = assemble(store)
        upload.write(content[: 20 * MB])

        def restart_server() -> None:
            server.kill()
            server.start()

        restart = threading.Thread(target=restart_server)
        restart.start()
        upload.write(content[20 * MB :])
        upload.finish(b"front")
        restart.join()
        assert store.read_bytes(KEY) == b"front" + content
    finally:
        server.remove()
