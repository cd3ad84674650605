"""`Text`: laid out by skia's paragraphs, put down at any fraction of a pixel, its fonts pinned by digest."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.bitmaps import Bitmap
from bazaar_nb.draw.canvas import surface_on, touched_bounds
from bazaar_nb.draw.elements.registry import Brush, InkBox, Kind, Pinning, put_face, register
from bazaar_nb.draw.fonts import (
    DEFAULT_FAMILY,
    FONT_SUFFIXES,
    Face,
    default_typefaces,
    find_emoji_face,
    find_face,
    find_face_for,
    load_typeface,
    missing_letters,
    remembers_faces,
)
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.libraries import font_fix
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.errors import ElementError, InvalidValueError
from bazaar_nb.scene.elements import Span, Text
from bazaar_nb.values.addresses import is_given

_MAX_FALLBACKS = 8
_AS_EMOJI = "\ufe0f"  # VARIATION SELECTOR-16: the letter before it is meant as an emoji

# skia puts the glyphs that it caches on whole pixels up and down, and on quarters
# across: slow motion steps. Under a perspective, however small, it fills their
# outlines instead, exactly where they are; that is faster for large letters too.
_EXACT = skia.Matrix.MakeAll(1, 0, 0, 0, 1, 0, 0, 1e-12, 1)


def _measure(text: Text, width: float, _height: float, assets: Assets) -> tuple[float, float]:
    lines = assets.text.lay_out(text, width)
    return lines.width, lines.height


def _ink(text: Text, _area: Area, whole: tuple[float, float], assets: Assets) -> InkBox:
    return assets.text.lay_out(text, whole[0]).ink


def _draw(brush: Brush, text: Text) -> None:
    """Draw a text with its box at the origin.

    It goes through a bitmap, which is kept once the text stands still. Letters
    that overlap, and an outline below them, fade and mix as one.
    """
    target = brush.target
    lines = brush.assets.text.lay_out(text, brush.whole[0])
    affine = target.affine()
    seen = touched_bounds(affine, *lines.ink).within(target.clip_bounds())
    if seen.is_empty:
        return
    height, width = seen.height, seen.width
    a, b, c, d, e, f = affine
    placed = (a, b, c - seen.left, d, e, f - seen.top)

    def draw(pixels: NDArray[np.uint8]) -> Bitmap:
        surface = surface_on(pixels)
        canvas = surface.getCanvas()
        canvas.concat(skia.Matrix.MakeAll(*placed, 0, 0, 1))
        if not lines.are_outlines:
            canvas.concat(_EXACT)
        lines.paint(canvas)
        return Bitmap(pixels, opaque=False)

    key = ("text", lines.key, placed, height, width)
    bitmaps = brush.bitmaps
    if bitmaps.is_text_worth_keeping(key):
        bitmap = bitmaps.bitmap(key, lambda: draw(np.zeros((height, width, 4), np.uint8)))
    else:
        bitmap = draw(bitmaps.passing_pixels(height, width))
    put_bitmap(target, bitmap, seen.left, seen.top, brush.opacity, brush.blend)


def _pin(text: Text, pinning: Pinning) -> Text:
    if text.tabular and text.font is not None:
        raise InvalidValueError(f"`tabular` digits come with Inter alone, `font` is {text.font!r}")
    if isinstance(text.text, str):
        if text.font is None and not text.fallback and text.text.isascii():
            return text
        spans: tuple[Span, ...] = (Span(text.text),)
    else:
        spans = text.text
    named = [name for name in (text.font, *text.fallback, *(span.font for span in spans)) if name is not None]
    if named and all(name.startswith("asset:") for name in named):
        return text  # it is pinned: what this system has for letters doesn't count any more
    typefaces = [default_typefaces()[0]]

    def pin_font(name: str | None, weight: int, italic: bool) -> str | None:
        if name is None or name.lower() == DEFAULT_FAMILY.lower():
            return None
        if name.startswith("asset:"):
            return name
        path, number = _find_font(name, weight, italic, pinning)
        typefaces.append(load_typeface(path, number))
        return put_face(pinning, path, number)

    font = pin_font(text.font, text.weight, text.italic)
    fallback = [
        pinned for name in text.fallback if (pinned := pin_font(name, text.weight, text.italic)) is not None
    ]
    pinned_spans = tuple(
        span
        if span.font is None
        else replace(
            span,
            font=pin_font(
                span.font, span.weight or text.weight, text.italic if span.italic is None else span.italic
            ),
        )
        for span in spans
    )
    letters = "".join(span.text for span in spans)
    faces = list(_fallback_faces(missing_letters(tuple(typefaces), letters), text.weight, text.italic))
    emoji = find_emoji_face() if _AS_EMOJI in letters else None
    if emoji is not None and emoji not in faces:
        faces.append(emoji)
    fallback += [put_face(pinning, face.path, face.number) for face in faces]
    return replace(
        text,
        text=text.text if isinstance(text.text, str) else pinned_spans,
        font=font,
        fallback=tuple(fallback),
    )


def _find_font(name: str, weight: int, italic: bool, pinning: Pinning) -> tuple[str, int]:
    """Give the file of a font, and which of its typefaces."""
    if is_given(name) or name.lower().endswith(FONT_SUFFIXES) or "/" in name or "\\" in name:
        return str(pinning.find(name)), 0
    face = find_face(name, weight, italic)
    return face.path, face.number


@remembers_faces(1024)
def _fallback_faces(missing: str, weight: int, italic: bool) -> tuple[Face, ...]:
    """Give system faces that have all of these letters.

    Raises
    ------
    ElementError
        When no font of this system has one of them.
    """
    faces: list[Face] = []
    while missing:
        face = find_face_for(missing[0], weight, italic)
        if face is None or len(faces) == _MAX_FALLBACKS:
            shown = ", ".join(f"{letter!r} (U+{ord(letter):04X})" for letter in missing[:4])
            raise ElementError(
                f"no font on this system has {shown}: install fonts for it ({font_fix()}), "
                "or give a font file in `font` or `fallback`",
                field="text",
            )
        faces.append(face)
        missing = missing_letters((load_typeface(face.path, face.number),), missing)
    return tuple(faces)


TEXT = Kind(measure=_measure, draw=_draw, ink=_ink, pin=_pin, pin_field="font")
register(Text, TEXT)
