"""Text: shaped, broken into lines and measured by skia's paragraphs."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from msgspec.structs import replace

from bazaar_nb.draw.canvas import alpha_surface_on
from bazaar_nb.draw.fonts import (
    DEFAULT_FAMILY,
    TABULAR_FAMILY,
    default_typefaces,
    load_typeface,
    tabular_typefaces,
)
from bazaar_nb.draw.geometry import resolve
from bazaar_nb.draw.letter_outlines import LetterOutlines, letter_spans
from bazaar_nb.draw.number_layout import GlyphLine, LaidOut, NumberSetter
from bazaar_nb.draw.paints import fill_paint, miter_reach, stroke_paint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import Span, Text
from bazaar_nb.scene.paint import Paint
from bazaar_nb.values.color import parse_color

_UNBROKEN = 1e7  # wide enough that no line is ever broken
_KEPT = 512
_KEPT_LETTERS = 40_000
_INK_SIZE = 8.0  # pixels that letters are high when their ink is measured
_INK_PIXELS = 4_000_000
_EMOJI = re.compile("((?:[^\\s\\ufe0f]\\ufe0f\\u20e3?)+)")  # characters that ask to be shown as emoji
_SHARE_LEFT = {"left": 0.0, "justify": 0.0, "center": 0.5, "right": 1.0}
_ALIGN = {
    "left": skia.textlayout.TextAlign.kLeft,
    "center": skia.textlayout.TextAlign.kCenter,
    "right": skia.textlayout.TextAlign.kRight,
    "justify": skia.textlayout.TextAlign.kJustify,
}


class Piece(NamedTuple):
    """What is painted, and where in the text's box."""

    paragraph: skia.textlayout.Paragraph | GlyphLine
    left: float


class Lines(NamedTuple):
    """A text that has been laid out.

    Attributes
    ----------
    width, height : float
        Of the text's box in pixels.
    ink : tuple of four floats
        Left, top, right and bottom of what is drawn; letters may reach out of the box.
    pieces : tuple of Piece
        What is drawn, the first lowest.
    key : tuple
        Everything that the above follows from.
    """

    width: float
    height: float
    ink: tuple[float, float, float, float]
    pieces: tuple[Piece, ...]
    key: tuple[object, ...]

    @property
    def are_outlines(self) -> bool:
        """Whether they are drawn as outlines, exactly where they are, whatever the canvas's matrix."""
        return len(self.pieces) == 1 and isinstance(self.pieces[0].paragraph, GlyphLine)

    def paint(self, canvas: skia.Canvas) -> None:
        """Draw the text with its box at the origin."""
        for piece in self.pieces:
            piece.paragraph.paint(canvas, piece.left, 0)


class TextSetter:
    """Lays texts out, and remembers the last of them.

    Parameters
    ----------
    find : function
        Gives the file of an asset, ``asset:<digest>.<ext>``, or of a path.
    """

    def __init__(self, find: Callable[[str], Path]) -> None:
        self._find = find
        self._unicode = skia.Unicodes.ICU.Make()
        self._provider = skia.textlayout.TypefaceFontProvider()
        self._fonts = skia.textlayout.FontCollection()
        self._fonts.setDefaultFontManager(self._provider)
        for family, typefaces in (
            (DEFAULT_FAMILY, default_typefaces()),
            (TABULAR_FAMILY, tabular_typefaces()),
        ):
            for typeface in typefaces:
                self._provider.registerTypeface(typeface, family)
        self._known = {DEFAULT_FAMILY}
        self._laid_out: OrderedDict[tuple[object, ...], Lines] = OrderedDict()
        # Three times a frame the same object is asked for: its place, its ink, its letters.
        self._asked: dict[int, tuple[Text, float, Lines]] = {}
        self._letters: OrderedDict[tuple[object, ...], LetterOutlines] = OrderedDict()
        self._numbers = NumberSetter(self._measure_line)

    def lay_out(self, text: Text, whole: float) -> Lines:
        """Give a text as lines.

        Parameters
        ----------
        whole : float
            Width of the box that the text is in, for a width in percent.
        """
        last = self._asked.get(id(text))
        if last is not None and last[0] is text and last[1] == whole:
            return last[2]
        limit = None if text.width is None else resolve(text.width, whole)
        key = (text.text, text.size, text.color, text.weight, text.italic, text.font, limit, text.align,
               text.line_height, text.letter_spacing, text.outline, text.fallback, text.tabular)  # fmt: skip
        lines = self._laid_out.get(key)
        if lines is None:
            lines = self._laid_out[key] = self._make(text, limit, key)
            if len(self._laid_out) > _KEPT:
                self._laid_out.popitem(last=False)
        if len(self._asked) >= _KEPT:
            self._asked.clear()
        self._asked[id(text)] = (text, whole, lines)
        return lines

    def lay_out_letters(self, text: Text, whole: float) -> LetterOutlines:
        """Give the letters of a text one by one, each where `lay_out` has it."""
        lines = self.lay_out(text, whole)
        key = (*lines.key[:2], *lines.key[3:10], *lines.key[11:])  # colour and outline move no letter
        found = self._letters.get(key)
        if found is None:
            found = self._letters[key] = self._make_letters(text, whole)
            while len(self._letters) > 1 and sum(map(len, self._letters.values())) > _KEPT_LETTERS:
                self._letters.popitem(last=False)
        self._letters.move_to_end(key)
        return found

    def _make_letters(self, text: Text, whole: float) -> LetterOutlines:
        limit = None if text.width is None else resolve(text.width, whole)
        one_line = limit is None and _is_one_line(text)
        spans = letter_spans(text)
        marked = replace(text, text=spans, align="left" if one_line else text.align)
        paragraph = self._paragraph(marked, lambda color: fill_paint(color, 1.0, text.size, text.size))
        paragraph.layout(_UNBROKEN)
        _, room, left = _room(text, limit, paragraph)
        paragraph.layout(room)
        struck = None
        if any(span.strike for span in text.text if isinstance(span, Span)):
            through = tuple(replace(span, underline=False, strike=True) for span in spans)
            struck = self._paragraph(
                replace(marked, text=through), lambda color: fill_paint(color, 1.0, 1, 1)
            )
            struck.layout(room)
        return LetterOutlines.read(text, paragraph, left, struck)

    def _measure_line(self, text: Text) -> LaidOut:
        paragraph = self._paragraph(text, lambda color: fill_paint(color, 1.0, text.size, text.size))
        paragraph.layout(_UNBROKEN)
        return LaidOut(paragraph.LongestLine, paragraph.Height, paragraph.AlphabeticBaseline)

    def _make(self, text: Text, limit: float | None, key: tuple[object, ...]) -> Lines:
        number = self._numbers.lay_out(text)
        if number is not None:
            (width, height, baseline), line = number
            return Lines(width, height, _latin_ink(text, width, baseline), (Piece(line, 0.0),), key)
        plain = text.text if isinstance(text.text, str) else None
        one_line = limit is None and _is_one_line(text)
        fill = self._paragraph(text, lambda color: fill_paint(color, 1.0, text.size, text.size))
        if limit is None:
            fill.layout(_UNBROKEN)
        width, room, left = _room(text, limit, fill)
        if not one_line:
            fill.layout(room)
        height = fill.Height
        if not isinstance(text.color, str):
            fill = self._paragraph(text, lambda color: fill_paint(color, 1.0, width, height))
            fill.layout(room)
        pieces: tuple[Piece, ...] = (Piece(fill, left),)
        stroke = text.outline
        if stroke is not None:
            outline = self._paragraph(text, lambda _: stroke_paint(stroke, 1.0, width, height))
            outline.layout(room)
            pieces = (Piece(outline, left), *pieces)
        if one_line and plain is not None and plain.isascii() and text.font is None:
            ink = _latin_ink(text, width, fill.AlphabeticBaseline)
        else:
            ink = _measure_ink(text, width, height, pieces)
        return Lines(width, height, ink, pieces, key)

    def _paragraph(self, text: Text, paint: Callable[[Paint], skia.Paint]) -> skia.textlayout.Paragraph:
        spans = (Span(text.text),) if isinstance(text.text, str) else text.text
        style = skia.textlayout.ParagraphStyle()
        own = self._style(text, Span(""), paint)
        style.setTextStyle(own)
        one_line = text.width is None and isinstance(text.text, str) and "\n" not in text.text
        style.setTextAlign(_ALIGN["left" if one_line else text.align])
        builder = skia.textlayout.ParagraphBuilder.make(style, self._fonts, self._unicode)
        # The paragraph's own direction can't be set; isolates do the same.
        leftward = _starts_leftwards("".join(span.text for span in spans))
        if leftward:
            builder.addText("\u2067")
        for span in spans:
            for number, part in enumerate(_EMOJI.split(span.text)):
                if part:
                    same = isinstance(text.text, str) and number % 2 == 0
                    builder.pushStyle(own if same else self._style(text, span, paint, emoji=number % 2 == 1))
                    builder.addText(part)
                    builder.pop()
        if leftward:
            builder.addText("\u2069")
        return builder.Build()

    def _style(
        self, text: Text, span: Span, paint: Callable[[Paint], skia.Paint], *, emoji: bool = False
    ) -> skia.textlayout.TextStyle:
        weight = span.weight or text.weight
        slanted = text.italic if span.italic is None else span.italic
        slant = skia.FontStyle.kItalic_Slant if slanted else skia.FontStyle.kUpright_Slant
        spacing = text.letter_spacing if span.letter_spacing is None else span.letter_spacing
        names = (span.font or text.font, *text.fallback, None)
        if emoji:  # most fonts have a black heart; the red one is in a fallback
            names = (*text.fallback, *names)
        style = skia.textlayout.TextStyle()
        families = [self._family(name) for name in names]
        style.setFontFamilies([TABULAR_FAMILY, *families] if text.tabular else families)
        style.setFontSize(span.size or text.size)
        style.setFontStyle(skia.FontStyle(weight, skia.FontStyle.kNormal_Width, slant))
        style.setLetterSpacing(spacing)
        style.setHeight(text.line_height)
        style.setHeightOverride(True)
        style.setHalfLeading(True)
        style.setForegroundPaint(paint(text.color if span.color is None else span.color))
        if span.underline or span.strike:
            line = skia.textlayout.TextDecoration
            style.setDecoration(line.kUnderline if span.underline else line.kLineThrough)
            style.setDecorationColor(_line_color(span.color or text.color))
        return style

    def _family(self, name: str | None) -> str:
        if name is None:
            return DEFAULT_FAMILY
        if name not in self._known:
            reference, _, number = name.partition("#")
            path = self._find(reference)
            self._provider.registerTypeface(load_typeface(str(path), int(number or 0)), name)
            self._known.add(name)
        return name


def _is_one_line(text: Text) -> bool:
    return isinstance(text.text, str) and "\n" not in text.text


def _room(text: Text, limit: float | None, unbroken: skia.textlayout.Paragraph) -> tuple[float, float, float]:
    """Give the width of a text's box, the width that its lines are laid out in, and where that begins.

    Parameters
    ----------
    unbroken : skia.textlayout.Paragraph
        Laid out without a limit, if there is none.
    """
    # Every letter, the last of a line too, is followed by its spacing: the box ends before that.
    trailing = text.letter_spacing
    one_line = limit is None and _is_one_line(text)
    if limit is None:
        width = max(0.0, unbroken.LongestLine - trailing)
        # Rounding must not break the widest line.
        room = _UNBROKEN if one_line else unbroken.LongestLine * (1 + 1e-3) + 1
    else:
        width = limit
        room = max(0.0, limit + trailing)
    # skia puts half of the first letter's spacing before it.
    share = 0.0 if one_line else _SHARE_LEFT[text.align]
    return width, room, (width + trailing - room) * share if share else -trailing / 2


def _latin_ink(text: Text, width: float, baseline: float) -> tuple[float, float, float, float]:
    """Give a box that holds one line of Inter's ASCII letters, whatever they are.

    No letter of any face reaches further than 0.1 em to a side, 0.95 em up and
    0.25 em down (a test looks); numbers that change need no measuring then.
    """
    em, beyond = text.size, 0.0 if text.outline is None else miter_reach(text.outline, 4.0)
    return (
        -0.15 * em - beyond,
        baseline - em - beyond,
        width + (0.3 if text.italic else 0.15) * em + beyond,
        baseline + 0.3 * em + beyond,
    )


def _measure_ink(
    text: Text, width: float, height: float, pieces: tuple[Piece, ...]
) -> tuple[float, float, float, float]:
    """Find the box that the letters are drawn in, from a small drawing of them."""
    sizes = [text.size, *(span.size for span in text.text if not isinstance(span, str) and span.size)]
    margin = 2 * max(sizes) + (0.0 if text.outline is None else miter_reach(text.outline, 4.0))
    scale = min(1.0, _INK_SIZE / min(sizes))
    scale = min(scale, math.sqrt(_INK_PIXELS / ((width + 2 * margin) * (height + 2 * margin))))
    shape = (math.ceil((height + 2 * margin) * scale), math.ceil((width + 2 * margin) * scale))
    alpha = np.zeros(shape, np.uint8)
    surface = alpha_surface_on(alpha)
    canvas = surface.getCanvas()
    canvas.scale(scale, scale)
    canvas.translate(margin, margin)
    for piece in pieces:
        piece.paragraph.paint(canvas, piece.left, 0)
    left, top, across, down = cv2.boundingRect(alpha)
    if across == 0:
        return (0.0, 0.0, 0.0, 0.0)
    # A pixel more on every side: letters may just touch one without leaving a trace.
    return (
        (left - 1) / scale - margin,
        (top - 1) / scale - margin,
        (left + across + 1) / scale - margin,
        (top + down + 1) / scale - margin,
    )


def _line_color(paint: Paint) -> int:
    """Give the colour of a line through or below letters; a gradient's first."""
    color: int = skia.Color4f(*parse_color(paint if isinstance(paint, str) else paint.colors[0])).toColor()
    return color


def _starts_leftwards(text: str) -> bool:
    """Tell whether a text's first letter with a direction is Arabic, Hebrew or the like."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False
