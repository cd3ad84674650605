"""Draws elements to arrays, with everything that they refer to kept in memory."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.media.clip_reader import ClipReader
from bazaar_nb.scene.elements import AnyElement
from bazaar_nb.scene.tree import FrameTree, check_elements
from bazaar_nb.sources.finding import find_now
from bazaar_nb.store.file_digests import digest_file

RGB = NDArray[np.uint8]


class Stage:
    """Pins and draws trees; a renderer is kept for each size, as a worker does."""

    def __init__(self, folder: Path, width: int = 160, height: int = 90) -> None:
        self.folder = folder
        self.width = width
        self.height = height
        self.clips = ClipReader()
        self._files: dict[str, Path] = {}
        self._renderers: dict[tuple[int, int], Renderer] = {}

    def tree(self, *elements: AnyElement) -> FrameTree:
        """Check elements and pin what they refer to."""
        checked = check_elements(elements, scene="stage", frame=0)
        pinner = Pinner(self._put_file, self._put_pixels, look_into_clip, find=find_now)
        return pinner.pin(FrameTree(self.width, self.height, checked))

    def draw(self, *elements: AnyElement, scale: float = 1.0) -> RGB:
        """Give the RGB pixels of elements over black."""
        return self.draw_tree(self.tree(*elements), scale=scale)

    def draw_tree(self, tree: FrameTree, *, scale: float = 1.0, dirt: int = 77) -> RGB:
        """Give the RGB pixels of a pinned tree, drawn into a buffer full of something else."""
        size = (round(tree.width * scale), round(tree.height * scale))
        if size not in self._renderers:
            self._renderers[size] = Renderer(*size, self.find, clips=self.clips)
        pixels = np.full((size[1], size[0], 4), dirt, np.uint8)
        self._renderers[size].draw(tree, pixels)
        assert (pixels[:, :, :3] <= pixels[:, :, 3:]).all()  # premultiplied
        return pixels[:, :, [2, 1, 0]]

    def find(self, name: str) -> Path:
        """Give the file of an asset that a tree refers to."""
        return self._files[name]

    def forget(self) -> None:
        """Drop every renderer, with its caches."""
        self._renderers.clear()

    def _put_file(self, path: Path) -> str:
        name = f"asset:{digest_file(path)}{path.suffix}"
        self._files[name] = path
        return name

    def _put_pixels(self, data: bytes) -> str:
        digest = hashlib.blake2b(data, digest_size=20).hexdigest()
        path = self.folder / f"{digest}.npy"
        path.write_bytes(data)
        self._files[f"asset:{digest}.npy"] = path
        return f"asset:{digest}.npy"


def centroid(picture: RGB) -> tuple[float, float]:
    """Give the middle of all light in a picture, in pixels from its corner."""
    light = picture.astype(np.float64).sum(axis=2)
    y, x = np.mgrid[: light.shape[0], : light.shape[1]] + 0.5
    return float((light * x).sum() / light.sum()), float((light * y).sum() / light.sum())
