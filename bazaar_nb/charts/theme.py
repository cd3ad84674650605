"""Themes: the colours, letters, sizes and easings of all charts of a film."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import Easing, cubic, ease_in_out, ease_out
from bazaar_nb.scene.paint import Paint
from bazaar_nb.values.color import parse_color


def ENTER_EASING(t: float) -> float:  # noqa: N802 - a value, but one that can be pickled
    """Come in: fast, and slower and slower."""
    return ease_out(cubic)(t)


def MOVE_EASING(t: float) -> float:  # noqa: N802
    """Move from place to place: slow at both ends."""
    return ease_in_out(cubic)(t)


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
        Of categories, in this order.
    accent : colour
        Of what is highlighted, and of call-outs.
    positive, negative, total : colour
        Of gains, losses and sums.
    colormap : str
        Of values that are told by colour; `diverging` where there is a middle.
    font : str or None
        A font file or a family on this system; None is Inter.
    title_size, subtitle_size, label_size, source_size : float
        As shares of the frame's shorter side.
    smallest : float
        Pixels that no letters are smaller than, in a frame whose shorter side is 1080.
    title_weight : int
    radius : float
        Of bars' corners, as a share of their thickness.
    enter, move : Easing
    """

    background: Paint | None = "#fbfbfa"
    ink: str = "#14181f"
    soft: str = "#565d6b"
    faint: str = "#dfe2e8"
    palette: tuple[str, ...] = (
        "#2f6de0", "#d9480f", "#0b8a6a", "#a03bb8", "#a07800", "#c2255c", "#1789a6", "#5f6b7a",
    )  # fmt: skip
    accent: str = "#d9480f"
    positive: str = "#0b8a6a"
    negative: str = "#c92a3a"
    total: str = "#5f6b7a"
    colormap: str = "viridis"
    diverging: str = "RdBu"
    font: str | None = None
    title_size: float = 0.052
    subtitle_size: float = 0.032
    label_size: float = 0.026
    source_size: float = 0.0205
    smallest: float = 22.0
    title_weight: int = 700
    radius: float = 0.14
    enter: Easing = field(default=ENTER_EASING)
    move: Easing = field(default=MOVE_EASING)

    def __post_init__(self) -> None:
        for name in ("ink", "soft", "faint", "accent", "positive", "negative", "total"):
            _check_color(getattr(self, name), name)
        if not self.palette:
            raise InvalidValueError("`palette` must have a colour (Theme)")
        for color in self.palette:
            _check_color(color, "palette")

    def but(self, **changes: Any) -> Theme:
        """Give the theme with some of it changed."""
        try:
            return replace(self, **changes)
        except TypeError as error:
            raise InvalidValueError(f"{error} (Theme)") from None


LIGHT = Theme()
DARK = Theme(
    background="#0f1420",
    ink="#f3f5fa",
    soft="#a3acc0",
    faint="#2a3244",
    palette=("#5b9bff", "#ff9350", "#3ecf9f", "#d68bf0", "#e6bd3c", "#ff7aa2", "#4fc7e0", "#a7b0c0"),
    accent="#ff9350",
    positive="#3ecf9f",
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
