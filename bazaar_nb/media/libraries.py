"""PyAV: its versions, which encoders its build of FFmpeg brings, and what they leave in memory."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable
from functools import lru_cache
from types import ModuleType

from bazaar_nb.errors import MissingLibraryError


def require_av() -> ModuleType:
    """Import PyAV and give the module.

    Raises
    ------
    MissingLibraryError
        If it can't be imported; the message says how to get it.
    """
    try:
        import av
    except ImportError as error:
        raise MissingLibraryError(
            f"PyAV can't be imported ({error}): run `pip install --force-reinstall --only-binary av av`",
            name=error.name,
            path=error.path,
        ) from error
    return av


def missing_encoders(libraries: Iterable[str]) -> list[str]:
    """Give those of these encoders, by their names in libavcodec, that this PyAV was built without."""
    av = require_av()

    def here(library: str) -> bool:
        try:
            av.Codec(library, "w")
        except av.codec.codec.UnknownCodecError:
            return False
        return True

    return [library for library in libraries if not here(library)]


@lru_cache(maxsize=1)
def encoding_version() -> str:
    """Give the versions of all that decides how a segment's bytes come out, as text for segment keys."""
    av = require_av()
    versions = sorted(av.library_versions.items())
    libraries = " ".join(f"{name} {'.'.join(map(str, version))}" for name, version in versions)
    return f"av {av.__version__} {libraries}"


def give_back_memory() -> None:
    """Give back what the C library keeps for later: pictures and encoders of a thread that ends.

    glibc keeps freed memory for each thread's next wishes, tens of megabytes
    after an encoder; `malloc_trim` (malloc_trim(3)) returns it. Elsewhere this
    does nothing.
    """
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not in musl
    if trim is not None:
        trim(0)
