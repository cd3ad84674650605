"""A title, large and alone: how a film with chapters begins, and how it sums up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scene.elements import AnyElement, Rect
from bazaar_nb.templates.card import ENTER, Card, draw_lines
from bazaar_nb.templates.fitting import Fitted, fit_words

_RULE_S = 0.7


class _TitleLayout(NamedTuple):
    left: float
    width: float
    rule_top: float
    over: Fitted
    over_top: float
    title: Fitted
    title_top: float
    below: Fitted
    below_top: float


class TitleCard(Card[_TitleLayout]):
    """A title with a rule above it, a line over it, and some words below.

    Parameters
    ----------
    words : str
    over : str
        In small letters over the title: a span of time, a series.
    below : str
    **options
        Those of `Card`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.templates.TitleCard("Quarterly review", below="Spring 2026", duration=3)])
    """

    usual_duration = 3.2

    def __init__(self, words: str, over: str = "", below: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.words, self.over, self.below = words, over, below

    def _lay_out(self, room: Room, area: Area) -> _TitleLayout:
        side = room.side
        left = area.left + (0.0 if room.shape == "tall" else 0.05 * side)
        width = min(area.right - left, 1.5 * side)
        over = fit_words(
            room, self.over, width, 0.1 * side, 0.034 * side, room.letters(0.024), weight=600, most_lines=1
        )
        below = fit_words(
            room,
            self.below,
            width,
            0.24 * area.height,
            0.046 * side,
            room.letters(0.028),
            leading=1.32,
            most_lines=5,
        )
        gap = 0.04 * side
        left_over = area.height - over.height - below.height - 3 * gap
        title = fit_words(
            room,
            self.words,
            width,
            min(left_over, 0.62 * area.height),
            0.128 * side,
            room.letters(0.04),
            weight=800,
            leading=1.06,
        )
        gaps = [0.045 * side, 0.022 * side if over.lines else 0.0, 0.038 * side if below.lines else 0.0]
        whole = sum(gaps) + over.height + title.height + below.height
        rule_top = area.top + max(0.0, area.height - whole) / 2
        over_top = rule_top + gaps[0]
        title_top = over_top + over.height + gaps[1]
        return _TitleLayout(
            left, width, rule_top, over, over_top, title, title_top, below, title_top + title.height + gaps[2]
        )

    def _draw(self, room: Room, layout: _TitleLayout, time: float) -> list[AnyElement]:
        theme, time = room.theme, time / self.phases.pace
        leftwards = layout.title.leftwards
        long = 0.12 * room.side * (0.25 + 0.75 * eased(time, 0.0, _RULE_S, ENTER))
        elements: list[AnyElement] = [
            Rect(
                x=layout.left + (layout.width if leftwards else 0.0),
                y=layout.rule_top,
                width=long,
                height=0.011 * room.side,
                anchor="top-right" if leftwards else "top-left",
                fill=self.accent,
            )
        ]
        start = 0.2 + 0.09 * len(layout.title.lines)
        for fitted, top, color, weight, when, spacing in (
            (layout.over, layout.over_top, self.accent, 600, 0.0, 0.0),
            (layout.title, layout.title_top, theme.ink, 800, -0.4, -0.022),
            (layout.below, layout.below_top, theme.soft, 400, start, 0.0),
        ):
            elements += draw_lines(
                room,
                fitted,
                layout.left,
                top,
                layout.width,
                color=color,
                weight=weight,
                time=time,
                start=when,
                letter_spacing=spacing,
                align="right" if leftwards else "left",
            )
        return elements


class _PointsLayout(NamedTuple):
    left: float
    width: float
    title: Fitted
    title_top: float
    points: tuple[Fitted, ...]
    tops: tuple[float, ...]
    number_size: float
    indent: float


class PointsCard(Card[_PointsLayout]):
    """A few sentences, numbered, one after the other: what to take home.

    Parameters
    ----------
    words : str
        Above them.
    points : sequence of str
    apart : float
        Seconds between one and the next.
    **options
        Those of `Card`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.templates.PointsCard("Three things", ["one", "two", "three"], duration=5)])
    """

    def __init__(self, words: str, points: Sequence[str], *, apart: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.words, self.points, self.apart = words, tuple(points), apart

    def _lay_out(self, room: Room, area: Area) -> _PointsLayout:
        side = room.side
        left = area.left + (0.0 if room.shape == "tall" else 0.05 * side)
        width = min(area.right - left, 1.6 * side)
        title = fit_words(
            room, self.words, width, 0.16 * side, 0.05 * side, room.letters(0.03), weight=700, most_lines=2
        )
        count = max(1, len(self.points))
        title_gap = 0.06 * side if title.lines else 0.0
        room_each = (area.height - title.height - title_gap) / count
        gap = min(0.07 * side, 0.24 * room_each)
        size = min(0.066 * side, 0.8 * (room_each - gap))
        indent = 1.5 * size
        points = [
            fit_words(
                room, one, width - indent, room_each - gap, size, room.letters(0.02), weight=600, leading=1.2
            )
            for one in self.points
        ]
        least = min((one.size for one in points), default=size)  # all alike
        points = [
            fit_words(room, one, width - indent, room_each - gap, least, least, weight=600, leading=1.2)
            for one in self.points
        ]
        whole = title.height + title_gap + sum(one.height for one in points) + gap * (count - 1)
        top = area.top + max(0.0, area.height - whole) / 2
        tops, at = [], top + title.height + title_gap
        for one in points:
            tops.append(at)
            at += one.height + gap
        return _PointsLayout(left, width, title, top, tuple(points), tuple(tops), least, indent)

    def _draw(self, room: Room, layout: _PointsLayout, time: float) -> list[AnyElement]:
        theme, time = room.theme, time / self.phases.pace
        elements = draw_lines(
            room, layout.title, layout.left, layout.title_top, layout.width, color=theme.soft, weight=700
        )
        size = layout.number_size
        for number, (point, top) in enumerate(zip(layout.points, layout.tops, strict=True)):
            start = 0.3 + self.apart * number
            leftwards = point.leftwards
            mark = Fitted((str(number + 1),), size, size, 1.2 * size, 1.2, False)
            elements += draw_lines(
                room,
                mark,
                layout.left,
                top,
                layout.width,
                color=self.accent,
                weight=800,
                time=time,
                start=start,
                align="right" if leftwards else "left",
            )
            elements += draw_lines(
                room,
                point,
                layout.left + (0.0 if leftwards else layout.indent),
                top,
                layout.width - layout.indent,
                color=theme.ink,
                weight=600,
                time=time,
                start=start,
                letter_spacing=-0.01,
            )
        return elements
