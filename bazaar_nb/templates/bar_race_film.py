"""`bar_race_film`: bars that overtake each other, with a title and a source."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from bazaar_nb.charts.races.bar_race import BarRace
from bazaar_nb.composition.composition import Composition
from bazaar_nb.films.film import film
from bazaar_nb.parameters.kinds import Column, Table
from bazaar_nb.templates.shapes import Line, Shape, ThemeName, Title, compose

Numbers = Literal["compact", "plain", "percent", "currency"]
Locale = Annotated[str, Meta(min_length=2, max_length=20)]


@film
def bar_race_film(
    table: Table,
    time: Column,
    name: Column | None = None,
    value: Column | None = None,
    title: Title = "",
    subtitle: Title = "",
    source: Title = "",
    top: Annotated[int, Meta(ge=1, le=30)] = 10,
    highlight: Line | None = None,
    number: Numbers = "compact",
    locale: Locale = "en",
    missing: Literal["leave", "hold", "gap"] = "leave",
    shape: Shape = "16:9",
    theme: ThemeName = "light",
    seconds: Annotated[float, Meta(ge=2, le=300)] = 12.0,
) -> Composition:
    """Show the largest of a table at each moment as bars that overtake each other.

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
        What is seen, in a few words.
    subtitle : str
        What the numbers are, with their unit.
    source : str
        Where they come from.
    top : int
        How many bars are seen.
    highlight : str
        A name that is told apart from the others.
    number : str
        How numbers are written.
    locale : str
        Of numbers and dates, as de or pt_BR.
    missing : str
        What becomes of a bar without values: it leaves after its last, holds it, or is hidden meanwhile.
    shape : str
        Of the film: wide, square or for a phone.
    theme : str
        Light or dark.
    seconds : float
        How long the film lasts.

    Raises
    ------
    InvalidValueError
        With all that is wrong with the table, by column and row.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> sold = {"year": [2020, 2021, 2022], "Tea": [3, 5, 9], "Coffee": [4, 6, 7]}
    >>> bz.templates.bar_race_film(sold, "year", title="Tea overtakes coffee", seconds=5).frames
    150
    """
    race = BarRace(
        table,
        time=time,
        name=name,
        value=value,
        top=top,
        missing=missing,
        title=title or None,
        subtitle=subtitle or None,
        source=source or None,
        highlight=highlight or None,
        number=number,
        locale=locale,
        theme=theme,
        duration=seconds,
        scene_name="bar race",
    )
    return compose([race], shape, "bar_race")
