"""What decides the bytes of a segment beside its film: compared before a worker elsewhere is used."""

from __future__ import annotations

import importlib
import platform
import sys
from functools import lru_cache

import msgspec

from bazaar_nb import __version__
from bazaar_nb.draw.libraries import drawing_version
from bazaar_nb.media.libraries import encoding_version

_VECTOR_UNITS = ("AVX2", "FMA3", "AVX512F", "AVX512_SKX", "ASIMDHP", "SVE")
"""Of which numpy has code of its own, whose sines may differ in the last bit."""


class WorkerProfile(msgspec.Struct, frozen=True):
    """A Python process, as far as it decides what a segment's bytes are.

    Attributes
    ----------
    python : str
        Of another minor version functions can't be sent.
    drawing, encoding : str
        Versions of the libraries.
    processor : str
        Its kind, and what it computes floating point numbers with.
    """

    bazaar_nb: str
    python: str
    drawing: str
    encoding: str
    processor: str

    def differences(self, home: WorkerProfile) -> list[str]:
        """Say what is another than at home, for people; nothing if all is the same."""
        said = []
        for name in self.__struct_fields__:
            here, there = str(getattr(self, name)), str(getattr(home, name))
            if here != there:
                said.append(f"{name} {_apart(here, there)} instead of {_apart(there, here)}")
        return said


@lru_cache(maxsize=1)
def own_profile() -> WorkerProfile:
    """Give this process's."""
    return WorkerProfile(
        bazaar_nb=__version__,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        drawing=drawing_version(),
        encoding=encoding_version(),
        processor=" ".join([platform.system(), platform.machine(), *_vector_units()]),
    )


def _vector_units() -> list[str]:
    try:  # numpy doesn't promise it
        features = importlib.import_module("numpy._core._multiarray_umath").__cpu_features__
    except (ImportError, AttributeError):
        return []
    return [name for name in _VECTOR_UNITS if features.get(name)]


def _apart(text: str, other: str) -> str:
    """Give those words of a text that another lacks."""
    words, others = text.split(), other.split()
    if len(words) != len(others):
        return text
    different = [at for at, word in enumerate(words) if word != others[at]]
    # A version comes after the name of what it is of.
    return " ".join(
        words[at] if len(words) == 1 or not at else f"{words[at - 1]} {words[at]}" for at in different
    )
