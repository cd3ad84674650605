"""What became of each segment of a render, for the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from bazaar_nb.history.ids import event_clock
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.segment_event import SegmentEvent
from bazaar_nb.render.evaluation import without_background
from bazaar_nb.render.frame_costs import FrameCost, slowest
from bazaar_nb.render.task import SegmentResult
from bazaar_nb.scene.film import Film

_FIGURES = (
    "evaluate_s", "draw_s", "convert_s", "encode_s", "store_s", "size_bytes", "peak_memory_bytes"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ended:
    segment: str
    frames: int
    tries: int | None = None
    result: SegmentResult | None = None
    slow: tuple[FrameCost, ...] = ()


@dataclass(slots=True)
class SegmentRows:
    """Notes segments when they are planned and when they are there; for all runs of one render.

    Parameters
    ----------
    film : composition
        At the export's frame rate; it names the scenes of slow frames.

    Attributes
    ----------
    slowest : tuple of FrameCost
        The frames of all segments that took longest, the slowest first.
    """

    film: Film
    slowest: tuple[FrameCost, ...] = ()
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
        slow = tuple(_placed(self.film, cost) for cost in result.slowest)
        self._ended[first_frame] = _Ended(result.key, frames, tries, result, slow)
        new = {cost.frame for cost in slow}
        self.slowest = slowest([*slow, *(cost for cost in self.slowest if cost.frame not in new)])

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
        **slowest_columns(ended.slow),
    )


def slowest_columns(costs: Sequence[FrameCost]) -> dict[str, Any]:
    """Give what the history has of the slowest of some frames, which comes first; nothing of none."""
    if not costs:
        return {}
    cost = costs[0]
    return {
        "slowest_frame": cost.frame,
        "slowest_frame_s": cost.total_s,
        "slowest_scene": cost.scene,
        "slowest_element": cost.element or None,
        "slowest_element_s": cost.element_s if cost.element else None,
    }


def _placed(film: Film, cost: FrameCost) -> FrameCost:
    """Say of a frame which scene shows it, and of its element where it stands as the author counts."""
    scene, frame = film.scene_at(cost.frame)
    return replace(cost, element=without_background(cost.element) or "", scene=scene, scene_frame=frame)


def _figures(result: SegmentResult) -> dict[str, Any]:
    figures = {name: getattr(result, name) for name in _FIGURES}
    return {**figures, "frames_drawn": result.drawn, "frames_held": result.held}
