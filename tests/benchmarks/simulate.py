"""The simulator beside real renders with 1, 2 and 4 workers; what it says of large clusters.

``python -m tests.benchmarks --only simulate``. Segments' times are taken from the
history of the run with one worker, and all three are predicted from them. A film
that waits says whether the simulated chain of events is the real one, whatever
else the machine does; a film that computes also whether cores are shared as the
simulator thinks, as long as nobody else wants them.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from statistics import median
from typing import Any

import bazaar_nb as bz
from bazaar_nb.simulation.events import simulate
from bazaar_nb.simulation.figures import Figures, figures_of
from bazaar_nb.simulation.film_shape import FilmShape, read_film
from bazaar_nb.simulation.machines import Machines
from bazaar_nb.simulation.scaling import predict
from tests.benchmarks.measures import Bench
from tests.benchmarks.simulation_figures import built_in_figures
from tests.benchmarks.tables import Table, mark
from tests.benchmarks.workloads import title_scene

WORKERS = (1, 2, 4)
CLUSTERS = (64, 256, 1_000)
FILMS = ("10min@1080p", "2h@4k")
MOST_OFF = 0.15
_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@bz.scene
def waiting(frame: bz.Frame) -> list[Any]:
    """Wait for something that isn't this machine's: 50 ms a frame."""
    time.sleep(0.05)
    return [bz.Fill("black"), bz.Rect(x=20 + frame.index % 300, y=90, width=40, height=40, fill="white")]


def waiting_film() -> bz.Composition:
    return bz.Composition([waiting(duration=40)], width=320, height=180, fps=10)


def computing_film() -> bz.Composition:
    return bz.Composition([title_scene(duration=10)], fps=30)


KINDS: dict[str, tuple[Callable[[], bz.Composition], int | None]] = {
    "a film that waits": (waiting_film, None),
    f"a film that computes, {_CORES} cores": (computing_film, _CORES),
}


def simulation_tables(bench: Bench) -> list[Table]:
    """Predict and render in turns, then predict what can't be rendered here."""
    beside = Table(
        f"Simulated beside real renders in seconds, medians (at most {MOST_OFF:.0%} off)",
        ["film", "workers", "real", "simulated", "off", "", "load"],
    )
    for name, (make, cores) in KINDS.items():
        _beside(beside, bench, name, make(), cores)
    return [beside, built_in_figures(bench), _clusters()]


def _beside(table: Table, bench: Bench, name: str, film: bz.Composition, cores: int | None) -> None:
    real: dict[int, list[float]] = {workers: [] for workers in WORKERS}
    simulated: dict[int, list[float]] = {workers: [] for workers in WORKERS}
    loads: dict[int, list[float]] = {workers: [] for workers in WORKERS}
    shape = FilmShape(film.duration, film.width, film.height, Fraction(film.fps), has_sound=False)
    for _ in range(bench.repeat):
        figures = Figures()
        for workers in WORKERS:  # each run is close to the one that it is predicted from
            with tempfile.TemporaryDirectory(dir=bench.folder) as root:
                where = bz.Workspace(root, engine=bz.LocalEngine(workers))
                try:
                    where.engine.warm()
                    while not where.engine.is_ready:
                        time.sleep(0.05)
                    first = film.export("warm.mp4", workspace=where, progress=False, frame_range=(0, 10))
                    began = time.perf_counter()
                    render = film.export("film.mp4", workspace=where, progress=False)
                    real[workers].append(time.perf_counter() - began)
                    loads[workers].append(os.getloadavg()[0])
                    assert first.id != render.id
                    if workers == 1:
                        rows = where.history.segments(render_id=render.id)
                        figures = _without_start(figures_of(rows, "the run with one worker"))
                finally:
                    where.close()
            machines = Machines(workers=workers, cores=cores, is_remote=False)
            simulated[workers].append(simulate(shape, machines, figures).movie_s)
    for workers in WORKERS:
        seen, said = median(real[workers]), median(simulated[workers])
        off = said / seen - 1
        table.add(
            name, str(workers), f"{seen:.2f}", f"{said:.2f}", f"{off:+.0%}", mark(abs(off) <= MOST_OFF),
            f"{median(loads[workers]):.1f}",
        )  # fmt: skip


def _without_start(figures: Figures) -> Figures:
    return replace(figures, start_s=0.02, start_spread=0.0, join_bytes_s=500e6, join_segment_s=0.001)


def _clusters() -> Table:
    table = Table(
        "Efficiency that the simulator predicts, from the built-in figures (goal 0.8 at 256)",
        ["film", "sound", *(f"{workers:,}" for workers in CLUSTERS), "bends at", "held by at 256"],
    )
    for text in FILMS:
        for sound in (True, False):
            film = read_film(text, has_sound=sound)
            scaling = predict(film, Machines(workers=1), Figures(), CLUSTERS)
            cells = [f"{step.efficiency:.2f}" for step in scaling.steps]
            table.add(text, "yes" if sound else "no", *cells, f"{scaling.bend:,}", scaling.steps[1].held_by)
    return table
