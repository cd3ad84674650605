"""Memory that encoders have freed, given back to the system."""

from __future__ import annotations

import ctypes
import sys


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
