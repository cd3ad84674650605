"""Moving whole objects: up at once or in parts, down in a stream that goes on where it broke off.

An upload carries the MD5 of what it sends, which the service compares; what it
then says it has is compared once more, with the size. Nothing is left of an
upload that fails.
"""

from __future__ import annotations

import asyncio
import base64
import errno
import hashlib
import random
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from bazaar_nb.errors import StoreError
from bazaar_nb.store.backend import OnBytes
from bazaar_nb.store.bucket_faults import error_code, is_missing
from bazaar_nb.store.connection import body_faults
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.file_part import FilePart
from bazaar_nb.store.options import StorageOptions

_TAKEN = ("PreconditionFailed", "412")
_CONTESTED = ("ConditionalRequestConflict", "409")
_MOST_BREAKS = 8
"""How often in a row an answer may break off before its first new byte."""
_BLOCK_BYTES = 2**20
_MOST_PARTS = 10_000


class Place(NamedTuple):
    """Where an object is."""

    bucket: str
    name: str
    """The whole name in the bucket, with the root's prefix."""

    @property
    def location(self) -> str:
        """The ``s3://`` URL."""
        return f"s3://{self.bucket}/{self.name}"

    @property
    def ids(self) -> dict[str, str]:
        """The parameters of a request that name it."""
        return {"Bucket": self.bucket, "Key": self.name}


class ToldToStopError(Exception):
    """Whoever is told how far it is wants it to stop; `Told.reason` says why."""


class Told:
    """Tells how far it is, from the thread of the connection.

    What that raises, an interrupt say, would end the thread and not just the
    transfer: it is kept for the caller.
    """

    def __init__(self, on_bytes: OnBytes | None) -> None:
        self._on_bytes = on_bytes
        self.reason: BaseException = ToldToStopError()

    def __call__(self, done: int, total: int) -> None:
        """Pass it on."""
        if self._on_bytes is None:
            return
        try:
            self._on_bytes(done, total)
        except BaseException as reason:
            self.reason = reason
            raise ToldToStopError from None


class Described(NamedTuple):
    """What the service says of an object."""

    size_bytes: int
    etag: str
    """Of this content; the MD5 in hex, unless it came in parts or is encrypted with a key of its own."""
    comparable: bool
    """Whether the etag is made of MD5s."""
    modified: float
    """Seconds since the epoch."""
    now: float
    """When the service said so, by the same clock."""


async def describe(client: Any, place: Place) -> Described:
    """Ask for size, etag and time of an object.

    Raises
    ------
    botocore.exceptions.ClientError
        Also if there is none.
    """
    found = await find(client, place)
    if found is None:
        await _explain(client, place)  # it may be the bucket that isn't there
        found = await find(client, place)
    if found is None:
        raise MissingObjectError(errno.ENOENT, f"can't read {place.location}: it does not exist")
    return found


async def find(client: Any, place: Place) -> Described | None:
    """Ask for size, etag and time of an object; None if there is none."""
    try:
        answer = await client.head_object(**place.ids)
    except Exception as error:
        if is_missing(error):
            return None
        if error_code(error) in ("403", "400", "301", "307"):
            await _explain(client, place)
        raise
    return _described(answer, answer["ContentLength"])


async def _explain(client: Any, place: Place) -> None:
    """Have a refusal said in words.

    A HEAD has an answer without a body, which can't say more than a number:
    403 may be wrong keys or no permission.
    """
    answer = await client.get_object(**place.ids, Range="bytes=0-0")
    answer["Body"].close()


async def upload(
    client: Any,
    place: Place,
    source: bytes | Path,
    options: StorageOptions,
    how: Mapping[str, str],
    report: OnBytes,
    *,
    once: bool,
) -> str | None:
    """Put an object, whole or not at all.

    Parameters
    ----------
    how : mapping
        Parameters of the write: content type, encryption, storage class.
    once : bool
        Leave an object that is there as it is.

    Returns
    -------
    str or None
        The etag that it got; None if, with `once`, another object is there.
    """
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    condition = {"IfNoneMatch": "*"} if once else {}
    for left in reversed(range(options.attempts)):
        try:
            if size < 2 * options.part_bytes:
                data = source if isinstance(source, bytes) else await asyncio.to_thread(source.read_bytes)
                sent, etag = await _put(client, place, data, {**how, **condition})
                report(size, size)
            else:
                sent, etag = await _Parts(client, place, source, size, options, report).upload(how, condition)
            if (sent != etag or "-" in sent) and not await verify(client, place, size, sent, etag) and once:
                return None
        except Exception as error:
            if once and error_code(error) in _TAKEN:
                return None
            # Two create-only writes met, and S3 can't tell yet who wins.
            if not left or not once or error_code(error) not in _CONTESTED:
                raise
            await asyncio.sleep(0.2 + random.random())
        else:
            return etag
    return None


async def download(
    client: Any, place: Place, sink: BinaryIO, *, begin: int = 0, etag: str | None = None,
    on_bytes: OnBytes | None = None,
) -> Described:  # fmt: skip
    """Write an object's content into a file, from byte `begin` on.

    An answer that breaks off is asked for again from there; if the object was
    replaced meanwhile, all of the new one is fetched.

    Parameters
    ----------
    etag : str, optional
        Of the object that the bytes before `begin` are of.
    """
    at, breaks = begin, 0
    known: Described | None = None
    while True:
        wanted = {"Range": f"bytes={at}-"} if at else {}
        if etag:
            wanted["IfMatch"] = f'"{etag}"'
        try:
            answer = await client.get_object(**place.ids, **wanted)
        except Exception as error:
            if error_code(error) in _TAKEN and etag:
                at, etag, known = 0, None, None
                sink.seek(0)
                sink.truncate()
                continue
            raise
        known = known or _described(answer, at + answer["ContentLength"])
        etag = known.etag
        async with answer["Body"] as body:
            while True:
                try:
                    block = await body.read(_BLOCK_BYTES)
                except body_faults():
                    break
                if not block:
                    break
                sink.write(block)
                at += len(block)
                breaks = 0
                if on_bytes is not None:
                    on_bytes(at, known.size_bytes)
        if at == known.size_bytes:
            return known
        breaks += 1
        if breaks > _MOST_BREAKS:
            raise StoreError(
                f"can't read {place.location}: the answer breaks off after {at} of {known.size_bytes} bytes, "
                f"{breaks} times in a row; check the network"
            )


async def read_range(client: Any, place: Place, begin: int, stop: int) -> tuple[bytes, Described]:
    """Read some bytes of an object, from `begin` up to `stop` or to its end.

    An answer that breaks off is asked for again.
    """
    breaks = 0
    while True:
        answer = await client.get_object(**place.ids, Range=f"bytes={begin}-{stop - 1}")
        length = answer["ContentLength"]
        total = str(answer.get("ContentRange", "")).rpartition("/")[2]
        found = _described(answer, int(total) if total.isdigit() else length)
        async with answer["Body"] as body:
            try:
                data = await body.read()
            except body_faults():
                data = b""
        if len(data) == length:
            return data, found
        breaks += 1
        if breaks > _MOST_BREAKS:
            raise StoreError(
                f"can't read {place.location}: the answer breaks off, {breaks} times in a row; "
                "check the network"
            )


class _Parts:
    """An upload in parts, several at the same time."""

    def __init__(
        self,
        client: Any,
        place: Place,
        source: bytes | Path,
        size: int,
        options: StorageOptions,
        report: OnBytes,
    ) -> None:
        self._client = client
        self._place = place
        self._source = source
        self._size = size
        self._part = max(options.part_bytes, -(-size // _MOST_PARTS))
        self._slots = asyncio.Semaphore(options.concurrency)
        self._report = report
        self._done = 0

    async def upload(self, how: Mapping[str, str], condition: Mapping[str, str]) -> tuple[str, str]:
        """Send all parts; give the etag that the whole must have, and the one that it got. Or abort."""
        begun = await self._client.create_multipart_upload(**self._place.ids, **how)
        ids = {**self._place.ids, "UploadId": begun["UploadId"]}
        tasks = [
            asyncio.ensure_future(self._send(ids, number, begin))
            for number, begin in enumerate(range(0, self._size, self._part), 1)
        ]
        try:
            sent = await asyncio.gather(*tasks)
            whole = hashlib.md5(b"".join(digest for digest, _ in sent), usedforsecurity=False)
            wanted = f"{whole.hexdigest()}-{len(sent)}"
            parts = [{"PartNumber": number, "ETag": etag} for number, (_, etag) in enumerate(sent, 1)]
            got = await self._complete(ids, parts, condition)
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.shield(self._abort(ids))
            raise
        return wanted, got or wanted

    async def _send(self, ids: Mapping[str, str], number: int, begin: int) -> tuple[bytes, str]:
        async with self._slots:
            stop = min(self._size, begin + self._part)
            with ExitStack() as ending:
                body: bytes | FilePart
                if isinstance(self._source, bytes):
                    body = self._source[begin:stop]
                    digest = await asyncio.to_thread(_md5, body)
                else:
                    body = ending.enter_context(FilePart(self._source, begin, stop))
                    digest = await asyncio.to_thread(body.md5)
                answer = await self._client.upload_part(
                    **ids, PartNumber=number, Body=body, ContentMD5=base64.b64encode(digest).decode()
                )
            self._done += stop - begin
            self._report(self._done, self._size)
            return digest, answer["ETag"]

    async def _complete(
        self, ids: Mapping[str, str], parts: list[dict[str, Any]], condition: Mapping[str, str]
    ) -> str | None:
        try:
            answer = await self._client.complete_multipart_upload(
                **ids, **condition, MultipartUpload={"Parts": parts}
            )
        except Exception as error:
            # A first try may have done it without its answer getting here; what is there is compared next.
            if error_code(error) != "NoSuchUpload":
                raise
            return None
        return str(answer["ETag"]).strip('"')

    async def _abort(self, ids: Mapping[str, str]) -> None:
        try:
            await self._client.abort_multipart_upload(**ids)
        except Exception:  # what is left the bucket's rules take, or a clean
            return


async def _put(client: Any, place: Place, data: bytes, how: Mapping[str, str]) -> tuple[str, str]:
    digest = await asyncio.to_thread(_md5, data)
    answer = await client.put_object(
        **place.ids, **how, Body=data, ContentMD5=base64.b64encode(digest).decode()
    )
    return digest.hex(), str(answer.get("ETag", "")).strip('"')


async def verify(client: Any, place: Place, size: int, sent: str, etag: str) -> bool:
    """Compare what the service has with what was sent, and take it away if that differs.

    False if it has what somebody else sent.

    Parameters
    ----------
    sent : str
        The etag that the content should have, if it is made of MD5s.
    etag : str
        The one that the service gave.
    """
    found = await describe(client, place)
    if found.etag != etag:
        return False  # somebody has replaced it since
    if found.size_bytes == size and (not found.comparable or found.etag == sent):
        return True
    await client.delete_object(**place.ids)
    raise StoreError(
        f"can't write to {place.location}: it arrived damaged and was removed "
        f"({found.size_bytes} of {size} bytes, checksum {found.etag} instead of {sent}); try again"
    )


def matches(path: Path, described: Described) -> bool:
    """Tell whether a downloaded file is what the service described, as far as that can be told."""
    if path.stat().st_size != described.size_bytes:
        return False
    if not described.comparable or "-" in described.etag:
        return True
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return digest.hexdigest() == described.etag


def _described(answer: Any, size: int) -> Described:
    from email.utils import parsedate_to_datetime

    etag = answer.get("ETag", "").strip('"')
    plain = not answer.get("SSEKMSKeyId") and not answer.get("SSECustomerAlgorithm")
    modified = answer["LastModified"].timestamp()
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    now = parsedate_to_datetime(date).timestamp() if date else modified
    return Described(size, etag, plain and _is_md5(etag), modified, now)


def _is_md5(etag: str) -> bool:
    digits = etag.partition("-")[0]
    return len(digits) == 32 and all(letter in "0123456789abcdef" for letter in digits)


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
