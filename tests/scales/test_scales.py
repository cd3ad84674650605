import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.scales import Band, Linear, Log, date_ticks, log_ticks, nice_domain, nice_ticks

FINITE = st.floats(-1e12, 1e12, allow_nan=False)


@given(FINITE, FINITE, st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
@example(0.0, 5e-323, 0.0, 1.0)
def test_a_linear_scale_maps_its_ends_and_back(low: float, high: float, start: float, stop: float) -> None:
    scale = Linear((low, high), (start, stop))
    assert float(scale(low)) == pytest.approx(start if low != high else (start + stop) / 2)
    if abs(high - low) > 1e-6 * max(abs(low), abs(high), 1e-3) and abs(stop - start) > 1e-3:
        assert float(scale(high)) == pytest.approx(stop, abs=1e-6)
        assert float(scale.invert(scale((low + high) / 2))) == pytest.approx(
            (low + high) / 2, abs=1e-3 + 1e-9 * abs(high - low)
        )


def test_scales_keep_gaps() -> None:
    assert math.isnan(Linear((0, 1), (0, 100))([math.nan, 0.5])[0])
    logs = Log((1, 1000), (0, 300))([10, 0, -1, math.nan])
    assert logs[0] == pytest.approx(100)
    assert np.isnan(logs[1:]).all()
    assert float(Log((1, 1000), (0, 300)).invert(200)) == pytest.approx(100)


def test_bands_stand_side_by_side() -> None:
    band = Band(["a", "b", "c"], (0, 300), gap=0.2)
    assert [band(key) for key in "abc"] == [50, 150, 250]
    assert band.width == pytest.approx(80)
    assert Band(["a", "b"], (300, 0))("a") == 225
    with pytest.raises(bz.InvalidValueError, match="'d'"):
        band("d")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Linear((0, math.inf), (0, 1)),
        lambda: Log((0, 1), (0, 1)),
        lambda: Band(["a", "a"], (0, 1)),
        lambda: Band(["a"], (0, 1), gap=1),
        lambda: nice_ticks(2, 1),
        lambda: nice_ticks(0, math.nan),
        lambda: log_ticks(-1, 1),
    ],
)
def test_wrong_scales_are_refused(make: object) -> None:
    with pytest.raises(bz.InvalidValueError):
        make()  # type: ignore[operator]


@given(FINITE, FINITE, st.integers(2, 10))
def test_ticks_are_few_and_inside(one: float, other: float, count: int) -> None:
    low, high = sorted((one, other))
    found = nice_ticks(low, high, count)
    slack = 1e-6 * (high - low)
    assert len(found) <= count
    assert ((found >= low - slack) & (found <= high + slack)).all()
    start, stop = nice_domain(low, high, count)
    assert start <= low <= high <= stop
    assert start < stop


@given(st.floats(1e-12, 1e12), st.floats(1, 1e12))
def test_log_ticks_are_few_and_inside(low: float, ratio: float) -> None:
    found = log_ticks(low, low * ratio)
    assert len(found) <= 6
    assert ((found >= low * (1 - 1e-6)) & (found <= low * ratio * (1 + 1e-6))).all()


@given(st.floats(-20_000, 40_000), st.floats(0, 40_000))
def test_date_ticks_are_inside(low: float, span: float) -> None:
    found = date_ticks(low, low + span)
    assert ((found >= low - 1e-6) & (found <= low + span + 1e-6)).all()
    assert len(found) <= 9
