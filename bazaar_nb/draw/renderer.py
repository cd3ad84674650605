"""Element trees to pixels: the only code that draws a frame.

Previews, stills and exports all come from here, so they show the same. Where it
gives what skia would, an opaque fill, gradient or picture is written straight
into the target's pixels.

The promise: a frame drawn over any other frame is byte-identical to the same
frame drawn alone (`tests/draw/test_damage.py`). skia's smooth edges are not
promised to be the same under another clip. So nothing is clipped to what
changed: elements that touch it are drawn whole into a second picture, and of
that the damaged rectangles are copied.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.draw import elements as _kinds  # noqa: F401 (registers them)
from bazaar_nb.draw.assets import Assets, FindAsset, OnFigure
from bazaar_nb.draw.bitmaps import Bitmap, BitmapCache
from bazaar_nb.draw.blur import blur_pixels, shadow_pixels
from bazaar_nb.draw.canvas import Bounds, Target, map_bounds, mean_scale, surface_on
from bazaar_nb.draw.clip_frames import ReadClips
from bazaar_nb.draw.damage import KeptFrame, copy_changes, find_damage
from bazaar_nb.draw.element_times import ElementTimes
from bazaar_nb.draw.elements.registry import KINDS, Brush, Kind, place
from bazaar_nb.draw.geometry import Area
from bazaar_nb.draw.hidden import first_seen
from bazaar_nb.draw.image_drawing import put_bitmap
from bazaar_nb.draw.kept_figures import Distrust
from bazaar_nb.draw.outlines import clip_path, local_matrix
from bazaar_nb.draw.paints import blit_paint
from bazaar_nb.draw.reach import Affine, Room, Siblings
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.errors import BazaarError, ElementError
from bazaar_nb.scene.elements import AnyElement, Box
from bazaar_nb.scene.paint import Shadow
from bazaar_nb.scene.tree import FrameTree, plain

_BITMAP_FRAMES = 3  # as much memory for finished pieces as so many frames take
_clock = time.perf_counter
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
    give_back : function, optional
        Has the C library return freed memory to the system; called before a large picture is read.
    clips : ReadClips, optional
        Reads video files.
    """

    def __init__(
        self,
        width: int,
        height: int,
        find: FindAsset,
        give_back: Callable[[], None] | None = None,
        clips: ReadClips | None = None,
    ) -> None:
        self._size = (width, height)
        self._assets = Assets(find, give_back, clips)
        self._bitmaps = BitmapCache(_BITMAP_FRAMES * 4 * max(width * height, 1280 * 720))
        self._scratch: NDArray[np.uint8] | None = None
        self.times = ElementTimes()
        """Which element of the newest frame took longest."""

    def check_figures(self) -> dict[int, Distrust]:
        """Look at the figures that were kept from frame to frame since the last time.

        Returns
        -------
        dict of int to str
            Which can't be, by `frame`: see `bazaar_nb.draw.kept_figures.KeptFigures.check`.
        """
        return self._assets.figures.check()

    def tell_figures(self, on_figure: OnFigure | None) -> None:
        """Have a function told of each figure that is drawn, or no longer."""
        self._assets.on_figure = on_figure

    @property
    def frame(self) -> int:
        """Which frame of a film is drawn, for who asks where something went wrong."""
        return self._assets.figures.frame

    @frame.setter
    def frame(self, index: int) -> None:
        self._assets.figures.frame = index

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
        self._draw_frame(tree, first_seen(tree), pixels)

    def redraw(self, tree: FrameTree, kept: KeptFrame) -> list[Bounds]:
        """Draw a frame over the one that was drawn before, only where they differ if that is little.

        Parameters
        ----------
        kept : KeptFrame
            Afterwards its pixels are those that `draw` gives.

        Returns
        -------
        list of Bounds
            The pixels that may have changed.

        Raises
        ------
        ElementError
            As `draw` does. The next frame is then drawn as a whole.
        """
        self.times.begin_frame()
        first, before = first_seen(tree), kept.shown
        now = self._siblings(tree, first)
        kept.shown = None
        damage = None
        if before is not None and before.room == now.room:
            try:
                damage = find_damage(before, now)
            except MemoryError:
                raise
            except Exception:  # drawing all of it says what is wrong, and of which element
                damage = None
        if damage is None:
            self._draw_frame(tree, first, kept.pixels)
            changed = [Bounds(0, 0, *self._size)]
        elif damage:
            if self._scratch is None:
                self._scratch = np.zeros((self._size[1], self._size[0], 4), np.uint8)
            self._draw_frame(tree, first, self._scratch, damage, now)
            changed = copy_changes(kept.pixels, self._scratch, damage)
        else:
            changed = []
        kept.shown = now
        return changed

    def _siblings(self, tree: FrameTree, first: int | None) -> Siblings:
        width, height = self._size
        affine = Affine(width / tree.width, 0.0, 0.0, 0.0, height / tree.height, 0.0)
        room = Room(affine, (tree.width, tree.height), 1.0, Bounds(0, 0, width, height))
        return Siblings(tree.elements[first or 0 :], room, self._assets)

    def _draw_frame(
        self,
        tree: FrameTree,
        first: int | None,
        pixels: NDArray[np.uint8],
        wanted: list[Bounds] | None = None,
        siblings: Siblings | None = None,
    ) -> None:
        """Draw a frame from its first element that is seen on; if so told, what touches the wanted pixels."""
        self._assets.begin_frame()
        self.times.begin_frame()
        surface = surface_on(pixels)
        canvas = surface.getCanvas()
        target = Target(canvas, pixels, wanted)
        if first is None:
            for left, top, right, bottom in target.wanted_in(target.clip_bounds()):
                pixels[top:bottom, left:right].view(np.uint32)[:] = 0xFF000000
        canvas.scale(self._size[0] / tree.width, self._size[1] / tree.height)
        hidden, inside, area = first or 0, None, None
        for seen, element in enumerate(tree.elements[hidden:]):
            if siblings is not None:
                if not target.is_wanted(siblings.reach(seen)):
                    continue
                inside, area = siblings.known_inside(seen), siblings.area(seen)
            whole = (tree.width, tree.height)
            self._draw(target, element, whole, hidden + seen, area=area, inside=inside)

    def _draw(
        self,
        target: Target,
        element: AnyElement,
        whole: tuple[float, float],
        number: int,
        *,
        area: Area | None = None,
        opacity: float = 1.0,
        inside: Siblings | None = None,
    ) -> None:
        """Draw an element; `number` is its place among its siblings, `inside` how far its children reach."""
        opacity *= element.opacity
        if opacity == 0.0:
            return
        times, began = self.times, _clock()
        outside, most_s, times.inside_s = times.inside_s, times.most_s, 0.0
        try:
            area = place(element, *whole, self._assets) if area is None else area
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
            self._draw(target, child, inner, number, area=given, opacity=opacity, inside=deeper)

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
