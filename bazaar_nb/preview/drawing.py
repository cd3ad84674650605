"""Frames of a film as pixels in this process: by the code that draws every export."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage

from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.canvas import Bounds
from bazaar_nb.draw.clip_frames import DecodedPicture
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.errors import ElementError
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.media.clip_reader import ClipReader
from bazaar_nb.preview.checkerboard import put_on_checkerboard
from bazaar_nb.render.evaluation import placed_error
from bazaar_nb.render.still import name_file, named_file
from bazaar_nb.scene.clip_sounds import ClipSounds
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.tree import FrameTree
from bazaar_nb.sources.finding import Finder, finding_with

_KEPT_SIZES = 3  # of renderers: the preview's, the thumbnails' and one more
_JPEG_QUALITY = 92


class FrameDrawer:
    """Draws frames of any film at any size. For one thread at a time.

    Parameters
    ----------
    wait_s : float, optional
        How long to wait for what is fetched: whoever shows frames to people goes on meanwhile. As long as
        it takes by default.
    """

    def __init__(self, wait_s: float | None = None) -> None:
        self._wait_s = wait_s
        self._renderers: OrderedDict[tuple[int, int], Renderer] = OrderedDict()
        self._clips = ClipReader()  # one for all sizes: it keeps files open

    def tree(self, film: Film, index: int, heard: ClipSounds | None = None) -> FrameTree:
        """Evaluate a frame, with the names of files and fonts replaced by digests.

        Parameters
        ----------
        heard : ClipSounds, optional
            Takes note of its clips.

        Raises
        ------
        SceneError, ElementError
            With scene and frame.
        """
        finder = Finder(fetches=film.fetches, wait_s=self._wait_s)
        with finding_with(finder):
            tree = film.frame(index)
        if heard is not None:
            heard.saw(index, tree.elements)
        try:
            return Pinner(name_file, look_into_clip=look_into_clip, find=finder).pin(tree)
        except ElementError as error:
            raise placed_error(error, film, index) from error

    def draw(self, film: Film, index: int, tree: FrameTree, pixels: NDArray[np.uint8]) -> None:
        """Draw a frame's tree.

        Parameters
        ----------
        index : int
            Which frame it is, for errors.
        pixels : array of uint8, shape (height, width, 4)
            BGRA, overwritten; of a transparent film it shows a checkerboard there.
        """
        height, width = pixels.shape[:2]
        with _placed(film, index):
            self._renderer(width, height).draw(tree, pixels)
        if film.is_transparent:
            put_on_checkerboard(pixels, pixels)

    def redraw(self, film: Film, index: int, tree: FrameTree, kept: KeptFrame) -> list[Bounds]:
        """Draw a frame's tree over the one before, with its alpha; see `Renderer.redraw`."""
        height, width = kept.pixels.shape[:2]
        with _placed(film, index):
            return self._renderer(width, height).redraw(tree, kept)

    def decoded_picture(
        self, film: Film, index: int, tree: FrameTree, size: tuple[int, int]
    ) -> DecodedPicture | None:
        """Give a frame that is nothing but a picture of a video file; see `Renderer.decoded_picture`."""
        with _placed(film, index):
            return self._renderer(*size).decoded_picture(tree)

    def picture(self, film: Film, index: int, size: tuple[int, int], kind: Literal["jpeg", "png"]) -> bytes:
        """Draw a frame as a picture file.

        Parameters
        ----------
        size : tuple of (int, int)
            Width and height in pixels.
        """
        return encode_picture(self.pixels(film, index, self.tree(film, index), size), kind)

    def pixels(self, film: Film, index: int, tree: FrameTree, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Draw a frame's tree into new BGRA pixels, shape (height, width, 4)."""
        pixels = np.empty((size[1], size[0], 4), np.uint8)
        self.draw(film, index, tree, pixels)
        return pixels

    def _renderer(self, width: int, height: int) -> Renderer:
        renderer = self._renderers.get((width, height))
        if renderer is None:
            renderer = self._renderers[width, height] = Renderer(width, height, named_file, clips=self._clips)
        self._renderers.move_to_end((width, height))
        while len(self._renderers) > _KEPT_SIZES:
            self._renderers.popitem(last=False)
        return renderer


@contextmanager
def _placed(film: Film, index: int) -> Iterator[None]:
    """Have errors of elements say in which scene and frame they are."""
    try:
        yield
    except ElementError as error:
        if error.scene is not None:
            raise
        raise placed_error(error, film, index) from error


def encode_picture(pixels: NDArray[np.uint8], kind: Literal["jpeg", "png"]) -> bytes:
    """Give BGRA pixels as a JPEG (whose colour is as fine as its brightness) or a PNG."""
    image = PilImage.fromarray(np.ascontiguousarray(pixels[:, :, 2::-1]), "RGB")
    target = io.BytesIO()
    if kind == "png":
        image.save(target, "PNG", compress_level=3)
    else:
        image.save(target, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return target.getvalue()
