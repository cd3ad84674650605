"""An element drawn: put in its place, faded, blurred, with its shadow, and with what is in it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.bitmaps import Bitmap, BitmapCache
from bazaar_nb.draw.blur import blur_pixels, shadow_pixels
from bazaar_nb.draw.canvas import Bounds, Target, map_bounds, mean_scale, surface_on
from bazaar_nb.draw.composing import Composing, put_pieces
from bazaar_nb.draw.element_times import ElementTimes
from bazaar_nb.draw.elements.registry import KINDS, Brush, Kind, place
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.outlines import clip_path, local_matrix
from bazaar_nb.draw.paints import blit_paint
from bazaar_nb.draw.picture_layers import PictureLayers
from bazaar_nb.draw.reach import Siblings
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.errors import BazaarError, ElementError
from bazaar_nb.scene.elements import AnyElement, Box
from bazaar_nb.scene.paint import Shadow
from bazaar_nb.scene.tree import plain

_clock = time.perf_counter
_encoder = msgspec.msgpack.Encoder(enc_hook=plain)


class ElementDrawing:
    """Draws elements on targets, with what they refer to and finished pieces of pictures at hand.

    Parameters
    ----------
    times : ElementTimes
        Is told how long each took.
    frame_pixels : int
        How many a whole frame has: what is drawn on the way is not much larger.
    """

    def __init__(self, assets: Assets, bitmaps: BitmapCache, times: ElementTimes, frame_pixels: int) -> None:
        self._assets = assets
        self._times = times
        self._bitmaps = bitmaps
        self._frame_pixels = frame_pixels

    def draw(
        self,
        target: Target,
        element: AnyElement,
        whole: tuple[float, float],
        number: int,
        *,
        area: Area | None = None,
        opacity: float = 1.0,
        inside: Siblings | None = None,
        layers: PictureLayers | None = None,
    ) -> None:
        """Draw an element.

        Parameters
        ----------
        number : int
            Its place among its siblings.
        inside : Siblings, optional
            How far its children reach.
        layers : PictureLayers, optional
            Where it is a picture of its own.
        """
        opacity *= element.opacity
        if opacity == 0.0:
            return
        times, began = self._times, _clock()
        outside, most_s, times.inside_s = times.inside_s, times.most_s, 0.0
        try:
            area = place(element, *whole, self._assets) if area is None else area
            canvas = target.canvas
            canvas.save()
            canvas.concat(local_matrix(element, area))
            if layers is None or not layers.put(target, element, area, whole, number, opacity):
                if element.shadow is not None:
                    self._draw_shadow(target, element, element.shadow, area, whole, opacity)
                if element.clip is not None:
                    canvas.clipPath(clip_path(element.clip, area.width, area.height), True)
                if element.blur > 0:
                    self._draw_blurred(target, element, area, whole, opacity)
                else:
                    self._draw_content(target, element, area, whole, opacity, inside)
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
        took_s = _clock() - began
        own_s, times.inside_s = took_s - times.inside_s, outside + took_s
        if own_s > times.most_s or times.most_s != most_s:
            times.note(element, number, own_s)

    def _draw_content(
        self,
        target: Target,
        element: AnyElement,
        area: Area,
        whole: tuple[float, float],
        opacity: float,
        inside: Siblings | None = None,
    ) -> None:
        """Draw an element in its own box at the origin."""
        kind = KINDS[type(element)]
        if kind.compose is not None:
            self._draw_composed(target, element, kind, area, opacity, inside)
            return
        if kind.arrange is not None and len(element.children) == 1 and element.blend == "normal":  # type: ignore[union-attr]
            self._draw_children(target, element, kind, area, whole, opacity, inside)
            return
        blend = element.blend
        layered = (opacity < 1 or blend != "normal") and kind.steps is not None and kind.steps(element)
        if layered:
            target.canvas.saveLayer(None, blit_paint(opacity, blend))
            target = Target(target.canvas, None, target.wanted)
            opacity, blend = 1.0, "normal"
        if kind.draw is not None:
            kind.draw(Brush(target, self._assets, self._bitmaps, area, whole, opacity, blend), element)
        if kind.arrange is not None:
            self._draw_children(target, element, kind, area, whole, opacity, inside)
        if layered:
            target.canvas.restore()

    def _draw_children(
        self,
        target: Target,
        parent: AnyElement,
        kind: Kind[Any],
        area: Area,
        whole: tuple[float, float],
        opacity: float,
        inside: Siblings | None,
    ) -> None:
        inner = (area.width, area.height)
        places = None if kind.arrange is None else kind.arrange(parent, *whole, self._assets)
        deeper = None
        for number, child in enumerate(parent.children):  # type: ignore[union-attr]
            if inside is not None:
                if not target.is_wanted(inside.reach(number)):
                    continue
                deeper = inside.known_inside(number)
            given = None if places is None else places[number]
            self.draw(target, child, inner, number, area=given, opacity=opacity, inside=deeper)

    def _draw_composed(
        self,
        target: Target,
        element: AnyElement,
        kind: Kind[Any],
        area: Area,
        opacity: float,
        inside: Siblings | None,
    ) -> None:
        """Draw an element that puts its children together in its own way."""
        inner = (area.width, area.height)

        def draw_child(layer: Target, number: int, known: Siblings | None) -> None:
            deeper = None
            if known is not None:
                if not layer.is_wanted(known.reach(number)):
                    return
                deeper = known.known_inside(number)
            self.draw(layer, element.children[number], inner, number, inside=deeper)  # type: ignore[union-attr]

        composing = Composing(
            target, element, area, inside, draw_child, self._assets, self._bitmaps, self._frame_pixels
        )
        if composing.parts and kind.compose is not None:
            put_pieces(target, kind.compose(composing, element), opacity, element.blend)

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
        silhouette = KINDS[type(element)].silhouette if element.blur == 0 else None

        def make() -> Bitmap:
            pixels = self._offscreen(target, bare, area, whole, bounds, silhouette=silhouette)
            soft = np.ascontiguousarray(shadow_pixels(pixels, sigma, shadow.color))
            if silhouette is not None:
                canvas = self._canvas_on(soft, target, bare, area, (bounds.left + right, bounds.top + down))
                silhouette(canvas, element, area, whole, skia.BlendMode.kDstOut, self._assets)
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
        silhouette: Callable[..., None] | None = None,
    ) -> NDArray[np.uint8]:
        """Draw an element alone, or a shape's silhouette, into the device pixels of the bounds."""
        pixels = np.zeros((bounds.height, bounds.width, 4), np.uint8)
        canvas = self._canvas_on(pixels, target, element, area, (bounds.left, bounds.top))
        if silhouette is not None:
            silhouette(canvas, element, area, whole, skia.BlendMode.kSrcOver, self._assets)
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
        ink = KINDS[type(element)].ink
        if ink is None:
            return visible  # children may lie outside of their parent's box
        box = ink(element, area, whole, self._assets)
        return map_bounds(target.matrix(), *box).grown(margin).within(visible)

    @staticmethod
    def _key(
        target: Target, element: AnyElement, area: Area, whole: tuple[float, float], bounds: Bounds
    ) -> tuple[object, ...]:
        """Name what an element looks like in the bounds, wherever those are."""
        matrix = target.matrix()
        matrix[:, 2] -= (bounds.left, bounds.top)
        still = element
        if isinstance(element, Box):  # where it is put is in the matrix
            moved = {name: None for name in ("x", "y") if getattr(element, name) is not None}
            still = replace(element, **moved) if moved else element
        return (
            _encoder.encode(still),
            matrix.tobytes(),
            area.width,
            area.height,
            whole,
            bounds.width,
            bounds.height,
        )
