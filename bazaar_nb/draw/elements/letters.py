"""`Letters`: a text whose letters are drawn one by one, from their outlines as the whole text shapes them."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.bitmaps import Bitmap
from bazaar_nb.draw.canvas import mean_scale, surface_on, touched_bounds
from bazaar_nb.draw.elements.registry import Brush, InkBox, Kind, register
from bazaar_nb.draw.elements.text import TEXT
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.gradients import gradient_shader
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.letter_outlines import LetterOutlines
from bazaar_nb.draw.paints import miter_reach, stroke_paint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.arrays import ColorArray, FloatArray
from bazaar_nb.scene.elements import Letters
from bazaar_nb.values.color import parse_color

_MITRE = 4.0  # times an outline's width: how far the corner of a letter's outline may reach
_PICTURE_PIXELS = 4_000_000
_LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
Values = NDArray[np.float64]


class _Placed(NamedTuple):
    """What is done to each letter: as many of each as there are letters."""

    dx: Values
    dy: Values
    scale: Values
    turn: Values
    opacity: Values


def _ink(letters: Letters, _area: Area, whole: tuple[float, float], assets: Assets) -> InkBox:
    outlines = assets.text.lay_out_letters(letters, whole[0])
    return _reach(letters, outlines, _place(letters, outlines))


def _place(letters: Letters, outlines: LetterOutlines) -> _Placed:
    found = []
    for name in ("dx", "dy", "scale", "rotation", "opacity"):
        given = getattr(letters, f"letter_{name}")
        values = (
            given.values().astype(np.float64) if isinstance(given, FloatArray) else np.array([given], float)
        )
        each = np.broadcast_to(values, len(outlines)) if len(values) == 1 else values
        found.append(each[outlines.leaders])
    dx, dy, scale, turn, opacity = found
    return _Placed(dx, dy, scale, turn, np.clip(opacity, 0.0, 1.0))


def _reach(letters: Letters, outlines: LetterOutlines, placed: _Placed) -> InkBox:
    """Give the box that holds all that is seen of the letters."""
    seen = (placed.opacity > 0) & (placed.scale != 0) & (outlines.ink[:, 2] > outlines.ink[:, 0])
    if not seen.any():
        return (0.0, 0.0, 0.0, 0.0)
    beyond = 0.0 if letters.outline is None else miter_reach(letters.outline, _MITRE)
    x, y = (middle[seen] for middle in outlines.middles)
    left, top, right, bottom = outlines.ink[seen].T
    left, top, right, bottom = left - beyond - x, top - beyond - y, right + beyond - x, bottom + beyond - y
    scale, turn = placed.scale[seen], np.radians(placed.turn[seen])
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    across = np.stack([cos * u - sin * v for u in (left, right) for v in (top, bottom)])
    down = np.stack([sin * u + cos * v for u in (left, right) for v in (top, bottom)])
    x, y = x + placed.dx[seen], y + placed.dy[seen]
    return (
        float((x + across.min(axis=0)).min()),
        float((y + down.min(axis=0)).min()),
        float((x + across.max(axis=0)).max()),
        float((y + down.max(axis=0)).max()),
    )


def _draw(brush: Brush, letters: Letters) -> None:
    """Draw letters with the text's box at the origin, through a bitmap: all fade and mix as one."""
    target = brush.target
    outlines = brush.assets.text.lay_out_letters(letters, brush.whole[0])
    placed = _place(letters, outlines)
    affine = target.affine()
    seen = touched_bounds(affine, *_reach(letters, outlines, placed)).grown(1).within(target.clip_bounds())
    if seen.is_empty:
        return
    a, b, c, d, e, f = affine
    pixels = brush.bitmaps.passing_pixels(seen.height, seen.width)
    surface = surface_on(pixels)
    canvas = surface.getCanvas()
    canvas.concat(skia.Matrix.MakeAll(a, b, c - seen.left, d, e, f - seen.top, 0, 0, 1))
    _Drawing(brush, letters, outlines, placed, canvas).draw()
    bitmap = Bitmap(pixels, opaque=False)
    put_bitmap(target, bitmap, seen.left, seen.top, brush.opacity, brush.blend)


class _Drawing:
    """Letters on their way onto a canvas."""

    def __init__(
        self, brush: Brush, letters: Letters, outlines: LetterOutlines, placed: _Placed, canvas: skia.Canvas
    ) -> None:
        self._brush = brush
        self._letters = letters
        self._outlines = outlines
        self._placed = placed
        self._canvas = canvas
        color = letters.letter_color
        rows = color.values() / 255.0 if isinstance(color, ColorArray) else None
        self._rows = rows[np.zeros(len(outlines), int) if len(rows) == 1 else outlines.leaders] if (
            rows is not None and len(rows)
        ) else None  # fmt: skip
        self._shader: skia.Shader | None = None

    def draw(self) -> None:
        """Draw all letters that are seen, those read later over those before."""
        outlines, placed = self._outlines, self._placed
        shown = np.flatnonzero(
            (placed.opacity > 0) & (placed.scale != 0) & (outlines.leaders == np.arange(len(outlines)))
        )
        stroke = self._letters.outline
        if stroke is not None:
            area = self._brush.area
            paint = stroke_paint(stroke, 1.0, area.width, area.height)
            opaque = paint.getAlphaf()
            for number in shown.tolist():
                outline = outlines.outlines[number]
                if outline is not None:
                    paint.setAlphaf(opaque * float(placed.opacity[number]))
                    self._draw_moved(number, outline, paint)
        pictures = frozenset(outlines.pictures)
        for number in shown.tolist():
            if number in pictures:
                self._draw_picture(number)
                continue
            outline = outlines.outlines[number]
            if outline is not None:
                self._draw_moved(number, outline, self._paint(number))
            for box in outlines.rules.get(number, ()):
                rule = skia.Path()
                rule.addRect(skia.Rect.MakeLTRB(*box))
                self._draw_moved(number, rule, self._paint(number))

    def _draw_moved(self, number: int, outline: skia.Path, paint: skia.Paint) -> None:
        canvas = self._canvas
        canvas.save()
        canvas.concat(self._matrix(number))
        canvas.drawPath(outline, paint)
        canvas.restore()

    def _matrix(self, number: int) -> skia.Matrix:
        placed = self._placed
        dx, dy = float(placed.dx[number]), float(placed.dy[number])
        scale, turn = float(placed.scale[number]), float(placed.turn[number])
        if scale == 1.0 and turn == 0.0:
            return skia.Matrix.MakeAll(1, 0, dx, 0, 1, dy, 0, 0, 1)
        outlines = self._outlines
        x, y = (float(middle[number]) for middle in outlines.middles)
        cos, sin = scale * math.cos(math.radians(turn)), scale * math.sin(math.radians(turn))
        return skia.Matrix.MakeAll(
            cos, -sin, dx + x - cos * x + sin * y, sin, cos, dy + y - sin * x - cos * y, 0, 0, 1
        )

    def _paint(self, number: int) -> skia.Paint:
        opacity = float(self._placed.opacity[number])
        letters, span = self._letters, self._outlines.spans[number]
        if self._rows is not None:
            return _color_paint(*self._rows[number].tolist(), opacity)
        if letters.letter_color is not None and isinstance(letters.letter_color, str):
            return _color_paint(*parse_color(letters.letter_color), opacity)
        color = letters.color if span is None or span.color is None else span.color
        if isinstance(color, str):
            return _color_paint(*parse_color(color), opacity)
        if self._shader is None:
            area = self._brush.area
            self._shader = gradient_shader(color, area.width, area.height)
        paint = skia.Paint(AntiAlias=True)
        paint.setShader(self._shader)
        paint.setAlphaf(opacity)
        return paint

    def _draw_picture(self, number: int) -> None:
        """Draw a letter that is a picture, as emoji are, from a drawing of all of them."""
        image, scale, left, top = self._pictures()
        box = self._outlines.ink[number]
        source = skia.Rect.MakeLTRB(*((box - (left, top, left, top)) * scale).tolist())
        paint = skia.Paint(AntiAlias=True)
        paint.setAlphaf(float(self._placed.opacity[number]))
        canvas = self._canvas
        canvas.save()
        canvas.concat(self._matrix(number))
        canvas.drawImageRect(image, source, skia.Rect.MakeLTRB(*box.tolist()), _LINEAR, paint)
        canvas.restore()

    def _pictures(self) -> tuple[skia.Image, float, float, float]:
        outlines = self._outlines
        numbers = list(outlines.pictures)
        boxes = outlines.ink[numbers]
        left, top = float(boxes[:, 0].min()), float(boxes[:, 1].min())
        width, height = float(boxes[:, 2].max()) - left, float(boxes[:, 3].max()) - top
        target = self._brush.target
        scale = mean_scale(target.matrix())
        scale = min(scale, math.sqrt(_PICTURE_PIXELS / max(1.0, width * height)))
        lines = self._brush.assets.text.lay_out(self._letters, self._brush.whole[0])

        def draw() -> Bitmap:
            pixels = np.zeros((math.ceil(height * scale) + 1, math.ceil(width * scale) + 1, 4), np.uint8)
            surface = surface_on(pixels)
            canvas = surface.getCanvas()
            canvas.scale(scale, scale)
            canvas.translate(-left, -top)
            outside = skia.Path()
            for box in boxes.tolist():  # the letters around are not seen
                outside.addRect(skia.Rect.MakeLTRB(*box))
            canvas.clipPath(outside, False)
            lines.paint(canvas)
            return Bitmap(pixels, opaque=False)

        key = ("letter pictures", lines.key, round(scale, 6))
        return self._brush.bitmaps.bitmap(key, draw).image, scale, left, top


@lru_cache(maxsize=4096)
def _color_paint(red: float, green: float, blue: float, alpha: float, opacity: float) -> skia.Paint:
    paint = skia.Paint(AntiAlias=True)
    paint.setColor4f(skia.Color4f(red, green, blue, alpha * opacity), None)
    return paint


register(Letters, Kind(measure=TEXT.measure, draw=_draw, ink=_ink, pin=TEXT.pin, pin_field=TEXT.pin_field))
