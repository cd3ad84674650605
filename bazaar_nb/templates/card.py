"""Cards: scenes of words and pictures, laid out once a size and shown at any moment, as charts are."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from bazaar_nb.charts.chart import Chart
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.room import Room
from bazaar_nb.motion.easing import cubic, ease_out
from bazaar_nb.scene.elements import AnyElement
from bazaar_nb.templates.fitting import Fitted
from bazaar_nb.values.color import parse_color

Layout = TypeVar("Layout")
ENTER = ease_out(cubic)
_RISE_S, _LINE_APART_S = 0.7, 0.09


class Card(Chart[Layout]):
    """What ready scenes share: a theme, an accent, and words that come in line by line.

    Parameters
    ----------
    accent : colour, optional
        The theme's by default.
    **options
        Those of every chart that have to do with the scene: theme, background, duration, scene_name.
    """

    has_ghost = False  # words that are read line by line aren't there before

    def __init__(self, *, accent: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.accent = accent or self.theme.accent


class Risen(NamedTuple):
    """How far something has come in.

    Attributes
    ----------
    opacity : float
    below : float
        How far below its place it is, 1 to 0.
    """

    opacity: float
    below: float


def risen(time: float, start: float, lasting: float = _RISE_S) -> Risen:
    """Give how far something has come in that begins at a moment, in seconds."""
    part = eased(time, start, lasting, ENTER)
    return Risen(round(part, 4), round(1.0 - part, 5))


def draw_lines(
    room: Room,
    fitted: Fitted,
    left: float,
    top: float,
    width: float,
    *,
    color: str,
    weight: int = 400,
    align: str = "left",
    time: float | None = None,
    start: float = 0.0,
    apart: float = _LINE_APART_S,
    letter_spacing: float = 0.0,
) -> list[AnyElement]:
    """Give the elements of words in lines; they rise into place one after the other if there is a time.

    Parameters
    ----------
    left, top, width : float
        Of the box, in pixels; lines stand at its left, in its middle, or at its right (also what is read
        from there).
    letter_spacing : float
        As a share of the letters' size.
    """
    if fitted.leftwards and align == "left":
        align = "right"
    x = {"left": left, "center": left + width / 2, "right": left + width}[align]
    anchor = {"left": "left", "center": "center", "right": "right"}[align]
    pitch = fitted.leading * fitted.size
    elements: list[AnyElement] = []
    for number, line in enumerate(fitted.lines):
        come = Risen(1.0, 0.0) if time is None else risen(time, start + apart * number)
        if come.opacity <= 0.0 or not line:
            continue
        y = round(top + pitch * (number + 0.5) + 0.4 * fitted.size * come.below, 3)
        elements.append(
            room.text(
                line,
                fitted.size,
                color,
                weight=weight,
                x=x,
                y=y,
                anchor=anchor,
                opacity=come.opacity,
                letter_spacing=letter_spacing * fitted.size,
            )
        )
    return elements


def with_alpha(color: str, alpha: float) -> str:
    """Give a colour with another opacity."""
    r, g, b, _ = parse_color(color)
    return f"rgba({round(r * 255)}, {round(g * 255)}, {round(b * 255)}, {alpha:g})"
