"""Where scaling bends: a film on more and more workers, and what holds them up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.simulation.events import simulate
from bazaar_nb.simulation.figures import Figures
from bazaar_nb.simulation.film_shape import FilmShape
from bazaar_nb.simulation.machines import Machines

GOAL = 0.8
"""An efficiency below that is where scaling bends."""
_MOST_WORKERS = 20_000
_MOST_LONGER = 64
_NOTABLE = 0.05
_BAR = 36


@dataclass(frozen=True, slots=True)
class Step:
    """A film on a number of workers.

    Attributes
    ----------
    time_s : float
        From the call to the movie.
    efficiency : float
        The time of one worker by this time and the number of workers.
    held_by : str
        What a shorter time fails by, for people.
    """

    workers: int
    time_s: float
    efficiency: float
    held_by: str


@dataclass(frozen=True, slots=True)
class Scaling:
    """A film on several numbers of workers; `str` is a table that draws where scaling bends.

    Attributes
    ----------
    bend : int
        The most workers whose efficiency is at least `GOAL`.
    needed_s : dict of int to Fraction
        For numbers of workers beyond the bend: how long a film has to be for that efficiency, where one of at
        most 64 times the length is.
    """

    film: FilmShape
    figures: Figures
    steps: tuple[Step, ...]
    bend: int
    needed_s: dict[int, Fraction]

    def __str__(self) -> str:
        film = self.film
        sound = "with sound" if film.has_sound else "silent"
        title = (
            f"{_clock(float(film.duration_s))} at {film.width}x{film.height}, {float(film.fps):g} frames "
            f"a second, {sound}: {film.frames:,} frames in {len(film.segments()):,} segments"
        )
        one = self.steps[0].time_s * self.steps[0].efficiency * self.steps[0].workers
        lines = [title, "", f"{'workers':>7}  {'time':>8}  {'speed-up':>8}  {'efficiency':>10}"]
        goal = round(GOAL * _BAR) - 1
        for step in self.steps:
            filled = round(min(1.0, step.efficiency) * _BAR)
            bar = "".join("█" if at < filled else "╎" if at == goal else " " for at in range(_BAR))
            cells = f"{step.workers:>7,}  {_clock(step.time_s):>8}  {one / step.time_s:>8.1f}"
            lines.append(f"{cells}  {step.efficiency:>10.2f}  {bar}  {step.held_by}".rstrip())
        lines += ["", f"Scaling bends at {self.bend:,} workers (efficiency {GOAL}, where ╎ is)."]
        lines += [
            f"{workers:,} workers are that efficient from a film of {_clock(float(needed))} on."
            for workers, needed in self.needed_s.items()
        ]
        return "\n".join([*lines, "", "It rests on:", *(f"- {line}" for line in self.figures.lines())])


def predict(
    film: FilmShape, machines: Machines, figures: Figures, workers: Sequence[int], seed: int = 0
) -> Scaling:
    """Tell how a film would scale.

    Parameters
    ----------
    machines : Machines
        How they behave; their number is taken from `workers`.
    workers : sequence of int

    Raises
    ------
    InvalidValueError
        If a number of workers is none.
    """
    if not workers or any(not 1 <= number <= _MOST_WORKERS for number in workers):
        raise InvalidValueError(f"`workers` must be numbers from 1 to {_MOST_WORKERS:,}, got {workers!r:.80}")
    one = _time(film, replace(machines, workers=1), figures, seed)

    def step(number: int) -> Step:
        many = replace(machines, workers=number)
        time_s = _time(film, many, figures, seed)
        return Step(number, time_s, one / time_s / number, _held_by(film, many, figures, seed, time_s))

    steps = tuple(step(number) for number in sorted(set(workers)))
    needed = {}
    for one_step in steps:
        if one_step.efficiency < GOAL and (
            length := _needed(film, machines, figures, one_step.workers, seed)
        ):
            needed[one_step.workers] = length
    return Scaling(film, figures, steps, _bend(film, machines, figures, seed, one), needed)


def _time(film: FilmShape, machines: Machines, figures: Figures, seed: int) -> float:
    return simulate(film, machines, figures, seed).movie_s


def _bend(film: FilmShape, machines: Machines, figures: Figures, seed: int, one: float) -> int:
    def good(number: int) -> bool:
        return one / _time(film, replace(machines, workers=number), figures, seed) / number >= GOAL

    low, high = 1, 2
    while high < _MOST_WORKERS and good(high):
        low, high = high, 2 * high
    while high - low > max(1, low // 50):
        middle = (low + high) // 2
        low, high = (middle, high) if good(middle) else (low, middle)
    return low


def _needed(
    film: FilmShape, machines: Machines, figures: Figures, workers: int, seed: int
) -> Fraction | None:
    for power in range(1, int(math.log2(_MOST_LONGER)) + 1):
        longer = replace(film, duration_s=film.duration_s * 2**power)
        one = _time(longer, replace(machines, workers=1), figures, seed)
        if one / _time(longer, replace(machines, workers=workers), figures, seed) / workers >= GOAL:
            return longer.duration_s
    return None


def _held_by(film: FilmShape, machines: Machines, figures: Figures, seed: int, time_s: float) -> str:
    """Say what would save most if it took no time."""
    without = {
        "start of workers": (film, replace(figures, start_s=0.0, start_spread=0.0, begin_s=0.0, end_s=0.0)),
        "sound": (replace(film, has_sound=False), figures),
        "joining": (film, replace(figures, join_segment_s=0.0, join_bytes_s=math.inf)),
        "coordinator": (film, replace(figures, dispatch_s=0.0, plan_frame_s=0.0)),
    }
    saved = {
        name: time_s - _time(other, machines, cheaper, seed) for name, (other, cheaper) in without.items()
    }
    name = max(saved, key=lambda one: saved[one])
    if saved[name] > _NOTABLE * time_s:
        return name
    if len(film.segments()) < machines.running:
        return "too few segments"
    outcome = simulate(film, machines, figures, seed)
    cores = min(machines.running, machines.cores or machines.running)
    ideal = outcome.work_s / cores
    return "cores" if cores < machines.running else "last segments" if ideal < 0.95 * time_s else ""


def _clock(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.1f} s"
    if seconds < 5400:
        return f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:.1f} h"
