"""What happens to jobs when the interpreter ends: they are cancelled, and the history says so."""

from __future__ import annotations

import atexit
import sys
import threading
from collections.abc import Callable

from bazaar_nb.render.engine import Engine
from bazaar_nb.render.notices import finish_notices

_WITHIN_S = 20.0
_KERNEL_WITHIN_S = 2.0  # a kernel that takes longer than 2.5 s is killed

_known: set[str] = set()


def at_exit_of(engine: Engine, end_jobs: Callable[[float], None]) -> None:
    """Have all jobs ended when the interpreter ends, before that engine's own workers are.

    Parameters
    ----------
    end_jobs : function
        Told how many seconds it may take.
    """
    if engine.name in _known:
        return
    # Pools of processes end at threading's own exit, which comes before atexit's, the last one first:
    # so this must be told after they were. A warm engine has done that.
    engine.warm()
    if not _known:
        _watch_kernel(end_jobs)
    _known.add(engine.name)
    register = getattr(threading, "_register_atexit", atexit.register)
    register(_end, end_jobs)


def _watch_kernel(end_jobs: Callable[[float], None]) -> None:
    """End jobs at the first sign that a notebook's kernel is shut down: it then kills its workers itself."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        shell.observe(lambda change: end_jobs(_KERNEL_WITHIN_S) if change["new"] else None, "exit_now")


def _end(end_jobs: Callable[[float], None]) -> None:
    end_jobs(_WITHIN_S)
    finish_notices()
