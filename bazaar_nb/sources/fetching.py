"""What addresses hold, fetched once and kept on this machine by its content.

What is promised: an address is asked once for a machine, however many threads
and processes want it, and again only where somebody says `refresh`. A file is
there whole or not at all. Whoever waits gets an answer within the limits, and
may be interrupted.

Files lie in the user's cache, ``sources/`` in ``$BAZAAR_CACHE``: what was used
longest ago goes when there is too much of it.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from bazaar_nb.errors import AssetError, BazaarError
from bazaar_nb.sources.fetch_limits import FetchLimits, fetch_limits
from bazaar_nb.sources.file_kinds import HEAD_BYTES, extension_of
from bazaar_nb.sources.filesystems import fetch_filesystem
from bazaar_nb.sources.web import TryAgainError, fetch_web
from bazaar_nb.store.file_digests import hash_content
from bazaar_nb.store.key_layout import asset_extension
from bazaar_nb.store.local_copies import Cache, default_cache_folder
from bazaar_nb.store.options import StorageOptions
from bazaar_nb.values.addresses import file_name, scheme_of, shown_source

CACHE_BYTES = 20_000_000_000
"""How much is kept for a user on a machine."""

_FAILED_S = 20.0  # how long whoever doesn't wait is told of a failure again
_LOOK_S = 0.05
_OF_PROCESS = ("memory",)  # what it holds is another in another process

_lock = threading.Lock()
_found: dict[str, Path] = {}
_going: dict[str, tuple[Future[Path], float]] = {}
_failed: dict[str, tuple[float, BazaarError]] = {}
_listeners: list[Callable[[], None]] = []


class StillFetchingError(AssetError):
    """What an address holds is on its way."""


class _Kept(msgspec.Struct, frozen=True):
    """Which file an address had.

    Attributes
    ----------
    name : str
        ``<digest>.<ext>``, of its content.
    address : str
        For people, without its secrets.
    """

    name: str
    address: str


def address_digest(address: str) -> str:
    """Give what an address is known by, where it is not to be read."""
    return hashlib.blake2b(address.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def fetched_file(address: str) -> Path | None:
    """Give the file that an address had when it was fetched; None if it wasn't. Asks nobody."""
    path = _found.get(address)
    if path is not None and path.is_file():
        return path
    if scheme_of(address) in _OF_PROCESS:
        return None
    cache = _cache()
    note = cache.find(_note_name(address))
    try:
        if note is not None:
            kept = msgspec.json.decode(note.read_bytes(), type=_Kept)
            path = cache.find(f"content/{kept.name}")
            if path is not None:
                _found[address] = path
                return path
    except (OSError, msgspec.DecodeError):
        pass  # as if it had never been
    return None


def keep_fetched(address: str, path: Path) -> Path:
    """Take a file for what an address has: it was fetched by somebody else."""
    cache = _cache()
    temporary = cache.temporary(path.name)
    try:
        with path.open("rb") as source, temporary.open("wb") as target:
            while chunk := source.read(1 << 20):
                target.write(chunk)
        return _keep(cache, address, temporary)
    finally:
        temporary.unlink(missing_ok=True)


def fetch(
    address: str,
    *,
    refresh: bool = False,
    limits: FetchLimits | None = None,
    wait_s: float | None = None,
    check: Callable[[], None] | None = None,
    options: StorageOptions | None = None,
) -> Path:
    """Give the file that an address has, fetched now unless it was before.

    Parameters
    ----------
    refresh : bool
        Ask for it though it was fetched before.
    limits : FetchLimits, optional
        Those of `fetch_limits` by default.
    wait_s : float, optional
        Wait no longer: it then goes on to be fetched, and whoever listens is told (`on_fetched`). As long
        as it takes by default.
    check : function, optional
        Called often while it is waited for; raises to stop.
    options : StorageOptions, optional
        Of ``s3://``.

    Raises
    ------
    AssetError
        When it can't be had within the limits, with what is wrong.
    StillFetchingError
        When it is not there after `wait_s`.
    """
    if not refresh:
        found = fetched_file(address)
        if found is not None:
            return found
    failed = None if wait_s is None else _failed.get(address)
    if failed is not None and time.monotonic() < failed[0]:
        raise _again(failed[1])
    future, began = begin_fetch(address, limits or fetch_limits(), options)
    until = None if wait_s is None else time.monotonic() + wait_s
    while True:
        try:
            return future.result(_LOOK_S)
        except TimeoutError:
            pass
        except CancelledError:
            raise AssetError(f"{shown_source(address)} is not fetched: this process is ending") from None
        except BazaarError as error:
            raise _again(error) from None
        except KeyboardInterrupt:
            future.cancel()
            raise
        if check is not None:
            check()
        if until is not None and time.monotonic() > until:
            raise StillFetchingError(
                f"{shown_source(address)} is being fetched, for {time.monotonic() - began:.0f} s now"
            )


def begin_fetch(
    address: str, limits: FetchLimits, options: StorageOptions | None = None
) -> tuple[Future[Path], float]:
    """Have an address fetched in the background, unless it is; give its file to come, and since when."""
    import fsspec.asyn

    begun: Future[Path] | None = None
    with _lock:
        going = _going.get(address)
        if going is None:
            loop = fsspec.asyn.get_loop()
            begun = asyncio.run_coroutine_threadsafe(_fetch(address, limits, options), loop)
            going = _going[address] = begun, time.monotonic()
    if begun is not None:  # without the lock, which `_ended` takes: a fetch may have ended by now
        begun.add_done_callback(lambda _: _ended(address))
    return going


def on_fetched(listener: Callable[[], None]) -> None:
    """Have a function called whenever a fetch has ended, well or badly, from another thread."""
    if listener not in _listeners:
        _listeners.append(listener)


def forget_fetched() -> None:
    """Forget what this process knows of addresses; the machine's cache stays."""
    with _lock:
        _found.clear()
        _failed.clear()


def _ended(address: str) -> None:
    with _lock:
        future, _ = _going.pop(address)
    error = None if future.cancelled() else future.exception()
    if isinstance(error, BazaarError):
        _failed[address] = time.monotonic() + _FAILED_S, error
    else:
        _failed.pop(address, None)
    for listener in list(_listeners):
        listener()


async def _fetch(address: str, limits: FetchLimits, options: StorageOptions | None) -> Path:
    shown = shown_source(address)
    cache = _cache()
    temporary = cache.temporary("fetched")
    try:
        async with asyncio.timeout(limits.seconds):
            await _try(address, temporary, limits, options)
            return await asyncio.to_thread(_keep, cache, address, temporary)
    except TimeoutError:
        raise AssetError(
            f"{shown} was not there within {limits.seconds:g} s: bz.use_fetch_limits(seconds=…) says how "
            "long to wait"
        ) from None
    except OSError as error:
        if isinstance(error, BazaarError):
            raise
        raise AssetError(f"{shown} can't be written to {temporary.parent}: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)


async def _try(address: str, path: Path, limits: FetchLimits, options: StorageOptions | None) -> None:
    tried = 0
    while True:
        try:
            if scheme_of(address) in ("http", "https"):
                await fetch_web(address, path, limits)
            else:
                await _in_thread(address, path, limits, options)
        except TryAgainError as error:
            tried += 1
            if tried == limits.attempts:
                times = f", {tried} times" if tried > 1 else ""
                raise AssetError(f"{error}{times}") from None
            await asyncio.sleep(random.uniform(0.5, 1) * 2 ** (tried - 1))
        else:
            return


async def _in_thread(address: str, path: Path, limits: FetchLimits, options: StorageOptions | None) -> None:
    """Fetch what blocks: in a thread that nobody waits for any longer than time allows."""
    loop, stopped = asyncio.get_running_loop(), threading.Event()
    done: asyncio.Future[None] = loop.create_future()

    def tell(error: BaseException | None) -> None:
        if done.cancelled() or done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def work() -> None:
        error: BaseException | None = None
        try:
            fetch_filesystem(address, path, limits, stopped, options)
        except BaseException as caught:
            error = caught
        with suppress(RuntimeError):  # the loop is gone: the process ends
            loop.call_soon_threadsafe(tell, error)

    threading.Thread(target=work, name="fetch", daemon=True).start()
    try:
        await done
    finally:
        stopped.set()


def _keep(cache: Cache, address: str, temporary: Path) -> Path:
    with temporary.open("rb") as file:
        head = file.read(HEAD_BYTES)
    ext = extension_of(head, asset_extension(file_name(address)))
    name = f"{hash_content(temporary)}.{ext}"
    path = cache.find(f"content/{name}") or cache.keep(temporary, f"content/{name}")
    if scheme_of(address) not in _OF_PROCESS:
        note = cache.temporary("address")
        note.write_bytes(msgspec.json.encode(_Kept(name, shown_source(address))))
        cache.keep(note, _note_name(address))
    _found[address] = path
    return path


def _note_name(address: str) -> str:
    return f"addresses/{address_digest(address)}.json"


def _cache() -> Cache:
    return Cache(default_cache_folder() / "sources", "addresses", CACHE_BYTES)


def _again(error: BazaarError) -> AssetError:
    """Give an error for one more who is told of it: a traceback grows with each raise."""
    kind: Any = type(error) if isinstance(error, AssetError) else AssetError
    made: AssetError = kind(str(error))
    return made
