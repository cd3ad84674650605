"""An object that is put together of parts: sent as they come, or copied by the service from other objects.

What it promises is `Assembly`'s: it appears when it is finished, whole or not at
all; given up, nothing of it is left. Its beginning may come last. All parts but the last have 5 MiB at least,
and there are 10,000 at most; who uses it need not know.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from bazaar_nb.errors import StoreError
from bazaar_nb.store.bucket_faults import error_code
from bazaar_nb.store.connection import Connection, Request
from bazaar_nb.store.transfer import Place, verify

T = TypeVar("T")

LEAST_PART_BYTES = 5 * 2**20
"""Every part of an object but its last one is at least as large."""
_MOST_COPIED_BYTES = 5 * 2**30
_MOST_COPIED_PARTS = 8_000  # the rest is for larger parts, of an object that doesn't end
_GROW_EVERY = 1_000
"""After so many parts each is larger by the size of the first: 10,000 hold 55,000 times that."""
_IN_FLIGHT_BYTES = 64 * 2**20
_LOOK_S = 0.1


class _Part(NamedTuple):
    digest: bytes | None
    """MD5 of what was sent; None where the service says nothing that can be compared."""
    etag: str
    size_bytes: int


class PartUpload:
    """Sends an object's parts while they come; made by `Store.assemble`.

    Parameters
    ----------
    prefix : str
        Of the root, before the keys of what is copied.
    how : mapping
        Parameters of the write: content type, encryption, storage class.
    send_whole : function
        Puts the object if it turns out to be small.
    """

    def __init__(
        self,
        connection: Connection,
        place: Place,
        prefix: str,
        how: Mapping[str, str],
        send_whole: Callable[[bytes], None],
    ) -> None:
        self._connection = connection
        self._place = place
        self._prefix = prefix
        self._how = how
        self._send_whole = send_whole
        options = connection.options
        self._part_bytes = options.part_bytes
        self._slots = max(2, min(options.concurrency, _IN_FLIGHT_BYTES // options.part_bytes))
        self._copy_slots = options.concurrency
        self._front = bytearray()
        self._rest = bytearray()
        self._upload_id = ""
        self._numbers = 1  # the front is the first part
        self._parts: dict[int, _Part] = {}
        self._running: deque[tuple[int, Request[_Part]]] = deque()
        self._check: Callable[[], None] = lambda: None
        self.size_bytes = 0
        """How much was written and copied."""
        self.moved_bytes = 0
        """How much of that the service has acknowledged."""
        self.copied_bytes = 0
        """How much of it the service copied itself."""

    def watch(self, check: Callable[[], None]) -> None:
        """Have a function called while this waits; what it raises stops the wait."""
        self._check = check

    def write(self, data: bytes) -> None:
        """Add bytes; waits while many are under way."""
        self.size_bytes += len(data)
        view = memoryview(data)
        room = max(0, LEAST_PART_BYTES - len(self._front))
        self._front += view[:room]
        self._rest += view[room:]
        self._flush()

    def copy(
        self, key: str, etag: str | None, begin: int, stop: int, read: Callable[[int, int], bytes]
    ) -> None:
        """Add a range of another file; one that is too small to be copied is read and sent."""
        missing = LEAST_PART_BYTES - len(self._front)
        if missing <= 0:
            missing = LEAST_PART_BYTES - len(self._rest) if self._rest else 0
        missing = max(0, missing)
        enough = stop - begin - missing >= LEAST_PART_BYTES
        if not enough or stop - begin > _MOST_COPIED_BYTES or self._numbers >= _MOST_COPIED_PARTS:
            while begin < stop:  # by blocks: a segment need not be small
                block = min(stop, begin + self._part_bytes)
                self.write(read(begin, block))
                begin = block
            return
        if missing:
            self.write(read(begin, begin + missing))
            begin += missing
        if self._rest:
            self._send_rest()
        self.size_bytes += stop - begin
        self.copied_bytes += stop - begin
        condition = {"CopySourceIfMatch": f'"{etag}"'} if etag else {}
        place, name, size = self._place, f"{self._prefix}{key}", stop - begin

        async def copy(client: Any, ids: Mapping[str, Any]) -> _Part:
            answer = await client.upload_part_copy(
                **ids, **condition, CopySource={"Bucket": place.bucket, "Key": name},
                CopySourceRange=f"bytes={begin}-{stop - 1}",
            )  # fmt: skip
            got = str(answer["CopyPartResult"]["ETag"]).strip('"')
            with suppress(ValueError):
                digest = bytes.fromhex(got)
                return _Part(digest if len(digest) == 16 else None, got, size)
            return _Part(None, got, size)

        self._begin(copy, self._copy_slots)

    def finish(self, front: bytes) -> None:
        """Put the front before all that was added, and have the object appear."""
        self._front[:0] = front
        self.size_bytes += len(front)
        if not self._upload_id:
            self._send_whole(bytes(self._front + self._rest))
            self.moved_bytes = self.size_bytes
            return
        if self._rest:
            self._send_rest()
        self._send(bytes(self._front), 1)
        self._front.clear()
        while self._running:
            self._take_oldest()
        self._run(self._complete)

    def abandon(self) -> None:
        """Stop, and have nothing left of what was sent."""
        for _, request in self._running:
            request.cancel()
        self._running.clear()
        if not self._upload_id:
            return
        with suppress(StoreError):  # what is left the bucket's rules take, or a clean
            self._run(lambda client: client.abort_multipart_upload(**self._ids))
        self._upload_id = ""

    @property
    def _ids(self) -> dict[str, Any]:
        return {**self._place.ids, "UploadId": self._upload_id}

    def _run(self, work: Callable[[Any], Awaitable[T]]) -> T:
        place = self._place
        return self._connection.run(work, "write to", lambda: place.location, place.bucket)

    def _flush(self) -> None:
        while True:
            size = self._part_bytes * (1 + self._numbers // _GROW_EVERY)
            # A small object is sent at once; then there is no upload to be given up.
            if len(self._rest) < (size if self._upload_id else 2 * size):
                return
            with memoryview(self._rest) as view:
                data = bytes(view[:size])
            del self._rest[:size]
            self._send(data, self._next_number())

    def _send_rest(self) -> None:
        data = bytes(self._rest)
        self._rest.clear()
        self._send(data, self._next_number())

    def _next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _send(self, data: bytes, number: int) -> None:
        async def send(client: Any, ids: Mapping[str, Any]) -> _Part:
            digest = await asyncio.to_thread(_md5, data)
            answer = await client.upload_part(**ids, Body=data, ContentMD5=base64.b64encode(digest).decode())
            return _Part(digest, str(answer["ETag"]).strip('"'), len(data))

        self._begin(send, self._slots, number)

    def _begin(
        self,
        work: Callable[[Any, Mapping[str, Any]], Awaitable[_Part]],
        slots: int,
        number: int | None = None,
    ) -> None:
        if not self._upload_id:
            begun = self._run(lambda client: client.create_multipart_upload(**self._place.ids, **self._how))
            self._upload_id = str(begun["UploadId"])
        number = number or self._next_number()
        while len(self._running) >= slots:
            self._take_oldest()
        ids = {**self._ids, "PartNumber": number}
        place = self._place
        request = self._connection.begin(
            lambda client: work(client, ids), "write to", lambda: place.location, place.bucket
        )
        self._running.append((number, request))

    def _take_oldest(self) -> None:
        number, request = self._running[0]
        while not request.wait(_LOOK_S):
            self._check()
        self._running.popleft()
        part = self._parts[number] = request.result()
        self.moved_bytes += part.size_bytes

    async def _complete(self, client: Any) -> None:
        parts = [self._parts[number] for number in sorted(self._parts)]
        said = [{"PartNumber": number, "ETag": self._parts[number].etag} for number in sorted(self._parts)]
        got = ""
        try:
            answer = await client.complete_multipart_upload(**self._ids, MultipartUpload={"Parts": said})
            got = str(answer["ETag"]).strip('"')
        except Exception as error:
            # A first try may have done it without its answer getting here; what is there is compared next.
            if error_code(error) != "NoSuchUpload":
                raise
        self._upload_id = ""
        digests = [part.digest for part in parts if part.digest is not None]
        wanted = got
        if len(digests) == len(parts):
            wanted = f"{hashlib.md5(b''.join(digests), usedforsecurity=False).hexdigest()}-{len(parts)}"
        await verify(client, self._place, self.size_bytes, wanted, got or wanted)


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()
