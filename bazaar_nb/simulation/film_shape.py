"""What a simulation knows of a film: its length, its picture, and where it is cut."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.render.plan import cut_span
from bazaar_nb.scene.time import seconds_to_frames

_SIZES = {
    "480p": (854, 480),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "1440p": (2560, 1440),
    "4k": (3840, 2160),
}
_SECONDS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
_FILM = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>s|sec|m|min|h)@(?P<size>[0-9a-z]+)", re.IGNORECASE)
_LONGEST_S = 100 * 3600


@dataclass(frozen=True, slots=True)
class FilmShape:
    """A film as a simulation sees it.

    Attributes
    ----------
    duration_s : Fraction
    width, height : int
        In pixels.
    fps : Fraction
    has_sound : bool
    """

    duration_s: Fraction
    width: int
    height: int
    fps: Fraction = Fraction(30)
    has_sound: bool = True

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return max(1, seconds_to_frames(self.duration_s, self.fps))

    @property
    def pixels(self) -> int:
        """Of a frame."""
        return self.width * self.height

    def segments(self) -> list[int]:
        """Give the frames of each segment, as a film of one scene is cut."""
        return [cut.stop - cut.first for cut in cut_span(0, self.frames, self.fps)]


def read_film(text: str, *, fps: Fraction = Fraction(30), has_sound: bool = True) -> FilmShape:
    """Give the film of a text: ``2h@4k``, ``10min@1080p``, ``90s@720p``.

    Raises
    ------
    InvalidValueError
        If it is none.
    """
    match = _FILM.fullmatch(text.strip())
    size = _SIZES.get(match["size"].lower()) if match else None
    if match is None or size is None:
        raise InvalidValueError(
            f"`film` must be a length and a size like 2h@4k, 10min@1080p or 90s@720p "
            f"(sizes: {', '.join(_SIZES)}), got {text!r:.60}"
        )
    duration = Fraction(match["number"]) * _SECONDS[match["unit"].lower()]
    if not 0 < duration <= _LONGEST_S:
        raise InvalidValueError(f"`film` is longer than nothing and at most 100h, got {text!r:.60}")
    return FilmShape(duration, *size, fps, has_sound)
