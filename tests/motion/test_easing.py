from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion import easing
from bazaar_nb.motion.easing import Easing

progress = st.floats(0.0, 1.0)

CURVES: dict[str, Easing] = {
    "linear": easing.linear,
    "quad": easing.quad,
    "cubic": easing.cubic,
    "quart": easing.quart,
    "quint": easing.quint,
    "sine": easing.sine,
    "circle": easing.circle,
    "expo": easing.expo,
    "bounce": easing.bounce,
    "back": easing.back(),
    "elastic": easing.elastic(2.3),
    "ease": easing.ease,
    "bezier": easing.bezier(0.68, -0.6, 0.32, 1.6),
    "steps": easing.steps(7),
}
MONOTONE = ["linear", "quad", "cubic", "quart", "quint", "sine", "circle", "expo", "ease", "steps"]
COMBINATORS = [easing.ease_in, easing.ease_out, easing.ease_in_out]


@pytest.mark.parametrize("combine", COMBINATORS)
@pytest.mark.parametrize("name", CURVES)
def test_ends_are_exact_and_nothing_raises_outside(name: str, combine: Callable[[Easing], Easing]) -> None:
    curve = combine(CURVES[name])
    assert curve(0.0) == 0.0
    assert curve(1.0) == 1.0
    assert all(math.isfinite(curve(t)) for t in (-2.0, -0.5, 1.5, 3.0))


@pytest.mark.parametrize("combine", COMBINATORS)
@pytest.mark.parametrize("name", MONOTONE)
@given(a=progress, b=progress)
def test_plain_curves_never_go_back(
    name: str, combine: Callable[[Easing], Easing], a: float, b: float
) -> None:
    curve = combine(CURVES[name])
    early, late = sorted((a, b))
    assert curve(early) <= curve(late) + 1e-9


@pytest.mark.parametrize("name", [name for name in CURVES if name not in ("steps",)])
@given(t=st.floats(0.0, 1.0 - 1e-6))
def test_curves_have_no_jumps(name: str, t: float) -> None:
    # The steepest of them is the circle at its end: sqrt(2e-6) = 0.0014.
    assert abs(CURVES[name](t + 1e-6) - CURVES[name](t)) < 0.002


@given(t=progress)
def test_combinators_mirror(t: float) -> None:
    out, both = easing.ease_out(easing.back()), easing.ease_in_out(easing.expo)
    assert out(t) == pytest.approx(1.0 - easing.back()(1.0 - t), abs=1e-12)
    assert both(t) + both(1.0 - t) == pytest.approx(1.0, abs=1e-12)


def test_known_values() -> None:
    # Worked out from the published curves: easings.net's easeOutBounce, easeInBack, easeInSine.
    assert easing.ease_out(easing.bounce)(0.5) == pytest.approx(0.765625)
    assert easing.back()(0.5) == pytest.approx(-0.0876975)
    assert easing.sine(0.5) == pytest.approx(1 - math.sqrt(0.5))
    assert easing.circle(0.6) == pytest.approx(0.2)
    assert easing.ease_out(easing.elastic(1.0))(0.5) == pytest.approx(1.0)
    # What browsers give for `ease` half way.
    assert easing.ease(0.5) == pytest.approx(0.8024034, abs=1e-6)


@given(
    x1=progress, y1=st.floats(-2, 2), x2=progress, y2=st.floats(-2, 2), s=st.floats(0.0, 1.0)
)  # fmt: skip
def test_bezier_goes_through_the_points_of_its_curve(
    x1: float, y1: float, x2: float, y2: float, s: float
) -> None:
    x = 3 * (1 - s) ** 2 * s * x1 + 3 * (1 - s) * s * s * x2 + s**3
    curve = easing.bezier(x1, y1, x2, y2)
    # Where the curve stands upright y can't be told from x: look a hair to both sides.
    near = sorted(curve(x + side) for side in (-1e-7, 0.0, 1e-7))
    y = 3 * (1 - s) ** 2 * s * y1 + 3 * (1 - s) * s * s * y2 + s**3
    assert near[0] - 0.02 <= y <= near[-1] + 0.02
    slope = 3 * (1 - s) ** 2 * x1 + 6 * (1 - s) * s * (x2 - x1) + 3 * s * s * (1 - x2)
    if slope > 0.01:
        assert curve(x) == pytest.approx(y, abs=1e-5)


@given(count=st.integers(1, 500), data=st.data())
def test_steps_land_on_whole_fractions(count: int, data: st.DataObject) -> None:
    step = data.draw(st.integers(0, count))
    assert easing.steps(count)(step / count) == step / count
    assert easing.steps(count)((step + 0.5) / count) == min(step, count) / count


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: easing.bezier(-0.1, 0, 1, 1), "`x1` must be between 0 and 1, got -0.1"),
        (lambda: easing.bezier(0, 0, 1, math.inf), "`y2` must be a finite number, got inf"),
        (lambda: easing.back(math.nan), "`overshoot` must be a finite number, got nan"),
        (lambda: easing.elastic("2"), "`bounciness` must be a finite number, got '2'"),  # type: ignore[arg-type]
        (lambda: easing.steps(0), "`count` must be a whole number from 1 up, got 0"),
        (lambda: easing.steps(2.5), "`count` must be a whole number from 1 up, got 2.5"),  # type: ignore[arg-type]
    ],
)
def test_bad_parameters_are_refused(make: Callable[[], Easing], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        make()
