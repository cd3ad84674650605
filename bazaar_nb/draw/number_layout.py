"""Numbers in Inter, laid out without shaping them anew: what changes most often in a chart.

skia's paragraphs take 80 us to lay such a text out and 70 to draw its five
letters; from advances that were measured once, and outlines that are kept, it
takes a third. What comes out is the same, pixel for pixel (a test looks): both
are outlines at 64 pixels that are scaled to their size, on a baseline at a whole
pixel of the text's box.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from bazaar_nb.draw.fonts import default_typefaces, tabular_typefaces
from bazaar_nb.draw.paints import fill_paint
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import Text

# None of these looks different beside another of them; what lies between two is a matter of the two alone.
# Inter lifts signs beside digits, and has no tabular form of letters.
_LETTERS = frozenset("0123456789.,%$/kM")
_TABULAR_LETTERS = frozenset("0123456789.,-+:")
# Inter's kerning among them: those that stand closer or wider before these letters. Tabular digits have none.
_KERNED = {
    ",": "01356789", ".": "01356789", "/": ",.", "0": ",.7", "2": "4", "3": ",.", "4": ",.1",
    "5": ",.", "6": ",.", "7": ",.03456789", "8": ",.", "9": ",.7", "k": "4",
}  # fmt: skip
_OUTLINE_SIZE = 64.0  # as skia has it: SkFontPriv::kCanonicalTextSizeForPaths
_LARGEST_SIZE = (
    100.0  # so that a float holds the width of two letters to the last bit of a shaper's fixed point
)
_KEPT_STYLES = 64
_KEPT_COLORS = 32
_WORTH_MEASURING = 4  # texts of a style: one that grows from frame to frame is shaped as ever


class LaidOut(NamedTuple):
    """What a paragraph says of a text in one line, in pixels."""

    width: float
    height: float
    baseline: float


class GlyphLine:
    """Letters with their places in a line, painted as a paragraph of them is."""

    __slots__ = ("_baseline", "_letters", "_paint", "_scale")

    def __init__(
        self, letters: list[tuple[skia.Path, float]], scale: float, baseline: float, paint: skia.Paint
    ) -> None:
        self._letters = letters
        self._scale = scale
        self._baseline = baseline
        self._paint = paint

    def paint(self, canvas: skia.Canvas, left: float, top: float) -> None:
        """Draw the line with the corner of its box there."""
        scale, down = self._scale, top + self._baseline
        for outline, x in self._letters:
            canvas.save()
            canvas.concat(skia.Matrix.MakeAll(scale, 0, left + x, 0, scale, down, 0, 0, 1))
            canvas.drawPath(outline, self._paint)
            canvas.restore()


class NumberSetter:
    """Lays numbers out by what was measured of their letters.

    Parameters
    ----------
    measure : function
        Lays a text out as a paragraph.
    """

    def __init__(self, measure: Callable[[Text], LaidOut]) -> None:
        self._measure = measure
        self._styles: OrderedDict[tuple[object, ...], _Style] = OrderedDict()

    def lay_out(self, text: Text) -> tuple[LaidOut, GlyphLine] | None:
        """Give a number's measures and its letters; None for other texts, and while a style is new."""
        string, color = text.text, text.color
        letters = _TABULAR_LETTERS if text.tabular else _LETTERS
        if (
            not isinstance(string, str) or not string or not letters.issuperset(string)
            or not isinstance(color, str) or text.size > _LARGEST_SIZE
            or text.font is not None or text.fallback or text.width is not None
            or text.italic or text.outline is not None or text.letter_spacing != 0.0
        ):  # fmt: skip
            return None
        key = (text.size, text.weight, text.tabular, text.line_height)
        style = self._styles.get(key)
        if style is None:
            outlines = _outlines(text.weight, text.tabular)
            style = self._styles[key] = _Style(text.size, outlines, self._measure)
            if len(self._styles) > _KEPT_STYLES:
                self._styles.popitem(last=False)
        self._styles.move_to_end(key)
        return style.lay_out(text, string, color)


class _Style:
    """The letters of one face at one size."""

    def __init__(
        self, size: float, outlines: dict[str, skia.Path] | None, measure: Callable[[Text], LaidOut]
    ) -> None:
        self._scale = float(np.float32(size) * np.float32(1 / _OUTLINE_SIZE))
        self._outlines = outlines
        self._measure = measure
        self._advances: dict[tuple[str, str], np.float32] = {}
        self._one: dict[str, LaidOut] = {}
        self._paints: dict[str, skia.Paint] = {}
        self._texts = 0

    def lay_out(self, text: Text, string: str, color: str) -> tuple[LaidOut, GlyphLine] | None:
        outlines = self._outlines
        if outlines is None:
            return None
        if self._texts < _WORTH_MEASURING:
            self._texts += 1
            return None
        x = np.float32(0)
        placed = []
        for letter, after in pairwise(string):
            placed.append((outlines[letter], float(x)))
            x += self._advance(text, letter, after)  # rounded at each letter, as skia does
        last = self._alone(text, string[-1])
        placed.append((outlines[string[-1]], float(x)))
        width = float(x + np.float32(last.width))
        paint = self._paints.get(color)
        if paint is None:
            if len(self._paints) >= _KEPT_COLORS:
                self._paints.clear()
            paint = self._paints[color] = fill_paint(color, 1.0, text.size, text.size)
        line = GlyphLine(placed, self._scale, math.floor(last.baseline + 0.5), paint)
        return LaidOut(width, last.height, last.baseline), line

    def _advance(self, text: Text, letter: str, after: str) -> np.float32:
        """Give how far a letter is from the one after it, with what is between the two alone."""
        found = self._advances.get((letter, after))
        if found is None:
            second = np.float32(self._alone(text, after).width)
            if after in _KERNED.get(letter, "") and not text.tabular:
                both = np.float32(self._measure(_with_text(text, letter + after)).width)
            else:
                both = np.float32(self._alone(text, letter).width) + second
            found = self._advances[letter, after] = both - second
        return found

    def _alone(self, text: Text, letter: str) -> LaidOut:
        found = self._one.get(letter)
        if found is None:
            found = self._one[letter] = self._measure(_with_text(text, letter))
        return found


def _with_text(text: Text, string: str) -> Text:
    return Text(
        string, size=text.size, weight=text.weight, tabular=text.tabular, line_height=text.line_height
    )


@lru_cache(maxsize=32)
def _outlines(weight: int, tabular: bool) -> dict[str, skia.Path] | None:
    """Give the outlines of letters of Inter's face of this very weight; None if there is none."""
    faces = tabular_typefaces() if tabular else default_typefaces()
    for face in faces:
        style = face.fontStyle()
        if style.weight() == weight and style.slant() == skia.FontStyle.kUpright_Slant:
            font = skia.Font(face, _OUTLINE_SIZE)
            font.setHinting(skia.FontHinting.kNone)
            font.setSubpixel(True)
            letters = sorted(_TABULAR_LETTERS if tabular else _LETTERS)
            return {letter: font.getPath(font.unicharToGlyph(ord(letter))) for letter in letters}
    return None
