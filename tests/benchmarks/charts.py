"""What charts cost: an export beside a plain loop of PIL and PyAV that draws the same, and a frame's `at`."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

import bazaar_nb as bz
from bazaar_nb.charts.chart import Chart
from tests.benchmarks.measures import Bench, cpu_seconds, export
from tests.benchmarks.plain_charts import export_elements
from tests.benchmarks.tables import Table, mark

EXPORT_TARGET, AT_TARGET_MS = 0.25, 0.6
_AT_CALLS = 200


def measure_charts(bench: Bench) -> list[Table]:
    """Measure the charts that must be fast, at 1080p30 with the defaults."""
    exports = Table(
        "Charts at 1080p30, of what a plain loop of PIL and PyAV takes that draws the same, in turn",
        ["chart", "export s", "loop s", "ratio", "target", "", "CPU ratio"],
    )
    calls = Table(
        "What a chart gives for a moment, CPU ms", ["chart", "at()", "target", "", "first at() with layout"]
    )
    for name, make in CHARTS.items():
        chart = make(4.0 if bench.quick else 10.0)
        first, each = at_ms(chart)
        calls.add(name, f"{each:.2f}", f"{AT_TARGET_MS:g}", mark(each <= AT_TARGET_MS), f"{first:.0f}")
        film = bz.Composition([chart])
        frames = [film.frame(index).elements for index in range(film.frames)]
        pairs = []
        for _ in range(bench.repeat):
            began = cpu_seconds(bench.engine)
            with bench.workspace() as workspace:
                ours, _ = export(film, workspace)
            between = cpu_seconds(bench.engine)
            plain = export_elements(bench.folder / "loop.mp4", film, frames)
            pairs.append((ours, plain, (between - began) / (cpu_seconds(bench.engine) - between)))
        ratio = median(ours / plain for ours, plain, _ in pairs)
        exports.add(
            name,
            *(f"{median(pair[side] for pair in pairs):.2f}" for side in (0, 1)),
            *(f"{ratio:.2f}", f"{EXPORT_TARGET:g}", mark(ratio <= EXPORT_TARGET)),
            f"{median(pair[2] for pair in pairs):.2f}",
        )
    return [exports, calls]


def at_ms(chart: Chart[Any]) -> tuple[float, float]:
    """Give the CPU milliseconds of the first call of `at`, and of one of many: the least of five rounds."""
    began = time.thread_time()
    chart.at(0.5)
    first = time.thread_time() - began
    rounds = []
    for _ in range(5):
        began = time.thread_time()
        for number in range(_AT_CALLS):
            chart.at(chart.duration * number / _AT_CALLS)
        rounds.append((time.thread_time() - began) / _AT_CALLS)
    return first * 1e3, min(rounds) * 1e3


def bar_race(duration: float) -> Chart[Any]:
    """Give thirty names over sixty years, of which ten are seen."""
    rng = np.random.default_rng(4)
    growth = np.cumsum(rng.normal(0.02, 0.03, (61, 30)), axis=0)
    table = pd.DataFrame(
        rng.uniform(5e6, 4e8, 30) * np.exp(growth), columns=[f"Country {n}" for n in range(30)]
    )
    table["year"] = np.arange(1960, 2021)
    return bz.charts.BarRace(
        table, time="year", title="The ten largest of thirty", subtitle="People", source="Invented",
        duration=duration,
    )  # fmt: skip


def scatter_race(duration: float) -> Chart[Any]:
    """Give two hundred names over sixty years."""
    rng = np.random.default_rng(5)
    years = np.arange(1960, 2021)
    frames = []
    for number in range(200):
        income = 10 ** rng.uniform(2.6, 4.3) * np.exp(rng.normal(0.022, 0.012) * (years - 1960))
        life = 85 - rng.uniform(12, 47) * np.exp(-0.018 * (years - 1960))
        frames.append(
            pd.DataFrame(
                {
                    "year": years, "country": f"Country {number}", "income": income, "life": life,
                    "people": 10 ** rng.uniform(5, 9), "region": f"Region {number % 5}",
                }
            )
        )  # fmt: skip
    return bz.charts.ScatterRace(
        pd.concat(frames), x="income", y="life", time="year", name="country", size="people", color="region",
        log="x", title="Longer lives, higher incomes", subtitle="Each bubble is a country",
        source="Invented", duration=duration,
    )  # fmt: skip


def lines(duration: float) -> Chart[Any]:
    """Give five lines of a thousand points."""
    return bz.charts.Lines(
        line_table(), time="day", title="Five currencies", subtitle="March 2021 is 100", source="Invented",
        duration=duration,
    )  # fmt: skip


def line_table() -> pd.DataFrame:
    """Give five random walks of a thousand days."""
    rng = np.random.default_rng(6)
    table = pd.DataFrame(
        100 * np.exp(np.cumsum(rng.normal(0.0004, 0.012, (1000, 5)), axis=0)),
        columns=["Euro", "Yen", "Pound", "Franc", "Krona"],
    )
    table["day"] = pd.date_range("2021-03-01", periods=1000, freq="D")
    return table


def line_race(duration: float) -> Chart[Any]:
    """Give the same as a race."""
    return bz.charts.LineRace(line_table(), time="day", title="Five currencies", duration=duration)


CHARTS = {
    "BarRace, 10 of 30": bar_race,
    "ScatterRace, 200 points": scatter_race,
    "Lines, 5 x 1,000 points": lines,
    "LineRace, 5 x 1,000 points": line_race,
}
