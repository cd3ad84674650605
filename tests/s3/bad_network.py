"""A proxy that stands before a server and treats some of its requests as a bad network would."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from contextlib import suppress
from typing import Literal, Self
from urllib.parse import urlsplit

Fault = Literal["drop", "half", "late", "busy", "spoil"]


def refusal(status: int, code: str, extra: str = "", headers: str = "") -> bytes:
    """Give the answer with which S3 refuses a request."""
    body = f"<Error><Code>{code}</Code><Message>No, because of {code}.</Message>{extra}</Error>"
    return (
        f"HTTP/1.1 {status} No\r\nContent-Type: application/xml\r\nConnection: close\r\n{headers}"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


_BUSY = refusal(503, "SlowDown")
_SHORT = 1000  # of a shorter body it may be the frame that is hit, not what is in it


class BadNetwork:
    """Passes requests on; of some it drops the answer, cuts it in half, keeps it waiting, or answers 503.

    Parameters
    ----------
    to : str
        The server's address.
    share : float
        Of the requests that suffer, 0 to 1.
    faults : tuple
        What they suffer, one as often as the other: ``drop`` (the server does
        it, and nobody hears), ``half`` of the answer, ``late`` by 0.3 s, ``busy``,
        ``spoil`` (one bit of what is sent arrives as another).
    canned : bytes, optional
        What all requests are answered with, and none gets through.
    """

    def __init__(
        self, to: str, share: float = 0.2, faults: tuple[Fault, ...] = ("drop", "half", "late", "busy"),
        *, seed: int = 0, canned: bytes | None = None,
    ) -> None:  # fmt: skip
        address = urlsplit(to)
        self._to = (str(address.hostname), int(address.port or 80))
        self._share = share
        self._faults = faults
        self._canned = canned
        self._chance = random.Random(seed)
        self.seen: Counter[str] = Counter()
        """How many requests suffered what; ``fine`` are the others."""
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop
        ).result()
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._server = server
        return self

    def __exit__(self, *exception: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while head := await _head(reader):
                if b"expect: 100-continue" in head.lower():
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                body = await reader.readexactly(_length(head))
                if not await self._answer(head, body, writer):
                    break
        writer.close()

    async def _answer(self, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; give whether the connection goes on."""
        if self._canned is not None:
            writer.write(self._canned)
            await writer.drain()
            return False
        fault = self._chance.choice(self._faults) if self._chance.random() < self._share else None
        if fault == "spoil" and len(body) <= _SHORT:
            fault = None
        self.seen[fault or "fine"] += 1
        if fault == "busy":
            writer.write(_BUSY)
            await writer.drain()
            return False
        if fault == "spoil":
            body = body[:-_SHORT] + bytes([body[-_SHORT] ^ 1]) + body[1 - _SHORT :]
        answer = await self._pass_on(head, body)
        if fault == "late":
            await asyncio.sleep(0.3)
        if fault == "drop":
            return False
        writer.write(answer[: len(answer) // 2] if fault == "half" else answer)
        await writer.drain()
        return fault != "half" and b"connection: close" not in head.lower()

    async def _pass_on(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(*self._to)
        try:
            writer.write(head.replace(b"Expect: 100-continue\r\n", b"") + body)
            await writer.drain()
            answered = await _head(reader)
            while answered.startswith(b"HTTP/1.1 100"):
                answered = await _head(reader)
            without = head.startswith(b"HEAD ") or answered.split(b" ", 2)[1] in (b"204", b"304")
            if without:
                return answered
            if b"transfer-encoding: chunked" in answered.lower():
                return answered + await _chunks(reader)
            return answered + await reader.readexactly(_length(answered))
        finally:
            writer.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while True:
        size = await reader.readline()
        data = await reader.readexactly(int(size, 16) + 2)
        parts += [size, data]
        if len(data) == 2:
            return b"".join(parts)
