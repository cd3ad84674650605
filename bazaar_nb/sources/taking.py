"""What authors hand over in place of a path: bytes, open files, PIL images and arrays, kept as files."""

from __future__ import annotations

import io
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from PIL import Image as PilImage

from bazaar_nb.draw.image_loading import data_size
from bazaar_nb.draw.svg import is_svg, svg_size
from bazaar_nb.errors import BazaarError, InvalidValueError
from bazaar_nb.scene.pixels import MAX_PIXELS, image_bytes
from bazaar_nb.sources.given_files import find_given, keep_bytes

MOST_BYTES = 2_000_000_000
"""How much may be handed over at once; what is larger is a file with a path."""

_BYTES = (bytes, bytearray, memoryview)
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
_ENDS = {"font": "ttf", "fallback": "ttf"}
_pictures: dict[tuple[bytes, str, tuple[int, int]], str] = {}
_MOST_PICTURES = 1024


def take_content(value: object, field: str, element: str) -> str | None:
    """Keep what an object holds, and give the source that stands for it.

    Parameters
    ----------
    value : object
        Bytes or a binary file object, which is read from its beginning where it can go there. For an
        ``"Image"`` also a PIL image or an array, as `bazaar_nb.Pixels` takes it.
    field, element : str
        Where it is to go, for messages.

    Returns
    -------
    str or None
        ``given:<digest>.<ext>``; None for what holds no file.

    Raises
    ------
    InvalidValueError
        When it is empty, is too large, or is no picture where that can be told at once.
    """
    where = f"({element})"
    if isinstance(value, _BYTES):
        data = value if type(value) is bytes else bytes(value)
    elif callable(getattr(value, "read", None)):
        data = _read(value, field, where)
    elif element == "Image":
        return _take_pixels(value)
    else:
        return None
    if not data:
        raise InvalidValueError(f"`{field}` got a {type(value).__name__} without any bytes in it {where}")
    if len(data) > MOST_BYTES:
        raise InvalidValueError(
            f"`{field}` got {len(data):,} bytes, at most {MOST_BYTES:,} are taken: give a path {where}"
        )
    name = keep_bytes(data, _ENDS.get(field, "bin"))
    if element == "Image":
        _check_picture(name, type(value).__name__)
    return name


def _read(source: Any, field: str, where: str) -> bytes:
    kind = type(source).__name__
    try:
        if source.seekable() if hasattr(source, "seekable") else hasattr(source, "seek"):
            source.seek(0)
        data = source.read(MOST_BYTES + 1)
    except (OSError, ValueError, TypeError) as error:
        raise InvalidValueError(f"`{field}` got a {kind} that can't be read: {error} {where}") from None
    if not isinstance(data, _BYTES):
        raise InvalidValueError(f"`{field}` got a {kind} in text mode: open the file with mode 'rb' {where}")
    return bytes(data)


@lru_cache(maxsize=1024)
def _check_picture(name: str, kind: str) -> None:
    path = find_given(name)
    data = b"" if path is None else path.read_bytes()
    try:
        if is_svg(data):
            svg_size(data)
        else:
            data_size(data)
    except BazaarError as error:
        raise InvalidValueError(f"what the {kind} holds can't be read: {error} (Image)") from error


def _take_pixels(value: object) -> str | None:
    """Keep a PIL image or an array as a PNG, which is made once for the same pixels."""
    if isinstance(value, PilImage.Image):
        width, height = value.size
        if width * height > MAX_PIXELS:
            raise InvalidValueError(
                f"the picture is {width}x{height}: at most {MAX_PIXELS:,} pixels can be drawn (Image)"
            )
        try:
            pixels, mode = value.tobytes(), value.mode
        except (OSError, ValueError, SyntaxError) as error:  # a file that was opened, and is read only now
            raise InvalidValueError(f"the picture can't be read: {error} (Image)") from None
        looks = (mode, value.info.get("transparency"), value.info.get("icc_profile"), value.getpalette())
        return _kept(pixels, repr(looks), value.size, value)
    is_array = isinstance(value, np.ndarray) or (
        hasattr(value, "__array__") and not hasattr(value, "columns")
    )
    if not is_array or np.ndim(value) < 2:  # type: ignore[arg-type]
        return None
    try:
        data, (height, width, channels) = image_bytes(value)
    except InvalidValueError as error:
        raise InvalidValueError(str(error).replace("(Pixels)", "(Image)")) from None
    size = width, height
    return _kept(data, _MODES[channels], size, None)


def _kept(pixels: bytes, mode: str, size: tuple[int, int], image: PilImage.Image | None) -> str:
    key = blake2b(pixels, digest_size=20).digest(), mode, size
    name = _pictures.get(key)
    if name is not None and find_given(name) is not None:
        return name
    target = io.BytesIO()
    try:
        _as_png(image if image is not None else PilImage.frombytes(mode, size, pixels)).save(
            target, "PNG", compress_level=1
        )
    except (OSError, ValueError) as error:
        raise InvalidValueError(f"the picture can't be kept: {error} (Image)") from None
    name = keep_bytes(target.getvalue(), "png")
    while len(_pictures) >= _MOST_PICTURES:
        _pictures.pop(next(iter(_pictures)))
    _pictures[key] = name
    return name


def _as_png(image: PilImage.Image) -> PilImage.Image:
    """Give an image in a mode that PNG has."""
    if image.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"):
        return image
    if image.mode == "F":
        raise InvalidValueError("a PIL image of mode 'F' has no range: give an array of 0 to 1 (Image)")
    plain = image.convert("RGBA" if "a" in image.mode.lower() else "RGB")
    plain.info.pop("icc_profile", None)  # of the other mode
    return plain
