"""Options that a kind of chart has no place for are refused by name, never ignored."""

from __future__ import annotations

from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError

TABLE = {"year": [2000, 2010, 2000, 2010], "name": ["A", "A", "B", "B"], "n": [1, 2, 3, 4], "m": [2, 2, 1, 1]}
LAST = {"name": ["A", "B"], "n": [2, 4]}


def scatter_race(**options: Any) -> bz.charts.Chart[Any]:
    return bz.charts.ScatterRace(TABLE, x="n", y="m", time="year", name="name", **options)


def story(**options: Any) -> bz.charts.Chart[Any]:
    return bz.charts.Story([bz.charts.Bars(LAST, name="name", value="n")], **options)


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (lambda **more: bz.charts.Histogram(LAST, value="n", **more), {"images": {"A": "a.png"}}),
        (scatter_race, {"nonsense": 1}),
        (story, {"title": "All of it"}),
        (story, {"highlight": "A"}),
        (story, {"leave": True}),
        (lambda **more: bz.charts.Counter(5, **more), {"highlight": "A"}),
        (lambda **more: bz.charts.Share(LAST, name="name", value="n", **more), {"references": [1]}),
        (lambda **more: bz.charts.Table(LAST, **more), {"references": [1]}),
        (
            lambda **more: bz.charts.Compare(TABLE | {"b": TABLE["m"]}, name="n", value=["m", "b"], **more),
            {"references": [1]},
        ),
    ],
)
def test_what_has_no_place_is_refused(make: Any, options: dict[str, Any]) -> None:
    make()
    with pytest.raises((InvalidValueError, TypeError), match=next(iter(options))):
        make(**options)
