"""A render as a chain of events: workers start, take segments, come late; sound and joiner follow.

The same seed gives the same times. Where workers share cores, as on one
machine, each of n that want one gets ``cores / n`` of them, the sound's encoder
and the joiner too.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from bazaar_nb.simulation.figures import Figures
from bazaar_nb.simulation.film_shape import FilmShape
from bazaar_nb.simulation.machines import Machines

_SOUND_BYTES_S = 24_000
_LATE = 1.5
"""How many times the mean a segment has to run until it is run a second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """When what ended, in seconds from the call.

    Attributes
    ----------
    first_s : float
        The first worker began.
    rendered_s : float
        The last segment was there.
    sound_s : float
        The sound track was there; 0 for a silent film.
    movie_s : float
        The movie was there, and recorded.
    work_s : float
        What all segments took together, on a core each.
    """

    first_s: float
    rendered_s: float
    sound_s: float
    movie_s: float
    work_s: float


def simulate(film: FilmShape, machines: Machines, figures: Figures, seed: int = 0) -> Outcome:
    """Tell how long a render would take."""
    return _Simulation(film, machines, figures, seed).run()


@dataclass(order=True, slots=True)
class _Work:
    """Something that takes a core until the clock of all cores says so."""

    ends: float
    number: int
    then: Callable[[], None] = field(compare=False)
    dropped: bool = field(compare=False, default=False)


class _Cores:
    """Cores that all who work share evenly: a clock that runs slower the more there are.

    With more cores than work, or none counted, each has one.
    """

    def __init__(self, cores: int | None) -> None:
        self._cores = cores or math.inf
        self._clock = 0.0
        self._seen_at = 0.0
        self._works: list[_Work] = []
        self._active = 0
        self._count = 0

    def _rate(self) -> float:
        return min(1.0, self._cores / self._active) if self._active else 1.0

    def advance(self, now: float) -> None:
        self._clock += (now - self._seen_at) * self._rate()
        self._seen_at = now

    def start(self, work_s: float, then: Callable[[], None]) -> _Work:
        self._count += 1
        work = _Work(self._clock + work_s, self._count, then)
        heapq.heappush(self._works, work)
        self._active += 1
        return work

    def drop(self, work: _Work) -> None:
        if not work.dropped:
            work.dropped = True
            self._active -= 1

    def next_at(self) -> float:
        while self._works and self._works[0].dropped:
            heapq.heappop(self._works)
        if not self._works:
            return math.inf
        return self._seen_at + max(0.0, self._works[0].ends - self._clock) / self._rate()

    def end_next(self) -> None:
        work = heapq.heappop(self._works)
        work.dropped = True
        self._active -= 1
        work.then()


class _Simulation:
    def __init__(self, film: FilmShape, machines: Machines, figures: Figures, seed: int) -> None:
        self._film, self._machines, self._figures = film, machines, figures
        self._chance = random.Random(seed)
        self._now = 0.0
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._cores = _Cores(machines.cores)
        self._lengths = film.segments()
        self._frame_s = figures.frame_time_s(film.pixels)
        self._mean_s = self._frame_s * sum(self._lengths) / len(self._lengths)
        self._times = [self._draw_time(frames) for frames in self._lengths]
        self._next = 0
        self._coordinator_free = figures.begin_s
        self._idle = 0
        self._runs: dict[int, list[_Work]] = {}
        self._began: dict[int, float] = {}
        self._done: set[int] = set()
        self._joined = 0
        self._joining = False
        self._sound_there = not film.has_sound
        self._first = math.inf
        self._rendered = self._sound = self._movie = 0.0

    def run(self) -> Outcome:
        figures, machines = self._figures, self._machines
        for _ in range(machines.running):
            self._at(figures.begin_s + figures.start_s * self._start_factor(), self._free)
        if self._film.has_sound:
            work = float(self._film.duration_s) / figures.sound_rate
            self._at(figures.begin_s, lambda: self._begin_sound(work))
        self._loop()
        return Outcome(
            first_s=self._first, rendered_s=self._rendered, sound_s=self._sound,
            movie_s=self._movie + figures.end_s, work_s=sum(self._times),
        )  # fmt: skip

    def _loop(self) -> None:
        while True:
            timed = self._waiting[0][0] if self._waiting else math.inf
            worked = self._cores.next_at()
            now = min(timed, worked)
            if now == math.inf:
                return
            self._cores.advance(now)
            self._now = now
            if timed <= worked:
                heapq.heappop(self._waiting)[2]()
            else:
                self._cores.end_next()

    def _at(self, when: float, then: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._waiting, (when, self._count, then))

    def _after(self, seconds: float, then: Callable[[], None]) -> None:
        self._at(self._now + seconds, then)

    def _work(self, seconds: float, then: Callable[[], None]) -> _Work:
        return self._cores.start(seconds, then)

    def _start_factor(self) -> float:
        return math.exp(self._chance.gauss(0.0, self._figures.start_spread))

    def _draw_time(self, frames: int) -> float:
        seconds = frames * self._frame_s * self._chance.choice(self._figures.spread)
        if self._chance.random() < self._machines.straggler_share:
            seconds *= self._machines.straggler_factor
        return seconds

    def _free(self) -> None:
        """Give a worker that has nothing to do the next segment."""
        self._first = min(self._first, self._now)
        if self._next == len(self._lengths):
            self._idle += 1
            self._run_again()
            return
        number, self._next = self._next, self._next + 1
        plan_s = self._lengths[number] * self._figures.plan_frame_s if self._machines.plans_at_home else 0.0
        # One coordinator hands them all in, one after the other; a little before they are asked for.
        self._coordinator_free = max(self._coordinator_free, self._now - self._mean_s) + plan_s
        self._coordinator_free += self._figures.dispatch_s
        self._at(max(self._now, self._coordinator_free), lambda: self._begin(number, self._times[number]))

    def _begin(self, number: int, seconds: float) -> None:
        self._began.setdefault(number, self._now)
        work = self._work(seconds, lambda: self._store(number))
        self._runs.setdefault(number, []).append(work)

    def _store(self, number: int) -> None:
        size = self._lengths[number] * self._figures.bytes_of_frame(self._film.pixels)
        put_s = self._figures.segment_s
        if self._machines.is_remote:
            put_s += 2 * self._figures.request_s + size / self._figures.store_bytes_s
        self._after(put_s, lambda: self._end_segment(number))

    def _end_segment(self, number: int) -> None:
        if number in self._done:  # the second of two
            self._free()
            return
        self._done.add(number)
        self._rendered = self._now
        for run in self._runs.pop(number):
            if not run.dropped:  # the slower of two is given up
                self._cores.drop(run)
                self._after(0.0, self._free)
        self._free()
        self._join()

    def _run_again(self) -> None:
        """Have an idle worker run the segment that is latest, near the end."""
        if not self._machines.second_runs or not self._machines.is_remote:
            return
        late = [
            (began, number)
            for number, began in self._began.items()
            if number in self._runs and len(self._runs[number]) == 1
        ]
        if not late:
            return
        began, number = min(late)
        wait = began + _LATE * self._mean_s - self._now
        if wait > 0:
            self._after(wait, self._look_again)
            return
        self._idle -= 1
        frames = self._lengths[number]
        self._begin(number, frames * self._frame_s * self._chance.choice(self._figures.spread))

    def _look_again(self) -> None:
        if self._idle:
            self._run_again()

    def _begin_sound(self, seconds: float) -> None:
        self._work(seconds, self._end_sound)

    def _end_sound(self) -> None:
        self._sound_there, self._sound = True, self._now
        self._join()

    def _join(self) -> None:
        """Have the joiner take the next segment, if it may."""
        if self._joining:
            return
        # A bucket is sent the movie while segments and sound are made; in a folder it is joined after both.
        everything = self._sound_there and len(self._done) == len(self._lengths)
        if self._joined == len(self._lengths):
            self._movie = self._now if self._sound_there else 0.0
            return
        if self._joined not in self._done or not (self._machines.is_remote or everything):
            return
        self._joining = True
        frames = self._lengths[self._joined]
        size = frames * self._figures.bytes_of_frame(self._film.pixels)
        size += float(frames / self._film.fps) * _SOUND_BYTES_S * self._film.has_sound
        self._work(self._figures.join_segment_s + size / self._figures.join_bytes_s, self._end_join)

    def _end_join(self) -> None:
        self._joining = False
        self._joined += 1
        self._join()
