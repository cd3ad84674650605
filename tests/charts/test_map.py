"""`Map`: values joined by name, colours over time, points, and what is wrong with a table or its shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.charts.maps.color_steps import ColorSteps
from bazaar_nb.charts.parts.marks import Dot
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Group
from bazaar_nb.scene.elements import Path as Outline


def _feature(name: str, west: float, south: float = 40.0) -> dict[str, Any]:
    ring = [[west, south], [west + 9, south], [west + 9, south + 9], [west, south + 9], [west, south]]
    return {
        "type": "Feature",
        "properties": {"name": name, "code": name[:2].upper()},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]},
    }


SHAPES = {
    "type": "FeatureCollection",
    "features": [_feature(n, 10.0 * i) for i, n in enumerate(["Aland", "Bland", "Cland"])],
}
TABLE = {"place": ["Aland", "Bland"], "rate": [1.0, 9.0]}


def _map(table: object = TABLE, shapes: object = SHAPES, **options: Any) -> bz.charts.Map:
    options = {"name": "place", "value": "rate", **options}
    return bz.charts.Map(table, shapes, **options)


def _fills(elements: tuple[AnyElement, ...]) -> list[object]:
    found: list[object] = []
    for element in elements:
        found += _fills(element.children) if isinstance(element, Group) else []
        found += [element.fill] if isinstance(element, Outline) else []
    return found


def test_areas_have_the_colours_of_their_steps() -> None:
    chart = _map(steps=[0, 5, 10])
    assert chart.colors is not None
    low, high = chart.colors.colors
    assert _fills(chart.at(5.0).children) == [chart.theme.faint, low, high]
    first = chart.at(0.0).children
    assert _fills(first)[0] == chart.theme.faint  # the land is there from the start
    assert all(isinstance(one, Group) for one in first if {low, high} & set(_fills((one,))))  # a ghost


def test_names_join_by_the_property_that_fits_and_others_are_told() -> None:
    by_code = _map({"place": ["AL", "CL"], "rate": [1, 2]})
    assert by_code.places == ((0,), (2,))
    with pytest.raises(InvalidValueError) as told:
        _map({"place": ["Aland", "bland", "Clund", "Xyz"], "rate": [1, 2, 3, 4]})
    for words in ("column 'place', row 1", "did you mean 'Bland'", "'Clund'; did you mean 'Cland'", "'Xyz'"):
        assert words in str(told.value)
    with pytest.raises(
        InvalidValueError, match="no shape is called as any of its words, as 'Q1'; they have name"
    ):
        _map({"place": ["Q1", "Q2"], "rate": [1, 2]})
    with pytest.raises(InvalidValueError, match="did you mean 'name'"):
        _map(shape_name="nme")


def test_one_value_an_area() -> None:
    with pytest.raises(InvalidValueError, match=r"row 1: 'Aland' has a value already \(in row 0\)"):
        _map({"place": ["Aland", "Aland"], "rate": [1, 2]})


def test_shapes_come_from_files_and_what_has_a_geo_interface(tmp_path: Path) -> None:
    file = tmp_path / "shapes.geojson"
    file.write_text(json.dumps(SHAPES), encoding="utf-8")

    class Frame:
        __geo_interface__ = SHAPES

    wanted = _map().at(5.0)
    for shapes in (file, str(file), Frame()):
        assert _map(shapes=shapes).at(5.0) == wanted
    with pytest.raises(InvalidValueError, match="can't read"):
        _map(shapes="nowhere.geojson")
    with pytest.raises(InvalidValueError, match="TopoJSON"):
        _map(shapes={"type": "Topology"})
    far = {"type": "Polygon", "coordinates": [[[4e5, 5e6], [4e5, 6e6], [5e5, 6e6], [4e5, 5e6]]]}
    with pytest.raises(InvalidValueError, match="no degrees"):
        _map(shapes=far)


def test_colours_over_time_go_softly_and_gaps_are_kept() -> None:
    table = {
        "place": ["Aland", "Aland", "Aland", "Bland", "Bland"],
        "year": [2000, 2010, 2020, 2000, 2010],
        "rate": [1, 5, 9, 9, 9],
    }
    chart = _map(table, time="year", steps=[0, 2, 4, 6, 8, 10], duration=6)
    assert np.abs(np.diff(chart.levels[:, 0])).max() < 0.2
    assert chart.levels[0, 0] == pytest.approx(0, abs=0.01)
    assert chart.levels[-1, 0] == pytest.approx(4)
    assert not np.isnan(chart.levels[:, 1]).any()  # held
    assert np.isnan(_map(table, time="year", missing="gap", duration=6).levels[-1, 1])
    assert chart.at(5.3) == chart.at(6.0)


def test_points_have_areas_for_sizes_and_come_in_their_time() -> None:
    table = {"lon": [0.0, 15.0], "lat": [45.0, 45.0], "people": [100, 400], "day": [0, 10]}
    chart = bz.charts.Map(table, SHAPES, x="lon", y="lat", size="people", duration=5)
    room, _, layout = chart._laid_out(1920, 1080, is_frame=False)
    large, small = (mark.form for mark in chart._marks(room, layout, 5.0))
    assert isinstance(large, Dot)
    assert isinstance(small, Dot)
    assert large.radius == pytest.approx(2 * small.radius)
    timed = bz.charts.Map(table, SHAPES, x="lon", y="lat", time="day", duration=5)
    assert timed.points is not None
    assert timed.points.shown(timed.phases, timed.theme.enter, 2.0).tolist() == [1.0, 0.0]
    with pytest.raises(InvalidValueError, match="column 'lat', row 0: a latitude"):
        bz.charts.Map({"lon": [0], "lat": [95]}, x="lon", y="lat")


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920)])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"steps": None},
        {"middle": 4.0},
        {"region": "Bland"},
        {"region": (0, 40, 15, 50)},
        {"highlight": "Bland"},
    ],
)
def test_a_picture_of_any_shape_and_the_same_again(size: tuple[int, int], options: dict[str, Any]) -> None:
    chart = _map(title="Rates", **options)
    twin = cloudpickle.loads(cloudpickle.dumps(chart))
    for time in (0.0, 0.5, 3.0, 5.0):
        assert chart.at(time, *size) == twin.at(time, *size)


def test_steps_are_round_and_fit_the_values() -> None:
    def edges(values: list[float], steps: int = 5, middle: float | None = None) -> list[float]:
        found = ColorSteps.of(np.array(values), steps, "viridis", (0, 1), middle, "Map")
        return [float(edge) for edge in found.edges]

    assert edges([0, 22, 41, 63, 80, 97]) == [0, 20, 40, 60, 80, 100]
    skewed = edges([*np.geomspace(1e4, 1e9, 100).tolist()])
    counts = np.histogram(np.geomspace(1e4, 1e9, 100), skewed)[0]
    assert counts.max() < 30
    assert edges([-3, -1, 0, 2, 3], 4, 0.0) == [-3, -1.5, 0, 1.5, 3]
    for same in ([5.0], [0.0, 0.0], [1e-12], [1e15, 1e15]):
        found = edges(same)
        assert found[0] < found[-1]
        assert found[0] <= same[0] <= found[-1]


def test_call_outs_point_at_the_middle_of_their_area() -> None:
    chart = _map(callouts=bz.charts.CallOut("Most of all", key="Bland"))
    _, _, layout = chart._laid_out(1920, 1080, is_frame=False)
    (spot,) = layout.callouts.points
    assert spot == layout.shapes.centers[1]
    with pytest.raises(InvalidValueError, match="did you mean 'Bland'"):
        _map(highlight="Blandd")
