"""Charts of data that could be real, one of each kind at least: what the gallery shows and tests look at."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import bazaar_nb as bz
from bazaar_nb.charts.chart import Chart

_DATA = Path(__file__).parents[2] / "notebooks" / "data"
WORLD_BANK = "World Bank, SP.POP.TOTL, CC BY 4.0"
SURVEY = "Survey of 1,204 commuters, spring 2026 (invented)"


@lru_cache(maxsize=1)
def population() -> pd.DataFrame:
    """Give people by year (rows) and country (columns)."""
    people = pd.read_csv(_DATA / "population.csv", index_col="country").T.rename_axis("year")
    people.index = people.index.astype(int)
    return people.rename(columns={"Russian Federation": "Russia", "Iran, Islamic Rep.": "Iran"}).reset_index()


def people_in(*years: int) -> pd.DataFrame:
    """Give people by country (rows) in some years (columns), the largest first."""
    table = population().set_index("year").loc[list(years)].T
    table.columns = [str(year) for year in years]
    return table.rename_axis("country").sort_values(str(years[-1]), ascending=False).reset_index()


def bar_race(theme: str) -> Chart[Any]:
    """Sixty years of the ten largest countries."""
    return bz.charts.BarRace(
        population(),
        time="year",
        title="India catches up with China",
        subtitle="Population by country",
        source=WORLD_BANK,
        theme=theme,
        duration=8,
    )


def bars(theme: str) -> Chart[Any]:
    """Eight countries, one told apart."""
    return bz.charts.Bars(
        people_in(2020),
        name="country",
        value="2020",
        top=8,
        other=None,
        highlight="Nigeria",
        title="Nigeria is the only African country among the largest",
        subtitle="Population in 2020",
        source=WORLD_BANK,
        theme=theme,
        duration=5,
    )


def bars_grouped(theme: str) -> Chart[Any]:
    """Two years side by side."""
    table = people_in(1990, 2020).head(6)
    return bz.charts.Bars(
        table,
        name="country",
        value=["1990", "2020"],
        title="Pakistan has doubled",
        subtitle="Population",
        source=WORLD_BANK,
        theme=theme,
        duration=5,
    )


def bars_stacked(theme: str) -> Chart[Any]:
    """Answers that add up."""
    answers = pd.DataFrame(
        {
            "group": ["18–29", "30–44", "45–59", "60 and older"],
            "Bicycle": [38, 29, 18, 9],
            "Train or bus": [41, 33, 30, 35],
            "Car": [15, 33, 47, 49],
            "On foot": [6, 5, 5, 7],
        }
    )
    return bz.charts.Bars(
        answers,
        name="group",
        arrange="share",
        title="The young ride, the old drive",
        subtitle="How people of each age get to work",
        source=SURVEY,
        theme=theme,
        duration=5,
    )


def waterfall(theme: str) -> Chart[Any]:
    """From last year's result to this year's."""
    steps = pd.DataFrame(
        {
            "step": ["2025", "New customers", "Prices", "Wages", "Energy", "2026"],
            "result": [4.2, 1.9, 0.8, -1.4, -0.6, np.nan],
        }
    )
    return bz.charts.Bars(
        steps,
        name="step",
        value="result",
        arrange="waterfall",
        totals=["2025", "2026"],
        title="New customers pay for higher wages",
        subtitle="Operating result, million euros",
        source="Annual report (invented)",
        theme=theme,
        duration=5,
    )


def lines(theme: str) -> Chart[Any]:
    """Five countries over sixty years, with a line to compare with."""
    table = population()[["year", "India", "China", "United States", "Indonesia", "Brazil"]]
    return bz.charts.Lines(
        table,
        time="year",
        title="Two countries have more than a billion people",
        subtitle="Population",
        source=WORLD_BANK,
        theme=theme,
        duration=6,
        references=[bz.charts.Reference(1e9, "one billion")],
        events=[bz.charts.Event(1979, "One-child policy")],
    )


def lines_band(theme: str) -> Chart[Any]:
    """A forecast with its band."""
    days = pd.date_range("2026-01-01", periods=120, freq="D")
    rate = 1.08 + np.cumsum(np.random.default_rng(3).normal(0, 0.004, 120))
    wide = np.linspace(0, 0.06, 120)
    table = pd.DataFrame({"day": days, "Dollars for a euro": rate, "low": rate - wide, "high": rate + wide})
    return bz.charts.Lines(
        table,
        time="day",
        band=("low", "high"),
        title="The euro has been above 1.05 since January",
        subtitle="Dollars for a euro",
        source="Invented",
        theme=theme,
        duration=5,
        number=bz.scales.NumberFormat(decimals=2),
    )


def share_donut(theme: str) -> Chart[Any]:
    """Where people live."""
    return bz.charts.Share(
        people_in(2020),
        name="country",
        value="2020",
        most=6,
        other="All others",
        middle="China",
        title="Every sixth of us lives in China",
        source=WORLD_BANK,
        theme=theme,
        duration=5,
    )


def share_waffle(theme: str) -> Chart[Any]:
    """A hundred squares."""
    return bz.charts.Share(
        {"how": ["Train or bus", "Car", "Bicycle", "On foot"], "people": [35, 33, 24, 8]},
        name="how",
        value="people",
        form="waffle",
        title="A third of us drive to work",
        source=SURVEY,
        theme=theme,
        duration=5,
    )


def counter(theme: str) -> Chart[Any]:
    """The world's people."""
    table = pd.DataFrame(
        {"year": population()["year"], "people": population().drop(columns="year").sum(axis=1)}
    )
    return bz.charts.Counter(
        table,
        time="year",
        value="people",
        label="people",
        since="since 1960",
        title="The world has grown by half again, twice",
        source=WORLD_BANK,
        theme=theme,
        duration=5,
        number=bz.scales.NumberFormat("compact", decimals=2),
    )


def progress_bar(theme: str) -> Chart[Any]:
    """Three goals."""
    return bz.charts.Progress(
        {"Houses insulated": 0.68, "Roofs with panels": 0.41, "Heat pumps": 0.23},
        title="Insulation goes first",
        subtitle="Share of the goal for 2030",
        source="City of Aarhus (invented)",
        theme=theme,
        duration=4,
    )


def progress_ring(theme: str) -> Chart[Any]:
    """One goal."""
    return bz.charts.Progress(
        680, of=1000, label="houses insulated", style="ring", title="Two thirds done", theme=theme, duration=4
    )


def compare(theme: str) -> Chart[Any]:
    """Two years."""
    return bz.charts.Compare(
        {"2000": 6.1e9, "2020": 7.8e9},
        title="1.7 billion more in twenty years",
        source=WORLD_BANK,
        theme=theme,
        duration=4,
    )


def table(theme: str) -> Chart[Any]:
    """The ten largest as a table."""
    shown = people_in(1960, 2020).head(8)
    shown["growth"] = shown["2020"] / shown["1960"] - 1
    return bz.charts.Table(
        shown,
        heads={"country": "Country", "growth": "Growth"},
        formats={"growth": "percent"},
        bars="growth",
        highlight="Pakistan",
        title="Pakistan is five times as large as in 1960",
        source=WORLD_BANK,
        theme=theme,
        duration=6,
    )


def timeline(theme: str) -> Chart[Any]:
    """A short history of video."""
    events = pd.DataFrame(
        {
            "year": [1927, 1951, 1971, 1988, 1995, 2003, 2010],
            "what": ["Television", "Videotape", "Video cassette", "H.261", "DVD", "H.264", "WebM"],
            "more": [
                "Philo Farnsworth shows a line",
                "Ampex records pictures",
                "A film fits into a bag",
                "The first practical standard",
                "Two hours on a disc",
                "Half the bits",
                "Video without licences",
            ],
        }
    )
    return bz.charts.Timeline(
        events,
        time="year",
        name="what",
        text="more",
        title="Eighty years of moving pictures",
        theme=theme,
        duration=6,
    )


def histogram(theme: str) -> Chart[Any]:
    """Minutes on the way."""
    minutes = np.random.default_rng(5).gamma(4, 8, 1204)
    return bz.charts.Histogram(
        pd.DataFrame({"minutes": minutes}),
        value="minutes",
        bins=16,
        title="Half an hour is usual",
        subtitle="Minutes to work",
        source=SURVEY,
        theme=theme,
        duration=5,
    )


def histogram_dots(theme: str) -> Chart[Any]:
    """A dot for each of 120 throws."""
    throws = np.random.default_rng(1).integers(1, 7, (120, 2)).sum(axis=1)
    return bz.charts.Histogram(
        pd.DataFrame({"points": throws}),
        value="points",
        style="dots",
        title="Seven comes most",
        subtitle="120 throws of two dice",
        theme=theme,
        duration=6,
    )


def morph_sorted(theme: str) -> Chart[Any]:
    """From one year to another."""
    one, other = people_in(1960, 2020).head(8), people_in(1960, 2020).head(8)
    looks: dict[str, Any] = {"name": "country", "source": WORLD_BANK, "theme": theme, "sort": "value"}
    before = bz.charts.Bars(one, value="1960", title="1960", **looks)
    return bz.charts.morph(before, bz.charts.Bars(other, value="2020", title="2020", **looks), duration=4)


def story(theme: str) -> Chart[Any]:
    """Bars that become a donut."""
    rows = people_in(2020).head(6)
    looks: dict[str, Any] = {"name": "country", "value": "2020", "source": WORLD_BANK, "theme": theme}
    return bz.charts.Story(
        [
            bz.charts.Bars(rows, title="The six largest countries", sort="name", **looks),
            bz.charts.Bars(rows, title="In order", sort="value", **looks),
            bz.charts.Share(rows, title="Two of them have two thirds", middle=None, **looks),
        ],
        pause=1.6,
    )


def line_race(theme: str) -> Chart[Any]:
    """Six countries since 1960."""
    table = population()[["year", "Nigeria", "Brazil", "Japan", "Russia", "Pakistan", "Mexico"]]
    return bz.charts.LineRace(
        table,
        time="year",
        title="Pakistan and Nigeria overtake Brazil",
        subtitle="Population",
        source=WORLD_BANK,
        theme=theme,
        duration=8,
    )


@lru_cache(maxsize=1)
def growth() -> pd.DataFrame:
    """Give people, their growth in percent a year and their continent, by country and year."""
    wide = population().set_index("year")
    rate = (wide.pct_change(10, fill_method=None) + 1) ** 0.1 - 1
    table = wide.melt(ignore_index=False, var_name="country", value_name="people")
    table["growth"] = rate.melt(ignore_index=False)["value"] * 100
    world = json.loads((_DATA / "world.geojson").read_text("utf-8"))
    continents = {
        feature["properties"]["name"]: feature["properties"]["continent"] for feature in world["features"]
    }
    renamed = {"Russian Federation": "Russia", "Iran, Islamic Rep.": "Iran"}
    table["continent"] = table["country"].map(
        {renamed.get(name, name): where for name, where in continents.items()}
    )
    table = table.dropna().reset_index()
    return table[(table["people"] > 5e6) & (table["year"] >= 1970)]


def scatter_race(theme: str) -> Chart[Any]:
    """Size and growth of a hundred and fifty countries."""
    table = growth()
    return bz.charts.ScatterRace(
        table[table["year"] % 2 == 0],
        x="people",
        y="growth",
        time="year",
        name="country",
        size="people",
        color="continent",
        log="x",
        labels=["China", "India", "Nigeria", "United States", "Japan"],
        title="Growth slows, except in Africa",
        subtitle="People, and their growth in percent a year over the decade before",
        source=WORLD_BANK,
        theme=theme,
        duration=8,
    )


def areas(theme: str) -> Chart[Any]:
    """Where the world's people live."""
    table = growth().groupby(["year", "continent"], as_index=False)["people"].sum()
    return bz.charts.Areas(
        table,
        time="year",
        name="continent",
        value="people",
        title="Most of us live in Asia",
        subtitle="Population",
        source=WORLD_BANK,
        theme=theme,
        duration=6,
    )


def areas_stream(theme: str) -> Chart[Any]:
    """The same as a stream."""
    table = growth().groupby(["year", "continent"], as_index=False)["people"].sum()
    return bz.charts.Areas(
        table,
        time="year",
        name="continent",
        value="people",
        stacking="stream",
        title="The stream of people",
        source=WORLD_BANK,
        theme=theme,
        duration=6,
    )


def slope(theme: str) -> Chart[Any]:
    """Two years, names at both ends."""
    table = population()[["year", "Nigeria", "Brazil", "Japan", "Russia", "Pakistan", "Mexico"]]
    return bz.charts.Slope(
        table,
        time="year",
        between=(1960, 2020),
        title="Japan and Russia stand still",
        subtitle="Population",
        source=WORLD_BANK,
        theme=theme,
        duration=5,
        highlight=["Japan", "Russia"],
    )


def scatter(theme: str) -> Chart[Any]:
    """Growth by size in one year."""
    table = growth()
    return bz.charts.Scatter(
        table[table["year"] == 2020],
        x="people",
        y="growth",
        name="country",
        size="people",
        group="continent",
        log_x=True,
        labels=["China", "India", "Niger", "Japan", "United States"],
        title="Small countries grow faster",
        subtitle="People, and their growth in percent a year, 2010 to 2020",
        source=WORLD_BANK,
        theme=theme,
        duration=5,
    )


def heatmap(theme: str) -> Chart[Any]:
    """Growth by decade."""
    table = growth()
    kept = ["Nigeria", "Pakistan", "India", "Brazil", "United States", "China", "Japan", "Russia"]
    table = table[table["country"].isin(kept) & (table["year"] % 10 == 0)]
    table = table.assign(decade=table["year"].map(lambda year: f"{year - 10}s"))
    return bz.charts.Heatmap(
        table,
        x="decade",
        y="country",
        value="growth",
        title="Nigeria keeps its pace",
        subtitle="Growth in percent a year",
        source=WORLD_BANK,
        theme=theme,
        duration=5,
        number=bz.scales.NumberFormat(decimals=1),
    )


def heatmap_calendar(theme: str) -> Chart[Any]:
    """Riders by day."""
    days = pd.date_range("2025-01-01", "2025-12-31", freq="D")
    season = 1 - np.cos((days.strftime("%j").astype(int).to_numpy() - 20) / 365 * 2 * np.pi)
    riders = (
        3000
        + 4200 * season * np.where(days.strftime("%u").astype(int) < 6, 1, 0.55)
        + 600 * np.random.default_rng(4).normal(size=len(days))
    )
    return bz.charts.Heatmap(
        pd.DataFrame({"day": days, "riders": riders}),
        time="day",
        value="riders",
        calendar=True,
        title="Bicycles come out in May",
        subtitle="Riders over the harbour bridge",
        source="City of Aarhus (invented)",
        theme=theme,
        duration=5,
    )


def _minutes() -> pd.DataFrame:
    chance = np.random.default_rng(8)
    ways = {"Car": (34, 9), "Train or bus": (41, 8), "Bicycle": (24, 5), "On foot": (17, 6)}
    return pd.concat(
        pd.DataFrame({"way": way, "minutes": chance.gamma((mean / wide) ** 2, wide**2 / mean, 80)})
        for way, (mean, wide) in ways.items()
    ).reset_index(drop=True)


def box(theme: str) -> Chart[Any]:
    """Minutes by way."""
    return bz.charts.Box(
        _minutes(),
        name="way",
        value="minutes",
        title="Cars take longer than bicycles",
        subtitle="Minutes to work",
        source=SURVEY,
        theme=theme,
        duration=5,
    )


def ridge(theme: str) -> Chart[Any]:
    """The same as densities."""
    return bz.charts.Ridge(
        _minutes(),
        name="way",
        value="minutes",
        title="Cars take longer than bicycles",
        subtitle="Minutes to work",
        source=SURVEY,
        theme=theme,
        duration=5,
    )


def world_map(theme: str) -> Chart[Any]:
    """Growth on the map."""
    people = pd.read_csv(_DATA / "population.csv", index_col="country")
    rate = ((people["2020"] / people["2010"]) ** 0.1 - 1).mul(100).rename("growth").reset_index().dropna()
    world = json.loads((_DATA / "world.geojson").read_text("utf-8"))
    there = {feature["properties"]["name"] for feature in world["features"]}
    return bz.charts.Map(
        rate[rate["country"].isin(there)],
        world,
        name="country",
        value="growth",
        steps=[-1, 0, 1, 2, 3, 4],
        title="Africa grows",
        subtitle="Growth in percent a year, 2010 to 2020",
        source=f"{WORLD_BANK}; Natural Earth",
        theme=theme,
        duration=5,
    )


def morph_points(theme: str) -> Chart[Any]:
    """A morph from points to bars."""
    table = growth()
    table = table[(table["year"] == 2020) & (table["people"] > 1.2e8)]
    looks: dict[str, Any] = {"name": "country", "source": WORLD_BANK, "theme": theme}
    points = bz.charts.Scatter(table, x="people", y="growth", log_x=True, title="Large and slow", **looks)
    bars = bz.charts.Bars(table, value="growth", sort="value", title="Who grows most", **looks)
    return bz.charts.morph(points, bars, duration=4)


CHARTS: dict[str, Callable[[str], Chart[Any]]] = {
    function.__name__: function
    for function in (
        bar_race,
        bars,
        bars_grouped,
        bars_stacked,
        waterfall,
        lines,
        lines_band,
        share_donut,
        share_waffle,
        counter,
        progress_bar,
        progress_ring,
        compare,
        table,
        timeline,
        histogram,
        histogram_dots,
        line_race,
        scatter_race,
        areas,
        areas_stream,
        slope,
        scatter,
        heatmap,
        heatmap_calendar,
        box,
        ridge,
        world_map,
        morph_sorted,
        morph_points,
        story,
    )
}
