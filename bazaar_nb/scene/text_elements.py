"""The elements that are letters: texts, their pieces, and letters that move one by one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any, Literal

from msgspec import Meta
from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.array_elements import Colors
from bazaar_nb.scene.arrays import FAR, ColorArray, FloatArray, check_numbers, color_array
from bazaar_nb.scene.frozen_struct import Data
from bazaar_nb.scene.given_content import as_source
from bazaar_nb.scene.paint import Coordinate, Degrees, Paint, Stroke, Swung
from bazaar_nb.scene.picture_elements import Source
from bazaar_nb.scene.shapes import Box, Factor, Floats, Size, take_array
from bazaar_nb.values.color import Color
from bazaar_nb.values.graphemes import split_graphemes
from bazaar_nb.values.number import plain_number

LineText = Annotated[str, Meta(max_length=20_000)]


class Span(Data, frozen=True):
    """A piece of a `Text` that looks different; what is None is the text's own. A number is written out.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sentence = bz.Text([bz.Span("Sales are "), bz.Span("up", color="lime", underline=True)], size=60)
    """

    text: LineText
    color: Color | None = None
    size: Annotated[float, Meta(gt=0, le=5000)] | None = None
    weight: Annotated[int, Meta(ge=100, le=900)] | None = None
    italic: bool | None = None
    font: Source | None = None
    letter_spacing: Coordinate | None = None
    underline: bool = False
    strike: bool = False

    def __post_init__(self) -> None:
        if type(self.text) is not str:
            force_setattr(self, "text", _as_text(self.text))
        if self.font is not None and type(self.font) is not str:
            force_setattr(self, "font", as_source(self.font, "font", "Span"))


class Text(Box, frozen=True, tag="text"):
    r"""Letters, in one line or wrapped.

    Attributes
    ----------
    text : str, number or list of Span
        ``\n`` breaks the line. At most 20,000 characters. A number is written
        as ``str`` writes it.
    size : float
        Font size in pixels.
    color : colour or gradient
    weight : int
        100 (thin) to 900 (black); the nearest that the font has is drawn.
    italic : bool
    font : str, path, bytes, file object or None
        A font file (.ttf, .otf, .ttc), as a path, an address or what it holds, or the name of a family on
        this system; None is the font that comes with the package, Inter.
    width : float, str or None
        Lines are wrapped to it; None never wraps.
    align : str
        Of the lines inside the text's box.
    line_height : float
        As a multiple of the font size.
    letter_spacing : float
        Extra pixels between letters.
    outline : Stroke or None
        Drawn below the letters' fill.
    fallback : sequence
        Fonts, as for `font`, for the letters that it lacks. What they lack too
        comes from this system's fonts.
    tabular : bool
        Digits of one width, so that a number that changes stands still; only
        for Inter.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> title = bz.Text("Hello, data", size=120, weight=700, color="white", y="40%")
    >>> title2 = bz.Text([bz.Span("up "), bz.Span("12%", color="lime", weight=800)], size=60)
    """

    text: LineText | tuple[Span, ...]
    size: Annotated[float, Meta(gt=0, le=5000)] = 48.0
    color: Paint = "white"
    weight: Annotated[int, Meta(ge=100, le=900)] = 400
    italic: bool = False
    font: Source | None = None
    width: Size | None = None
    align: Literal["left", "center", "right", "justify"] = "center"
    line_height: Annotated[float, Meta(ge=0.1, le=10)] = 1.2
    letter_spacing: Coordinate = 0.0
    outline: Stroke | None = None
    fallback: Annotated[tuple[Source, ...], Meta(max_length=16)] = ()
    tabular: bool = False

    def __post_init__(self) -> None:
        if type(self.text) is not str:
            force_setattr(self, "text", _as_text(self.text))
        if self.font is not None and type(self.font) is not str:
            force_setattr(self, "font", as_source(self.font, "font", type(self).__name__))
        if self.fallback and isinstance(self.fallback, list | tuple):
            found = tuple(as_source(font, "fallback", type(self).__name__) for font in self.fallback)
            force_setattr(self, "fallback", found)


class Letters(Text, frozen=True, kw_only=True, tag="letters"):
    """A `Text` whose letters are moved, turned, sized, faded and coloured one by one.

    It is laid out as the text is, and looks like it where nothing is changed: kerning, ligatures and joined
    scripts are as they were, letters are moved from where they stand in their line. A letter is a grapheme
    cluster, spaces and line breaks are some too (`bz.words.split` gives them). Those that the font draws as
    one, as it does lam and alef, move as the first of them says.

    Each attribute is one number for all letters, or an array with one for each, in the order in which they
    are read. In the tree they are arrays of float32, colours of uint8.

    Attributes
    ----------
    letter_dx, letter_dy : float or array of shape (n,)
        Pixels to the right and down from where the letter stands.
    letter_scale : float or array of shape (n,)
        Around the letter's middle; negative mirrors.
    letter_rotation : float or array of shape (n,)
        Degrees clockwise around the letter's middle.
    letter_opacity : float or array of shape (n,)
        0 to 1; what a spring carries beyond is taken for the nearer end.
    letter_color : colour, sequence of colour, array of shape (n, 3) or (n, 4), or None
        None is the text's own, and its spans'.

    Examples
    --------
    >>> import numpy as np
    >>> import bazaar_nb as bz
    >>> bz.Letters("wave", size=90, letter_dy=10 * np.sin(np.arange(4)))
    Letters(text='wave', size=90, letter_dy=<float32 array of shape (4,)>)
    """

    letter_dx: Coordinate | Floats = 0.0
    letter_dy: Coordinate | Floats = 0.0
    letter_scale: Factor | Floats = 1.0
    letter_rotation: Degrees | Floats = 0.0
    letter_opacity: Swung | Floats = 1.0
    letter_color: Color | Colors | None = None

    def __post_init__(self) -> None:
        Text.__post_init__(self)
        rows: dict[str, int] = {}
        for name, reach in _LETTER_ARRAYS.items():
            value = getattr(self, name)
            if type(value) is not float and plain_number(value) is None and take_array(self, name):
                array: FloatArray = getattr(self, name)
                if len(array.shape) != 1:
                    raise InvalidValueError(
                        f"`{name}` must have one value a letter, got an array of shape {array.shape}"
                    )
                check_numbers(name, array, low=-reach, high=2 if name == "letter_opacity" else reach)
                rows[name] = array.shape[0]
        color = self.letter_color
        if color is not None and not isinstance(color, str | ColorArray):
            with suppress(InvalidValueError):  # else the check of the tree says why
                force_setattr(self, "letter_color", color_array(color))
        if isinstance(self.letter_color, ColorArray):
            if self.letter_color.shape[1:] != (4,):
                raise InvalidValueError(
                    f"`letter_color` must have shape (n, 4), got {self.letter_color.shape}"
                )
            rows["letter_color"] = self.letter_color.shape[0]
        self._check_rows(rows)

    def _check_rows(self, rows: dict[str, int]) -> None:
        if set(rows.values()) <= {1} or not isinstance(self.text, str | tuple | list):
            return
        count = len(letters_of(self.text))
        for name, found in rows.items():
            if found not in (1, count):
                raise InvalidValueError(
                    f"`{name}` has {found} rows, but the text has {count} letters, spaces among them"
                )


_LETTER_ARRAYS = {
    "letter_dx": FAR,
    "letter_dy": FAR,
    "letter_scale": 1e4,
    "letter_rotation": 1e6,
    "letter_opacity": 1.0,
}
"""How far from 0 each may be."""


def letters_of(text: str | Sequence[Span]) -> tuple[str, ...]:
    """Give the letters of a text: its grapheme clusters, wherever its spans end."""
    if not isinstance(text, str):
        text = "".join(span.text for span in text if isinstance(span, Span))
    return split_graphemes(text)


def _as_text(value: Any) -> Any:
    """Write a number out as `str` does; anything else is checked with the frame's tree."""
    return value if plain_number(value) is None else str(value)
