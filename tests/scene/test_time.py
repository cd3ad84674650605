from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.errors import BazaarError, InvalidValueError
from bazaar_nb.scene.time import as_fps, as_seconds, format_fps, frames_to_seconds, seconds_to_frames
from tests.texts import refused_or_read, texts

NTSC = {23.976: 24, 23.98: 24, 29.97: 30, 47.952: 48, 59.94: 60, 119.88: 120}
rates = st.sampled_from(
    [Fraction(n) for n in (1, 24, 25, 30, 50, 60, 240)] + [Fraction(n * 1000, 1001) for n in (24, 30, 60)]
)


@pytest.mark.parametrize(
    ("seconds", "fps", "frames"),
    [
        (2.2, 25, 55),
        ("2.2", 25, 55),
        (0.1, 30, 3),
        (1 / 3, 30, 10),
        (36_000, 29.97, 1_078_921),
        (36_000, 60, 2_160_000),
        (Decimal("0.5"), 25, 13),
        (Fraction(1, 50), 25, 1),
        (np.float64(2.2), 25, 55),
        (np.int64(2), 59.94, 120),
    ],
)
def test_seconds_become_frames(seconds: float, fps: float, frames: int) -> None:
    assert seconds_to_frames(as_seconds(seconds), as_fps(fps)) == frames


@pytest.mark.parametrize("written", NTSC)
def test_ntsc_rates_are_meant_exactly(written: float) -> None:
    exact = Fraction(NTSC[written] * 1000, 1001)
    for value in (written, str(written), Decimal(str(written)), exact, f"{exact}"):
        assert as_fps(value) == exact
    assert format_fps(as_fps(29.97)) == "29.97"
    assert format_fps(as_fps(30)) == "30"


@given(frames=st.integers(0, 10**8), fps=rates)
def test_a_frame_starts_at_its_own_time(frames: int, fps: Fraction) -> None:
    assert seconds_to_frames(frames_to_seconds(frames, fps), fps) == frames


@given(first=st.integers(0, 10**7), second=st.integers(0, 10**7), fps=rates)
def test_later_times_are_never_earlier_frames(first: int, second: int, fps: Fraction) -> None:
    early, late = sorted((Fraction(first, 1000), Fraction(second, 1000)))
    assert seconds_to_frames(early, fps) <= seconds_to_frames(late, fps)
    assert abs(seconds_to_frames(late, fps) - late * fps) <= Fraction(1, 2)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_the_decimal_that_it_prints(value: float) -> None:
    assert as_seconds(value) == Fraction(repr(value))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "x",
        "",
        "1/0",
        float("nan"),
        float("inf"),
        "nan",
        "1e999999999",
        Decimal("1e-999999"),
        "9" * 9999,
        [1],
        2j,
    ],
)
def test_what_is_no_time(value: object) -> None:
    with pytest.raises(InvalidValueError, match="`start` must be a number of seconds"):
        as_seconds(value, "start")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0, -30, 0.5, 241, "fast", float("nan"), None])
def test_what_is_no_rate(value: object) -> None:
    with pytest.raises(BazaarError, match=r"`fps` must be .*, got .* \(Composition 'x'\)"):
        as_fps(value, " (Composition 'x')")  # type: ignore[arg-type]


@given(texts("2.5", "30000/1001", "1e-3", "29.97"))
def test_any_text_is_a_time_and_a_rate_or_an_error(text: str) -> None:
    refused_or_read(lambda: as_seconds(text))
    refused_or_read(lambda: as_fps(text))
