"""Arrays of a frame's tree: many numbers or colours as one buffer.

An array is taken as it is: one contiguous little-endian float32 buffer (uint8
RGBA for colours) from the scene through the key to the worker, never a number
at a time. What can't be an array is left as it was given, and the check of the
frame's tree says why, with the element's place.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.frozen_struct import Data
from bazaar_nb.values.color import parse_color
from bazaar_nb.values.colormaps import Colormap, map_colors
from bazaar_nb.values.number import is_missing

MAX_NUMBERS = 4_000_000
"""The most that one array may hold."""
FAR = 1e6
"""How far from 0 a coordinate may be, in pixels, as for single ones."""

Floats = NDArray[np.float32]
_ITEM_BYTES = {"float32": 4, "uint8": 1}


class _Buffer(Data, frozen=True):
    shape: tuple[int, ...]
    data: bytes = b""
    asset: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.shape) <= 2 or min(self.shape) < 0 or math.prod(self.shape) > MAX_NUMBERS:
            raise InvalidValueError(
                f"`shape` of an array has one or two sides, at most {MAX_NUMBERS:,} numbers, got {self.shape}"
            )
        wanted = math.prod(self.shape) * _ITEM_BYTES[self.__struct_config__.tag]  # type: ignore[index]
        if self.asset and not self.data:
            return
        if len(self.data) != wanted:
            raise InvalidValueError(
                f"`data` of an array of shape {self.shape} has {wanted} bytes, got {len(self.data)}"
            )

    def __repr__(self) -> str:
        return f"<{self.__struct_config__.tag} array of shape {self.shape}>"


class FloatArray(_Buffer, frozen=True, tag_field="dtype", tag="float32"):
    """Numbers, as elements hold them.

    Coordinates beyond 1e6 pixels are refused; below that float32 is exact to a
    sixteenth of a pixel, and to 1/8000 where pictures are.

    Attributes
    ----------
    shape : tuple of int
        One or two sides.
    data : bytes
        Little-endian float32, rows after one another.
    asset : str
        ``asset:<digest>.npy`` where the store has the bytes; `data` is then empty.
    """

    def values(self) -> Floats:
        """Give the numbers, read-only; only where they are not in the store."""
        return np.frombuffer(self.data, "<f4").reshape(self.shape)


class ColorArray(_Buffer, frozen=True, tag_field="dtype", tag="uint8"):
    """Colours, as elements hold them: rows of red, green, blue and alpha, not premultiplied.

    The attributes are those of `FloatArray`, with bytes in place of floats.
    """

    def values(self) -> NDArray[np.uint8]:
        """Give the colours, shape (n, 4), read-only; only where they are not in the store."""
        return np.frombuffer(self.data, np.uint8).reshape(self.shape)


def float_array(value: object) -> FloatArray:
    """Take what people have for numbers: arrays, columns, lists, ranges, a single number.

    What a masked array hides, and what is missing in a column, is NaN. Whether
    the numbers are good is checked by `check_numbers`.

    Raises
    ------
    InvalidValueError
        For what is no array of numbers of one or two dimensions.
    """
    numbers = _as_floats(value)
    if numbers.ndim == 0:
        numbers = numbers.reshape(1)
    if numbers.ndim > 2:
        raise InvalidValueError(f"expected one or two dimensions, got an array of shape {numbers.shape}")
    if numbers.size > MAX_NUMBERS:
        raise InvalidValueError(f"expected at most {MAX_NUMBERS:,} numbers, got {numbers.size:,}")
    with np.errstate(over="ignore", invalid="ignore"):
        plain = numbers.astype("<f4", order="C")
        plain += np.float32(0.0)  # -0.0 draws what 0.0 does: one name for both
    gaps = np.isnan(plain)
    if gaps.any():
        plain[gaps] = np.nan  # there are many NaNs, and only one may be in a key
    return FloatArray(plain.shape, plain.tobytes())


def _as_floats(value: object) -> NDArray[Any]:
    if isinstance(value, str | bytes | dict):
        raise InvalidValueError(f"expected numbers, got {value!r:.60}")
    try:
        if isinstance(value, np.ma.MaskedArray):
            return np.ma.filled(value.astype(np.float64), np.nan)
        array = np.asarray(value)
        if array.dtype == object and hasattr(value, "to_numpy"):  # a column with missing values
            array = value.to_numpy(dtype=np.float64, na_value=np.nan)
        elif array.dtype == object:
            array = np.array([[math.nan if is_missing(v) else v for v in array.ravel()]], np.float64).reshape(
                array.shape
            )
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValueError(
            f"expected numbers in an array or a list, got {value!r:.60} ({error})"
        ) from None
    if array.dtype.kind in "Mm":
        raise InvalidValueError(
            "expected numbers, got times: give pixels, such as "
            "bz.interpolate, or (t - t[0]) / np.timedelta64(1, 's') times a scale"
        )
    if array.dtype.kind not in "biuf":
        raise InvalidValueError(f"expected numbers, got an array of {array.dtype}")
    return array


def check_numbers(
    field: str, array: FloatArray, *, low: float = -FAR, high: float = FAR, gaps: bool = False
) -> None:
    """Check the numbers of an array in one go; those in the store were checked before.

    Parameters
    ----------
    field : str
        For the message.
    gaps : bool
        Whether NaN is a gap, and not an error.

    Raises
    ------
    InvalidValueError
        With the first row that is wrong.
    """
    numbers = array.values() if not array.asset else np.empty(0, np.float32)
    if not numbers.size:
        return
    if low <= numbers.min() and numbers.max() <= high:  # neither holds for NaN
        return
    if not gaps:
        bad = ~((numbers >= low) & (numbers <= high))
    else:
        bad = (numbers < low) | (numbers > high)
        if not bad.any():
            return
    first = np.unravel_index(int(np.argmax(bad)), numbers.shape)
    number = float(numbers[first])
    limits = f"from {low:g} to {high:g}" if low > -high else f"at most {high:g} from 0"
    said = (
        "NaN, a missing value: leave the row out, or give another in its place"
        if math.isnan(number)
        else f"{number:g}, wanted a number {limits}"
    )
    place = f"row {first[0]}" if numbers.ndim == 1 else f"row {first[0]}, column {first[1]}"
    raise InvalidValueError(f"`{field}` {place} is {said}")


def color_array(value: object, colormap: Colormap | None = None, limits: object = None) -> ColorArray:
    """Take what people have for many colours.

    Parameters
    ----------
    value : sequence of colour, array of float or uint8 of shape (n, 3) or (n, 4), or numbers
        Names, rows of 0..1 (0..255 for uint8), or with a colormap one number each.
    colormap : str, sequence of colour or callable, optional
    limits : (float, float), optional
        The numbers that get the colormap's first and last colour.

    Raises
    ------
    InvalidValueError
        For anything else.
    """
    if isinstance(value, str):
        names = [value]
    elif isinstance(value, list | tuple) and value and isinstance(value[0], str):
        names = list(value)
    else:
        array = np.asarray(value) if not isinstance(value, np.ma.MaskedArray) else value
        names = array.tolist() if array.ndim == 1 and array.dtype.kind in "UTO" and array.size else []
        if not all(isinstance(name, str) for name in names):
            names = []
        if not names:
            return _numbers_as_colors(value, array, colormap, limits)
    if colormap is not None or limits is not None:
        raise InvalidValueError("a `colormap` and a `range` are for numbers, `color` has names")
    found = {name: _rgba(name) for name in set(names)}
    return _packed(np.array([found[name] for name in names], np.uint8))


def _numbers_as_colors(
    value: object, array: NDArray[Any], colormap: Colormap | None, limits: object
) -> ColorArray:
    if colormap is not None:
        numbers = _as_floats(value).astype(np.float64)
        if numbers.ndim != 1:
            raise InvalidValueError(f"a `colormap` takes one number a row, `color` has shape {numbers.shape}")
        bad = ~np.isfinite(numbers)
        if bad.any():
            row = int(np.argmax(bad))
            raise InvalidValueError(f"row {row} is {numbers[row]:g}, wanted a finite number")
        return _packed(map_colors(numbers, colormap, limits))
    if array.ndim == 1 and array.size and array.dtype.kind in "biuf":
        raise InvalidValueError(
            "numbers are colours with a `colormap` and a `range`: colormap='viridis', range=(0, 100)"
        )
    if array.size == 0:
        return ColorArray((0, 4))
    if array.ndim != 2 or array.shape[1] not in (3, 4) or array.dtype.kind not in "uf":
        raise InvalidValueError(
            "expected colour names, or an array of shape (n, 3) or (n, 4) of floats from 0 to 1 or uint8, "
            f"got {_described(value, array)}"
        )
    if limits is not None:
        raise InvalidValueError("a `range` is for numbers with a `colormap`, `color` has rows of colours")
    if array.dtype == np.uint8:
        parts = array
    elif array.dtype.kind == "u":
        raise InvalidValueError(f"expected floats from 0 to 1, or uint8, got {array.dtype}")
    else:
        parts = np.asarray(np.ma.filled(array, np.nan), np.float64)
        if not (parts.min() >= -0.001 and parts.max() <= 1.001):
            row = int(np.argmax((~((parts >= -0.001) & (parts <= 1.001))).any(axis=1)))
            raise InvalidValueError(f"row {row} is {parts[row].tolist()}, wanted numbers from 0 to 1")
        parts = (np.clip(parts, 0, 1) * 255 + 0.5).astype(np.uint8)
    rgba = np.full((len(parts), 4), 255, np.uint8)
    rgba[:, : parts.shape[1]] = parts
    return _packed(rgba)


def with_opacity(colors: ColorArray | str, opacity: FloatArray) -> ColorArray:
    """Give colours with each alpha times a row's opacity; one colour serves for all rows.

    Raises
    ------
    InvalidValueError
        When their rows differ, or an opacity is none.
    """
    check_numbers("opacity", opacity, low=-1, high=2)
    factors = np.clip(opacity.values(), 0, 1)
    rgba = (color_array(colors) if isinstance(colors, str) else colors).values()
    if factors.ndim != 1 or (len(rgba) not in (1, len(factors)) and len(factors) != 1):
        raise InvalidValueError(f"`opacity` has shape {factors.shape} where `color` has {len(rgba)} rows")
    mixed = np.repeat(rgba, len(factors) if len(rgba) == 1 else 1, axis=0)
    mixed[:, 3] = mixed[:, 3] * factors + 0.5
    return _packed(mixed)


def _packed(rgba: NDArray[np.uint8]) -> ColorArray:
    if len(rgba) > MAX_NUMBERS // 4:
        raise InvalidValueError(f"expected at most {MAX_NUMBERS // 4:,} colours, got {len(rgba):,}")
    return ColorArray((len(rgba), 4), np.ascontiguousarray(rgba).tobytes())


def _rgba(name: object) -> tuple[int, ...]:
    return tuple(round(part * 255) for part in parse_color(str(name)))


def _described(value: object, array: NDArray[Any]) -> str:
    return f"{value!r:.60}" if array.ndim == 0 else f"an array of {array.dtype} and shape {array.shape}"
