"""PyAV, and which encoders its build of FFmpeg brings."""

from __future__ import annotations

from collections.abc import Iterable
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
