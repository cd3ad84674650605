from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import back, cubic, ease_in_out, expo, linear
from bazaar_nb.motion.interpolate import interpolate
from bazaar_nb.values.color import parse_color
from bazaar_nb.values.oklab import _to_oklab
from tests.texts import refused_or_read, texts

number = st.floats(-1e9, 1e9)
whole = st.integers(-10_000, 10_000)
channel = st.integers(0, 255)
color = st.builds("#{:02x}{:02x}{:02x}{:02x}".format, channel, channel, channel, channel)


@st.composite
def curves(draw: st.DrawFn, value: st.SearchStrategy[Any]) -> tuple[list[float], list[Any]]:
    inputs = sorted(draw(st.lists(st.one_of(number, whole), min_size=2, max_size=8, unique=True)))
    return inputs, draw(st.lists(value, min_size=len(inputs), max_size=len(inputs)))


@pytest.mark.parametrize("clamp", [True, False, "left", "right"])
@pytest.mark.parametrize("value", [number, whole, st.tuples(number, number, number), color], ids=str)
@given(data=st.data())
def test_every_knot_is_hit_exactly(value: st.SearchStrategy[Any], clamp: Any, data: st.DataObject) -> None:
    inputs, outputs = data.draw(curves(value))
    got = [interpolate(x, inputs, outputs, easing=ease_in_out(expo), clamp=clamp) for x in inputs]
    assert got == outputs


@given(curve=curves(number), x=number, y=number)
def test_between_knots_it_stays_between_and_in_order(
    curve: tuple[list[float], list[float]], x: float, y: float
) -> None:
    inputs, outputs = curve
    slack = 1e-6
    assert min(outputs) - slack <= interpolate(x, inputs, outputs, easing=cubic) <= max(outputs) + slack
    rising = sorted(outputs)
    low, high = sorted((x, y))
    assert interpolate(low, inputs, rising) <= interpolate(high, inputs, rising) + slack


@given(curve=curves(number), x=number)
def test_clamped_ends_hold_and_the_others_go_on_straight(
    curve: tuple[list[float], list[float]], x: float
) -> None:
    inputs, outputs = curve
    before, after = inputs[0] - abs(x) - 1, inputs[-1] + abs(x) + 1
    assert interpolate(before, inputs, outputs, clamp="left") == outputs[0]
    assert interpolate(after, inputs, outputs, clamp="right") == outputs[-1]
    assert interpolate(-math.inf, inputs, outputs) == outputs[0]
    slope = (outputs[-1] - outputs[-2]) / (inputs[-1] - inputs[-2])
    assume(math.isfinite((after - inputs[-1]) / (inputs[-1] - inputs[-2])))
    straight = outputs[-1] + (after - inputs[-1]) * slope
    got = interpolate(after, inputs, outputs, clamp="left", easing=cubic)
    assert got == pytest.approx(straight, rel=1e-6, abs=1e-6 * (1 + abs(outputs[-2])))


@pytest.mark.parametrize("flat", [[5, 5], ["red", "red"], [(1, 2), (1, 2)]])
def test_far_from_inputs_that_almost_meet_only_what_is_flat_goes_on(flat: list[Any]) -> None:
    almost = [0.0, 2e-323]
    for x in (-1.0, 1.0):
        assert interpolate(x, almost, flat, clamp=False) == flat[0]
        for outputs in ([0, 1], ["red", "blue"], [(0, 1), (0, 2)]):
            with pytest.raises(InvalidValueError, match="can't go on to"):
                interpolate(x, almost, outputs, clamp=False)


@given(curve=curves(st.integers(-1000, 1000)), x=whole)
def test_linear_is_numpys_interp(curve: tuple[list[float], list[float]], x: int) -> None:
    inputs, outputs = curve
    assert interpolate(x, inputs, outputs) == pytest.approx(np.interp(x, inputs, outputs), abs=1e-6)


def test_easings_by_interval_and_overshoot() -> None:
    def at(x: float) -> float:
        return interpolate(x, [0, 1, 2, 3], [0, 10, 20, 30], easing=[linear, cubic, back()])

    assert at(0.5) == 5.0
    assert at(1.5) == 10 + 10 * 0.125
    assert at(2.5) < 20.0


def test_numbers_of_any_kind_come_out_as_floats() -> None:
    values = [
        interpolate(Fraction(1, 2), [0, 1], [0, 10]),  # type: ignore[call-overload]
        interpolate(np.float32(0.5), np.array([0, 1]), np.array([0, 10])),  # type: ignore[call-overload]
        interpolate(0, [0, 1], [5, 10]),
    ]
    assert values == [5.0, 5.0, 5.0]
    assert {type(value) for value in values} == {float}
    assert interpolate(0.5, [0, 1], [[0, 10], [10, 30]]) == (5.0, 20.0)


def test_colors_mix_in_oklab() -> None:
    # CSS Color 4's own sample: OKLab of sRGB red.
    assert _to_oklab("#ff0000") == pytest.approx((0.62796, 0.22486, 0.12585, 1.0), abs=1e-5)
    # Half the lightness of white is a darker grey than #808080.
    assert interpolate(0.5, [0, 1], ["black", "white"]) == "#636363"
    # What is see-through has no say in the hue.
    assert interpolate(0.5, [0, 1], ["red", "transparent"]) == "#ff000080"
    assert interpolate(0, [0, 1], ["red", "transparent"]) == "red"


@given(one=color, two=color)
def test_mixed_colors_are_valid_and_near_ends_near(one: str, two: str) -> None:
    for t in (1e-9, 0.3, 1.0 - 1e-9, 1.5):
        parse_color(interpolate(t, [0, 1], [one, two], clamp=False))
    near, exact = parse_color(interpolate(1e-9, [0, 1], [one, two])), parse_color(one)
    # What is nearly transparent has little colour left to be told in 8 bits.
    assert [a * near[3] for a in near] == pytest.approx([a * exact[3] for a in exact], abs=0.003)


@pytest.mark.parametrize(
    ("arguments", "keywords", "message"),
    [
        ((1, [0, 0], [1, 2]), {}, r"`inputs` must be strictly increasing, got \[0, 0\] \(interpolate\)"),
        ((1, [0, 2, 1], [1, 2, 3]), {}, r"`inputs` must be strictly increasing, got \[0, 2, 1\]"),
        ((1, [0, math.inf], [1, 2]), {}, r"`inputs` must be finite numbers, got \[0, inf\]"),
        ((1, [0, math.nan, 2], [1, 2, 3]), {}, "`inputs` must be finite numbers"),
        ((1, [0], [1]), {}, r"`inputs` must have at least 2 numbers, got \[0\]"),
        ((1, [], []), {}, r"`inputs` must have at least 2 numbers, got \[\]"),
        ((1, [0, 1], [1, 2, 3]), {}, "`outputs` must be as many as `inputs`, got 3 for 2"),
        ((1, None, [1, 2]), {}, "`inputs` must be a sequence, got None"),
        ((1, [0, "1"], [1, 2]), {}, "`inputs` must be finite numbers"),
        ((math.nan, [0, 1], [1, 2]), {}, "`x` must be a number, got nan"),
        (("1", [0, 1], [1, 2]), {}, "`x` must be a number, got '1'"),
        ((1, [0, 1], [1, math.nan]), {}, r"`outputs` must be finite numbers.* got \[1, nan\]"),
        ((1, [0, 1], [1, 10**400]), {}, "`outputs` must be finite numbers"),
        ((1, [0, 1], [1, None]), {}, r"`outputs` must be finite numbers.* got \[1, None\]"),
        ((1, [0, 1], ["red", 3]), {}, r"`outputs` must be .* got \['red', 3\]"),
        ((1, [0, 1], [(1, 2), (1, 2, 3)]), {}, "equally long"),
        ((1, [0, 1], [(1, 2), (1, "2")]), {}, "equally long"),
        ((1, [0, 1], ["red", "bleu"]), {}, r"unknown colour 'bleu'.*\(`outputs` of interpolate\)"),
        (
            (1, [0, 1], [1, 2]),
            {"clamp": "both"},
            "`clamp` must be True, False, 'left' or 'right', got 'both'",
        ),
        ((0.5, [0, 1, 2], [1, 2, 3]), {"easing": [linear]}, "one for each of the 2 intervals, got"),
        ((0.5, [0, 1], [1, 2]), {"easing": "cubic"}, "`easing` must be a sequence, got 'cubic'"),
        ((0.5, [0, 1], [1, 2]), {"easing": None}, "`easing` must be a sequence, got None"),
        ((math.inf, [0, 1], [1, 2]), {"clamp": False}, r"can't go on to inf beyond \[0, 1\]"),
    ],
)
def test_bad_arguments_are_refused(arguments: Any, keywords: Any, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        interpolate(*arguments, **keywords)


def test_an_error_of_the_easing_itself_comes_through() -> None:
    def broken(t: float) -> float:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine") as caught:
        interpolate(0.5, [0, 1], [0, 1], easing=broken)
    assert not isinstance(caught.value, InvalidValueError)


@given(texts("red", "#ff880080", "hsl(120, 100%, 50%)", "50%"))
def test_any_text_is_a_way_or_an_error(text: str) -> None:
    refused_or_read(lambda: interpolate(0.3, [0, 1], [text, "red"]))
    refused_or_read(lambda: interpolate(0.3, [0, 1], [text, text]))
