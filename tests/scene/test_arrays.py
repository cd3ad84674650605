from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.errors import ElementError, InvalidValueError
from bazaar_nb.scene.arrays import MAX_NUMBERS, ColorArray, FloatArray, float_array
from bazaar_nb.scene.elements import AnyElement, Group, Path, Points, Polygon, Polyline, Rect
from bazaar_nb.scene.paint import LinearGradient, Stroke
from bazaar_nb.scene.tree import FrameTree, check_elements

made: dict[str, Any] = {"points": Points, "polyline": Polyline, "polygon": Polygon, "path": Path}
XY = np.arange(6.0)


def checked(*elements: Any) -> tuple[AnyElement, ...]:
    return check_elements(elements, scene="intro", frame=7)


@pytest.mark.parametrize(
    "numbers",
    [
        [1, 2.5, 4], (1, 2.5, 4), np.array([1, 2.5, 4]), np.array([1, 2.5, 4], ">f8"),
        pd.Series([1, 2.5, 4]), np.ma.masked_array([1, 2.5, 4]), [Decimal(1), 2.5, np.int8(4)],
        np.array([[1, 9], [2.5, 9], [4, 9]])[:, 0],
        pd.Series([1, 2.5, 4], dtype="Float64"), pd.Index([1, 2.5, 4]), np.array([1, 2.5, 4], object),
    ],
)  # fmt: skip
def test_numbers_that_people_have_are_one_buffer(numbers: Any) -> None:
    array = float_array(numbers)
    assert array == FloatArray((3,), np.array([1, 2.5, 4], "<f4").tobytes())
    assert float_array(range(3)).values().tolist() == [0, 1, 2]
    assert float_array(7).values().tolist() == [7]


def test_equal_pictures_have_equal_bytes() -> None:
    odd_nan = np.frombuffer(b"\x01\x00\xc0\xff", "<f4")[0]
    assert float_array([-0.0, odd_nan]).data == float_array([0.0, np.nan]).data
    hidden = np.ma.masked_array([0.0, 300.0], [False, True])
    assert float_array(hidden) == float_array([0, np.nan]) == float_array(pd.Series([0, None], dtype="Int64"))


def test_arrays_are_copied_and_their_repr_is_short() -> None:
    x = XY.copy()
    element = made["points"](x, x, color=["red"] * 6)
    x[:] = 9
    assert element.x.values().tolist() == XY.tolist()
    assert element.color == ColorArray((6, 4), bytes([255, 0, 0, 255] * 6))
    assert repr(element).count("array of shape") == 3
    assert len(repr(element)) < 140
    assert checked(element) == (element,)
    assert element != made["points"](XY, XY + 1, color=["red"] * 6)


@given(st.lists(st.floats(-1e6, 1e6, width=32), max_size=20), st.booleans())
def test_a_tree_with_arrays_survives_msgpack_and_json(numbers: list[float], many: bool) -> None:
    xy: Any = np.array([numbers, numbers[::-1]]).reshape(2, -1)
    size: Any = np.abs(xy[0]) if many else 3
    elements: list[AnyElement] = [Points(xy[0], xy[1], size=size), Polyline(xy[0], xy)]
    if numbers:
        elements += [Polygon(xy.T), made["path"](xy.T), Rect(clip=Polygon(xy.T))]
    tree = FrameTree(9, 9, checked(*elements))
    assert FrameTree.from_msgpack(tree.to_msgpack()) == tree
    read = FrameTree.from_json(tree.to_json())
    assert read == tree
    assert read.to_msgpack() == tree.to_msgpack()
    assert hash(read) == hash(tree)


def test_json_has_dtype_shape_and_base64() -> None:
    (points,) = checked(made["points"]([0, 1], 2, color=np.array([[0, 0.5, 1]])))
    written = json.loads(FrameTree(9, 9, (points,)).to_json())["elements"][0]
    assert written["x"] == {"dtype": "float32", "shape": [2], "data": "AAAAAAAAgD8="}
    assert written["color"] == {"dtype": "uint8", "shape": [1, 4], "data": "AID//w=="}


@pytest.mark.parametrize(
    ("field", "change", "said"),
    [
        ("x", {"data": "AAAA"}, "`data` of an array of shape (2,) has 8 bytes, got 3"),
        ("x", {"shape": [3]}, "has 12 bytes, got 8"),
        ("x", {"shape": [-2]}, "`shape` of an array"),
        ("x", {"shape": [4_000_000, 4_000_000]}, "`shape` of an array"),
        ("x", {"shape": [2, 1, 1]}, "`shape` of an array"),
        ("x", {"data": "AADAfwAAgD8="}, "`x` row 0 is NaN"),
        ("x", {"data": "AACAfwAAgD8="}, "`x` row 0 is inf"),
        ("x", {"dtype": "uint8"}, "Invalid value 'uint8'"),
        ("color", {"shape": [4, 1]}, "`color` must have shape (n, 4)"),
        ("size", {"dtype": "float32", "shape": [1], "data": "AACAvw=="}, "`size` row 0 is -1"),
    ],
)
def test_hostile_arrays_in_json_are_errors(field: str, change: dict[str, Any], said: str) -> None:
    (points,) = checked(made["points"]([0, 1], 2, color=[[0, 0.5, 1]], size=[3]))
    tree = json.loads(FrameTree(9, 9, (points,)).to_json())
    tree["elements"][0][field] |= change
    with pytest.raises(ElementError, match="not a frame's tree") as caught:
        FrameTree.from_json(json.dumps(tree))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "fields", "field", "said"),
    [
        ("points", {"x": XY, "y": [1, 2, np.nan, 3, 4, 5]}, "y", "row 2 is NaN, a missing value: leave"),
        ("points", {"x": XY, "y": pd.Series([1, 2, 3, None, 5, 6], dtype="Int64")}, "y", "row 3 is NaN"),
        ("points", {"x": XY, "y": XY[:4]}, "y", "has 4 rows where `x` has 6"),
        ("points", {"x": XY, "y": XY, "size": XY[:2]}, "size", "has 2 rows where `x` has 6"),
        ("points", {"x": XY, "y": XY, "color": ["red"] * 5}, "color", "has 5 rows where `x` has 6"),
        ("points", {"x": XY * 1e6, "y": XY}, "x", "row 2 is 2e+06, wanted a number at most 1e+06 from 0"),
        ("points", {"x": XY * 1e300, "y": XY}, "x", "row 1 is inf, wanted"),
        ("points", {"x": "50%", "y": XY}, "x", "expected numbers, got '50%'"),
        ("points", {"x": ["a", "b"], "y": XY}, "x", "expected numbers, got an array of <U1"),
        ("points", {"x": [[1], [2, 3]], "y": XY}, "x", "expected numbers in an array or a list"),
        ("points", {"x": XY[:, None], "y": XY}, "x", "one value a point, got an array of shape (6, 1)"),
        ("points", {"x": pd.date_range("2020", periods=6), "y": XY}, "x", "got times: give pixels"),
        ("points", {"x": XY, "y": XY, "size": -XY}, "size", "row 1 is -1, wanted a number from 0 to 1e+06"),
        ("points", {"x": XY, "y": XY, "size": -1}, "size", "expected a number >= 0.0, got -1"),
        ("points", {"x": XY, "y": XY, "color": XY}, "color", "with a `colormap` and a `range`"),
        ("points", {"x": XY, "y": XY, "color": XY, "colormap": "magma"}, "color", "needs a `range`"),
        (
            "points",
            {"x": XY, "y": XY, "color": XY, "colormap": "virids", "range": (0, 1)},
            "color",
            "did you mean 'viridis'?",
        ),
        ("points", {"x": XY, "y": XY, "color": XY, "colormap": "magma", "range": (2, 2)}, "color", "2 twice"),
        ("points", {"x": XY, "y": XY, "color": "red", "colormap": "magma"}, "colormap", "is for numbers"),
        ("points", {"x": XY, "y": XY, "color": ["red", "rde"]}, "color", "did you mean 'red'"),
        ("points", {"x": XY, "y": XY, "color": np.full((6, 3), 255.0)}, "color", "row 0 is [255.0, "),
        ("points", {"x": XY, "y": XY, "color": np.zeros((6, 2))}, "color", "of shape (n, 3) or (n, 4)"),
        ("points", {"x": XY, "y": XY, "opacity": [0.5, 0.5]}, "color", "has 2 rows where `x` has 6"),
        ("points", {"x": XY, "y": XY, "opacity": XY * 10}, "opacity", "row 1 is 10, wanted a number from -1"),
        ("points", {"x": XY, "y": XY, "shape": "star"}, "shape", "expected one of 'circle', 'square'"),
        (
            "points",
            {"x": XY, "y": XY, "stroke": Stroke(LinearGradient(("red", "blue")))},
            "stroke",
            "of points has one colour, no gradient",
        ),
        ("polyline", {"x": XY, "y": XY[:3]}, "y", "has shape (3,) where `x` has (6,)"),
        ("polyline", {"x": np.zeros((2, 6)), "y": np.zeros((3, 6))}, "y", "each line has as many of both"),
        ("polyline", {"x": XY, "y": [np.nan, *XY[1:] * 1e6]}, "y", "row 2 is 2e+06"),
        ("polyline", {"x": XY, "y": np.array([XY, XY * -1e6])}, "y", "row 1, column 2 is -2e+06"),
        ("polygon", {"points": np.array([[0, 1], [np.nan, 1]])}, "points", "row 1, column 0 is NaN"),
        ("polygon", {"points": np.zeros((0, 2))}, "points", "of shape (n, 2), got shape (0, 2)"),
        ("path", {"d": XY}, "d", "must be an array of shape (n, 2), got shape (6,)"),
        ("path", {"d": 5}, "d", "expected SVG path data, or an array of shape (n, 2), got 5"),
    ],
)  # fmt: skip
def test_a_bad_array_is_named_with_element_field_and_row(
    kind: str, fields: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(ElementError) as caught:
        checked(Rect(), Group((made[kind](**fields),)))
    name = f"Group[1] > {made[kind].__name__}[0]"
    assert (caught.value.element, caught.value.field) == (name, field)
    assert f"`{field}` of {name}: " in str(caught.value)
    assert said in str(caught.value)


def test_too_many_numbers_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="at most 4,000,000 numbers"):
        float_array(np.broadcast_to(np.float32(0), (MAX_NUMBERS + 1,)))


def test_opacities_and_colormaps_become_part_of_the_colour() -> None:
    given_points = made["points"](XY, XY, color="#102030", opacity=[0, 1, 0.5, 2, -1, 1])
    assert given_points.opacity == 1.0
    rgba = given_points.color.values()
    assert rgba[:, :3].tolist() == [[16, 32, 48]] * 6
    assert rgba[:, 3].tolist() == [0, 255, 128, 255, 0, 255]
    mapped = made["points"](XY, XY, color=XY, colormap=["black", "white"], range=(1, 4))
    assert mapped.colormap is mapped.range is None
    assert mapped.color.values()[:, 0].tolist() == [0, 0, 85, 170, 255, 255]
    assert checked(mapped) == (mapped,)
