"""`Drawing`: what a function of the author's draws on a canvas."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.author_functions import call_author
from bazaar_nb.draw.canvas import mean_scale, surface_on
from bazaar_nb.draw.elements.images import ink_of_box
from bazaar_nb.draw.elements.registry import Brush, Kind, Pinning, register
from bazaar_nb.draw.geometry import resolve
from bazaar_nb.draw.image_drawing import draw_picture
from bazaar_nb.draw.image_loading import picture_from_rgba
from bazaar_nb.draw.paints import blit_paint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.errors import ElementError, SceneError
from bazaar_nb.scene.elements import Drawing
from bazaar_nb.scene.frame import Size
from bazaar_nb.scene.function_registry import registered_function
from bazaar_nb.scene.tree import plain

_encoder = msgspec.msgpack.Encoder(enc_hook=plain)
_LEAST_BYTES = 4_096  # of a recording: what skia tells leaves out what belongs to Python


def _measure(drawing: Drawing, width: float, height: float, _assets: Assets) -> tuple[float, float]:
    return resolve(drawing.width, width), resolve(drawing.height, height)


def _pin(drawing: Drawing, pinning: Pinning) -> Drawing:
    pinning.functions.add(drawing.draw)
    return drawing if drawing.drawn_by else replace(drawing, drawn_by=_skia_version())


def _is_same(one: Drawing, other: Drawing) -> bool:
    """Tell whether two are called with the same: 1 and 1.0 are equal, but are written differently."""
    return one == other and _encoder.encode(one) == _encoder.encode(other)


def _draw(brush: Brush, drawing: Drawing) -> None:
    size = Size(brush.area.width, brush.area.height)
    key = ("drawing", drawing.draw, _encoder.encode(drawing.args), size)
    recorded = brush.bitmaps.get(
        key, lambda: _recorded(drawing, size), lambda made: _LEAST_BYTES + made.approximateBytesUsed()
    )
    if brush.assets.on_figure is not None:
        pixels = _pixels(recorded, size, mean_scale(brush.target.matrix()))
        brush.assets.on_figure(drawing, size, pixels)
        draw_picture(
            brush.target, brush.bitmaps, picture_from_rgba(pixels), key, width=size.width, height=size.height,
            fit="fill", radius=0.0, smooth=True, opacity=brush.opacity, blend=brush.blend,
        )  # fmt: skip
        return
    canvas = brush.target.canvas
    layer = blit_paint(brush.opacity, brush.blend)
    if layer is not None:
        canvas.saveLayer(None, layer)
    canvas.drawPicture(recorded)
    if layer is not None:
        canvas.restore()


def _recorded(drawing: Drawing, size: Size) -> skia.Picture:
    """Have the function draw, and keep what it does.

    It draws on a canvas of its own: whatever it leaves saved, restores, moves or clears there
    can't reach the frame.
    """
    function = registered_function(drawing.draw)
    box = skia.Rect.MakeWH(*size)
    recorder = skia.PictureRecorder()
    canvas = recorder.beginRecording(box)
    canvas.clipRect(box, True)
    canvas.save()
    try:
        call_author(function, (canvas, size, *drawing.args), "`draw` of the drawing")
    except SceneError as error:
        raise ElementError(str(error), field="draw") from error
    canvas.restoreToCount(1)
    return recorder.finishRecordingAsPicture()


def _pixels(recorded: skia.Picture, size: Size, scale: float) -> NDArray[np.uint8]:
    """Give what was recorded as RGBA, as large as it is shown."""
    width, height = max(1, round(size.width * scale)), max(1, round(size.height * scale))
    drawn = np.zeros((height, width, 4), np.uint8)
    surface = surface_on(drawn)
    canvas = surface.getCanvas()
    canvas.scale(width / max(size.width, 1e-6), height / max(size.height, 1e-6))
    canvas.drawPicture(recorded)
    plain: NDArray[np.uint8] = surface.makeImageSnapshot().toarray(
        colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kUnpremul_AlphaType
    )
    return plain


@lru_cache(maxsize=1)
def _skia_version() -> str:
    return f"skia {version('skia-python')}"


register(
    Drawing,
    Kind(measure=_measure, draw=_draw, ink=ink_of_box, same=_is_same, pin=_pin, pin_field="draw"),
)
