"""A store in a bucket: the contract, and what only object stores do."""

from __future__ import annotations

import os
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bazaar_nb.errors import StoreError
from bazaar_nb.store import bucket as bucket_module
from bazaar_nb.store.backend import Entry
from bazaar_nb.store.bucket import Bucket
from bazaar_nb.store.store import Store
from bazaar_nb.store.temporary import is_temporary
from bazaar_nb.store.transfer import Described, Place, find
from tests.s3.server import Server
from tests.store.store_contract import StoreContract

PART = 5 * 2**20


def objects_in(server: Server, store: Store) -> list[str]:
    """Give the names of all objects of a bucket, and of uploads that were begun in it."""
    name = store.url.removeprefix("s3://").partition("/")[0]
    client = server.client()
    keys = [found["Key"] for found in client.list_objects_v2(Bucket=name).get("Contents", ())]
    begun = client.list_multipart_uploads(Bucket=name).get("Uploads") or []
    return sorted(keys + [f"begun: {upload['Key']}" for upload in begun])


class TestBucket(StoreContract):
    @pytest.fixture
    def store(self, bucket: str, options: dict[str, Any]) -> Store:
        return Store(f"s3://{bucket}/röot with space", options)

    @pytest.fixture
    def files(self, server: Server, store: Store, tmp_path: Path) -> Callable[[], list[str]]:
        def names() -> list[str]:
            assert [path for path in (tmp_path / "cache").rglob("*") if is_temporary(path.name)] == []
            return [name.rpartition("/")[2] for name in objects_in(server, store)]

        return names

    @pytest.fixture
    def age(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, float], None]:
        """A server can't be told another time: what it says of an object is changed, until that is new."""
        older: dict[str, tuple[int, float]] = {}
        real_entries = Bucket.entries

        def shifted(key: str, modified: float) -> float:
            written, seconds = older.get(key, (0, 0.0))
            return modified - seconds if int(modified) == written else modified

        def entries(self: Bucket, prefix: str) -> Iterator[Entry]:
            for entry in real_entries(self, prefix):
                yield entry._replace(modified=shifted(entry.key, entry.modified))

        async def found_older(client: Any, place: Place) -> Described | None:
            found = await find(client, place)
            key = place.location.removeprefix(f"{store.url}/")
            return found and found._replace(modified=shifted(key, found.modified))

        monkeypatch.setattr(Bucket, "entries", entries)
        monkeypatch.setattr(bucket_module, "find", found_older)

        def make_older(key: str, seconds: float) -> None:
            (entry,) = store.entries(key)
            if not older:
                time.sleep(1.1)  # S3 tells times in seconds: what is written from now on has another
            older[key] = (int(entry.modified), seconds)

        return make_older


@pytest.fixture
def parts(bucket: str, options: dict[str, Any]) -> Store:
    """Give a store whose larger files go up in parts."""
    return Store(f"s3://{bucket}", {**options, "part_bytes": PART, "attempts": 2})


def test_a_large_file_goes_up_in_parts(parts: Store, server: Server, tmp_path: Path) -> None:
    content = os.urandom(4 * PART + 17)
    told: list[tuple[int, int]] = []
    threads: set[str] = set()

    def tell(done: int, total: int) -> None:
        told.append((done, total))
        threads.add(threading.current_thread().name)

    with parts.writing("projects/p/r/film.mp4", on_bytes=tell) as path:
        path.write_bytes(content)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert (len(told), told[-1]) == (5, (len(content), len(content)))
    assert parts.local("projects/p/r/film.mp4").read_bytes() == content
    parts.write_bytes("segments/ab/abcdef01.mp4", content, once=True)
    parts.write_bytes("segments/ab/abcdef01.mp4", b"x" * len(content), once=True)
    assert parts.read_bytes("segments/ab/abcdef01.mp4") == content
    assert objects_in(server, parts) == ["projects/p/r/film.mp4", "segments/ab/abcdef01.mp4"]
    answer = server.client().head_object(Bucket=parts.root.removeprefix("s3://"), Key="projects/p/r/film.mp4")
    assert answer["ContentType"] == "video/mp4"


@pytest.mark.parametrize("fault", [KeyboardInterrupt, StoreError])
def test_an_upload_can_be_stopped(parts: Store, server: Server, fault: type[BaseException]) -> None:
    def stop(done: int, total: int) -> None:
        if done > PART:
            raise fault("stopped")

    def write() -> None:
        with parts.writing("projects/p/r/film.mp4", on_bytes=stop) as path:
            path.write_bytes(bytes(6 * PART))

    with pytest.raises(fault):
        write()
    assert objects_in(server, parts) == []


def test_copies_are_used_again_and_bounded(
    bucket: str, options: dict[str, Any], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(f"s3://{bucket}", {**options, "cache_bytes": 100_000})
    keys = [f"segments/ab/abcdef{number:02}.mp4" for number in range(30)]
    for key in keys:
        store.write_bytes(key, bytes(10_000))
    paths = store.local_all(keys[:20])
    assert all(path.exists() for path in paths)  # too many, but they may be in use
    for number, path in enumerate(paths):
        then = time.time() - 8000 + number
        os.utime(path, (then, then))
    server.client().delete_object(Bucket=bucket, Key=keys[0])
    assert store.local(keys[0]) == paths[0]  # not asked for: what lies under this key can't change
    store.local_all(keys[20:22])
    kept = list((tmp_path / "cache").rglob("*.mp4"))
    assert sum(path.stat().st_size for path in kept) <= 90_000
    assert paths[0] in kept
    assert paths[1] not in kept


def test_a_download_goes_on_where_it_stopped(parts: Store, tmp_path: Path) -> None:
    content = os.urandom(3 * PART)
    parts.write_bytes("projects/p/r/film.mp4", content)
    told: list[int] = []

    def stop(done: int, total: int) -> None:
        told.append(done)
        if done > PART:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        parts.download("projects/p/r/film.mp4", tmp_path / "film.mp4", on_bytes=stop)
    assert not (tmp_path / "film.mp4").exists()
    first = told[-1]
    told.clear()
    parts.download("projects/p/r/film.mp4", tmp_path / "film.mp4", on_bytes=lambda done, _: told.append(done))
    assert told[0] > first - 2**20
    assert (tmp_path / "film.mp4").read_bytes() == content
    # What was begun of another version is not used.
    with pytest.raises(KeyboardInterrupt):
        parts.download("projects/p/r/film.mp4", tmp_path / "film.mp4", on_bytes=stop)
    parts.write_bytes("projects/p/r/film.mp4", content[::-1])
    parts.download("projects/p/r/film.mp4", tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == content[::-1]


def test_encryption_and_storage_class_are_asked_for(
    bucket: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(
        f"s3://{bucket}", {**options, "sse": "AES256", "storage_class": "STANDARD_IA", "part_bytes": PART}
    )
    sent: dict[str, dict[str, Any]] = {}

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        headers = params["headers"]  # taken out of what is sent: this server has neither
        name = params["url_path"].partition("?")[0].rpartition("/")[2]
        sent[f"{model.name} {name}"] = {
            what: headers.pop(f"x-amz-{what}", None) for what in ("server-side-encryption", "storage-class")
        }

    filesystem, _ = store.filesystem()
    filesystem.connect()
    filesystem.s3.meta.events.register("before-call.s3", note)
    store.write_bytes("projects/p/r/small.mp4", b"x")
    store.write_bytes("projects/p/r/large.mp4", bytes(2 * PART))
    store.write_bytes("segments/ab/abcdef01.mp4", b"x")
    both = {"server-side-encryption": "AES256", "storage-class": "STANDARD_IA"}
    assert sent["PutObject small.mp4"] == sent["CreateMultipartUpload large.mp4"] == both
    assert sent["PutObject abcdef01.mp4"] == {**both, "storage-class": None}


def test_what_other_programs_put_there_is_left_out(store: Store, server: Server, bucket: str) -> None:
    store.write_bytes("history/a.parquet", b"x")
    for name in ("team/history/", "team/history/.hidden", "teamwork/history/b.parquet", "history/c.parquet"):
        server.client().put_object(Bucket=bucket, Key=name, Body=b"")
    assert list(store.list()) == ["history/a.parquet"]


def test_long_listings_come_in_pages(store: Store) -> None:
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda number: store.write_bytes(f"history/{number:04}.parquet", b""), range(1_003)))
    assert [key[8:12] for key in store.list("history/")] == [f"{number:04}" for number in range(1_003)]
    store.remove_all(list(store.list()))
    assert list(store.list()) == []


def test_a_file_is_sent_as_it_is_read(parts: Store, tmp_path: Path) -> None:
    """What is under way, eight parts of it, is not in memory."""
    content = os.urandom(PART) * 8
    (tmp_path / "film.mp4").write_bytes(content)
    parts.write_bytes("projects/p/r/film.mp4", b"")  # the libraries are here
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        parts.put_file(tmp_path / "film.mp4", "projects/p/r/film.mp4")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < 3 * PART, f"{(peak - before) / 1e6:.0f} MB"
    assert parts.read_bytes("projects/p/r/film.mp4") == content
