"""Numbers as colours: the colormaps that charts use most, and any that people bring.

The tables are those of matplotlib (https://matplotlib.org/stable/users/explain/colors/colormaps.html),
thinned out: viridis, magma, inferno and plasma by Nathaniel Smith and Stéfan van der Walt, cividis by
Nuñez, Anderton and Renslow, turbo by Anton Mikhailov (Google), coolwarm by Kenneth Moreland, RdBu by
Cynthia Brewer. Between two colours of a table the way is straight in sRGB, as it is there; the
difference to matplotlib's own is below what 8 bits show but for a few levels.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.values.color import parse_color
from bazaar_nb.values.number import finite_number

Colormap: TypeAlias = str | Sequence[str] | Callable[[Any], Any]
"""A name, colours from low to high, or what takes an array of 0..1 and gives RGBA, as matplotlib's do."""

_TABLES = {
    "viridis": (
        "440154 470d60 48186a 482374 472d7b 453781 424086 3e4989 3b528b 375b8d 33638d 2f6b8e "
        "2c728e 297a8e 26828e 23898e 21918c 1f988b 1fa088 22a785 28ae80 32b67a 3fbc73 4ec36b "
        "5ec962 70cf57 84d44b 98d83e addc30 c2df23 d8e219 ece51b fde725"
    ),
    "magma": (
        "000004 030312 0a0822 130d34 1d1147 29115a 36106b 440f76 51127c 5d177f 6a1c81 762181 "
        "832681 902a81 9c2e7f aa337d b73779 c43c75 d0416f dc4869 e75263 ef5d5e f56b5c f9795d "
        "fc8961 fd9869 fea772 feb67c fec488 fed395 fde2a3 fcf0b2 fcfdbf"
    ),
    "inferno": (
        "000004 040312 0b0724 150b37 210c4a 2f0a5b 3d0965 4a0c6b 57106e 64156e 71196e 7d1e6d "
        "8a226a 972766 a32c61 b0315b bc3754 c73e4c d24644 db503b e45a31 eb6628 f1731d f68013 "
        "f98e09 fb9d07 fcac11 fbbc21 f9cb35 f5db4c f2ea69 f3f68a fcffa4"
    ),
    "plasma": (
        "0d0887 220690 310597 3f049c 4c02a1 5901a5 6600a7 7201a8 7e03a8 8a09a5 9511a1 a01a9c "
        "aa2395 b32c8e bc3587 c43e7f cc4778 d35171 da5a6a e06363 e66c5c eb7655 f0804e f58b47 "
        "f89540 fba139 fdac33 feb82c fdc527 fcd225 f8df25 f4ed27 f0f921"
    ),
    "cividis": (
        "00224e 00285b 002e6a 053371 1a386f 273e6e 32436d 3b496c 434e6c 4b546c 535a6d 5a5f6e "
        "61656f 686a71 6f7073 767676 7d7c78 848279 8c8878 938e78 9b9476 a39a74 aba072 b4a76f "
        "bcae6c c4b468 cdbb63 d5c25e dec958 e7d150 f0d846 f9e03a fee838"
    ),
    "turbo": (
        "30123b 392a73 4040a2 4456c7 466be3 4680f6 4294ff 37a8fa 28bceb 1ccdd8 18ddc2 1fe9af "
        "32f298 4ef97d 6dfe62 8bff4b a4fc3c b9f635 cdec34 dfdf37 eecf3a f8be39 fdac34 fe962b "
        "fb7e21 f46617 eb500e df3f08 d02f05 be2102 a91601 920b01 7a0403"
    ),
    "coolwarm": (
        "3b4cc0 445acc 4e68d8 5875e1 6282ea 6c8ff1 779af7 82a6fb 8db0fe 98b9ff a3c2fe aec9fc "
        "b9d0f9 c3d5f4 ccd9ed d5dbe5 dddcdc e5d8d1 ecd3c5 f1ccb8 f5c4ac f7ba9f f7b093 f6a586 "
        "f4987a f08b6e eb7d62 e46e56 dd5f4b d44e41 ca3b37 be242e b40426"
    ),
    "RdBu": ("67001f b1182b d6604d f3a481 fddbc7 f6f7f7 d1e5f0 90c4dd 4393c3 2065ab 053061"),
}
_STEPS = 256  # as matplotlib has them
NAMES = tuple(_TABLES)
"""The colormaps that have a name here; ``_r`` after it turns one round."""


def map_colors(numbers: NDArray[np.float64], colormap: Colormap, limits: object) -> NDArray[np.uint8]:
    """Give numbers their colours.

    Parameters
    ----------
    numbers : array of float, shape (n,)
        Finite. Those beyond the limits get the colour of the nearer end.
    limits : (float, float)
        The numbers of the first and the last colour. They must be given: the
        data's own smallest and largest change from frame to frame, and with
        them the colour of what stands still.

    Returns
    -------
    array of uint8, shape (n, 4)
        RGBA.

    Raises
    ------
    InvalidValueError
        For an unknown name, a colour that is none, or limits that are no two different numbers.
    """
    low, high = _limits(limits)
    share = np.clip((numbers - low) / (high - low), 0.0, 1.0)
    if callable(colormap):
        return _called(colormap, share)
    table = _table(colormap if isinstance(colormap, str) else tuple(colormap))
    colors: NDArray[np.uint8] = table.take((share * (_STEPS - 1) + 0.5).astype(np.intp), axis=0)
    return colors


def _limits(limits: object) -> tuple[float, float]:
    if limits is None:
        raise InvalidValueError(
            "a `colormap` needs a `range`, as (0, 100): that of the data would change from frame to frame"
        )
    if not isinstance(limits, tuple | list | np.ndarray) or len(limits) != 2:
        raise InvalidValueError(f"`range` must be two numbers, got {limits!r:.60}")
    low, high = (finite_number(limit, "range", "Points") for limit in limits)
    if low == high:
        raise InvalidValueError(f"`range` must be two different numbers, got {low:g} twice")
    return low, high


@lru_cache(maxsize=64)
def _table(colormap: str | tuple[str, ...]) -> NDArray[np.uint8]:
    """Give a colormap in even steps, shape (steps, 4)."""
    stops = _stops(colormap)
    at, steps = np.linspace(0.0, 1.0, len(stops)), np.linspace(0.0, 1.0, _STEPS)
    mixed = [np.interp(steps, at, stops[:, part]) for part in range(4)]
    return (np.stack(mixed, axis=1) + 0.5).astype(np.uint8)


def _stops(colormap: str | tuple[str, ...]) -> NDArray[np.float64]:
    """Give a colormap's colours, shape (k, 4), 0..255."""
    if isinstance(colormap, str):
        name = colormap.removesuffix("_r")
        if name not in _TABLES:
            near = difflib.get_close_matches(name, _TABLES, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise InvalidValueError(
                f"`colormap` must be one of {', '.join(_TABLES)}, a list of colours, or a colormap of "
                f"matplotlib, got {colormap!r}{hint}"
            )
        rows = np.array([_digits(code) for code in _TABLES[name].split()], np.float64)
        return rows[::-1] if colormap.endswith("_r") else rows
    if len(colormap) < 2:
        raise InvalidValueError(f"`colormap` must have at least two colours, got {colormap!r:.60}")
    return np.array([parse_color(str(color)) for color in colormap]) * 255


def _digits(code: str) -> tuple[int, int, int, int]:
    return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16), 255


def _called(colormap: Callable[[Any], Any], share: NDArray[np.float64]) -> NDArray[np.uint8]:
    colors = np.asarray(colormap(share))
    if colors.shape not in ((len(share), 3), (len(share), 4)) or colors.dtype.kind != "f":
        raise InvalidValueError(
            f"`colormap` must give an array of shape ({len(share)}, 4) of floats from 0 to 1, "
            f"got {colors.dtype} of shape {colors.shape}"
        )
    rgba = np.full((len(share), 4), 255, np.uint8)
    rgba[:, : colors.shape[1]] = np.clip(colors, 0, 1) * 255 + 0.5
    return rgba
