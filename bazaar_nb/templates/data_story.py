"""`data_story`: a table as a film in chapters: title, race, what changed, what to take home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from msgspec import Meta

from bazaar_nb.charts.bar_race import BarRace
from bazaar_nb.composition import Composition
from bazaar_nb.films.film import film
from bazaar_nb.parameters.kinds import Color, Column, Table
from bazaar_nb.scene.transition import fade
from bazaar_nb.templates.bar_race_film import Locale, Numbers
from bazaar_nb.templates.shapes import Shape, ThemeName, Title, compose
from bazaar_nb.templates.then_and_now import Change, ThenAndNow
from bazaar_nb.templates.title_card import PointsCard, TitleCard

Takeaways = Annotated[Sequence[Annotated[str, Meta(min_length=1, max_length=300)]], Meta(max_length=5)]
_FADE_S = 0.6
_TITLE_S, _CHANGE_S, _POINT_S = 3.2, 4.6, 1.3
_ROWS = 5


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
    top: Annotated[int, Meta(ge=1, le=20)] = 8,
    number: Numbers = "compact",
    locale: Locale = "en",
    shape: Shape = "16:9",
    theme: ThemeName = "light",
    accent: Color | None = None,
    race_seconds: Annotated[float, Meta(ge=3, le=300)] = 10.0,
) -> Composition:
    """Tell what a table says in chapters: a title, a race over time, what changed, and what to take home.

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
    ['title', 'race', 'then and now', 'takeaways']
    """

    def make_race(colors: dict[str, str] | None = None) -> BarRace:
        return BarRace(
            table,
            time=time,
            name=name,
            value=value,
            top=top,
            colors=colors,
            title=title or None,
            subtitle=subtitle or None,
            source=source or None,
            number=number,
            locale=locale,
            theme=theme,
            duration=race_seconds,
            scene_name="race",
        )

    race = make_race()
    race = make_race(_colors_of_last(race))
    first, last = (race.clock.words(float(race.at_times[at])) for at in (0, -1))
    span = first if first == last else f"{first} – {last}"
    chapters: list[object] = [
        race,
        ThenAndNow(
            _changes(race),
            title=span,
            subtitle=subtitle or None,
            source=source or None,
            number=race.number,
            locale=locale,
            theme=theme,
            duration=_CHANGE_S,
            scene_name="then and now",
        ),
    ]
    if title:
        chapters.insert(
            0,
            TitleCard(
                title, span, subtitle, theme=theme, accent=accent, duration=_TITLE_S, scene_name="title"
            ),
        )
    if takeaways:
        chapters.append(
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
    steps: list[object] = []
    for chapter in chapters:
        steps += [fade(_FADE_S), chapter] if steps else [chapter]
    return compose(steps, shape, "data_story", background=race.background or "black")


def _order_of_last(race: BarRace) -> list[int]:
    """Give the numbers of the names that are there in the end, the largest first."""
    order: list[int] = np.argsort(-race.values[-1], kind="stable").tolist()
    return [one for one in order if race.present[-1, one] > 0.5] or order


def _colors_of_last(race: BarRace) -> dict[str, str]:
    """Give the largest of the end colours that no other of them has: they stand side by side later."""
    return {
        race.keys[one]: color for one, color in zip(_order_of_last(race), race.theme.palette, strict=False)
    }


def _changes(race: BarRace) -> tuple[Change, ...]:
    """Give the largest of the end with what they began with."""
    after, there = race.values[-1], race.present
    return tuple(
        Change(
            race.keys[one],
            race.colors[one],
            float(race.values[0, one]) if there[0, one] > 0.5 else None,
            float(after[one]),
        )
        for one in _order_of_last(race)[:_ROWS]
    )
