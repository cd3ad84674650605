"""matplotlib figures: an animation beside matplotlib's own writer, and what drawing one frame costs.

The chart is that of `tests.benchmarks.workloads.chart_scene`, made of matplotlib's
artists: a race of six bars, and a line of up to 500 points.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import av
import matplotlib as mpl
from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, FuncAnimation
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import bazaar_nb as bz
from bazaar_nb.draw.live_figure import draw_once, make_pair
from tests.benchmarks.fresh import LITERAL
from tests.benchmarks.measures import Bench, cpu_seconds, export
from tests.benchmarks.tables import Table, mark
from tests.benchmarks.workloads import (
    BAR_COLORS,
    CITIES,
    DURATION_S,
    FPS,
    HEIGHT,
    WIDTH,
    chart_between,
    chart_data,
)

WRITER_TARGET = 2.5
_DPI = 100
_POINT = 72 / _DPI  # of a pixel
_DRAWN = 40


def set_up(fig: Figure) -> tuple[Any, ...]:
    """Make the chart's artists, on axes whose units are pixels."""
    fig.set_facecolor("#0f172a")
    axes = fig.add_axes((0, 0, 1, 1))
    axes.axis("off")
    for tick in range(6):  # the axis and five grid lines
        x, color = 300 + tick * 280, "#94a3b8" if tick == 0 else "#334155"
        axes.plot([x, x], [60, 640], color=color, linewidth=2 * _POINT)
    small: dict[str, Any] = {"fontsize": 28 * _POINT, "color": "#94a3b8"}
    large: dict[str, Any] = {"fontsize": 40 * _POINT, "color": "#e2e8f0"}
    ticks = [axes.text(300 + tick * 280, 650, "", ha="center", va="top", **small) for tick in range(6)]
    bars = axes.barh(range(6), [1] * 6, 70, left=300, color=BAR_COLORS)
    names = [axes.text(280, 0, city, ha="right", va="center", **large) for city in CITIES]
    values = [axes.text(0, 0, "", ha="left", va="center", **large) for _ in CITIES]
    (line,) = axes.plot([], [], color="#38bdf8", linewidth=4 * _POINT)
    axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    return ticks, bars, names, values, line


def update(made: tuple[Any, ...], index: int) -> None:
    """Set what a frame shows."""
    ticks, bars, names, values, line = made
    keys, ranks, points = chart_data()
    progress = index / (DURATION_S * FPS - 1)
    at = progress * (len(keys) - 1)
    amounts, places = chart_between(keys, at), chart_between(ranks, at)
    scale = 1400 / amounts.max()
    for tick, text in enumerate(ticks):
        text.set_text(f"{tick * 280 / scale:.0f}")
    for bar, name, value, amount, place in zip(bars, names, values, amounts, places, strict=True):
        y = 105 + place * 95
        bar.set(width=amount * scale, y=y - 35)
        name.set_y(y)
        value.set(position=(315 + amount * scale, y), text=f"{amount:.1f}")
    line.set_data(*points[: round(len(points) * progress)].T)


def plot(fig: Figure, index: int) -> None:
    """Draw a frame on an empty figure."""
    update(set_up(fig), index)


@bz.scene
def anew(frame: bz.Frame) -> bz.Figure:
    """Make the figure in each frame."""
    return bz.Figure(plot, (frame.index,), dpi=_DPI)  # type: ignore[arg-type]


@bz.scene
def kept(frame: bz.Frame) -> bz.Figure:
    """Make the figure once a worker."""
    return bz.Figure(setup=set_up, update=update, args=(frame.index,), dpi=_DPI)  # type: ignore[arg-type]


def animation(frames: int) -> FuncAnimation:
    """Give the chart as people have it."""
    fig = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI)
    FigureCanvasAgg(fig)
    made = set_up(fig)
    return FuncAnimation(
        fig, lambda index: update(made, index), frames=frames, init_func=lambda: None, interval=1000 / FPS
    )


class PyAvWriter(AbstractMovieWriter):
    """What writes where there is no ffmpeg program: the same encoder, in this process."""

    def setup(self, fig: Figure, outfile: Any, dpi: float | None = None) -> None:
        super().setup(fig, outfile, dpi)
        self._container = av.open(str(outfile), "w")
        options = {"preset": str(LITERAL["preset"]), "crf": str(LITERAL["crf"])}
        self._stream = self._container.add_stream("libx264", rate=FPS, options=options)
        self._stream.width, self._stream.height = self.frame_size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.thread_type = "AUTO"

    def grab_frame(self, **savefig_kwargs: Any) -> None:
        canvas: Any = self.fig.canvas
        canvas.draw()
        frame = av.VideoFrame.from_ndarray(canvas.buffer_rgba(), format="rgba")
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()


def figure_tables(bench: Bench) -> list[Table]:
    """Measure a `FuncAnimation` beside matplotlib's own writer, and figures that are kept beside new ones."""
    frames = (2 if bench.quick else DURATION_S) * FPS
    length = frames / FPS
    writer_name = "ffmpeg" if FFMpegWriter.isAvailable() else "PyAV (no ffmpeg program here)"
    exports = Table(
        f"matplotlib, {length:g} s of the chart at 1080p{FPS}, x264 medium CRF 23; its writer: {writer_name}",
        ["how", "s", "CPU s", "own writer / this", "target", ""],
    )
    scenes: dict[str, Callable[[], bz.Scene]] = {
        "bz.from_animation": lambda: bz.from_animation(animation(frames)),
        "bz.Figure(setup, update)": lambda: kept(duration=length),
        "bz.Figure(plot)": lambda: anew(duration=length),
    }
    # Workers import matplotlib before anything is timed: the process of its own writer has done so.
    for make in scenes.values():
        with bench.workspace() as workspace:
            export(bz.Composition([make()], width=320, height=180, fps=1), workspace)
    own_s: list[float] = []
    own_cpu_s: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in scenes}
    cpu_s: dict[str, list[float]] = {name: [] for name in scenes}
    for _ in range(bench.repeat):
        seconds, cpu = own_writer(frames, bench.folder / "own.mp4")
        own_s.append(seconds)
        own_cpu_s.append(cpu)
        for name, make in scenes.items():
            film = bz.Composition([make()], width=WIDTH, height=HEIGHT, fps=FPS)
            before = cpu_seconds(bench.engine)
            with bench.workspace() as workspace:
                taken[name].append(export(film, workspace, **LITERAL)[0])
            cpu_s[name].append(cpu_seconds(bench.engine) - before)
    exports.add("matplotlib's writer", f"{median(own_s):.2f}", f"{median(own_cpu_s):.2f}", "1", "", "")
    for name, times in taken.items():
        ratio = median(own / ours for own, ours in zip(own_s, times, strict=True))
        target = WRITER_TARGET if name == "bz.from_animation" else None
        exports.add(
            name, f"{median(times):.2f}", f"{median(cpu_s[name]):.2f}", f"{ratio:.2f}",
            "" if target is None else f"{target}", "" if target is None else mark(ratio >= target),
        )  # fmt: skip
    return [exports, _drawing()]


def own_writer(frames: int, path: Path) -> tuple[float, float]:
    """Give the seconds, and CPU seconds of all processes, that matplotlib's writer takes."""
    made = animation(frames)
    options = ["-preset", str(LITERAL["preset"]), "-crf", str(LITERAL["crf"])]
    writer: AbstractMovieWriter
    if FFMpegWriter.isAvailable():
        writer = FFMpegWriter(fps=FPS, codec="libx264", extra_args=options)
    else:
        writer = PyAvWriter(fps=FPS)
    began, before = time.perf_counter(), _own_cpu_s()
    made.save(path, writer=writer)
    return time.perf_counter() - began, _own_cpu_s() - before


def _own_cpu_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _drawing() -> Table:
    """Measure what a frame of the chart costs to draw."""
    table = Table(
        "Drawing a frame of the chart with matplotlib at 1080p, CPU ms", ["how", "ms", "of the first"]
    )
    size = (WIDTH, HEIGHT)
    live = make_pair(set_up, update, {}, size=size, dpi=_DPI, fonts=())
    with mpl.rc_context():
        mpl.rcdefaults()
        fig = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI)
        canvas = FigureCanvasAgg(fig)
        made = set_up(fig)

        def bare(index: int) -> None:
            update(made, index)
            canvas.draw()  # type: ignore[no-untyped-call]

        ways: dict[str, Callable[[int], object]] = {
            "made anew": lambda index: draw_once(plot, (index,), {}, size=size, dpi=_DPI),
            "kept, by matplotlib alone": bare,
            "kept": lambda index: live.pixels((index,)),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for start in range(0, 5 * _DRAWN, _DRAWN):
            for name, draw in ways.items():
                draw(start)
                began = time.process_time()
                for index in range(start, start + _DRAWN):
                    draw(index)
                times[name].append((time.process_time() - began) / _DRAWN * 1e3)
    for name, taken in times.items():
        ratio = median(one / other for one, other in zip(taken, times["made anew"], strict=True))
        table.add(name, f"{median(taken):.1f}", "1" if name == "made anew" else f"{ratio:.2f}")
    return table
