"""What `python -m tests.benchmarks` measures. Each function gives a table.

Times are compared as ratios of runs that follow each other, and of those the
median is taken. On a machine that others use too, trust the ratio of CPU time:
there the side with more threads gets more of the cores.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil

import bazaar_nb as bz
from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.media.export_options import resolve_settings
from bazaar_nb.render.evaluation import evaluate_segment
from bazaar_nb.render.plan import cut_film
from bazaar_nb.render.segment_key import frame_runs, segment_key
from bazaar_nb.scene.tree import FrameTree
from tests.benchmarks.array_scenes import (
    line_scene,
    many_points_scene,
    noisy_line_scene,
    points_scene,
    sizes_scene,
)
from tests.benchmarks.encode_only import decoded_frames, encode_alone, luma, ready_frames
from tests.benchmarks.fresh import LITERAL, export_in_fresh_process
from tests.benchmarks.quality_front import luma_ssim
from tests.benchmarks.tables import Table, mark
from tests.benchmarks.workloads import FPS, WORKLOADS, title_scene

EXPORT_TARGETS = {"title": 0.95, "chart": 1.1, "montage": 1.2, "hold": 0.95}
QUALITY_TARGET, BYTES_TARGET, SSIM_TARGET = 0.6, 1.4, -0.002
EDIT_TARGET, UNCHANGED_TARGET = 0.2, 0.05
PLANNING_TARGET_MS = 0.3
MEMORY_TARGETS_MB, GROWTH_TARGET = {"title": 400, "montage": 400, "slideshow": 450}, 1.1
# Of each: the scene, and the most that planning, drawing (ms a frame) and an export (of real time) may take.
ARRAY_SCENES: dict[str, tuple[Any, float | None, float | None, float | None]] = {
    "10,000 moving points": (points_scene, 1.5, 10, 1),
    "10,000 moving points of many sizes": (sizes_scene, 1.5, 10, 1),
    "100,000 moving points": (many_points_scene, None, None, None),
    "a moving line of 10,000 points": (line_scene, 1, 4, None),
    "a noisy line of 10,000 points": (noisy_line_scene, 1, 4, None),
}
_EVERY = 7  # frames between two that are compared


@dataclass(frozen=True)
class Bench:
    """What all measurements share.

    Attributes
    ----------
    folder : Path
        For photos, sounds, movies and stores.
    engine : LocalEngine
        Workers that have started already.
    repeat : int
        How often a pair of times is taken.
    quick : bool
        Shorter films where length is all that is lost.
    films : int
        How many films a batch has.
    """

    folder: Path
    engine: bz.LocalEngine
    repeat: int
    quick: bool
    films: int = 200

    @contextmanager
    def workspace(self) -> Iterator[bz.Workspace]:
        """Give a workspace with an empty store."""
        with tempfile.TemporaryDirectory(dir=self.folder) as root:
            yield bz.Workspace(root, engine=self.engine)

    def warm_up(self) -> None:
        """Have the workers started and everything imported."""
        with self.workspace() as workspace:
            export(bz.Composition([title_scene(duration=1)], fps=FPS), workspace)


@dataclass(frozen=True)
class Pairs:
    """Exports and encoding alone of the same film, in turn.

    Attributes
    ----------
    exports_s, alone_s : list of float
    cpu_ratio : float
        CPU time of the last export, all processes together, by that of encoding alone.
    render : Render
        The last export.
    size_bytes : int
        Of what encoding alone wrote.
    ssim, alone_ssim : float
        Luma SSIM of both movies against the drawn frames.
    """

    exports_s: list[float]
    alone_s: list[float]
    cpu_ratio: float
    render: bz.Render
    size_bytes: int
    ssim: float
    alone_ssim: float

    @property
    def ratio(self) -> float:
        """The median of what an export takes of what encoding alone takes."""
        return median(a / b for a, b in zip(self.exports_s, self.alone_s, strict=True))


def time_pairs(bench: Bench, workload: str, **settings: Any) -> Pairs:
    """Export a workload and encode its ready frames alone, as often as `bench.repeat` says."""
    film = WORKLOADS[workload](bench.folder)
    frames = ready_frames(film)
    alone_path, movie = bench.folder / "alone.mp4", bench.folder / "export.mp4"
    exports_s, alone_s = [], []
    for _ in range(bench.repeat):
        began = time.process_time()
        alone = encode_alone(frames, alone_path, film.fps)
        alone_s.append(alone.seconds)
        alone_cpu_s = time.process_time() - began
        cpu_s = cpu_seconds(bench.engine)
        with bench.workspace() as workspace:
            seconds, render = export(film, workspace, movie, **settings)
        exports_s.append(seconds)
        cpu_ratio = (cpu_seconds(bench.engine) - cpu_s) / alone_cpu_s
    scores = []
    for path in (movie, alone_path):
        shown = enumerate(decoded_frames(path))
        seen = [luma_ssim(luma(frames[i]), luma(frame)) for i, frame in shown if i % _EVERY == 0]
        scores.append(sum(seen) / len(seen))
    return Pairs(exports_s, alone_s, cpu_ratio, render, alone.size_bytes, *scores)


def export_tables(bench: Bench) -> list[Table]:
    """Measure exports against encoding alone, both with x264's preset medium at CRF 23."""
    ratios = Table(
        "Export / encode-only, x264 medium CRF 23",
        ["workload", "export s", "encode-only s", "ratio", "target", "", "CPU ratio", "first export s"],
    )
    stages = Table(
        "Where workers spend their time, ms a frame (x264 medium CRF 23)",
        ["workload", "draw", "convert", "encode", "store", "segments", "plan s", "sound s", "join s"],
    )
    for name, target in EXPORT_TARGETS.items():
        pairs = time_pairs(bench, name, **LITERAL)
        cold = export_in_fresh_process(name, 10, bench.folder, literal=True)
        ratios.add(
            name,
            f"{median(pairs.exports_s):.2f}",
            f"{median(pairs.alone_s):.2f}",
            f"{pairs.ratio:.2f}",
            f"{target:.2f}",
            mark(pairs.ratio <= target),
            f"{pairs.cpu_ratio:.2f}",
            f"{cold.export_s:.2f}",
        )
        spent, frames = pairs.render.timings, pairs.render.frames
        stages.add(
            name,
            *(
                f"{spent[stage] * 1e3 / frames:.2f}"
                for stage in ("draw_s", "convert_s", "encode_s", "store_s")
            ),
            str(pairs.render.segments),
            *(f"{spent[stage]:.3f}" for stage in ("plan_s", "sound_s", "join_s")),
        )
    return [ratios, stages]


def quality_tables(bench: Bench) -> list[Table]:
    """Measure the default settings against encoding alone with x264's preset medium at CRF 23."""
    table = Table(
        f"Defaults (quality medium) / encode-only at x264 medium CRF 23; targets: time {QUALITY_TARGET}, "
        f"bytes {BYTES_TARGET}, luma SSIM {SSIM_TARGET}; montage for information",
        ["workload", "export s", "time", "", "CPU", "bytes", "", "SSIM", "difference", ""],
    )
    for name in EXPORT_TARGETS:
        pairs = time_pairs(bench, name)
        size, ssim = pairs.render.size_bytes / pairs.size_bytes, pairs.ssim - pairs.alone_ssim
        table.add(
            name,
            f"{median(pairs.exports_s):.2f}",
            f"{pairs.ratio:.2f}",
            mark(pairs.ratio <= QUALITY_TARGET),
            f"{pairs.cpu_ratio:.2f}",
            f"{size:.2f}",
            mark(size <= BYTES_TARGET),
            f"{pairs.ssim:.4f}",
            f"{ssim:+.4f}",
            mark(ssim >= SSIM_TARGET),
        )
    return [table]


def reexport_tables(bench: Bench) -> list[Table]:
    """Measure exporting again: ten equal scenes with one edited, and with none."""
    texts = [f"Chapter {number}" for number in range(1, 11)]
    edited = [*texts[:4], "Chapter five", *texts[5:]]
    firsts, edits, sames = [], [], []
    for _ in range(bench.repeat):
        with bench.workspace() as workspace:
            first, _ = export(_chapters(texts), workspace)
            edit, _ = export(_chapters(edited), workspace)
            same, _ = export(_chapters(edited), workspace)
        firsts.append(first)
        edits.append(edit / first)
        sames.append(same / first)
    table = Table("Ten scenes of 3 s, exported again", ["", "s", "of the first", "target", ""])
    table.add("first export", f"{median(firsts):.2f}", "1", "", "")
    for what, ratios, target in (
        ("one scene edited", edits, EDIT_TARGET),
        ("nothing changed", sames, UNCHANGED_TARGET),
    ):
        ratio = median(ratios)
        seconds = ratio * median(firsts)
        table.add(what, f"{seconds:.3f}", f"{ratio:.3f}", f"{target}", mark(ratio <= target))
    return [table]


def planning_tables(bench: Bench) -> list[Table]:
    """Measure evaluating, pinning, cutting and keying frames of twenty elements."""
    film = bz.Composition([twenty_elements(duration=10)], fps=FPS)
    settings = resolve_settings((film.width, film.height), film.fps)
    times = []
    for _ in range(max(5, bench.repeat)):
        began = time.perf_counter()
        planned = sum(
            evaluate_segment(film, *cut, settings, Pinner(str)).frames
            for cut in cut_film(film, 0, film.frames)
        )
        times.append((time.perf_counter() - began) * 1e3 / planned)
    table = Table("Planning a frame of 20 elements", ["ms a frame", "target", ""])
    table.add(f"{median(times):.3f}", f"{PLANNING_TARGET_MS}", mark(median(times) <= PLANNING_TARGET_MS))
    return [table]


@bz.scene
def twenty_elements(frame: bz.Frame) -> list[bz.Element]:
    """Ten boxes and ten labels, each on a spring or a curve of its own."""
    elements: list[bz.Element] = []
    for row in range(10):
        rise = bz.spring(frame, start=row / 10)
        width = bz.interpolate(
            frame.time, (0, 2, 10), (0, 600 + 10 * row, 900), easing=bz.ease_in_out(bz.cubic)
        )
        color = bz.interpolate(frame.progress, (0, 1), ("#38bdf8", "#f87171"))
        y = 60 + row * 100
        elements.append(bz.Rect(x=300, y=y, width=width, height=70, anchor="left", fill=color, opacity=0.9))
        elements.append(bz.Text(f"Row {row}: {width:.0f}", size=40, x=280 * rise, y=y, anchor="right"))
    return elements


def memory_tables(bench: Bench) -> list[Table]:
    """Measure the largest resident memory of any process, for a short and a long film."""
    long_s = 60 if bench.quick else 300
    table = Table(
        f"Peak memory of any process, MB (targets {MEMORY_TARGETS_MB}; long / short at most {GROWTH_TARGET})",
        [
            "workload",
            "settings",
            "10 s",
            "",
            f"{long_s} s",
            "",
            "long / short",
            "",
            "10 s, seen from outside",
        ],
    )
    for name, target_mb in MEMORY_TARGETS_MB.items():
        for literal in (False, True):
            short = export_in_fresh_process(name, 10, bench.folder, literal=literal)
            long = export_in_fresh_process(name, long_s, bench.folder, literal=literal)
            growth = long.reported_bytes / short.reported_bytes
            cells = []
            for run in (short, long):
                megabytes = run.reported_bytes / 1e6
                cells += [f"{megabytes:.0f}", mark(megabytes <= target_mb)]
            settings = "medium CRF 23" if literal else "defaults"
            seen = f"{short.seen_bytes / 1e6:.0f}"
            table.add(name, settings, *cells, f"{growth:.2f}", mark(growth <= GROWTH_TARGET), seen)
    return [table]


def array_tables(bench: Bench) -> list[Table]:
    """Measure what charts of arrays cost: planning and drawing a frame, and an export."""
    table = Table(
        "Charts of arrays at 1080p, CPU ms a frame; export: 10 s of 30 frames/s, of which real time is 1.00",
        ["frame", "plan", "target", "", "draw", "target", "", "export", "target", "", "encode-only"],
    )
    for name, (scene, plan_target, draw_target, slowest) in ARRAY_SCENES.items():
        film = bz.Composition([scene(duration=2 if bench.quick else 10)], fps=FPS)
        plan_ms, draw_ms = array_frame_ms(film)
        frames = ready_frames(film)
        alone = encode_alone(frames, bench.folder / "alone.mp4", film.fps).seconds / float(film.duration)
        del frames
        with bench.workspace() as workspace:
            share = export(film, workspace)[0] / float(film.duration)
        table.add(
            name,
            *(f"{plan_ms:.2f}", *_against(plan_ms, plan_target)),
            *(f"{draw_ms:.1f}", *_against(draw_ms, draw_target)),
            *(f"{share:.2f}", *_against(share, slowest)),
            f"{alone:.2f}",
        )
    return [table]


def array_frame_ms(film: bz.Composition) -> tuple[float, float]:
    """Give the CPU milliseconds that a frame takes to be evaluated, pinned and keyed, and to be drawn.

    Each is the median over a film's frames. Drawing is of the frame less that of its background.
    """
    settings = resolve_settings((film.width, film.height), film.fps)
    renderer = Renderer(film.width, film.height, Path)
    pixels = np.empty((film.height, film.width, 4), np.uint8)
    empty = FrameTree(film.width, film.height, film.frame(0).elements[:2])
    pinner = Pinner(str)
    plans, draws = [], []
    for index in range(0, film.frames, max(1, film.frames // 60)):
        began = time.thread_time()
        tree = pinner.pin(film.frame(index))
        segment_key(settings, frame_runs([tree.to_msgpack()]))
        planned = time.thread_time()
        renderer.draw(empty, pixels)
        background = time.thread_time()
        renderer.draw(tree, pixels)
        drawn = time.thread_time()
        plans.append((planned - began) * 1e3)
        draws.append((drawn - 2 * background + planned) * 1e3)
    return median(plans), median(draws)


def _against(value: float, target: float | None) -> tuple[str, str]:
    return ("", "") if target is None else (f"{target:g}", mark(value <= target))


MEASURES = {
    "export": export_tables,
    "quality": quality_tables,
    "reexport": reexport_tables,
    "planning": planning_tables,
    "arrays": array_tables,
    "memory": memory_tables,
}


def cpu_seconds(engine: bz.LocalEngine) -> float:
    """Give the CPU seconds that this process and the workers have used."""
    workers = (psutil.Process(pid).cpu_times() for pid in engine.worker_pids())
    return time.process_time() + sum(times.user + times.system for times in workers)


def _chapters(texts: list[str]) -> bz.Composition:
    return bz.Composition([title_scene(text, duration=3) for text in texts], fps=FPS)


def export(
    film: bz.Composition, workspace: bz.Workspace, target: Path | str = "film.mp4", **settings: Any
) -> tuple[float, bz.Render]:
    """Export a film; give the seconds that it took, and the movie."""
    # With the progress bar, as people have it, but not between the tables.
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        began = time.perf_counter()
        render = film.export(target, workspace=workspace, **settings)
        return time.perf_counter() - began, render
