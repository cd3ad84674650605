"""Films that wait where a test wants them to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import bazaar_nb as bz
from tests.render.films import bars


class Gate:
    """A film of which a frame can't be made before the gate is opened."""

    def __init__(self, seconds: float = 0.4, at: int = 0, first: int = 0) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

        @bz.scene(duration=seconds, name="gated")
        def gated(frame: bz.Frame) -> list[object]:
            if frame.index == at:
                self.reached.set()
                assert self.opened.wait(180)
            return bars(first + frame.index, frame)

        self.film = bz.Composition([gated()], width=64, height=36)


@contextmanager
def gate(seconds: float = 0.4, at: int = 0, first: int = 0) -> Iterator[Gate]:
    """Give a gate that is open at the end, whatever happens."""
    made = Gate(seconds, at, first)
    try:
        yield made
    finally:
        made.opened.set()


def until(condition: Callable[[], object], seconds: float = 180.0) -> None:
    """Wait for something to come true."""
    stop = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < stop, "waited too long"
        time.sleep(0.01)
