"""`countdown`: seconds that run out, in a ring."""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

from msgspec import Meta

from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.composition.composition import Composition
from bazaar_nb.films.film import film
from bazaar_nb.motion.easing import back, ease_out
from bazaar_nb.parameters.kinds import Color
from bazaar_nb.scene.elements import AnyElement, Ellipse, Path
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.templates.card import ENTER, Card, draw_lines
from bazaar_nb.templates.fitting import Fitted, fit_words
from bazaar_nb.templates.shapes import Line, Shape, ThemeName, Title, compose

_CHANGE_S = 0.28  # that one number takes to become the next
_END_S = 0.5  # that the ring takes to become the last words


class _Layout(NamedTuple):
    middle: tuple[float, float]
    radius: float
    stroke: float
    ring: str
    number_size: float
    title: Fitted
    title_top: float
    end: Fitted
    area: Area


class Countdown(Card[_Layout]):
    """Seconds that run out, in a ring that does too; then a word.

    Parameters
    ----------
    start : int
        The first number, in seconds.
    title : str
        Above the ring.
    end_text : str
        What stands there in the end.
    end_seconds : float
        How long.
    **options
        Those of `Card`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.templates.Countdown(3, end_text="Go")])
    """

    def __init__(
        self, start: int, title: str = "", end_text: str = "", *, end_seconds: float = 2.0, **options: Any
    ) -> None:
        super().__init__(duration=start + end_seconds, **options)
        self.start, self.words, self.end_text = start, title, end_text

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        side = room.side
        title = fit_words(
            room,
            self.words,
            min(area.width, 1.5 * side),
            0.2 * room.height,
            0.085 * side,
            room.letters(0.03),
            weight=700,
            most_lines=3,
        )
        gap = 0.055 * side if title.lines else 0.0
        most = area.height - title.height - gap
        radius = min(0.3 * side if title.lines else 0.36 * side, most / 2, area.width / 2)
        whole = title.height + gap + 2 * radius
        top = area.top + (area.height - whole) / 2
        x = room.width / 2 if room.shape != "tall" else (area.left + area.right) / 2
        y = top + title.height + gap + radius
        longest = max((_clock(one) for one in {self.start, 59, 60, 3599} if one <= self.start), key=len)
        per_size = room.width_of("8" * len(longest), 100.0, 700, tabular=True) / 100.0
        number_size = min(0.95 * radius, 1.42 * radius / per_size)
        end = fit_words(
            room,
            self.end_text,
            area.width,
            area.height - title.height - gap,
            0.2 * side,
            room.letters(0.04),
            weight=800,
            leading=1.1,
            most_lines=4,
        )
        stroke = 0.085 * radius
        ring = radius - stroke / 2
        half = f"A{ring:.3f} {ring:.3f} 0 0 1 0"
        path = f"M0 {-ring:.3f} {half} {ring:.3f} {half} {-ring:.3f}"
        return _Layout((x, y), radius, stroke, path, number_size, title, top, end, area)

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        theme, (x, y) = room.theme, layout.middle
        gone = eased(time, self.start, _END_S, ENTER) if self.end_text else 0.0
        elements = draw_lines(
            room,
            layout.title,
            x - layout.area.width / 2,
            layout.title_top,
            layout.area.width,
            color=theme.ink,
            weight=700,
            align="center",
            letter_spacing=-0.012,
        )
        if gone < 1.0:
            elements += self._ring(room, layout, time, 1.0 - gone)
        left = self.start - time
        number = max(0, math.ceil(left - 1e-6))
        if gone == 0.0:
            elements += self._number(room, layout, number, time)
        elif gone > 0:
            size = layout.end
            swing = 0.9 + 0.1 * eased(time, self.start, 0.6, ease_out(back(1.6)))
            lines = draw_lines(
                room,
                size._replace(size=size.size * swing),
                x - layout.area.width / 2,
                y - size.height * swing / 2,
                layout.area.width,
                color=self.accent,
                weight=800,
                align="center",
                letter_spacing=-0.02,
            )
            elements += [_faded(line, gone) for line in lines]
        return elements

    def _ring(self, room: Room, layout: _Layout, time: float, seen: float) -> list[AnyElement]:
        x, y = layout.middle
        left = min(1.0, max(0.0, 1.0 - time / self.start))
        elements: list[AnyElement] = [
            Ellipse(
                x=x,
                y=y,
                width=2 * layout.radius - layout.stroke,
                fill=None,
                stroke=Stroke(room.theme.faint, layout.stroke),
                opacity=seen,
            )
        ]
        if left > 0:
            elements.append(
                Path(
                    layout.ring,
                    x=x,
                    y=y,
                    fill=None,
                    stroke=Stroke(self.accent, layout.stroke, cap="round"),
                    start=1.0 - left,
                    end=1.0,
                )
            )
        return elements

    def _number(self, room: Room, layout: _Layout, number: int, time: float) -> list[AnyElement]:
        """Give the number, and the one before it while that makes room."""
        x, y = layout.middle
        since = time - (self.start - number)
        come = eased(since, 0.0, _CHANGE_S, ENTER) if number < self.start else 1.0
        way = 0.28 * layout.number_size

        def words(value: int, shift: float, seen: float) -> AnyElement:
            return room.text(
                _clock(value),
                layout.number_size,
                weight=700,
                x=x,
                y=round(y + shift, 3),
                tabular=True,
                opacity=round(seen, 4),
                letter_spacing=-0.02 * layout.number_size,
            )

        now = words(number, -way * (1.0 - come), come)
        return [now] if come >= 1.0 else [words(number + 1, way * come, (1.0 - come) ** 2), now]


@film
def countdown(
    start: Annotated[int, Meta(ge=1, le=3600)] = 10,
    title: Title = "",
    end_text: Line = "",
    shape: Shape = "16:9",
    theme: ThemeName = "dark",
    accent: Color | None = None,
    end_seconds: Annotated[float, Meta(ge=0.5, le=30)] = 2.0,
) -> Composition:
    """Count seconds down to zero in a ring that runs out, and end with a word.

    Parameters
    ----------
    start : int
        The number that it starts with, in seconds; from 60 on minutes are shown, too.
    title : str
        Above the ring.
    end_text : str
        What stands there when the time is up; without it the zero stays.
    shape : str
        Of the film: wide, square or for a phone.
    theme : str
        Light or dark.
    accent : colour
        Of the ring and the last words; the theme's by default.
    end_seconds : float
        How long the film goes on when the time is up.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.templates.countdown(5, title="We start in", end_text="Welcome!").frames
    210
    """
    scene = Countdown(
        start, title, end_text, end_seconds=end_seconds, theme=theme, accent=accent, scene_name="countdown"
    )
    return compose([scene], shape, "countdown")


def _clock(seconds: int) -> str:
    if seconds < 60:
        return str(seconds)
    return f"{seconds // 60}:{seconds % 60:02}"


def _faded(element: Any, seen: float) -> AnyElement:
    from msgspec.structs import replace

    faded: AnyElement = replace(element, opacity=round(element.opacity * seen, 4))
    return faded
