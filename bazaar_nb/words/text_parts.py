"""Parts of a text: its letters, words and lines, and pieces of it that are found by what they say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, Literal, TypeAlias

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Group, Letters, Span, Text, letters_of
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.letter_layout import LetterLayout

By = Literal["letter", "word", "line"]
Part: TypeAlias = str | re.Pattern[str] | slice | int
"""What a piece of a text is told by: its words, an expression, letters from … to, or the number of a word."""
_BYS = ("letter", "word", "line")
_PLACE_FIELDS = (
    "x",
    "y",
    "anchor",
    "opacity",
    "rotation",
    "scale",
    "skew",
    "blur",
    "shadow",
    "blend",
    "clip",
)


def as_text(value: Text | str, what: str) -> Text:
    """Take a `Text`, or words, which get its defaults.

    Raises
    ------
    InvalidValueError
        For anything else.
    """
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text(value)
    raise InvalidValueError(f"{what} takes a bz.Text(…) or a str, got {value!r:.60}")


def measure_letters(text: Text, frame: Frame) -> LetterLayout:
    """Give where a text's letters stand in its box, in the order in which they are read.

    Parameters
    ----------
    text : Text
    frame : Frame
        A width in percent is of it.

    Raises
    ------
    InvalidValueError
        When the text can't be drawn.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=1)
    ... def shown(frame):
    ...     text = bz.Text("abc", size=100)
    ...     layout = bz.words.measure_letters(text, frame)
    ...     return [text, bz.Line(0, layout.height, layout.width, layout.height)]
    >>> picture = bz.Composition([shown()], width=640, height=360).still(0)
    """
    from bazaar_nb.render import still  # drawing's libraries: only who asks needs them

    return still.measure_letters(text, frame.width, frame.height)


def split(text: Text | str, by: Literal["letter", "word"] = "letter") -> tuple[str, ...]:
    """Give the letters or words of a text, spaces with what is before them; lines are known to a frame only.

    Examples
    --------
    >>> split("no naïve way", by="word")
    ('no ', 'naïve ', 'way')
    """
    given = as_text(text, "split")
    letters = letters_of(given.text)
    if by == "letter":
        return letters
    parts = [""] * (max(_words(letters), default=-1) + 1)
    for letter, number in zip(letters, _words(letters), strict=True):
        parts[number] += letter
    return tuple(parts)


def numbers_of(text: Text, by: By, frame: Frame) -> NDArray[np.int64]:
    """Tell of each letter which letter, word or line it is of, counted from 0.

    Raises
    ------
    InvalidValueError
        For another `by`.
    """
    if by not in _BYS:
        raise InvalidValueError(f"`by` must be letter, word or line, got {by!r}")
    letters = letters_of(text.text)
    if by == "letter":
        return np.arange(len(letters))
    if by == "word":
        return np.array(_words(letters), np.int64)
    return measure_letters(text, frame).line


@lru_cache(maxsize=256)
def _words(letters: tuple[str, ...]) -> tuple[int, ...]:
    """Tell words apart: what is between spaces, and each ideograph, as Chinese and Japanese put no spaces."""
    numbers, number, open_word = [], -1, False
    for letter in letters:
        if letter.isspace():
            number, open_word = max(number, 0), False
        elif _is_ideograph(letter) or not open_word:
            number, open_word = number + 1, not _is_ideograph(letter)
        numbers.append(number)
    return tuple(numbers)


def _is_ideograph(letter: str) -> bool:
    first = letter[0]
    is_wide = unicodedata.east_asian_width(first) == "W" and unicodedata.category(first) == "Lo"
    return is_wide and not "\uac00" <= first <= "\ud7a3"  # Korean has spaces


def find_part(text: Text, part: Part) -> NDArray[np.int64]:
    """Give the letters of a piece of a text, of all pieces that say the same.

    Raises
    ------
    InvalidValueError
        When it isn't there.
    """
    letters = letters_of(text.text)
    whole = "".join(letters)
    if isinstance(part, slice):
        return np.arange(len(letters))[part]
    if isinstance(part, int):
        numbers = np.array(_words(letters), np.int64)
        count = int(numbers.max(initial=-1)) + 1
        if not -count <= part < count:
            raise InvalidValueError(f"there is no word {part}: {whole!r:.60} has {count}")
        spaces = np.array([letter.isspace() for letter in letters])
        return np.flatnonzero((numbers == part % count) & ~spaces)
    if not isinstance(part, str | re.Pattern) or part == "":
        raise InvalidValueError(
            f"a part is told by its words, an expression, a slice or a word's number, got {part!r:.60}"
        )
    pattern = re.compile(re.escape(part)) if isinstance(part, str) else part
    starts = np.array([0, *accumulate(len(letter) for letter in letters)])
    found: list[int] = []
    for match in pattern.finditer(whole):
        first, last = np.searchsorted(starts, [match.start(), match.end()])
        found.extend(range(int(first), int(last)))
    if not found:
        said = part if isinstance(part, str) else part.pattern
        raise InvalidValueError(f"{said!r:.60} is not in the text {whole!r:.80}")
    return np.array(sorted(set(found)), np.int64)


def boxes_of(layout: LetterLayout, letters: NDArray[np.int64]) -> list[tuple[float, float, float, float]]:
    """Give the boxes that hold letters, one for each run of them in a line: left, top, right and bottom."""
    boxes = []
    breaks = np.flatnonzero((np.diff(letters) != 1) | (np.diff(layout.line[letters]) != 0)) + 1
    for run in np.split(letters, breaks):
        shown = run[layout.right[run] > layout.left[run]]
        if len(shown):
            size, base = float(layout.size[shown].max()), float(layout.baseline[shown[0]])
            left, right = float(layout.left[shown].min()), float(layout.right[shown].max())
            boxes.append((left, base - 0.93 * size, right, base + 0.27 * size))
    return boxes


def bare(text: Text, layout: LetterLayout) -> Text:
    """Give a text without its place and looks, to stand in the box that `in_box` makes of it."""
    kind = type(text)
    defaults = dict(zip(reversed(kind.__struct_fields__), reversed(kind.__struct_defaults__), strict=False))
    plain = {name: defaults[name] for name in _PLACE_FIELDS}
    width = None if text.width is None else layout.width
    return replace(text, **{**plain, "x": 0.0, "y": 0.0, "anchor": "top-left", "width": width})


def in_box(text: Text, layout: LetterLayout, children: Sequence[AnyElement]) -> Group:
    """Put elements, in the coordinates of a text's box, where the text stands, and as it looks there."""
    placed = {name: getattr(text, name) for name in _PLACE_FIELDS}
    return Group(tuple(children), width=layout.width, height=layout.height, **placed)


def change(
    text: Text,
    *,
    dx: object = None,
    dy: object = None,
    scale: object = None,
    rotation: object = None,
    opacity: object = None,
    color: object = None,
) -> Letters:
    """Change a text's letters; with what was changed before, moves add up, sizes and opacities multiply."""
    before = text if isinstance(text, Letters) else None
    given: dict[str, Any] = {}
    for name, value, mixed in (
        ("dx", dx, np.add),
        ("dy", dy, np.add),
        ("scale", scale, np.multiply),
        ("rotation", rotation, np.add),
        ("opacity", opacity, np.multiply),
    ):
        if value is None:
            continue
        if before is not None:
            value = mixed(_values(getattr(before, f"letter_{name}")), np.asarray(value, float))
        given[f"letter_{name}"] = value
    if color is not None:
        given["letter_color"] = color
    # Not by `replace`: that of older msgspec takes arrays as they are.
    fields: dict[str, Any] = {name: getattr(text, name) for name in type(text).__struct_fields__}
    return Letters(**fields | given)


def _values(value: object) -> NDArray[np.float64]:
    return np.asarray(value.values() if hasattr(value, "values") else value, float)


def own_colors(text: Text) -> NDArray[np.float64]:
    """Give the colours that a text's letters have, shape (n, 4), from 0 to 1; a gradient's middle."""
    from bazaar_nb.values.color import parse_color

    def rgba(paint: object) -> tuple[float, ...]:
        if isinstance(paint, str):
            return parse_color(paint)
        colors = np.array([parse_color(color) for color in paint.colors])  # type: ignore[attr-defined]
        return tuple(colors.mean(axis=0))

    letters = letters_of(text.text)
    if isinstance(text, Letters) and text.letter_color is not None:
        if isinstance(text.letter_color, str):
            return np.tile(rgba(text.letter_color), (len(letters), 1))
        rows = text.letter_color.values() / 255.0
        return np.array(np.broadcast_to(rows, (len(letters), 4)))
    spans = (Span(text.text),) if isinstance(text.text, str) else text.text
    owner = [span for span in spans for _ in span.text]
    colors, at = np.empty((len(letters), 4)), 0
    for number, letter in enumerate(letters):
        color = owner[at].color
        colors[number] = rgba(text.color if color is None else color)
        at += len(letter)
    return colors
