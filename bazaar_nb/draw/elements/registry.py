"""What drawing knows of each kind of element, in one table.

A kind says how its elements are pinned, measured and drawn, in a file of its
own beside this one, and registers that once. Nothing else in ``draw`` names
kinds: to add an element, read `shapes` or `text`, and write such a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.bitmaps import BitmapCache
from bazaar_nb.draw.canvas import Bounds, Target
from bazaar_nb.draw.clip_frames import ClipFacts
from bazaar_nb.draw.geometry import Area, box_area
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.arrays import ColorArray, FloatArray
from bazaar_nb.scene.elements import AnyElement, BlendMode, Box, Element
from bazaar_nb.scene.tree import Elements

E = TypeVar("E", bound=Element)
_LARGE_BYTES = 65_536
InkBox = tuple[float, float, float, float]
"""Left, top, right and bottom of what is drawn, from the corner of the element's box."""


class Piece(NamedTuple):
    """Finished pixels, and the device pixel on which their corner is put.

    Attributes
    ----------
    pixels : array of uint8, shape (h, w, 4)
        Premultiplied BGRA.
    """

    left: int
    top: int
    pixels: NDArray[np.uint8]


class Layering(Protocol):
    """What an element that puts its children together by itself may ask for.

    See `bazaar_nb.draw.composing.Composing`.
    """

    target: Target
    area: Area
    assets: Assets
    bitmaps: BitmapCache
    scale: float
    bounds: Bounds
    parts: Sequence[Bounds]
    frame_pixels: int

    def reach(self, numbers: Iterable[int]) -> Bounds:
        """Give the pixels that some of the children can touch."""

    def layer(self, numbers: Iterable[int]) -> NDArray[np.uint8]:
        """Draw some of the children on nothing, in the device pixels of the target."""

    def plane(self, matrix: skia.Matrix, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Draw all children on nothing, under a map of their own."""

    def all_children(self) -> range:
        """Give the numbers of all children."""

    def plane_box(self) -> InkBox | None:
        """Give the box that the children touch, in the element's own pixels; None where they draw nothing."""

    def children_key(self) -> bytes:
        """Name what the children are."""


class Pinning(Protocol):
    """What pinning an element may ask for; see `bazaar_nb.draw.asset_pinning.Pinner`."""

    functions: set[str]
    """The names of functions that elements draw with."""

    def find(self, source: str) -> Path:
        """Give the file that an element names, by a path, an address or as bytes."""

    def put_file(self, path: Path) -> str:
        """Take a file and give its asset's name."""

    def look_into_clip(self, path: Path, name: str = "") -> ClipFacts:
        """Give what a video file holds; the text names its content, if that is known."""

    def put_pixels(self, pixels: bytes) -> str | None:
        """Take pixels and give their asset's name; None if they stay in the tree."""

    def pin_all(self, elements: Elements) -> Elements:
        """Pin the elements within this one."""


class Brush(NamedTuple):
    """What an element is drawn on, with and into.

    Attributes
    ----------
    area : Area
        The element's box in the box that it is in. Its corner is the canvas's origin: only the
        size is used.
    whole : (float, float)
        Size of the box that it is in.
    """

    target: Target
    assets: Assets
    bitmaps: BitmapCache
    area: Area
    whole: tuple[float, float]
    opacity: float
    blend: BlendMode


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[E]):
    """How elements of one type come to be pixels.

    Attributes
    ----------
    measure : function
        Gives width and height, inside a box of this width and height.
    draw : function, optional
        Draws an element whose box is at the origin. None for those that are only what is in them.
    place : function, optional
        Gives the box, inside a box of this width and height; by default one of its measures, put by
        its anchor.
    arrange : function, optional
        For those with children: gives the children's boxes inside the element's own, or None where each
        has its place by itself.
    compose : function, optional
        Puts the children together in another way than one over the other, and gives what is then put down.
    spread : function, optional
        Of those that compose, how many device pixels around what is in an element it changes, where a pixel
        of it is so many device pixels. None where what is seen isn't where the children are: what changes
        inside then changes all of it.
    project : function, optional
        Of those that compose and don't spread, gives where it is seen what the children draw in a box; None
        where it isn't. Both are boxes from the corner of the element's box.
    has_roles : bool
        Of those that compose, whether what a child is for depends on how many there are.
    ink : function, optional
        Gives what is drawn of an element in a box; None where that can be anywhere.
    silhouette : function, optional
        Draws all that a shape covers in opaque black. Its shadow is then as CSS has it: of the outline,
        and not seen through the shape.
    steps : function, optional
        Tells whether an element is drawn in more than one step, so that opacity must hold for the whole.
    same : function, optional
        Tells whether two elements of this type draw the same; by default where they are equal.
    is_plain : function, optional
        Tells whether an element is nothing but its box, filled with one opaque colour: of two of a
        colour only the pixels between their edges then differ.
    pin : function, optional
        Replaces what it refers to by digests; gives the same element where there is nothing. May give
        one of another type.
    pin_field : str
        Which field is to blame where that fails.
    """

    measure: Callable[[E, float, float, Assets], tuple[float, float]]
    draw: Callable[[Brush, E], None] | None = None
    place: Callable[[E, float, float, Assets], Area] | None = None
    arrange: Callable[[E, float, float, Assets], Sequence[Area] | None] | None = None
    compose: Callable[[Layering, E], Iterable[Piece]] | None = None
    spread: Callable[[E, float], int] | None = None
    project: Callable[[E, Area, InkBox], InkBox | None] | None = None
    has_roles: bool = False
    ink: Callable[[E, Area, tuple[float, float], Assets], InkBox] | None = None
    silhouette: Callable[[skia.Canvas, E, Area, tuple[float, float], skia.BlendMode, Assets], None] | None = (
        None
    )
    steps: Callable[[E], bool] | None = None
    same: Callable[[E, E], bool] | None = None
    is_plain: Callable[[E], bool] | None = None
    pin: Callable[[E, Pinning], AnyElement] | None = None
    pin_field: str = ""


KINDS: dict[type[Element], Kind[Any]] = {}
"""All kinds, by the type of their elements; filled when `bazaar_nb.draw.elements` is imported."""


def register(element: type[E], kind: Kind[E]) -> None:
    """Tell how elements of a type are drawn."""
    KINDS[element] = kind


def kind_of(element: AnyElement) -> Kind[Any]:
    """Give what is known of an element's kind."""
    return KINDS[type(element)]


def put_face(pinning: Pinning, path: str, number: int = 0) -> str:
    """Take a font file and give the name of one of its faces."""
    return pinning.put_file(Path(path)) + (f"#{number}" if number else "")


def put_arrays(pinning: Pinning, element: E, *fields: str) -> E:
    """Put large arrays of an element where pixels go; gives the same element where there are none.

    Small ones stay in the tree: a file takes longer than so many bytes.
    """
    changed = {}
    for field in fields:
        array = getattr(element, field)
        if not isinstance(array, FloatArray | ColorArray) or len(array.data) < _LARGE_BYTES:
            continue
        asset = pinning.put_pixels(array.data)
        if asset is not None:
            changed[field] = replace(array, data=b"", asset=asset)
    return replace(element, **changed) if changed else element


def place(element: AnyElement, width: float, height: float, assets: Assets) -> Area:
    """Give an element's box, inside a box of this size."""
    kind = KINDS[type(element)]
    if kind.place is not None:
        return kind.place(element, width, height, assets)
    assert isinstance(element, Box)
    return box_area(element, *kind.measure(element, width, height, assets), width, height)


def measure(element: AnyElement, width: float, height: float, assets: Assets) -> tuple[float, float]:
    """Give an element's width and height, inside a box of this size."""
    size: tuple[float, float] = KINDS[type(element)].measure(element, width, height, assets)
    return size
