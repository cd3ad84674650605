"""Where the days of years stand: in weeks side by side, or in months."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.scales.formats import DateFormat
from bazaar_nb.scene.elements import AnyElement, Polyline
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_MONTHS = 12


class DayGrid(NamedTuple):
    """Days as squares.

    Attributes
    ----------
    places : array of shape (n, 2)
        Their middles in pixels.
    pitch : float
        From one to the next, in pixels.
    elements : tuple of elements
        The words of months and weekdays, and lines between months.
    """

    places: Floats
    pitch: float
    elements: tuple[AnyElement, ...]


def first_weekday(locale: str) -> int:
    """Give the day that weeks start with in a locale: 0 is Monday."""
    from babel import Locale

    return int(Locale.parse(locale.replace("-", "_")).first_week_day)


def lay_out_days(room: Room, area: Area, days: Floats, locale: str) -> DayGrid:
    """Put days into an area: one year in months, several as strips of weeks.

    Parameters
    ----------
    days : array of shape (n,)
        Whole days since 1970-01-01, rising.
    """
    years = sorted({_date(day).year for day in (days.min(), days.max())})
    if years[0] == years[-1]:
        return _months(room, area, days, years[0], locale)
    return _strips(room, area, days, range(years[0], years[-1] + 1), locale)


def _strips(room: Room, area: Area, days: Floats, years: range, locale: str) -> DayGrid:
    size, start = room.label_size, first_weekday(locale)
    weekdays = _weekday_words(locale, start)
    many = len(years) > 1
    left = max(room.width_of(word, size) for word in weekdays.values()) + 0.5 * size
    if many:
        left = max(left, room.width_of("2000", size, 700) + 0.6 * size)
    above = 1.5 * size
    gap = 0.9 * size
    each = (area.height - above - gap * (len(years) - 1)) / len(years)
    pitch = min((area.width - left) / 53.6, each / 7)
    tall = above + len(years) * 7 * pitch + gap * (len(years) - 1)
    top = area.top + above + max(0.0, min(0.25 * (area.height - tall), 2 * size))
    elements: list[AnyElement] = []
    places = np.empty((len(days), 2))
    all_years = np.array([_date(day).year for day in days.tolist()])
    soft, ink = room.theme.soft, room.theme.ink
    for number, year in enumerate(years):
        y0 = top + number * (7 * pitch + gap)
        x0 = area.left + left
        one = all_years == year
        column, row = _week_and_day(days[one], year, start)
        places[one] = np.column_stack([x0 + (column + 0.5) * pitch, y0 + (row + 0.5) * pitch])
        for month in range(2, _MONTHS + 1):
            if not days.min() < _day(year, month, 1) <= days.max():
                continue
            elements.append(_month_edge(room, x0, y0, pitch, year, month, start))
        if many:
            y = y0 + 3.5 * pitch
            elements.append(
                room.text(str(year), size, ink, weight=700, x=area.left, y=y, anchor="left", tabular=True)
            )
        elif pitch > 0.9 * size:
            for day, word in weekdays.items():
                y = y0 + (day + 0.5) * pitch
                elements.append(room.text(word, size, soft, x=x0 - 0.5 * size, y=y, anchor="right"))
    x0 = area.left + left
    for month, word in _month_words(room, locale, 4.0 * pitch, size).items():
        column, _ = _week_and_day(np.array([_day(years[0], month, 1)]), years[0], start)
        x = x0 + (float(column[0]) + (0.0 if month == 1 else 0.9)) * pitch
        elements.append(room.text(word, size, soft, x=x, y=top - 0.8 * size, anchor="left"))
    return DayGrid(places, pitch, tuple(elements))


def _months(room: Room, area: Area, days: Floats, year: int, locale: str) -> DayGrid:
    size, start = room.label_size, first_weekday(locale)
    across = {"wide": 6, "square": 4, "tall": 3}[room.shape]
    down = _MONTHS // across
    head = 1.6 * size
    pitch = min(area.width / (across * 7 + (across - 1) * 0.9), (area.height / down - head - 0.6 * size) / 6)
    step_x = (area.width - 7 * pitch) / (across - 1)
    step_y = 6 * pitch + head + 0.6 * size
    filled = (area.height - 6 * pitch - head) / (down - 1)
    step_y = min(max(step_y, filled), 1.25 * step_y)
    if step_x > 9 * pitch:  # keep months together
        step_x = 9 * pitch
    elements: list[AnyElement] = []
    places = np.empty((len(days), 2))
    words = _month_words(room, locale, 7 * pitch, size)
    of_month = np.array([_date(day).month for day in days.tolist()])
    for month in range(1, _MONTHS + 1):
        x0 = area.left + ((month - 1) % across) * step_x
        y0 = area.top + ((month - 1) // across) * step_y
        elements.append(
            room.text(words[month], size, room.theme.ink, weight=600, x=x0, y=y0 + 0.7 * size, anchor="left")
        )
        one = of_month == month
        first = _day(year, month, 1)
        offset = (first + 3 - start) % 7
        count = days[one] - first + offset
        places[one] = np.column_stack(
            [x0 + (count % 7 + 0.5) * pitch, y0 + head + (count // 7 + 0.5) * pitch]
        )
    return DayGrid(places, pitch, tuple(elements))


def _month_edge(
    room: Room, x0: float, y0: float, pitch: float, year: int, month: int, start: int
) -> AnyElement:
    """Give the stepped line before the first day of a month."""
    column, row = _week_and_day(np.array([_day(year, month, 1)]), year, start)
    x, y = x0 + float(column[0]) * pitch, y0 + float(row[0]) * pitch
    bottom = y0 + 7 * pitch
    corners = [(x, bottom), (x, y), (x + pitch, y), (x + pitch, y0)] if row[0] else [(x, bottom), (x, y0)]
    stroke = Stroke(room.theme.soft, 1.5 * room.unit)
    return Polyline([one[0] for one in corners], [one[1] for one in corners], stroke=stroke, opacity=0.7)


def _week_and_day(days: Floats, year: int, start: int) -> tuple[Any, Any]:
    """Give the week of the year, counted from that of its first day, and the day of the week, from 0."""
    first = _day(year, 1, 1)
    offset = (first + 3 - start) % 7  # 1970-01-01 was a Thursday
    count = days - first + offset
    return count // 7, count % 7


def _weekday_words(locale: str, start: int) -> dict[int, str]:
    """Give every second day of the week."""
    form = DateFormat("EEE", locale)
    return {day: form(float((day + start - 3) % 7)) for day in (0, 2, 4)}


def _month_words(room: Room, locale: str, width: float, size: float) -> dict[int, str]:
    """Give the months as long as there is room for."""
    for pattern in ("LLLL", "LLL", "LLLLL"):
        form = DateFormat(pattern, locale)
        words = {month: form(float(_day(2001, month, 1))) for month in range(1, _MONTHS + 1)}
        if all(room.width_of(word, size, 600) <= width for word in words.values()):
            return words
    return words


def _date(day: float) -> datetime.date:
    return datetime.date.fromordinal(_EPOCH + int(day))


def _day(year: int, month: int, day: int) -> int:
    return datetime.date(year, month, day).toordinal() - _EPOCH
