"""Element trees to pixels: the only code that draws a frame.

Previews, stills and exports all come from here, so they show the same. Where it
gives what skia would, an opaque fill, gradient or picture is written straight
into the target's pixels.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.assets import FindAsset, Sources
from bazaar_nb.draw.bitmaps import Bitmap, BitmapCache
from bazaar_nb.draw.blur import blur_pixels, shadow_pixels
from bazaar_nb.draw.canvas import Bounds, Target, map_bounds, mean_scale, surface_on
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.gradients import gradient_is_opaque
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.layout import place, stack_places
from bazaar_nb.draw.leaves import Leaves, Shape
from bazaar_nb.draw.native import skia
from bazaar_nb.draw.paints import blit_paint
from bazaar_nb.draw.shapes import clip_path, local_matrix
from bazaar_nb.errors import BazaarError, ElementError
from bazaar_nb.scene.elements import AnyElement, Column, Fill, Group, Line, Path, Polygon, Row, Text
from bazaar_nb.scene.paint import Shadow
from bazaar_nb.scene.tree import FrameTree, plain
from bazaar_nb.values.color import parse_color

_BITMAP_FRAMES = 3  # as much memory for finished pieces as so many frames take
_MITER_REACH = 2.0  # of a stroke's width: corners sharper than skia's miter limit of 4 are cut
_encoder = msgspec.msgpack.Encoder(enc_hook=plain)


class Renderer:
    """Draws frames of one size.

    Not safe for use by two threads at once.

    Parameters
    ----------
    width, height : int
        Pixels of what is drawn; a tree of another size is scaled to it.
    find : function
        Gives the file of an asset, ``asset:<digest>.<ext>``.
    """

    def __init__(self, width: int, height: int, find: FindAsset) -> None:
        self._size = (width, height)
        self._sources = Sources(find)
        self._bitmaps = BitmapCache(_BITMAP_FRAMES * 4 * max(width * height, 1280 * 720))
        self._leaves = Leaves(self._sources, self._bitmaps)

    def draw(self, tree: FrameTree, pixels: NDArray[np.uint8]) -> None:
        """Draw a frame.

        Parameters
        ----------
        pixels : array of uint8, shape (height, width, 4)
            BGRA, overwritten; opaque afterwards. Rows may be padded.

        Raises
        ------
        ElementError
            When an element can't be drawn, with where it stands in the tree.
        """
        surface = surface_on(pixels)
        canvas = surface.getCanvas()
        first = _first_seen(tree)
        if first is None:
            pixels.view(np.uint32)[:] = 0xFF000000
        canvas.scale(self._size[0] / tree.width, self._size[1] / tree.height)
        target = Target(canvas, pixels)
        for number in range(first or 0, len(tree.elements)):
            self._draw(target, tree.elements[number], (tree.width, tree.height), number)

    def _draw(
        self,
        target: Target,
        element: AnyElement,
        whole: tuple[float, float],
        number: int,
        *,
        area: Area | None = None,
        opacity: float = 1.0,
    ) -> None:
        """Draw an element; `number` is its place among its siblings."""
        opacity *= element.opacity
        if opacity == 0.0:
            return
        try:
            area = place(element, *whole, self._sources) if area is None else area
            canvas = target.canvas
            canvas.save()
            canvas.concat(local_matrix(element, area))
            if element.shadow is not None:
                self._draw_shadow(target, element, element.shadow, area, whole, opacity)
            if element.clip is not None:
                canvas.clipPath(clip_path(element.clip, area.width, area.height), True)
            if element.blur > 0:
                self._draw_blurred(target, element, area, whole, opacity)
            else:
                self._draw_content(target, element, area, whole, opacity)
            canvas.restore()
        except ElementError as error:
            error.element = f"{type(element).__name__}[{number}]" + (
                f" > {error.element}" if error.element else ""
            )
            raise
        except MemoryError:
            raise
        except Exception as error:
            said = str(error) if isinstance(error, BazaarError) else f"{type(error).__name__}: {error}"
            raise ElementError(said, element=f"{type(element).__name__}[{number}]") from error

    def _draw_content(
        self, target: Target, element: AnyElement, area: Area, whole: tuple[float, float], opacity: float
    ) -> None:
        """Draw an element in its own box at the origin."""
        if (
            isinstance(element, Group | Row | Column)
            and len(element.children) == 1
            and element.blend == "normal"
        ):
            self._draw_children(target, element, area, whole, opacity)
            return
        blend = element.blend
        layered = _draws_twice(element) and (opacity < 1 or blend != "normal")
        if layered:
            target.canvas.saveLayer(None, blit_paint(opacity, blend))
            target = Target(target.canvas, None)
            opacity, blend = 1.0, "normal"
        if isinstance(element, Group | Row | Column):
            self._draw_children(target, element, area, whole, opacity)
        else:
            self._leaves.draw(target, element, area, whole, opacity, blend)
        if layered:
            target.canvas.restore()

    def _draw_children(
        self,
        target: Target,
        parent: Group | Row | Column,
        area: Area,
        whole: tuple[float, float],
        opacity: float,
    ) -> None:
        inner = (area.width, area.height)
        places = None if isinstance(parent, Group) else stack_places(parent, *whole, self._sources)
        for number, child in enumerate(parent.children):
            self._draw(
                target, child, inner, number, area=None if places is None else places[number], opacity=opacity
            )

    def _draw_blurred(
        self, target: Target, element: AnyElement, area: Area, whole: tuple[float, float], opacity: float
    ) -> None:
        sigma = element.blur * mean_scale(target.matrix())
        bare = replace(element, opacity=1.0, blur=0.0, shadow=None, clip=None, blend="normal")
        bounds = self._reach(target, element, area, whole, sigma)
        if bounds.is_empty:
            return

        def make() -> Bitmap:
            pixels = self._offscreen(target, bare, area, whole, bounds)
            return Bitmap(blur_pixels(pixels, sigma), opaque=False)

        bitmap = self._bitmaps.bitmap(("blur", sigma, *self._key(target, bare, area, whole, bounds)), make)
        put_bitmap(target, bitmap, bounds.left, bounds.top, opacity, element.blend)

    def _draw_shadow(
        self,
        target: Target,
        element: AnyElement,
        shadow: Shadow,
        area: Area,
        whole: tuple[float, float],
        opacity: float,
    ) -> None:
        """Draw an element's shadow: of its outline if it is a shape, else of all that it shows.

        A shape's shadow is not seen through the shape itself, as with CSS box shadows.
        """
        matrix = target.matrix()
        sigma = shadow.blur / 2 * mean_scale(matrix)
        dx, dy = matrix[:, :2] @ (shadow.dx, shadow.dy)
        right, down = round(dx), round(dy)
        bare = replace(element, opacity=1.0, shadow=None, blend="normal")
        bounds = self._reach(target, element, area, whole, sigma + max(abs(dx), abs(dy)) / 3)
        if bounds.is_empty:
            return
        shape = element if isinstance(element, Shape) and element.blur == 0 else None

        def make() -> Bitmap:
            pixels = self._offscreen(target, bare, area, whole, bounds, silhouette=shape)
            soft = np.ascontiguousarray(shadow_pixels(pixels, sigma, shadow.color))
            if shape is not None:
                canvas = self._canvas_on(soft, target, bare, area, (bounds.left + right, bounds.top + down))
                self._leaves.draw_silhouette(canvas, shape, area, whole, skia.BlendMode.kDstOut)
            return Bitmap(soft, opaque=False)

        key = ("shadow", shadow, sigma, right, down, *self._key(target, bare, area, whole, bounds))
        put_bitmap(
            target, self._bitmaps.bitmap(key, make), bounds.left + right, bounds.top + down, opacity, "normal"
        )

    def _offscreen(
        self,
        target: Target,
        element: AnyElement,
        area: Area,
        whole: tuple[float, float],
        bounds: Bounds,
        *,
        silhouette: Shape | None = None,
    ) -> NDArray[np.uint8]:
        """Draw an element alone, or a shape's silhouette, into the device pixels of the bounds."""
        pixels = np.zeros((bounds.height, bounds.width, 4), np.uint8)
        canvas = self._canvas_on(pixels, target, element, area, (bounds.left, bounds.top))
        if silhouette is not None:
            self._leaves.draw_silhouette(canvas, silhouette, area, whole, skia.BlendMode.kSrcOver)
        elif element.blur > 0:
            self._draw_blurred(Target(canvas, None), element, area, whole, 1.0)
        else:
            self._draw_content(Target(canvas, None), element, area, whole, 1.0)
        return pixels

    @staticmethod
    def _canvas_on(
        pixels: NDArray[np.uint8], target: Target, element: AnyElement, area: Area, corner: tuple[int, int]
    ) -> skia.Canvas:
        """Give a canvas on pixels whose corner lies on that device pixel, with the element's clip."""
        canvas = surface_on(pixels).getCanvas()
        canvas.translate(-corner[0], -corner[1])
        canvas.concat(target.canvas.getTotalMatrix())
        if element.clip is not None:
            canvas.clipPath(clip_path(element.clip, area.width, area.height), True)
        return canvas

    def _reach(
        self, target: Target, element: AnyElement, area: Area, whole: tuple[float, float], sigma: float
    ) -> Bounds:
        """Give the device pixels that an element can touch, as far as they matter."""
        margin = math.ceil(3 * sigma) + 1
        visible = target.clip_bounds().grown(margin)
        if isinstance(element, Group | Row | Column | Fill):
            return visible  # children may lie outside of their parent's box
        if isinstance(element, Text):
            box = self._sources.text.lay_out(element, whole[0]).ink
        else:
            stroke = getattr(element, "stroke", None)
            beyond = 0.0 if stroke is None else stroke.width * _MITER_REACH
            box = (-beyond, -beyond, area.width + beyond, area.height + beyond)
        return map_bounds(target.matrix(), *box).grown(margin).within(visible)

    @staticmethod
    def _key(
        target: Target, element: AnyElement, area: Area, whole: tuple[float, float], bounds: Bounds
    ) -> tuple[object, ...]:
        """Name what an element looks like in the bounds, wherever those are."""
        matrix = target.matrix()
        matrix[:, 2] -= (bounds.left, bounds.top)
        moved = {name: None for name in ("x", "y") if isinstance(getattr(element, name, None), float | str)}
        still = (
            replace(element, **moved) if moved and not isinstance(element, Line | Path | Polygon) else element
        )
        return (
            _encoder.encode(still),
            matrix.tobytes(),
            area.width,
            area.height,
            whole,
            bounds.width,
            bounds.height,
        )


def _draws_twice(element: AnyElement) -> bool:
    """Tell whether an element is drawn in more than one step, so that opacity must hold for the whole."""
    if isinstance(element, Group | Row | Column):
        return True
    return getattr(element, "fill", None) is not None and getattr(element, "stroke", None) is not None


def _first_seen(tree: FrameTree) -> int | None:
    """Give the last fill that hides everything below it; None where there is none."""
    for number in range(len(tree.elements) - 1, -1, -1):
        element = tree.elements[number]
        if not isinstance(element, Fill) or element != Fill(element.paint):
            continue
        paint = element.paint
        if parse_color(paint)[3] == 1.0 if isinstance(paint, str) else gradient_is_opaque(paint):
            return number
    return None
