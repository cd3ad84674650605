"""What people write without a library: PIL draws each frame, PyAV encodes it, in one loop.

It shows the chart as `tests.benchmarks.workloads.chart_scene` has it, with the
same font, and encodes as `encode_alone` does.
"""

from __future__ import annotations

import time
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

from bazaar_nb.draw.fonts import FONT_FOLDER
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

_FONT = FONT_FOLDER / "Inter-Regular.ttf"


def chart_fonts() -> tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont]:
    """Give the fonts of the axis, and of names and values."""
    return ImageFont.truetype(str(_FONT), 28), ImageFont.truetype(str(_FONT), 40)


def draw_chart(index: int, label: ImageFont.FreeTypeFont, large: ImageFont.FreeTypeFont) -> PilImage.Image:
    """Draw a frame of the chart."""
    keys, ranks, line = chart_data()
    progress = index / (DURATION_S * FPS - 1)
    at = progress * (len(keys) - 1)
    values = chart_between(keys, at)
    scale = 1400 / values.max()
    image = PilImage.new("RGB", (WIDTH, HEIGHT), "#0f172a")
    draw = ImageDraw.Draw(image)
    for tick in range(6):
        x = 300 + tick * 280
        draw.line((x, 60, x, 640), "#94a3b8" if tick == 0 else "#334155", 2)
        draw.text((x, 650), f"{tick * 280 / scale:.0f}", "#94a3b8", label, "mt")
    for city, color, value, rank in zip(CITIES, BAR_COLORS, values, chart_between(ranks, at), strict=True):
        y, length = 105 + rank * 95, value * scale
        draw.rectangle((300, y - 35, 300 + length, y + 35), color)
        draw.text((280, y), city, "#e2e8f0", large, "rm")
        draw.text((315 + length, y), f"{value:.1f}", "#e2e8f0", large, "lm")
    points = [(x, y) for x, y in line[: round(len(line) * progress)].tolist()]
    if len(points) > 1:
        draw.line(points, "#38bdf8", 4, "curve")
    return image


def export_chart(path: Path, frames: int, *, crf: float = 23, preset: str = "medium") -> float:
    """Write the chart as an mp4, drawn and encoded in turn; give the seconds that it took."""
    began = time.perf_counter()
    fonts = chart_fonts()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": preset, "crf": f"{crf:g}"})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context.thread_type, context.thread_count = "AUTO", 0
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        for index in range(frames):
            picture = np.asarray(draw_chart(index, *fonts))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return time.perf_counter() - began
