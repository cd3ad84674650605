"""What a view is told of a batch: plain data, without paths of this machine and without links."""

from __future__ import annotations

from typing import Any

from bazaar_nb.batches.batch import Batch
from bazaar_nb.batches.progress import describe
from bazaar_nb.widgets.display_names import plain

_LONGEST = 300
COUNTS = ("made", "kept", "failed", "cancelled", "refused", "left")
"""What is counted of films that have ended."""


def batch_facts(batch: Batch) -> dict[str, Any]:
    """Tell how far a batch is."""
    progress = batch.progress
    return {
        "stage": progress.stage,
        "films": progress.films,
        "total": progress.total,
        "counts": {name: getattr(progress, name) for name in COUNTS},
        "frames": progress.frames,
        "total_frames": progress.total_frames,
        "eta_s": progress.eta_s,
        "note": _short(progress.note),
        "finished": [
            {"number": film.number, "name": plain(film.name), "kept": film.kept}
            for film in reversed(tuple(batch.finished))
        ],
        "failures": [
            {"number": film.number, "name": plain(film.name), "why": _short(film.why)}
            for film in reversed(tuple(batch.failures))
        ],
    }


def saved_line(batch: Batch) -> str:
    """Tell of a batch what a saved notebook holds."""
    progress = batch.progress
    if progress.stage != "done":
        return (
            "not finished"  # each change is written into the notebook: one at the beginning, one at the end
        )
    done = progress.made + progress.kept
    return f"{done:,} of {progress.total:,} films ({describe(progress)})"


def _short(text: str) -> str:
    shown = plain(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
