"""What became of each segment of a render, for the history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bazaar_nb.history.ids import event_clock
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.segment_event import SegmentEvent
from bazaar_nb.render.task import SegmentResult

_FIGURES = (
    "evaluate_s", "draw_s", "convert_s", "encode_s", "store_s", "size_bytes", "peak_memory_bytes"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ended:
    segment: str
    frames: int
    tries: int | None = None
    result: SegmentResult | None = None


@dataclass(slots=True)
class SegmentRows:
    """Notes segments when they are planned and when they are there; for all runs of one render."""

    _planned: set[int] = field(default_factory=set)
    _ended: dict[int, _Ended] = field(default_factory=dict)

    def planned(self, first_frame: int) -> None:
        """Note that a segment is part of the movie; one that is cut in two is noted again."""
        self._planned.add(first_frame)

    def found(self, first_frame: int, frames: int, key: str) -> None:
        """Note a segment that was in the store; the figures of an earlier run that made it stay."""
        self._ended.setdefault(first_frame, _Ended(key, frames))

    def made(self, first_frame: int, frames: int, tries: int, result: SegmentResult) -> None:
        """Note a segment that a worker made."""
        self._ended[first_frame] = _Ended(result.key, frames, tries, result)

    def take(self, render: RenderEvent) -> list[SegmentEvent]:
        """Give a row for each segment that is there, in the order of the movie; once."""
        numbers = {first: number for number, first in enumerate(sorted(self._planned))}
        ended, self._ended = self._ended, {}
        return [_event(render, numbers[first], first, ended[first]) for first in sorted(ended)]


def _event(render: RenderEvent, number: int, first_frame: int, ended: _Ended) -> SegmentEvent:
    return SegmentEvent(
        event_time=event_clock(),
        render_id=render.render_id,
        user=render.user,
        project=render.project,
        number=number,
        first_frame=first_frame,
        frames=ended.frames,
        segment=ended.segment,
        cached=ended.result is None,
        tries=ended.tries,
        codec=render.codec,
        width=render.width,
        height=render.height,
        engine=render.engine,
        host=render.host,
        **({} if ended.result is None else _figures(ended.result)),
    )


def _figures(result: SegmentResult) -> dict[str, Any]:
    figures = {name: getattr(result, name) for name in _FIGURES}
    return {**figures, "frames_drawn": result.drawn, "frames_held": result.held}
