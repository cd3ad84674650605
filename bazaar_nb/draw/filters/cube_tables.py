"""Tables of all colours: read from .cube files, made fine enough to be looked up without interpolation.

A table of three dimensions has a few colours along each edge, and those between are interpolated: twelve
million numbers a frame. So it is interpolated once, to 128 colours along an edge. What is kept is how much
each colour changes, so that what is finer than that stays: the result is within one level of 255 where
the table's slope is 2 or less.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.filter_steps import MOST_CUBE_SIDE, MOST_CURVE_POINTS

_FINE = 128
_ROWS = 16  # what is worked on at once stays in a core's cache
_MOST_BYTES = 32_000_000
_HEAD_LINES = 200
Floats = NDArray[np.float32]


def read_cube(path: Path) -> Floats:
    """Read a .cube file.

    Its format is Adobe's, https://resolve.cafe/developers/luts/: keywords, then a row of red, green and
    blue for each colour, red running fastest.

    Returns
    -------
    array of float32, shape (n, 3) or (n, n, n, 3)
        A table of one dimension, or of three whose sides are blue, green and red.

    Raises
    ------
    InvalidValueError
        When it is no such file, is cut off, or too large, with the line.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise InvalidValueError(
            f"the table of colours {path.name!r} can't be read: {error.strerror}"
        ) from None
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int, size: int) -> Floats:
    where = f"the table of colours {path.name!r}"
    if size > _MOST_BYTES:
        raise InvalidValueError(f"{where} has {size:,} bytes, at most {_MOST_BYTES:,} are read")
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValueError(f"{where} is no text, as a .cube file is ({error})") from None
    keywords: dict[str, list[str]] = {}
    first = len(lines)
    for number, line in enumerate(lines):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if re.match(r"[-+.\d]", words[0]):
            first = number
            break
        keywords[words[0].upper()] = words[1:]
        if len(keywords) > _HEAD_LINES:
            break
    sizes = {3: keywords.get("LUT_3D_SIZE"), 1: keywords.get("LUT_1D_SIZE")}
    dimensions = next((key for key, found in sizes.items() if found), None)
    if dimensions is None:
        raise InvalidValueError(f"{where} has no LUT_3D_SIZE or LUT_1D_SIZE: it is no .cube file")
    side = _side(sizes[dimensions], MOST_CUBE_SIDE if dimensions == 3 else MOST_CURVE_POINTS, where)
    rows = side**dimensions
    numbers = _numbers(lines, first, rows, where)
    low, high = _domain(keywords, where)
    if (low, high) != ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)):
        raise InvalidValueError(
            f"{where} is for colours from {low} to {high}; only those from 0 to 1 are taken"
        )
    return numbers.reshape((side,) * dimensions + (3,))


def _side(words: list[str] | None, most: int, where: str) -> int:
    text = (words or [""])[0]
    side = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if not 2 <= side <= most:
        raise InvalidValueError(f"{where} has a size of {text or 'nothing'}, wanted 2 to {most:,}")
    return side


def _domain(keywords: dict[str, list[str]], where: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    found = []
    for name, number, plain in (("DOMAIN_MIN", 0, 0.0), ("DOMAIN_MAX", 1, 1.0)):
        words = keywords.get(name)
        if words is None:
            span = keywords.get("LUT_3D_INPUT_RANGE") or keywords.get("LUT_1D_INPUT_RANGE")
            words = None if span is None or len(span) != 2 else [span[number]] * 3
        try:
            found.append((plain,) * 3 if words is None else tuple(float(word) for word in words))
        except ValueError:
            raise InvalidValueError(f"{where} has {name} {' '.join(words or ())}, wanted 3 numbers") from None
    return found[0], found[1]


def _numbers(lines: list[str], first: int, rows: int, where: str) -> Floats:
    body = [line for line in lines[first:] if line.strip() and not line.lstrip().startswith("#")]
    if len(body) != rows:
        cut = ": it is cut off" if len(body) < rows else ""
        raise InvalidValueError(
            f"{where} has {len(body):,} rows of colours where its size says {rows:,}{cut}"
        )
    numbers = np.empty((rows, 3), np.float32)
    try:
        for number, line in enumerate(body):
            red, green, blue = line.split()
            numbers[number] = float(red), float(green), float(blue)
    except ValueError:
        raise InvalidValueError(
            f"{where} has the row {line.strip()!r:.60} as its colour {number:,}, wanted 3 numbers"
        ) from None
    if not np.isfinite(numbers).all():
        bad = int(np.argmin(np.isfinite(numbers).all(axis=1)))
        raise InvalidValueError(f"{where} has the row {body[bad].strip()!r:.60}, which is no colour")
    return numbers


def as_cube(values: Floats) -> Floats:
    """Give a table in three dimensions from the rows that a step holds."""
    side = round(len(values) ** (1 / 3))
    return values.reshape(side, side, side, 3)


def look_up_table(table: Floats, amount: float) -> NDArray[np.uint32]:
    """Make a table fine enough to be looked up in.

    Parameters
    ----------
    table : array of float, shape (n, 3) or (n, n, n, 3)
    amount : float
        How much of it is seen.

    Returns
    -------
    array of uint32, shape (128 ** 3,)
        By blue, green and red, the first running fastest: what is added to a pixel, byte by byte.
    """
    middles = (np.arange(_FINE) * 2 + 0.5).astype(np.float32)
    steps = np.zeros((_FINE, _FINE, _FINE, 4), np.uint8)  # red, green, blue: blue runs fastest
    low, high = -2 * np.arange(_FINE), 254 - 2 * np.arange(_FINE)
    for channel in range(3):  # red, green, blue
        if table.ndim == 2:
            at = np.interp(middles / 255, np.linspace(0, 1, len(table)), table[:, channel])
            shape = [1, 1, 1]
            shape[channel] = _FINE
            fine = np.broadcast_to(at.astype(np.float32).reshape(shape), (_FINE,) * 3)
        else:
            fine = table[..., channel].transpose(2, 1, 0)  # red, green, blue
            for axis in range(3):
                fine = _refined(fine, axis, middles / np.float32(255))
        side = [1, 1, 1]
        side[channel] = _FINE
        own = middles.reshape(side)
        change = np.rint((fine * np.float32(255) - own) * np.float32(amount))
        change = np.clip(change, low.reshape(side), high.reshape(side))
        steps[..., 2 - channel] = change.astype(np.int16).astype(
            np.uint8
        )  # bytes that overflow as they should
    return steps.reshape(-1, 4).view(np.uint32)[:, 0]


def _refined(values: Floats, axis: int, at: Floats) -> Floats:
    """Interpolate along an axis."""
    last = values.shape[axis] - 1
    place = np.clip(at * last, 0, last)
    lower = np.minimum(place.astype(np.intp), last - 1)
    share = (place - lower).astype(np.float32)
    shape = [1, 1, 1]
    shape[axis] = len(at)
    share = share.reshape(shape)
    first = np.take(values, lower, axis)
    return np.asarray(first + (np.take(values, lower + 1, axis) - first) * share, np.float32)


def look_up(pixels: NDArray[np.uint8], table: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Change opaque BGRA pixels by what a table adds to them."""
    changed = np.empty(pixels.shape, np.uint8)
    words = np.ascontiguousarray(pixels).view(np.uint32)[:, :, 0]
    rows = max(1, _ROWS * 1920 // max(1, pixels.shape[1]))
    for top in range(0, len(pixels), rows):
        some = words[top : top + rows]
        number = (some >> np.uint32(1)) & np.uint32(0x7F)
        number |= (some >> np.uint32(2)) & np.uint32(0x3F80)
        number |= (some >> np.uint32(3)) & np.uint32(0x1FC000)
        added = table[number].view(np.uint8).reshape(*some.shape, 4)
        np.add(pixels[top : top + rows], added, out=changed[top : top + rows])
    return changed
