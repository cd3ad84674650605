"""The same ten seconds of chart by what people use today, in turn, beside an export at default settings.

The loop of PIL and PyAV and matplotlib are always there. Others are measured where they are:

- ``BAZAAR_MOVIEPY=/path/to/python``, a Python that has moviepy and Pillow;
- ``BAZAAR_REMOTION=/path/to/folder``, where ``npm install remotion @remotion/cli react react-dom`` has
  run. Its bundle is made before anything is timed. ``BAZAAR_REMOTION_BROWSER=/usr/bin/chromium`` has it
  use that one.

All write 1920x1080, 30 fps, h264 in their own manner: moviepy and Remotion with their defaults, the loop
and matplotlib as x264's medium preset at CRF 23. moviepy shows what the loop draws, as its users do for
charts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from bazaar_nb.draw.fonts import FONT_FOLDER
from tests.benchmarks.figures import own_writer
from tests.benchmarks.fresh import LITERAL
from tests.benchmarks.measures import Bench, export
from tests.benchmarks.plain_loop import export_chart
from tests.benchmarks.tables import Table
from tests.benchmarks.workloads import BAR_COLORS, CITIES, DURATION_S, FPS, chart, chart_data

_FRAMES = DURATION_S * FPS

_MOVIEPY = """
import json, sys, time
from functools import partial
import numpy as np
from moviepy import VideoClip
from PIL import Image, ImageDraw, ImageFont

data = json.load(open("data.json"))
keys, ranks, line = (np.array(data[name]) for name in ("keys", "ranks", "line"))
label, large = (ImageFont.truetype(data["font"], size) for size in (28, 40))


def between(rows, at):
    before = min(int(at), len(rows) - 2)
    return rows[before] * (1 - at + before) + rows[before + 1] * (at - before)


def picture(t):
    progress = min(1, round(t * 30) / 299)
    at = progress * (len(keys) - 1)
    values = between(keys, at)
    scale = 1400 / values.max()
    image = Image.new("RGB", (1920, 1080), "#0f172a")
    draw = ImageDraw.Draw(image)
    for tick in range(6):
        x = 300 + tick * 280
        draw.line((x, 60, x, 640), "#94a3b8" if tick == 0 else "#334155", 2)
        draw.text((x, 650), f"{tick * 280 / scale:.0f}", "#94a3b8", label, "mt")
    for city, color, value, rank in zip(data["cities"], data["colors"], values, between(ranks, at)):
        y, length = 105 + rank * 95, value * scale
        draw.rectangle((300, y - 35, 300 + length, y + 35), color)
        draw.text((280, y), city, "#e2e8f0", large, "rm")
        draw.text((315 + length, y), f"{value:.1f}", "#e2e8f0", large, "lm")
    points = [(x, y) for x, y in line[: round(len(line) * progress)].tolist()]
    if len(points) > 1:
        draw.line(points, "#38bdf8", 4, "curve")
    return np.asarray(image)


began = time.perf_counter()
VideoClip(picture, duration=10).write_videofile("film.mp4", fps=30, logger=None)
print(time.perf_counter() - began)
"""


def measure_neighbours(bench: Bench) -> list[Table]:
    """Measure all that are here."""
    table = Table(
        f"The chart, {DURATION_S} s at 1080p30, in turn; load {os.getloadavg()[0]:.1f}",
        ["how", "s", "of bazaar_nb at its defaults"],
    )
    folder = bench.folder / "neighbours"
    folder.mkdir()
    keys, ranks, line = (array.tolist() for array in chart_data())
    told = {"cities": CITIES, "colors": BAR_COLORS, "keys": keys, "ranks": ranks, "line": line}
    font = str(FONT_FOLDER / "Inter-Regular.ttf")
    (folder / "data.json").write_text(json.dumps(told | {"font": font}))

    def ours(**settings: Any) -> float:
        with bench.workspace() as workspace:
            return export(chart(bench.folder), workspace, **settings)[0]

    ways: dict[str, Callable[[], float]] = {
        "bazaar_nb, defaults": ours,
        "bazaar_nb, medium CRF 23": lambda: ours(**LITERAL),
        "PIL and PyAV in a loop": lambda: export_chart(folder / "loop.mp4", _FRAMES),
        "matplotlib.animation, artists kept": lambda: own_writer(_FRAMES, folder / "matplotlib.mp4")[0],
    }
    if python := os.environ.get("BAZAAR_MOVIEPY"):
        ways["moviepy"] = lambda: _moviepy(python, folder)
    if installed := os.environ.get("BAZAAR_REMOTION"):
        _bundle(Path(installed), folder)
        ways["Remotion"] = lambda: _remotion(Path(installed), folder)
    rounds = [{name: way() for name, way in ways.items()} for _ in range(bench.repeat)]
    for name in ways:
        ratio = median(one[name] / one["bazaar_nb, defaults"] for one in rounds)
        table.add(name, f"{median(one[name] for one in rounds):.2f}", f"{ratio:.1f}")
    return [table]


def _moviepy(python: str, folder: Path) -> float:
    (folder / "chart.py").write_text(_MOVIEPY)
    done = subprocess.run([python, "chart.py"], cwd=folder, check=True, capture_output=True, text=True)
    return float(done.stdout)


def _bundle(installed: Path, folder: Path) -> None:
    shutil.copy(Path(__file__).parent / "remotion" / "chart.tsx", installed / "chart.tsx")
    command = ["npx", "remotion", "bundle", "chart.tsx", "--out-dir", str(folder / "bundle")]
    subprocess.run(command, cwd=installed, check=True, capture_output=True)


def _remotion(installed: Path, folder: Path) -> float:
    command = ["npx", "remotion", "render", str(folder / "bundle"), "chart", str(folder / "remotion.mp4")]
    command += ["--overwrite", "--log=error", f"--props={folder / 'data.json'}"]
    if browser := os.environ.get("BAZAAR_REMOTION_BROWSER"):
        command.append(f"--browser-executable={browser}")
    began = time.perf_counter()
    subprocess.run(command, cwd=installed, check=True, capture_output=True)
    return time.perf_counter() - began
