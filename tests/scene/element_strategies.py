"""Hypothesis strategies for every element and every field that it has."""

from __future__ import annotations

import atexit
import functools
import math
import pathlib
import shutil
import tempfile
from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st

from bazaar_nb.scene.elements import (
    AnyElement,
    Average,
    Clip,
    Column,
    Drawing,
    Ellipse,
    Fill,
    Filter,
    Group,
    Letters,
    Line,
    Mask,
    Path,
    Perspective,
    Pixels,
    Points,
    Polygon,
    Polyline,
    Rect,
    Row,
    Span,
    Text,
    letters_of,
)
from bazaar_nb.scene.filter_steps import ColorCube, ColorCurves, ColorMatrix, Glow, Grain
from bazaar_nb.scene.paint import ConicGradient, LinearGradient, RadialGradient, Shadow, Stroke
from bazaar_nb.values.color import NAMES
from tests.media.clip_files import make_clip

BLENDS = ["normal", "multiply", "screen", "overlay", "difference", "soft-light", "plus", "luminosity"]
ANCHORS = ["center", "top", "bottom", "left", "right", "top-left", "bottom-right"]


def numbers(low: float, high: float) -> st.SearchStrategy[Any]:
    """Numbers as authors have them: ints, floats, numpy's."""
    floats = st.floats(low, high).map(lambda value: value + 0.0)  # no -0.0
    return floats | floats.map(np.float64) | st.integers(int(np.ceil(low)), int(high)).flatmap(
        lambda value: st.sampled_from([value, float(value), np.int64(value), np.float32(value)])
    )  # fmt: skip


coordinates = numbers(-40, 200)
lengths = coordinates | st.sampled_from(["50%", "-10%", "0%", ".5%", "120.5%"])
extents = numbers(0, 120)
sizes = extents | st.sampled_from(["50%", "100%", "0%", "130%"])
units = numbers(0, 1)
degrees = st.just(0) | numbers(-400, 400)
colors = st.sampled_from(
    [*sorted(NAMES)[:40], "#abc", "#12345678", "transparent", "rgb(1 2 3 / 40%)", "hsl(200, 50%, 40%)"]
)
stops = st.lists(st.floats(0, 1).map(abs), min_size=2, max_size=4).map(sorted)


@st.composite
def gradients(draw: st.DrawFn) -> Any:
    at = draw(stops)
    given = tuple(draw(st.lists(colors, min_size=len(at), max_size=len(at))))
    options: dict[str, Any] = {"stops": draw(st.sampled_from([None, tuple(at)]))}
    kind = draw(st.sampled_from([LinearGradient, RadialGradient, ConicGradient]))
    if kind is not RadialGradient:
        options["angle"] = draw(st.sampled_from([0, 90, 180, 270]) | degrees)
    if kind is not LinearGradient:
        options["center"] = (draw(numbers(-1, 2)), draw(numbers(-1, 2)))
    return kind(given, **options)


paints = colors | gradients()
strokes = st.builds(
    Stroke,
    color=paints,
    width=numbers(0, 30),
    dash=st.sampled_from([(), (4, 2), (1.5, 3, 10, 2)]),
    dash_offset=numbers(-5, 5),
    cap=st.sampled_from(["butt", "round", "square"]),
    join=st.sampled_from(["miter", "round", "bevel"]),
)
shadows = st.builds(Shadow, blur=numbers(0, 60), dx=numbers(-20, 20), dy=numbers(-20, 20), color=colors)
COMMON: dict[str, st.SearchStrategy[Any]] = {
    "opacity": st.just(1) | units,
    "rotation": degrees,
    "scale": st.just(1) | numbers(-3, 3) | st.tuples(numbers(-2, 2), numbers(-2, 2)),
    "skew": st.just((0, 0)) | st.tuples(numbers(-60, 60), numbers(-60, 60)),
    "blur": st.just(0) | numbers(0, 30),
    "shadow": st.none() | shadows,
    "blend": st.just("normal") | st.sampled_from(BLENDS),
}
BOX: dict[str, st.SearchStrategy[Any]] = {
    **COMMON,
    "x": st.none() | lengths,
    "y": st.none() | lengths,
    "anchor": st.sampled_from(ANCHORS),
}
TRIM: dict[str, st.SearchStrategy[Any]] = {"start": st.just(0) | units, "end": st.just(1) | units}
_TRIANGLE: Any = np.array(((0, 0), (30, 0), (9, 40)))
PATHS = [
    "M0 0 L50 20 Z",
    "M10 10 C 20 0 40 60 90 10",
    "m5 5 a10 20 30 1 0 40 5 z",
    "M0 0",
    "M0 0 H9 V9 Q3 3 1 8 T5 5",
]


def made(kind: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Elements with some of these fields given."""
    return st.fixed_dictionaries({}, optional=fields).map(lambda given: kind(**given))


points = st.lists(st.tuples(numbers(-20, 90), numbers(-20, 90)), min_size=1, max_size=6).map(tuple)
FILLED: dict[str, st.SearchStrategy[Any]] = {"fill": st.none() | paints, "stroke": st.none() | strokes}
FREE: dict[str, st.SearchStrategy[Any]] = {**COMMON, **TRIM, **FILLED, "x": lengths, "y": lengths}
shapes = (
    made(Rect, **BOX, **FILLED, width=sizes, height=sizes, radius=extents | st.tuples(*[extents] * 4))
    | made(Ellipse, **BOX, **FILLED, width=sizes, height=st.none() | sizes)
    | st.sampled_from(PATHS).flatmap(lambda data: made(partial(Path, data), **FREE))
    | points.flatmap(lambda at: made(partial(Polygon, at), **FREE, closed=st.booleans()))
)


@st.composite
def arrays(draw: st.DrawFn) -> Any:
    """Points, lines and outlines of arrays, more and fewer than are drawn one by one."""
    count = draw(st.sampled_from([0, 1, 3, 50]))
    seed = draw(st.integers(0, 99))
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-20, 180, count), rng.uniform(-20, 110, count)
    free = {"dx": lengths, "dy": lengths}
    if draw(st.booleans()):
        size = draw(numbers(0, 20) | st.just(rng.uniform(0, 12, count)))
        color = draw(colors | st.just(rng.integers(0, 256, (count, 4)).astype(np.uint8)))
        shape: Any = draw(
            st.sampled_from(["circle", "square", "diamond", "triangle", "cross", "ring", Path(PATHS[0])])
        )
        stroke = draw(st.none() | st.builds(Stroke, color=colors, width=numbers(0, 4)))
        return draw(
            made(partial(Points, x, y, size=size, color=color, shape=shape, stroke=stroke), **COMMON, **free)
        )
    if count and draw(st.booleans()):
        xy: Any = np.stack([x, y], axis=1)
        return draw(made(partial(Polygon, xy), **FREE) | made(partial(Path, xy), **FREE))
    y[::7] = draw(st.sampled_from([1.0, np.nan]))
    if count == 50 and draw(
        st.booleans()
    ):  # so many that outlines are filled: of a smooth line, or a noisy one
        x = np.linspace(-20, 180, 600)
        y = 50 + 30 * np.sin(x / 20) + np.cumsum(rng.normal(0, draw(st.sampled_from([0.0, 2.0])), 600))
    return draw(
        made(
            partial(Polyline, x, np.stack([y, y + 9])),
            **COMMON,
            **TRIM,
            **free,
            stroke=strokes,
            closed=st.booleans(),
        )
    )


clips = (
    made(Rect, width=sizes, height=sizes, radius=extents, rotation=degrees)
    | made(Ellipse, width=sizes)
    | st.just(Path("M0 0 H40 L20 30 Z"))
    | st.just(Polygon(((0, 0), (30, 0), (9, 40))))
    | st.just(Polygon(_TRIANGLE))
)
LETTERS = st.text(alphabet="abc XYZ.,0123\n-éß", max_size=20)
weights = st.sampled_from([100, 400, 700, 900])
spans = st.builds(
    Span, LETTERS, color=st.none() | colors, size=st.none() | numbers(1, 60), weight=st.none() | weights,
    underline=st.booleans(), strike=st.booleans(), letter_spacing=st.none() | numbers(-3, 9),
)  # fmt: skip
TYPE: dict[str, st.SearchStrategy[Any]] = {
    "size": numbers(1, 90),
    "color": paints,
    "weight": weights,
    "italic": st.booleans(),
    "width": st.none() | sizes,
    "tabular": st.booleans(),
    "align": st.sampled_from(["left", "center", "right", "justify"]),
    "line_height": numbers(0.2, 3),
    "letter_spacing": numbers(-5, 20),
    "outline": strokes,
    "clip": clips,
}
texts = (LETTERS | st.lists(spans, min_size=1, max_size=3).map(tuple)).flatmap(
    lambda content: made(partial(Text, content), **BOX, **TYPE)
)


@st.composite
def letters(draw: st.DrawFn) -> Any:
    """Texts with letters that are changed one by one, all together, or not at all."""
    content = draw(LETTERS | st.lists(spans, min_size=1, max_size=3).map(tuple))
    count = len(letters_of(content))
    rng = np.random.default_rng(draw(st.integers(0, 99)))

    def each(low: float, high: float) -> st.SearchStrategy[Any]:
        return numbers(low, high) | st.just(rng.uniform(low, high, count))

    return draw(
        made(
            partial(Letters, content),
            **BOX,
            **TYPE,
            letter_dx=each(-40, 40),
            letter_dy=each(-40, 40),
            letter_scale=each(-2, 2),
            letter_rotation=each(-200, 200),
            letter_opacity=each(0, 1),
            letter_color=st.none() | colors | st.just(rng.uniform(0, 1, (count, 4))),
        )
    )


PICTURE: dict[str, st.SearchStrategy[Any]] = {
    "width": st.none() | numbers(1, 90),
    "height": st.none() | numbers(1, 90),
    "smooth": st.booleans(),
    "fit": st.sampled_from(["contain", "cover", "fill"]),
    "radius": extents,
    "clip": clips,
}


@st.composite
def pixels(draw: st.DrawFn) -> Any:
    shape = (draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(st.sampled_from([1, 3, 4])))
    data = draw(st.binary(min_size=math.prod(shape), max_size=math.prod(shape)))
    array: Any = np.frombuffer(data, np.uint8).reshape(shape)
    return draw(made(partial(Pixels, array), **BOX, **PICTURE))


@functools.cache
def clip_file() -> str:
    """Give a second of video, made when it is wanted first."""
    folder = tempfile.mkdtemp(prefix="clips-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    arguments = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "9")
    return str(make_clip(pathlib.Path(folder) / "clip.mp4", *arguments, frames=25))


VIDEO: dict[str, st.SearchStrategy[Any]] = {
    **{name: values for name, values in PICTURE.items() if name != "smooth"},
    "trim": st.sampled_from([None, (0.2, 0.6), (0.36, None)]),
    "speed": st.just(1) | numbers(0.1, 5),
    "reverse": st.booleans(),
    "loop": st.booleans(),
    "freeze": st.none() | numbers(0, 1),
    "volume": numbers(0, 2),
    "played": numbers(-0.3, 3),
}
videos = st.deferred(lambda: made(partial(Clip, clip_file()), **BOX, **VIDEO))
leaves: st.SearchStrategy[Any] = (
    made(Fill, **COMMON, paint=paints)
    | shapes
    | made(Line, **COMMON, **TRIM, x1=lengths, y1=lengths, x2=lengths, y2=lengths, stroke=strokes)
    | texts
    | letters()
    | pixels()
    | videos
    | arrays()
)
STACK: dict[str, st.SearchStrategy[Any]] = {
    **BOX,
    "gap": numbers(-5, 20),
    "padding": numbers(0, 20),
    "width": st.none() | sizes,
    "height": st.none() | sizes,
    "align": st.sampled_from(["start", "center", "end"]),
    "justify": st.sampled_from(["start", "center", "end", "space-between"]),
    "clip": clips,
}


shares = st.floats(0, 1, width=32).map(lambda value: value + 0.0)
_CUBE: Any = np.linspace(1, 0, 24).reshape(8, 3)
filter_steps = (
    st.lists(numbers(-1, 2), min_size=12, max_size=12).map(lambda values: ColorMatrix(tuple(values)))
    | st.sampled_from([(0, 1), (1, 0), (0, 0.2, 1), (0.5, 0.5)]).map(lambda at: ColorCurves(np.array(at)))
    | st.builds(ColorCube, st.just(""), st.just(_CUBE), shares)
    | st.builds(Glow, radius=numbers(0, 40), strength=numbers(0, 2), threshold=shares)
    | st.builds(Grain, amount=shares, size=numbers(0.5, 9), seed=st.integers(0, 2**53), colored=st.booleans())
)


def layers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Elements that put those in them together in a way of their own."""
    box: dict[str, Any] = {**BOX, "children": inner, "width": sizes, "height": sizes, "clip": clips}
    turns = st.just(0) | numbers(-400, 400)
    return (
        made(Filter, **box, steps=st.lists(filter_steps, min_size=1, max_size=3).map(tuple))
        | st.builds(
            lambda shown, mask, fields: Mask(shown, by=mask, **fields),
            inner,
            inner,
            st.fixed_dictionaries(
                {}, optional={**BOX, "mode": st.sampled_from(["alpha", "luma"]), "inverted": st.booleans()}
            ),
        )
        | made(Average, **box)
        | made(
            Perspective,
            **box,
            rotate_x=turns,
            rotate_y=turns,
            distance=st.none() | numbers(1, 400),
            depth=numbers(-90, 90),
            vanishing=st.tuples(numbers(-1, 2), numbers(-1, 2)),
        )
    )


def groups(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    inner = st.lists(children, max_size=3)
    return (
        made(Group, **BOX, children=inner, width=sizes, height=sizes, clip=clips)
        | made(Row, **STACK, children=inner)
        | made(Column, **STACK, children=inner)
        | layers(inner)
    )


elements: st.SearchStrategy[AnyElement] = st.recursive(leaves, groups, max_leaves=5)


def _strokes(canvas: Any, size: tuple[float, float], turn: float, color: int) -> None:
    """Draw something, and leave the canvas as it isn't to be left."""
    import skia

    paint = skia.Paint(AntiAlias=True, Color=0xFF000000 | color, StrokeWidth=5)
    canvas.restore()
    canvas.rotate(turn, size[0] / 2, size[1] / 2)
    canvas.drawLine(0, 0, *size, paint)
    canvas.saveLayerAlpha(skia.Rect.MakeWH(50, 50), 120)
    canvas.drawOval(skia.Rect.MakeXYWH(10, 10, size[0], 20), paint)
    canvas.clipRect(skia.Rect.MakeWH(1, 1))


with_functions: st.SearchStrategy[Any] = st.tuples(numbers(-90, 90), st.integers(0, 0xFFFFFF)).flatmap(
    lambda args: made(partial(Drawing, _strokes, args), **BOX, width=sizes, height=sizes, clip=clips)
)
"""Elements that a saved film has as pixels: it holds no functions."""
