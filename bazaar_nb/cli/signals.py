"""A signal to end, as services of CI and `kill` send it, ends a command as Ctrl+C does."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """SIGTERM has come: what runs is cancelled, and its end is recorded."""


@contextmanager
def heeding_termination() -> Iterator[None]:
    """Have SIGTERM raise `Terminated` in the main thread, within the block."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what signals do
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise Terminated("the process was told to end (SIGTERM)")
