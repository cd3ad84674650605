"""The elements that a scene returns: immutable data, nothing is drawn here.

Every element has the fields of `Element`; those with a box have those of `Box`
too. Lengths are pixels of the composition or text like ``"50%"``, which is a
share of the box that the element is in: the frame, or the `Group` around it.
Values are checked when the frame's tree is (see `bazaar_nb.scene.tree`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, field
from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.array_elements import Points as Points
from bazaar_nb.scene.array_elements import Polyline as Polyline
from bazaar_nb.scene.figure_style import current_style
from bazaar_nb.scene.frozen_struct import Data
from bazaar_nb.scene.function_registry import known_function, register_function, restore_function
from bazaar_nb.scene.paint import Coordinate, Extent, Paint, Stroke
from bazaar_nb.scene.pixels import image_bytes
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

Fit = Literal["contain", "cover", "fill"]
LineText = Annotated[str, Meta(max_length=20_000)]
Source = Annotated[str, Meta(min_length=1, max_length=4096)]
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


class Image(Box, frozen=True, tag="image"):
    """A picture from a file (JPEG, PNG, WebP, GIF's first frame, TIFF, BMP, …).

    Attributes
    ----------
    source : str or path
        The file, or ``asset:<digest>.<ext>`` for one that the store has.
    width, height : float, str or None
        None follows the picture's shape; both None is its own size in pixels.
    fit : str
        How the picture fills a box of another shape.
    radius : float
        Of the corners.
    """

    source: Source
    width: Size | None = None
    height: Size | None = None
    fit: Fit = "cover"
    radius: Extent = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.source, str) and hasattr(self.source, "__fspath__"):
            force_setattr(self, "source", str(self.source))


class Pixels(Box, frozen=True, tag="pixels"):
    """A picture from an array.

    Attributes
    ----------
    array : array of uint8 or float, shape (h, w), (h, w, 3) or (h, w, 4)
        Grey, RGB or RGBA (not premultiplied); floats are 0..1, and what is a
        little beyond is cut off (below -1 or above 2 is an error). What a masked
        array hides is transparent. The pixels are copied; the field then holds
        them as bytes, rows from the top.
    shape : (int, int, int)
        Height, width and channels; taken from the array.
    smooth : bool
        Whether enlarging smooths; False keeps square pixels.
    width, height, fit, radius
        As for `Image`.
    asset : str
        ``asset:<digest>.npy`` where the store has the pixels; `array` is then empty.
    """

    array: bytes = b""
    shape: tuple[int, int, int] = (0, 0, 0)
    smooth: bool = True
    width: Size | None = None
    height: Size | None = None
    fit: Fit = "cover"
    radius: Extent = 0.0
    asset: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.array, bytes):
            data, shape = image_bytes(self.array)
            force_setattr(self, "array", data)
            force_setattr(self, "shape", shape)


class Figure(Box, frozen=True, tag="figure"):
    """A matplotlib figure, drawn by a function of your own.

    Attributes
    ----------
    plot : function
        Called as ``plot(fig, *args)`` with an empty `matplotlib.figure.Figure`
        of the right size. The field then holds ``function:<token>``, a name
        made of all that the function's result depends on.
    args : sequence
        Plain values (numbers, text, lists, dicts) that change with the frame.
    width, height : float or str
        The figure's size.
    dpi : float
        Pixels an inch: how large text and lines come out.
    style : dict
        matplotlib's rcParams for this figure, on top of those that hold where
        the scene is called (`plt.style.use` and the like).
    fonts : tuple of str
        Fonts for letters that matplotlib's own one lacks, such as Chinese:
        found by itself among those of this system.
    drawn_by : str
        The version of matplotlib, filled in before the frame is drawn.
    """

    plot: str
    args: tuple[Any, ...] = ()
    width: Size = "100%"
    height: Size = "100%"
    dpi: Annotated[float, Meta(ge=10, le=2000)] = 100.0
    style: dict[str, Any] = field(default_factory=dict)
    fonts: tuple[str, ...] = ()
    drawn_by: str = ""

    def __post_init__(self) -> None:
        if callable(self.plot):
            function: Callable[..., object] = self.plot
            force_setattr(self, "plot", register_function(function))
            if isinstance(self.style, dict):  # else refused with the frame's tree
                force_setattr(self, "style", {**current_style(), **self.style})

    def __reduce__(self) -> tuple[Any, ...]:
        """Take the function along: a figure that a scene holds is drawn where the scene is sent."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return _unpickled_figure, (type(self), values, known_function(self.plot))


def _unpickled_figure(
    kind: type[Figure], values: dict[str, Any], known: tuple[Callable[..., object], str] | None
) -> Figure:
    if known is not None:
        restore_function(values["plot"], *known)
    return kind(**values)


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
