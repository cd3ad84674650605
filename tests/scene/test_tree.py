from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bazaar_nb.errors import ElementError, InvalidValueError
from bazaar_nb.scene.elements import (
    AnyElement,
    Ellipse,
    Figure,
    Fill,
    Group,
    Image,
    Line,
    Path,
    Pixels,
    Polygon,
    Rect,
    Row,
    Span,
    Text,
    as_elements,
)
from bazaar_nb.scene.paint import LinearGradient, RadialGradient, Shadow, Stroke
from bazaar_nb.scene.tree import MAX_DEPTH, FrameTree, check_elements
from tests.scene.element_strategies import elements
from tests.texts import refused_or_read, texts


def checked(*given_elements: Any) -> tuple[AnyElement, ...]:
    return check_elements(given_elements, scene="intro", frame=7)


@settings(max_examples=100, deadline=None)
@given(st.lists(elements, max_size=4))
def test_a_tree_survives_msgpack_and_json(drawn: list[AnyElement]) -> None:
    tree = FrameTree(160, 90, checked(*drawn))
    assert FrameTree.from_msgpack(tree.to_msgpack()) == tree
    assert FrameTree.from_json(tree.to_json()) == tree
    assert FrameTree.from_json(tree.to_json()).to_msgpack() == tree.to_msgpack()
    assert hash(FrameTree.from_json(tree.to_json())) == hash(tree)
    assert checked(*tree.elements) == tree.elements


def plainly(value: Any, number: Any) -> Any:
    """The same data with every number written as `number` makes it."""
    if isinstance(value, bool | str | bytes) or value is None:
        return value
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, tuple):
        return [plainly(item, number) for item in value]
    fields = {name: plainly(getattr(value, name), number) for name in value.__struct_fields__}
    return type(value)(**fields)


@settings(max_examples=60, deadline=None)
@given(elements.filter(lambda element: not re.search("Pixels|array of", repr(element))))
def test_equal_trees_have_equal_bytes_however_their_numbers_were_written(element: AnyElement) -> None:
    def whole(value: float) -> object:
        return int(value) if value == int(value) else value

    tree = FrameTree(9, 9, checked(element))
    for number in (whole, lambda value: np.array(whole(value))[()]):
        again = FrameTree(9, 9, checked(plainly(tree.elements[0], number)))
        assert again == tree
        assert again.to_msgpack() == tree.to_msgpack()


def bad(kind: Any, *values: Any, **fields: Any) -> Any:
    """An element with values of types that it does not take."""
    return kind(*values, **fields)


@pytest.mark.parametrize(
    ("element", "where", "field", "said"),
    [
        (Rect(x=float("nan")), "Rect[0]", "x", "'50%' or None, got nan, a missing value"),
        (
            Rect(width=float("inf")),
            "Rect[0]",
            "width",
            "expected a finite number of pixels or a share like '50%', got inf",
        ),
        (Rect(width=-1), "Rect[0]", "width", "expected a number >= 0.0, got -1"),
        (Rect(x=2e6), "Rect[0]", "x", "expected a number <= 1000000.0"),
        (Rect(width="50"), "Rect[0]", "width", "a share like '50%', got '50'"),
        (Text("a", size=0), "Text[0]", "size", "expected a number > 0.0, got 0"),
        (Text("a", opacity=50), "Text[0]", "opacity", "a number from 0 to 1, got 50; 50 % is 0.5"),
        (Text("a", opacity=2.01), "Text[0]", "opacity", "expected a number from 0 to 1, got 2.01"),
        (Text("a", opacity=-1.01), "Text[0]", "opacity", "expected a number from 0 to 1, got -1.01"),
        (Text("a", opacity=float("inf")), "Text[0]", "opacity", "expected a finite number from 0 to 1"),
        (Line(end=float("nan")), "Line[0]", "end", "expected a number from 0 to 1, got nan, a missing value"),
        (Text("a", color="bleu"), "Text[0]", "color", "unknown colour 'bleu'; did you mean 'blue'?"),
        (bad(Text, "a", align="centre"), "Text[0]", "align", "got 'centre'; did you mean 'center'?"),
        (bad(Text, "a", size="big"), "Text[0]", "size", "expected a number, got 'big'"),
        (bad(Text, None), "Text[0]", "text", "expected text, a number or a list of bz.Span(…), got None"),
        (bad(Text, (Span("a"), "b")), "Text[0]", "text[1]", "expected bz.Span(…), got 'b'"),
        (bad(Text, pd.Series(["a"])), "Text[0]", "text", "`.iloc[…]` gives one"),
        (Rect(x=bad(lambda: pd.NA)), "Rect[0]", "x", "a share like '50%' or None, got <NA>, a missing value"),
        (Rect(x=bad(lambda: pd.NaT)), "Rect[0]", "x", "or None, got NaT, a missing value: give another"),
        (Rect(x=bad(lambda: np.ma.masked)), "Rect[0]", "x", "or None, got masked, a missing value"),
        (bad(Rect, opacity=None), "Rect[0]", "opacity", "expected a number from 0 to 1, got None, a missing"),
        (bad(Polygon, ((0, pd.NA),)), "Polygon[0]", "points[0][1]", "expected a number, got <NA>"),
        (bad(Polygon, 5), "Polygon[0]", "points", "expected a list of (x, y) points, got 5"),
        (Text("a", weight=bad(lambda: 450.5)), "Text[0]", "weight", "expected a whole number, got 450.5"),
        (bad(Polygon, ((0, 0),), closed="yes"), "Polygon[0]", "closed", "expected True or False, got 'yes'"),
        (bad(Rect, fill=5), "Rect[0]", "fill", "expected a colour, a gradient or None, got 5"),
        (bad(Rect, stroke="red"), "Rect[0]", "stroke", "expected bz.Stroke(…) or None, got 'red'"),
        (bad(Rect, anchor=5), "Rect[0]", "anchor", "expected one of 'center', 'top'"),
        (
            bad(Figure, "function:x", args=(1, pd.NA)),
            "Figure[0]",
            "args[1]",
            "expected plain values (numbers",
        ),
        (bad(Figure, print, style=5), "Figure[0]", "style", "expected a dict, got 5"),
        (Text("x" * 100_000), "Text[0]", "text", "length <= 20000, got 'xxxxx"),
        (Text((Span("a", weight=50),)), "Text[0]", "weight", "expected a number >= 100, got 50"),
        (Text("a\ud800"), "Text[0]", "text", "surrogates not allowed"),
        (Image(""), "Image[0]", "source", "length >= 1"),
        (
            Group((Fill(), Group((Line(stroke=Stroke(width=-2)),)))),
            "Group[0] > Group[1] > Line[0]",
            "width",
            ">= 0.0, got -2",
        ),
        (Fill(LinearGradient(("rde", "red"))), "Fill[0]", "colors[0]", "did you mean 'red'?"),
        (Fill(LinearGradient(("red",))), "Fill[0]", "colors", "length >= 2"),
        (
            Fill(bad(RadialGradient, ("red", "red"), stops=np.array([1, 0.5]))),
            "Fill[0]",
            "paint",
            "`stops` must not fall",
        ),
        (
            bad(Rect, clip=Text("a")),
            "Rect[0]",
            "clip",
            "expected Rect or Ellipse or Path or Polygon, got Text",
        ),
        (bad(Rect, blend="darker"), "Rect[0]", "blend", "did you mean 'darken'?"),
        (Polygon(()), "Polygon[0]", "points", "length >= 1"),
        (bad(Polygon, ((0, 1), (2,))), "Polygon[0]", "points[1]", "expected 2 numbers, got (2,)"),
        (Rect(scale=(1, 2, 3)), "Rect[0]", "scale", "expected a number or 2 numbers, got (1, 2, 3)"),
        (Ellipse(shadow=bad(Shadow, blur=1j)), "Ellipse[0]", "blur", "expected a number, got 1j"),
        (bad(Rect, fill=object()), "Rect[0]", "fill", "expected a colour, a gradient or None, got <object"),
    ],
)
def test_a_bad_value_is_named_with_its_place(element: Any, where: str, field: str, said: str) -> None:
    with pytest.raises(ElementError) as caught:
        checked(element)
    error = caught.value
    assert (error.scene, error.frame, error.element, error.field) == ("intro", 7, where, field)
    assert said in str(error)
    assert f"`{field}` of {where}" in str(error)
    assert "(scene 'intro', frame 7)" in str(error)


NUMBERS = [
    *(np.float64, np.float32, np.longdouble, np.int64, np.uint16, np.array, int),
    *(Decimal, Fraction, lambda number: np.array(number, object)),
]


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_that_people_have_are_numbers(number: Any) -> None:
    (rect,) = checked(Rect(width=number(3), x=number(2), opacity=number(1), scale=(number(1), number(2))))
    assert rect == Rect(width=3.0, x=2.0, opacity=1.0, scale=(1.0, 2.0))
    (shown,) = checked(
        Text("a", weight=number(700), size=number(40), outline=Stroke(dash=(number(1), number(2))))
    )
    assert shown == Text("a", weight=700, size=40.0, outline=Stroke(dash=(1.0, 2.0)))
    (filled,) = checked(Fill(LinearGradient(("red", "blue"), stops=(number(0), number(1)))))
    assert filled == Fill(LinearGradient(("red", "blue"), stops=(0.0, 1.0)))
    (drawn,) = checked(Figure("function:x", args=(number(3), {"a": number(2)}), dpi=number(90)))
    assert drawn == Figure("function:x", args=(3, {"a": 2}), dpi=90.0)


def test_numbers_of_numpy_arrays_are_numbers() -> None:
    points: Any = list(np.array([[0, 1], [2, 3]], np.int32))
    (polygon,) = checked(Polygon(points))
    assert polygon == Polygon(((0.0, 1.0), (2.0, 3.0)))


def test_true_counts_where_a_number_is_wanted_and_whole_floats_where_a_whole_one_is() -> None:
    flag: Any = np.bool_(True)
    assert checked(Rect(opacity=False), Rect(opacity=flag), Text("a", weight=bad(lambda: 450.0))) == (
        Rect(opacity=0.0), Rect(), Text("a", weight=450)
    )  # fmt: skip
    assert checked(Group((Rect(opacity=flag, scale=(flag, 2)),))) == (Group((Rect(scale=(1.0, 2.0)),)),)
    assert checked(Polygon(((0, 1),), closed=flag), Text("a", italic=bad(lambda: np.array(True)))) == (
        Polygon(((0.0, 1.0),)), Text("a", italic=True)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (5, "5"), (1.5, "1.5"), (-0.0, "-0.0"), (1e21, "1e+21"), (float("nan"), "nan"),
        (10**30, "1" + "0" * 30),
        (Decimal("1.50"), "1.50"), (Fraction(1, 3), "1/3"),
        (np.int64(3), "3"), (np.float32(0.1), "0.1"), (np.float64(2.5), "2.5"), (np.array(7), "7"),
    ],
)  # fmt: skip
def test_a_number_is_text(number: Any, written: str) -> None:
    assert Text(number).text == written
    assert Span(number).text == written
    assert checked(Text((Span(number),))) == (Text((Span(written),)),)


@pytest.mark.parametrize(
    ("given_opacity", "drawn"),
    [(1.16, 1.0), (2, 1.0), (-0.16, 0.0), (-1, 0.0), (-0.0, 0.0), (0.3, 0.3), (1.0000000000000002, 1.0)],
)
def test_opacity_that_a_spring_carried_too_far_is_the_nearer_end(given_opacity: float, drawn: float) -> None:
    swung = Text("a", opacity=given_opacity, clip=Path("M0 0", end=given_opacity))
    exact = Text("a", opacity=drawn, clip=Path("M0 0", end=drawn))
    for one, other in (
        (swung, exact),
        (Group((Row((swung,)),), opacity=given_opacity), Group((Row((exact,)),), opacity=drawn)),
        (Line(start=given_opacity, end=given_opacity), Line(start=drawn, end=drawn)),
        (Polygon(((0, 0),), start=given_opacity), Polygon(((0, 0),), start=drawn)),
    ):
        tree = FrameTree(9, 9, checked(one))
        assert tree == FrameTree(9, 9, checked(other))
        assert tree.to_msgpack() == FrameTree(9, 9, checked(other)).to_msgpack()
        by_hand = FrameTree(9, 9, (one,))
        assert FrameTree.from_json(by_hand.to_json()).to_msgpack() == tree.to_msgpack()


def test_a_blur_that_a_spring_carried_below_nothing_is_none() -> None:
    assert checked(Text("a", blur=-2.5)) == checked(Text("a")) == (Text("a"),)
    assert checked(Text("a", blur=2.5)) == (Text("a", blur=2.5),)
    with pytest.raises(ElementError, match=r"`blur` of Text\[0\]: expected a number <= 1000.0, got 1001"):
        checked(Text("a", blur=1001))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: bad(Text, "a", colour="red"), "Text has no field `colour`; did you mean `color`?"),
        (lambda: bad(Stroke, colr="red"), "Stroke has no field `colr`; did you mean `color`?"),
        (lambda: bad(Shadow, offset=3), "Shadow has no field `offset`. It has: blur, dx, dy, color"),
        (lambda: bad(LinearGradient), "LinearGradient: Missing required argument 'colors'"),
    ],
)
def test_an_unknown_keyword_has_a_near_name(make: Any, said: str) -> None:
    with pytest.raises(TypeError) as caught:
        make()
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"stops": (0, 0.5, 1)}, "one stop for each of the 2 colours, got 3"),
        ({"stops": (1, 0)}, "must not fall, got"),
    ],
)
def test_bad_stops_and_dashes_fail_by_hand_and_from_json(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        LinearGradient(("red", "blue"), **fields)
    paint = {"kind": "linear", "colors": ["red", "blue"], **fields}
    with pytest.raises(ElementError, match=said):
        FrameTree.from_json(
            json.dumps({"width": 4, "height": 4, "elements": [{"kind": "fill", "paint": paint}]})
        )
    with pytest.raises(InvalidValueError, match="even number of lengths"):
        Stroke(dash=(1, 2, 3))
    line = {"kind": "line", "stroke": {"dash": [1, 2, 3]}}
    with pytest.raises(ElementError, match="even number of lengths"):
        FrameTree.from_json(json.dumps({"width": 4, "height": 4, "elements": [line]}))


def nested(depth: int) -> AnyElement:
    element: AnyElement = Rect()
    for _ in range(depth):
        element = Group((element,))
    return element


@pytest.mark.parametrize("depth", [MAX_DEPTH, 400, 5000])
def test_too_deep_groups_are_an_error(depth: int) -> None:
    assert checked(nested(MAX_DEPTH - 1))
    with pytest.raises(ElementError, match=f"nested too deeply, at most {MAX_DEPTH} levels"):
        checked(nested(depth))
    written = '{"kind":"group","children":[' * depth + '{"kind":"rect"}' + "]}" * depth
    with pytest.raises(ElementError, match="nested too deeply"):
        FrameTree.from_json(f'{{"width":4,"height":4,"elements":[{written}]}}')


@pytest.mark.parametrize(
    "written",
    [
        '{"kind":"evil"}',
        '{"kind":"rect","x":NaN}',
        '{"kind":"rect","x":1e400}',
        '{"kind":"rect","x":1' + "0" * 5000 + "}",
        '{"kind":"rect","nope":1}',
        '{"kind":"rect","x":"50px"}',
        '{"x":1}',
        "[]",
        "7",
        '{"kind":"pixels","array":"***"}',
    ],
)
def test_hostile_json_is_an_error(written: str) -> None:
    with pytest.raises(ElementError, match="not a frame's tree"):
        FrameTree.from_json(f'{{"width":4,"height":4,"elements":[{written}]}}')


@pytest.mark.parametrize("text", ["", "{}", "[" * 200_000, "null", b"\xff\xfe", '{"width":1e99,"height":4}'])
def test_what_is_no_tree_at_all(text: str | bytes) -> None:
    with pytest.raises(ElementError, match="not a frame's tree"):
        FrameTree.from_json(text)


@settings(max_examples=200)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["kind", "elements", "children", "width", "height", "x"]), inner
            )
        ),
    )
)
def test_any_json_is_a_tree_or_an_error(value: Any) -> None:
    try:
        FrameTree.from_json(json.dumps(value))
    except ElementError as error:
        said = str(error)
    else:
        said = "not a frame's tree"
    assert said.startswith("not a frame's tree")


def test_lists_are_flattened_and_none_left_out() -> None:
    assert as_elements([Fill(), None, [Rect(), (Text("a"),)]]) == (Fill(), Rect(), Text("a"))
    assert as_elements(None) == ()
    assert Group([Rect(), None]).children == (Rect(),)  # type: ignore[arg-type]


def test_pixels_are_copied_with_their_shape() -> None:
    array = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    given_array: Any = array[:, ::-1]
    element = Pixels(given_array)
    array[:] = 0
    assert element.shape == (2, 2, 3)
    assert element.array == bytes([3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8])
    floats: Any = np.array([[0.0, 0.5, 2.0]])
    assert Pixels(floats).array == bytes([0, 128, 255])
    flags: Any = np.array([[True, False]])
    assert Pixels(flags).array == bytes([255, 0])


@pytest.mark.parametrize(
    "array",
    [
        np.full((2, 3), 0.5),
        np.full((2, 3), 128, np.uint8),
        np.ones((2, 3), bool),
        np.full((2, 3, 3), 0.25, np.float32),
        np.full((2, 3, 3), 64, np.uint8),
        np.full((2, 3, 4), 64, np.uint8),
    ],
)
def test_what_a_mask_hides_is_transparent(array: Any) -> None:
    hidden = np.zeros(array.shape, bool)
    hidden[1, 2] = True
    masked = np.ma.masked_array(array.copy(), hidden)
    masked.data[1, 2] = 0  # what is there says nothing
    plain = Pixels(array)
    channels = plain.shape[2]
    shown = np.frombuffer(plain.array, np.uint8).reshape(plain.shape)
    rgba = np.concatenate(
        [np.broadcast_to(shown[..., :3], (2, 3, 3)), np.full((2, 3, 1), 255, np.uint8)], axis=2
    )
    if channels == 4:
        rgba = shown.copy()
    rgba[1, 2] = 0
    element = Pixels(bad(lambda: masked))
    assert element.shape == (2, 3, 4)
    assert element.array == rgba.tobytes()
    masked.data[1, 2] = 1
    assert Pixels(bad(lambda: masked)) == element
    assert Pixels(bad(lambda: np.ma.masked_array(array))) == plain  # nothing is hidden


def test_one_hidden_channel_hides_the_pixel_and_hidden_values_may_be_anything() -> None:
    floats = np.array([[[0.5, 0.5, np.nan], [1.0, 300.0, 0.0], [0.0, 1.0, 0.0]]])
    element = Pixels(bad(lambda: np.ma.masked_array(floats, (floats > 1) | np.isnan(floats))))
    assert element.array == bytes([0] * 8 + [0, 255, 0, 255])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0, 128.0], "floats from 0 to 128, wanted 0 to 1: divide by 255"),
        ([0, 2.001], "divide by 255"),
        ([0, 4000.0], "floats from 0 to 4000, wanted 0 to 1: scale them"),
        ([-1.5, 1.0], "floats from -1.5 to 1, wanted 0 to 1: scale them, or cut off what is beyond"),
        ([0, np.nan], "np.ma.masked_invalid(array)"),
        ([0, np.inf], "NaN or infinite"),
    ],
)
def test_floats_that_are_not_0_to_1_are_an_error(values: list[float], said: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        Pixels(bad(lambda: np.array([values])))
    assert said in str(caught.value)


def test_floats_a_little_beyond_0_to_1_are_cut_off() -> None:
    assert Pixels(bad(lambda: np.array([[-0.0001, 1.0001, 2.0, -1.0]]))).array == bytes([0, 255, 255, 0])


def test_elements_are_immutable() -> None:
    with pytest.raises(AttributeError):
        Rect().width = 3  # type: ignore[misc]
    assert msgspec.structs.replace(Rect(), width=3) == Rect(width=3)


WITH_TEXT: tuple[Callable[[Any], AnyElement], ...] = (
    lambda text: Rect(fill=text),
    lambda text: Rect(width=text, x=text),
    lambda text: Rect(anchor=text),
    lambda text: Rect(blend=text),
    lambda text: Rect(opacity=text),
    lambda text: Rect(shadow=Shadow(color=text)),
    lambda text: Rect(stroke=Stroke(text)),
    lambda text: Rect(stroke=Stroke(cap=text)),
    lambda text: Fill(LinearGradient((text, "red"))),
    lambda text: Fill(LinearGradient(("blue", "red"), angle=text)),
    lambda text: Text(text),
    lambda text: Text("a", font=text),
    lambda text: Text("a", weight=text),
    lambda text: Text("a", fallback=(text,)),
    lambda text: Image(text),
    lambda text: Path(text),
)


@given(
    texts("red", "hsl(120, 100%, 50%)", "50%", "-.5%", "top-left", "multiply", "Inter", "700", "M0 0L9 9Z")
)
@example("9" * 400 + "%")
def test_any_text_is_a_field_or_an_error(text: str) -> None:
    for make in WITH_TEXT:
        refused_or_read(lambda: FrameTree(64, 64, checked(make(text))).to_json())  # noqa: B023 - called at once


@given(texts('{"width":64,"height":64,"elements":[{"kind":"rect","width":"50%","fill":"red"}]}'))
@example("[" * 20_000)
def test_any_text_is_a_tree_or_an_error(text: str) -> None:
    refused_or_read(lambda: FrameTree.from_json(text))
    refused_or_read(lambda: FrameTree.from_json(text.encode("utf-8", "surrogatepass")))
