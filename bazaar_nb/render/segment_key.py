"""Under which key a segment is kept: the hash of what it draws, and of all that decides its bytes.

Equal pictures have equal keys, whatever code made them, in whatever film, on
whatever machine: that is what lets a segment be found again.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable

from bazaar_nb.draw.libraries import drawing_version
from bazaar_nb.media.libraries import encoding_version
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.task import FrameRun


def frame_runs(trees: Iterable[bytes]) -> tuple[FrameRun, ...]:
    """Give frames with those that show the same as the one before put together."""
    runs: list[FrameRun] = []
    for tree in trees:
        if runs and runs[-1].tree == tree:
            runs[-1] = FrameRun(runs[-1].frames + 1, tree)
        else:
            runs.append(FrameRun(1, tree))
    return tuple(runs)


def split_runs(runs: tuple[FrameRun, ...], frames: int) -> tuple[tuple[FrameRun, ...], tuple[FrameRun, ...]]:
    """Cut runs in two, the first part with so many frames."""
    first: list[FrameRun] = []
    rest: list[FrameRun] = []
    for run in runs:
        taken = min(run.frames, frames)
        frames -= taken
        if taken:
            first.append(FrameRun(taken, run.tree))
        if run.frames > taken:
            rest.append(FrameRun(run.frames - taken, run.tree))
    return tuple(first), tuple(rest)


def segment_key(settings: Settings, runs: tuple[FrameRun, ...]) -> str:
    """Give the hash of what a segment draws and of all that decides its bytes."""
    fingerprint = f"{drawing_version()} {encoding_version()} {platform.machine()} {settings.fingerprint()}"
    digest = hashlib.blake2b(fingerprint.encode(), digest_size=20)
    for run in runs:
        digest.update(b"%d %d " % (run.frames, len(run.tree)))
        digest.update(run.tree)
    return digest.hexdigest()
