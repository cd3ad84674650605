"""Numbers of any type, in the arguments of motion helpers, scenes and compositions."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bazaar_nb.errors import BazaarError, InvalidValueError
from bazaar_nb.motion.easing import back, bezier, elastic, steps
from bazaar_nb.motion.interpolate import interpolate
from bazaar_nb.motion.keyframes import keyframes
from bazaar_nb.motion.noise import noise, random
from bazaar_nb.motion.spring import spring, spring_duration
from bazaar_nb.scene.elements import Rect
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.scene import scene
from bazaar_nb.scene.sound import Sound
from bazaar_nb.scene.transition import fade
from bazaar_nb.values.number import is_missing, plain_number, whole_number

TYPES: list[Any] = [
    *(Decimal, Fraction, np.float32, np.longdouble, np.array),
    lambda number: np.array(Decimal(number), object),
]


@scene(duration=1)
def box(frame: Frame) -> Rect:
    return Rect()


ASKED: list[Callable[[Any], object]] = [
    lambda half: interpolate(half, [0, 2], [0, 10]),
    lambda half: interpolate(0.25, [0, half, 3], [0, 10, 20]),
    lambda half: interpolate(0.25, [0, 1], [0, half]),
    lambda half: interpolate(0.25, [0, 1], [(0, 1), (half, half)]),
    lambda half: interpolate(half, [0, 1], ["red", "blue"]),
    lambda half: spring(half),
    lambda half: spring(1.0, mass=half, stiffness=half, damping=half, start=half, duration=half),
    lambda half: spring_duration(mass=half, threshold=half),
    lambda half: keyframes({0: 0, 1: half})(0.25),
    lambda half: keyframes({0: (0, half), 1: (1, half)})(half),
    lambda half: noise(half),
    lambda half: noise(half, half, half, seed=half),
    lambda half: random("a", half),
    lambda half: back(half)(0.3),
    lambda half: elastic(half)(0.3),
    lambda half: bezier(half, half, half, half)(0.3),
    lambda half: box(duration=half).at(half).duration,
    lambda half: fade(half).duration,
    lambda half: Sound("a.wav", start=half, gain_db=half),
]


@pytest.mark.parametrize("number", TYPES)
@pytest.mark.parametrize("ask", ASKED)
def test_an_argument_may_be_a_number_of_any_type(ask: Callable[[Any], object], number: Any) -> None:
    answer = ask(number(0.5))
    assert answer == ask(0.5)
    assert type(answer) is type(ask(0.5))


@pytest.mark.parametrize("number", [Decimal, Fraction, np.int64, np.uint8, np.array])
def test_whole_numbers_and_rates_may_be_of_any_type(number: Any) -> None:
    film = Film([box()], width=number(160), height=number(90), fps=number(25))
    assert (film.width, film.height, film.fps) == (160, 90, Fraction(25))
    assert type(film.width) is int
    assert film.frame(number(3)) == film.frame(3)
    assert steps(number(4))(0.3) == steps(4)(0.3)


def test_floats_of_32_bits_mean_the_decimal_that_they_print_as() -> None:
    length: Any = np.float32(2.2)
    assert box(duration=length).duration == Fraction(11, 5)
    rate: Any = np.float32(29.97)
    assert Film([box()], fps=rate).fps == Fraction(30000, 1001)


@pytest.mark.parametrize(
    "nothing", [None, pd.NA, pd.NaT, np.ma.masked, float("nan"), Decimal("NaN"), "a", 1j]
)
@pytest.mark.parametrize("ask", ASKED[:6] + ASKED[7:12] + ASKED[13:16] + ASKED[17:])
def test_what_is_no_number_is_refused_in_words(ask: Callable[[Any], object], nothing: Any) -> None:
    with pytest.raises(BazaarError) as caught:
        ask(nothing)
    assert isinstance(caught.value, InvalidValueError)
    assert "NAType" not in str(caught.value)


def test_what_counts_as_a_number() -> None:
    assert [plain_number(value) for value in (True, np.bool_(False), 3, np.int8(3), np.array(2.5))] == [
        True, False, 3, 3, 2.5
    ]  # fmt: skip
    for value in (
        None,
        "1",
        1j,
        [1],
        np.array([1.0]),
        np.datetime64("2024-01-01"),
        np.timedelta64(3, "s"),
        pd.NA,
    ):
        assert plain_number(value) is None
    assert [whole_number(value) for value in (3, Fraction(3), Decimal("3.0"), 3.0, True, Fraction(1, 2))] == [
        3, 3, 3, None, None, None
    ]  # fmt: skip
    assert all(map(is_missing, (pd.NA, pd.NaT, np.nan, np.float32("nan"), Decimal("NaN"), np.ma.masked)))
    assert not any(map(is_missing, (0, "", None, False, np.float32(0), [])))


def test_a_failing_easing_is_not_taken_for_a_bad_number() -> None:
    def fails(t: float) -> float:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interpolate(0.5, [0, 1], [0, 1], easing=fails)
