"""What saving a film costs: an hour of slides, beside evaluating its frames alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import bazaar_nb as bz
from tests.benchmarks.measures import Bench
from tests.benchmarks.tables import Table, mark

_MOST_S = 10.0
_MOST_BYTES = 20_000_000


def slides(minutes: int, *, with_bar: bool) -> bz.Composition:
    """Give slides of a minute each at 25 frames a second; with a bar below no two frames are the same."""

    @bz.scene(duration=60)
    def slide(frame: bz.Frame, title: str) -> list[Any]:
        points = [bz.Text(f"{title}: point {n}", size=50, x=120, y=300 + 90 * n) for n in range(4)]
        return [bz.Fill("white"), bz.Text(title, size=90, y=100), *points]

    @bz.scene
    def bar(frame: bz.Frame) -> Any:
        return bz.Rect(x=0, y=1070, width=1920 * frame.progress, height=10, anchor="left", fill="tomato")

    pages = [slide(f"Slide {n}") for n in range(minutes)]
    return bz.Composition(pages, fps=25, layers=[bar()] if with_bar else [])


def measure_saving(bench: Bench) -> Iterator[Table]:
    """Save an hour of slides (six minutes, if quick), open it, and read all of it."""
    header = ["slides", "frames", "MB", "CPU s", "to evaluating", "opened, s", "read, CPU s", ""]
    table = Table("Saved films", header)
    workspace = bz.Workspace(bench.folder / "saved", engine="inline")
    for with_bar in (False, True):
        film = slides(6 if bench.quick else 60, with_bar=with_bar).frozen()

        def evaluate(film: bz.Composition = film) -> None:
            for index in range(film.frames):
                film.frame(index)

        evaluate_s = _cpu(evaluate)
        began, saved = time.process_time(), film.save("slides", progress=False, workspace=workspace)
        save_s = time.process_time() - began
        opened_s = _cpu(lambda: bz.open_film("slides", workspace=workspace))
        opened = bz.open_film("slides", workspace=workspace)
        read_s = _cpu(lambda: evaluate(opened))  # noqa: B023 (called here)
        share = saved.frames / 90_000
        good = save_s <= _MOST_S * share and saved.size_bytes <= _MOST_BYTES * share
        table.add(
            "with a bar that grows" if with_bar else "that stand still", f"{saved.frames:,}",
            f"{saved.size_bytes / 1e6:.2f}", f"{save_s:.1f}", f"{save_s / evaluate_s:.2f}x",
            f"{opened_s:.2f}", f"{read_s:.1f}", mark(good),
        )  # fmt: skip
    yield table


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
