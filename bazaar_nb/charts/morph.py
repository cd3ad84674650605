"""`morph`: from one view of a table to another, with the same marks by key.

In stages, as Heer and Robertson found that people follow best (Animated Transitions in Statistical Data
Graphics, IEEE TVCG 13(6), 2007, https://doi.org/10.1109/TVCG.2007.70539): first the axes, then the marks, then the
labels; bars that get both another length and another place do one after the other. What is in one view only fades,
or comes out of its foot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Unpack

import msgspec
import numpy as np

from bazaar_nb.charts.chart import Chart, Options
from bazaar_nb.charts.forms import mark_between, shrunken
from bazaar_nb.charts.marks import Bar, Dot, Mark
from bazaar_nb.charts.phases import eased
from bazaar_nb.charts.room import Area, Room
from bazaar_nb.charts.views import View, center_of, entered, nearest_key, take_apart, ticks_of
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Fill, Group, Line, Points, Text
from bazaar_nb.values.color import parse_color
from bazaar_nb.values.oklab import mix_colors

_BEFORE_S, _AFTER_S = 0.4, 0.6  # that stand still
_STAGGER_S, _ALL_STAGGER_S = 0.04, 0.3
_MANY = 60  # dots: more are drawn as one
_STYLE = ("weight", "italic", "font", "tabular", "letter_spacing", "width", "align", "outline", "line_height")


class Span(NamedTuple):
    """A part of the change's time, 0 to 1."""

    start: float
    stop: float

    def at(self, part: float) -> float:
        """Give how far it is, 0 to 1."""
        return min(1.0, max(0.0, (part - self.start) / (self.stop - self.start)))


LABELS_GO = Span(0.0, 0.14)
TITLE_GOES, TITLE_COMES = Span(0.0, 0.12), Span(0.1, 0.26)
AXES = Span(0.1, 0.34)
MARKS_GO, MARKS, MARKS_COME = Span(0.12, 0.32), Span(0.3, 0.8), Span(0.72, 0.9)
LABELS_COME = Span(0.82, 1.0)


@dataclass(frozen=True)
class _Fade:
    """What is in one view only."""

    element: Any
    span: Span
    comes: bool


@dataclass(frozen=True)
class _Glide:
    """What is in both views, elsewhere."""

    start: Any
    stop: Any
    span: Span
    with_marks: bool = False


@dataclass(frozen=True)
class _Change:
    """What becomes of a mark: two or three marks that it is in turn."""

    stops: tuple[Mark, ...]
    span: Span
    number: int


@dataclass(frozen=True)
class _Layout:
    start: View
    stop: View
    below: tuple[_Fade | _Glide | AnyElement, ...]
    changes: tuple[_Change, ...]
    above: tuple[_Fade | _Glide | AnyElement, ...]


class Morph(Chart[_Layout]):
    """One view that becomes another; made by `morph`.

    Parameters
    ----------
    start, stop : Chart
    start_at : float
        The moment of the first that it begins with, in its seconds.
    before, after : float
        Seconds that stand still, within `duration`.
    """

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
        super().__init__(**{**options, "enter": False})
        self.start, self.stop = start, entered(stop)
        self.start_at = start.phases.leave_start if start_at is None else start_at
        self.change_start = before
        self.change_lasting = self.duration - before - after

    def _part(self, time: float) -> float:
        return min(1.0, max(0.0, (time - self.change_start) / self.change_lasting))

    def _backdrop(self, time: float) -> list[AnyElement]:
        below = super()._backdrop(time)
        other = self.stop.background
        if other is not None and other != self.background:
            below.append(Fill(other, opacity=round(AXES.at(self._part(time)), 3)))
        return below

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        start = take_apart(self.start, self.start_at, room)
        stop = take_apart(self.stop, 0.0, room)
        below, above = _pieces(start, stop)
        return _Layout(start, stop, tuple(below), tuple(_changes(start.marks, stop.marks)), tuple(above))

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        part = self._part(time)
        if part <= 0:
            return list(layout.start.picture)
        if part >= 1:
            return list(layout.stop.picture)
        ease = room.theme.move
        elements: list[AnyElement] = []
        for piece in layout.below:
            elements += _drawn(piece, part, ease)
        elements += self._drawn_marks(layout, part, ease)
        for piece in layout.above:
            elements += _drawn(piece, part, ease)
        return elements

    def _drawn_marks(self, layout: _Layout, part: float, ease: Any) -> list[AnyElement]:
        count = max(1, len(layout.changes) - 1)
        apart = min(_STAGGER_S, _ALL_STAGGER_S / count) / self.change_lasting
        apart = min(apart, 0.3 * (MARKS.stop - MARKS.start) / count)
        found: list[tuple[Mark, Mark, float]] = []
        for change in layout.changes:
            start = change.span.start + apart * change.number
            lasting = change.span.stop - change.span.start - apart * count
            legs = len(change.stops) - 1
            along = min(1.0, max(0.0, (part - start) / lasting)) * legs
            leg = min(int(along), legs - 1)
            found.append((change.stops[leg], change.stops[leg + 1], ease(min(1.0, along - leg))))
        dots = [one for one in found if isinstance(one[0].form, Dot) and isinstance(one[1].form, Dot)]
        if len(dots) <= _MANY:
            return [mark_between(*one) for one in found if _is_seen(*one)]
        elements = [
            mark_between(*one)
            for one in found
            if not (isinstance(one[0].form, Dot) and isinstance(one[1].form, Dot)) and _is_seen(*one)
        ]
        return [*elements, _as_points(dots)]


def morph(start: Chart[Any], stop: Chart[Any], *, duration: float = 3.0, **options: Unpack[Options]) -> Morph:
    """Give the change from one view to another: sorted or filtered otherwise, of another form or measure.

    Marks whose keys are equal are one thing that moves: a bar becomes a sector without twisting. It begins with
    the last picture of the first chart and ends with the second one as it is when its marks have come in.

    Parameters
    ----------
    start, stop : Chart
        Best in one theme. Charts whose marks have no keys fade into each other.
    duration : float
        Seconds, with a short rest before and after the change.
    **options
        Those of every `Chart` that concern the scene, as `scene_name`.

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
    if not duration > 0:
        raise InvalidValueError(f"`duration` must be positive, got {duration!r} (morph)")
    pace = min(1.0, float(duration) / 3.0)
    options["duration"] = duration
    return Morph(start, stop, before=_BEFORE_S * pace, after=_AFTER_S * pace, **options)


def _is_seen(start: Mark, stop: Mark, part: float) -> bool:
    return start.opacity + (stop.opacity - start.opacity) * part > 0.004


def _changes(start: Sequence[Mark], stop: Sequence[Mark]) -> list[_Change]:
    """Pair marks by key; where one side has more of a key, those of the other are told several times."""
    ours, theirs = _by_key(start), _by_key(stop)
    staged = _is_staged(ours, theirs)
    rows = staged == "rows"
    found: list[_Change] = []
    for key, marks in ours.items():
        if key not in theirs:
            for mark in marks:
                found.append(_Change((mark, mark._replace(opacity=0.0)), MARKS_GO, 0))
    number = 0
    for key, others in theirs.items():
        marks = ours.get(key, [])
        if not marks:
            for mark in others:
                first = mark._replace(form=shrunken(mark.form), opacity=mark.opacity if _grows(mark) else 0.0)
                found.append(_Change((first, mark), MARKS_COME, 0))
            continue
        count = max(len(marks), len(others))
        for place in range(count):
            one, other = marks[place * len(marks) // count], others[place * len(others) // count]
            between = (_halfway(one, other, rows=rows),) if staged else ()
            found.append(_Change((one, *between, other), MARKS, number))
        number += 1
    return found


def _grows(mark: Mark) -> bool:
    return isinstance(mark.form, Bar | Dot)


def _by_key(marks: Sequence[Mark]) -> dict[str, list[Mark]]:
    found: dict[str, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.key, []).append(mark)
    return found


def _is_staged(ours: dict[str, list[Mark]], theirs: dict[str, list[Mark]]) -> str | None:
    """Tell whether bars change lengths and order at once: ``rows`` or ``columns``, then one comes after the other."""
    shared = [key for key in ours if key in theirs and len(ours[key]) == len(theirs[key]) == 1]
    pairs = [(ours[key][0].form, theirs[key][0].form) for key in shared]
    if len(pairs) < 2 or not all(isinstance(a, Bar) and isinstance(b, Bar) for a, b in pairs):
        return None
    boxes = np.array([[form[:4] for form in pair] for pair in pairs], np.float64)  # (keys, views, sides)
    sizes = boxes[:, :, 2:] - boxes[:, :, :2]
    for kind, along in (("rows", 0), ("columns", 1)):
        across = 1 - along
        if np.ptp(sizes[:, :, across], axis=0).max() > 0.5 or np.ptp(sizes[:, :, along], axis=0).max() <= 0.5:
            continue
        middles = boxes[:, :, across] + sizes[:, :, across] / 2
        is_sorted = (
            np.argsort(middles[:, 0], kind="stable") == np.argsort(middles[:, 1], kind="stable")
        ).all()
        lengths = sizes[:, :, along] / np.maximum(1e-9, sizes[:, :, along].max(axis=0))
        if not is_sorted and np.abs(lengths[:, 0] - lengths[:, 1]).max() > 0.01:
            return kind
    return None


def _halfway(start: Mark, stop: Mark, *, rows: bool) -> Mark:
    """Give a bar with its new length in its old place."""
    one, other = start.form, stop.form
    assert isinstance(one, Bar) and isinstance(other, Bar)
    form = (
        other._replace(top=one.top, bottom=one.bottom)
        if rows
        else other._replace(left=one.left, right=one.right)
    )
    return Mark(stop.key, form, stop.color, stop.opacity)


def _pieces(start: View, stop: View) -> tuple[list[Any], list[Any]]:
    """Pair what is no mark: what is the same stands still, words and ticks that are elsewhere glide."""
    same = set(start.picture) & set(stop.picture)
    below: list[Any] = [one for one in start.ground if one in same]
    above: list[Any] = [one for one in (*start.words, *start.heading) if one in same]
    glides, gone, come = _glides(start, stop, same)
    for glide in glides:
        (above if glide.with_marks else below).append(glide)
    for element in start.ground:
        if element not in same and element not in gone:
            below.append(_Fade(element, AXES, comes=False))
    for element in stop.ground:
        if element not in same and element not in come:
            below.append(_Fade(element, AXES, comes=True))
    for elements, taken, span, comes in (
        (start.words, gone, LABELS_GO, False),
        (stop.words, come, LABELS_COME, True),
        (start.heading, gone, TITLE_GOES, False),
        (stop.heading, come, TITLE_COMES, True),
    ):
        above += [_Fade(one, span, comes) for one in elements if one not in same and one not in taken]
    return below, above


def _glides(
    start: View, stop: View, same: set[AnyElement]
) -> tuple[list[_Glide], set[AnyElement], set[AnyElement]]:
    found: list[_Glide] = []
    gone: set[AnyElement] = set()
    come: set[AnyElement] = set()

    def take(one: Any, other: Any, span: Span, *, with_marks: bool) -> None:
        if one in same or other in same:
            return
        if isinstance(one, Text):
            one_at, other_at = center_of(start, one), center_of(stop, other)
            if one_at is None or other_at is None:
                return
            gone.add(one)
            come.add(other)
            one = _put(one, one_at)
            other = _put(other, other_at)
        else:
            gone.add(one)
            come.add(other)
        found.append(_Glide(one, other, span, with_marks))

    ours, theirs = ticks_of(start), ticks_of(stop)
    for key, (text, line) in ours.items():
        if key in theirs:
            take(line, theirs[key][1], AXES, with_marks=False)
            take(text, theirs[key][0], AXES, with_marks=False)
    names, others = _labels(start), _labels(stop)
    for label, text in names.items():
        if label in others and text not in gone and others[label] not in come:
            take(text, others[label], MARKS, with_marks=True)
    return found, gone, come


def _labels(view: View) -> dict[tuple[str | None, str], Text]:
    """Give the words that belong to a mark, by its key and themselves; those that are there twice aren't told."""
    keys = {mark.key for mark in view.marks}
    found: dict[tuple[str | None, str], Text] = {}
    doubled = set()
    for element in (*view.ground, *view.words):
        if not isinstance(element, Text) or not isinstance(element.text, str):
            continue
        words = element.text
        key: str | None = words
        if words not in keys:
            at = center_of(view, element)
            key = None if at is None else nearest_key(view, *at)
            if key is None:
                continue
        if (key, words) in found:
            doubled.add((key, words))
        found[key, words] = element
    return {label: text for label, text in found.items() if label not in doubled}


def _put(text: Text, at: tuple[float, float]) -> Text:
    return msgspec.structs.replace(text, x=at[0], y=at[1], anchor="center")


def _drawn(piece: Any, part: float, ease: Any) -> list[AnyElement]:
    if isinstance(piece, _Fade):
        seen = piece.span.at(part) if piece.comes else 1.0 - piece.span.at(part)
        return [] if seen <= 0 else [_with_opacity(piece.element, seen)]
    if isinstance(piece, _Glide):
        along = eased(part, piece.span.start, piece.span.stop - piece.span.start, ease)
        if isinstance(piece.start, Line):
            return [_line_between(piece.start, piece.stop, along)]
        return _text_between(piece.start, piece.stop, along)
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


def _as_points(dots: list[tuple[Mark, Mark, float]]) -> Points:
    part = np.array([one[2] for one in dots])[:, None]
    ends = [np.array([one[side].form for one in dots], np.float64) for side in (0, 1)]
    x, y, radius = (ends[0] + (ends[1] - ends[0]) * part).T
    colors = [
        np.array([(*parse_color(one[side].color)[:3], one[side].opacity) for one in dots]) for side in (0, 1)
    ]
    return Points(x, y, size=2 * radius, color=colors[0] + (colors[1] - colors[0]) * part)
