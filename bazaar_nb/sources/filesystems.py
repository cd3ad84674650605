"""Fetching by fsspec: buckets, and whatever else has a file system of that kind here."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from bazaar_nb.errors import AssetError, StoreError
from bazaar_nb.sources.fetch_limits import FetchLimits
from bazaar_nb.sources.file_kinds import HEAD_BYTES
from bazaar_nb.sources.web import TryAgainError, check_fetched, too_large
from bazaar_nb.store.options import StorageOptions
from bazaar_nb.values.addresses import scheme_of, shown_source

_CHUNK_BYTES = 1 << 20
_BUCKETS = ("s3", "s3a")
_bucket_options = StorageOptions()


def use_bucket_options(options: StorageOptions) -> None:
    """Say how ``s3://`` is reached where nobody says otherwise: as the workspace in use is."""
    global _bucket_options
    _bucket_options = options


def fetch_filesystem(
    address: str, path: Path, limits: FetchLimits, stopped: threading.Event, options: StorageOptions | None
) -> None:
    """Write what an address has into a file, once, without trying again; blocks, and looks for `stopped`.

    Parameters
    ----------
    options : StorageOptions or None
        For ``s3://``; those of `use_bucket_options` if not given.

    Raises
    ------
    AssetError
        When it can't be had; a `TryAgainError` where another try may help.
    """
    shown = shown_source(address)
    try:
        filesystem, name = _opened(address, shown, options)
        _copy(filesystem, name, shown, path, limits, stopped)
    except (AssetError, StoreError):
        raise
    except FileNotFoundError:
        raise AssetError(f"{shown} is not there") from None
    except IsADirectoryError:
        raise AssetError(f"{shown} is a folder") from None
    except PermissionError:
        raise AssetError(f"{shown} may not be read with the credentials that are used here") from None
    except (ConnectionError, TimeoutError) as error:
        raise TryAgainError(f"{shown} can't be reached: {type(error).__name__}") from None
    except Exception as error:  # whatever a file system of somebody else's may raise; its text may hold keys
        raise AssetError(f"{shown} can't be read: {_kind(error)}") from None


def _copy(
    filesystem: Any, name: str, shown: str, path: Path, limits: FetchLimits, stopped: threading.Event
) -> None:
    size = filesystem.info(name).get("size")
    if size is not None and size > limits.size_bytes:
        raise too_large(shown, size, limits)
    head, done, until = b"", 0, time.monotonic() + limits.seconds
    with filesystem.open(name, "rb") as source, path.open("wb") as file:
        while not stopped.is_set() and time.monotonic() < until:
            chunk = source.read(_CHUNK_BYTES)
            if not chunk:
                check_fetched(shown, head)
                return
            done += len(chunk)
            if done > limits.size_bytes:
                raise too_large(shown, None, limits)
            head = head if len(head) >= HEAD_BYTES else (head + chunk)[:HEAD_BYTES]
            file.write(chunk)


def _opened(address: str, shown: str, options: StorageOptions | None) -> tuple[Any, str]:
    """Give the file system of an address, and the file's name in it."""
    scheme = scheme_of(address)
    if "::" in address:
        raise AssetError(f"{shown} names a file in a file: fetch the outer one, and take the inner one out")
    if scheme in _BUCKETS:
        from bazaar_nb.store.connection import connect

        bucket = connect(options or _bucket_options).filesystem()
        return bucket, bucket._strip_protocol(address)
    import fsspec

    if scheme not in fsspec.available_protocols():
        raise AssetError(f"{shown} can't be fetched: nobody here knows {scheme}://")
    try:
        found, name = fsspec.url_to_fs(address)
    except ImportError as error:
        raise AssetError(f"{shown} can't be fetched: {scheme}:// needs a library. {error}") from None
    return found, name


def _kind(error: BaseException) -> str:
    """Give an error's code, or its class."""
    answer = getattr(error, "response", None)
    code = answer.get("Error", {}).get("Code") if isinstance(answer, dict) else None
    return str(code or type(error).__name__)
