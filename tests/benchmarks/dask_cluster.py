"""DaskEngine on this machine's cores: two workers against one, and against LocalEngine on the same cores.

Where others use the machine too, seconds say little: beside them stands how
much of the workers' time went into segments. Two workers can be so many times
as fast as one as they are together as busy.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import psutil

import bazaar_nb as bz
from tests.benchmarks.evaluation import sales, sales_table
from tests.benchmarks.measures import Bench, export
from tests.benchmarks.tables import Table, mark
from tests.benchmarks.workloads import FPS, title_scene

SCALING_TARGET, LONG_TARGET, SHORT_TARGET = 1.85, 1.05, 1.25


def measure_dask(bench: Bench) -> list[Table]:
    """Start clusters of one and of two workers, and export into folders."""
    with warnings.catch_warnings(), _cluster(1, bench) as one, _cluster(2, bench) as two:
        warnings.simplefilter("ignore")
        return [*_scaling(bench, one, two), _against_local(bench, two)]


@contextmanager
def _cluster(workers: int, bench: Bench) -> Iterator[bz.DaskEngine]:
    import dask
    from distributed import LocalCluster

    with dask.config.set({"temporary-directory": str(bench.folder)}):
        cluster: Any = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers, threads_per_worker=1, dashboard_address=":0"
        )
        with cluster:
            engine = bz.DaskEngine(cluster)
            with tempfile.TemporaryDirectory(dir=bench.folder) as root:  # everything imported
                export(_chapters(4, 1), bz.Workspace(root, engine=engine))
            yield engine
            engine.close()


def _chapters(count: int, seconds: float, salt: int = 0) -> bz.Composition:
    return bz.Composition(
        [title_scene(f"Part {salt}.{number}", duration=seconds) for number in range(count)], fps=FPS
    )


def _scaling(bench: Bench, one: bz.DaskEngine, two: bz.DaskEngine) -> list[Table]:
    rendering = Table(
        f"A {8 if bench.quick else 30} s film at 1080p on Dask workers of one thread",
        ["workers", "seconds", "ratio", "target", "", "busy", "ratio by busy time", ""],
    )
    planning = Table(
        "Frames planned in a second: a scene that asks pandas, all segments there",
        ["workers", "frames a second", "ratio", "busy", "ratio by busy time"],
    )
    table = sales_table()
    film = _chapters(16, 0.5) if bench.quick else _chapters(12, 2.5)
    asking = bz.Composition([sales(table, duration=5 if bench.quick else 20)], fps=FPS)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    busy: dict[int, list[float]] = {1: [], 2: []}
    planned: dict[int, list[float]] = {1: [], 2: []}
    planning_busy: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(bench.repeat):
        for workers, engine in ((1, one), (2, two)):
            with tempfile.TemporaryDirectory(dir=bench.folder) as root:
                where = bz.Workspace(root, engine=engine)
                taken, used = _timed(film, where, workers)
                seconds[workers].append(taken)
                busy[workers].append(used)
                export(asking, where)
                taken, used = _timed(asking, where, workers)
                planned[workers].append(asking.frames / taken)
                planning_busy[workers].append(used)
    ratio = median(a / b for a, b in zip(seconds[1], seconds[2], strict=True))
    by_busy = median(2 * b / a for a, b in zip(busy[1], busy[2], strict=True))
    rendering.add("1", f"{median(seconds[1]):.1f}", "1", "", "", f"{median(busy[1]):.0%}", "1", "")
    rendering.add(
        "2", f"{median(seconds[2]):.1f}", f"{ratio:.2f}", f"{SCALING_TARGET}", mark(ratio >= SCALING_TARGET),
        f"{median(busy[2]):.0%}", f"{by_busy:.2f}", mark(by_busy >= SCALING_TARGET),
    )  # fmt: skip
    ratio = median(b / a for a, b in zip(planned[1], planned[2], strict=True))
    by_busy = median(2 * b / a for a, b in zip(planning_busy[1], planning_busy[2], strict=True))
    planning.add("1", f"{median(planned[1]):.0f}", "1", f"{median(planning_busy[1]):.0%}", "1")
    planning.add(
        "2", f"{median(planned[2]):.0f}", f"{ratio:.2f}", f"{median(planning_busy[2]):.0%}", f"{by_busy:.2f}"
    )
    return [rendering, planning]


def _timed(film: bz.Composition, where: bz.Workspace, workers: int) -> tuple[float, float]:
    """Give the seconds that segments took, planning too, and which part of the workers' time they used."""
    _, render = export(film, where)
    row = where.history().iloc[-1]
    taken = float(row["render_s"]) - float(row["join_s"])
    spent = sum(float(row[name]) for name in ("draw_s", "convert_s", "encode_s", "store_s", "plan_s"))
    assert render.frames == row["frames_evaluated_by_workers"]
    return taken, spent / (workers * taken)


def _against_local(bench: Bench, engine: bz.DaskEngine) -> Table:
    table = Table(
        "DaskEngine / LocalEngine on the same two cores, wall and CPU time",
        ["films", "Dask s", "local s", "ratio", "target", "", "CPU ratio", ""],
    )
    long_s, films = (10, 5) if bench.quick else (60, 20)
    salt = 0
    for what, count, seconds, target in (
        (f"one of {long_s} s", 1, long_s / 6, LONG_TARGET),
        (f"{films} of 2 s, one after the other", films, 1 / 3, SHORT_TARGET),
    ):
        taken: dict[str, list[float]] = {"dask": [], "local": []}
        cpu: dict[str, list[float]] = {"dask": [], "local": []}
        for turn in range(bench.repeat):
            for name in ("dask", "local") if turn % 2 == 0 else ("local", "dask"):
                with tempfile.TemporaryDirectory(dir=bench.folder) as root:
                    where = bz.Workspace(root, engine=engine if name == "dask" else bench.engine)
                    cpu_s, began = _cpu_seconds(), time.perf_counter()
                    for _ in range(count):
                        salt += 1
                        export(_chapters(6, seconds, salt), where)
                    taken[name].append(time.perf_counter() - began)
                    cpu[name].append(_cpu_seconds() - cpu_s)
        ratio = median(a / b for a, b in zip(taken["dask"], taken["local"], strict=True))
        by_cpu = median(a / b for a, b in zip(cpu["dask"], cpu["local"], strict=True))
        table.add(
            what, f"{median(taken['dask']):.1f}", f"{median(taken['local']):.1f}", f"{ratio:.2f}",
            f"{target:.2f}", mark(ratio <= target), f"{by_cpu:.2f}", mark(by_cpu <= target),
        )  # fmt: skip
    return table


def _cpu_seconds() -> float:
    """Give the CPU seconds that this process and all below it have used."""
    total = time.process_time()
    for child in psutil.Process().children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
