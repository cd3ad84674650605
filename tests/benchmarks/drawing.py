"""What drawing and converting a frame costs: as a whole, and over the frame before."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import cast

import av
import numpy as np
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.media.yuv_conversion import YuvConverter
from bazaar_nb.scene.elements import Pixels
from bazaar_nb.scene.tree import FrameTree
from tests.benchmarks.encode_only import encode_alone, ready_frames
from tests.benchmarks.measures import Bench, export
from tests.benchmarks.plain_loop import export_chart
from tests.benchmarks.tables import Table, mark
from tests.benchmarks.workloads import WORKLOADS

CHART_TARGET_MS = 3.0  # drawing and converting together
ARRAY_TARGET_MS = 3.0
NOT_SLOWER = 1.05  # of drawing as a whole, where all of a frame changes
LOOP_TARGET, ENCODE_TARGET = 0.25, 0.55
_FROM, _FRAMES = 100, 60  # in the middle of the film


@dataclass(frozen=True)
class Costs:
    """CPU milliseconds of each frame, drawn as a whole and over the one before, in turn."""

    whole: list[tuple[float, float]] = field(default_factory=list)
    over: list[tuple[float, float]] = field(default_factory=list)
    areas: list[float] = field(default_factory=list)
    """The share of the picture that is told to have changed."""

    @property
    def ratio(self) -> float:
        """Drawing and converting over the frame before, by doing it as a whole: the median of the frames."""
        return median(sum(b) / sum(a) for a, b in zip(self.whole, self.over, strict=True))


def drawing_costs(film: bz.Composition, size: tuple[int, int]) -> Costs:
    """Draw some frames both ways; the pictures must be the same."""
    pinner, costs = Pinner(str), Costs()
    renderers = Renderer(*size, Path), Renderer(*size, Path)
    frames = [av.VideoFrame(*size, "bgr0") for _ in range(2)]
    views = [_pixels(frame) for frame in frames]
    whole, over = (YuvConverter(frame) for frame in frames)
    kept = KeptFrame(views[1])
    for index in range(_FROM, _FROM + _FRAMES):
        packed = pinner.pin(film.frame(index)).to_msgpack()
        first, second = (FrameTree.from_msgpack(packed) for _ in range(2))
        clock = time.thread_time
        times = [clock()]
        renderers[0].draw(first, views[0])
        times.append(clock())
        whole.convert()
        times.append(clock())
        changed = renderers[1].redraw(second, kept)
        times.append(clock())
        over.convert(changed)
        times.append(clock())
        assert np.array_equal(views[0], views[1]), index
        spent = [(after - before) * 1e3 for before, after in pairwise(times)]
        if index > _FROM + 2:  # the first are drawn as a whole, and read fonts
            costs.whole.append((spent[0], spent[1]))
            costs.over.append((spent[2], spent[3]))
            changed_pixels = sum(part.width * part.height for part in changed)
            costs.areas.append(changed_pixels / (size[0] * size[1]))
    return costs


def _pixels(frame: av.VideoFrame) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    rows = np.frombuffer(cast("memoryview", plane), np.uint8).reshape(frame.height, plane.line_size // 4, 4)
    return rows[:, : frame.width]


def measure_drawing(bench: Bench) -> list[Table]:
    """Measure drawing and converting a frame, and the chart's export beside the loop that people write."""
    table = Table(
        "Drawing + converting, ms CPU a frame, as a whole and over the frame before (both in one run)",
        ["workload", "whole", "over the frame before", "ratio", "of the picture changes", "target", ""],
    )
    for name, size in (
        *((name, (1920, 1080)) for name in ("title", "chart", "montage")),
        ("chart", (3840, 2160)),
    ):
        costs = drawing_costs(WORKLOADS[name](bench.folder), size)
        both = mean(sum(spent) for spent in costs.over)
        full_hd_chart = name == "chart" and size[0] == 1920
        good = both <= CHART_TARGET_MS if full_hd_chart else costs.ratio <= NOT_SLOWER
        table.add(
            f"{name} {size[0]}x{size[1]}",
            _sum(costs.whole),
            _sum(costs.over),
            f"{costs.ratio:.2f}",
            f"{mean(costs.areas):.2f}",
            f"{CHART_TARGET_MS} ms" if full_hd_chart else f"ratio {NOT_SLOWER}",
            mark(good),
        )
    return [table, _array_table(), _loop_table(bench)]


def array_draw_ms(size: tuple[int, int], channels: int) -> float:
    """Give the CPU milliseconds that drawing an array of the frame's own size takes, anew in each frame."""
    shape = (size[1], size[0], channels)
    array = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    if channels == 4:
        array[:, :, 3] = 255
    files: dict[str, bytes] = {}
    renderer, kept = Renderer(*size, files.__getitem__), KeptFrame(np.empty((*shape[:2], 4), np.uint8))
    spent = []
    for index in range(20):
        array[index, :, :3] = index
        name = f"asset:{index}"
        files[name] = array.tobytes()
        tree = FrameTree(*size, (Pixels(b"", shape=shape, asset=name),))
        began = time.thread_time()
        renderer.redraw(tree, kept)
        spent.append((time.thread_time() - began) * 1e3)
        del files[name]
    return median(spent)


def _array_table() -> Table:
    table = Table("Drawing an array of 1920x1080, ms CPU", ["channels", "ms", "target", ""])
    for channels in (1, 3, 4):
        spent = array_draw_ms((1920, 1080), channels)
        table.add(f"{channels}", f"{spent:.2f}", f"{ARRAY_TARGET_MS}", mark(spent <= ARRAY_TARGET_MS))
    return table


def _loop_table(bench: Bench) -> Table:
    film = WORKLOADS["chart"](bench.folder)
    frames = ready_frames(film)
    ours, alone, loops = [], [], []
    for _ in range(bench.repeat):
        alone.append(encode_alone(frames, bench.folder / "alone.mp4", film.fps).seconds)
        with bench.workspace() as workspace:
            ours.append(export(film, workspace, bench.folder / "chart.mp4")[0])
        loops.append(export_chart(bench.folder / "loop.mp4", film.frames))
    table = Table(
        "The chart at defaults, beside encode-only and a loop of PIL and PyAV (both x264 medium CRF 23)",
        ["beside", "export s", "theirs s", "ratio", "target", ""],
    )
    for what, theirs, target in (("encode-only", alone, ENCODE_TARGET), ("PIL + PyAV", loops, LOOP_TARGET)):
        ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
        table.add(
            what, f"{median(ours):.2f}", f"{median(theirs):.2f}", f"{ratio:.2f}", f"{target}",
            mark(ratio <= target),
        )  # fmt: skip
    return table


def _sum(spent: list[tuple[float, float]]) -> str:
    draw, convert = (mean(part) for part in zip(*spent, strict=True))
    return f"{draw:.2f} + {convert:.2f}"
