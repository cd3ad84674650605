"""Pictures: read once, kept in half-octave sizes, warped into place by OpenCV.

skia takes 75 ms to scale a 12-megapixel picture to full HD, OpenCV 5 from a
size that is near already. Both edges of a picture are drawn by a clip, so that
they are smooth at any position; its inside is sampled at 1/32 pixel or finer.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage
from PIL import ImageCms, ImageOps, UnidentifiedImageError

from bazaar_nb.errors import AssetError
from bazaar_nb.scene.pixels import MAX_PIXELS

cv2.setNumThreads(1)  # a worker has one core; the engine runs one worker a core

Matrix = NDArray[np.float64]
"""An affine map of points, shape (2, 3)."""

_LIMIT = f"at most {MAX_PIXELS // 1_000_000} megapixels can be drawn, make it smaller first"


_BAND_ROWS = 256  # of a photo that is read
_PREMULTIPLIED_ROWS = 64  # at once: its channels one by one stay in the processor's cache
LARGE_BYTES = 16_000_000  # what reading a picture again is worth
_LONGEST_SIDE = 2**15 - 1  # from here on OpenCV 4 warps nothing


class Picture:
    """Premultiplied BGRA pixels, and smaller copies of them as they are needed.

    Parameters
    ----------
    pixels : array of uint8, shape (h, w, 4), or shape (h, w, 1), (h, w, 3) or (h, w, 4)
        Premultiplied BGRA; or `plain`, then grey, RGB or RGBA as people have it.
    plain : bool
        What is shown once at its own size is then converted straight into the result.
    read_again : function, optional
        Reads the pixels once more. Those at full size are then let go when
        smaller copies are enough: a photo is often four times the frame.

    Attributes
    ----------
    width, height : int
        Of the picture itself.
    opaque : bool
        Whether every alpha is 255.
    frame : int
        In which frame it was asked for last, by the count of whoever keeps it.
    """

    def __init__(
        self,
        pixels: NDArray[np.uint8],
        *,
        opaque: bool,
        plain: bool = False,
        read_again: Callable[[], NDArray[np.uint8]] | None = None,
    ) -> None:
        self.height, self.width = pixels.shape[:2]
        self.opaque = opaque
        self.frame = 0
        self._read_again = read_again
        self._used: dict[int, int] = {}
        self._plain = pixels if plain else None
        self._sizes = {} if plain else {0: pixels}

    @property
    def size_bytes(self) -> int:
        """Bytes held: where nothing is read again, with the smaller copies that can come."""
        if self._read_again is None:
            return 2 * full_bytes(self.width, self.height)
        return sum(pixels.nbytes for pixels in self._sizes.values())

    def drop_spare(self, since: int) -> None:
        """Let go of the copies that weren't drawn since some frame, if they can be made again."""
        if self._read_again is not None and self._used:
            self._used = {step: frame for step, frame in self._used.items() if frame >= since}
            self._sizes = {step: pixels for step, pixels in self._sizes.items() if step in self._used}

    def warp(self, matrix: Matrix, into: NDArray[np.uint8], *, smooth: bool = True) -> None:
        """Draw the picture moved by an affine map, with its edge pixels repeated outside.

        Parameters
        ----------
        matrix : array of shape (2, 3)
            From the picture's pixels (corner at 0, 0) to those of the result.
        into : array of uint8, shape (h, w, 4)
            The result; rows may be padded.
        """
        height, width = into.shape[:2]
        scale = math.sqrt(abs(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]))
        step = 0 if scale >= 1 or not smooth else max(0, math.floor(-2 * math.log2(max(scale, 1e-4)) + 1e-6))
        self._used[step] = self.frame
        source = self._size(step) if self._plain is None or step else self._plain
        fx, fy = self.width / source.shape[1], self.height / source.shape[0]
        placed = matrix @ np.array([[fx, 0, 0], [0, fy, 0], [0, 0, 1]])
        # OpenCV puts a pixel's coordinates at its middle, we at its corner.
        placed[:, 2] += placed[:, :2] @ (0.5, 0.5) - 0.5
        if np.array_equal(placed[:, :2], np.eye(2)):
            shift = np.round(placed[:, 2], 6)
            left, top = (int(-value) for value in np.round(shift))
            if (shift == np.round(shift)).all() and left >= 0 and top >= 0:
                part = source[top : top + height, left : left + width]
                if part.shape[:2] == into.shape[:2]:
                    if source is self._plain:
                        _convert(part, into, opaque=self.opaque)
                    else:
                        into[:] = part
                    return
        source = self._size(step)
        if max(source.shape[:2]) >= _LONGEST_SIDE:
            source, placed = _part_seen(source, placed, width, height)
        cv2.warpAffine(
            source,
            placed,
            (width, height),
            dst=into,
            flags=cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST,
            borderMode=cv2.BORDER_REPLICATE,
        )

    def _size(self, step: int) -> NDArray[np.uint8]:
        """Give the picture made smaller by the square root of two, `step` times."""
        if self._plain is not None:
            self._sizes[0] = np.empty((self.height, self.width, 4), np.uint8)
            _convert(self._plain, self._sizes[0], opaque=self.opaque)
            self._plain = None
        if step not in self._sizes:
            whole = self._sizes[0] if 0 in self._sizes or self._read_again is None else self._read_again()
            # The neighbours too, for a zoom, the largest last. Always from the full size: a copy must not
            # depend on which others were made before.
            for near in range(step + 1, max(1, step - 1) - 1, -1) if step else (0,):
                if near not in self._sizes:
                    self._sizes[near] = _shrink(whole, near)
            if step and self._read_again is not None:
                self._sizes.pop(0, None)
        return self._sizes[step]


def full_bytes(width: int, height: int) -> int:
    """Give the bytes of a picture of this size, without smaller copies."""
    return width * height * 4


def _part_seen(
    source: NDArray[np.uint8], matrix: Matrix, width: int, height: int
) -> tuple[NDArray[np.uint8], Matrix]:
    """Cut out the part of a picture that is seen in a result of some size; give the map of that."""
    back = cv2.invertAffineTransform(matrix)
    corners = back[:, :2] @ np.array([[0, width, 0, width], [0, 0, height, height]]) + back[:, 2:]
    begin, end = np.floor(corners.min(axis=1)) - 2, np.ceil(corners.max(axis=1)) + 3
    sides = source.shape[1::-1]
    left, top = (int(min(max(value, 0), side - 1)) for value, side in zip(begin, sides, strict=True))
    right, bottom = (int(min(max(value, 1), side)) for value, side in zip(end, sides, strict=True))
    part = source[top : max(bottom, top + 1), left : max(right, left + 1)]
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ (left, top)
    rows, columns = (min(side, _LONGEST_SIDE - 1) for side in part.shape[:2])
    if (rows, columns) != part.shape[:2]:  # all of it is seen at once
        factors = np.array([part.shape[1] / columns, part.shape[0] / rows])
        moved[:, 2] += moved[:, :2] @ (factors - 1) / 2  # coordinates are of pixels' middles
        moved[:, :2] *= factors
        part = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return part, moved


def _shrink(pixels: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    if step == 0:
        return pixels
    height, width = pixels.shape[:2]
    factor = 2 ** (-step / 2)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def read_picture(path: Path, before_reading_again: Callable[[], None] | None = None) -> Picture:
    """Read an image file, upright and in sRGB.

    Parameters
    ----------
    before_reading_again : function, optional
        Called when a large one, of which smaller copies were enough, is needed as a whole once more.

    Raises
    ------
    AssetError
        When it is missing, broken or too large.
    """
    pixels, opaque = _read_bgra(path)

    def read_again() -> NDArray[np.uint8]:
        if before_reading_again is not None:
            before_reading_again()
        return _read_bgra(path)[0]

    return Picture(pixels, opaque=opaque, read_again=read_again if pixels.nbytes >= LARGE_BYTES else None)


def _read_bgra(path: Path | io.BytesIO) -> tuple[NDArray[np.uint8], bool]:
    with _opened(path) as image:
        memory = _lend_memory(image)
        ImageOps.exif_transpose(image, in_place=True)
        if image.mode == "RGB":
            return _bgra_in_bands(image, memory() if memory is not None else None), True
        plain = _to_plain(image)
        if isinstance(plain, np.ndarray):
            return _to_bgra(plain)
        pixels = np.asarray(plain)
        return _to_bgra(pixels[:, :, np.newaxis] if pixels.ndim == 2 else pixels)


def _lend_memory(image: PilImage.Image) -> Callable[[], NDArray[np.uint8] | None] | None:
    """Have Pillow read an RGB image into an array, so that a photo is in memory once, not twice.

    Returns
    -------
    function or None
        Gives the array, shape (height, width, 4), once the image has been read: None where Pillow has put
        it elsewhere, as some of its readers do, or turned it. None instead of it where it can't be asked.
    """
    core = getattr(PilImage, "core", None)
    map_buffer = getattr(core, "map_buffer", None)  # what it reads uncompressed files with
    if image.mode != "RGB" or map_buffer is None:
        return None
    width, height = image.size
    memory = np.zeros((height, width, 4), np.uint8)  # as Pillow has it: some formats leave parts out
    try:
        lent = image.im = map_buffer(memory, image.size, "raw", 0, ("RGB", 0, 1))
    except (AttributeError, TypeError, ValueError):  # another Pillow
        return None
    return lambda: memory if image.im is lent else None


def _bgra_in_bands(image: PilImage.Image, memory: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """Give an RGB image in sRGB as BGRA, a band at a time; the image is then used up.

    Parameters
    ----------
    memory : array of uint8, shape (height, width, 4), optional
        What the image itself lies in; it is then written into.
    """
    width, height = image.size
    to_srgb = _srgb_transform(image, "RGB")
    bgra = np.empty((height, width, 4), np.uint8) if memory is None else memory
    for top in range(0, height, _BAND_ROWS):
        band = image.crop((0, top, width, min(top + _BAND_ROWS, height)))
        if to_srgb is not None:
            band = to_srgb.apply(band)
        cv2.cvtColor(np.asarray(band), cv2.COLOR_RGB2BGRA, dst=bgra[top : top + _BAND_ROWS])
    return bgra


def _srgb_transform(image: PilImage.Image, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Give what turns an image's colours into sRGB of a mode; None where they are taken for that already."""
    profile = image.info.get("icc_profile")
    if not profile:
        return None
    try:
        return ImageCms.buildTransform(io.BytesIO(profile), ImageCms.createProfile("sRGB"), image.mode, mode)
    except ImageCms.PyCMSError:
        return None  # a broken profile says nothing; the pixels are still a picture


def read_picture_data(data: bytes) -> Picture:
    """Read what an image file holds, as `read_picture` does."""
    pixels, opaque = _read_bgra(io.BytesIO(data))
    return Picture(pixels, opaque=opaque)


def data_size(data: bytes) -> tuple[int, int]:
    """Give the width and height of what an image file holds, as `picture_size` does."""
    with _opened(io.BytesIO(data)) as image:
        return image.size


def picture_size(path: Path) -> tuple[int, int]:
    """Give the width and height that an image file says it has, without reading it.

    Raises
    ------
    AssetError
        When it is missing, broken or too large.
    """
    with _opened(path) as image:
        return image.size


def check_picture(path: Path) -> None:
    """Read an image file as far as is needed to know that it can be drawn.

    Raises
    ------
    AssetError
        When it is missing, broken or too large.
    """
    with _opened(path) as image:
        image.draft("RGB", (1, 1))  # a JPEG is read whole, but only an eighth of it decoded
        image.load()


@contextmanager
def _opened(path: Path | io.BytesIO) -> Iterator[PilImage.Image]:
    """Open an image file; whatever goes wrong with it until it is closed is an `AssetError`."""
    name = f"image {str(path)!r}" if isinstance(path, Path) else "the picture"
    try:
        with PilImage.open(path) as opened:
            _check_size(name, opened.size)
            yield opened
    except FileNotFoundError:
        raise AssetError(f"{name} is not there") from None
    except UnidentifiedImageError:
        raise AssetError(
            f"{name} is empty or no picture: JPEG, PNG, WebP, GIF, TIFF or BMP is wanted"
        ) from None
    except PilImage.DecompressionBombError:
        raise AssetError(f"{name} is too large: {_LIMIT}") from None
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow's readers raise for broken files
        if isinstance(error, AssetError):
            raise
        raise AssetError(f"{name} can't be read: {error}") from None


def picture_from_rgba(pixels: NDArray[np.uint8]) -> Picture:
    """Make a picture of grey, RGB or RGBA pixels, alpha not premultiplied.

    Parameters
    ----------
    pixels : array of uint8, shape (h, w, 1), (h, w, 3) or (h, w, 4)
        Not to be changed while the picture is used.
    """
    return Picture(pixels, opaque=_is_opaque(pixels), plain=True)


def _is_opaque(pixels: NDArray[np.uint8]) -> bool:
    if pixels.shape[2] < 4:
        return True
    whole = np.ascontiguousarray(pixels).view(np.uint32)  # five times as fast as every fourth byte
    alpha = np.bitwise_and.reduce(whole, axis=None).reshape(1).view(np.uint8)[3]
    return bool(alpha == 255)


def _to_bgra(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], bool]:
    """Give premultiplied BGRA, and whether all of it is opaque."""
    bgra, opaque = np.empty((*pixels.shape[:2], 4), np.uint8), _is_opaque(pixels)
    _convert(pixels, bgra, opaque=opaque)
    return bgra, opaque


def _convert(pixels: NDArray[np.uint8], into: NDArray[np.uint8], *, opaque: bool) -> None:
    """Write grey, RGB or RGBA as premultiplied BGRA.

    Parameters
    ----------
    into : array of uint8, shape (h, w, 4)
        Rows may be padded.
    """
    if opaque:
        code = {1: cv2.COLOR_GRAY2BGRA, 3: cv2.COLOR_RGB2BGRA, 4: cv2.COLOR_RGBA2BGRA}[pixels.shape[2]]
        cv2.cvtColor(pixels, code, dst=into)
        return
    _premultiply(pixels, into, (2, 1, 0))


def premultiplied(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give BGRA whose alpha is not premultiplied as BGRA whose is."""
    into = np.empty(pixels.shape, np.uint8)
    _premultiply(pixels, into, (0, 1, 2))
    return into


def _premultiply(pixels: NDArray[np.uint8], into: NDArray[np.uint8], order: tuple[int, int, int]) -> None:
    """Multiply three channels with the fourth, and put them in another order."""
    for top in range(0, len(pixels), _PREMULTIPLIED_ROWS):
        rows = slice(top, top + _PREMULTIPLIED_ROWS)
        *channels, alpha = cv2.split(pixels[rows])
        colors = [cv2.multiply(channels[number], alpha, scale=1 / 255) for number in order]
        cv2.merge([*colors, alpha], dst=into[rows])


def _check_size(name: str, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise AssetError(f"{name} is {size[0]}x{size[1]}, {size[0] * size[1] / 1e6:.0f} megapixels: {_LIMIT}")


def _to_plain(image: PilImage.Image) -> PilImage.Image | NDArray[np.uint8]:
    """Give an image in grey, RGB or RGBA of 8 bits, in sRGB; as an array where Pillow has no such image."""
    if image.mode in ("RGBA", "CMYK", "L"):
        to_srgb = _srgb_transform(image, "RGBA" if image.mode == "RGBA" else "RGB")
        if to_srgb is not None:
            image = to_srgb.apply(image)
    if image.mode.startswith("I"):  # 16 bits of grey; Pillow would cut off all above 255
        grey: NDArray[np.uint8] = (np.asarray(image).clip(0, 65535) >> 8).astype(np.uint8)
        return grey[:, :, np.newaxis]
    if image.mode == "F":
        grey = (np.nan_to_num(np.asarray(image)).clip(0, 1) * 255 + 0.5).astype(np.uint8)
        return grey[:, :, np.newaxis]
    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image
