from __future__ import annotations

import math
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.spring import AT_REST, spring, spring_duration

parameter = st.floats(0.2, 200.0)


def simulate(mass: float, stiffness: float, damping: float, until: float) -> float:
    """Integrate the equation of motion with the classical Runge-Kutta method."""
    count = 4000
    h = until / count

    def pull(x: float, v: float) -> float:
        return (stiffness * (1.0 - x) - damping * v) / mass

    x = v = 0.0
    for _ in range(count):
        v1, a1 = v, pull(x, v)
        v2, a2 = v + h / 2 * a1, pull(x + h / 2 * v1, v + h / 2 * a1)
        v3, a3 = v + h / 2 * a2, pull(x + h / 2 * v2, v + h / 2 * a2)
        v4, a4 = v + h * a3, pull(x + h * v3, v + h * a3)
        x += h / 6 * (v1 + 2 * v2 + 2 * v3 + v4)
        v += h / 6 * (a1 + 2 * a2 + 2 * a3 + a4)
    return x


@pytest.mark.parametrize("time_s", [0.01, 0.1, 0.3, 0.6, 1.0])
@pytest.mark.parametrize(
    ("mass", "stiffness", "damping"),
    [(1, 100, 10), (2, 300, 1), (1, 100, 20), (0.5, 200, 20), (1, 100, 50), (3, 20, 90)],
    ids=["under", "barely damped", "critical", "critical too", "over", "far over"],
)
def test_it_is_the_solution_of_the_equation_of_motion(
    mass: float, stiffness: float, damping: float, time_s: float
) -> None:
    expected = simulate(mass, stiffness, damping, time_s)
    assert spring(time_s, mass=mass, stiffness=stiffness, damping=damping) == pytest.approx(
        expected, abs=1e-7
    )


@given(mass=parameter, stiffness=parameter, time_s=st.floats(0.0, 20.0), side=st.floats(-1e-5, 1e-5))
def test_no_jump_at_critical_damping(mass: float, stiffness: float, time_s: float, side: float) -> None:
    critical = 2.0 * math.sqrt(mass * stiffness)
    at, near = (
        spring(time_s, mass=mass, stiffness=stiffness, damping=damping)
        for damping in (critical, critical * (1.0 + side))
    )
    assert near == pytest.approx(at, abs=2e-5)


@given(mass=parameter, stiffness=parameter, damping=parameter, time_s=st.floats(0.0, 100.0))
@example(mass=1.0, stiffness=100.0, damping=10.0, time_s=2.3)
def test_it_starts_at_0_ends_at_1_and_never_jumps(
    mass: float, stiffness: float, damping: float, time_s: float
) -> None:
    def at(t: float) -> float:
        return spring(t, mass=mass, stiffness=stiffness, damping=damping)

    assert at(0.0) == at(-1.0) == 0.0
    assert at(1e9) == 1.0
    # The speed is at most that of the undamped swing, sqrt(stiffness / mass) <= 32 units a second.
    assert abs(at(time_s + 1e-6) - at(time_s)) < 1e-4


@given(mass=parameter, stiffness=parameter, damping=parameter, threshold=st.floats(1e-4, 0.5))
def test_duration_is_when_it_settles_and_not_later(
    mass: float, stiffness: float, damping: float, threshold: float
) -> None:
    settled_s = spring_duration(mass=mass, stiffness=stiffness, damping=damping, threshold=threshold)

    def left(t: float) -> float:
        return abs(1.0 - spring(t, mass=mass, stiffness=stiffness, damping=damping))

    assert left(settled_s * (1 - 1e-6)) > threshold * (1 - 1e-3)
    assert all(left(settled_s * (1 + k / 200)) <= threshold * (1 + 1e-6) for k in range(1, 400))


@given(duration=st.floats(0.1, 30.0), damping=parameter, start=st.floats(-2.0, 5.0))
def test_stretched_it_is_settled_at_its_duration(duration: float, damping: float, start: float) -> None:
    def left(t: float) -> float:
        return abs(1.0 - spring(start + t, damping=damping, duration=duration, start=start))

    assert left(duration * 0.999) > 0.004
    assert all(left(duration * (1.0 + k / 50)) <= 0.0051 for k in range(100))


@given(mass=parameter, stiffness=parameter, damping=parameter, times=st.lists(st.floats(0, 30), min_size=2))
def test_clamped_it_never_goes_back(
    mass: float, stiffness: float, damping: float, times: list[float]
) -> None:
    values = [spring(t, mass=mass, stiffness=stiffness, damping=damping, clamp=True) for t in sorted(times)]
    assert all(late >= early - 1e-12 for early, late in pairwise(values))
    assert values[-1] <= 1.0


@given(damping=st.floats(1.0, 19.0))
def test_an_underdamped_one_overshoots_by_the_textbooks_amount(damping: float) -> None:
    ratio = damping / 20.0
    assume(ratio < 0.9)
    peak_s = math.pi / (10.0 * math.sqrt(1.0 - ratio**2))
    overshoot = math.exp(-math.pi * ratio / math.sqrt(1.0 - ratio**2))
    assert spring(peak_s, damping=damping) == pytest.approx(1.0 + overshoot, abs=2 * AT_REST)


def test_frames_after_it_came_to_rest_are_equal() -> None:
    values = {spring(frame / 30) for frame in range(70, 300)}
    assert values == {1.0}


def test_a_frame_means_its_time() -> None:
    assert spring(SimpleNamespace(time=0.25)) == spring(0.25)
    assert spring(SimpleNamespace(time=1.25), start=1.0) == spring(0.25)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"mass": 0.0}, "`mass` must be a number from 1e-9 to 1e9, got 0.0"),
        ({"stiffness": -1.0}, "`stiffness` must be a number from 1e-9 to 1e9, got -1.0"),
        ({"damping": math.nan}, "`damping` must be a number from 1e-9 to 1e9, got nan"),
        ({"start": math.inf}, "`start` must be a finite number of seconds, got inf"),
        ({"duration": 0.0}, "`duration` must be positive, got 0.0"),
    ],
)
def test_bad_parameters_are_refused(keywords: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        spring(1.0, **keywords)  # type: ignore[arg-type]


def test_bad_moments_and_thresholds_are_refused() -> None:
    for moment in (math.nan, "1", None, SimpleNamespace(time="1")):
        with pytest.raises(
            InvalidValueError, match=r"a frame or a number of seconds is wanted, got .*\(spring\)"
        ):
            spring(moment)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="`threshold` must be between 0 and 1, got 1"):
        spring_duration(threshold=1)
