"""What people write for charts without a library: PIL draws what a frame shows, PyAV encodes it, in a loop.

Where everything stands is given, so that the loop has less to do than people's own has: of each element one
call of PIL with the same colours, letters and places.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from msgspec.structs import replace
from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

import bazaar_nb as bz
from bazaar_nb.draw.fonts import FONT_FOLDER
from bazaar_nb.values.color import parse_color

_WEIGHTS = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold", 800: "ExtraBold"}
_ANCHORS = {
    "left": "lm", "right": "rm", "top": "mt", "bottom": "mb", "center": "mm", "top-left": "lt",
    "top-right": "rt", "bottom-left": "lb", "bottom-right": "rb",
}  # fmt: skip


def export_elements(path: Path, film: bz.Composition, frames: Sequence[Sequence[Any]]) -> float:
    """Draw and encode frames in turn, as x264 does by default; give the seconds that it took."""
    began = time.perf_counter()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=film.fps, options={"preset": "medium", "crf": "23"})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = film.width, film.height, "yuv420p"
        context.thread_type, context.thread_count = "AUTO", 0
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        for elements in frames:
            picture = np.asarray(draw_elements(elements, film.width, film.height))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return time.perf_counter() - began


def draw_elements(elements: Sequence[Any], width: int, height: int) -> PilImage.Image:
    """Draw what charts are made of."""
    image = PilImage.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image, "RGBA")
    for element in elements:
        _DRAW[type(element)](draw, element)
    return image


def _fill(draw: ImageDraw.ImageDraw, element: bz.Fill) -> None:
    draw.rectangle((0, 0, *draw.im.size), _rgba(element.paint, 1.0))


def _rect(draw: ImageDraw.ImageDraw, element: Any) -> None:
    color = _rgba(element.fill, element.opacity)
    box = (element.x, element.y, element.x + element.width, element.y + element.height)
    radius = max(element.radius) if isinstance(element.radius, tuple) else element.radius
    if radius > 0:
        draw.rounded_rectangle(box, radius, color, corners=(False, True, True, False))
    else:
        draw.rectangle(box, color)


def _ellipse(draw: ImageDraw.ImageDraw, element: Any) -> None:
    radius = element.width / 2
    box = (element.x - radius, element.y - radius, element.x + radius, element.y + radius)
    draw.ellipse(box, _rgba(element.fill, element.opacity))


def _line(draw: ImageDraw.ImageDraw, element: Any) -> None:
    ends = (element.x1, element.y1, element.x2, element.y2)
    draw.line(ends, _rgba(element.stroke.color, element.opacity), max(1, round(element.stroke.width)))


def _text(draw: ImageDraw.ImageDraw, element: Any) -> None:
    font = _font(element.weight, round(element.size))
    anchor = _ANCHORS[element.anchor]
    draw.text((element.x, element.y), element.text, _rgba(element.color, element.opacity), font, anchor)


def _polyline(draw: ImageDraw.ImageDraw, element: Any) -> None:
    x, y = np.broadcast_arrays(element.x.values(), element.y.values())
    stroke = element.stroke
    color, width = _rgba(stroke.color, element.opacity), max(1, round(stroke.width))
    for one, other in zip(np.atleast_2d(x), np.atleast_2d(y), strict=True):
        line = np.stack([one, other], axis=1)
        line = line[~np.isnan(line).any(axis=1)]
        last = 1 + round(min(1.0, max(0.0, element.end)) * (len(line) - 1))
        if last > 1:
            draw.line(line[:last].ravel().tolist(), color, width, "curve")


def _points(draw: ImageDraw.ImageDraw, element: Any) -> None:
    x, y, size = (
        np.broadcast_to(part.values() if hasattr(part, "values") else part, element.rows).tolist()
        for part in (element.x, element.y, element.size)
    )
    edge = None if element.stroke is None else _rgba(element.stroke.color, 1.0)
    if isinstance(element.color, str):
        colors = [list(_rgba(element.color, element.opacity))] * element.rows
    else:
        colors = element.color.values().tolist()
    for left, top, wide, color in zip(x, y, size, colors, strict=True):
        radius = wide / 2
        draw.ellipse((left - radius, top - radius, left + radius, top + radius), tuple(color), edge)


def _group(draw: ImageDraw.ImageDraw, element: bz.Group) -> None:
    """Draw what is faintly there: parts that lie over each other are a little darker than they should be."""
    for child in element.children:
        part: Any = child
        _DRAW[type(part)](draw, replace(part, opacity=part.opacity * element.opacity))


_DRAW: dict[type, Any] = {
    bz.Fill: _fill, bz.Rect: _rect, bz.Ellipse: _ellipse, bz.Line: _line, bz.Text: _text,
    bz.Polyline: _polyline, bz.Points: _points, bz.Group: _group,
}  # fmt: skip


@lru_cache(maxsize=256)
def _font(weight: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_FOLDER / f"Inter-{_WEIGHTS[weight]}.ttf"), size)


@lru_cache(maxsize=4096)
def _rgba(color: str, opacity: float) -> tuple[int, int, int, int]:
    red, green, blue, alpha = parse_color(color)
    return round(255 * red), round(255 * green), round(255 * blue), round(255 * alpha * opacity)
