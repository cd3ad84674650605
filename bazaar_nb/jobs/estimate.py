"""What a render will probably take, as ranges, and how that reads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from bazaar_nb.render.result import format_bytes

_TAIL = 1.645  # standard deviations: one in twenty on either side


class Range(NamedTuple):
    """From, most likely, to: nine of ten should be between the first and the last."""

    low: float
    likely: float
    high: float

    def __mul__(self, factor: object) -> Range:
        if not isinstance(factor, int | float):
            return NotImplemented
        return Range(self.low * factor, self.likely * factor, self.high * factor)

    def __add__(self, other: object) -> Range:
        """Give the sum of two ranges whose errors go together."""
        if not isinstance(other, Range):
            return NotImplemented
        return Range(self.low + other.low, self.likely + other.likely, self.high + other.high)

    @classmethod
    def around(cls, likely: float, spread: float) -> Range:
        """Give a range whose logarithm has a standard deviation."""
        factor = math.exp(_TAIL * spread)
        return cls(likely / factor, likely, likely * factor)

    @property
    def spread(self) -> float:
        """The standard deviation of its logarithm, by its upper half."""
        return math.log(self.high / self.likely) / _TAIL


@dataclass(frozen=True, slots=True, repr=False)
class Estimate:
    """What a render will probably take; it shows itself as a table.

    Attributes
    ----------
    time_s : Range
        By the clock, from the call to the finished movie.
    size_bytes : Range
        Of the movie's file.
    stored_bytes : Range
        What is added to the store: segments and movie.
    memory_bytes : Range
        Of the largest worker.
    cost : Range
        Of the render, in `currency`: computing, requests and what is sent home to be joined.
    costs : dict of str to Range
        ``compute``, ``requests`` and ``egress``, which are `cost`; and ``month``, keeping what is stored for
        a month.
    engine, workers : str and int
        Who would render it.
    segments, frames : int
        What it would be cut into.
    renders : int
        From how many earlier renders this is; 0 is from none, and the ranges are very wide.
    same_film : bool
        Whether these are renders of this composition.
    notes : tuple of str
        What to know of these figures.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> estimate = film.estimate("review.mp4")
    """

    time_s: Range
    size_bytes: Range
    stored_bytes: Range
    memory_bytes: Range
    cost: Range
    costs: dict[str, Range]
    currency: str
    engine: str
    workers: int
    segments: int
    frames: int
    renders: int
    same_film: bool
    exact_size: bool = False
    notes: tuple[str, ...] = ()

    @property
    def time_words(self) -> str:
        """The time for people, as ``about 4–9 s``; that it is not known, without renders like it."""
        if not self.renders:
            return "no similar render yet"
        return f"about {_between(_clock(self.time_s.low), _clock(self.time_s.high))}"

    @property
    def size_words(self) -> str:
        """The size for people, as ``about 1.2–3 MB``."""
        if not self.renders and not self.exact_size:
            return "no similar render yet"
        return f"about {_between(_bytes(self.size_bytes.low), _bytes(self.size_bytes.high))}"

    @property
    def source_words(self) -> str:
        """What it is from, for people."""
        if not self.renders:
            return ""
        what = "of this film" if self.same_film else "of other films"
        count = "1 similar render" if self.renders == 1 else f"{self.renders} similar renders"
        return f"from {count} {what}"

    def _parts(self) -> list[tuple[str, Range]]:
        return [(part, cost) for part, cost in self.costs.items() if any(cost)]

    def __repr__(self) -> str:
        money = f"{{:.2g}} {self.currency}"
        rows = [
            ("time", *map(_clock, self.time_s)),
            ("cost", *map(money.format, self.cost)),
            *(
                (f"  {part}", *map(money.format, amounts))
                for part, amounts in self.costs.items()
                if any(amounts)
            ),
            ("memory of a worker", *map(_bytes, self.memory_bytes)),
            ("movie", *map(_bytes, self.size_bytes)),
            ("added to the store", *map(_bytes, self.stored_bytes)),
        ]
        lines = [f"{name:20}{low:>12}{likely:>12}{high:>12}" for name, low, likely, high in rows]
        workers = "1 worker" if self.workers == 1 else f"{self.workers:,} workers"
        segments = "1 segment" if self.segments == 1 else f"{self.segments:,} segments"
        what = f"{self.frames:,} frames in {segments}, {self.engine} engine, {workers}"
        head = f"{what}; {self.source_words or 'no similar render yet'}"
        columns = f"{'':20}{'from':>12}{'likely':>12}{'to':>12}"
        return "\n".join([head, columns, *lines, *(f"- {note}" for note in self.notes)])


def _clock(seconds: float) -> str:
    if seconds < 1:
        return "1 s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _between(low: str, high: str) -> str:
    """Join two amounts; the unit is said once where it is the same."""
    (less, unit), (more, other) = low.rsplit(" ", 1), high.rsplit(" ", 1)
    if unit != other:
        return f"{low} to {high}"
    return high if less == more else f"{less}–{more} {unit}"


def _bytes(size: float) -> str:
    """Give two digits of a size: more would promise too much."""
    return format_bytes(int(float(f"{size:.2g}")))
