"""Three files of one film in one call, against their encodings alone and one drawing: CPU time, one process.

``python -m tests.benchmarks.several_files``. The peer is what the workers themselves measured when each file
was made alone: the sum of all encodings and conversions, and the drawing of one of them.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import bazaar_nb as bz
from bazaar_nb.workspace import Workspace

NAMES = ("a.mp4", "a.webm", "a.mov")
LIMIT = 1.1


@bz.scene(duration=5)
def title(frame: bz.Frame) -> list[bz.Element]:
    sky = bz.LinearGradient(("#1e1b4b", "#7c3aed", "#f472b6"), angle=30 + frame.index)
    card = bz.Rect(width=900, height=420, radius=40, fill="white", shadow=bz.Shadow(blur=60, dy=20))
    return [bz.Fill(sky), card, bz.Text(f"Frame {frame.index}", size=140, weight=800, color="#1e1b4b")]


def measure() -> tuple[float, float]:
    """Give the CPU seconds of one call, and those of all encodings and one drawing."""
    film = bz.Composition([title()], width=1280, height=720, fps=25)
    alone = 0.0
    with TemporaryDirectory() as folder:
        for number, name in enumerate(NAMES):
            where = Workspace(Path(folder) / name, engine="inline")
            began = time.process_time()
            render = film.export(name, workspace=where, progress=False)
            cpu = time.process_time() - began
            wall = sum(render.timings[f"{stage}_s"] for stage in ("draw", "convert", "encode", "plan"))
            drawing = (render.timings["draw_s"] + render.timings["plan_s"]) / wall
            alone += cpu if number == 0 else cpu * (1 - drawing)
        where = Workspace(Path(folder) / "together", engine="inline")
        began = time.process_time()
        film.export(list(NAMES), workspace=where, progress=False)
        return time.process_time() - began, alone


if __name__ == "__main__":
    together, alone = measure()
    ratio = together / alone
    print(
        f"together {together:.1f} s, encodings and one drawing {alone:.1f} s: {ratio:.2f} (at most {LIMIT})"
    )
    raise SystemExit(ratio > LIMIT)
