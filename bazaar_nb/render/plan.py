"""Where a film is cut into segments: known before any frame is evaluated.

The cuts depend on the film alone, never on the machine, so that every machine
finds the segments of every other. They fall where the scenes that are seen
change, so an edit leaves the segments of other scenes as they are; inside, a
stretch is cut evenly into an even number of parts, so two or four cores end
together.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import NamedTuple

from bazaar_nb.scene.film import Film

SEGMENT_S = Fraction(5, 2)
"""How long a segment is, at most."""
_STRETCH_S = Fraction(10)
"""How long a stretch is, at most, that is cut evenly into segments."""


class Cut(NamedTuple):
    """Frames that become one segment.

    Attributes
    ----------
    first, stop : int
        Half-open range of frames, in the export's frame rate.
    """

    first: int
    stop: int


def cut_film(film: Film, first: int, stop: int) -> list[Cut]:
    """Cut a range of a film into segments.

    Parameters
    ----------
    film : composition
        At the export's frame rate.
    first, stop : int
        Half-open range of frames.
    """
    cuts: list[Cut] = []
    for span in film.timeline.spans:
        cuts += cut_span(max(span.start, first), min(span.stop, stop), film.fps)
    return cuts


def cut_span(begin: int, end: int, fps: Fraction) -> list[Cut]:
    """Cut frames in which the same scenes are seen."""
    stretch, longest = (max(1, math.floor(length * fps)) for length in (_STRETCH_S, SEGMENT_S))
    cuts: list[Cut] = []
    # Evenly, so that a span a little longer than a stretch has no tiny rest.
    for start, after in cut_evenly(begin, end, math.ceil((end - begin) / stretch)):
        parts = math.ceil((after - start) / longest)
        parts += parts % 2 and parts > 1
        cuts += [Cut(*edges) for edges in cut_evenly(start, after, parts)]
    return cuts


def cut_evenly(start: int, stop: int, parts: int) -> list[tuple[int, int]]:
    """Cut a range into parts whose lengths differ by at most one; none for an empty range."""
    if stop <= start:
        return []
    parts = max(1, min(parts, stop - start))
    edges = [start + (stop - start) * part // parts for part in range(parts + 1)]
    return list(itertools.pairwise(edges))
