"""A `bazaar work` process of a test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import bazaar_nb as bz
from bazaar_nb.detached.presence import count_workers

WITHIN_S = 120.0


def eventually(
    true: Callable[[], object], what: str, within_s: float = WITHIN_S, every_s: float = 0.05
) -> None:
    """Wait until something is so."""
    stop = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < stop, f"not within {within_s:.0f} s: {what}"
        time.sleep(every_s)


class Working:
    """Works for a workspace's root; there when it is made."""

    def __init__(self, workspace: bz.Workspace, *arguments: str) -> None:
        before = count_workers(workspace.store)
        self._log = Path(tempfile.mkstemp(suffix=".log")[1])
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bazaar_nb", "work", workspace.store.root, *arguments],
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
                start_new_session=True,
            )
        eventually(lambda: count_workers(workspace.store) > before or self.has_ended, "a worker is there")

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self.process.poll() is not None

    @property
    def log(self) -> str:
        """What it said."""
        return self._log.read_text()

    def kill(self) -> None:
        """Kill it, without a last word."""
        if not self.has_ended:
            self.process.kill()
        self.process.wait()
        self._log.unlink(missing_ok=True)

    def freeze_in_the_middle(self, segments: Callable[[], int]) -> None:
        """Stop its process in the middle of its render, however quick the machine is; `thaw` has it go on."""
        eventually(lambda: segments() > 0, "a segment is there", every_s=0.002)
        self.process.send_signal(signal.SIGSTOP)
        assert "took render" in self.log.splitlines()[-1], "the film is too short: it has ended"

    def thaw(self) -> None:
        """Have it go on."""
        self.process.send_signal(signal.SIGCONT)

    def ask_to_end(self) -> int:
        """Send SIGTERM and wait; give the exit code."""
        self.process.send_signal(signal.SIGTERM)
        self.thaw()
        return self.process.wait(WITHIN_S)
