"""The one way from what an author names to a file on this machine.

A source is a path, an address, or ``given:<digest>.<ext>`` for bytes that were
handed over. At home a `Finder` fetches, and puts what it found into the store,
with a note which address it was; a `WorkerFinder` reads there, and never asks
an address. So all of a render see the same, and it stays when the address is
gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from bazaar_nb.errors import AssetError
from bazaar_nb.sources.fetch_limits import FetchLimits
from bazaar_nb.sources.fetching import address_digest, fetch, fetched_file, keep_fetched
from bazaar_nb.sources.given_files import find_given
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.key_layout import address_key, asset_extension, asset_key
from bazaar_nb.store.store import Store
from bazaar_nb.values.addresses import is_address, is_given, scheme_of, shown_source

FindFile = Callable[[str], Path]
"""Gives the file of a source; of a path, which need not be there, the path itself."""

_LOCAL = ("file", "local")


class UnfetchedError(AssetError):
    """An address that a worker needs, and that nobody has fetched for it."""


class _Note(msgspec.Struct, frozen=True):
    """What an address had, as it is in a store: ``<digest>.<ext>``."""

    name: str


class Finder:
    """Finds files at home: in the process that a film's author works in.

    Parameters
    ----------
    store : Store, optional
        Looked into before an address is asked; gets what was found, for workers and for later.
    fetches : bool
        Whether addresses may be asked, if what they have is not here yet.
    wait_s : float, optional
        See `bazaar_nb.sources.fetching.fetch`.
    check : function, optional
        Called often while something is fetched; raises to stop.
    limits : FetchLimits, optional
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        fetches: bool = True,
        wait_s: float | None = None,
        check: Callable[[], None] | None = None,
        limits: FetchLimits | None = None,
    ) -> None:
        self._store = store
        self._fetches = fetches
        self._wait_s, self._check, self._limits = wait_s, check, limits
        self._kept: dict[str, Path] = {}

    def __call__(self, source: str) -> Path:
        """Give the file of a source, fetched now if need be.

        Raises
        ------
        AssetError
            When what an address has can't be had, or may not be fetched.
        """
        if is_given(source):
            return _given(source, self._store)
        if not is_address(source):
            return Path(source)
        if scheme_of(source) in _LOCAL:
            return _of_file_address(source)
        kept = self._kept.get(source)
        if kept is not None and kept.is_file():
            return kept
        path = fetched_file(source)
        if path is None and self._store is not None and (stored := _stored(self._store, source)) is not None:
            path = keep_fetched(source, stored)
        if path is None:
            path = self.fetch(source)
        if self._store is not None:
            _keep(self._store, source, path)
        self._kept[source] = path
        return path

    def fetch(self, address: str, *, refresh: bool = False) -> Path:
        """Ask an address, which need not have been asked before.

        Raises
        ------
        AssetError
            When it can't be had.
        """
        if not self._fetches:
            raise AssetError(
                f"{shown_source(address)} is an address, and a composition from JSON fetches nothing unless "
                "it is told to: from_json(text, fetch=True)"
            )
        options = self._store.storage_options if self._store is not None and self._store.is_remote else None
        return fetch(
            address, refresh=refresh, limits=self._limits, wait_s=self._wait_s, check=self._check,
            options=options,
        )  # fmt: skip


class WorkerFinder:
    """Finds files in a worker: nothing is fetched there from outside its store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Path] = {}

    def __call__(self, source: str) -> Path:
        """Give the file of a source.

        Raises
        ------
        UnfetchedError
            When home has not put into the store what an address has.
        """
        if is_given(source):
            return _given(source, self._store)
        if not is_address(source):
            return Path(source)
        if scheme_of(source) in _LOCAL:
            return _of_file_address(source)
        path = self._known.get(source)
        if path is None:
            path = _stored(self._store, source)
            if path is None:
                raise UnfetchedError(f"{shown_source(source)} has not been fetched for workers")
            self._known[source] = path
        return path


_home = Finder()
_finding: ContextVar[FindFile] = ContextVar("bazaar-finder", default=_home)


def find_now(source: str) -> Path:
    """Find a file for whoever measures in the middle of a scene: as those do who evaluate it."""
    return _finding.get()(source)


@contextmanager
def finding_with(finder: FindFile) -> Iterator[None]:
    """Say how `find_now` finds files within the block."""
    before = _finding.set(finder)
    try:
        yield
    finally:
        _finding.reset(before)


def keep_given(names: set[str], store: Store) -> None:
    """Put bytes that were handed over to this process where workers look for them."""
    for name in sorted(names):
        path = find_given(name)
        if path is not None:
            store.put_asset(path)


def _given(source: str, store: Store | None) -> Path:
    path = find_given(source)
    if path is not None:
        return path
    digest, _, ext = source.partition(":")[2].partition(".")
    try:
        if store is not None:
            return store.local(asset_key(digest, ext))
    except MissingObjectError:
        pass
    raise AssetError(f"the bytes of {shown_source(source)} are not here: they were handed over elsewhere")


def _of_file_address(source: str) -> Path:
    url = urlsplit(source)
    if url.netloc not in ("", "localhost"):
        raise AssetError(f"{shown_source(source)} is on another machine")
    return Path(unquote(url.path))


def _stored(store: Store, address: str) -> Path | None:
    """Give what a store has of an address."""
    try:
        note = msgspec.json.decode(store.read_bytes(address_key(address_digest(address))), type=_Note)
        return store.local(asset_key(*note.name.split(".", 1)))
    except (MissingObjectError, msgspec.DecodeError, ValueError, TypeError):
        return None


def _keep(store: Store, address: str, path: Path) -> None:
    """Put what an address has into a store."""
    note = msgspec.json.encode(_Note(f"{store.put_asset(path)}.{asset_extension(path)}"))
    key = address_key(address_digest(address))
    if not store.claim([key]) or store.read_bytes(key) != note:
        store.write_bytes(key, note)
