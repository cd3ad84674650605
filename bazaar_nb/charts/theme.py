"""Themes: the colours, letters, sizes and easings of all charts of a film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import Easing
from bazaar_nb.scene.paint import Paint
from bazaar_nb.values.color import parse_color

_LIGHT_INK = 0.4  # of luminance: such letters stand on dark grounds


def _enter(progress: float) -> float:
    """Fast, then slow: cubic out."""
    return 1.0 - (1.0 - progress) ** 3


def _move(progress: float) -> float:
    """Slow, fast, slow: cubic in and out."""
    return 4.0 * progress**3 if progress < 0.5 else 1.0 - 4.0 * (1.0 - progress) ** 3


def _check_color(color: object, name: str) -> None:
    try:
        parse_color(color)
    except InvalidValueError as error:
        raise InvalidValueError(f"`{name}`: {error} (Theme)") from None


@dataclass(frozen=True)
class Theme:
    """How charts look.

    Attributes
    ----------
    background : colour, gradient or None
        Below a chart that is a scene by itself; None is transparent.
    ink, soft, faint : colour
        Of titles and values, of axes' words, of grid lines.
    palette : tuple of colour
        Of categories, in this order. Those of the two themes stay apart for who confuses red and green.
    accent : colour
        Of what is highlighted, and of call-outs.
    positive, negative, total : colour
        Of gains, losses and sums.
    colormap : str
        Of values that are told by colour; `diverging` where there is a middle.
    font, title_font : str or None
        A font file or a family on this system. None is Inter, and for the title what `font` is.
    title_size, subtitle_size, label_size, source_size : float
        As shares of the frame's shorter side.
    smallest : float
        Pixels that no letters are smaller than, in a frame whose shorter side is 1080.
    title_weight : int
    radius : float
        Of bars' corners, as a share of their thickness.
    enter, move : Easing
        Of marks that come in, and of those that change.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> import pandas as pd
    >>> import dataclasses
    >>> own = dataclasses.replace(bz.charts.DARK, accent="#ffcc00")
    >>> table = pd.DataFrame({"name": ["Ada", "Bob", "Cy"], "value": [3, 5, 2]})
    >>> chart = bz.charts.Bars(table, name="name", value="value", theme=own)
    """

    background: Paint | None = "#fbfbfa"
    ink: str = "#14181f"
    soft: str = "#565d6b"
    faint: str = "#dfe2e8"
    palette: tuple[str, ...] = (
        "#2b6ce0", "#c23e00", "#0b9468", "#6f24a9", "#b58700", "#bf0745", "#009bb6", "#3b4d64",
    )  # fmt: skip
    accent: str = "#c23e00"
    positive: str = "#0a7d58"
    negative: str = "#c0213f"
    total: str = "#5f6b7a"
    colormap: str = "viridis"
    diverging: str = "RdBu"
    font: str | None = None
    title_font: str | None = None
    title_size: float = 0.052
    subtitle_size: float = 0.032
    label_size: float = 0.026
    source_size: float = 0.0205
    smallest: float = 22.0
    title_weight: int = 700
    radius: float = 0.14
    enter: Easing = field(default=_enter)
    move: Easing = field(default=_move)

    def __post_init__(self) -> None:
        for name in ("ink", "soft", "faint", "accent", "positive", "negative", "total"):
            _check_color(getattr(self, name), name)
        if not self.palette:
            raise InvalidValueError("`palette` must have at least one colour, got none (Theme)")
        for color in self.palette:
            _check_color(color, "palette")
        for name in ("title_size", "subtitle_size", "label_size", "source_size", "smallest"):
            if not 0 < getattr(self, name) < (1 if name != "smallest" else 1000):
                wanted = "a share of the shorter side" if name != "smallest" else "pixels above 0"
                raise InvalidValueError(f"`{name}` must be {wanted}, got {getattr(self, name)!r} (Theme)")
        for name in ("enter", "move"):
            if not callable(getattr(self, name)):
                raise InvalidValueError(
                    f"`{name}` must be an easing, got {getattr(self, name)!r:.60} (Theme)"
                )

    @property
    def is_light(self) -> bool:
        """Whether what is dark stands on what is light."""
        return _luminance(parse_color(self.ink)[:3]) <= _LIGHT_INK

    def legible(self, color: str) -> str:
        """Give a colour in which words can be read on the background: of a contrast of 4.5:1 at least.

        One that can't is mixed with ink, as little as it takes. The contrast is that of WCAG 2.2
        (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
        """
        return _legible(color, self.ink, self.background if isinstance(self.background, str) else None)

    def but(self, **changes: Any) -> Theme:
        """Give the theme with some of it changed."""
        try:
            return replace(self, **changes)
        except TypeError as error:
            raise InvalidValueError(f"{error} (Theme)") from None


@lru_cache(maxsize=1024)
def _legible(color: str, ink: str, background: str | None) -> str:
    ink_rgb, rgb = parse_color(ink)[:3], parse_color(color)[:3]
    behind = (
        parse_color(background)[:3]
        if background
        else ((0.0, 0.0, 0.0) if _luminance(ink_rgb) > _LIGHT_INK else (1.0, 1.0, 1.0))
    )
    for step in range(21):
        part = step / 20
        mixed = tuple(one * (1 - part) + other * part for one, other in zip(rgb, ink_rgb, strict=True))
        first, second = sorted((_luminance(mixed), _luminance(behind)))
        if (second + 0.05) / (first + 0.05) >= 4.5:
            return color if step == 0 else "#" + "".join(f"{round(255 * part):02x}" for part in mixed)
    return ink


def _luminance(rgb: Sequence[float]) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


LIGHT = Theme()
DARK = Theme(
    background="#0f1420",
    ink="#f3f5fa",
    soft="#a3acc0",
    faint="#2a3244",
    palette=("#5b9cfe", "#f28539", "#3cc78d", "#9757d9", "#f2cc4d", "#e34669", "#6fd6ee", "#7d8a9c"),
    accent="#f28539",
    positive="#3cc78d",
    negative="#ff6b74",
    total="#a7b0c0",
)
_NAMED = {"light": LIGHT, "dark": DARK}
_default = LIGHT


def use_theme(theme: Theme | str) -> Theme:
    """Have all charts that are made from now on in this theme, unless they are told another.

    Parameters
    ----------
    theme : Theme or str
        ``"light"``, ``"dark"``, or one of your own.

    Returns
    -------
    Theme
        The one that held before.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> theme = bz.charts.use_theme("dark")  # for charts that don't say theirs
    >>> theme = bz.charts.use_theme("light")
    """
    global _default
    before, _default = _default, as_theme(theme)
    return before


def as_theme(theme: Theme | str | None) -> Theme:
    """Give a theme by its name; None is the default.

    Raises
    ------
    InvalidValueError
        For a name that there is none of.
    """
    if theme is None:
        return _default
    if isinstance(theme, Theme):
        return theme
    if theme not in _NAMED:
        raise InvalidValueError(f"`theme` must be light, dark or a bz.charts.Theme, got {theme!r:.60}")
    return _NAMED[theme]
