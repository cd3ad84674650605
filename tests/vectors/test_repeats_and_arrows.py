"""Repeaters, arrows and braces."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from tests.words.stage import film_of, pixels, shown_at

DOT = bz.Ellipse(width=20)


def places(group: bz.Group) -> list[tuple[float, float]]:
    return [(round(child.x, 3), round(child.y, 3)) for child in group.children]  # type: ignore[union-attr, arg-type]


def test_copies_stand_where_they_should() -> None:
    assert places(bz.repeat(DOT, 3, dx=50, dy=-10)) == [(0, 20), (50, 10), (100, 0)]
    assert places(bz.repeat(DOT, 5, columns=3, dx=10, dy=7)) == [(0, 0), (10, 0), (20, 0), (0, 7), (10, 7)]
    round_ = bz.repeat(DOT, 4, radius=50)
    assert places(round_) == [(50, 0), (100, 50), (50, 100), (0, 50)]
    assert [child.rotation for child in round_.children] == [0, 90, 180, 270]
    assert (round_.width, round_.height) == (100, 100)
    half = bz.repeat(DOT, 3, radius=50, start=-90, sweep=180, turn=False)
    assert places(half) == [(0, 50), (50, 0), (100, 50)]
    on_line = bz.repeat(DOT, 3, path="M10 20H110")
    assert (on_line.x, on_line.y, places(on_line)) == (10, 20, [(0, 0), (50, 0), (100, 0)])
    assert len(bz.repeat(DOT, 0).children) == 0


def test_each_may_differ_from_the_one_before() -> None:
    faded = bz.repeat(DOT, 3, dx=9, opacity=0.5, scale=0.5, rotation=30)
    assert [child.opacity for child in faded.children] == [1, 0.5, 0.25]
    assert [child.scale for child in faded.children] == [1, 0.5, 0.25]
    assert [child.rotation for child in faded.children] == [0, 30, 60]
    made = bz.repeat(lambda number: bz.Text(f"{number}"), 3, dx=9)
    assert [child.text for child in made.children] == ["0", "1", "2"]  # type: ignore[union-attr]


def test_paths_turn_around_their_own_origin() -> None:
    needle = bz.Path("M0 0V-40", stroke=bz.Stroke("white", 4))
    drawn = pixels(film_of(lambda frame: bz.repeat(needle, 4, radius=0)), 0)
    for x, y in ((320, 160), (340, 180), (320, 200), (300, 180)):
        assert drawn[y, x] > 200
    assert drawn[100:130].sum() == 0


def test_ten_thousand_are_one_group_and_more_than_may_be_are_refused() -> None:
    many = bz.repeat(DOT, 10_000, columns=100, dx=6, dy=3)
    assert len(many.children) == 10_000
    assert pixels(film_of(lambda frame: many)).mean() > 100
    for count, said in (
        (20_001, "from 0 to 20,000"),
        (-1, "from 0"),
        (2.5, "whole number"),
        ("3", "whole number"),
    ):
        with pytest.raises(bz.InvalidValueError, match=said):
            bz.repeat(DOT, count)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"columns": 2, "radius": 9}, "`columns` and `radius`"),
        ({"columns": 0}, "`columns` must be"),
        ({"dx": math.nan}, "`dx` must be a number"),
        ({"scale": 1e3}, "too much for 50 copies"),
        ({"opacity": 2}, "too much for 50 copies"),
        ({"path": "M0 0"}, "has a length"),
    ],
)
def test_layouts_that_do_not_go_together_are_refused(how: Any, said: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=said + r".*\(repeat\)"):
        bz.repeat(DOT, 50, **how)


def test_a_function_that_gives_no_element_is_told() -> None:
    with pytest.raises(bz.InvalidValueError, match="takes one element that the function gives, got 2"):
        bz.repeat(lambda number: [DOT, DOT], 2)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("bend", [0, 0.3, -0.35])
def test_an_arrow_goes_from_point_to_point_and_its_head_goes_ahead(bend: float) -> None:
    def drawn(share: float) -> Any:
        def body(frame: bz.Frame) -> Any:
            return bz.arrow((100, 180), (540, 180), bend=bend, progress=share)

        return pixels(film_of(body))

    whole = drawn(1.0)
    assert whole[174:186, 530:541].max() > 200
    assert whole[178:184, 100:106].max() > 200
    reached = [int(np.flatnonzero(drawn(share).max(axis=0) > 60).max()) for share in (0.2, 0.5, 0.8)]
    assert reached == sorted(reached)
    off = np.flatnonzero(whole[:, 318:322].max(axis=1) > 60).mean()
    assert off == pytest.approx(180 - bend * 440, abs=4)
    assert bz.arrow((0, 0), (9, 9), progress=0).children == ()


def test_between_elements_it_keeps_clear_of_both() -> None:
    one, other = bz.Rect(width=100, height=60, x=100), bz.Ellipse(width=80, x=500)

    def body(frame: bz.Frame) -> Any:
        return bz.arrow(one, other, frame, width=4)

    drawn = np.flatnonzero(pixels(film_of(body)).max(axis=0) > 60)
    assert (drawn.min(), drawn.max()) == pytest.approx((160, 450), abs=2)
    with pytest.raises(bz.InvalidValueError, match="wants the frame"):
        bz.arrow(one, other)
    touching = shown_at(lambda frame: bz.arrow(one, one, frame), 0)
    assert touching.children == ()


def test_heads_are_in_proportion() -> None:
    def breadth(width: float, length: float) -> int:
        drawn = pixels(film_of(lambda frame: bz.arrow((20, 180), (20 + length, 180), width=width)))
        return int((drawn.max(axis=1) > 60).sum())

    assert breadth(10, 500) > 2.5 * 10
    assert breadth(20, 500) == pytest.approx(2 * breadth(10, 500), rel=0.1)
    assert breadth(10, 40) < breadth(10, 500)  # a short one isn't all head


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: bz.arrow((0, 0), (math.nan, 5)), r"goes from and to points.*\(arrow\)"),
        (
            lambda: bz.arrow((0, 0), "there"),  # type: ignore[arg-type]
            "goes from and to points",
        ),
        (lambda: bz.arrow((0, 0), (5, 5), width=-1), "`width` must be"),
        (lambda: bz.arrow((0, 0), (5, 5), bend=9), "`bend` must be"),
        (lambda: bz.brace((0, 0), (0, 0)), "twice"),
        (lambda: bz.brace((0, 0), (math.inf, 0)), "`end` must be a point"),
        (
            lambda: bz.brace((0, 0), (9, 9), depth="deep"),  # type: ignore[arg-type]
            "`depth` must be",
        ),
    ],
)
def test_what_is_no_point_is_refused(call: Any, said: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=said):
        call()


def test_a_brace_has_its_tip_to_the_right_and_its_label_beyond() -> None:
    below = bz.brace((100, 100), (500, 100), "all")
    label = below.children[-1]
    assert isinstance(label, bz.Text)
    assert (label.x, label.anchor) == (300, "top")
    assert label.y > 100  # type: ignore[operator]
    above = bz.brace((500, 100), (100, 100), "all").children[-1]
    assert (above.anchor, above.y < 100) == ("bottom", True)  # type: ignore[union-attr, operator]
    aside = bz.brace((100, 500), (100, 100), "all").children[-1]
    assert aside.anchor == "left"  # type: ignore[union-attr]
    assert bz.brace((0, 0), (9, 9), progress=0).children == ()
    assert len(bz.brace((0, 0), (90, 9), "x", progress=0.5).children) == 1
