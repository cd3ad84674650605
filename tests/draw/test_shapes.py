from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from bazaar_nb.draw.svg_path import parse_path
from bazaar_nb.scene.elements import (
    AnyElement,
    BlendMode,
    Column,
    Ellipse,
    Fill,
    Group,
    Path,
    Polygon,
    Rect,
    Row,
    Text,
)
from bazaar_nb.scene.paint import (
    ConicGradient,
    Gradient,
    LinearGradient,
    Paint,
    RadialGradient,
    Shadow,
    Stroke,
)
from bazaar_nb.values.color import parse_color
from tests.draw.stage import RGB, Stage
from tests.texts import refused_or_read, texts


def where(picture: RGB, color: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the pixels of a colour."""
    y, x = np.nonzero((picture == color).all(axis=2))
    return int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1


@pytest.mark.parametrize("color", ["#1e1b4b", "tomato", "hsl(200 50% 40%)", "rgb(10% 20% 30%)"])
@pytest.mark.parametrize("kind", ["fill", "rect", "turned", "small", "gradient", "stroke", "group"])
def test_a_colour_comes_out_as_css_says(stage: Stage, color: str, kind: str) -> None:
    flat = LinearGradient((color, color), angle=30)
    elements: dict[str, AnyElement] = {
        "fill": Fill(color),
        "rect": Rect(fill=color),
        "turned": Rect(fill=color, rotation=20),
        "small": Rect(width=10, height=10, fill=color),
        "gradient": Rect(fill=flat),
        "stroke": Rect(width=40, height=40, fill=None, stroke=Stroke(color, 80)),
        "group": Group((Fill(color), Ellipse(width=8, fill=color)), opacity=0.9999),
    }
    wanted = np.array(parse_color(color)[:3]) * 255
    seen = stage.draw(elements[kind])[45, 80]
    assert np.abs(seen - wanted).max() <= 1


@pytest.mark.parametrize("opacity", [0.1, 0.5, 0.77])
@pytest.mark.parametrize("radius", [0.0, 12.0])
@pytest.mark.parametrize("size", [(20, 16), (140, 80)])  # drawn by skia, and blitted
def test_half_transparent_colours_mix_exactly(
    stage: Stage, opacity: float, radius: float, size: tuple[int, int]
) -> None:
    box = Rect(width=size[0], height=size[1], radius=radius, fill="#40c080", opacity=opacity)
    drawn = stage.draw(Fill("#f0e010"), box)
    below, above = np.array([0xF0, 0xE0, 0x10]), np.array([0x40, 0xC0, 0x80])
    assert np.abs(drawn[45, 80] - (below + (above - below) * opacity)).max() <= 1.5  # 8 bits, rounded twice
    assert (drawn[0, 0] == below).all()


@pytest.mark.parametrize(
    "paint",
    ["white", "#fffffffe", LinearGradient(("white", "white")), RadialGradient(("white", "white"))],
)
@pytest.mark.parametrize("rotation", [0.0, 180.0])
def test_an_edge_between_pixels_is_covered_by_its_share(stage: Stage, paint: Paint, rotation: float) -> None:
    drawn = stage.draw(Rect(width=100, height=60, x=80.25, fill=paint, rotation=rotation))
    assert abs(int(drawn[45, 30, 0]) - 191) <= 2  # a doubled edge would give 143
    assert abs(int(drawn[45, 130, 0]) - 64) <= 2
    assert drawn[45, 29].max() == 0
    assert drawn[45, 31].min() >= 254


@pytest.mark.parametrize(
    "gradient",
    [
        LinearGradient(("red", "lime", "blue"), angle=0),
        LinearGradient(("red", "lime", "blue")),
        LinearGradient(("red", "#00f8"), angle=33),
        LinearGradient(("red", "blue", "white"), angle=200, stops=(0.1, 0.4, 0.6)),
        RadialGradient(("white", "navy"), center=(0.3, 0.6), radius=0.7),
        ConicGradient(("red", "lime", "blue", "red"), center=(0.4, 0.5), angle=70),
    ],
)
@pytest.mark.parametrize(("x", "y"), [(80.0, 45.0), (77.3, 40.6), (10.0, 5.0)])
def test_gradients_by_table_are_those_of_skia(stage: Stage, gradient: Gradient, x: float, y: float) -> None:
    upright = Rect(width=120, height=70, x=x, y=y, fill=gradient)
    # A turn too small to be seen: the same box takes skia's shader.
    turned = Rect(width=120, height=70, x=x, y=y, fill=gradient, rotation=1e-4)
    table, shader = stage.draw(upright).astype(int), stage.draw(turned).astype(int)
    difference = np.abs(table - shader).max(axis=2)
    assert np.quantile(difference, 0.98) <= 3  # but for the seam of a conic one


def test_a_gradient_moves_with_its_box(stage: Stage) -> None:
    stripes = LinearGradient(("black", "black", "white", "white"), angle=0, stops=(0, 0.5, 0.5, 1))
    for k in range(8):
        drawn = stage.draw(Rect(width=100, height=40, x=70 + k / 4, fill=stripes))
        step = int(np.argmax(drawn[45, :, 0] > 128))
        assert abs(step - (70 + k / 4)) <= 0.51


def test_opacity_of_a_group_holds_for_the_whole(stage: Stage) -> None:
    discs = (Ellipse(width=40, x=60, fill="red"), Ellipse(width=40, x=85, fill="blue"))
    drawn = stage.draw(Fill("white"), Group(discs, opacity=0.5))
    assert np.abs(drawn[45, 72] - np.array([127, 127, 255])).max() <= 1  # no red shines through


@pytest.mark.parametrize("blend", ["multiply", "screen", "difference", "plus", "darken", "lighten"])
def test_blend_modes_give_what_css_says(stage: Stage, blend: BlendMode) -> None:
    above = "rgb(65 128 128)"
    one = Fill(above, blend=blend)
    several = Group((Fill(above), Rect(width=1, height=1)), blend=blend)
    for element in (one, several):
        drawn = stage.draw(Fill("rgb(200 0 255)"), element)
        assert np.abs(drawn[10, 10] - np.array(_blend(blend))).max() <= 2


def _blend(mode: str) -> list[float]:
    below, above = np.array([200, 0, 255]) / 255, np.array([65, 128, 128]) / 255
    mixed = {
        "multiply": below * above,
        "screen": below + above - below * above,
        "difference": np.abs(below - above),
        "plus": np.minimum(1, below + above),
        "darken": np.minimum(below, above),
        "lighten": np.maximum(below, above),
    }[mode]
    return list(mixed * 255)


def test_clip_turn_scale_and_mirror(stage: Stage) -> None:
    clipped = stage.draw(Rect(width=80, height=40, fill="red", clip=Rect(width="50%", x=0, anchor="left")))
    assert where(clipped, (255, 0, 0)) == (40, 25, 80, 65)
    turned = stage.draw(Rect(width=80, height=40, fill="red", rotation=90))
    assert where(turned, (255, 0, 0)) == (60, 5, 100, 85)
    halves = (
        Rect(width="50%", x=0, anchor="left", fill="red"),
        Rect(width="50%", x="100%", anchor="right", fill="blue"),
    )
    mirrored = stage.draw(Group(halves, width=80, height=40, scale=(-1, 0.5)))
    assert where(mirrored, (0, 0, 255)) == (40, 35, 80, 55)
    nested = stage.draw(Group((Group(halves, clip=Ellipse(width=40)),), width=80, height=40, rotation=180))
    assert (nested[45, 70] == (0, 0, 255)).all()
    assert nested[30, 45].max() == 0


@pytest.mark.parametrize("justify", ["start", "center", "end", "space-between"])
@pytest.mark.parametrize("align", ["start", "center", "end"])
def test_rows_and_columns_place_their_children(stage: Stage, justify: str, align: str) -> None:
    children = (Rect(width=10, height=20, fill="red"), Rect(width=30, height=10, fill="blue"))
    row = stage.draw(Row(children, width=100, height=50, padding=5, gap=4, justify=justify, align=align))  # type: ignore[arg-type]
    spare = 90 - 44
    left = 30 + 5 + {"start": 0, "center": spare // 2, "end": spare, "space-between": 0}[justify]
    top = 20 + 5 + {"start": 0, "center": 10, "end": 20}[align]
    assert where(row, (255, 0, 0)) == (left, top, left + 10, top + 20)
    right = left + 14 + (spare if justify == "space-between" else 0)
    low = 20 + 5 + {"start": 0, "center": 15, "end": 30}[align]
    assert where(row, (0, 0, 255)) == (right, low, right + 30, low + 10)
    column = stage.draw(Column(children, width=40, height=80, gap=4, justify=justify, align=align))  # type: ignore[arg-type]
    spare = 80 - 34
    down = 5 + {"start": 0, "center": spare // 2, "end": spare, "space-between": 0}[justify]
    side = 60 + {"start": 0, "center": 15, "end": 30}[align]
    assert where(column, (255, 0, 0)) == (side, down, side + 10, down + 20)


def test_a_row_is_as_large_as_its_children(stage: Stage) -> None:
    row = Row((Rect(width=20, height=30, fill="red"), Rect(width=20, height=10, fill="blue", x=3)), gap=6)
    drawn = stage.draw(row)
    assert where(drawn, (255, 0, 0)) == (57, 30, 77, 60)
    assert where(drawn, (0, 0, 255)) == (86, 40, 106, 50)


@pytest.mark.parametrize("kind", ["rect", "ellipse", "polygon", "path", "text", "group", "stroked"])
def test_a_shadow_is_whole_and_soft(stage: Stage, kind: str) -> None:
    shadow = Shadow(blur=12, dx=10, dy=8, color="white")
    elements: dict[str, AnyElement] = {
        "rect": Rect(width=50, height=30, fill="#010101", shadow=shadow),
        "ellipse": Ellipse(width=40, fill="#010101", shadow=shadow),
        "polygon": Polygon(((0, 0), (50, 0), (25, 40)), x=55, y=25, fill="#010101", shadow=shadow),
        "path": Path("M0 0 H50 V30 H0 Z", x=55, y=30, fill="#010101", stroke=None, shadow=shadow),
        "text": Text("MM", size=40, weight=900, color="#010101", shadow=shadow),
        "group": Group((Rect(width=50, height=30, fill="#010101"),), shadow=shadow),
        "stroked": Rect(width=40, height=20, fill="#010101", stroke=Stroke("#010101", 10), shadow=shadow),
    }
    light = stage.draw(elements[kind])[:, :, 0].astype(int)
    assert light.max() > 100
    steps = max(np.abs(np.diff(light[:, :20], axis=1)).max(), np.abs(np.diff(light[:12], axis=0)).max())
    assert steps <= 30  # the far edges fade out, nothing cuts them off
    for edge in (light[0], light[-1], light[:, 0], light[:, -1]):
        assert edge.max() <= 2
    small = stage.draw_tree(stage.tree(elements[kind]), scale=0.5)[:, :, 0].astype(int)
    halved = light.reshape(45, 2, 80, 2).mean(axis=(1, 3))
    assert np.abs(small - halved).mean() < 1.5


def test_a_shape_hides_its_own_shadow_even_where_it_is_glass(stage: Stage) -> None:
    glass = Rect(width=60, height=40, fill="#ffffff00", shadow=Shadow(blur=8, dx=0, dy=6, color="white"))
    light = stage.draw(glass)[:, :, 0]
    assert light[30:60, 55:105].max() == 0
    assert light[67, 80] > 60
    wave = "M0 0 C 20 -30 40 30 60 0"
    line = Path(wave, x=50, y=45, stroke=Stroke("#010101", 4), shadow=Shadow(6, 0, 8, "white"))
    light = stage.draw(line)[:, :, 0]
    whole = stage.draw(Path(wave, x=50, y=53, stroke=Stroke("white", 4), blur=3))
    outside = np.abs(light.astype(int) - whole[:, :, 0]) > 40
    assert outside.sum() <= 4 * 70  # differs at most below the line itself


def test_blur_spreads_evenly(stage: Stage) -> None:
    light = stage.draw(Ellipse(width=30, fill="white", blur=5))[:, :, 0].astype(float)
    assert np.abs(light - light[::-1]).max() <= 4
    assert np.abs(light - light[:, ::-1]).max() <= 4
    x = np.arange(160) + 0.5
    spread = math.sqrt((light.sum(0) * (x - 80) ** 2).sum() / light.sum())
    assert spread == pytest.approx(math.sqrt(15**2 / 4 + 5**2), rel=0.03)


def test_dashes_ends_and_trims(stage: Stage) -> None:
    square = Path("M0 0 H100", x=30, y=45, stroke=Stroke("white", 6, dash=(10, 10)))
    assert np.abs(np.diff((stage.draw(square)[45, :, 0] > 128).astype(int))).sum() == 10
    half = Path("M0 0 H100", x=30, y=45, stroke=Stroke("white", 6), start=0.25, end=0.5)
    assert where(stage.draw(half), (255, 255, 255)) == (55, 42, 80, 48)
    for start, end in ((1e-50, 1), (0, 1 - 1e-16)):  # nothing is left out in skia's numbers
        whole = Path("M0 0 H100", x=30, y=45, stroke=Stroke("white", 6), start=start, end=end)
        assert where(stage.draw(whole), (255, 255, 255)) == (30, 42, 130, 48)
    fine = Path("M0 0 H100", x=30, y=45, stroke=Stroke("white", 6, dash=(1e-50, 1e-50)))
    assert where(stage.draw(fine), (255, 255, 255)) == (30, 42, 130, 48)
    capped = Path("M0 0 H50", x=30, y=45, stroke=Stroke("white", 10, cap="square"))
    assert where(stage.draw(capped), (255, 255, 255)) == (25, 40, 85, 50)


@given(texts("M0 0L10 10Z", "M 10,10 C 1 2 3 4 5 6 a 5 5 0 1 1 9 9 z", "m1-2h3v4q1 2 3 4t5 6s1 2 3 4"))
def test_any_text_is_path_data_or_an_error(text: str) -> None:
    refused_or_read(lambda: parse_path(text))
