"""Projections keep areas, and are those of their papers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.charts.maps.projections import EqualEarth, LambertAzimuthal, Projection, projection_for


@given(
    st.sampled_from([EqualEarth(), EqualEarth(150), LambertAzimuthal(10, 50), LambertAzimuthal(-100, -20)]),
    st.floats(-75, 75),
    st.floats(-80, 80),
)
def test_areas_are_kept(projection: Projection, aside: float, north: float) -> None:
    step = 1e-4
    east = np.array([projection.longitude + aside]) + np.array([step, -step, 0, 0])
    x, y = projection(east, np.array([north, north, north + step, north - step]))
    area = (x[0] - x[1]) * (y[2] - y[3]) - (x[2] - x[3]) * (y[0] - y[1])
    wanted = np.radians(2 * step) ** 2 * np.cos(np.radians(north))
    assert area == pytest.approx(wanted, rel=1e-4)


def test_equal_earth_has_the_size_that_its_paper_gives() -> None:
    x, y = EqualEarth(0)(np.array([180.0, 0.0]), np.array([0.0, 90.0]))
    assert x[0] == pytest.approx(2.7066299836, abs=1e-9)  # sqrt(3) * 2 * pi / (3 * A1)
    assert y[1] == pytest.approx(1.3173627591574, abs=1e-9)


def test_lambert_keeps_its_middle_and_has_no_place_for_the_other_side() -> None:
    x, y = LambertAzimuthal(10, 50)(np.array([10.0, -170.0]), np.array([50.0, -50.0]))
    assert (x[0], y[0]) == pytest.approx((0.0, 0.0))
    assert np.isnan(x[1])


def test_the_projection_suits_the_places() -> None:
    assert isinstance(projection_for(np.linspace(-170, 170, 50), np.linspace(-50, 70, 50)), EqualEarth)
    fiji = projection_for(np.array([177.0, 179.0, -179.0]), np.array([-19.0, -17.0, -16.0]))
    assert isinstance(fiji, LambertAzimuthal)
    assert fiji.longitude == pytest.approx(179.0)
    arctic = projection_for(np.linspace(-180, 179, 90), np.linspace(60, 85, 90))
    assert isinstance(arctic, LambertAzimuthal)
    assert arctic.latitude == 90
