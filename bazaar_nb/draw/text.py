"""Text: shaped, broken into lines and measured by skia's paragraphs."""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bazaar_nb.draw.fonts import DEFAULT_FAMILY, default_typefaces, load_typeface
from bazaar_nb.draw.native import skia
from bazaar_nb.draw.paints import fill_paint, stroke_paint
from bazaar_nb.draw.shapes import resolve
from bazaar_nb.scene.color import parse_color
from bazaar_nb.scene.elements import Span, Text
from bazaar_nb.scene.paint import Paint

_UNBROKEN = 1e7  # wide enough that no line is ever broken
_KEPT = 512
_ALIGN = {
    "left": skia.textlayout.TextAlign.kLeft,
    "center": skia.textlayout.TextAlign.kCenter,
    "right": skia.textlayout.TextAlign.kRight,
    "justify": skia.textlayout.TextAlign.kJustify,
}


class Lines(NamedTuple):
    """A text that has been laid out.

    Attributes
    ----------
    width, height : float
        Of the text's box in pixels.
    fill, outline : skia paragraph
        What is drawn; the outline first, if there is one.
    """

    width: float
    height: float
    fill: skia.textlayout.Paragraph
    outline: skia.textlayout.Paragraph | None


class TextSetter:
    """Lays texts out, and remembers the last of them.

    Parameters
    ----------
    find : function
        Gives the file of an asset, ``asset:<digest>.<ext>``.
    """

    def __init__(self, find: Callable[[str], Path]) -> None:
        self._find = find
        self._unicode = skia.Unicodes.ICU.Make()
        self._provider = skia.textlayout.TypefaceFontProvider()
        self._fonts = skia.textlayout.FontCollection()
        self._fonts.setDefaultFontManager(self._provider)
        for typeface in default_typefaces():
            self._provider.registerTypeface(typeface, DEFAULT_FAMILY)
        self._known = {DEFAULT_FAMILY}
        self._laid_out: OrderedDict[tuple[Text, float, float], Lines] = OrderedDict()

    def lay_out(self, text: Text, whole: float, opacity: float) -> Lines:
        """Give a text as lines.

        Parameters
        ----------
        whole : float
            Width of the box that the text is in, for a width in percent.
        opacity : float
            0..1, on top of its colours' own.
        """
        key = (text, whole, opacity)
        lines = self._laid_out.get(key)
        if lines is None:
            lines = self._laid_out[key] = self._make(text, whole, opacity)
            if len(self._laid_out) > _KEPT:
                self._laid_out.popitem(last=False)
        return lines

    def _make(self, text: Text, whole: float, opacity: float) -> Lines:
        limit = _UNBROKEN if text.width is None else resolve(text.width, whole)
        fill = self._paragraph(text, opacity, lambda color, size: fill_paint(color, opacity, *size))
        fill.layout(limit)
        width = limit
        if text.width is None:
            # A second layout, as wide as the widest line, so that lines align within it.
            width = fill.LongestLine
            fill.layout(width + 1e-3 * width + 1)
        size = (width, fill.Height)
        if not isinstance(text.color, str):
            fill = self._paragraph(text, opacity, lambda color, _: fill_paint(color, opacity, *size))
            fill.layout(width + 1e-3 * width + 1)
        outline = None
        stroke = text.outline
        if stroke is not None:
            outline = self._paragraph(
                text, opacity, lambda _color, _size: stroke_paint(stroke, opacity, *size)
            )
            outline.layout(width + 1e-3 * width + 1)
        return Lines(width, fill.Height, fill, outline)

    def _paragraph(
        self, text: Text, opacity: float, paint: Callable[[Paint, tuple[float, float]], skia.Paint]
    ) -> skia.textlayout.Paragraph:
        spans = (Span(text.text),) if isinstance(text.text, str) else text.text
        style = skia.textlayout.ParagraphStyle()
        style.setTextStyle(self._style(text, Span(""), opacity, paint))
        style.setTextAlign(_ALIGN[text.align])
        builder = skia.textlayout.ParagraphBuilder.make(style, self._fonts, self._unicode)
        rightward = not _starts_rightwards("".join(span.text for span in spans))
        for number, span in enumerate(spans):
            builder.pushStyle(self._style(text, span, opacity, paint))
            # The paragraph's own direction can't be set; isolates do the same.
            before = "" if rightward or number else "\u2067"
            after = "" if rightward or number < len(spans) - 1 else "\u2069"
            builder.addText(before + span.text + after)
            builder.pop()
        return builder.Build()

    def _style(
        self,
        text: Text,
        span: Span,
        opacity: float,
        paint: Callable[[Paint, tuple[float, float]], skia.Paint],
    ) -> skia.textlayout.TextStyle:
        size = span.size or text.size
        weight = span.weight or text.weight
        slanted = text.italic if span.italic is None else span.italic
        slant = skia.FontStyle.kItalic_Slant if slanted else skia.FontStyle.kUpright_Slant
        spacing = text.letter_spacing if span.letter_spacing is None else span.letter_spacing
        style = skia.textlayout.TextStyle()
        style.setFontFamilies([self._family(name) for name in (span.font or text.font, *text.fallback, None)])
        style.setFontSize(size)
        style.setFontStyle(skia.FontStyle(weight, skia.FontStyle.kNormal_Width, slant))
        style.setLetterSpacing(spacing)
        style.setHeight(text.line_height)
        style.setHeightOverride(True)
        style.setHalfLeading(True)
        style.setForegroundPaint(paint(text.color if span.color is None else span.color, (size, size)))
        if span.underline or span.strike:
            line = skia.textlayout.TextDecoration
            style.setDecoration(line.kUnderline if span.underline else line.kLineThrough)
            style.setDecorationColor(_line_color(span.color or text.color, opacity))
        return style

    def _family(self, name: str | None) -> str:
        if name is None:
            return DEFAULT_FAMILY
        if name not in self._known:
            reference, _, number = name.partition("#")
            path = self._find(reference) if reference.startswith("asset:") else Path(reference)
            self._provider.registerTypeface(load_typeface(str(path), int(number or 0)), name)
            self._known.add(name)
        return name


def draw_lines(canvas: skia.Canvas, lines: Lines) -> None:
    """Draw a text with its box at the origin."""
    if lines.outline is not None:
        lines.outline.paint(canvas, 0, 0)
    lines.fill.paint(canvas, 0, 0)


def _line_color(paint: Paint, opacity: float) -> int:
    """Give the colour of a line through or below letters; a gradient's first."""
    r, g, b, a = parse_color(paint if isinstance(paint, str) else paint.colors[0])
    color: int = skia.Color4f(r, g, b, a * opacity).toColor()
    return color


def _starts_rightwards(text: str) -> bool:
    """Tell whether a text's first letter with a direction is Arabic, Hebrew or the like."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False
