"""The elements that a scene returns: immutable data, nothing is drawn here.

Every element has the fields of `Element`; those with a box have those of `Box`
too. Lengths are pixels of the composition or text like ``"50%"``, which is a
share of the box that the element is in: the frame, or the `Group` around it.
Values are checked when the frame's tree is (see `bazaar_nb.scene.tree`).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta
from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.array_elements import Points as Points
from bazaar_nb.scene.array_elements import Polyline as Polyline
from bazaar_nb.scene.clip import Clip as Clip
from bazaar_nb.scene.frozen_struct import Data
from bazaar_nb.scene.paint import Coordinate, Extent, Paint, Stroke
from bazaar_nb.scene.picture_elements import Figure as Figure
from bazaar_nb.scene.picture_elements import Fit as Fit
from bazaar_nb.scene.picture_elements import Image as Image
from bazaar_nb.scene.picture_elements import Pixels as Pixels
from bazaar_nb.scene.picture_elements import Source
from bazaar_nb.scene.shapes import Anchor as Anchor
from bazaar_nb.scene.shapes import BlendMode as BlendMode
from bazaar_nb.scene.shapes import Box as Box
from bazaar_nb.scene.shapes import Element as Element
from bazaar_nb.scene.shapes import Ellipse as Ellipse
from bazaar_nb.scene.shapes import Fill as Fill
from bazaar_nb.scene.shapes import Line as Line
from bazaar_nb.scene.shapes import Path as Path
from bazaar_nb.scene.shapes import Polygon as Polygon
from bazaar_nb.scene.shapes import Rect as Rect
from bazaar_nb.scene.shapes import Size
from bazaar_nb.values.color import Color
from bazaar_nb.values.number import plain_number

LineText = Annotated[str, Meta(max_length=20_000)]
_MOST_YIELDED = 200_000  # by one generator: one without an end must not fill the memory


class Span(Data, frozen=True):
    """A piece of a `Text` that looks different; what is None is the text's own. A number is written out."""

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
    font : str or None
        A font file (.ttf, .otf, .ttc) or the name of a family on this system;
        None is the font that comes with the package, Inter.
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
    fallback : sequence of str
        Fonts, as for `font`, for the letters that it lacks. What they lack too
        comes from this system's fonts.
    tabular : bool
        Digits of one width, so that a number that changes stands still; only
        for Inter.
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


class Group(Box, frozen=True, tag="group"):
    """Elements that are moved, faded, blurred and clipped as one.

    Attributes
    ----------
    children : sequence of elements
        The first is lowest. Their percents and middles are of the group's box.
    width, height : float or str
        The box; it does not clip (`clip=Rect()` does).
    """

    children: Annotated[tuple[AnyElement, ...], Meta(max_length=20_000)] = ()
    width: Size = "100%"
    height: Size = "100%"

    def __post_init__(self) -> None:
        force_setattr(self, "children", _as_children(self.children, type(self)))


class _Stack(Box, frozen=True, kw_only=True):
    gap: Coordinate = 0.0
    padding: Extent = 0.0
    align: Literal["start", "center", "end"] = "center"
    width: Size | None = None
    height: Size | None = None
    justify: Literal["start", "center", "end", "space-between"] = "start"


class Row(_Stack, frozen=True, tag="row"):
    """Elements side by side, measured and placed from left to right.

    Attributes
    ----------
    children : sequence of elements
    gap, padding : float
        Pixels between children, and around all of them.
    align : str
        Of the children across the row (up and down).
    width, height : float, str or None
        None is as large as the children need.
    justify : str
        Where the children go when the row is wider than they are.
    """

    children: Annotated[tuple[AnyElement, ...], Meta(max_length=20_000)] = ()

    def __post_init__(self) -> None:
        force_setattr(self, "children", _as_children(self.children, type(self)))


class Column(_Stack, frozen=True, tag="column"):
    """Elements below one another, measured and placed from the top down.

    The attributes are those of `Row`, with width and height in each other's place.
    """

    children: Annotated[tuple[AnyElement, ...], Meta(max_length=20_000)] = ()

    def __post_init__(self) -> None:
        force_setattr(self, "children", _as_children(self.children, type(self)))


AnyElement: TypeAlias = (
    Fill
    | Rect
    | Ellipse
    | Line
    | Path
    | Polygon
    | Polyline
    | Points
    | Text
    | Image
    | Pixels
    | Figure
    | Clip
    | Group
    | Row
    | Column
)


class NoElementsError(InvalidValueError):
    """What a scene returned, or a part of it, is no element."""


def as_elements(value: object) -> tuple[AnyElement, ...]:
    """Flatten what a scene returned: an element, None, or nested lists and generators of them.

    Raises
    ------
    NoElementsError
        For anything else, with what it is.
    """
    if type(value) is tuple and all(isinstance(item, Element) for item in value):
        return value
    if isinstance(value, Element):
        return (value,)  # type: ignore[return-value]
    if value is None:
        return ()
    if isinstance(value, Iterator):
        made = list(islice(value, _MOST_YIELDED + 1))
        if len(made) > _MOST_YIELDED:
            raise NoElementsError(f"a generator may yield {_MOST_YIELDED:,} elements, this one has no end")
        value = made
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise NoElementsError(f"expected elements, got {value!r:.60}{_way_to_show(value)}")
    flat: list[AnyElement] = []
    for item in value:
        flat.extend((item,) if isinstance(item, Element) else as_elements(item))  # type: ignore[arg-type]
    return tuple(flat)


def _as_children(value: object, kind: type[Element]) -> tuple[AnyElement, ...]:
    """Flatten the children of a group, row or column."""
    try:
        return as_elements(value)
    except NoElementsError as error:
        raise InvalidValueError(f"`children` of {kind.__name__}: {error}") from None


def _as_text(value: Any) -> Any:
    """Write a number out as `str` does; anything else is checked with the frame's tree."""
    return value if plain_number(value) is None else str(value)


def _way_to_show(value: object) -> str:
    if isinstance(value, str) or plain_number(value) is not None:
        return f"; bz.Text({value!r:.40}) shows it"
    if inspect.iscoroutine(value) or inspect.isasyncgen(value):
        if inspect.iscoroutine(value):
            value.close()  # else Python warns that nobody waited for it
        return "; a scene is made at once, without waiting: fetch what it needs before"
    return ""
