"""What the segments of a render cost together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bazaar_nb.render.task import SegmentResult


@dataclass(slots=True)
class Tally:
    """What all segments together cost; the fields are those of the history."""

    draw_s: float = 0.0
    convert_s: float = 0.0
    encode_s: float = 0.0
    store_s: float = 0.0
    frames_drawn: int = 0
    frames_held: int = 0
    frames_cached: int = 0
    frames_done: int = 0
    frames_evaluated: int = 0
    frames_evaluated_by_workers: int = 0
    segments: int = 0
    segments_cached: int = 0
    segments_retried: int = 0
    peak_memory_bytes: int = 0

    def earlier(self) -> Tally:
        """Give what this run cost for another run of the same render, which counts its segments anew."""
        return replace(
            self, frames_cached=0, frames_done=0, frames_evaluated=0, segments=0, segments_cached=0
        )

    def add(self, result: SegmentResult) -> None:
        """Count a segment that a worker made."""
        self.draw_s += result.draw_s
        self.convert_s += result.convert_s
        self.encode_s += result.encode_s
        self.store_s += result.store_s
        self.frames_drawn += result.drawn
        self.frames_held += result.held
        self.peak_memory_bytes = max(self.peak_memory_bytes, result.peak_memory_bytes)
