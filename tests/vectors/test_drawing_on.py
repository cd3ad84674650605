"""Outlines that are drawn one after the other, then filled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from tests.words.stage import film_of, pixels

GRAY: Any = np.full((9, 9, 3), 200, np.uint8)
RED, BLUE = bz.Stroke("red", 4), bz.Stroke("blue", 4)


def light(element: Any, share: float, **how: Any) -> Any:
    return pixels(film_of(lambda frame: bz.draw_on(element, share, frame, **how)))


@pytest.mark.parametrize(
    "element",
    [
        bz.Path("M100 100H500", stroke=RED),
        bz.Rect(width=200, height=90, radius=20, fill="gold", stroke=BLUE, rotation=20, x="30%"),
        bz.Ellipse(width=200, opacity=0.5),
        bz.Polygon(((100, 100), (300, 120), (200, 300)), fill="teal"),
        bz.Polyline([10, 200, 400], [20, 300, 40]),
        bz.Line(x2=400, y2=90, stroke=RED),
        bz.Text("Größe 😀 fi", size=90, width=300),
        bz.Row((bz.Ellipse(width=90), bz.Path("M0 0H90V90Z", fill="red"), bz.Text("in a row")), gap=20),
        bz.Group((bz.Pixels(GRAY, width=90), bz.Rect(width=50, height=50))),
    ],
    ids=lambda element: type(element).__name__,
)
def test_it_grows_from_nothing_to_the_very_element(element: Any) -> None:
    assert bz.draw_on(element, 1) is element
    assert bz.draw_on(element, 1.3) is element
    seen = [int(light(element, share).sum()) for share in (0, 0.2, 0.5, 0.9, 0.999, 1)]
    assert seen[0] == 0
    assert seen[1] > 0
    assert seen == sorted(seen) or abs(seen[-1] - max(seen)) < 0.1 * max(
        seen
    )  # a pen may be lighter than a fill
    assert seen[4] == pytest.approx(seen[5], rel=0.05)


def test_the_pen_goes_at_one_pace_and_one_after_the_other() -> None:
    lines = bz.Group((bz.Path("M0 100H300", stroke=RED), bz.Path("M0 200H100", stroke=BLUE)))
    for share, ends in ((0.375, (150, 0)), (0.75, (300, 0)), (0.875, (300, 50))):
        drawn = light(lines, share)
        assert [(row > 0).sum() for row in (drawn[100], drawn[200])] == pytest.approx(ends, abs=3)
    together = light(lines, 0.5, overlap=1.0)
    assert [(row > 0).sum() for row in (together[100], together[200])] == pytest.approx((150, 50), abs=3)


def test_a_row_keeps_its_places() -> None:
    row = bz.Row((bz.Rect(width=90, height=90), bz.Path("M0 0H90V90H0Z", fill="red"), bz.Text("end")), gap=20)
    whole, nearly = light(row, 1), light(row, 0.999)
    assert np.abs(whole - nearly).max() < 24


def test_a_text_is_filled_letter_by_letter_in_its_place() -> None:
    word = bz.Text("HHHH", size=150, weight=700)
    half, whole = light(word, 0.5), light(word, 1)
    columns = np.flatnonzero(whole.max(axis=0) > 0)
    middle = (columns[0] + columns[-1]) // 2
    assert (half[:, :middle] > 200).sum() > 3 * (half[:, middle:] > 200).sum()
    assert ((half > 128) & (whole < 40)).sum() < 0.05 * (whole > 128).sum()  # nothing lies beside it


@pytest.mark.parametrize(
    ("element", "share", "how", "said"),
    [
        (bz.Rect(), 0.5, {}, "`width` of a Rect must be pixels"),
        (bz.Text("x", width="50%"), 0.5, {}, "wants the frame"),
        (bz.Rect(width=9, height=9), "half", {}, "`progress` must be a share"),
        (bz.Rect(width=9, height=9), 0.5, {"overlap": 2}, "`overlap` must be"),
        ("M0 0H9", 0.5, {}, "expected elements"),
    ],
)
def test_what_cannot_be_drawn_is_refused(element: Any, share: Any, how: Any, said: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=said):
        bz.draw_on(element, share, **how)
