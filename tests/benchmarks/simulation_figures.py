"""What the simulator rests on where no history tells it, measured here beside what is built in.

Figures of a bucket and of a cluster's start can't be measured on one machine: those are
assumed, and `bazaar simulate` says so.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import Future
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from statistics import mean, median

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.media.join import join_movie
from bazaar_nb.media.segment_packets import SegmentPart
from bazaar_nb.render.engines.engine import InlineEngine
from bazaar_nb.render.task import SegmentResult, SegmentTask
from bazaar_nb.simulation.figures import Figures, figures_of
from tests.benchmarks import workloads
from tests.benchmarks.measures import Bench
from tests.benchmarks.tables import Table
from tests.media.sound_files import write_wav

_MANY = 1_000


def built_in_figures(bench: Bench) -> Table:
    """Measure each, and put it beside what is built in."""
    table = Table(
        "Figures that the simulator has built in, and the same measured here",
        ["figure", "built in", "here", "here / built in"],
    )
    there = Figures()
    frame_s, frame_bytes, pixel_power = _frames(bench)
    dispatch_s = _dispatch(bench)
    join_segment_s, join_bytes_s = _joining(bench)
    begin_and_end_s = _around(bench)
    for name, built_in, here, unit, scale in (
        ("a frame of 1080p, a core", there.frame_s, frame_s, "ms", 1e3),
        ("its bytes", there.frame_bytes, frame_bytes, "kB", 1e-3),
        ("power of pixels", there.pixel_power, pixel_power, "", 1),
        ("a local worker's start", there.start_s, _start(), "s", 1),
        ("handing in a segment", there.dispatch_s, dispatch_s, "ms", 1e3),
        ("before and after", there.begin_s + there.end_s, begin_and_end_s, "s", 1),
        ("sound, times real time", there.sound_rate, _sound(bench), "", 1),
        ("joining a segment", there.join_segment_s, join_segment_s, "ms", 1e3),
        ("joining, bytes a second", there.join_bytes_s, join_bytes_s, "MB/s", 1e-6),
    ):
        table.add(
            name, f"{built_in * scale:.3g} {unit}", f"{here * scale:.3g} {unit}", f"{here / built_in:.2f}"
        )
    return table


def _frames(bench: Bench) -> tuple[float, float, float]:
    """Give seconds and bytes of a 1080p frame, and with which power of its pixels time grows."""
    seconds: dict[str, list[float]] = {"1080p": [], "4k": []}
    sizes = []
    engine = bz.LocalEngine(1)
    for make in (workloads.title, workloads.chart, workloads.montage):
        film = make(bench.folder, 4)
        for size in seconds:
            root = bench.folder / f"figures-{make.__name__}-{size}"
            where = bz.Workspace(root, engine=engine)
            film.export("warm.mp4", workspace=where, progress=False, resolution=size, frame_range=(0, 5))
            render = film.export("film.mp4", workspace=where, progress=False, resolution=size)
            rows = where.history.segments(render_id=render.id)
            figures = figures_of(_four(rows), "here", Figures(pixel_power=0.0))
            seconds[size].append(figures.frame_s)
            if size == "1080p":
                sizes.append(figures.frame_bytes)
    engine.close()
    power = math.log(mean(seconds["4k"]) / mean(seconds["1080p"])) / math.log(4)
    return mean(seconds["1080p"]), mean(sizes), power


def _four(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([rows] * 4, ignore_index=True)  # short films have fewer than a simulation wants


def _start() -> float:
    taken = []
    for _ in range(3):
        engine = bz.LocalEngine(1)
        began = time.perf_counter()
        engine.warm()
        while not engine.is_ready:
            time.sleep(0.005)
        taken.append(time.perf_counter() - began)
        engine.close()
    return median(taken)


@bz.scene
def _black(frame: bz.Frame) -> list[bz.Element]:
    return [bz.Fill("black")]


class _AnsweringEngine(InlineEngine):
    """Answers at once: what remains is the coordinator."""

    evaluates = True
    workers = 64
    room = 65
    submitted: tuple[float, float] = (0.0, 0.0)

    def submit(self, task: SegmentTask) -> Future[SegmentResult]:
        now = time.process_time()
        self.submitted = (self.submitted[0] or now, now)
        future: Future[SegmentResult] = Future()
        key = f"{task.first_frame:040x}"
        future.set_result(SegmentResult(key=key, size_bytes=1, drawn=75, held=0, peak_memory_bytes=0))
        return future


def _dispatch(bench: Bench) -> float:
    """Give what a segment takes of the coordinator from its hand-in to the next one's."""
    engine = _AnsweringEngine()
    where = bz.Workspace(bench.folder / "figures-dispatch", engine=engine)
    film = bz.Composition([_black(duration=2.5 * _MANY)], width=480, height=270, fps=30)
    with suppress(bz.BazaarError):  # there are no segments to be joined
        film.export("film.mp4", workspace=where, progress=False)
    return (engine.submitted[1] - engine.submitted[0]) / _MANY


def _around(bench: Bench) -> float:
    """Give what a render takes beside its one segment."""
    where = bz.Workspace(bench.folder / "figures-around", engine="inline")
    taken = []
    for number in range(5):
        film = bz.Composition([_black(duration=Fraction(number + 1, 30))], width=64, height=36, fps=30)
        began = time.perf_counter()
        render = film.export(f"{number}.mp4", workspace=where, progress=False)
        rows = where.history.segments(render_id=render.id)
        inside = rows[["evaluate_s", "draw_s", "convert_s", "encode_s", "store_s"]].astype(float).sum().sum()
        taken.append(time.perf_counter() - began - float(inside))
    return median(taken)


def _sound(bench: Bench) -> float:
    """Give how many seconds of sound are mixed and encoded in a second."""
    from bazaar_nb.media.sound_track import encode_track

    seconds = 120
    wave = 0.3 * np.sin(np.arange(48_000 * seconds) / 17)
    path = write_wav(bench.folder / "figures.wav", wave)
    began = time.perf_counter()
    sounds = [bz.Sound(str(path), fade_out=1), bz.Sound(str(path), start=30, gain_db=-12)]
    encode_track(sounds, Fraction(seconds), bench.folder / "figures.m4a", "aac")
    return seconds / (time.perf_counter() - began)


def _joining(bench: Bench) -> tuple[float, float]:
    """Give what joining takes a segment, and its bytes a second: of many small and few large ones."""
    taken = []
    for bit_rate, count in ((200_000, 400), (25_000_000, 40)):
        settings = resolve_settings((480, 270), Fraction(30), bitrate=bit_rate)
        segment = bench.folder / f"figures-{bit_rate}.mp4"
        _noise(segment, bit_rate)
        parts = [SegmentPart(str(segment), 75)] * count
        target = bench.folder / "figures-joined.mp4"
        began = time.perf_counter()
        join_movie(parts, target, settings)
        taken.append((count, target.stat().st_size, time.perf_counter() - began))
    (few, little, small_s), (many, much, large_s) = taken
    matrix = np.array([[few, little], [many, much]], float)
    segment_s, byte_s = np.linalg.solve(matrix, np.array([small_s, large_s]))
    return float(segment_s), float(1 / max(byte_s, 1e-12))


def _noise(path: Path, bit_rate: int) -> None:
    from bazaar_nb.media.segment import encode_segment

    settings = resolve_settings((480, 270), Fraction(30), bitrate=bit_rate)
    chance = np.random.default_rng(1)

    def draw(_: int, pixels: NDArray[np.uint8]) -> bool:
        pixels[...] = chance.integers(0, 256, pixels.shape, np.uint8)
        return True

    encode_segment(path, settings, 75, draw)
