"""Scenes that compute: pandas, and arrays of the frame's own size."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np
import pandas as pd
from numpy.typing import NDArray

import bazaar_nb as bz
from tests.benchmarks.encode_only import encode_alone, ready_frames
from tests.benchmarks.measures import Bench, export
from tests.benchmarks.tables import Table, mark
from tests.benchmarks.workloads import FPS

HOME_TARGET, ARRAYS_TARGET, ARRAYS_HOME_TARGET, FIRST_SIGN_S = 0.6, 0.55, 1.0, 0.3
_ROWS, _BARS = 60_000, 12
_ARRAY_FRAMES = 150
_YS, _XS = np.mgrid[0:1080, 0:1920].astype(np.float32)


def sales_table() -> pd.DataFrame:
    """Give 60,000 sales of twelve shops over ten seconds."""
    chance = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "shop": chance.choice([f"Shop {number}" for number in range(_BARS)], _ROWS),
            "at": chance.uniform(0, 10, _ROWS),
            "amount": chance.gamma(2, 20, _ROWS),
        }
    )


@bz.scene(duration=10)
def sales(frame: bz.Frame, table: pd.DataFrame, times: int = 1, lock: Any = None) -> list[bz.Element]:
    """Twelve bars of what was sold until now, asked of the table itself, as people do."""
    for _ in range(times):
        sold = table[table["at"] <= frame.time].groupby("shop")["amount"].sum()
    elements: list[bz.Element] = [bz.Fill("#0f172a")]
    for row, (shop, amount) in enumerate(sold.items()):
        y = 80 + row * 80
        elements.append(bz.Rect(x=300, y=y, width=amount / 150, height=50, anchor="left", fill="#38bdf8"))
        elements.append(bz.Text(str(shop), x=280, y=y, size=30, anchor="right", color="white"))
        label = f"{amount:,.0f}"
        elements.append(
            bz.Text(label, x=320 + amount / 150, y=y, size=30, anchor="left", color="white", tabular=True)
        )
    return elements


def field(index: int) -> NDArray[np.uint8]:
    """Give waves that run over a full-HD picture, as a simulation would: some 20 ms."""
    waves = np.sin(_XS / 90 + index / 9) + np.cos(_YS / 60 - index / 13)
    level = ((waves + 2) * 63.75).astype(np.uint8)
    return np.dstack((level, 255 - level, level // 2))


@bz.scene(duration=_ARRAY_FRAMES / FPS)
def fields(frame: bz.Frame, lock: Any = None) -> bz.Element:
    """An array of the frame's own size, anew in each frame."""
    return bz.Pixels(field(frame.index))  # type: ignore[arg-type]


def plain_loop(path: Path) -> float:
    """Encode the same arrays as people do without us, x264 medium; give the seconds."""
    began = time.perf_counter()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "23", "preset": "medium"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        stream.codec_context.thread_type = "AUTO"
        for index in range(_ARRAY_FRAMES):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(field(index), format="rgb24")))
        container.mux(stream.encode(None))
    return time.perf_counter() - began


def evaluation_tables(bench: Bench) -> list[Table]:
    """Measure scenes that compute, evaluated by workers and at home."""
    table = sales_table()
    lock = threading.Lock()  # which keeps a film at home
    pandas = Table(
        "A scene that asks pandas, 10 s of 1080p, at defaults",
        ["scene", "workers s", "at home s", "ratio", "target", "", "first sign s", "", "encode-only s"],
    )
    for times in (1, 4):
        films = [bz.Composition([sales(table, times, held)], fps=FPS) for held in (None, lock)]
        began = time.perf_counter()
        for index in range(0, 300, 10):
            films[0].frame(index)
        scene_ms = (time.perf_counter() - began) * 1e3 / 30
        alone = encode_alone(ready_frames(films[0]), bench.folder / "alone.mp4", films[0].fps).seconds
        pairs, signs = [], []
        for _ in range(bench.repeat):
            seconds, sign = _export_watched(bench, films[0])
            pairs.append((seconds, _export_watched(bench, films[1])[0]))
            signs.append(sign)
        workers, home = (median(side) for side in zip(*pairs, strict=True))
        ratio, sign = median(a / b for a, b in pairs), median(signs)
        pandas.add(
            f"{scene_ms:.1f} ms a frame", f"{workers:.2f}", f"{home:.2f}", f"{ratio:.2f}", f"{HOME_TARGET}",
            mark(ratio <= HOME_TARGET), f"{sign:.2f}", mark(sign <= FIRST_SIGN_S), f"{alone:.2f}",
        )  # fmt: skip
    arrays = Table(
        "Arrays of 1920x1080, 150 frames, beside a plain loop at x264 medium",
        ["evaluated", "export s", "loop s", "ratio", "target", "", "ms a frame: plan, draw, convert, encode"],
    )
    for name, held, target in (("by workers", None, ARRAYS_TARGET), ("at home", lock, ARRAYS_HOME_TARGET)):
        film = bz.Composition([fields(held)], fps=FPS)
        both = []
        for _ in range(bench.repeat):
            with bench.workspace() as workspace:
                seconds, render = export(film, workspace)
            both.append((seconds, plain_loop(bench.folder / "loop.mp4")))
        ratio = median(a / b for a, b in both)
        stages = ", ".join(
            f"{render.timings[stage] * 1e3 / _ARRAY_FRAMES:.1f}"
            for stage in ("plan_s", "draw_s", "convert_s", "encode_s")
        )
        arrays.add(
            name, f"{median(a for a, _ in both):.2f}", f"{median(b for _, b in both):.2f}", f"{ratio:.2f}",
            f"{target}", mark(ratio <= target), stages,
        )  # fmt: skip
    return [pandas, arrays]


def _export_watched(bench: Bench, film: bz.Composition) -> tuple[float, float]:
    """Export; give the seconds, and after how many of them there was a first sign of progress."""
    with bench.workspace() as workspace:
        began, sign = time.perf_counter(), 0.0
        job = film.submit(workspace=workspace)
        while not job.done:
            if not sign and job.progress.fraction > 0:
                sign = time.perf_counter() - began
            time.sleep(0.005)
        job.result()
        return time.perf_counter() - began, sign
