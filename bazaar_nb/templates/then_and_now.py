"""What changed: each name's value at the start becomes that at the end."""

from __future__ import annotations

from typing import Any, NamedTuple

from bazaar_nb.charts.parts.marks import Dot, Mark, mark_element
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.motion.easing import cubic, ease_in_out
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scene.elements import AnyElement, Line
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.templates.card import Card, Risen, draw_lines, risen
from bazaar_nb.templates.fitting import Fitted, fit_words

_COUNT_AT_S, _COUNT_S, _APART_S = 0.7, 1.3, 0.08
_COUNT = ease_in_out(cubic)


class Change(NamedTuple):
    """A name with two values.

    Attributes
    ----------
    before : float or None
        None where there was none yet.
    """

    name: str
    color: str
    before: float | None
    after: float


class _Layout(NamedTuple):
    names: tuple[Fitted, ...]
    tops: tuple[float, ...]
    pitch: float
    size: float
    left: float
    value_right: float
    change_right: float
    changes: tuple[str, ...]
    dot: float


class ThenAndNow(Card[_Layout]):
    """Names in rows; their values count from the first moment's to the last one's, with the change beside.

    Parameters
    ----------
    changes : sequence of Change
    **options
        Those of `Card`; title, subtitle and source stand around the rows.
    """

    def __init__(self, changes: tuple[Change, ...], **options: Any) -> None:
        super().__init__(**options)
        self.changes = changes
        self._change = NumberFormat("percent", decimals=0, locale=self.locale, sign=True)

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        count = len(self.changes)
        pitch = min(area.height / count, 0.17 * room.side)
        size = min(0.42 * pitch, 0.062 * room.side)
        top = area.top + (area.height - pitch * count) * (0.0 if room.shape == "wide" else 0.12)
        words = tuple(self._words(one) for one in self.changes)
        change_width = max(room.width_of(one, 0.8 * size, 600, tabular=True) for one in words)
        ends = [value for one in self.changes for value in (one.before, one.after) if value is not None]
        value_width = max(room.width_of(self.number(one), size, 700, tabular=True) for one in ends)
        gap = 1.1 * size
        value_right = area.right - change_width - gap
        dot = 0.42 * size
        names = tuple(
            fit_words(
                room,
                one.name,
                value_right - value_width - gap - area.left - 2.2 * dot,
                0.9 * pitch,
                size,
                0.62 * size,
                weight=600,
                most_lines=2,
                leading=1.1,
            )
            for one in self.changes
        )
        tops = tuple(top + pitch * number for number in range(count))
        return _Layout(names, tops, pitch, size, area.left, value_right, area.right, words, dot)

    def _words(self, one: Change) -> str:
        """Give the change: a multiple where it is large, nothing where there is none to tell."""
        if one.before is None or one.before <= 0 or one.after < 0:
            return ""
        ratio = one.after / one.before
        if ratio >= 10:
            return f"×{ratio:,.0f}" if ratio < 1e6 else ""
        return self._change(ratio - 1)

    def _come(self, time: float, number: int) -> Risen:
        """Give how far a row has come in; `time` at the usual pace."""
        return risen(time, _APART_S * number) if self.phases.enters else Risen(1.0, 0.0)

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:  # noqa: ARG002
        """Give the dots before the names, by name."""
        return [
            self._dot(layout, number, come.opacity)
            for number in range(len(self.changes))
            if (come := self._come(time / self.phases.pace, number)).opacity > 0
        ]

    def _dot(self, layout: _Layout, number: int, opacity: float) -> Mark:
        radius = 0.75 * layout.dot
        at = Dot(layout.left + radius, layout.tops[number] + layout.pitch / 2, radius)
        return Mark(self.changes[number].name, at, self.changes[number].color, opacity)

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        theme, time = room.theme, time / self.phases.pace
        elements: list[AnyElement] = []
        for number, (one, fitted, top) in enumerate(
            zip(self.changes, layout.names, layout.tops, strict=True)
        ):
            start = _APART_S * number
            come = self._come(time, number)
            middle = top + layout.pitch / 2
            if number:
                stroke = Stroke(theme.faint, max(1.0, 1.6 * room.unit))
                elements.append(Line(layout.left, top, layout.change_right, top, stroke=stroke))
            if come.opacity <= 0:
                continue
            elements.append(mark_element(self._dot(layout, number, come.opacity)))
            elements += draw_lines(
                room,
                fitted._replace(leftwards=False),
                layout.left + 2.2 * layout.dot,
                middle - fitted.height / 2,
                fitted.width,
                color=theme.ink,
                weight=600,
                time=time if self.phases.enters else None,
                start=start,
            )
            counted = eased(time, _COUNT_AT_S + start, _COUNT_S, _COUNT)
            before = one.after if one.before is None else one.before
            value = before + (one.after - before) * counted
            elements.append(
                room.text(
                    self.number(value),
                    layout.size,
                    x=layout.value_right,
                    y=middle,
                    anchor="right",
                    weight=700,
                    tabular=True,
                    opacity=come.opacity,
                )
            )
            after = risen(time, _COUNT_AT_S + start + 0.85 * _COUNT_S)
            if layout.changes[number] and after.opacity > 0:
                color = theme.positive if one.after >= before else theme.negative
                elements.append(
                    room.text(
                        layout.changes[number],
                        0.8 * layout.size,
                        color,
                        x=layout.change_right,
                        y=middle,
                        anchor="right",
                        weight=600,
                        tabular=True,
                        opacity=after.opacity,
                    )
                )
        return elements
