"""Fetching from the web, with limits that hold whatever a server does.

What is promised: one file is written, of at most so many bytes, in at most so
many seconds, whether a server hangs, drips, lies about its length, packs a bomb
or sends for ever. Nothing but the address that was named and where it leads is
asked for:

- Redirects are followed a few times, to other hosts too, as file hosts send
  people to their networks; never from https to http, and a password goes to
  the host that it was given for only.
- Link-local addresses, where clouds hand out keys to their machines, are never
  asked (RFC 3927, RFC 4291, and the like of AWS and Alibaba). A public server
  can't send anybody into a private network either: a redirect from a public to
  a private address ends it. What is looked at is the address that is connected
  to, so a name that changes its mind changes nothing.
- Cookies are neither kept nor sent.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from bazaar_nb.errors import AssetError
from bazaar_nb.sources.fetch_limits import FetchLimits
from bazaar_nb.sources.file_kinds import HEAD_BYTES, is_page
from bazaar_nb.values.addresses import shown_source

if TYPE_CHECKING:
    import aiohttp

_CHUNK_BYTES = 1 << 18
_METADATA = frozenset({"fd00:ec2::254", "100.100.100.200"})  # of AWS and Alibaba, beside the link-local ones
Number = ipaddress.IPv4Address | ipaddress.IPv6Address
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_MOVED = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN = frozenset({408, 425, 429})  # and all of 5xx
_PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_HEADERS = {"User-Agent": "bazaar_nb", "Accept": "*/*", "Accept-Encoding": "identity"}


class TryAgainError(AssetError):
    """A fetch that may go well the next time."""


class _RefusedError(Exception):
    """An address that is not asked."""


async def fetch_web(address: str, path: Path, limits: FetchLimits) -> None:
    """Write what an http or https address has into a file, once, without trying again.

    Raises
    ------
    AssetError
        When it can't be had within the limits; a `TryAgainError` where another try may help.
    """
    import aiohttp

    shown = shown_source(address)
    guard = _Guard()
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=limits.stall_s, sock_read=limits.stall_s)
    resolver: Any = _Resolver(guard)
    connector = aiohttp.TCPConnector(resolver=resolver, force_close=True)
    try:
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, trust_env=True, auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(), headers=_HEADERS,
        ) as session:  # fmt: skip
            await _follow(session, guard, address, path, limits)
    except (aiohttp.SocketTimeoutError, aiohttp.ConnectionTimeoutError):
        raise AssetError(f"{shown} sent nothing for {limits.stall_s:g} s") from None
    except aiohttp.InvalidURL:
        raise AssetError(f"{shown} is no address that can be asked") from None
    except aiohttp.ClientPayloadError:
        raise TryAgainError(f"{shown} broke off before its end") from None
    except aiohttp.ClientConnectorCertificateError as error:
        raise AssetError(f"{shown} has a certificate that can't be trusted: {_reason(error)}") from None
    except aiohttp.ClientError as error:
        refused = _refusal(error)
        if refused is not None:
            raise AssetError(f"{shown} {refused}") from None
        raise TryAgainError(f"{shown} can't be reached: {_reason(error)}") from None
    except _RefusedError as error:
        raise AssetError(f"{shown} {error}") from None
    except ValueError as error:  # no host or port is written like that
        raise AssetError(f"{shown} is no address that can be asked: {type(error).__name__}") from None


async def _follow(
    session: aiohttp.ClientSession, guard: _Guard, address: str, path: Path, limits: FetchLimits
) -> None:
    shown, url = shown_source(address), address
    for _ in range(limits.redirects + 1):
        guard.check_name(urlsplit(url).hostname)
        async with session.get(url, allow_redirects=False) as answer:
            if answer.status not in _MOVED or "Location" not in answer.headers:
                await _take(answer, shown, path, limits)
                return
            before, url = urlsplit(url), _location(answer, url)
        after = urlsplit(url)
        if after.scheme not in ("http", "https") or (before.scheme, after.scheme) == ("https", "http"):
            raise AssetError(
                f"{shown} leads to {shown_source(url)}: from {before.scheme} only https is followed"
            )
        guard.next_hop()
    raise AssetError(f"{shown} leads from one address to another, more than {limits.redirects} times")


def _location(answer: aiohttp.ClientResponse, url: str) -> str:
    return urljoin(url, answer.headers["Location"])


async def _take(answer: aiohttp.ClientResponse, shown: str, path: Path, limits: FetchLimits) -> None:
    if answer.status != 200:
        kind = TryAgainError if answer.status >= 500 or answer.status in _TRY_AGAIN else AssetError
        reason = {401: ", it wants a password", 403: ", it lets nobody have it", 404: ", it has no such file"}
        raise kind(f"{shown} answered {answer.status}{reason.get(answer.status, '')}")
    said = answer.content_length
    if said is not None and said > limits.size_bytes:
        raise too_large(shown, said, limits)
    packing = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in _PACKED and packing != "identity":
        raise AssetError(f"{shown} is packed as {packing[:20]!r}, which nobody asked for")
    unpack = _Unpacker(packing) if packing in _PACKED else None
    head, size = b"", 0
    with path.open("wb") as file:
        async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
            for piece in (chunk,) if unpack is None else unpack.pieces(chunk, shown):
                size += len(piece)
                if size > limits.size_bytes:
                    raise too_large(shown, None, limits)
                head = head if len(head) >= HEAD_BYTES else (head + piece)[:HEAD_BYTES]
                file.write(piece)
            await asyncio.sleep(0)  # a server that is quicker than the disk leaves room for a time limit
    if unpack is not None and not unpack.is_whole:
        raise TryAgainError(f"{shown} broke off before its end")
    check_fetched(shown, head)


def too_large(shown: str, size: int | None, limits: FetchLimits) -> AssetError:
    """Give the error of a file with too many bytes."""
    has = "more" if size is None else f"{size:,} bytes"
    return AssetError(
        f"{shown} has {has}, and {limits.size_bytes:,} may be fetched: "
        "bz.use_fetch_limits(size_bytes=…) says how many"
    )


def check_fetched(shown: str, head: bytes) -> None:
    """See that what was fetched is something, and no web page.

    Raises
    ------
    AssetError
        When it isn't.
    """
    if not head:
        raise AssetError(f"{shown} is empty")
    if is_page(head):
        raise AssetError(
            f"{shown} is a web page, not a file: it may show what is wanted, or ask for a login; give the "
            "address of the file itself"
        )


class _Unpacker:
    """Unpacks what is packed by gzip or deflate, a piece at a time: a bomb never is in memory."""

    def __init__(self, packing: str) -> None:
        self._unpack = zlib.decompressobj(_PACKED[packing])

    @property
    def is_whole(self) -> bool:
        return self._unpack.eof

    def pieces(self, chunk: bytes, shown: str) -> Any:
        waiting = chunk
        while waiting and not self._unpack.eof:
            try:
                yield self._unpack.decompress(waiting, _CHUNK_BYTES)
            except zlib.error:
                raise AssetError(f"{shown} says that it is packed, and can't be unpacked") from None
            waiting = self._unpack.unconsumed_tail


class _Guard:
    """Says which addresses may be connected to, now that it is known where a fetch came from."""

    def __init__(self) -> None:
        self._from_public = False
        self._now_public = False

    def next_hop(self) -> None:
        self._from_public = self._from_public or self._now_public
        self._now_public = False

    def check_name(self, host: str | None) -> None:
        """Look at a host that is written as a number: nobody resolves it."""
        if not host:
            raise _RefusedError("names no host")
        try:
            number = str(ipaddress.ip_address(host.partition("%")[0]))
        except ValueError:
            return
        self.check([number])

    def check(self, numbers: list[str]) -> None:
        found = [ipaddress.ip_address(number.partition("%")[0]) for number in numbers]
        found = [_plain(number) for number in found]
        if any(number.is_link_local or str(number) in _METADATA for number in found):
            raise _RefusedError("is at a link-local address, where clouds hand out keys: that is never asked")
        if self._from_public and not all(number.is_global for number in found):
            raise _RefusedError("leads from a public server into a private network: that is not followed")
        self._now_public = all(number.is_global for number in found)


def _plain(number: Number) -> Number:
    """Give the IPv4 address that an IPv6 one stands for, mapped or translated (RFC 6052)."""
    if isinstance(number, ipaddress.IPv6Address):
        if number in _TRANSLATED:
            return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        return number.ipv4_mapped or number.sixtofour or number
    return number


class _Resolver:
    """Looks hosts up as the system does, and refuses those that are not to be asked."""

    def __init__(self, guard: _Guard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[Any]:
        from aiohttp.resolver import ThreadedResolver

        found: list[Any] = await ThreadedResolver().resolve(host, port, family)
        self._guard.check([str(one["host"]) for one in found])
        return found

    async def close(self) -> None:
        pass


def _refusal(error: BaseException) -> str | None:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, _RefusedError):
            return str(cause)
        cause = cause.__cause__ or cause.__context__
    return None


def _reason(error: BaseException) -> str:
    """Say what an error is about: never its own text, which may hold the address."""
    inner = getattr(error, "os_error", None) or error
    if isinstance(inner, socket.gaierror):
        return "nobody knows its host"
    return str(getattr(inner, "strerror", None) or type(inner).__name__)
