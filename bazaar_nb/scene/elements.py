"""The elements that a scene returns: immutable data, nothing is drawn here.

Every element has the fields of `Element`; those with a box have those of `Box`
too. Lengths are pixels of the composition or text like ``"50%"``, which is a
share of the box that the element is in: the frame, or the `Group` around it.
Values are checked when the frame's tree is (see `bazaar_nb.scene.tree`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from msgspec import Meta, field
from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrays import (
    FAR,
    ColorArray,
    FloatArray,
    check_numbers,
    color_array,
    float_array,
    with_opacity,
)
from bazaar_nb.scene.figure_style import current_style
from bazaar_nb.scene.frozen_struct import Data
from bazaar_nb.scene.function_registry import register_function
from bazaar_nb.scene.paint import Coordinate, Degrees, Extent, Paint, Shadow, Stroke, Swung
from bazaar_nb.scene.pixels import image_bytes
from bazaar_nb.values.color import Color
from bazaar_nb.values.number import plain_number

Percent = Annotated[str, Meta(pattern=r"^-?(\d+\.?\d*|\.\d+)%$(?!\n)", max_length=24)]
Length: TypeAlias = Coordinate | Percent
Size: TypeAlias = Extent | Percent
Anchor = Literal[
    "center", "top", "bottom", "left", "right", "top-left", "top-right", "bottom-left", "bottom-right"
]
BlendMode = Literal[
    "normal", "multiply", "screen", "overlay", "darken", "lighten", "color-dodge", "color-burn",
    "hard-light", "soft-light", "difference", "exclusion", "hue", "saturation", "color", "luminosity", "plus",
]  # fmt: skip
Factor = Annotated[float, Meta(ge=-1e4, le=1e4)]
# Not tuple[Factor, Factor]: msgspec 0.20-0.22 crashes on a constrained number
# in a union with a tuple of fixed length.
Factors = Annotated[tuple[Factor, ...], Meta(min_length=2, max_length=2)]
Radii = Annotated[tuple[Extent, ...], Meta(min_length=4, max_length=4)]
Fit = Literal["contain", "cover", "fill"]
LineText = Annotated[str, Meta(max_length=20_000)]
Source = Annotated[str, Meta(min_length=1, max_length=4096)]
if TYPE_CHECKING:  # authors give lists, columns and arrays of any library
    Floats: TypeAlias = Any
    Colors: TypeAlias = Any
    Used: TypeAlias = Any
else:  # what they are in the tree
    Floats, Colors, Used = FloatArray, ColorArray, None
_MOST_YIELDED = 200_000  # by one generator: one without an end must not fill the memory


class Element(Data, frozen=True, kw_only=True, tag_field="kind"):
    """What every element has.

    Attributes
    ----------
    opacity : float
        0 (not there) to 1. As in CSS, what lies beyond is taken for the nearer
        end, so that a spring may overshoot; below -1 or above 2 is an error.
    rotation : float
        Degrees clockwise around the middle of the element.
    scale : float or (float, float)
        Around the middle of the element; negative mirrors.
    skew : (float, float)
        Degrees in x and y.
    blur : float
        Blur radius in pixels as CSS has it (the Gaussian's sigma).
    shadow : Shadow or None
        Below the element, of its shape.
    blend : str
        How it mixes with what is below; the CSS blend modes, and ``plus``.
    clip : Rect, Ellipse, Path, Polygon or None
        Only what is inside this shape is seen. Its lengths and percents are
        of the element's own box.
    """

    opacity: Swung = 1.0
    rotation: Degrees = 0.0
    scale: Factor | Factors = 1.0
    skew: tuple[Annotated[float, Meta(gt=-90, lt=90)], Annotated[float, Meta(gt=-90, lt=90)]] = (0.0, 0.0)
    blur: Annotated[float, Meta(ge=0, le=1000)] = 0.0
    shadow: Shadow | None = None
    blend: BlendMode = "normal"
    clip: Rect | Ellipse | Path | Polygon | None = None


class Box(Element, frozen=True, kw_only=True):
    """An element with a box: it is put by its anchor.

    Attributes
    ----------
    x, y : float or str
        Where the anchor point is put. Inside a `Row` or `Column`, which places
        its children, they shift the element from its place instead.
        By default the middle (no shift in a `Row` or `Column`).
    anchor : str
        Which point of the box is put there.
    """

    x: Length | None = None
    y: Length | None = None
    anchor: Anchor = "center"


class Fill(Element, frozen=True, tag="fill"):
    """Paint everywhere: the whole frame, or the whole `Group` that it is in."""

    paint: Paint = "black"


class Rect(Box, frozen=True, tag="rect"):
    """A rectangle, with round corners if `radius` says so.

    Attributes
    ----------
    width, height : float or str
    radius : float or tuple of four floats
        Of the corners; top-left, top-right, bottom-right, bottom-left.
    fill : colour, gradient or None
    stroke : Stroke or None
    """

    width: Size = "100%"
    height: Size = "100%"
    radius: Extent | Radii = 0.0
    fill: Paint | None = "white"
    stroke: Stroke | None = None


class Ellipse(Box, frozen=True, tag="ellipse"):
    """An ellipse; a circle when only `width` is given."""

    width: Size = "100%"
    height: Size | None = None
    fill: Paint | None = "white"
    stroke: Stroke | None = None


class Line(Element, frozen=True, tag="line"):
    """A straight line from (x1, y1) to (x2, y2).

    Attributes
    ----------
    start, end : float
        The part of it that is drawn, as fractions of its length. A spring may overshoot.
    """

    x1: Length = 0.0
    y1: Length = 0.0
    x2: Length = 0.0
    y2: Length = 0.0
    stroke: Stroke = Stroke()
    start: Swung = 0.0
    end: Swung = 1.0


class Path(Element, frozen=True, tag="path"):
    """An outline in SVG path data (https://www.w3.org/TR/SVG2/paths.html).

    Attributes
    ----------
    d : str, or array of shape (n, 2)
        The path data, like ``"M0 0 L100 50 Z"``; an array is straight lines through its points,
        in pixels.
    x, y : float or str
        Where the path's own origin is put.
    start, end : float
        The part of the outline that is drawn, as fractions of its length. A spring may overshoot.
    """

    d: Annotated[str, Meta(min_length=1, max_length=1_000_000)] | Floats
    x: Length = 0.0
    y: Length = 0.0
    fill: Paint | None = None
    stroke: Stroke | None = Stroke()
    start: Swung = 0.0
    end: Swung = 1.0

    def __post_init__(self) -> None:
        if type(self.d) is not str:
            _take_places(self, "d")


class Polygon(Element, frozen=True, tag="polygon"):
    """Straight lines through points; a polyline when not `closed`.

    Attributes
    ----------
    points : sequence of (float, float), or array of shape (n, 2)
        In pixels. An array stays one, as float32.
    closed : bool
        Whether the last point is joined to the first.
    x, y : float or str
        Where the points' origin is put.
    start, end : float
        The part of the outline that is drawn, as fractions of its length. A spring may overshoot.
    """

    points: (
        Annotated[tuple[tuple[Coordinate, Coordinate], ...], Meta(min_length=1, max_length=200_000)] | Floats
    )
    closed: bool = True
    x: Length = 0.0
    y: Length = 0.0
    fill: Paint | None = "white"
    stroke: Stroke | None = None
    start: Swung = 0.0
    end: Swung = 1.0

    def __post_init__(self) -> None:
        if not isinstance(self.points, tuple | list):
            _take_places(self, "points")


class Polyline(Element, frozen=True, tag="polyline"):
    """Lines through many points, as charts have them; several at once, with gaps.

    Attributes
    ----------
    x, y : array of shape (n,) or (lines, n)
        In pixels. NaN, or what a masked array hides, is a gap. One `x` may serve several lines.
    stroke : Stroke
    closed : bool
        Whether each line's last point is joined to its first; not over a gap.
    start, end : float
        The part of each line that is drawn, as fractions of its own length without its gaps. A
        spring may overshoot.
    dx, dy : float or str
        Where the points' origin is put.

    Examples
    --------
    A line that grows from left to right with the scene:

    >>> import numpy as np
    >>> import bazaar_nb as bz
    >>> x = np.linspace(100, 1800, 10_000)
    >>> bz.Polyline(x, 500 + 80 * np.sin(x / 90), stroke=bz.Stroke("tomato", 4), end=0.5)
    Polyline(x=<float32 array of shape (10000,)>, y=<float32 array of shape (10000,)>, \
stroke=Stroke(color='tomato', width=4), end=0.5)
    """

    x: Floats
    y: Floats
    stroke: Stroke = Stroke()
    closed: bool = False
    start: Swung = 0.0
    end: Swung = 1.0
    dx: Length = 0.0
    dy: Length = 0.0

    def __post_init__(self) -> None:
        if not all([_take_array(self, "x"), _take_array(self, "y")]):
            return
        check_numbers("x", self.x, gaps=True)
        check_numbers("y", self.y, gaps=True)
        x, y = self.x.shape, self.y.shape
        if x[-1] != y[-1] or (len(x) == 2 and x != y):
            raise InvalidValueError(f"`y` has shape {y} where `x` has {x}: each line has as many of both")


class Points(Element, frozen=True, tag="points"):
    """Many marks of one shape, such as those of a scatter plot; later ones lie over earlier ones.

    Each of `x`, `y`, `size` and `color` is one value, or an array with one for each point. In the
    tree they are arrays of float32, colours of uint8. Their box, for turns, scales and clips, is that
    of all marks without their strokes.

    Attributes
    ----------
    x, y : array of shape (n,), or float
        Where the marks' middles are, in pixels. A missing value is an error.
    size : array of shape (n,), or float
        Diameter, or the side of the square that a mark is in, in pixels.
    color : colour, sequence of colour, array of shape (n, 3) or (n, 4), or array of shape (n,)
        Rows are floats from 0 to 1, or uint8. Numbers get their colours by `colormap` and `range`.
    shape : str or Path
        ``circle``, ``square``, ``diamond``, ``triangle``, ``cross``, ``ring``; of a `Path` the outline
        alone counts, made so large that its longer side is `size`.
    stroke : Stroke or None
        Of one colour, around each mark.
    dx, dy : float or str
        Where the points' origin is put.
    opacity : float, or array of shape (n,)
        One number is that of all marks together, as of any element: where marks overlap, nothing shines
        through. An array, or a `color` that isn't opaque, is each mark's own: many over one another
        are darker than one. An array becomes part of `color`.
    colormap : str, sequence of colour or callable, optional
        viridis, magma, inferno, plasma, cividis, turbo, coolwarm, RdBu, with ``_r`` the other way round;
        colours from low to high; or a colormap of matplotlib. Becomes part of `color`.
    range : (float, float), optional
        The numbers that the colormap's first and last colour stand for; what is beyond gets the
        nearer one. It must be given: the smallest and largest of the data change from frame to frame.

    Examples
    --------
    >>> import numpy as np
    >>> import bazaar_nb as bz
    >>> at = np.random.default_rng(1).uniform(0, 1000, (2, 10_000))
    >>> bz.Points(*at, size=6, color=at[0], colormap="viridis", range=(0, 1000))
    Points(x=<float32 array of shape (10000,)>, y=<float32 array of shape (10000,)>, size=6, \
color=<uint8 array of shape (10000, 4)>)
    """

    x: Floats
    y: Floats
    size: Extent | Floats = 8.0
    color: Color | Colors = "white"
    shape: Literal["circle", "square", "diamond", "triangle", "cross", "ring"] | Path = "circle"
    stroke: Stroke | None = None
    dx: Length = 0.0
    dy: Length = 0.0
    colormap: Used = None
    range: Used = None

    def __post_init__(self) -> None:
        if self.colormap is not None or not isinstance(self.color, str | ColorArray):
            with suppress(InvalidValueError):  # else the check of the tree says why
                force_setattr(self, "color", color_array(self.color, self.colormap, self.range))
                force_setattr(self, "colormap", None)
                force_setattr(self, "range", None)
        if type(self.opacity) is not float and plain_number(self.opacity) is None:
            with suppress(InvalidValueError):
                force_setattr(self, "color", with_opacity(self.color, float_array(self.opacity)))
                force_setattr(self, "opacity", 1.0)
        arrays = [_take_array(self, name) for name in ("x", "y")]
        if type(self.size) is not float and plain_number(self.size) is None:
            arrays.append(_take_array(self, "size"))
        if all(arrays):
            self._check()

    @property
    def rows(self) -> int:
        """How many points there are."""
        found = self._row_counts()
        return next((rows for rows in found.values() if rows != 1), 1)

    def _row_counts(self) -> dict[str, int]:
        many = {name: getattr(self, name) for name in ("x", "y", "size", "color")}
        return {
            name: value.shape[0] for name, value in many.items() if isinstance(value, FloatArray | ColorArray)
        }

    def _check(self) -> None:
        for name, low in (("x", -FAR), ("y", -FAR), ("size", 0.0)):
            value = getattr(self, name)
            if isinstance(value, FloatArray):
                if len(value.shape) != 1:
                    raise InvalidValueError(
                        f"`{name}` must have one value a point, got an array of shape {value.shape}"
                    )
                check_numbers(name, value, low=low)
        if isinstance(self.color, ColorArray) and self.color.shape[1:] != (4,):
            raise InvalidValueError(f"`color` must have shape (n, 4), got {self.color.shape}")
        counts = self._row_counts()
        rows = self.rows
        for name, found in counts.items():
            if found not in (1, rows):
                other = next(name for name, count in counts.items() if count == rows)
                raise InvalidValueError(f"`{name}` has {found} rows where `{other}` has {rows}")
        if isinstance(self.stroke, Stroke) and not isinstance(self.stroke.color, str):
            raise InvalidValueError("`stroke` of points has one colour, no gradient")


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


def _take_array(element: Element, field: str) -> bool:
    """Make a field an array where it can be one, and tell whether it was one already: then it is checked.

    What is wrong with it otherwise is said by the check of the frame's tree, with the element's place.
    """
    value = getattr(element, field)
    if isinstance(value, FloatArray):
        return True
    with suppress(InvalidValueError):
        force_setattr(element, field, float_array(value))
    return False


def _take_places(element: Path | Polygon, field: str) -> None:
    """Make a field an array of points, and check it if it was one already."""
    value = getattr(element, field)
    if not isinstance(value, FloatArray) and not hasattr(value, "__len__"):  # no points at all
        return
    if not _take_array(element, field):
        return
    array: FloatArray = getattr(element, field)
    if len(array.shape) != 2 or array.shape[1] != 2 or array.shape[0] == 0:
        raise InvalidValueError(f"`{field}` must be an array of shape (n, 2), got shape {array.shape}")
    check_numbers(field, array)


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
