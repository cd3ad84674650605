"""Values beside one another, and numbers that count, are written alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.charts.numbers.change import tell_change
from bazaar_nb.charts.numbers.counting import Counting
from bazaar_nb.charts.parts.value_words import common_format
from bazaar_nb.scales.formats import NumberFormat


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([4.0, 5.5, 12.25], ["4.0", "5.5", "12.2"]),
        ([4.0, 5.0, 12.0], ["4", "5", "12"]),
        ([0.5, 0.25], ["0.50", "0.25"]),
        ([0.0, 0.0], ["0", "0"]),
        ([123.4, 1.5], ["123", "2"]),
    ],
)
def test_values_get_the_same_number_of_decimals(values: list[float], words: list[str]) -> None:
    form = common_format(NumberFormat("compact"), values)
    assert [form(value) for value in values] == words


def test_what_the_caller_says_stays() -> None:
    own = NumberFormat("plain", 2)
    assert common_format(own, [1.0, 2.0]) is own


@given(st.floats(1e-3, 1e14), st.sampled_from(["en", "de", "fr", "ja", "hi", "pt_BR"]))
def test_a_number_keeps_its_unit_while_it_counts(final: float, locale: str) -> None:
    number = NumberFormat("compact", locale=locale)
    counting = Counting.towards(number, [final])
    ends = {
        "".join(letter for letter in counting(final * part) if letter.isalpha()) for part in (0.1, 0.5, 1.0)
    }
    assert len(ends) == 1
    if final >= 999.5:
        assert counting(final) == number(final)


def test_changes_are_told_in_amounts_and_in_percents_or_times() -> None:
    compact, percent = NumberFormat("compact"), NumberFormat("percent")
    assert tell_change(6.1e9, 7.8e9, compact).words() == "+1.7B (+28%)"
    assert tell_change(2.0, 9.0, compact).words() == "+7 (\u00d74.5)"
    assert tell_change(0.041, 0.031, percent).words() == "\u22121 pp"
    assert tell_change(-5.0, 3.0, compact).words() == "+8"
    assert tell_change(3.0, 3.0, compact).direction == 0
