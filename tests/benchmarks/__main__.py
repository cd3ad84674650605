"""Measure what bazaar_nb promises, and print tables: ``python -m tests.benchmarks``.

``--only export,memory`` measures some of it, ``--quick`` takes each time once
and shortens the long film, ``--repeat`` says how often times are taken,
``--films`` how many a batch has.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path

import bazaar_nb as bz
from tests.benchmarks.analysis import measure_analysis
from tests.benchmarks.batch import measure_batch
from tests.benchmarks.charts import measure_charts
from tests.benchmarks.dask_cluster import measure_dask
from tests.benchmarks.drawing import measure_drawing
from tests.benchmarks.evaluation import evaluation_tables
from tests.benchmarks.figures import figure_tables
from tests.benchmarks.formulas import measure_formulas
from tests.benchmarks.history import measure_history
from tests.benchmarks.joining import joining_tables
from tests.benchmarks.looks import measure_looks
from tests.benchmarks.measures import MEASURES as RENDERS
from tests.benchmarks.measures import Bench
from tests.benchmarks.neighbours import measure_neighbours
from tests.benchmarks.panel import measure_panel
from tests.benchmarks.player import measure_player
from tests.benchmarks.s3 import measure_s3
from tests.benchmarks.saved_films import measure_saving
from tests.benchmarks.simulate import simulation_tables
from tests.benchmarks.transitions import measure_transitions
from tests.benchmarks.words import measure_words

MEASURES = {
    **RENDERS,
    "drawing": measure_drawing,
    "charts": measure_charts,
    "evaluation": evaluation_tables,
    "neighbours": measure_neighbours,
    "figures": figure_tables,
    "player": measure_player,
    "panel": measure_panel,
    "history": measure_history,
    "s3": measure_s3,
    "dask": measure_dask,
    "joining": joining_tables,
    "simulate": simulation_tables,
    "analysis": measure_analysis,
    "saving": measure_saving,
    "batch": measure_batch,
    "words": measure_words,
    "formulas": measure_formulas,
    "looks": measure_looks,
    "transitions": measure_transitions,
}


def main() -> None:
    """Measure, and print each table when it is there."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description="Measure what bazaar_nb promises."
    )
    parser.add_argument("--only", default=",".join(MEASURES), help="some of " + ",".join(MEASURES))
    parser.add_argument("--quick", action="store_true", help="each time once, the long film 60 s")
    parser.add_argument("--repeat", type=int, default=3, help="how often times are taken; the median counts")
    parser.add_argument("--films", type=int, default=200, help="how many films a batch has")
    args = parser.parse_args()
    chosen = args.only.split(",")
    unknown = [name for name in chosen if name not in MEASURES]
    if unknown or args.repeat < 1:
        parser.error(f"--only takes {','.join(MEASURES)}; --repeat at least 1")
    engine = bz.LocalEngine()
    print(f"bazaar_nb {bz.__version__}, Python {platform.python_version()}, {platform.machine()}, "
          f"{engine.workers} workers, load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
    try:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(Path(folder), engine, 1 if args.quick else args.repeat, args.quick, args.films)
            if set(chosen) - {
                "planning",
                "memory",
                "player",
                "panel",
                "history",
                "analysis",
                "saving",
                "batch",
            }:
                bench.warm_up()
            for name in chosen:
                for table in MEASURES[name](bench):
                    print(f"\n{table}", flush=True)
    finally:
        engine.close()


if __name__ == "__main__":
    main()
