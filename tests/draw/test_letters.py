"""`Letters`: each stands where the whole text puts it, and moves alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.scene.elements import letters_of
from tests.draw.test_text import needs_fonts

WIDE = 900


def drawn(*elements: Any) -> np.ndarray[Any, Any]:
    film = bz.Composition([bz.scene(duration=1)(lambda frame: elements)()], width=WIDE, height=260)
    return np.asarray(film.still(0).convert("L"), int)


def span(picture: np.ndarray[Any, Any]) -> tuple[int, int]:
    columns = np.flatnonzero(picture.max(axis=0) > 40)
    return int(columns[0]), int(columns[-1])


def one_letter(text: str, number: int, **fields: Any) -> np.ndarray[Any, Any]:
    """Draw one letter of a text alone."""
    shown = (np.arange(len(letters_of(text))) == number).astype(float)
    return drawn(bz.Letters(text, letter_opacity=shown, **fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"size": 80},
        {"size": 40, "width": 400, "align": "justify"},
        {"size": 40, "width": 400, "align": "right", "letter_spacing": 6},
        {"size": 60, "letter_spacing": -2, "weight": 800, "italic": True},
        {"size": 70, "color": bz.LinearGradient(("#f00", "#ff0"), angle=0)},
    ],
)
def test_at_rest_they_are_the_text(fields: Any) -> None:
    """But where letters overlap within a pixel: there are seven levels of 255 between them."""
    words = "AVATAR Type, fi → To 1.5"
    differ = np.abs(drawn(bz.Letters(words, **fields)) - drawn(bz.Text(words, **fields)))
    assert differ.max() <= 12
    assert (differ > 0).sum() < 100


@needs_fonts
@pytest.mark.parametrize("text", ["سلام", "नमस्ते", "한국어", "日本語", "a😀b👨‍👩‍👧c🇩🇪", "e\u0301a\u0308o"])
def test_any_script_stands_as_in_the_text_and_no_letter_is_lost(text: str) -> None:
    whole = drawn(bz.Text(text, size=90))
    together = drawn(bz.Letters(text, size=90))
    assert np.abs(whole - together).mean() < 0.5
    alone = [one_letter(text, number, size=90) for number in range(len(letters_of(text)))]
    assert sum(picture.max() > 100 for picture in alone) >= len(alone) - (
        text == "سلام"
    )  # lam and alef are one
    assert np.abs(np.max(alone, axis=0) - whole).mean() < 0.6


@needs_fonts
def test_leftward_letters_are_counted_as_they_are_read() -> None:
    first, last = (span(one_letter("سلام", number, size=90)) for number in (0, 3))
    assert first[0] > last[1]


@needs_fonts
def test_letters_that_are_one_glyph_move_as_the_first_of_them() -> None:
    """Lam and alef are one: the second draws nothing, and the first all of it."""
    both = drawn(bz.Text("لا", size=120))
    assert (np.abs(one_letter("لا", 0, size=120) - both) < 8).all()
    assert one_letter("لا", 1, size=120).max() == 0
    moved = drawn(bz.Letters("لا", size=120, letter_dx=[200, -200]))
    assert span(moved)[0] == pytest.approx(span(both)[0] + 200, abs=1)


def test_each_moves_turns_grows_and_is_coloured_alone() -> None:
    plain = drawn(bz.Text("lll", size=100))
    moved = drawn(bz.Letters("lll", size=100, letter_dx=[0, 0, 150]))
    assert span(moved) == (span(plain)[0], span(plain)[1] + 150)
    turned = drawn(bz.Letters("l", size=100, letter_rotation=90))
    upright = drawn(bz.Text("l", size=100))
    assert np.ptp(span(turned)) == pytest.approx(np.ptp(np.flatnonzero(upright.max(axis=1) > 40)), abs=2)
    assert (
        span(drawn(bz.Letters("o", size=100, letter_scale=2.0)))[1] > span(drawn(bz.Text("o", size=100)))[1]
    )
    film = bz.Composition(
        [
            bz.scene(duration=1)(
                lambda frame: bz.Letters("ll", size=200, letter_color=["#ff0000", "#0000ff"])
            )()
        ],
        width=300,
        height=200,
    )
    red, _, blue = np.moveaxis(np.asarray(film.still(0), int), 2, 0).max(axis=1)
    assert np.flatnonzero(red > 128).max() < np.flatnonzero(blue > 128).min()


def test_lines_under_and_through_letters_go_with_them() -> None:
    words = (bz.Span("low", underline=True), bz.Span("mid", strike=True))
    assert (drawn(bz.Letters(words, size=60)) == drawn(bz.Text(words, size=60))).mean() > 0.999
    away = drawn(bz.Letters(words, size=60, letter_dy=[-400] * 6))
    assert away.max() == 0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"letter_dx": [1, 2]}, r"`letter_dx` of Letters.*: has 2 rows, but the text has 3 letters"),
        ({"letter_dy": [1, np.nan, 2]}, r"`letter_dy` of Letters.*: row 1 is NaN"),
        ({"letter_opacity": [1, 50, 1]}, r"`letter_opacity` of Letters.*: row 1 is 50"),
        ({"letter_color": ["red", "no colour", "blue"]}, r"`letter_color`.*no colour"),
        ({"letter_scale": [[1, 2, 3]]}, r"one value a letter"),
    ],
)
def test_bad_values_are_told(fields: Any, message: str) -> None:
    def body(frame: bz.Frame) -> Any:
        return bz.Letters("abc", **fields)

    with pytest.raises(bz.BazaarError, match=message):
        bz.Composition([bz.scene(duration=1)(body)()]).frame(0)


def test_ten_thousand_letters_take_bounded_room() -> None:
    """They stay two arrays in the tree: 8 bytes a letter beside the text."""
    text = "Lorem ipsum dolor sit amet. " * 357
    count = len(text)
    many = bz.Letters(
        text, size=12, width=880, letter_dy=np.sin(np.arange(count)), letter_opacity=np.full(count, 0.5)
    )
    film = bz.Composition([bz.scene(duration=1)(lambda frame: many)()], width=WIDE, height=260)
    assert len(film.frame(0).to_msgpack()) < 10 * count
    assert np.asarray(film.still(0)).any()
