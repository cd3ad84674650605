"""Points are drawn as ellipses in the same spots are, in their order, whatever part of them is seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.assets import Assets
from bazaar_nb.draw.bitmaps import BitmapCache
from bazaar_nb.draw.canvas import Target, surface_on
from bazaar_nb.draw.elements import points as points_kind
from bazaar_nb.draw.elements.registry import KINDS, Brush, place
from bazaar_nb.draw.mark_compositing import layers
from bazaar_nb.draw.marks import mask_side, mask_sides
from bazaar_nb.draw.outlines import local_matrix
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import AnyElement, Ellipse, Fill, Group, Path, Points, Polygon, Rect
from bazaar_nb.scene.paint import Shadow, Stroke
from bazaar_nb.scene.tree import FrameTree, check_elements
from tests.draw.stage import RGB, Stage

points: Any = Points


def psnr(one: RGB, other: RGB) -> float:
    error = float(((one.astype(float) - other) ** 2).mean())
    return 10 * np.log10(255**2 / error) if error else np.inf


def scattered(count: int, seed: int = 1, low: float = 3, high: float = 9) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-5, 165, count), rng.uniform(-5, 95, count)
    return {
        "x": x,
        "y": y,
        "size": rng.uniform(low, high, count),
        "color": rng.integers(0, 256, (count, 3)).astype(np.uint8),
    }


def one_by_one(fields: dict[str, Any], kind: Any = Ellipse, **more: Any) -> Group:
    rows = zip(fields["x"], fields["y"], fields["size"], fields["color"], strict=True)
    return Group(
        tuple(
            kind(x=x, y=y, width=size, height=size, fill=f"rgb({r} {g} {b})", **more)
            for x, y, size, (r, g, b) in rows
        )
    )


@pytest.mark.parametrize(("count", "least"), [(20, 60), (60, 40), (300, 37)])
@pytest.mark.parametrize("scale", [1.0, 1.7])
def test_points_are_the_ellipses_in_their_spots(stage: Stage, count: int, least: float, scale: float) -> None:
    fields = scattered(count)
    whole = [stage.draw(Fill("#123"), e, scale=scale) for e in (points(**fields), one_by_one(fields))]
    assert psnr(*whole) >= least
    stroke = Stroke("white", 1.5)
    outlined = points(**fields, stroke=stroke), one_by_one(fields, stroke=stroke)
    assert psnr(*(stage.draw(Fill("#123"), e, scale=scale) for e in outlined)) >= least - 5


def test_a_full_hd_frame_of_10000_points_is_that_of_ellipses(stage: Stage) -> None:
    stage.width, stage.height = 1920, 1080
    rng = np.random.default_rng(2)
    fields = scattered(10_000, low=6, high=10) | {
        "x": rng.uniform(0, 1920, 10_000),
        "y": rng.uniform(0, 1080, 10_000),
    }
    assert psnr(*(stage.draw(Fill("#112"), e) for e in (points(**fields), one_by_one(fields)))) >= 40
    fields |= {"size": np.full(10_000, 8.3), "color": np.full((10_000, 3), 255, np.uint8)}
    assert psnr(*(stage.draw(Fill("#112"), e) for e in (points(**fields), one_by_one(fields)))) >= 42


def test_later_points_lie_over_earlier_ones(stage: Stage) -> None:
    rng = np.random.default_rng(4)
    for count in (8, 200):
        colors = rng.integers(0, 256, (count, 3)).astype(np.uint8)
        drawn = stage.draw(points(80 + rng.uniform(-1, 1, count), 45, size=12, color=colors))
        assert drawn[45, 80].tolist() == colors[-1].tolist()
        stacked = stage.draw(points(np.linspace(60, 100, count), 45, size=12, color=colors[::-1]))
        assert stacked[45, 99].tolist() == colors[0].tolist()


@given(st.integers(0, 1000), st.integers(1, 200), st.integers(3, 12), st.integers(12, 90))
def test_a_layer_holds_what_does_not_meet_and_comes_after_what_it_lies_over(
    seed: int, count: int, side: int, spread: int
) -> None:
    rng = np.random.default_rng(seed)
    left, top = rng.integers(-spread, spread, (2, count)).astype(np.int32)
    sides = rng.integers(2, side, count).astype(np.int32)
    layer = layers(left, top, sides)
    assert layer.shape == (count,)
    right, bottom = left + sides, top + sides
    beside = (left < right[:, None]) & (left[:, None] < right)
    meets = beside & (top < bottom[:, None]) & (top[:, None] < bottom)
    earlier, later = np.nonzero(np.triu(meets, 1))
    assert (layer[earlier] < layer[later]).all()
    assert set(layer) == set(range(layer.max() + 1))


@given(st.lists(st.floats(0, 33), min_size=1, max_size=30), st.floats(0, 3), st.floats(-90, 90))
def test_a_square_holds_its_mark(sizes: list[float], reach: float, angle: float) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    sides, kinds = mask_sides(np.array(sizes), turn, reach)
    assert sides == sorted(set(sides))
    assert len(sides) <= 3
    needed = [mask_side(size, turn, reach) for size in sizes]
    assert sides[-1] == max(needed)
    assert (np.array(sides)[kinds] >= needed).all()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 99),
    st.tuples(*[st.integers(0, 159)] * 2),
    st.tuples(*[st.integers(0, 89)] * 2),
    st.booleans(),
)
def test_a_part_of_the_frame_has_the_pixels_of_the_whole(
    seed: int, across: tuple[int, int], down: tuple[int, int], own_alpha: bool
) -> None:
    fields = scattered(150, seed)
    if own_alpha:
        fields["opacity"] = np.linspace(0, 1, 150)
    (element,) = check_elements((points(**fields, stroke=Stroke("lime", 1), rotation=9),), scene="s", frame=0)
    left, right, top, bottom = min(across), max(across) + 1, min(down), max(down) + 1
    assets, frames = Assets(Path), []  # type: ignore[arg-type]
    area = place(element, 160, 90, assets)
    regions = skia.Region(skia.IRect.MakeLTRB(0, 0, 160, 90))
    one = skia.Region(skia.IRect.MakeLTRB(left, top, right, bottom))
    two = skia.Region(one)
    two.op(skia.IRect.MakeLTRB(0, 0, 9, 9), skia.Region.kUnion_Op)
    for region in (regions, one, two):
        pixels = np.full((90, 160, 4), 255, np.uint8)
        pixels[:, :, 0] = np.arange(160)
        canvas = surface_on(pixels).getCanvas()
        canvas.clipRegion(region)
        canvas.concat(local_matrix(element, area))
        brush = Brush(Target(canvas, pixels), assets, BitmapCache(1), area, (160.0, 90.0), 1.0, "normal")
        draw = KINDS[Points].draw
        assert draw is not None
        draw(brush, element)
        frames.append(pixels)
    whole, part, parts = frames
    assert np.array_equal(part[top:bottom, left:right], whole[top:bottom, left:right])
    assert np.array_equal(parts[top:bottom, left:right], whole[top:bottom, left:right])
    assert np.array_equal(parts[:9, :9], whole[:9, :9])
    outside = np.ones((90, 160), bool)
    outside[top:bottom, left:right] = False
    assert (part[outside][:, 1:] == 255).all()


SHAPES = ["circle", "square", "diamond", "triangle", "cross", "ring", Path("M5 5 L25 5 L15 15 Z")]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("turned", [{}, {"rotation": 30.0}, {"scale": (1.5, -0.6)}, {"skew": (20.0, 0.0)}])
def test_many_marks_are_those_of_few(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, shape: Any, turned: dict[str, Any]
) -> None:
    x, y = (grid.ravel() * 22.3 + 10 for grid in np.meshgrid(np.arange(6.0), np.arange(4.0)))
    element = points(x, y, size=15, shape=shape, stroke=Stroke("red", 2), **turned)
    few = stage.draw(Fill("#123"), element)
    monkeypatch.setattr(points_kind, "_FEW", 0)
    assert psnr(few, stage.draw(Fill("#123"), element)) >= 34
    shadowed = stage.draw(Fill("#fff"), replace(element, shadow=Shadow(5, 30, 30)))
    monkeypatch.setattr(points_kind, "_FEW", 99)
    assert psnr(shadowed, stage.draw(Fill("#fff"), replace(element, shadow=Shadow(5, 30, 30)))) >= 34


def test_shapes_are_what_they_are_called(stage: Stage) -> None:
    area = {}
    for shape in SHAPES:
        drawn = stage.draw(points(80, 45, size=40, shape=shape))[:, :, 0]
        rows, columns = np.nonzero(drawn > 2)
        assert (columns.min(), columns.max()) == (60, 99)
        area[str(shape)[:7]] = drawn.sum() / 255 / 1600
        assert (rows.min(), rows.max()) == ((35, 54) if isinstance(shape, Path) else (25, 64))
    wanted = {"circle": np.pi / 4, "square": 1, "diamond": 0.5, "triangl": 0.5, "cross": 5 / 9}
    wanted |= {"ring": np.pi / 4 * 0.64, "Path(d=": 0.25}
    assert area == pytest.approx(wanted, rel=0.03)


def test_opacity_is_of_the_whole_and_an_array_of_each(stage: Stage) -> None:
    here = np.full(40, 80.0)
    drawn = stage.draw(points(here, 45, size=10, opacity=0.25))
    assert abs(int(drawn[45, 80, 0]) - 64) <= 1
    each = stage.draw(points(here[:2], 45, size=10, opacity=[0.5, 0.5]))
    many = stage.draw(points(np.r_[here[:2], np.full(38, 10.0)], 45, size=10, opacity=np.full(40, 0.5)))
    for shown in (each, many):
        assert abs(int(shown[45, 80, 0]) - 191) <= 2
    for blend in ("multiply", "difference", "plus"):
        field = scattered(80)
        laid = points(**field, blend=blend), Group((points(**field),), blend=blend)
        one, other = (stage.draw(Fill("#8af"), element) for element in laid)
        assert np.abs(one.astype(int) - other).max() <= 2


@pytest.mark.parametrize("count", [10, 100])
def test_points_are_clipped_blurred_and_have_shadows(stage: Stage, count: int) -> None:
    field: Any = {"x": np.linspace(30, 130, count), "y": 45, "size": 12, "color": "#010101"}
    clipped = stage.draw(points(**field | {"color": "white"}, clip=Rect(width=40)))
    assert clipped[45, 70:90].min() == 255
    assert clipped[:, :58].max() == 0
    soft = stage.draw(points(**field | {"color": "white"}, blur=4))[:, 80, 0].astype(int)
    assert 60 < soft.max() < 255
    assert np.abs(np.diff(soft)).max() < 50
    shaded = stage.draw(points(**field, shadow=Shadow(6, 0, 9, "white")))[:, :, 0]
    assert shaded[57, 80] > 90
    assert shaded[45, 80] <= 1
    glass = stage.draw(points(**field | {"color": "#fff0"}, shadow=Shadow(6, 0, 4, "white")))[:, :, 0]
    assert np.median(glass[43:47, 40:120]) == 0
    assert glass[43:47, 40:120].max() < 30  # between two marks
    assert glass[54, 80] > 90


def test_the_box_is_that_of_all_marks(stage: Stage) -> None:
    element = points([10, 50, 30], [20, 25, 80], size=9, dx="50%", dy=-3)
    assert place(element, 160, 90, Assets(Path)) == (85.5, 12.5, 49.0, 69.0)  # type: ignore[arg-type]
    shifted = stage.draw(points([10, 20], [30, 30], size=6, dx=40, dy=5))
    assert np.array_equal(shifted, stage.draw(points([50, 60], [35, 35], size=6)))
    assert stage.draw(points([], [], size=6)).max() == 0
    assert stage.draw(points(80, 45, size=10))[45, 80].tolist() == [255, 255, 255]


def test_marks_in_one_spot_and_large_ones_are_drawn(stage: Stage) -> None:
    deep = stage.draw(points(np.full(3000, 80.2), 45.1, size=8, color=np.eye(3)[np.arange(3000) % 3]))
    assert deep[45, 80].tolist() == [0, 0, 255]
    sizes = np.linspace(1, 60, 40)
    large = stage.draw(points(np.linspace(10, 150, 40), 45, size=sizes, color="red"))
    assert np.count_nonzero(large[45, :, 0]) > 100


def test_large_arrays_go_where_pixels_go_and_are_drawn_the_same(stage: Stage) -> None:
    rng = np.random.default_rng(1)
    xy = rng.uniform(0, 90, (20_000, 2))
    colors = rng.integers(0, 256, (20_000, 4)).astype(np.uint8)
    line: Any = xy.T
    array: Any = xy
    elements: list[AnyElement] = [
        points(*xy.T, size=xy[:, 0] / 30, color=colors), Polygon(array), Path(array, stroke=Stroke("red")),
    ]  # fmt: skip
    tree = stage.tree(*elements)
    first = tree.elements[0]
    assert isinstance(first, Points)
    assert first.x.data == b""
    assert first.x.asset.startswith("asset:")
    assert len(tree.to_msgpack()) < 2000
    assert FrameTree.from_json(tree.to_json()) == tree
    unpinned = FrameTree(160, 90, check_elements(tuple(elements), scene="s", frame=0))
    assert Pinner(str).pin(unpinned) == unpinned
    assert np.array_equal(stage.draw_tree(tree), stage.draw_tree(unpinned))
    small = stage.tree(points(*line[:, :100]))
    assert len(small.to_msgpack()) > 800
