"""`frame.measure`: a scene knows how large its elements will be."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz


def film_of(body: Any, **options: Any) -> bz.Composition:
    return bz.Composition([bz.scene(duration=1)(body)()], **{"width": 640, "height": 360, **options})


def sizes_of(*elements: Any, **options: Any) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []

    def body(frame: bz.Frame) -> list[Any]:
        found[:] = [frame.measure(element) for element in elements]
        return []

    film_of(body, **options).frame(0)
    return found


@pytest.mark.parametrize(
    "text", [bz.Text("Hello, data", size=60), bz.Text("two\nlines 漢字", size=33, weight=800)]
)
def test_a_text_is_as_large_as_it_is_drawn(text: bz.Text) -> None:
    """A box of the measured size covers the text, one that is 12 % smaller doesn't."""

    def covered(share: float) -> bool:
        def body(frame: bz.Frame) -> list[Any]:
            width, height = frame.measure(text)
            return [bz.Fill("black"), text, bz.Rect(width=width * share, height=height, fill="black")]

        return not np.asarray(film_of(body).still(0)).any()

    assert covered(1.0)
    assert not covered(0.88)


def test_lengths_are_of_the_frame_and_boxes_what_they_say() -> None:
    shapes = (bz.Rect(width="50%", height=40, rotation=45, scale=2), bz.Line(x1=10, y1=10, x2=40, y2=50))
    assert sizes_of(*shapes) == [(320, 40), (30, 40)]
    (row, wide, tall) = sizes_of(
        bz.Row((bz.Rect(width=30, height=10), bz.Rect(width=20, height=15)), gap=5),
        bz.Text("words that are wrapped to lines " * 3, size=40, width="50%"),
        bz.Text("one", size=40),
    )
    assert row == (55, 15)
    assert wide[0] == 320
    assert wide[1] > 3 * tall[1]


def test_the_same_in_every_frame_rate_copy_and_frozen_film() -> None:
    def body(frame: bz.Frame) -> list[Any]:
        return [bz.Rect(width=frame.measure(bz.Text("Kenya", size=20)).width, height=5)]

    film = film_of(body)
    assert film.frame(0) == film.at_fps(12).frame(0) == film.frozen().frame(0)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("text", "frame.measure takes an element"),
        (bz.Text("x", size=-5), "`size` of Text.0.: expected a number > 0.0, got -5"),
        (bz.Text("x", font="/no/such.ttf"), "no/such.ttf"),
        (bz.Image("/no/such.png"), "is not there"),
    ],
)
def test_what_cannot_be_drawn_says_where(bad: Any, message: str) -> None:
    def title(frame: bz.Frame) -> list[Any]:
        frame.measure(bad)
        return []

    with pytest.raises(bz.SceneError, match=message) as told:
        film_of(title).frame(3)
    assert (told.value.scene, told.value.frame) == ("title", 3)


def test_a_frame_made_by_hand_says_who_measures() -> None:
    from fractions import Fraction

    with pytest.raises(bz.InvalidValueError, match=r"works in frames of a bz\.Composition"):
        bz.Frame(0, 10, Fraction(30), 640, 360).measure(bz.Text("x"))


def test_who_measures_is_no_part_of_a_frame_that_a_figure_depends_on() -> None:
    """A figure's function may close over its frame: its name must not depend on the film around."""

    def body(frame: bz.Frame) -> list[Any]:
        return [bz.Figure(lambda fig: fig.suptitle(str(frame.index)))]  # type: ignore[arg-type]

    film, other = film_of(body), film_of(body, name="other", background="red")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert film.frame(3).elements[1] == other.frame(3).elements[1] != film.frame(4).elements[1]

    def kept(frame: bz.Frame) -> list[Any]:
        frames.append(pickle.loads(pickle.dumps(frame)))
        return []

    frames: list[bz.Frame] = []
    film_of(kept).frame(7)
    assert (frames[0].index, frames[0].time, frames[0].width) == (7, 7 / 30, 640)
