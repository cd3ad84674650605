"""A store in a bucket of S3 or a service that speaks like it.

Puts are atomic there; ``once=True`` is ``If-None-Match: *``. What is read is
copied into a local cache. Copies of what lasts (`is_lasting`) are good for
ever; for others the service is asked each time whether they have changed.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from bazaar_nb.errors import BazaarError, InvalidValueError, StoreError
from bazaar_nb.store.backend import CLAIM_S, Entry, Excerpt, OnBytes
from bazaar_nb.store.bucket_faults import is_missing
from bazaar_nb.store.connection import connect, encryption
from bazaar_nb.store.faults import store_fault
from bazaar_nb.store.folder import fault_of_disk
from bazaar_nb.store.key_layout import MOVIES, SCRATCH, is_lasting
from bazaar_nb.store.links import Link, content_disposition, content_type
from bazaar_nb.store.local_copies import Cache, default_cache_folder
from bazaar_nb.store.names import check_key
from bazaar_nb.store.options import StorageOptions
from bazaar_nb.store.part_upload import PartUpload
from bazaar_nb.store.paths import read_path
from bazaar_nb.store.temporary import is_orphaned
from bazaar_nb.store.transfer import (
    Described,
    Place,
    Told,
    ToldToStopError,
    describe,
    download,
    find,
    matches,
    read_range,
    upload,
)

T = TypeVar("T")

_EVEN_PARTS_ONLY = "r2.cloudflarestorage.com"


class Bucket:
    """Keeps files as objects below a prefix of a bucket.

    Parameters
    ----------
    bucket : str
    prefix : str
        Empty, or with a slash at its end.
    """

    remote = True

    def __init__(self, bucket: str, prefix: str, options: StorageOptions) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._options = options
        self._connection = connect(options)
        folder = (
            read_path(options.cache_folder, "cache_folder")
            if options.cache_folder
            else default_cache_folder()
        )
        self._cache = Cache(folder, f"{options.endpoint} {self.url}", options.cache_bytes)

    @property
    def url(self) -> str:
        """The root as an ``s3://`` URL."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def location(self, key: str) -> str:
        """Give the ``s3://`` URL."""
        return self._place(key).location

    def local(self, keys: Sequence[str]) -> list[Path]:
        """Give paths of copies on this machine; what is missing here is fetched, several at a time."""
        copies = {key: self._cache.find(key) if is_lasting(key) else None for key in keys}
        wanted = [key for key, copy in copies.items() if copy is None]
        if wanted:
            copies.update(zip(wanted, self._each(self._fetch, wanted, "read"), strict=True))
        return [copy for key in keys if (copy := copies[key]) is not None]

    def claim(self, keys: Sequence[str]) -> set[str]:
        """Tell which objects are there; one that is old is copied onto itself, which makes it young."""
        return {key for key, there in zip(keys, self._each(self._claim, keys, "read"), strict=True) if there}

    def exists(self, key: str) -> bool:
        """Tell whether there is an object under a key."""
        return self._run(lambda client: find(client, self._place(key)), "read", key) is not None

    def size(self, key: str) -> int:
        """Give the size of an object in bytes."""
        return self._run(lambda client: describe(client, self._place(key)), "read", key).size_bytes

    def keys(self, prefix: str) -> Iterator[str]:
        """Give the keys that start with a prefix, in the order of the service."""
        for entry in self.entries(prefix):
            yield entry.key

    def folders(self, prefix: str) -> Iterator[str]:
        """Give the prefixes that the keys after a prefix have up to their next slash."""
        for page in self._pages(prefix, Delimiter="/"):
            for found in page.get("CommonPrefixes") or ():
                folder = found["Prefix"].removeprefix(self._prefix)
                with suppress(InvalidValueError):
                    yield f"{check_key(folder.rstrip('/'))}/"

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Give keys with sizes and times, a page of 1,000 at a time."""
        for page in self._pages(prefix):
            for found in page.get("Contents", ()):
                key = found["Key"].removeprefix(self._prefix)
                with suppress(InvalidValueError):  # a folder's marker, or something of another program
                    yield Entry(check_key(key), found["Size"], found["LastModified"].timestamp())

    def _pages(self, prefix: str, **how: str) -> Iterator[Any]:
        after: dict[str, str] = {}
        while True:
            page = self._run(partial(self._list, prefix=prefix, **how, **after), "look through", prefix)
            yield page
            if not page.get("IsTruncated"):
                return
            after = {"ContinuationToken": page["NextContinuationToken"]}

    def modified(self, keys: Sequence[str]) -> dict[str, float]:
        """Give when objects were written or claimed last, of those that are there."""
        found = zip(keys, self._each(self._find, keys, "look at"), strict=True)
        return {key: described.modified for key, described in found if described is not None}

    def read_bytes(self, key: str) -> bytes:
        """Read the whole object under a key."""
        sink = io.BytesIO()
        self._run(lambda client: download(client, self._place(key), sink), "read", key)
        return sink.getvalue()

    def write_bytes(self, key: str, data: bytes, once: bool) -> None:
        """Put a whole object under a key."""
        self._upload(key, data, once, None)

    def create(self, key: str, data: bytes) -> bool:
        """Put a whole object if there is none; tell whether it did."""
        done = [False]
        with self._writing(key, True, None, done) as path:
            path.write_bytes(data)
        return done[0]

    def writing(self, key: str, once: bool, on_bytes: OnBytes | None) -> AbstractContextManager[Path]:
        """Give a path on this machine; it is uploaded when the block ends well."""
        return self._writing(key, once, on_bytes, [False])

    @contextmanager
    def _writing(self, key: str, once: bool, on_bytes: OnBytes | None, done: list[bool]) -> Iterator[Path]:
        """Give a path; say afterwards whether the object under the key is this one."""
        temporary = self._cache.temporary(key)
        try:
            try:
                yield temporary
                if not temporary.exists():
                    raise StoreError(f"nothing was written for {self.location(key)}")
                etag = self._upload(key, temporary, once, on_bytes)
                done[0] = etag is not None
                if etag is not None:
                    self._cache.keep(temporary, _copy_name(key, etag))
            except (OSError, BazaarError) as error:
                fault = fault_of_disk(error, temporary)
                if fault is None:
                    raise
                raise store_fault(fault, "write to", temporary.parent) from error
        finally:
            with suppress(OSError):
                temporary.unlink()

    def assemble(self, key: str) -> PartUpload | None:
        """Give an upload of parts of any size; None for R2, which wants all of the same."""
        if urlsplit(self._options.endpoint or "").netloc.endswith(_EVEN_PARTS_ONLY):
            return None

        def send_whole(data: bytes) -> None:
            with self.writing(key, False, None) as path:
                path.write_bytes(data)

        return PartUpload(self._connection, self._place(key), self._prefix, self._how(key), send_whole)

    def read_range(self, key: str, begin: int, stop: int) -> Excerpt:
        """Read some of an object's bytes."""
        data, found = self._run(lambda client: read_range(client, self._place(key), begin, stop), "read", key)
        return Excerpt(data, found.size_bytes, found.etag)

    @contextmanager
    def fetching(self, key: str) -> Iterator[Path]:
        """Give the copy that is here, or else one for as long as the block lasts."""
        if is_lasting(key) and (copy := self._cache.find(key)):
            yield copy
            return
        temporary = self._cache.temporary(key)
        try:
            self._run(lambda client: self._fetch_into(client, key, temporary), "read", key)
            yield temporary
        finally:
            with suppress(OSError):
                temporary.unlink()

    def has_copy(self, key: str) -> bool:
        """Tell whether a copy that lasts is on this machine."""
        return is_lasting(key) and self._cache.find(key) is not None

    def download(self, key: str, path: Path, on_bytes: OnBytes | None) -> None:
        """Fetch an object into a file; what an earlier try brought of the same one is kept and used."""
        place = self._place(key)
        found = self._run(lambda client: describe(client, place), "read", key)
        told = Told(on_bytes)
        begun = path.with_name(f".{path.name[-100:]}.{found.etag[:32]}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            begun.touch()
            with begun.open("r+b") as file:
                begin = min(file.seek(0, io.SEEK_END), found.size_bytes)
                if begin < found.size_bytes:
                    file.seek(begin)
                    found = self._run(
                        lambda client: download(
                            client, place, file, begin=begin, etag=found.etag, on_bytes=told
                        ),
                        "read",
                        key,
                    )
            if not matches(begun, found):
                begun.unlink()
                raise StoreError(f"can't read {place.location}: it arrived damaged; try again")
            begun.replace(path)
        except ToldToStopError:
            raise told.reason from None
        except OSError as error:
            if isinstance(error, StoreError):
                raise
            raise store_fault(error, "write to", path) from error

    def remove(self, keys: Iterable[str]) -> None:
        """Remove objects and their copies here; it is fine if there are none."""
        wanted = list(keys)
        for key in wanted:
            self._cache.drop(key)

        async def delete(client: Any, key: str) -> None:
            await client.delete_object(**self._place(key).ids)

        self._each(delete, wanted, "remove")

    def remove_folder(self, prefix: str) -> None:
        """Do nothing: there are no folders."""

    def sweep(self) -> int:
        """Remove scratch objects of processes of this host that are gone, and what they left in the cache."""
        scratch = list(self.keys(SCRATCH))
        dead = tuple(key.rpartition("/")[0] + "/" for key in scratch if is_orphaned(key.rpartition("/")[2]))
        leftover = [key for key in scratch if dead and key.startswith(dead)]
        self.remove(leftover)
        return len(leftover) + self._cache.sweep()

    def drop_unfinished(self, before: float) -> None:
        """Abort uploads in parts that were begun before some time: they cost, and no listing shows them."""

        async def abort(client: Any) -> None:
            answer = await client.list_multipart_uploads(Bucket=self._bucket, Prefix=self._prefix)
            for found in answer.get("Uploads") or ():
                if found["Initiated"].timestamp() < before:
                    await client.abort_multipart_upload(
                        Bucket=self._bucket, Key=found["Key"], UploadId=found["UploadId"]
                    )

        self._run(abort, "clean", "")

    def free_bytes(self) -> int | None:
        """Give None: a bucket has no end that it tells of."""
        return None

    def now(self) -> float:
        """Give the service's time."""
        answer = self._run(
            lambda client: client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1),
            "look at",
            "",
        )
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        if not date:
            return dt.datetime.now(dt.UTC).timestamp()
        from email.utils import parsedate_to_datetime

        return parsedate_to_datetime(date).timestamp()

    def link(self, key: str, expires: dt.timedelta | None, download_name: str | None) -> str:
        """Give the public address, if there is one and nothing else is asked for, or a presigned link."""
        public = self._options.public_base_url
        if public and expires is None and download_name is None:
            return f"{public.rstrip('/')}/{quote(key)}"
        name = download_name or key.rpartition("/")[2]
        answer = {
            "ResponseContentType": content_type(key),
            "ResponseContentDisposition": content_disposition(name, attachment=download_name is not None),
        }
        seconds = round((expires or dt.timedelta(hours=1)).total_seconds())

        async def sign(client: Any) -> str:
            await describe(client, self._place(key))  # a link to nothing helps nobody
            signed: str = await client.generate_presigned_url(
                "get_object", Params={**self._place(key).ids, **answer}, ExpiresIn=seconds
            )
            return signed

        return Link(self._run(sign, "link to", key))

    def filesystem(self) -> tuple[Any, str]:
        """Give the s3fs file system and the root's path in it, bucket first."""
        return self._connection.filesystem(), self.url.removeprefix("s3://")

    def _place(self, key: str) -> Place:
        return Place(self._bucket, f"{self._prefix}{key}")

    def _run(self, work: Callable[[Any], Awaitable[T]], action: str, key: str) -> T:
        return self._connection.run(work, action, lambda: self.location(key), self._bucket)

    def _each(self, work: Callable[[Any, str], Awaitable[T]], keys: Sequence[str], action: str) -> list[T]:
        """Do something with each key, several at a time; the first that fails stops the rest."""
        if not keys:
            return []
        at = keys[0]

        async def whole(client: Any) -> list[T]:
            slots = asyncio.Semaphore(self._options.concurrency)

            async def one(key: str) -> T:
                nonlocal at
                async with slots:
                    try:
                        return await work(client, key)
                    except Exception:
                        at = key
                        raise

            tasks = [asyncio.ensure_future(one(key)) for key in keys]
            try:
                return await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()

        return self._connection.run(whole, action, lambda: self.location(at), self._bucket)

    def _how(self, key: str) -> dict[str, str]:
        how = {"ContentType": content_type(key), **encryption(self._options)}
        if self._options.storage_class and key.startswith(MOVIES):
            how["StorageClass"] = self._options.storage_class
        return how

    def _upload(self, key: str, source: bytes | Path, once: bool, on_bytes: OnBytes | None) -> str | None:
        how = self._how(key)
        told = Told(on_bytes)
        try:
            return self._run(
                lambda client: upload(client, self._place(key), source, self._options, how, told, once=once),
                "write to",
                key,
            )
        except ToldToStopError:
            raise told.reason from None

    async def _list(self, client: Any, *, prefix: str, **how: str) -> Any:
        return await client.list_objects_v2(Bucket=self._bucket, Prefix=f"{self._prefix}{prefix}", **how)

    async def _find(self, client: Any, key: str) -> Described | None:
        return await find(client, self._place(key))

    async def _claim(self, client: Any, key: str) -> bool:
        found = await self._find(client, key)
        if found is None or found.now - found.modified < CLAIM_S:
            return found is not None
        place = self._place(key)
        try:
            await client.copy_object(
                **place.ids, CopySource=place.ids, MetadataDirective="REPLACE",
                ContentType=content_type(key), **encryption(self._options),
            )  # fmt: skip
        except Exception as error:
            if is_missing(error):
                return False
            raise
        return True

    async def _fetch(self, client: Any, key: str) -> Path:
        """Fetch an object into the cache, unless this version of it is there."""
        place = self._place(key)
        name = key
        if not is_lasting(key):
            name = _copy_name(key, (await describe(client, place)).etag)
            if copy := self._cache.find(name):
                return copy
        temporary = self._cache.temporary(key)
        try:
            await self._fetch_into(client, key, temporary)
            return self._cache.keep(temporary, name)
        finally:
            with suppress(OSError):
                temporary.unlink()

    async def _fetch_into(self, client: Any, key: str, path: Path) -> None:
        place = self._place(key)
        try:
            with path.open("wb") as file:
                found = await download(client, place, file)
        except OSError as error:
            fault = fault_of_disk(error, path)
            if fault is None:
                raise
            raise store_fault(fault, "write to", path.parent) from error
        if not await asyncio.to_thread(matches, path, found):
            raise StoreError(f"can't read {place.location}: it arrived damaged; try again")


def _copy_name(key: str, etag: str) -> str:
    """Give the name of the copy of this version of an object."""
    return key if is_lasting(key) else f"versions/{etag}/{key}"
