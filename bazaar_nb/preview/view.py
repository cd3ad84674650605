"""One place on a screen where a film plays, as the kernel knows it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bazaar_nb.preview.film_parts import FilmParts
from bazaar_nb.preview.problem import Problem
from bazaar_nb.preview.segmentation import SoundCodec, VideoCodec

AHEAD_S = 20.0
"""How far before the playhead parts are made; more while it runs faster."""
BEHIND_S = 5.0
LEASE_S = 60.0
"""A view that says nothing for so long is gone."""
_GUESS_S = 300.0  # how long a playhead is taken to run on unheard, as while a cell keeps an old kernel busy

PUSHES = ("film", "picture", "segment", "sound", "problem", "solved")

Send = Callable[[dict[str, Any], list[bytes]], None]


@dataclass(slots=True, eq=False)
class View:
    """A view and what it has been sent. Touched by the preview thread alone.

    Attributes
    ----------
    send : callable
        Sends content and buffers to the browser.
    frame : int
        Where the playhead was at `reported`.
    held : Problem or None
        Why there is no film, until there is one again; nothing else is said meanwhile.
    is_silent : bool
        Whether it was told that the sound can't be had.
    """

    id: str
    film_parts: FilmParts
    send: Send
    video: VideoCodec | None
    sound: SoundCodec | None
    frame: int = 0
    playing: bool = False
    rate: float = 1.0
    picture_wanted: bool = True
    reported: float = field(default_factory=time.monotonic)
    heard: float = field(default_factory=time.monotonic)
    sent: dict[int, str] = field(default_factory=dict)
    sounds_sent: set[int] = field(default_factory=set)
    is_silent: bool = False
    problem: Problem | None = None
    held: Problem | None = None

    @property
    def fails(self) -> bool:
        """Whether it shows that pictures can't be made."""
        return self.problem is not None and self.problem.code != "sound"

    def playhead(self, now: float) -> int:
        """Give the frame that is on the screen, as far as can be known."""
        frame = self.frame
        if self.playing:
            passed_s = min(now - self.reported, _GUESS_S) * self.rate
            frame += math.floor(passed_s * self.film_parts.film.fps)
        return max(0, min(frame, self.film_parts.film.frames - 1))

    def report(self, frame: int, playing: bool, rate: float) -> None:
        """Take the playhead from the browser."""
        self.frame, self.playing, self.rate = min(frame, self.film_parts.film.frames - 1), playing, rate
        self.reported = time.monotonic()

    def wanted(self, now: float) -> Iterator[tuple[float, int]]:
        """Give the parts around the playhead, those that are needed first first.

        Yields
        ------
        need_s : float
            In how many seconds the part is on the screen; large for those behind the playhead.
        part : int
        """
        film_parts, frame = self.film_parts, self.playhead(now)
        fps = float(film_parts.film.fps)
        here = film_parts.part_at(frame)
        ahead = frame + AHEAD_S * max(1.0, self.rate) * fps
        for part in range(here, film_parts.parts):
            if film_parts.edges[part] > ahead:
                break
            yield max(0.0, (film_parts.edges[part] - frame) / fps), part
        for part in range(here - 1, -1, -1):
            if film_parts.edges[part + 1] < frame - BEHIND_S * fps:
                break
            yield 1000.0 + (frame - film_parts.edges[part + 1]) / fps, part

    def heard_soon(self, now: float) -> tuple[float, float]:
        """Give the seconds of the film, from and to, of which the browser should have the sound."""
        at_s = self.playhead(now) / float(self.film_parts.film.fps)
        return at_s - BEHIND_S, at_s + AHEAD_S * max(1.0, self.rate)

    def push(self, kind: str, buffers: list[bytes] | None = None, **fields: Any) -> None:
        """Send something that was not asked for."""
        content = {"kind": kind, "view": self.id, "generation": self.film_parts.generation, **fields}
        self.send(content, buffers or [])

    def push_problem(self, problem: Problem) -> None:
        """Show why the picture can't be made; once for each problem."""
        if problem != self.problem and self.held is None:
            self.problem = problem
            self.push("problem", problem=msgspec.to_builtins(problem))

    def push_solved(self) -> None:
        """Take the problem away, if one is shown."""
        if self.problem is not None and self.held is None:
            self.problem = None
            self.push("solved")

    def hold_problem(self, problem: Problem | None) -> None:
        """Show that there is no film, whatever becomes of the one before, until this is given None."""
        self.held = None
        if problem is None:
            self.push_solved()
        else:
            self.push_problem(problem)
        self.held = problem

    def forget_sound(self) -> None:
        """Take it that the browser has nothing of the sound, nor heard what is wrong with it."""
        self.sounds_sent.clear()
        self.is_silent = False
        if self.problem is not None and self.problem.code == "sound":
            self.push_solved()
