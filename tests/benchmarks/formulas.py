"""A formula that writes itself and becomes the next, here and by manim.

Wants a Python that has manim, which needs libraries of the system: ``BAZAAR_MANIM=/path/to/python``. Both are
programs of their own, timed from start to end, at 1080p30. manim's formulas want a LaTeX, so it is given its
`Text` of the same characters, which is less work: no fractions, no sizes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from tests.benchmarks.measures import Bench
from tests.benchmarks.tables import Table, mark

TARGET = 0.5
SECONDS = 6
_FIRST, _NEXT = "1 + 3 + 5 + 7 = 4^2", "n^2 + (2n + 1) = (n + 1)^2"

_MANIM = f"""
from manim import Scene, Text, Transform, Write


class Formula(Scene):
    def construct(self):
        first, second = Text({_FIRST!r}, font_size=60), Text({_NEXT!r}, font_size=60)
        self.play(Write(first), run_time=2)
        self.wait(1)
        self.play(Transform(first, second), run_time=2)
        self.wait(1)
"""

_OURS = f"""
import bazaar_nb as bz

first, second = bz.words.Math({_FIRST!r}, size=90), bz.words.Math({_NEXT!r}, size=90)


@bz.scene(duration={SECONDS})
def formula(frame):
    written, becomes = frame.sequence(3, 3)
    return first.write(written) if written.is_on else first.become(second, becomes, duration=2)


if __name__ == "__main__":
    film = bz.Composition([formula()], background="black")
    film.export("./formula.mp4", progress=False)
"""


def measure_formulas(bench: Bench) -> list[Table]:
    """Measure both, in turn; without manim there is nothing to compare with, and that is said."""
    table = Table(
        f"A formula that writes itself and becomes the next, {SECONDS} s at 1080p30, whole programs",
        ["", "export s", "manim s", "ratio", "target", ""],
    )
    python = os.environ.get("BAZAAR_MANIM")
    if not python:
        table.add("no manim: say BAZAAR_MANIM=/path/to/python", "", "", "", f"{TARGET:g}", "")
        return [table]
    pairs = []
    for number in range(bench.repeat):
        folder = bench.folder / f"formula-{number}"
        folder.mkdir()
        (folder / "theirs.py").write_text(_MANIM)
        (folder / "ours.py").write_text(_OURS)
        command = [
            python,
            "-m",
            "manim",
            "-r",
            "1920,1080",
            "--fps",
            "30",
            "--disable_caching",
            "theirs.py",
            "Formula",
        ]
        pairs.append((_run([sys.executable, "ours.py"], folder), _run(command, folder)))
    ratio = median(ours / theirs for ours, theirs in pairs)
    seconds = (f"{median(pair[side] for pair in pairs):.2f}" for side in (0, 1))
    table.add("formula", *seconds, f"{ratio:.2f}", f"{TARGET:g}", mark(ratio <= TARGET))
    return [table]


def _run(command: list[str], folder: Path) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - began
