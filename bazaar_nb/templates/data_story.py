"""`data_story`: a table as a film in chapters: title, race, lines, what changed, what to take home."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta

from bazaar_nb.charts.chart import Chart
from bazaar_nb.charts.morphs.story import Story
from bazaar_nb.charts.parts.table import Columns, Problems
from bazaar_nb.charts.parts.time_label import TimeLabel
from bazaar_nb.charts.parts.time_table import TimeTable, read_time_table
from bazaar_nb.charts.races.bar_race import BarRace
from bazaar_nb.charts.races.line_race import LineRace
from bazaar_nb.charts.theme import as_theme
from bazaar_nb.composition.composition import Composition
from bazaar_nb.films.film import film
from bazaar_nb.parameters.kinds import Color, Column, Table
from bazaar_nb.scene.transition import fade
from bazaar_nb.templates.bar_race_film import Locale, Numbers
from bazaar_nb.templates.shapes import Shape, ThemeName, Title, compose
from bazaar_nb.templates.then_and_now import Change, ThenAndNow
from bazaar_nb.templates.title_card import PointsCard, TitleCard

Takeaways = Annotated[Sequence[Annotated[str, Meta(min_length=1, max_length=300)]], Meta(max_length=5)]
Chapters = Annotated[Sequence[Literal["race", "lines", "changes"]], Meta(min_length=1, max_length=6)]
_FADE_S = 0.6
_TITLE_S, _CHANGE_S, _POINT_S = 3.2, 4.6, 1.3
_ROWS = 5
_FEWEST_MOMENTS = 3  # that lines can be drawn through
_LINES_SHARE = 0.6  # of the race's seconds


@film
def data_story(
    table: Table,
    time: Column,
    name: Column | None = None,
    value: Column | None = None,
    title: Title = "",
    subtitle: Title = "",
    takeaways: Takeaways = (),
    takeaways_title: Title = "",
    source: Title = "",
    chapters: Chapters = ("race", "lines", "changes"),
    top: Annotated[int, Meta(ge=1, le=20)] = 8,
    number: Numbers = "compact",
    locale: Locale = "en",
    shape: Shape = "16:9",
    theme: ThemeName = "light",
    accent: Color | None = None,
    race_seconds: Annotated[float, Meta(ge=3, le=300)] = 10.0,
) -> Composition:
    """Tell what a table says in chapters: a title, a race, lines, what changed, and what to take home.

    Parameters
    ----------
    table : table
        A row for each moment and name, or a row for each moment and a column for each name.
    time : str
        Column of moments: years, dates, or words in their order.
    name : str
        Column of names; none where each has its own column.
    value : str
        Column of numbers; none where each name has its own column.
    title : str
        What is seen, in a few words; fills the first picture.
    subtitle : str
        What the numbers are, with their unit.
    takeaways : list of str
        Sentences at the end, one after the other; without them the film ends before.
    takeaways_title : str
        Above them.
    source : str
        Where the numbers come from.
    chapters : list of str
        Which, in this order: a race of bars, lines that grow, and what changed from the first moment to the
        last.
    top : int
        How many bars are seen.
    number : str
        How numbers are written.
    locale : str
        Of numbers and dates, as de or pt_BR.
    shape : str
        Of the film: wide, square or for a phone.
    theme : str
        Light or dark.
    accent : colour
        Of rules and numbers; the theme's by default.
    race_seconds : float
        How long the race lasts; the other chapters have the time that they need.

    Raises
    ------
    InvalidValueError
        With all that is wrong with the table, by column and row.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sold = {"year": [2020, 2021, 2022], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}
    >>> story = bz.templates.data_story(sold, "year", title="Tea overtakes", takeaways=["Tea tripled."])
    >>> [mark.name for mark in story.marks]
    ['title', 'race', 'lines', 'then and now', 'takeaways']
    """
    found = read_time_table(Columns(table, Problems("data_story")), time=time, name=name, value=value)
    written = as_theme(theme)
    order = _order_of_last(found)
    colors = {found.keys[one]: color for one, color in zip(order, written.palette, strict=False)}
    clock = TimeLabel.for_moments(found.moments, locale)
    first, last = clock.words(float(found.times[0])), clock.words(float(found.times[-1]))
    span = first if first == last else f"{first} – {last}"
    columns: Any = {"table": table, "time": time, "name": name, "value": value, "colors": colors}
    shared: Any = {"source": source or None, "number": number, "locale": locale, "theme": theme}
    about = subtitle or None
    views: list[Chart[Any]] = []
    for chapter in chapters:
        if chapter == "race":
            views.append(
                BarRace(
                    **columns,
                    **shared,
                    top=top,
                    title=title or about,
                    subtitle=about if title else None,
                    duration=race_seconds,
                    scene_name="race",
                )
            )
        elif chapter == "lines" and len(found.times) >= _FEWEST_MOMENTS:
            views.append(
                LineRace(
                    **columns,
                    **shared,
                    top=min(_ROWS, top),
                    title=about or title or None,
                    subtitle=span,
                    duration=max(3.0, _LINES_SHARE * race_seconds),
                    scene_name="lines",
                )
            )
        elif chapter == "changes":
            changes = _changes(found, order, written.palette)
            views.append(
                ThenAndNow(
                    changes,
                    **shared,
                    title=span,
                    subtitle=about,
                    duration=_CHANGE_S,
                    scene_name="then and now",
                )
            )
    told = Story(views).chapters() if views else ()
    steps: list[object] = []
    if title:
        steps.append(
            TitleCard(
                title, span, subtitle, theme=theme, accent=accent, duration=_TITLE_S, scene_name="title"
            )
        )
    if told:
        steps += [*([fade(_FADE_S)] if steps else []), *told]
    if takeaways:
        steps += [fade(_FADE_S)] if steps else []
        steps.append(
            PointsCard(
                takeaways_title,
                takeaways,
                apart=_POINT_S,
                theme=theme,
                accent=accent,
                scene_name="takeaways",
                duration=_TITLE_S + _POINT_S * len(takeaways),
            )
        )
    return compose(steps, shape, "data_story", background=written.background or "black")


def _order_of_last(found: TimeTable) -> list[int]:
    """Give the numbers of the names that have a value in the end, the largest first."""
    last = found.matrix[-1]
    order: list[int] = np.argsort(-last, kind="stable").tolist()
    return [one for one in order if np.isfinite(last[one])]


def _changes(found: TimeTable, order: list[int], palette: Sequence[str]) -> tuple[Change, ...]:
    """Give the largest of the end with what they began with."""
    before, after = found.matrix[0], found.matrix[-1]
    return tuple(
        Change(
            found.keys[one],
            color,
            float(before[one]) if np.isfinite(before[one]) else None,
            float(after[one]),
        )
        for one, color in zip(order[:_ROWS], cycle(palette), strict=False)
    )
