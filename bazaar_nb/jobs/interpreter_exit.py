"""What happens to jobs when the interpreter ends: they are cancelled, and the history says so.

A notebook's kernel that is shut down asks its children to end, and waits for
them before it ends itself. Those that keep track of what workers share don't
listen, so that the kernel would be killed in the end, seconds later, with
notices unsent: workers and these processes are ended first.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import partial

from bazaar_nb.history.at_exit import at_end, at_kernel_end
from bazaar_nb.jobs.notices import finish_notices
from bazaar_nb.render.engines.engine import Engine
from bazaar_nb.render.engines.local import LocalEngine, end_trackers

_WITHIN_S = 20.0
_KERNEL_WITHIN_S = 2.0  # a kernel that takes longer than 2.5 s is killed

_known: set[str] = set()
_local: weakref.WeakSet[LocalEngine] = weakref.WeakSet()


def at_exit_of(engine: Engine, end_jobs: Callable[[float], None]) -> None:
    """Have all jobs ended when the interpreter ends, before that engine's own workers are.

    Parameters
    ----------
    end_jobs : function
        Told how many seconds it may take.
    """
    if isinstance(engine, LocalEngine):
        _local.add(engine)
    if engine.name in _known:
        return
    # Pools of processes end at threading's own exit, which comes before atexit's, the last one first:
    # so this must be told after they were. A warm engine has done that.
    engine.warm()
    if not _known:
        at_kernel_end(partial(end_children, end_jobs))
    _known.add(engine.name)
    at_end(partial(_end, end_jobs))


def end_children(end_jobs: Callable[[float], None]) -> None:
    """End all jobs, and then the processes of this one."""
    end_jobs(_KERNEL_WITHIN_S)
    for engine in list(_local):
        engine.close()
    end_trackers()


def _end(end_jobs: Callable[[float], None]) -> None:
    end_jobs(_WITHIN_S)
    finish_notices()
