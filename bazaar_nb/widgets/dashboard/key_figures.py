"""The main figures of a dashboard, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bazaar_nb.analysis.source import has_ended, is_status
from bazaar_nb.analysis.summary import summary
from bazaar_nb.render.result import format_bytes

if TYPE_CHECKING:
    import pandas as pd

NOTHING = "–"


def main_figures(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Give the main figures of some renders: name, value, and what it is of."""
    known = summary(rows).iloc[0]
    ended = int(has_ended(rows).sum())
    under_way, movies = len(rows) - ended, int(known["succeeded"])
    bad = int(is_status(rows, "failed", "lost").sum())
    return [
        ("Renders", f"{len(rows):,}", f"{under_way:,} under way" if under_way else "all have ended"),
        (
            "Succeeded",
            _share(known["success_rate"]),
            f"{bad:,} failed or were lost" if bad else "none failed",
        ),
        ("Film", _minutes(60 * float(known["film_min"])), f"in {movies:,} movie{'' if movies == 1 else 's'}"),
        (
            "Median speed",
            _number(known["frames_per_s"], " fps"),
            f"{_number(known['realtime'], '×')} playing speed",
        ),
        ("Cached", _share(known["cache_rate"]), "of frames were there"),
        ("Size", format_bytes(int(known["size_bytes"])) if movies else NOTHING, "of all movies"),
        ("Cost", _money(float(known["cost"]), known["currency"]), "estimated, at a cloud’s list prices"),
    ]


def _number(value: float, unit: str) -> str:
    if math.isnan(value):
        return NOTHING
    return f"{value:,.0f}{unit}" if value >= 1000 else f"{value:.3g}{unit}"


def _share(part: float) -> str:
    if math.isnan(part):
        return NOTHING
    percent = 100 * part
    if 0 < percent < 0.1:
        return "<\u00a00.1\u00a0%"
    # Nothing but all is 100 %.
    shown = f"{min(percent, 99.9) if part < 1 else 100:.1f}".removesuffix(".0")
    return f"{shown} %"


def _minutes(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.3g} s" if seconds else "0 s"
    minutes = seconds / 60
    return f"{minutes:,.1f} min" if minutes < 100 else f"{minutes:,.0f} min"


def _money(amount: float, currency: str) -> str:
    return f"<\u00a00.01 {currency}" if 0 < amount < 0.01 else f"{amount:,.2f} {currency}"
