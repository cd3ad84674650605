"""A frame drawn over any other is byte-identical to the same frame drawn alone.

The long form, a thousand random frames: ``BAZAAR_FRAMES=1000 pytest tests/draw/test_damage.py``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import NDArray
from PIL import Image as PilImage

from bazaar_nb.draw import damage
from bazaar_nb.draw.canvas import Bounds
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.element_drawing import ElementDrawing
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.errors import ElementError
from bazaar_nb.media.clip_reader import ClipReader
from bazaar_nb.scene.elements import (
    AnyElement,
    Box,
    Clip,
    Column,
    Ellipse,
    Figure,
    Fill,
    Filter,
    Group,
    Image,
    Line,
    Mask,
    Perspective,
    Points,
    Polygon,
    Polyline,
    Rect,
    Row,
    Text,
)
from bazaar_nb.scene.elements import Path as Outline
from bazaar_nb.scene.paint import LinearGradient, Shadow, Stroke
from bazaar_nb.scene.tree import FrameTree
from tests.draw.stage import Stage
from tests.scene.element_strategies import elements, filter_steps, layers, numbers, strokes, with_functions

FRAMES = int(os.environ.get("BAZAAR_FRAMES", "400"))
AT_ONCE = 8  # frames of one example
relaxed = settings(
    max_examples=max(1, FRAMES // AT_ONCE),
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
relaxed_some = settings(relaxed, max_examples=25)
WIDTH, HEIGHT = 160, 90
near = st.one_of(numbers(-10, 10), st.floats(-1, 1))


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("photos") / "photo.png"
    chance = np.random.default_rng(4)
    PilImage.fromarray(chance.integers(0, 255, (40, 50, 4), np.uint8), "RGBA").save(path)
    return str(path)


@st.composite
def nearly(draw: st.DrawFn, element: Any) -> Any:
    """Give an element that differs a little: moved, faded, with other children."""
    if isinstance(element, Clip):
        return replace(element, played=draw(st.floats(0, 2)))
    change = draw(
        st.sampled_from(["opacity", "rotation", "x", "width", "text", "children", "points", "end", "steps"])
    )
    if change == "opacity":
        return replace(element, opacity=draw(st.floats(0, 1)))
    if change == "rotation":
        return replace(element, rotation=draw(st.floats(-30, 30)))
    if change == "x" and isinstance(element, Box):
        return replace(element, x=80 + draw(near), y=45 + draw(near))
    if change == "width" and isinstance(element, Rect | Ellipse):
        return replace(element, width=60 + draw(near))
    if change == "text" and isinstance(element, Text) and isinstance(element.text, str):
        return replace(element, text=draw(st.sampled_from(["12.5", "13.5", "1%", "abc"])))
    if change == "points" and isinstance(element, Points | Polyline):
        return replace(element, x=element.x.values() + np.float32(draw(near)))
    if change == "x" and isinstance(element, Points | Polyline):
        return replace(element, dx=draw(near))
    if change == "points" and isinstance(element, Polygon) and isinstance(element.points, tuple):
        return replace(element, points=(*element.points, (draw(near), draw(near))))
    if change == "end" and isinstance(element, Line | Polygon | Polyline | Outline):
        return replace(element, end=draw(st.floats(0, 1)))
    if change == "steps" and isinstance(element, Filter):
        return replace(element, steps=tuple(draw(st.lists(filter_steps, max_size=2))))
    if change == "steps" and isinstance(element, Mask):
        return replace(element, inverted=not element.inverted)
    if change == "steps" and isinstance(element, Perspective):
        return replace(element, rotate_y=element.rotate_y + draw(near))
    if change == "children" and isinstance(element, Group | Row | Column) and element.children:
        children = draw(changed(list(element.children)))
        if isinstance(element, Mask) and len(children) < 2:
            return element
        return replace(element, children=children)
    return element


@st.composite
def changed(draw: st.DrawFn, frame: list[Any]) -> list[Any]:
    """Give a frame with something new, gone, changed or in another order."""
    frame = list(frame)
    place = draw(st.integers(0, max(0, len(frame) - 1)))
    what = draw(st.sampled_from(["change", "change", "gone", "new", "swap"]))
    if not frame or what == "new":
        frame.insert(place, draw(elements | with_functions))
    elif what == "change":
        frame[place] = draw(nearly(frame[place]))
    elif what == "gone":
        del frame[place]
    else:
        frame.append(frame.pop(place))
    return frame


bars = st.builds(
    lambda x, y, width, height: Rect(x=x, y=y, width=width, height=height, anchor="left", fill="#38bdf8"),
    st.floats(0, 20), st.floats(30, 60), st.floats(45, 160), st.floats(45, 60),
)  # fmt: skip
bottoms = st.sampled_from(
    [
        [],
        [Fill("#246")],
        [Fill(LinearGradient(("red", "blue"), angle=30))],
        [Fill(LinearGradient(("red", "blue")))],
    ]
)


@st.composite
def films(draw: st.DrawFn) -> list[list[AnyElement]]:
    frame = [*draw(bottoms), *draw(st.lists(elements | with_functions | bars, min_size=1, max_size=4))]
    film = [frame]
    while len(film) < AT_ONCE:
        film.append(draw(changed(draw(st.sampled_from(film)))))
    return draw(st.permutations(film))


def alone(stage: Stage, tree: FrameTree, size: tuple[int, int]) -> NDArray[np.uint8]:
    pixels = np.empty((size[1], size[0], 4), np.uint8)
    clips = ClipReader()  # that has seen no picture before
    Renderer(*size, stage.find, clips=clips).draw(tree, pixels)
    clips.close()
    return pixels


def check(stage: Stage, film: list[list[AnyElement]], scale: float = 1.0) -> list[list[Bounds]]:
    """Draw frames over one another; give what changed in each."""
    size = (round(stage.width * scale), round(stage.height * scale))
    renderer = Renderer(*size, stage.find, clips=stage.clips)
    kept = KeptFrame(np.full((size[1], size[0], 4), 99, np.uint8))
    found = []
    for frame in film:
        tree, before = stage.tree(*frame), kept.pixels.copy()
        changed = renderer.redraw(FrameTree.from_msgpack(tree.to_msgpack()), kept)
        np.testing.assert_array_equal(kept.pixels, alone(stage, tree, size))
        told = np.zeros(before.shape[:2], np.bool_)
        for left, top, right, bottom in changed:
            assert left < right
            assert top < bottom
            told[top:bottom, left:right] = True
        assert not (kept.pixels != before).any(axis=2)[~told].any()
        found.append(changed)
    return found


@pytest.mark.parametrize("worth", [0.6, 100.0])
@relaxed
@given(film=films(), scale=st.sampled_from([1.0, 1.0, 0.5, 1.7]))
def test_frames_are_the_same_whatever_was_drawn_before(
    stage: Stage, worth: float, film: list[list[AnyElement]], scale: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(damage, "_WORTH", worth)
        check(stage, film, scale)


@st.composite
def films_in_layers(draw: st.DrawFn) -> list[list[AnyElement]]:
    """Films in which things move within filters, masks and planes, and those stay as they are."""
    inside = st.lists(elements | bars, min_size=1, max_size=3)
    frame = [*draw(bottoms), draw(layers(inside | layers(inside).map(lambda layer: [layer])))]
    film = [frame]
    while len(film) < AT_ONCE:
        frame = draw(st.sampled_from(film))
        within = frame[-1]
        children = draw(changed(list(within.children)))
        if isinstance(within, Mask) and len(children) < 2:
            children = list(within.children)
        film.append([*frame[:-1], replace(within, children=children)])
    return film


@pytest.mark.parametrize("worth", [0.6, 100.0])
@relaxed
@given(film=films_in_layers(), scale=st.sampled_from([1.0, 1.0, 0.5, 1.7]))
def test_what_moves_in_layers_is_the_same(
    stage: Stage, worth: float, film: list[list[AnyElement]], scale: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(damage, "_WORTH", worth)
        check(stage, film, scale)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(bars, min_size=2, max_size=6), other=st.floats(0, 90))
def test_bars_that_grow_are_the_same(stage: Stage, sizes: list[Rect], other: float) -> None:
    check(stage, [[Fill("#111"), Ellipse(width=50, x=other, fill="#ff0000a0"), bar] for bar in sizes])


@relaxed_some
@given(seed=st.integers(0, 99), noise=st.sampled_from([0.0, 1.5]), stroke=strokes, sizes=st.booleans())
def test_many_points_and_lines_are_the_same(
    stage: Stage, seed: int, noise: float, stroke: Stroke, sizes: bool
) -> None:
    rng = np.random.default_rng(seed)
    line: Any = np.linspace(5, 150, 700), 45 + 20 * np.sin(np.linspace(0, 60, 700))
    line = line[0], line[1] + np.cumsum(rng.normal(0, noise, 700))
    places: Any = rng.uniform(0, 90, (2, 200))
    rim = replace(stroke, color="#0f09") if seed % 2 else None
    size: Any = rng.uniform(2, 9, 200) if sizes else 6.3
    film: list[list[AnyElement]] = []
    for x in rng.uniform(20, 140, AT_ONCE):
        places = places.copy()
        places[:, rng.integers(0, 200, 3)] += rng.normal(0, 2, (2, 3))
        film.append([
            Fill("#123"),
            Points(places[0], places[1], size=size, color="#fa08", stroke=rim),
            Rect(x=float(x), width=9, height=9),
            Polyline(line[0], line[1], stroke=stroke),
            Ellipse(x=float(x) / 2, y=30, width=7, fill="#f00a"),
        ])  # fmt: skip
    check(stage, film)


def test_only_what_changed_is_told(stage: Stage, photo: str) -> None:
    def frame(x: float, text: str = "12") -> list[AnyElement]:
        return [
            Fill("#123"),
            Image(photo, x=30, y=30, width=40),
            Group((Rect(x=x, y=70, width=10, height=8), Text(text, size=10, x=120, y=20)), opacity=0.5),
        ]

    told = check(stage, [frame(40), frame(40), frame(45.5), frame(45.5, "13"), frame(40, "12"), frame(40)])
    assert told[0] == [(0, 0, 160, 90)]
    assert told[1] == told[5] == []
    assert [(top, bottom) for _, top, _, bottom in told[2]] == [(66, 74)]
    assert all(30 <= left < right <= 56 for left, _, right, _ in told[2])
    assert all(left > 100 and 10 <= top < bottom <= 30 for left, top, _, bottom in told[3])
    assert (66, 74) in [(top, bottom) for _, top, _, bottom in told[4]]


def test_what_moves_in_order_appears_and_leaves(stage: Stage, photo: str) -> None:
    a = Rect(x=40, y=40, width=30, height=30, fill="red", shadow=Shadow(6, 3, 3))
    b = Ellipse(x=50, y=50, width=30, fill="lime", blur=2)
    c = Image(photo, x=60, y=40, width=30, rotation=10, radius=4)
    e = Line(x1=20, y1=20, x2=90, y2=60, stroke=Stroke("white", 0.3), blend="difference")
    frames: list[list[AnyElement]] = [[a, b, c, e], [b, a, c, e], [e, c, b, a], [a, c], [], [a, b], [b]]
    check(stage, [[Fill("#234"), *frame] for frame in frames])
    check(stage, [[Fill("#234"), Group(tuple(frame), clip=Ellipse(width=60))] for frame in frames])
    check(stage, [[Row(tuple(frame[:2]), gap=3)] for frame in frames])


def test_little_is_drawn_where_little_changes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw = ElementDrawing.draw

    def counted(self: ElementDrawing, target: Any, element: AnyElement, *args: Any, **kwargs: Any) -> None:
        drawn.append(type(element).__name__)
        draw(self, target, element, *args, **kwargs)

    monkeypatch.setattr(ElementDrawing, "draw", counted)
    size = (stage.width, stage.height)
    renderer, kept = Renderer(*size, stage.find), KeptFrame(np.empty((size[1], size[0], 4), np.uint8))
    for x in (20, 21, 22):
        drawn.clear()
        many = tuple(Ellipse(width=4, x=8 * i, y=80) for i in range(20))
        renderer.redraw(stage.tree(Fill("#123"), Group(many), Rect(x=x, y=20, width=8, height=8)), kept)
    assert drawn == ["Fill", "Rect"]


def test_a_frame_that_fails_is_forgotten(stage: Stage) -> None:
    size = (stage.width, stage.height)
    renderer = Renderer(*size, stage.find, clips=stage.clips)
    kept = KeptFrame(np.zeros((size[1], size[0], 4), np.uint8))
    good = stage.tree(Fill("#123"), Rect(x=20, width=10, height=10))
    bad = stage.tree(Fill("#123"), Rect(x=20, width=10, height=10), Rect(width=10, height=10, clip=Ellipse()))
    renderer.redraw(good, kept)
    gone = FrameTree(bad.width, bad.height, (*good.elements, Image("asset:gone.png")))
    with pytest.raises(ElementError) as caught:
        renderer.redraw(gone, kept)
    assert caught.value.element == "Image[2]"
    assert renderer.redraw(bad, kept) == [(0, 0, *size)]
    np.testing.assert_array_equal(kept.pixels, alone(stage, bad, size))


def test_figures_that_are_called_with_another_number_are_drawn_again(stage: Stage) -> None:
    def plot(figure: Any, value: object) -> None:
        figure.text(0.1, 0.5, repr(value), fontsize=20)

    drawing: Any = plot
    film = [
        [Fill("white"), Group((Figure(drawing, (value,), width=80, height=60, dpi=50),))]
        for value in (1, 1.0, 1)
    ]
    told = check(stage, film)  # type: ignore[arg-type]
    assert told[1]
    assert told[2]


def test_another_size_of_the_film_is_drawn_as_a_whole(stage: Stage) -> None:
    renderer = Renderer(80, 45, Path)
    kept = KeptFrame(np.empty((45, 80, 4), np.uint8))
    for side in (160, 170):
        tree = FrameTree(side, 90, (Rect(x=20, y=20, width=10, height=10),))
        assert renderer.redraw(tree, kept) == [(0, 0, 80, 45)]
        np.testing.assert_array_equal(kept.pixels, alone(stage, tree, (80, 45)))
