"""What decides how a segment's bytes come out, as text for segment keys."""

from __future__ import annotations

from functools import lru_cache

import av


@lru_cache(maxsize=1)
def encoding_version() -> str:
    """Give the versions of PyAV and of the libraries in its wheel, encoders included."""
    versions = sorted(av.library_versions.items())
    libraries = " ".join(f"{name} {'.'.join(map(str, version))}" for name, version in versions)
    return f"av {av.__version__} {libraries}"
