"""The ghost of what comes in: marks are faintly there from the first frame on, where they will stand.

So a chart's first frame, which a player rests on before it plays, shows what the chart is of.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from bazaar_nb.charts.parts.phases import Phases
from bazaar_nb.scene.elements import AnyElement, Group, Text

_OPACITY = 0.3
_STEPS = 16  # in which it fades: while its opacity stays, a frame has it drawn already
_WORDS_S = 0.06  # after which words are gone: their own come, and nothing is written twice


class Ghost(NamedTuple):
    """What lies below marks while they come in.

    Attributes
    ----------
    marks, words : tuple of elements
    place : int
        So many of the chart's own elements lie below them: the axes, the land.
    """

    marks: tuple[AnyElement, ...]
    words: tuple[AnyElement, ...]
    place: int

    def put_below(
        self, elements: Sequence[AnyElement], phases: Phases, time: float, stop: float
    ) -> list[AnyElement]:
        """Put it into the chart's picture of a moment; at `stop` nothing is left of it."""
        start = phases.enter_start
        parts = []
        for mine, left in (
            (self.marks, min(1.0, (stop - time) / max(1e-9, stop - start))),
            (self.words, 1.0 - time / (start + _WORDS_S * phases.pace)),
        ):
            if mine and left > 0:
                parts.append(Group(mine, opacity=round(_OPACITY * math.ceil(_STEPS * left) / _STEPS, 4)))
        return [*elements[: self.place], *parts, *elements[self.place :]]


def find_ghost(
    first: Sequence[AnyElement], coming: Sequence[AnyElement], whole: Sequence[AnyElement]
) -> Ghost | None:
    """Find what isn't in the first picture yet; None where that is nothing.

    Parameters
    ----------
    first, coming : sequence of elements
        The chart's pictures at its start and while marks come in: both begin with what stands still.
    whole : sequence of elements
        When all have come in.
    """
    place = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, coming, strict=False)))
    there = set(first)
    said = {_place_of(one) for one in first if isinstance(one, Text) and one.opacity > 0}
    missing = [element for element in whole if element not in there]
    marks = tuple(one for one in missing if not isinstance(one, Text))
    # A number that counts stands where it will end.
    words = tuple(one for one in missing if isinstance(one, Text) and _place_of(one) not in said)
    return Ghost(marks, words, place) if marks or words else None


def _place_of(text: Text) -> tuple[Any, ...]:
    return text.x, text.y, text.anchor
