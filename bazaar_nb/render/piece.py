"""A segment of the movie on its way into the store: what a worker is given, and given again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import cloudpickle

from bazaar_nb.errors import ElementError
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.evaluation import Segment
from bazaar_nb.render.plan import Cut
from bazaar_nb.render.segment_key import segment_key, split_runs
from bazaar_nb.scene.function_registry import registered_function


@dataclass(slots=True)
class Piece:
    """A segment of the movie, on its way into the store.

    Attributes
    ----------
    segment : Segment or None
        What it shows, if that was evaluated at home.
    number : int
        Of its counter.
    place : int
        Among the claims, while a worker has it.
    """

    cut: Cut
    segment: Segment | None
    number: int
    functions: dict[str, bytes] = field(default_factory=dict)
    tries: int = 0
    given: int = 0
    wait_until: float = 0.0
    alone: bool = False
    place: int = 0

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return self.cut.stop - self.cut.first

    def halves(self, settings: Settings) -> Iterator[tuple[Cut, Segment | None]]:
        """Cut it in two; it has at least two frames."""
        cut, segment = self.cut, self.segment
        middle = cut.first + self.frames // 2
        runs = split_runs(segment.runs, self.frames // 2) if segment is not None else ((), ())
        for part, shown in zip((Cut(cut.first, middle), Cut(middle, cut.stop)), runs, strict=True):
            half = None
            if segment is not None:
                key = segment_key(settings, shown)
                took = segment.evaluate_s[part.first - cut.first : part.stop - cut.first]
                half = Segment(
                    part.first, part.stop - part.first, key, shown, segment.functions, segment.heard, took
                )
            yield part, half


def cut_of(segment: Segment) -> Cut:
    """Give the frames of a segment that was evaluated."""
    return Cut(segment.first_frame, segment.first_frame + segment.frames)


def pickled_function(name: str, segment: Segment) -> bytes:
    """Give a function that draws in a segment, to be sent to a worker.

    Raises
    ------
    ElementError
        When it can't travel.
    """
    try:
        pickled: bytes = cloudpickle.dumps(registered_function(name))
    except Exception as error:
        raise ElementError(
            f"the function can't be sent to a worker: {type(error).__name__}: {error}; "
            "open files, locks and connections can't travel, pass plain values in `args`",
            frame=segment.first_frame,
            element="Figure",
            field="plot",
        ) from error
    return pickled
