"""The room that a chart has: its box, its shape, the sizes of letters, and what measures them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, cast

from bazaar_nb.charts.theme import Theme
from bazaar_nb.scene.elements import Text
from bazaar_nb.scene.frame import Size
from bazaar_nb.scene.paint import Stroke

Shape = Literal["wide", "square", "tall"]
Measuring = Callable[[Any], Size]  # of a text or a picture
_REFERENCE = 1080.0  # pixels of the shorter side, that a theme's smallest letters are given for
_ELLIPSIS = "…"
# A letter of a script without spaces (Thai to Khmer, kana, Han, Hangul), or what goes up to a hyphen.
_DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_BREAKS = re.compile(f"[{_DENSE}]|[^{_DENSE}-]+-?|-+")


class Area(NamedTuple):
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        """The point in the middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def inset(self, left: float = 0.0, top: float = 0.0, right: float = 0.0, bottom: float = 0.0) -> Area:
        """Give the rectangle without so much of each side, never inside out."""
        x, y = self.left + left, self.top + top
        return Area(x, y, max(x + 1, self.right - right), max(y + 1, self.bottom - bottom))


@dataclass(frozen=True)
class Room:
    """A box of a size, with a theme.

    Attributes
    ----------
    width, height : float
        Pixels.
    theme : Theme
    measuring : function
        Gives the width and height of a text or a picture.
    is_frame : bool
        Whether the box is a whole frame: one for a phone then leaves room for an app's buttons.
    """

    width: float
    height: float
    theme: Theme
    measuring: Measuring
    is_frame: bool = False
    _sizes: dict[Any, Size] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def side(self) -> float:
        """The shorter side, in pixels: what sizes are shares of."""
        return min(self.width, self.height)

    @cached_property
    def shape(self) -> Shape:
        """Wide as 16:9, square, or tall as 9:16."""
        ratio = self.width / self.height
        return "wide" if ratio > 1.2 else "tall" if ratio < 0.84 else "square"

    @cached_property
    def unit(self) -> float:
        """A pixel of a frame whose shorter side is 1080, in pixels of this one: for strokes and gaps."""
        return self.side / _REFERENCE

    @cached_property
    def body(self) -> Area:
        """The box without its margins."""
        side = self.side
        if self.is_frame and self.shape == "tall":
            return Area(
                0.06 * side, 0.11 * self.height, self.width - 0.11 * side, self.height - 0.18 * self.height
            )
        margin = 0.05 * side
        return Area(margin, margin, self.width - margin, self.height - margin)

    def letters(self, share: float) -> float:
        """Give a size of letters in pixels for a share of the shorter side, never too small to be read."""
        return round(max(share * self.side, self.theme.smallest * self.unit), 2)

    @cached_property
    def label_size(self) -> float:
        """Of names, values and axes, in pixels."""
        return self.letters(self.theme.label_size)

    @cached_property
    def halo(self) -> Stroke | None:
        """What keeps words apart from the marks below them: an outline of the background's colour."""
        background = self.theme.background
        return Stroke(background, 6 * self.unit, join="round") if isinstance(background, str) else None

    def text(self, words: str, size: float, color: str | None = None, **more: Any) -> Text:
        """Give words in the theme's font."""
        theme = self.theme
        font = more.pop("font", None) or theme.font
        if font is not None:
            more.pop("tabular", None)  # digits of one width come with Inter alone
            more["font"] = font
        return Text(words, size=size, color=theme.ink if color is None else color, **more)

    def measure(
        self, words: str, size: float, weight: int = 400, *, tabular: bool = False, font: str | None = None
    ) -> Size:
        """Give the width and height of words in one line; `font` is another than the theme's."""
        key = (words, size, weight, tabular, font)
        found = self._sizes.get(key)
        if found is None:
            text = self.text(words, size, weight=weight, tabular=tabular, font=font)
            found = self._sizes[key] = self.measuring(text)
        return found

    def width_of(
        self, words: str, size: float, weight: int = 400, *, tabular: bool = False, font: str | None = None
    ) -> float:
        """Give the width of words in one line."""
        return self.measure(words, size, weight, tabular=tabular, font=font).width if words else 0.0

    def box_of(self, text: Text) -> Area:
        """Give the box of words that have a place in pixels."""
        width, height = self.measuring(text)
        x, y, anchor = float(cast(Any, text.x)), float(cast(Any, text.y)), text.anchor
        left = x - width * (0.0 if "left" in anchor else 1.0 if "right" in anchor else 0.5)
        top = y - height * (0.0 if "top" in anchor else 1.0 if "bottom" in anchor else 0.5)
        return Area(left, top, left + width, top + height)

    def shorten(
        self, words: str, size: float, width: float, weight: int = 400, *, font: str | None = None
    ) -> str:
        """Give words that fit into a width, with an ellipsis where some had to go."""
        words = " ".join(words.split())
        if self.width_of(words, size, weight, font=font) <= width:
            return words
        low, high = 0, len(words)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width_of(words[:middle].rstrip() + _ELLIPSIS, size, weight, font=font) <= width:
                low = middle
            else:
                high = middle - 1
        return (words[:low].rstrip() + _ELLIPSIS) if low else ""

    def wrap(
        self, words: str, size: float, width: float, lines: int, weight: int = 400, *, font: str | None = None
    ) -> list[str]:
        """Give words in even lines of a width, the last with an ellipsis if there are too many."""
        parts = [self._parts(paragraph, size, width, weight, font) for paragraph in words.split("\n")]
        full = self._broken(parts, size, width, weight, font)
        if len(full) > lines:
            rest = " ".join(full[lines - 1 :])
            return [*full[: lines - 1], self.shorten(rest, size, width, weight, font=font)]
        if len(full) > 1:  # a last word alone looks lost: break earlier while the lines stay as many
            low, high = width / len(full), width
            for _ in range(7):
                middle = (low + high) / 2
                if len(self._broken(parts, size, middle, weight, font)) <= len(full):
                    high = middle
                else:
                    low = middle
            full = self._broken(parts, size, high, weight, font)
        return [self.shorten(line, size, width, weight, font=font) for line in full]

    def _broken(
        self, paragraphs: list[list[str]], size: float, width: float, weight: int, font: str | None
    ) -> list[str]:
        lines: list[str] = []
        for paragraph in paragraphs:
            line = ""
            for word in paragraph:
                tried = line + word if line else word.lstrip()
                if line and self.width_of(tried, size, weight, font=font) > width:
                    lines.append(line)
                    line = word.lstrip()
                else:
                    line = tried
            lines.append(line)
        return lines

    def _parts(self, words: str, size: float, width: float, weight: int, font: str | None) -> list[str]:
        """Give what may stand on different lines.

        Words that are wider than a line break after hyphens, and where scripts without spaces may.
        Others are left whole: half a word is harder to read than one that ends in an ellipsis.
        """
        parts: list[str] = []
        for word in words.split():
            pieces = [word]
            if self.width_of(word, size, weight, font=font) > width:
                pieces = _BREAKS.findall(word)
            parts += [piece if number else f" {piece}" for number, piece in enumerate(pieces)]
        return parts
