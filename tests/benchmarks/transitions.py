"""What transitions of two charts cost, of drawing the dearer one of the two alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import bazaar_nb as bz
from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.render.still import name_file, named_file
from bazaar_nb.scene.tree import FrameTree
from tests.benchmarks.charts import CHARTS
from tests.benchmarks.measures import Bench
from tests.benchmarks.tables import Table, mark

TARGET = 1.3
_PAIRS = (("Lines, 5 x 1,000 points", "BarRace, 10 of 30"), ("BarRace, 10 of 30", "ScatterRace, 200 points"))
_WIDTH, _HEIGHT = 1920, 1080
T: Any = bz.transitions
KINDS: dict[str, Callable[[], Any]] = {
    "dissolve": lambda: T.dissolve(0.5),
    "slide": lambda: T.slide(0.5),
    "push": lambda: T.push(0.5),
    "wipe, soft, 30 degrees": lambda: T.wipe(0.5, 30),
    "iris, soft": lambda: T.iris(0.5),
    "clock, soft": lambda: T.clock(0.5),
    "zoom": lambda: T.zoom(0.5),
    "blur": lambda: T.blur(0.5),
    "flip": lambda: T.flip(0.5),
}


def measure_transitions(bench: Bench) -> list[Table]:
    """Measure the frames of transitions in a row, at 1080p30."""
    found = []
    for names in _PAIRS:
        charts = [CHARTS[name](4.0) for name in names]
        plain = bz.Composition([charts[0], T.dissolve(0.5), charts[1]])
        first, stop = plain.timeline.placements[1].start, plain.timeline.placements[0].stop
        alone = []
        for chart, start in zip(charts, (first, 0), strict=True):
            film = bz.Composition([chart])
            trees = _pinned(film, range(start, start + stop - first))
            alone.append(min(_drawn_ms(trees) for _ in range(bench.repeat)))
        dearer = max(alone)
        table = Table(
            f"From {names[0]} to {names[1]}: CPU ms to draw a frame, of what the dearer chart alone takes",
            ["transition", "ms", "dearer chart's ms", "ratio", "target", ""],
        )
        for name, make in KINDS.items():
            film = bz.Composition([charts[0], make(), charts[1]])
            trees = _pinned(film, range(first, stop))
            each = min(_redrawn_ms(trees) for _ in range(bench.repeat))
            table.add(
                name, f"{each:.1f}", f"{dearer:.1f}", f"{each / dearer:.2f}", f"{TARGET:g}",
                mark(each / dearer <= TARGET),
            )  # fmt: skip
        found.append(table)
    return found


def _pinned(film: bz.Composition, frames: Sequence[int]) -> list[FrameTree]:
    pinner = Pinner(name_file)
    return [pinner.pin(film.frame(index)) for index in frames]


def _drawn_ms(trees: list[FrameTree]) -> float:
    """Draw each frame alone, with what is kept of texts and bitmaps."""
    renderer, pixels = Renderer(_WIDTH, _HEIGHT, named_file), np.zeros((_HEIGHT, _WIDTH, 4), np.uint8)
    renderer.draw(trees[0], pixels)
    began = time.thread_time()
    for tree in trees:
        renderer.draw(tree, pixels)
    return (time.thread_time() - began) / len(trees) * 1e3


def _redrawn_ms(trees: list[FrameTree]) -> float:
    """Draw frames in a row, as an export does, the first as a whole; with the same kept as above."""
    renderer = Renderer(_WIDTH, _HEIGHT, named_file)
    kept = KeptFrame(np.zeros((_HEIGHT, _WIDTH, 4), np.uint8))
    renderer.draw(trees[0], kept.pixels)
    began = time.thread_time()
    for tree in trees:
        renderer.redraw(tree, kept)
    return (time.thread_time() - began) / len(trees) * 1e3
