"""`morph`: from one view of a table to another, with the same marks by key.

In stages (see `bazaar_nb.charts.morphs.morph_pieces`): first the axes, then the marks, then the labels; bars
that get both another length and another place do one after the other. What is in one view only fades, or
comes out of its foot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import msgspec

from bazaar_nb.charts.chart import Chart, Options, entered
from bazaar_nb.charts.morphs.dot_crowd import DotCrowd, divide_crowd
from bazaar_nb.charts.morphs.morph_pieces import (
    AXES,
    LABELS_COME,
    MARKS,
    Change,
    Fade,
    Glide,
    Span,
    find_changes,
    find_pieces,
)
from bazaar_nb.charts.morphs.views import VIEWS_OWN, View, take_apart
from bazaar_nb.charts.parts.forms import mark_between
from bazaar_nb.charts.parts.marks import Mark
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Fill, Group, Line, Points, Text
from bazaar_nb.values.oklab import mix_colors

_BEFORE_S, _AFTER_S = 0.4, 0.6  # that stand still
_STAGGER_S, _ALL_STAGGER_S = 0.04, 0.3
_STYLE = ("weight", "italic", "font", "tabular", "letter_spacing", "width", "align", "outline", "line_height")
Along = Callable[[Change], tuple[int, float]]


@dataclass(frozen=True)
class _Layout:
    start: View
    stop: View
    below: tuple[Fade | Glide | AnyElement, ...]
    changes: tuple[Change, ...]
    alone: tuple[Change, ...]
    """The changes that are elements of their own."""
    crowd: DotCrowd | None
    above: tuple[Fade | Glide | AnyElement, ...]


class Morph(Chart[_Layout]):
    """One view that becomes another; made by `morph`.

    Parameters
    ----------
    start, stop : Chart
    start_at : float
        The moment of the first that it begins with, in its seconds.
    before, after : float
        Seconds that stand still, within `duration`; less where that is short.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> import pandas as pd
    >>> table = pd.DataFrame({"name": ["Ada", "Bob", "Cy"], "value": [3, 5, 2]})
    >>> bars = bz.charts.Bars(table, name="name", value="value")
    >>> both = bz.charts.morph(bars, bz.charts.Share(table, name="name", value="value"))
    >>> isinstance(both, bz.charts.Morph)
    True
    """

    usual_duration = 3.0
    refused = VIEWS_OWN

    def __init__(
        self,
        start: Chart[Any],
        stop: Chart[Any],
        *,
        start_at: float | None = None,
        before: float = 0.0,
        after: float = 0.0,
        **options: Unpack[Options],
    ) -> None:
        options.setdefault("theme", stop.theme)
        options.setdefault("background", start.background)
        options["enter"] = False
        super().__init__(**options)
        self.start, self.stop = start, entered(stop)
        self.start_at = start.phases.leave_start if start_at is None else start_at
        self.change_start = before * self.phases.pace
        self.change_lasting = self.duration - (before + after) * self.phases.pace

    def _part(self, time: float) -> float:
        return min(1.0, max(0.0, (time - self.change_start) / self.change_lasting))

    def _backdrop(self, time: float) -> list[AnyElement]:
        below = super()._backdrop(time)
        other = self.stop.background
        if other is not None and other != self.background:
            below.append(Fill(other, opacity=round(AXES.at(self._part(time)), 3)))
        return below

    def _lay_out(self, room: Room, area: Area) -> _Layout:  # noqa: ARG002
        start = take_apart(self.start, self.start_at, room)
        stop = take_apart(self.stop, 0.0, room)
        changes = find_changes(start.marks, stop.marks)
        below, above = find_pieces(start, stop, changes)
        alone, crowd = divide_crowd(changes, room.theme.move)
        return _Layout(start, stop, tuple(below), tuple(changes), alone, crowd, tuple(above))

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        part = self._part(time)
        if part <= 0:
            return list(layout.start.picture)
        if part >= 1:
            return list(layout.stop.picture)
        ease = room.theme.move
        changes = layout.changes
        count = max((change.number for change in changes), default=0)
        apart = min(_STAGGER_S / self.change_lasting, _ALL_STAGGER_S / max(1, count) / self.change_lasting)
        apart = min(apart, 0.3 * (MARKS.stop - MARKS.start) / max(1, count))

        def along(change: Change) -> tuple[int, float]:
            """Give the leg that a mark is on, and how far it is."""
            start = change.span.start + apart * change.number
            legs = len(change.stops) - 1
            told = Span(start, change.span.stop - apart * (count - change.number)).at(part) * legs
            leg = min(int(told), legs - 1)
            return leg, ease(min(1.0, told - leg))

        elements: list[AnyElement] = []
        for piece in layout.below:
            elements += _drawn(piece, part, ease, along)
        marks = _drawn_marks(layout.alone, along)
        if layout.crowd is not None:
            marks += layout.crowd.at(part, apart, count)
        seen = AXES.at(part) if layout.start.stands_in else 1.0
        seen *= 1.0 - LABELS_COME.at(part) if layout.stop.stands_in else 1.0
        elements += marks if seen >= 1 else [Group(tuple(marks), opacity=round(seen, 3))]
        for piece in layout.above:
            elements += _drawn(piece, part, ease, along)
        return elements


def morph(start: Chart[Any], stop: Chart[Any], **options: Unpack[Options]) -> Morph:
    """Give the change from one view to another: sorted or filtered otherwise, of another form or measure.

    Marks whose keys are equal are one thing that moves: a bar becomes a sector without twisting. It
    begins with the last picture of the first chart and ends with the second one as it is when its marks have
    come in.

    Parameters
    ----------
    start, stop : Chart
        Best in one theme. Charts whose marks have no keys fade into each other.
    **options
        Those of every `Chart` that concern the scene, as `scene_name`; `duration`, by default 3 s, holds a
        short rest before and after the change.

    Returns
    -------
    Morph
        A scene by itself, like a chart.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = {"source": ["Wind", "Sun", "Gas"], "TWh": [140, 72, 78]}
    >>> donut = bz.charts.Share(table, name="source", value="TWh")
    >>> waffle = bz.charts.Share(table, name="source", value="TWh", form="waffle")
    >>> bz.charts.morph(donut, waffle, duration=2)
    <Morph None, 2 s>
    """
    for chart, name in ((start, "start"), (stop, "stop")):
        if not isinstance(chart, Chart):
            raise InvalidValueError(f"`{name}` must be a chart, got {chart!r:.60} (morph)")
    return Morph(start, stop, before=_BEFORE_S, after=_AFTER_S, **options)


def _drawn_marks(changes: Sequence[Change], along: Along) -> list[AnyElement]:
    """Give the marks on their way."""
    found: list[tuple[Mark, Mark, float]] = []
    for change in changes:
        leg, part = along(change)
        found.append((change.stops[leg], change.stops[leg + 1], part))
    return [mark_between(*one) for one in found if _is_seen(*one)]


def _is_seen(start: Mark, stop: Mark, part: float) -> bool:
    return start.opacity + (stop.opacity - start.opacity) * part > 0.004


def _drawn(piece: Any, part: float, ease: Any, along: Along) -> list[AnyElement]:
    if isinstance(piece, Fade):
        seen = piece.span.at(part) if piece.comes else 1.0 - piece.span.at(part)
        return [] if seen <= 0 else [_with_opacity(piece.element, seen)]
    if isinstance(piece, Glide):
        leg, told = along(piece.change) if piece.change is not None else (0, ease(AXES.at(part)))
        start, stop = piece.stops[leg], piece.stops[leg + 1]
        if isinstance(start, Line):
            return [_line_between(start, stop, told)]
        return _text_between(start, stop, told)
    return [piece]


def _with_opacity(element: Any, factor: float) -> AnyElement:
    """Give an element at a part of its opacity; points may have one each, so they are grouped."""
    if factor >= 1:
        return element  # type: ignore[no-any-return]
    if isinstance(element, Points):
        return Group((element,), opacity=round(factor, 3))
    made: AnyElement = msgspec.structs.replace(element, opacity=round(factor * element.opacity, 4))
    return made


def _line_between(start: Line, stop: Line, part: float) -> AnyElement:
    ends: dict[str, Any] = {
        name: _mix(getattr(start, name), getattr(stop, name), part)
        for name in ("x1", "y1", "x2", "y2", "opacity")
    }
    stroke = start.stroke if part < 0.5 else stop.stroke
    return msgspec.structs.replace(start, stroke=stroke, **ends)


def _text_between(start: Text, stop: Text, part: float) -> list[AnyElement]:
    if part <= 0:
        return [start]
    if part >= 1:
        return [stop]
    place = {"x": round(_mix(start.x, stop.x, part), 3), "y": round(_mix(start.y, stop.y, part), 3)}
    if any(getattr(start, name) != getattr(stop, name) for name in _STYLE):
        return [
            msgspec.structs.replace(start, **place, opacity=start.opacity * (1 - part)),
            msgspec.structs.replace(stop, **place, opacity=stop.opacity * part),
        ]
    color = start.color
    if color != stop.color:
        both_plain = isinstance(color, str) and isinstance(stop.color, str)
        color = mix_colors(str(color), str(stop.color), part) if both_plain else stop.color
    opacity = _mix(start.opacity, stop.opacity, part)
    size = _mix(start.size, stop.size, part)
    return [msgspec.structs.replace(start, **place, color=color, size=size, opacity=opacity)]


def _mix(start: Any, stop: Any, part: float) -> float:
    return float(start + (stop - start) * part)
