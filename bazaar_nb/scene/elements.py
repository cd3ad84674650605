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
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta
from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.array_elements import Points as Points
from bazaar_nb.scene.array_elements import Polyline as Polyline
from bazaar_nb.scene.clip import Clip as Clip
from bazaar_nb.scene.drawing import Drawing as Drawing
from bazaar_nb.scene.filter_steps import FilterStep
from bazaar_nb.scene.paint import Coordinate, Degrees, Extent
from bazaar_nb.scene.picture_elements import Figure as Figure
from bazaar_nb.scene.picture_elements import Fit as Fit
from bazaar_nb.scene.picture_elements import Image as Image
from bazaar_nb.scene.picture_elements import Pixels as Pixels
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
from bazaar_nb.scene.text_elements import Letters as Letters
from bazaar_nb.scene.text_elements import Span as Span
from bazaar_nb.scene.text_elements import Text as Text
from bazaar_nb.scene.text_elements import letters_of as letters_of
from bazaar_nb.values.number import plain_number

_MOST_AVERAGED = 256  # the sum of so many bytes is a number of two
_MOST_YIELDED = 200_000  # by one generator: one without an end must not fill the memory


class Group(Box, frozen=True, tag="group"):
    """Elements that are moved, faded, blurred and clipped as one.

    Attributes
    ----------
    children : sequence of elements
        The first is lowest. Their percents and middles are of the group's box.
    width, height : float or str
        The box; it does not clip (`clip=Rect()` does).

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> card = bz.Rect(width=200, height=200, fill="navy")
    >>> badge = bz.Group([card, bz.Text("in it")], rotation=10, opacity=0.8)
    """

    children: Annotated[tuple[AnyElement, ...], Meta(max_length=20_000)] = ()
    width: Size = "100%"
    height: Size = "100%"

    def __post_init__(self) -> None:
        force_setattr(self, "children", _as_children(self.children, type(self)))


class Filter(Group, frozen=True, kw_only=True, tag="filter"):
    """Elements whose pixels are changed together: colours, a glow, grain.

    Attributes
    ----------
    steps : sequence of ColorMatrix, ColorCurves, ColorCube, Glow, Grain
        What is done to them, in this order; `bz.looks` has what makes them.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> from bazaar_nb.scene.filter_steps import ColorCurves
    >>> negative = bz.Filter([bz.Rect(width=80, height=80, fill="gold")], steps=[ColorCurves([1, 0])])
    """

    steps: Annotated[tuple[FilterStep, ...], Meta(max_length=64)] = ()


class Mask(Group, frozen=True, kw_only=True, tag="mask"):
    """Elements of which is seen what another one covers: the last child is the mask of those before it.

    Attributes
    ----------
    by : element or sequence of elements
        The mask, where it isn't the last child already: it becomes that. Of none, nothing is seen.
    mode : str
        ``"alpha"``: as opaque as the mask is; ``"luma"``: as bright as it is (Rec. 709).
    inverted : bool
        Seen is what the mask doesn't cover.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> dawn = bz.Fill(bz.LinearGradient(["gold", "tomato"]))
    >>> bz.Mask(dawn, by=bz.Text("MORNING", size=300, weight=900)).children[-1].text
    'MORNING'
    """

    by: AnyElement | None = None
    mode: Literal["alpha", "luma"] = "alpha"
    inverted: bool = False

    def __post_init__(self) -> None:
        Group.__post_init__(self)
        if self.by is not None:
            try:
                masks = as_elements(self.by)
            except NoElementsError as error:
                raise InvalidValueError(f"`by` of Mask: {error}") from None
            mask = masks[0] if len(masks) == 1 else Group(masks)
            force_setattr(self, "children", (*(self.children or (Group(),)), mask))
            force_setattr(self, "by", None)
        elif len(self.children) < 2:
            raise InvalidValueError("a Mask has what is seen and a mask: bz.Mask(photo, by=bz.Ellipse())")


class Average(Group, frozen=True, tag="average"):
    """Elements that are each drawn alone, and then mixed in equal parts.

    As the moments of one frame are: then they are blurred by their motion. At most 256.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> disc = bz.Average([bz.Ellipse(width=80, fill="gold", x=100 + 4 * i) for i in range(8)])
    """

    def __post_init__(self) -> None:
        Group.__post_init__(self)
        if len(self.children) > _MOST_AVERAGED:
            raise InvalidValueError(
                f"an Average has at most {_MOST_AVERAGED} children, got {len(self.children):,}"
            )


class Perspective(Group, frozen=True, kw_only=True, tag="perspective"):
    """Elements on a plane that is turned in space.

    What turns away is smaller, as CSS has it (https://www.w3.org/TR/css-transforms-2/#perspective); beyond 90
    degrees the plane is seen from behind.

    Attributes
    ----------
    rotate_x, rotate_y : float
        Degrees around the horizontal and the vertical line through the middle of the box: positive turns the
        top, or the right side, away. Around the vertical one first.
    distance : float or None
        Pixels from the eye to the plane; the smaller, the stronger. None is twice the box's larger side.
    depth : float
        Pixels that the lines around which it turns are behind the plane: half a cube's side for its faces.
    vanishing : (float, float)
        The point of the box, as fractions of it, that the eye is in front of.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> card = bz.Rect(width=300, height=200, radius=20, fill="gold")
    >>> turned = bz.Perspective([card], rotate_y=40)
    """

    rotate_x: Degrees = 0.0
    rotate_y: Degrees = 0.0
    distance: Annotated[float, Meta(ge=1, le=1e6)] | None = None
    depth: Coordinate = 0.0
    vanishing: tuple[Coordinate, Coordinate] = (0.5, 0.5)


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

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> row = bz.Row([bz.Text("left"), bz.Text("right")], gap=40, align="center")
    """

    children: Annotated[tuple[AnyElement, ...], Meta(max_length=20_000)] = ()

    def __post_init__(self) -> None:
        force_setattr(self, "children", _as_children(self.children, type(self)))


class Column(_Stack, frozen=True, tag="column"):
    """Elements below one another, measured and placed from the top down.

    The attributes are those of `Row`, with width and height in each other's place.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> column = bz.Column([bz.Text("above"), bz.Text("below")], gap=20, align="start")
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
    | Letters
    | Image
    | Pixels
    | Figure
    | Drawing
    | Clip
    | Group
    | Row
    | Column
    | Filter
    | Mask
    | Average
    | Perspective
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
    if hasattr(value, "as_element"):  # a component that is an object, as `Svg` is
        return as_elements(value.as_element())
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


def _way_to_show(value: object) -> str:
    if isinstance(value, str) or plain_number(value) is not None:
        return f"; bz.Text({value!r:.40}) shows it"
    if inspect.iscoroutine(value) or inspect.isasyncgen(value):
        if inspect.iscoroutine(value):
            value.close()  # else Python warns that nobody waited for it
        return "; a scene is made at once, without waiting: fetch what it needs before"
    return ""
