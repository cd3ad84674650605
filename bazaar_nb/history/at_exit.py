"""The end of this process: what is to be done before, while threads still run."""

from __future__ import annotations

import atexit
import concurrent.futures.thread  # noqa: F401 (its end is registered before those below, and so comes after them)
import sys
import threading
from collections.abc import Callable


def at_end(function: Callable[[], object]) -> None:
    """Have a function called at the end of the main thread, before those that were told earlier.

    Later, at `atexit`'s time, pools of threads are gone, and nothing can be uploaded any more.

    Raises
    ------
    RuntimeError
        If the end has begun.
    """
    register = getattr(threading, "_register_atexit", atexit.register)
    register(function)


def at_kernel_end(function: Callable[[], object]) -> None:
    """Have a function called at the first sign that a notebook's kernel is shut down, if this is one.

    It then ends its child processes itself, and is killed soon if that takes long: its main thread may
    never come to its end.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        shell.observe(lambda change: function() if change["new"] else None, "exit_now")
