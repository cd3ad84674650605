"""SVG drawings: their size, the fonts that they ask for, and their pixels.

skia's own SVG module, as its wheel has it, draws no text, which charts are full
of. resvg does, and is exact; here it gets the same fonts on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.fonts import (
    DEFAULT_FAMILY,
    FONT_FOLDER,
    Face,
    default_typefaces,
    faces_of,
    find_face_for,
    missing_letters,
    remembers_faces,
)
from bazaar_nb.draw.image_loading import Picture, picture_from_rgba
from bazaar_nb.draw.svg_reading import read_svg
from bazaar_nb.errors import AssetError

_LONGEST_SIDE = 16_384
_INK_SIDE = 512  # pixels of the drawing that tells where ink is
_USUAL_SIZE = (300.0, 150.0)  # where a drawing says nothing, as browsers have it
_PIXELS_A_UNIT = {
    "": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0,
    "em": 16.0, "ex": 8.0,
}  # fmt: skip
_GENERIC = {"sans-serif", "serif", "monospace", "cursive", "fantasy", "system-ui", "inherit", DEFAULT_FAMILY}
_PIXEL_FILES = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF", b"BM", b"II*", b"MM\0")
_START = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE\s+svg|svg|\w+:svg)", re.IGNORECASE)


def is_svg(data: bytes) -> bool:
    """Tell an SVG drawing from pictures of pixels."""
    return _START.match(data[:256]) is not None


def is_svg_file(path: Path) -> bool:
    """Tell an SVG file from pictures of pixels: by what is in it, whatever it is called.

    Raises
    ------
    AssetError
        When it can't be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(256)
    except (OSError, ValueError) as error:
        raise AssetError(f"image {str(path)!r} can't be read: {error}") from None
    return is_svg(head) or (path.suffix.lower() == ".svg" and not head.startswith(_PIXEL_FILES))


@lru_cache(maxsize=64)
def svg_size(data: bytes) -> tuple[float, float]:
    """Give a drawing's own width and height in pixels.

    Raises
    ------
    AssetError
        When it is broken or too large.
    """
    root = read_svg(data)
    box = [float(part) for part in re.findall(r"[-+.\deE]+", root.get("viewBox", ""))]
    across, down = (box[2], box[3]) if len(box) == 4 and min(box[2:]) > 0 else (None, None)
    width, height = pixels_of(root.get("width")), pixels_of(root.get("height"))
    if across is not None and down is not None:
        if width is None and height is None:
            return across, down
        if width is None and height is not None:
            return height * across / down, height
        if height is None and width is not None:
            return width, width * down / across
    return width or _USUAL_SIZE[0], height or _USUAL_SIZE[1]


@remembers_faces(64)
def svg_faces(data: bytes) -> tuple[Face, ...]:
    """Give system fonts that a drawing's texts name, or that have letters which Inter lacks."""
    root = read_svg(data)
    named = set(re.findall(r"font-family\s*[:=]\s*[\"']?([^;\"'<>{}]+)", data.decode("utf-8", "replace")))
    families = {part.strip(" '\"") for names in named for part in names.split(",")} - _GENERIC
    faces = [face for family in sorted(families) for face in faces_of(family)]
    texts = (part for element in root.iter() if _is_text(element) for part in element.itertext())
    missing = missing_letters(default_typefaces(), "".join(sorted(set("".join(texts)))))
    while missing:
        found = find_face_for(missing[0], 400, False)
        if found is not None and found not in faces:
            faces.append(found)
        missing = missing[1:]
    return tuple(faces)


def draw_svg(data: bytes, width: int, height: int, fonts: list[str]) -> Picture:
    """Draw a drawing at a size in pixels.

    Parameters
    ----------
    fonts : list of str
        Files, beside those that come with the package.

    Raises
    ------
    AssetError
        When it can't be drawn.
    """
    return picture_from_rgba(_drawn(data, width, height, fonts))


@lru_cache(maxsize=256)
def svg_ink(data: bytes) -> tuple[float, float, float, float] | None:
    """Give the box of all that is seen of a drawing, a little too large, in its own pixels; None for nothing.

    Raises
    ------
    AssetError
        When it can't be drawn.
    """
    own_width, own_height = svg_size(data)
    scale = _INK_SIDE / max(own_width, own_height)
    size = max(1, round(own_width * scale)), max(1, round(own_height * scale))
    fonts = [face.path for face in svg_faces(data)]
    seen = _drawn(data, *size, fonts)[:, :, 3] > 0
    if not seen.any():
        return None
    columns, rows = np.flatnonzero(seen.any(axis=0)), np.flatnonzero(seen.any(axis=1))
    across, down = own_width / size[0], own_height / size[1]
    return (
        max(0.0, (int(columns[0]) - 1) * across), max(0.0, (int(rows[0]) - 1) * down),
        min(own_width, (int(columns[-1]) + 2) * across), min(own_height, (int(rows[-1]) + 2) * down),
    )  # fmt: skip


def _drawn(data: bytes, width: int, height: int, fonts: list[str]) -> NDArray[np.uint8]:
    import resvg_py  # few films have drawings

    width, height = min(width, _LONGEST_SIDE), min(height, _LONGEST_SIDE)
    own = [str(path) for path in sorted(FONT_FOLDER.glob("*.ttf"))] if b"text" in data else []
    families = dict.fromkeys(
        ("font_family", "sans_serif_family", "serif_family", "monospace_family", "cursive_family"),
        DEFAULT_FAMILY,
    )
    draw: Callable[..., bytes] = resvg_py.svg_to_bytes
    try:
        png = draw(
            svg_string=data.decode("utf-8"), width=width, height=height, skip_system_fonts=True, dpi=96.0,
            font_files=[*own, *fonts], **families,
        )  # fmt: skip
    except (ValueError, UnicodeError) as error:
        raise AssetError(f"the SVG can't be drawn: {error}") from None
    drawn = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8)
    return np.asarray(cv2.cvtColor(drawn, cv2.COLOR_BGRA2RGBA), np.uint8)


def _is_text(element: ElementTree.Element) -> bool:
    return isinstance(element.tag, str) and element.tag.rpartition("}")[2] == "text"


def pixels_of(length: str | None) -> float | None:
    """Give a length in pixels; None for what is none, or a share of something."""
    found = re.fullmatch(r"\s*([\d.]+(?:e[-+]?\d+)?)\s*([a-z]*)\s*", length or "", re.IGNORECASE)
    if found is None or found[2].lower() not in _PIXELS_A_UNIT:
        return None  # a percentage is of what it is put into
    return float(found[1]) * _PIXELS_A_UNIT[found[2].lower()] or None
