from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.colors import CSS4_COLORS, to_rgb

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.values.color import _PATTERN as PATTERN
from bazaar_nb.values.color import NAMES, format_color, parse_color
from tests.texts import texts


def test_names_are_those_of_css() -> None:
    assert set(NAMES) >= set(CSS4_COLORS)
    for name in CSS4_COLORS:
        assert parse_color(name) == pytest.approx((*to_rgb(name), 1.0))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("#f80", (1, 0x88 / 255, 0, 1)),
        ("#F808", (1, 0x88 / 255, 0, 0x88 / 255)),
        ("#ff880080", (1, 0x88 / 255, 0, 128 / 255)),
        ("rgb(255, 128, 0)", (1, 128 / 255, 0, 1)),
        ("rgb(100% 50% 0% / 25%)", (1, 0.5, 0, 0.25)),
        ("rgba(300,-5,0,.5)", (1, 0, 0, 0.5)),
        ("hsl(120, 100%, 50%)", (0, 1, 0, 1)),
        ("hsl(-240deg 100% 25% / 0.5)", (0, 0.5, 0, 0.5)),
        ("transparent", (0, 0, 0, 0)),
    ],
)
def test_forms(text: str, wanted: tuple[float, ...]) -> None:
    assert parse_color(text) == pytest.approx(wanted)


@given(st.tuples(*[st.integers(0, 255)] * 4))
def test_written_colours_read_back(parts: tuple[int, int, int, int]) -> None:
    r, g, b, a = (part / 255 for part in parts)
    assert parse_color(format_color((r, g, b, a))) == pytest.approx((r, g, b, a))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bleu", "did you mean 'blue'"),
        ("Red ", "did you mean 'red'"),
        ("#12345", "give a CSS name"),
        ("rgb(1,2)", "give a CSS name"),
        ("", "give a CSS name"),
        ("#ffg", "unknown colour '#ffg'"),
        ("red\n", "unknown colour"),
        ("hsl(0%, 0%, 0%)", "unknown colour"),  # a hue is an angle, in CSS too
        ("rgb(10deg, 0, 0)", "unknown colour"),
    ],
)
def test_unknown_colours_have_near_names(text: str, said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        parse_color(text)


GOOD = (
    "red",
    "#f80",
    "#ff880080",
    "rgb(100% 50% 0% / 25%)",
    "rgba(300,-5,0,.5)",
    "hsl(-240deg 100% 25% / 0.5)",
)


@given(texts(*GOOD) | st.from_regex(PATTERN))
@example("hsl(0%, 0%, 0%)")
@example("hsl(" + "9" * 400 + ", 50%, 50%)")
@example("rgb(1" + " " * 20_000)
def test_any_text_is_a_colour_or_an_error(text: str) -> None:
    if re.match(PATTERN, text):
        assert all(0 <= part <= 1 for part in parse_color(text))
    else:
        with pytest.raises(InvalidValueError) as caught:
            parse_color(text)
        assert repr(text) in str(caught.value)
