"""Letters one by one: their outlines and places, as skia's paragraphs shape them.

skia tells neither glyphs nor places of a paragraph, but it writes SVG: each letter gets a colour of its own,
which changes nothing about how it is shaped, and is found by it in what comes out. So kerning, ligatures,
joined scripts, lines and directions are those of the text as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import Span, Text, letters_of

Floats = NDArray[np.float64]
Boxes = NDArray[np.float64]
"""Left, top, right and bottom of each, shape (n, 4)."""

_FIRST_COLOR = 0x100000  # none of the colours from here on has a name or a short form
_TAG = re.compile(r"<(/?)(path|rect|text|g|clipPath)\b([^>]*)>")
_STEP = re.compile("([MLQCZ])([^MLQCZ]*)")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_EVERYWHERE = skia.Rect.MakeLTRB(-1e6, -1e6, 1e6, 1e6)
_NEAR = 0.01  # pixels: two outlines that begin as near are one that was cut in two
_MIDDLE_EM = 0.36  # half as high as capitals are: what letters turn around
_REACH_EM = (-1.2, 0.5)  # up and down from the baseline: what emoji take in


def letter_spans(text: Text) -> tuple[Span, ...]:
    """Give a text's letters as spans that are told apart by colour, and underlined as wide as they are."""
    spans = (Span(text.text),) if isinstance(text.text, str) else text.text
    owner = [span for span in spans for _ in span.text]
    marked, at = [], 0
    for number, letter in enumerate(letters_of(text.text)):
        marked.append(
            replace(
                owner[at], text=letter, color=f"#{_FIRST_COLOR + number:06x}", underline=True, strike=False
            )
        )
        at += len(letter)
    return tuple(marked)


@dataclass(frozen=True)
class LetterOutlines:
    """The letters of a text that is laid out, in the order in which they are read.

    Attributes
    ----------
    outlines : list of skia.Path or None
        Where they stand in the text's box; None for what has no outline, such as spaces and emoji.
    leaders : array of int
        Which letter each is drawn with: itself, or the first of those that are one glyph.
    left, right, baseline, size : array of float
        Of each letter's box in pixels; what is not in a line, as its break, has no width.
    lines : array of int
        Which line each is in.
    ink : array of float, shape (n, 4)
        What each draws.
    pictures : tuple of int
        The letters that are pictures, as emoji are.
    spans : list of Span or None
        Whose each is.
    rules : dict of int to list of boxes
        The lines below or through letters.
    """

    outlines: list[skia.Path | None]
    leaders: NDArray[np.int64]
    left: Floats
    right: Floats
    baseline: Floats
    size: Floats
    lines: NDArray[np.int64]
    ink: Boxes
    pictures: tuple[int, ...]
    spans: list[Span | None]
    rules: dict[int, list[tuple[float, float, float, float]]]

    def __len__(self) -> int:
        return len(self.outlines)

    @property
    def middles(self) -> tuple[Floats, Floats]:
        """What letters turn and grow around."""
        return (self.left + self.right) / 2, self.baseline - _MIDDLE_EM * self.size

    @classmethod
    def read(
        cls,
        text: Text,
        paragraph: skia.textlayout.Paragraph,
        left: float,
        struck: skia.textlayout.Paragraph | None,
    ) -> LetterOutlines:
        """Read the letters of a text from a paragraph of its `letter_spans` that is laid out.

        Parameters
        ----------
        left : float
            Where the paragraph begins in the text's box.
        struck : skia.textlayout.Paragraph or None
            The same with lines through all letters, where any has one.
        """
        letters = letters_of(text.text)
        count = len(letters)
        spans = _owners(text, letters)
        size = np.array([text.size if span is None or span.size is None else span.size for span in spans])
        outlines: list[skia.Path | None] = [None] * count
        leaders = np.arange(count)
        cut: dict[int, tuple[float, float]] = {}
        boxes = np.full((count, 4), np.nan)
        for kind, number, given, is_cut in _marks(_svg(paragraph, left, outlines=True), count):
            if kind == "rect":
                boxes[number] = _grown(boxes[number], _box(given))
            elif given.get("d"):
                path, begin = _read_outline(given["d"])
                if is_cut:
                    cut[number] = begin
                known = outlines[number]
                if known is None:
                    outlines[number] = path
                else:
                    known.addPath(path)
        _join_cut(cut, outlines, leaders)
        baseline = _baselines(_svg(paragraph, left, outlines=False), count)
        start, stop = _filled_edges(boxes, baseline)
        ink = _ink_of(outlines)
        pictures = tuple(
            number
            for number, letter in enumerate(letters)
            if outlines[number] is None
            and leaders[number] == number
            and stop[number] > start[number]
            and any(part.isprintable() and not part.isspace() for part in letter)
        )
        for number in pictures:
            up, down = baseline[number] + np.array(_REACH_EM) * size[number]
            ink[number] = (start[number], up, stop[number], down)
        rules: dict[int, list[tuple[float, float, float, float]]] = {}
        for number, span in enumerate(spans):
            if span is not None and span.underline and not np.isnan(boxes[number, 0]):
                rules.setdefault(number, []).append(tuple(boxes[number]))
        if struck is not None:
            for kind, number, given, _ in _marks(_svg(struck, left, outlines=False), count):
                span = spans[number]
                if kind == "rect" and span is not None and span.strike:
                    rules.setdefault(number, []).append(_box(given))
        for number, drawn in rules.items():
            for box in drawn:
                ink[number] = _grown(ink[number], box)
        _, lines = np.unique(np.round(baseline, 1), return_inverse=True)
        return cls(outlines, leaders, start, stop, baseline, size, lines, ink, pictures, spans, rules)


def _owners(text: Text, letters: tuple[str, ...]) -> list[Span | None]:
    if isinstance(text.text, str):
        return [None] * len(letters)
    owner = [span for span in text.text for _ in span.text]
    owners: list[Span | None] = []
    at = 0
    for letter in letters:
        owners.append(owner[at])
        at += len(letter)
    return owners


def _svg(paragraph: skia.textlayout.Paragraph, left: float, *, outlines: bool) -> str:
    stream = skia.DynamicMemoryWStream()
    flags = skia.SVGCanvas.kNoPrettyXML_Flag
    if outlines:
        flags |= skia.SVGCanvas.kConvertTextToPaths_Flag
    canvas = skia.SVGCanvas.Make(_EVERYWHERE, stream, flags)
    paragraph.paint(canvas, left, 0)
    del canvas  # writes what is left
    return bytes(stream.detachAsData()).decode()


def _marks(svg: str, count: int) -> Iterator[tuple[str, int, dict[str, str], bool]]:
    """Give what is drawn of letters: its kind, which letter, its attributes, whether it is cut."""
    inside = 0
    for closing, kind, rest in _TAG.findall(svg):
        if kind == "g":
            inside += -1 if closing else 1
        elif kind != "clipPath" and not closing:
            given = dict(_ATTRIBUTE.findall(rest))
            fill = given.get("fill", "")
            if len(fill) == 7 and fill[0] == "#":
                number = int(fill[1:], 16) - _FIRST_COLOR
                if 0 <= number < count:
                    yield kind, number, given, inside > 0


def _read_outline(data: str) -> tuple[skia.Path, tuple[float, float]]:
    """Read what skia writes, which is plainer than SVG allows, and give where it begins."""
    path = skia.Path()
    steps = {"M": path.moveTo, "L": path.lineTo, "Q": path.quadTo, "C": path.cubicTo}
    begin = (0.0, 0.0)
    for command, numbers in _STEP.findall(data):
        if command == "Z":
            path.close()
            continue
        values = [float(number) for number in numbers.split()]
        steps[command](*values)
        if command == "M" and begin == (0.0, 0.0):
            begin = (values[0], values[1])
    return path, begin


def _box(given: dict[str, str]) -> tuple[float, float, float, float]:
    moved = re.findall(r"-?[\d.]+(?:e-?\d+)?", given.get("transform", "")) or ["0", "0"]
    x = float(given.get("x", 0)) + float(moved[0])
    y = float(given.get("y", 0)) + float(moved[1] if len(moved) > 1 else 0)
    return x, y, x + float(given.get("width", 0)), y + float(given.get("height", 0))


def _grown(box: NDArray[np.float64], other: tuple[float, float, float, float]) -> NDArray[np.float64]:
    if np.isnan(box[0]) or box[2] <= box[0]:
        return np.array(other)
    left, top, right, bottom = other
    return np.array([min(box[0], left), min(box[1], top), max(box[2], right), max(box[3], bottom)])


def _join_cut(
    cut: dict[int, tuple[float, float]], outlines: list[skia.Path | None], leaders: NDArray[np.int64]
) -> None:
    """Give a glyph that is several letters to the first of them: skia draws all of it for each, cut."""
    first: int | None = None
    for number in sorted(cut):
        if first is not None and number - leaders[number - 1] == number - first and np.allclose(
            cut[number], cut[first], atol=_NEAR
        ):  # fmt: skip
            leaders[number] = first
            outlines[number] = None
        else:
            first = number


def _baselines(svg: str, count: int) -> Floats:
    """Find the line that each letter stands on; what draws nothing stands where the one before it does."""
    found = np.full(count, np.nan)
    for kind, number, given, _ in _marks(svg, count):
        if kind == "text" and given.get("y"):
            found[number] = float(given["y"].split(",")[0])
    known = np.flatnonzero(~np.isnan(found))
    if not len(known):
        return np.zeros(count)
    before = np.searchsorted(known, np.arange(count), side="right") - 1
    return np.asarray(found[known[np.maximum(before, 0)]])


def _filled_edges(boxes: Boxes, baseline: Floats) -> tuple[Floats, Floats]:
    """Give left and right edges; what has none, as a line break, is where the letter before it ends."""
    left, right = boxes[:, 0].copy(), boxes[:, 2].copy()
    for number in np.flatnonzero(np.isnan(left)):
        same = number > 0 and baseline[number] == baseline[number - 1]
        left[number] = right[number] = right[number - 1] if same else 0.0
    return left, right


def _ink_of(outlines: list[skia.Path | None]) -> Boxes:
    ink = np.zeros((len(outlines), 4))
    for number, outline in enumerate(outlines):
        if outline is not None:
            edge = outline.getBounds()
            ink[number] = (edge.left(), edge.top(), edge.right(), edge.bottom())
    return ink
