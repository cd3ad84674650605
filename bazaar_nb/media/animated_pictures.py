"""GIF and animated WebP: read by Pillow, which knows how their frames build on one another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage
from PIL import ImageSequence, UnidentifiedImageError

from bazaar_nb.errors import AssetError

_UNTIMED_MS = 100
"""What browsers show a frame for that says 10 ms or less: https://webkit.org/b/36082."""
_SHORTEST_MS = 10
_MAX_PIXELS = 100_000_000


def is_animation(path: Path) -> bool:
    """Tell whether a file is read here."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False
    return head.startswith(b"GIF8") or (head[:4] == b"RIFF" and head[8:] == b"WEBP")


def index_animation(path: Path) -> tuple[tuple[int, int], NDArray[np.int64], int]:
    """Give width and height, when each picture is shown in milliseconds, and when the last one ends.

    Raises
    ------
    AssetError
        If it can't be read.
    """
    times: list[int] = []
    at = 0
    with _reading(path), _open(path) as image:
        for picture in ImageSequence.Iterator(image):
            if image.format == "WEBP":
                picture.load()  # only then it says how long it is shown
            shown = round(float(picture.info.get("duration", 0) or 0))
            times.append(at)
            at += shown if shown > _SHORTEST_MS else _UNTIMED_MS
        return image.size, np.array(times, np.int64), at


class Animation:
    """A file whose pictures are read one after the other.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._number = -1
        self._pixels: NDArray[np.uint8] | None = None
        with _reading(path):
            self._image = _open(path)

    def pixels(self, number: int) -> NDArray[np.uint8]:
        """Give a picture as RGBA, shape (height, width, 4), not premultiplied."""
        if number != self._number or self._pixels is None:
            with _reading(self._path):
                self._image.seek(number)
                self._pixels = np.asarray(self._image.convert("RGBA"))
            self._number = number
        return self._pixels

    def close(self) -> None:
        """Close the file."""
        self._image.close()


def _open(path: Path) -> PilImage.Image:
    image = PilImage.open(path)
    if image.width * image.height > _MAX_PIXELS:
        image.close()
        raise AssetError(
            f"clip {str(path)!r} is {image.width}x{image.height}: at most {_MAX_PIXELS // 1_000_000} "
            "megapixels can be drawn, make it smaller first"
        )
    return image


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Have whatever goes wrong with a file be an `AssetError`."""
    try:
        yield
    except UnidentifiedImageError:
        raise AssetError(f"clip {str(path)!r} is broken, or no picture") from None
    except (PilImage.DecompressionBombError, OSError, EOFError, SyntaxError, ValueError) as error:
        if isinstance(error, AssetError):
            raise
        raise AssetError(f"clip {str(path)!r} can't be read: {error}") from error
