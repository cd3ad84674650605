"""What a render will take, from renders that were like it.

How: each earlier render that is like the one that is wanted gives a time and a
size, scaled to its pixels and frames. A part of a render's time doesn't grow
with it (workers start, files are written), so that the truth is taken to be
between full scaling and half of it; sizes grow with frames, and with pixels or
a little less (a picture of twice the pixels has less than twice the detail).
The range goes from the lowest to the highest of these, widened the more the
fewer they are. It promises nothing: scenes differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bazaar_nb.jobs.limits import CUSTOM
from bazaar_nb.render.request import RenderRequest
from bazaar_nb.render.result import format_bytes

if TYPE_CHECKING:
    import pandas as pd

_MOST = 12  # the newest ones: code and machine change
_FAR = 16.0  # times as much work, or as little: it says nothing any more
_SIZE_GROWTH = 0.75  # of pixels: size grows at least with this power of them
_SOUND_BIT_RATE = 128_000
_BIT_RATE_ERROR = 0.15

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an estimate is for.

    Attributes
    ----------
    quality : str
        ``custom`` for a CRF or a bit rate that was given by hand.
    """

    composition: str
    codec: str
    quality: str
    bit_rate: int | None
    width: int
    height: int
    frames: int
    duration_s: float
    has_sound: bool
    workers: int

    @classmethod
    def of(cls, request: RenderRequest) -> Wanted:
        """Give what matters of an request."""
        settings = request.settings
        return cls(
            request.film.name, settings.codec, settings.quality or CUSTOM, settings.bit_rate, settings.width,
            settings.height, request.frames, request.duration_s, request.has_sound, request.engine.workers,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Like:
    """An earlier render that succeeded; `rendered` is how many of its frames were not there before."""

    composition: str
    codec: str
    quality: str
    width: int
    height: int
    frames: int
    rendered: int
    workers: int
    render_s: float
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a render will probably take.

    Attributes
    ----------
    time_s, size_bytes : (float, float) or None
        From, to; None if nothing like it was rendered.
    renders : int
        How many earlier ones it is from.
    same_film : bool
        Whether these are renders of this composition.
    """

    time_s: Range | None
    size_bytes: Range | None
    renders: int
    same_film: bool

    @property
    def time_words(self) -> str:
        """The time for people, as ``about 4–9 s``."""
        if self.time_s is None:
            return "no similar render yet"
        return f"about {_between(*map(_clock, self.time_s))}"

    @property
    def size_words(self) -> str:
        """The size for people, as ``about 1.2–3 MB``."""
        if self.size_bytes is None:
            return "no similar render yet"
        return f"about {_between(*(format_bytes(_round(size)) for size in self.size_bytes))}"

    @property
    def source_words(self) -> str:
        """What it is from, for people."""
        if not self.renders:
            return ""
        what = "of this film" if self.same_film else "of other films"
        count = "1 similar render" if self.renders == 1 else f"{self.renders} similar renders"
        return f"from {count} {what}"


def estimate(wanted: Wanted, earlier: Iterable[Like]) -> Estimate:
    """Tell what a render will probably take.

    Parameters
    ----------
    earlier : iterable of Like
        The newest last.
    """
    like = [one for one in earlier if _is_like(one, wanted)]
    own = [one for one in like if one.composition == wanted.composition]
    chosen = (own or like)[-_MOST:]
    # Other films may be far simpler, or far richer.
    slack = (1.0 if own else 1.6) * (1.0 + 0.5 / len(chosen)) if chosen else 1.0
    # What was there already took no time: such a render says what it weighs, not how long it takes.
    timed = [one for one in chosen if 2 * one.rendered >= one.frames and one.workers == wanted.workers]
    times = [edge for one in timed for edge in _time(one, wanted)]
    sizes = [edge for one in chosen for edge in _size(one, wanted)]
    size = _widen(sizes, slack)
    if wanted.bit_rate is not None:
        exact = (wanted.bit_rate + _SOUND_BIT_RATE * wanted.has_sound) / 8 * wanted.duration_s
        # An encoder that has nothing to tell stays below its rate, however high that is.
        size = (min(size[0] if size else exact, exact) * (1 - _BIT_RATE_ERROR), exact * (1 + _BIT_RATE_ERROR))
    return Estimate(_widen(times, slack), size, len(chosen), bool(own))


def read_like(history: pd.DataFrame) -> list[Like]:
    """Take what estimates need from the history, the oldest first."""
    rows = history[history["status"] == "succeeded"].sort_values("finished")
    columns = ("composition", "codec", "quality", "width", "height", "frames", "frames_cached", "workers",
               "render_s", "size_bytes")  # fmt: skip
    rows = rows[list(columns)].astype(object)
    rows["quality"] = rows["quality"].where(rows["quality"].notna(), CUSTOM)
    rows["frames_cached"] = rows["frames_cached"].where(rows["frames_cached"].notna(), 0)
    return [_like(row) for row in rows.dropna().to_dict("records")]


def _like(row: dict[Any, Any]) -> Like:
    return Like(
        str(row["composition"]), str(row["codec"]), str(row["quality"]), int(row["width"]),
        int(row["height"]), int(row["frames"]), int(row["frames"]) - int(row["frames_cached"]),
        int(row["workers"]), float(row["render_s"]), int(row["size_bytes"]),
    )  # fmt: skip


def _is_like(one: Like, wanted: Wanted) -> bool:
    if (one.codec, one.quality) != (wanted.codec, wanted.quality) or one.frames < 1 or one.size_bytes < 1:
        return False
    work = one.width * one.height * one.frames / (wanted.width * wanted.height * wanted.frames)
    return 1 / _FAR <= work <= _FAR


def _time(one: Like, wanted: Wanted) -> Range:
    work = wanted.width * wanted.height * wanted.frames / (one.width * one.height * one.rendered)
    full, half = one.render_s * work, one.render_s * (1 + (work - 1) / 2)
    return min(full, half), max(full, half)


def _size(one: Like, wanted: Wanted) -> Range:
    frames = wanted.frames / one.frames
    pixels = wanted.width * wanted.height / (one.width * one.height)
    full, less = one.size_bytes * frames * pixels, one.size_bytes * frames * pixels**_SIZE_GROWTH
    return min(full, less), max(full, less)


def _widen(values: list[float], slack: float) -> Range | None:
    return (min(values) / slack, max(values) * slack) if values else None


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


def _round(size: float) -> int:
    """Give two digits of a size: more would promise too much."""
    return int(float(f"{size:.2g}"))
