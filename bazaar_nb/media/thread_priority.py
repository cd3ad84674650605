"""Leave threads as urgent as they were: an encoder must not take a machine for itself.

Where it runs as root, as in containers and on CI, SVT-AV1 gives its threads and the one that opens it
real-time priority (SCHED_FIFO 99). Whatever that thread does and starts afterwards, for as long as it lives,
goes before all else on the machine: kernels, servers and shells stand still.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_TASKS = Path("/proc/self/task")


@contextmanager
def kept_priority() -> Iterator[None]:
    """Undo what is done within to the scheduling of this thread, and of threads that begin within."""
    if sys.platform != "linux":
        yield
        return
    policy, param = os.sched_getscheduler(0), os.sched_getparam(0)
    known = _threads() - {threading.get_native_id()}
    try:
        yield
    finally:
        for thread in _threads() - known:
            with suppress(ProcessLookupError, PermissionError):
                if os.sched_getscheduler(thread) != policy:
                    os.sched_setscheduler(thread, policy, param)


def _threads() -> set[int]:
    with suppress(OSError):
        return {int(task.name) for task in _TASKS.iterdir()}
    return {threading.get_native_id()}
