"""Charts of data that could be real, one of each kind at least: what the gallery shows and tests look at."""

from __future__ import annotations

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


@lru_cache(maxsize=1)
def population() -> pd.DataFrame:
    """Give people by year (rows) and country (columns)."""
    people = pd.read_csv(_DATA / "population.csv", index_col="country").T.rename_axis("year")
    people.index = people.index.astype(int)
    return people.rename(columns={"Russian Federation": "Russia"}).reset_index()


def bar_race(theme: str) -> Chart[Any]:
    """Sixty years of the ten largest countries."""
    return bz.charts.BarRace(
        population(), time="year", title="India catches up with China", subtitle="Population by country",
        source=WORLD_BANK, theme=theme, duration=8,
    )  # fmt: skip


CHARTS: dict[str, Callable[[str], Chart[Any]]] = {
    "bar_race": bar_race,
}


def noise(seed: int, *shape: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Give seeded chance."""
    return np.random.default_rng(seed).normal(size=shape)
