"""`Timeline`: events along time, each with its words; it runs down in a tall frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from typing import Any, Unpack, cast

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.parts.legend import draw_legend
from bazaar_nb.charts.parts.name_images import NO_IMAGES, NameImages
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns, Moments
from bazaar_nb.charts.parts.time_label import TimeLabel
from bazaar_nb.charts.parts.value_words import common_dates
from bazaar_nb.charts.words.timeline_places import Block, BlockPlace, place_beside_column, place_beside_row
from bazaar_nb.charts.words.timeline_words import LINE, EventWords, PlacedEvent, end_of_words, write_event
from bazaar_nb.scales.formats import DateFormat
from bazaar_nb.scales.scales import Linear
from bazaar_nb.scene.elements import AnyElement, Ellipse, Line, Polyline, Text
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_MOST, _MANY = 100, 24
_COMES_S = 0.45


@dataclass(frozen=True)
class _Layout:
    still: list[AnyElement]
    events: list[PlacedEvent]
    line: tuple[float, float, float, float]
    dot: float
    callouts: PointCallOuts


class Timeline(Chart[_Layout]):
    """Events along time: a line that runs from the first to the last, and words where it passes.

    Parameters
    ----------
    table : DataFrame or table
        A row for each event, in any order.
    time : str
        Column of moments: numbers, dates, periods, or words in their order. Uneven ones stay uneven.
    name : str
        Column of what happened.
    text : str, optional
        Column of one more sentence; it goes first where there is little room.
    color : str, optional
        Column by which events share a colour.
    colors : dict, optional
        Of what `color` holds.
    date : str or DateFormat, optional
        How dates are written, as ``"d MMM yyyy"``; by default as much as tells them apart.
    **options
        Those of every `Chart`. `highlight`, `images` and call-outs take names; the first come first
        where not all have room.

    Raises
    ------
    InvalidValueError
        With all that is wrong with the table, by column and row.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> flown = {"year": [1903, 1927, 1969], "what": ["First flight", "Over the Atlantic", "On the Moon"]}
    >>> bz.charts.Timeline(flown, time="year", name="what", title="Sixty-six years", duration=5)
    <Timeline 'Sixty-six years', 5 s>
    """

    annotated = frozenset({"callouts"})

    def __init__(
        self,
        table: Any,
        *,
        time: str,
        name: str,
        text: str | None = None,
        color: str | None = None,
        colors: Mapping[str, str] | None = None,
        date: DateFormat | str | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if options.get("highlight_at") is None:
            self.highlight_at = self.phases.move_stop
        problems = start_problems(self)
        columns = Columns(table, problems)
        columns.require(time=time, name=name, text=text, color=color)
        moments, names = columns.moments(time), columns.keys(name)
        texts = columns.texts(text) if text is not None else [""] * len(names)
        kinds = columns.texts(color) if color is not None else [""] * len(names)
        if len(names) > _MOST:
            problems.add(f"{len(names):,} events are too many to be read: {_MOST} at most", column=name)
        problems.raise_any()
        seen: dict[tuple[float, str], int] = {}
        for row, key in enumerate(zip(moments.values.tolist(), names, strict=True)):
            first = seen.setdefault(key, row)
            if first != row:
                problems.add(
                    f"{names[row]!r} is told a second time (the first is row {first})", column=name, row=row
                )
        self._check_names(names, problems)
        self._check_call_outs("events", problems)
        there = list(dict.fromkeys(kinds)) if color is not None else []
        palette, given = self.theme.palette, dict(colors or {})
        if len(there) > len(palette) and not set(there) <= set(given):
            problems.add(
                f"{len(there)} kinds need as many colours, and there are {len(palette)}: give `colors`"
            )
        problems.raise_any()
        usual = {one: given.get(one, palette[number % len(palette)]) for number, one in enumerate(there)}
        order = np.argsort(moments.values, kind="stable").tolist()
        self.times: Floats = moments.values[order]
        self.names = tuple(names[row] for row in order)
        self.texts = tuple(texts[row] for row in order)
        self.colors = tuple(usual.get(kinds[row], palette[0]) for row in order)
        self.entries = tuple((one, usual[one]) for one in there if one)
        self.dates = _date_words(self.times, moments, date, self.locale)

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        legend, height = draw_legend(room, area, self.entries)
        inner = area.inset(top=height)
        layout = (_down if room.shape == "tall" else _along)(room, inner, self)
        layout.still[:0] = legend
        return replace_fields(layout, callouts=self._lay_out_call_outs(room, inner, layout))

    def _lay_out_call_outs(self, room: Room, area: Area, layout: _Layout) -> PointCallOuts:
        """Have call-outs point at the words of events, or at the line; they appear as it passes them."""
        callouts = self.annotations.callouts
        if not callouts:
            return layout.callouts
        numbers = [self.names.index(str(one.key)) for one in callouts]
        points = [end_of_words(room, layout.events[number]) for number in numbers]
        boxes = [
            room.box_of(words) for event in layout.events for words in event.words if isinstance(words, Text)
        ]
        x1, y1, x2, y2 = layout.line
        part = np.linspace(0.0, 1.0, 120)[:, None]
        taken = [np.array([[x1, y1]]) + part * np.array([[x2 - x1, y2 - y1]])]
        for event in layout.events:
            if isinstance(event.stem, Line):
                ends = np.array([[event.stem.x1, event.stem.y1], [event.stem.x2, event.stem.y2]], np.float64)
                taken.append(ends[0] + part[::6] * (ends[1] - ends[0]))
        passed = self.passes_at() + _COMES_S * self.phases.pace
        return PointCallOuts.lay_out(
            room, area, callouts, points, avoid=np.concatenate(taken), boxes=boxes,
            gaps=0.3 * room.label_size, starts=passed[numbers].tolist(),
        )  # fmt: skip

    def passes_at(self) -> Floats:
        """Give the seconds at which the line passes each event."""
        phases = self.phases
        start, stop = phases.enter_start, max(phases.enter_start, phases.move_stop - _COMES_S * phases.pace)
        span = float(self.times[-1] - self.times[0])
        part = (self.times - self.times[0]) / span if span > 0 else np.zeros(len(self.times))
        return start + (stop - start) * (0.03 + 0.97 * part)

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        theme, phases = room.theme, self.phases
        elements: list[AnyElement] = [*layout.still]
        x1, y1, x2, y2 = layout.line
        start, stop = (
            phases.enter_start,
            max(phases.enter_start + 1e-9, phases.move_stop - _COMES_S * phases.pace),
        )
        run = min(1.0, max(0.0, (time - start) / (stop - start))) if phases.enters else 1.0
        if run > 0:
            stroke = Stroke(theme.soft, 4 * room.unit, cap="round")
            elements.append(Line(x1, y1, x1 + (x2 - x1) * run, y1 + (y2 - y1) * run, stroke=stroke))
        ring = theme.background if isinstance(theme.background, str) else None
        for event, name, color, passed in zip(
            layout.events, self.names, self.colors, self.passes_at().tolist(), strict=True
        ):
            come = eased(time, passed, _COMES_S * phases.pace, theme.enter) if phases.enters else 1.0
            if come <= 0:
                continue
            opacity = self._emphasis(time, name)
            shown = come * opacity
            if event.stem is not None:
                elements.append(event.stem if shown == 1.0 else replace(event.stem, opacity=shown))
            dot = Ellipse(
                x=event.x, y=event.y, width=layout.dot * (0.4 + 0.6 * come), fill=color, opacity=opacity,
                stroke=Stroke(ring, 4 * room.unit) if ring else None,
            )  # fmt: skip
            elements.append(dot)
            lower = event.shift * (1 - come)
            for words in event.words:
                y = cast(float, words.y) + lower
                elements.append(words if shown == 1.0 else replace(words, y=y, opacity=shown))
        return elements + layout.callouts.draw(room, time, phases, theme)


def _date_words(
    times: Floats, moments: Moments, date: DateFormat | str | None, locale: str
) -> tuple[str, ...]:
    """Write moments: dates in the shortest format that tells them apart, unless the caller says how."""
    if moments.kind != "date":
        clock = TimeLabel.for_moments(moments, locale)
        return tuple(clock.words(moment) for moment in times.tolist())
    if isinstance(date, str):
        date = DateFormat(date, locale)
    return common_dates(times, locale) if date is None else tuple(date(moment) for moment in times.tolist())


def _choosing(chart: Timeline) -> list[int]:
    """Give the events in the order in which they take room: chosen ones, first and last, then by halving."""
    count = len(chart.names)
    chosen = [number for number, name in enumerate(chart.names) if name in chart.highlight]
    spread_out = sorted(range(count), key=lambda number: -(number & -number) if number else -count * 2)
    return list(dict.fromkeys([*chosen, 0, count - 1, *spread_out]))


def _chosen_count(chart: Timeline, found: Sequence[BlockPlace | None]) -> int:
    """Give how many of the highlighted events have words."""
    return sum(
        place is not None and name in chart.highlight for name, place in zip(chart.names, found, strict=True)
    )


def _set_words(
    room: Room,
    chart: Timeline,
    size: float,
    width: float,
    with_text: bool,
    lines: int,
    date_width: float = 0.0,
) -> list[EventWords]:
    """Break the words of all events into lines; a date stands above, or before where it has a width."""
    small = max(room.letters(0.0), 0.84 * size)
    pictures = NameImages.beside(room, chart.images, chart.names, size)
    found = []
    for date, name, text in zip(chart.dates, chart.names, chart.texts, strict=True):
        beside = pictures.room_of(name)
        names = tuple(room.wrap(name, size, width - beside, lines, 600))
        texts = tuple(room.wrap(text, small, width, 3)) if with_text and text else ()
        wide = max(
            *(beside + room.width_of(line, size, 600) for line in names),
            *(room.width_of(line, small) for line in texts),
            0.0 if date_width else room.width_of(date, small, 500),
        )
        tall = LINE * (size * len(names) + small * len(texts)) + (0.0 if date_width else LINE * small)
        found.append(
            EventWords(date, names, texts, Block(wide, tall), pictures if beside else NO_IMAGES, name)
        )
    return found


def _scale(chart: Timeline, low: float, high: float) -> Linear:
    first, last = float(chart.times[0]), float(chart.times[-1])
    return Linear((first, last), (low, high))


def _tries(room: Room, share: float, chart: Timeline) -> list[tuple[float, bool]]:
    """Give sizes of letters and whether there are texts, the best first; of many events only what may do."""
    smallest, best = room.letters(0.0), room.letters(share)
    middle = (smallest + best) / 2
    sizes = [best, middle, smallest] if len(chart.names) <= _MANY else [smallest]
    if not any(chart.texts):
        return [(size, False) for size in sizes]
    tries = [
        (best, True),
        (middle, True),
        (best, False),
        (smallest, True),
        (middle, False),
        (smallest, False),
    ]
    return [one for one in tries if one[0] in sizes]


def _along(room: Room, area: Area, chart: Timeline) -> _Layout:
    """Lay out a line from left to right, words above and below it."""
    axis = area.middle[1]
    dot = 20 * room.unit
    scale = _scale(chart, area.left + dot, area.right - max(dot, 0.06 * area.width))
    places = np.asarray(scale(chart.times)).tolist()
    order, along = _choosing(chart), list(range(len(places)))
    best: tuple[tuple[int, int], float, list[EventWords], list[BlockPlace | None]] | None = None
    for size, with_text in _tries(room, 0.036, chart):
        for width in (9.5 * size, 7 * size):
            inset = 0.4 * size
            words = _set_words(room, chart, size, width, with_text, 3)
            blocks = [Block(one.block.width + inset, one.block.height) for one in words]
            words = [one._replace(block=block) for one, block in zip(words, blocks, strict=True)]
            # From the last on, words that reach over later events step up, and no stem runs through them.
            for first in (along[::-1], order, along):
                found = place_beside_row(places, blocks, area, axis, 0.7 * size, first)
                rank = (_chosen_count(chart, found), sum(place is not None for place in found))
                if best is None or rank > best[0]:
                    best = (rank, size, words, found)
        if best is not None and best[0][1] == len(places):
            break
    assert best is not None
    _, size, words, found = best
    stroke = Stroke(room.theme.faint, 2.5 * room.unit)
    events = []
    for x, word, place in zip(places, words, found, strict=True):
        if place is None:
            events.append(PlacedEvent(x, axis, None, (), 0.0))
            continue
        end = place.top if place.side < 0 else place.top + word.block.height
        if place.align == "center":
            end = place.top + word.block.height if place.side < 0 else place.top
        written = write_event(room, word, place, size, 0.0 if place.align == "center" else 0.4 * size)
        events.append(
            PlacedEvent(x, axis, Line(x, axis, x, end, stroke=stroke), written, -0.4 * size * place.side)
        )
    return _Layout(
        [_ground(room, area.left, axis, area.right, axis)],
        events,
        (area.left, axis, area.right, axis),
        dot,
        PointCallOuts(area),
    )


def _down(room: Room, area: Area, chart: Timeline) -> _Layout:
    """Lay out a line from top to bottom, dates left of it and words right of it."""
    dot = 22 * room.unit
    order = _choosing(chart)
    best: tuple[int, float, float, list[EventWords], list[BlockPlace | None]] | None = None
    for size, with_text in _tries(room, 0.044, chart):
        small = max(room.letters(0.0), 0.84 * size)
        dates = max(room.width_of(date, small, 500, tabular=True) for date in chart.dates)
        left = area.left + dates + 0.8 * size + dot + 1.9 * size
        words = _set_words(room, chart, size, max(4 * size, area.right - left), with_text, 2, dates)
        blocks = [one.block for one in words]
        places = np.asarray(
            _scale(chart, area.top + 0.7 * size, area.bottom - 0.7 * size)(chart.times)
        ).tolist()
        found = place_beside_column(places, blocks, area, left, 0.55 * size, order)
        count = sum(place is not None for place in found)
        if best is None or count > best[0]:
            best = (count, size, left, words, found)
        if count == len(places):
            break
    assert best is not None
    _, size, left, words, found = best
    x = left - 1.9 * size - dot / 2
    places = np.asarray(_scale(chart, area.top + 0.7 * size, area.bottom - 0.7 * size)(chart.times)).tolist()
    stroke = Stroke(room.theme.faint, 2.5 * room.unit)
    events = []
    for y, word, place in zip(places, words, found, strict=True):
        if place is None:
            events.append(PlacedEvent(x, y, None, (), 0.0))
            continue
        middle = place.top + 0.6 * size
        line_x = np.array([x, x + dot * 0.5 + 0.3 * size, left - 0.6 * size, left - 0.3 * size])
        stem = Polyline(line_x, np.array([y, y, middle, middle]), stroke=stroke)
        date_x = x - dot / 2 - 0.5 * size
        events.append(PlacedEvent(x, y, stem, write_event(room, word, place, size, 0.0, date_x), 0.3 * size))
    return _Layout(
        [_ground(room, x, area.top, x, area.bottom)],
        events,
        (x, area.top, x, area.bottom),
        dot,
        PointCallOuts(area),
    )


def _ground(room: Room, x1: float, y1: float, x2: float, y2: float) -> AnyElement:
    return Line(x1, y1, x2, y2, stroke=Stroke(room.theme.faint, 4 * room.unit, cap="round"))
