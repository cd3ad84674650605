from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.noise import noise, random

keys = st.one_of(st.integers(), st.text(), st.floats(allow_nan=False))
coordinate = st.floats(-1e4, 1e4)

GOLDEN = [
    (random(0), 0.6719522252234839),
    (random("rain", 7, 0.5), 0.40107225418448145),
    (noise(0.3), 0.4764534186647431),
    (noise(-2.5, 10.25, 3.0, seed="camera"), 0.4096297304417185),
]


@pytest.mark.parametrize(("got", "expected"), GOLDEN)
def test_the_numbers_are_the_same_for_ever(got: float, expected: float) -> None:
    assert got == pytest.approx(expected, abs=1e-15)


def test_the_numbers_are_the_same_in_another_process() -> None:
    code = "import bazaar_nb as bz\nprint(repr((bz.random('a', 1), bz.noise(0.7, seed='a'))))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "4321"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == repr((random("a", 1), noise(0.7, seed="a")))


@given(one=st.lists(keys, min_size=1), two=st.lists(keys, min_size=1))
def test_other_keys_give_other_numbers(one: list[int | float | str], two: list[int | float | str]) -> None:
    assert 0.0 <= random(*one) < 1.0
    assert (random(*one) == random(*two)) == (repr(one) == repr(two))


def test_keys_do_not_run_together() -> None:
    rows: list[tuple[int | float | str, ...]] = [
        ("a", "b"), ("ab",), ("as1:b",), (1, 2), (12,), ("1", "2"), (1.0, 2.0), ("i1;", 2), (1, "i2;")
    ]  # fmt: skip
    assert len({random(*row) for row in rows}) == len(rows)


def test_random_numbers_are_spread_evenly() -> None:
    numbers = [random("spread", index) for index in range(4000)]
    tenths = [sum(int(number * 10) == tenth for number in numbers) for tenth in range(10)]
    # 400 each, standard deviation 19.
    assert all(abs(count - 400) < 80 for count in tenths)


@given(x=coordinate, y=coordinate, z=coordinate, seed=st.integers(0, 50))
def test_noise_is_smooth_and_within_its_range(x: float, y: float, z: float, seed: int) -> None:
    here = noise(x, y, z, seed=seed)
    assert -1.0 <= here <= 1.0
    step = 1e-4
    for dx, dy, dz in ((step, 0, 0), (0, step, 0), (0, 0, step)):
        after = noise(x + dx, y + dy, z + dz, seed=seed)
        before = noise(x - dx, y - dy, z - dz, seed=seed)
        assert abs(after - here) < 5 * step
        # The slope has no jumps either, least of all at the borders of cells.
        assert abs(after - 2 * here + before) < 40 * step**2


def test_noise_moves_at_whole_numbers_too_and_seeds_differ() -> None:
    whole = [noise(index, seed="whole") for index in range(250)]
    assert statistics.pstdev(whole) > 0.15
    assert max(whole) > 0.4
    assert min(whole) < -0.4
    other = [noise(index, seed="other") for index in range(250)]
    assert abs(statistics.correlation(whole, other)) < 0.25


@given(x=coordinate, cells=st.integers(-3, 3))
def test_noise_repeats_every_256_units(x: float, cells: int) -> None:
    assert noise(x + 256 * cells) == pytest.approx(noise(x), abs=1e-9)


def test_bad_keys_and_places_are_refused() -> None:
    for key in (None, math.nan, (1, 2)):
        with pytest.raises(InvalidValueError, match="a key must be an int, a float or a str, got"):
            random("seed", key)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"must be finite numbers, got 0.0, nan, 0.0 \(noise\)"):
        noise(0.0, math.nan)
