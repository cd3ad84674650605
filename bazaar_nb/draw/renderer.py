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

import copy
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw import elements as _kinds  # noqa: F401 (registers them)
from bazaar_nb.draw.assets import Assets, FindAsset, OnFigure
from bazaar_nb.draw.bitmaps import BitmapCache
from bazaar_nb.draw.canvas import Bounds, Target, surface_on
from bazaar_nb.draw.clip_frames import DecodedPicture, ReadClips
from bazaar_nb.draw.damage import KeptFrame, copy_changes, find_damage
from bazaar_nb.draw.element_drawing import ElementDrawing
from bazaar_nb.draw.element_times import ElementTimes
from bazaar_nb.draw.hidden import first_seen, only_clip
from bazaar_nb.draw.kept_figures import Distrust
from bazaar_nb.draw.picture_forms import change_as_wholes, find_pictures, is_scaled_anew
from bazaar_nb.draw.picture_layers import PictureLayers
from bazaar_nb.draw.reach import Affine, Room, Siblings
from bazaar_nb.draw.tiles import Tiles, TileSet
from bazaar_nb.errors import BazaarError, ElementError
from bazaar_nb.scene.tree import FrameTree

_WORTH_ALL = 0.8  # of the frame: where more is not drawn yet, drawing all of it is cheaper
_BITMAP_FRAMES = 3  # as much memory for finished pieces as so many frames take


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

    _is_within = False  # another one, to draw one picture of its frames

    def __init__(
        self,
        width: int,
        height: int,
        find: FindAsset,
        give_back: Callable[[], None] | None = None,
        clips: ReadClips | None = None,
    ) -> None:
        self._size = (width, height)
        self._tiles = Tiles(width, height)
        self._assets = Assets(find, give_back, clips)
        bitmaps = BitmapCache(_BITMAP_FRAMES * 4 * max(width * height, 1280 * 720))
        self.times = ElementTimes()
        """Which element of the newest frame took longest."""
        self._drawing = ElementDrawing(self._assets, bitmaps, self.times, width * height)
        self._scratch: NDArray[np.uint8] | None = None
        self._layers: PictureLayers | None = None
        self._found: tuple[FrameTree, frozenset[int]] | None = None  # the pictures of the newest frame

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
            Premultiplied BGRA, overwritten; opaque if the frame's background is. Without their alpha they are
            the frame over black. Rows may be padded.

        Raises
        ------
        ElementError
            When an element can't be drawn, with where it stands in the tree.
        """
        self._draw_frame(tree, first_seen(tree), pixels)

    def decoded_picture(self, tree: FrameTree) -> DecodedPicture | None:
        """Give the picture of a frame that shows nothing but a clip of its own size, as the file has it.

        It is what `draw` gives, but for rounding: what is drawn is made RGB, and for encoders YUV again.

        Returns
        -------
        VideoFrame or None
            None for any other frame: it is to be drawn.

        Raises
        ------
        ElementError
            When the file can't be read there.
        """
        clip = only_clip(tree)
        width, height = self._size
        if clip is None or clip.size != self._size or tree.width * height != tree.height * width:
            return None
        self._assets.begin_frame()
        self.times.begin_frame()
        began, number = time.perf_counter(), len(tree.elements) - 1
        try:
            found = self._assets.decoded_picture(clip)
        except BazaarError as error:
            raise ElementError(str(error), element=f"Clip[{number}]") from error
        self.times.note(clip, number, time.perf_counter() - began)
        return found

    def redraw(self, tree: FrameTree, kept: KeptFrame, seen: TileSet | None = None) -> list[Bounds]:
        """Draw a frame over the one that was drawn before, only where they differ if that is little.

        Parameters
        ----------
        kept : KeptFrame
            Afterwards its pixels are those that `draw` gives.
        seen : TileSet, optional
            The only tiles in which they need be so.

        Returns
        -------
        list of Bounds
            The pixels that may have changed.

        Raises
        ------
        ElementError
            As `draw` does. The next frame is then drawn as a whole.
        """
        if not self._is_within:
            self.times.begin_frame()
        first, before = first_seen(tree), kept.shown
        now = self._siblings(tree, first)
        kept.shown = None
        damage = None
        try:
            if (
                before is not None
                and before.room == now.room
                and not change_as_wholes(before.elements, now.elements, self._pictures_from(tree, first or 0))
                and not (self._is_within and is_scaled_anew(before.elements, now.elements))
            ):
                damage = find_damage(before, now)
            if kept.drawn is not None or (seen is not None and not seen.all()):
                damage = self._leave_unseen(kept, now, damage, self._tiles.all() if seen is None else seen)
        except MemoryError:
            raise
        except Exception:  # drawing all of it says what is wrong, and of which element
            damage = kept.drawn = None
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

    def _leave_unseen(
        self, kept: KeptFrame, now: Siblings, damage: list[Bounds] | None, seen: TileSet
    ) -> list[Bounds] | None:
        """Give what of the damage is seen, and what is newly so; None where that is most of the frame."""
        tiles = self._tiles
        if damage is None:
            drawn, parts = tiles.none(), []
        else:
            drawn = tiles.all() if kept.drawn is None else kept.drawn
            shown = tiles.rectangles(seen & drawn)
            parts = [part.within(one) for part in damage for one in shown]
            parts = [part for part in parts if not part.is_empty]
            drawn = drawn & (seen | ~tiles.touched(damage))
        missing = seen & ~drawn
        if missing.mean() > _WORTH_ALL:
            kept.drawn = None
            return None
        kept.drawn = drawn | missing
        parts += tiles.rectangles(missing)
        if parts:
            for number in range(len(now.elements)):  # what can't be told of one is found before it is drawn
                now.reach(number)
        return parts

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
        if not self._is_within:
            self._assets.begin_frame()
            self.times.begin_frame()
        surface = surface_on(pixels)
        canvas = surface.getCanvas()
        target = Target(canvas, pixels, wanted, opaque=first is not None)
        if first is None:
            for left, top, right, bottom in target.wanted_in(target.clip_bounds()):
                pixels[top:bottom, left:right].view(np.uint32)[:] = 0
        canvas.scale(self._size[0] / tree.width, self._size[1] / tree.height)
        hidden, inside, area = first or 0, None, None
        pictures = self._begin_pictures(tree)
        for seen, element in enumerate(tree.elements[hidden:]):
            if siblings is not None:
                if not target.is_wanted(siblings.reach(seen)):
                    continue
                inside, area = siblings.known_inside(seen), siblings.area(seen)
            whole = (tree.width, tree.height)
            number = hidden + seen
            layers = self._layers if number in pictures else None
            self._drawing.draw(target, element, whole, number, area=area, inside=inside, layers=layers)

    def _begin_pictures(self, tree: FrameTree) -> frozenset[int]:
        """Give which elements are pictures that are drawn by themselves, by a renderer within this one."""
        pictures = self._pictures_from(tree, 0)
        if pictures and self._layers is None:
            within = copy.copy(self)
            within._is_within, within._scratch = True, None
            self._layers = PictureLayers(*self._size, within.redraw, self._assets)
        if self._layers is not None:
            self._layers.begin_frame(tree, pictures)
        return pictures

    def _pictures_from(self, tree: FrameTree, first: int) -> frozenset[int]:
        """Give the pictures among a frame's elements from one on, by their numbers after that."""
        if self._found is None or self._found[0] is not tree:
            self._found = tree, find_pictures(tree.elements)
        pictures = self._found[1]
        return frozenset(number - first for number in pictures if number >= first) if first else pictures
