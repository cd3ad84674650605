"""The size of a movie: what a resolution means for a composition's shape."""

from __future__ import annotations

from collections.abc import Iterable

from bazaar_nb.errors import SettingsError
from bazaar_nb.values.number import whole_number

Resolution = str | tuple[int, int] | list[int]
"""A name of `SHORT_SIDES`, or width and height in pixels."""

SHORT_SIDES = {"480p": 480, "720p": 720, "1080p": 1080, "1440p": 1440, "4k": 2160}
"""The short side in pixels; the long one follows the composition's aspect."""

MIN_SIDE, MAX_SIDE = 16, 8192
"""Pixels a side, both allowed: what every codec here and the players of its files take."""

GIF_LONG_SIDE = 640
"""Pixels; the long side of a GIF unless asked otherwise, never scaled up to it."""


def resolve_size(size: tuple[int, int], resolution: Resolution | None, *, even: bool) -> tuple[int, int]:
    """Give the width and height of a movie.

    Parameters
    ----------
    size : tuple of (int, int)
        The composition's, in pixels.
    resolution : str or tuple of (int, int), optional
        A name from `SHORT_SIDES` or a size in the composition's aspect.
    even : bool
        Whether both sides must be even, as colour in 4:2:0 wants.

    Raises
    ------
    SettingsError
        For an unknown name, another aspect, an odd side or one outside the limits.
    """
    if resolution is None:
        return _check(size, "the composition's size", even)
    if isinstance(resolution, str):
        short = SHORT_SIDES.get(resolution.strip().lower())
        if short is None:
            raise SettingsError(
                f"`resolution` must be one of {', '.join(SHORT_SIDES)} or (width, height), got {resolution!r}"
            )
        width, height = size
        long = _even(short * max(size) / min(size))
        return _check(
            (long, short) if width >= height else (short, long), f"`resolution` {resolution!r}", even
        )
    sides = [whole_number(side) for side in resolution] if isinstance(resolution, Iterable) else []
    if len(sides) != 2 or sides[0] is None or sides[1] is None:
        raise SettingsError(
            f"`resolution` must be one of {', '.join(SHORT_SIDES)} or (width, height) in whole pixels, "
            f"got {resolution!r}"
        )
    wanted = _check((sides[0], sides[1]), "`resolution`", even)
    by_width = (wanted[0], _even(wanted[0] * size[1] / size[0]))
    by_height = (_even(wanted[1] * size[0] / size[1]), wanted[1])
    # Rounding a side to a pixel, or to an even number of them, may bend the aspect by less than two pixels.
    if (
        abs(wanted[1] - wanted[0] * size[1] / size[0]) >= 2
        and abs(wanted[0] - wanted[1] * size[0] / size[1]) >= 2
    ):
        raise SettingsError(
            f"`resolution` {_show(wanted)} does not have the aspect of the composition, {_show(size)}: "
            f"{_show(by_width)} or {_show(by_height)} would fit"
        )
    return wanted


def gif_size(size: tuple[int, int]) -> tuple[int, int]:
    """Give the size of a GIF when none was asked for.

    Raises
    ------
    SettingsError
        If the composition is so narrow that a side would be below the limit.
    """
    scale = min(1.0, GIF_LONG_SIDE / max(size))
    return _check((round(size[0] * scale), round(size[1] * scale)), "the size of the gif", even=False)


def _check(size: tuple[int, int], what: str, even: bool) -> tuple[int, int]:
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in size):
        raise SettingsError(f"{what} must have sides of {MIN_SIDE} to {MAX_SIDE} pixels, got {_show(size)}")
    if even and any(side % 2 for side in size):
        nearest = (size[0] - size[0] % 2, size[1] - size[1] % 2)
        raise SettingsError(
            f"{what} is {_show(size)}, and mp4 and webm want even sides (yuv420p): "
            f"use resolution={nearest} or make the composition {_show(nearest)}"
        )
    return size[0], size[1]


def _even(value: float) -> int:
    return 2 * round(value / 2)


def _show(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
