"""Where the lines of a page of code stand: all that moves them starts from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from msgspec.structs import replace

from bazaar_nb.scene.elements import Rect, Span, Text
from bazaar_nb.scene.frame import Frame, Measure
from bazaar_nb.words.code.tokens import Line

_LINE = 1.45  # from line to line, as a multiple of the size
_PADDING_EM = 1.3
_NUMBERS_EM = 1.2  # between numbers and code
_SHARE = 0.88  # of the frame: what code without a size takes at most
_LARGEST = 1 / 21  # of the frame's shorter side
_REFERENCE = 100.0


@dataclass(frozen=True)
class Page:
    """Lines of code in their places, in pixels from the panel's corner.

    Attributes
    ----------
    size : float
        Of the letters.
    width, height : float
        Of the panel.
    left, top : float
        Where the first line begins.
    texts : tuple of Text or None
        None for a line without letters.
    numbers : tuple of Text
    """

    font: str
    size: float
    width: float
    height: float
    left: float
    top: float
    texts: tuple[Text | None, ...]
    numbers: tuple[Text, ...]
    measure: Measure | None

    @property
    def leading(self) -> float:
        """From line to line."""
        return _LINE * self.size

    def text(self, row: float, line: Line, x: float = 0.0) -> Text:
        """Give a line, or a part of one, in a row; rows may lie between two."""
        return _set(line, self.font, self.size, self.left + x, self.top + row * self.leading)

    def width_of(self, line: Line) -> float:
        """Give how wide the beginning of a line is."""
        if not line:
            return 0.0
        assert self.measure is not None
        # A letter at the end: spaces there have no width of their own.
        marked = self.measure(_set((*line, Span("|")), self.font, self.size, 0, 0), 1920, 1080)
        return marked.width - _bar_width(self.font, self.size, self.measure)

    def caret(self, row: int, line: Line, color: str) -> Rect:
        """Give the caret after the beginning of a line."""
        x = self.left + self.width_of(line)
        top = self.top + row * self.leading + 0.14 * self.size
        return Rect(
            x=x,
            y=top,
            width=max(2.0, 0.09 * self.size),
            height=1.17 * self.size,
            anchor="top-left",
            fill=color,
        )

    def bar(self, first: float, last: float, color: str, opacity: float) -> Rect:
        """Give a bar behind rows, from one up to another."""
        inset = 0.45 * self.size
        return Rect(
            x=inset, y=self.top + first * self.leading, width=self.width - 2 * inset,
            height=(last - first) * self.leading, anchor="top-left", radius=0.25 * self.size, fill=color,
            opacity=opacity,
        )  # fmt: skip

    def dimmed(self, text: Text, opacity: float) -> Text:
        """Give a line that is fainter."""
        return text if opacity == 1.0 else replace(text, opacity=opacity)


def lay_out_page(
    lines: Sequence[Line],
    font: str,
    size: float | None,
    numbers: tuple[int, str] | None,
    panel: bool,
    frame: Frame,
) -> Page:
    """Put lines into their places.

    Parameters
    ----------
    size : float or None
        None is as large as fits into the frame.
    numbers : (int, str) or None
        Of the first line, and their colour.
    """
    return _lay_out(tuple(lines), font, size, numbers, panel, frame.width, frame.height, frame.measuring)


@lru_cache(maxsize=64)
def _lay_out(
    lines: tuple[Line, ...],
    font: str,
    size: float | None,
    numbers: tuple[int, str] | None,
    panel: bool,
    width: int,
    height: int,
    measure: Measure | None,
) -> Page:
    frame = Frame(0, 1, 30, width, height, measure)  # type: ignore[arg-type]
    longest = sorted({line for line in lines if line}, key=_letters, reverse=True)[:8]
    widths = [frame.measure(_set(line, font, _REFERENCE, 0, 0)).width for line in longest]
    widest = max(widths, default=0.0) / _REFERENCE  # in em
    gutter = 0.0
    if numbers is not None:
        last = Text(str(numbers[0] + len(lines) - 1), size=_REFERENCE, font=font)
        gutter = frame.measure(last).width / _REFERENCE + _NUMBERS_EM
    padding = _PADDING_EM if panel else 0.0
    across, down = widest + gutter + 2 * padding, len(lines) * _LINE + 2 * padding
    if size is None:
        size = min(_LARGEST * min(width, height), _SHARE * width / across, _SHARE * height / down)
    left, top = (padding + gutter) * size, padding * size
    leading = _LINE * size
    texts = tuple(
        _set(line, font, size, left, top + row * leading) if line else None for row, line in enumerate(lines)
    )
    counted: tuple[Text, ...] = ()
    if numbers is not None:
        right = left - _NUMBERS_EM * size
        counted = tuple(
            Text(str(numbers[0] + row), size=size, font=font, color=numbers[1], line_height=_LINE, x=right,
                 y=top + row * leading, anchor="top-right")
            for row in range(len(lines))
        )  # fmt: skip
    return Page(font, size, across * size, down * size, left, top, texts, counted, measure)


@lru_cache(maxsize=64)
def _bar_width(font: str, size: float, measure: Measure) -> float:
    return measure(_set((Span("|"),), font, size, 0, 0), 1920, 1080).width


def _letters(line: Line) -> int:
    return sum(len(span.text) for span in line)


def _set(line: Line, font: str, size: float, x: float, y: float) -> Text:
    return Text(line, size=size, font=font, line_height=_LINE, align="left", x=x, y=y, anchor="top-left")
