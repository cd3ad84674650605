"""Pictures beside names: in every chart that has names, as high as letters, and never over words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as PilImage

import bazaar_nb as bz
from bazaar_nb.charts import (
    BarRace,
    Bars,
    Box,
    Compare,
    Counter,
    Heatmap,
    LineRace,
    Map,
    Progress,
    Ridge,
    Scatter,
    ScatterRace,
    Share,
    Slope,
    Table,
    Timeline,
)
from bazaar_nb.charts.chart import Chart
from bazaar_nb.charts.parts.room import Area
from bazaar_nb.scene.elements import Group, Image, Text

NAMES = ("Kenya", "Chile", "Turkey")
YEARS = {"year": [2000, 2010, 2020], "Kenya": [1, 3, 9], "Chile": [4, 5, 6], "Turkey": [7, 7, 8]}
LONG = {
    "year": [2000, 2000, 2000, 2010, 2010, 2010],
    "who": list(NAMES) * 2,
    "n": [1, 4, 7, 3, 5, 7],
    "m": [9, 2, 3, 8, 4, 4],
}
LAST = {"who": list(NAMES), "n": [9, 6, 8], "m": [2, 5, 4], "x": [37.0, -71.0, 35.0], "y": [0.0, -33.0, 39.0]}
SAMPLES = {"Kenya": [1, 2, 3, 9], "Chile": [4, 5, 6, 6], "Turkey": [7, 7, 8, 2]}
CHARTS: dict[str, Callable[..., Chart[Any]]] = {
    "bars": partial(Bars, LAST, name="who", value="n"),
    "bar race": partial(BarRace, YEARS, time="year"),
    "line race": partial(LineRace, YEARS, time="year"),
    "scatter race": partial(ScatterRace, LONG, x="n", y="m", time="year", name="who"),
    "slope": partial(Slope, YEARS, time="year"),
    "scatter": partial(Scatter, LAST, x="n", y="m", name="who", labels="all"),
    "box": partial(Box, SAMPLES),
    "ridge": partial(Ridge, SAMPLES),
    "heatmap": partial(Heatmap, LONG, x="year", y="who", value="n"),
    "donut": partial(Share, LAST, name="who", value="n"),
    "inside": partial(Share, LAST, name="who", value="n", labels="inside", hole=0.3),
    "waffle": partial(Share, LAST, name="who", value="n", form="waffle"),
    "table": partial(Table, LAST, columns=["who", "n"]),
    "timeline": partial(Timeline, {"year": [1990, 2000, 2011], "who": list(NAMES)}, time="year", name="who"),
    "progress": partial(Progress, {name: n / 9 for name, n in zip(NAMES, (1, 4, 7), strict=True)}),
    "rings": partial(Progress, {name: n / 9 for name, n in zip(NAMES, (1, 4, 7), strict=True)}, style="ring"),
    "states": partial(Compare, LAST, name="who", value=["m", "n"]),
    "map": partial(Map, LAST, x="x", y="y", name="who", label="who"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("flags")
    found = {}
    for name, color in zip(NAMES[:2], ("red", "green"), strict=True):
        PilImage.new("RGB", (30, 20), color).save(folder / f"{name}.png")
        found[name] = str(folder / f"{name}.png")
    return found


def _all(elements: Sequence[Any], kind: type) -> Iterator[Any]:
    for element in elements:
        if isinstance(element, kind):
            yield element
        elif isinstance(element, Group):
            yield from _all(element.children, kind)


def _box(one: Image, size: tuple[float, float]) -> Area:
    del size
    x, y, width, height = (float(part) for part in (one.x, one.y, one.width, one.height))  # type: ignore[arg-type]
    left = x - width * (0.0 if "left" in one.anchor else 1.0 if "right" in one.anchor else 0.5)
    top = y - height * (0.0 if "top" in one.anchor else 1.0 if "bottom" in one.anchor else 0.5)
    return Area(left, top, left + width, top + height)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
@pytest.mark.parametrize("kind", list(CHARTS))
def test_pictures_are_in_the_box_apart_and_over_no_words(
    kind: str, size: tuple[float, float], files: dict[str, str]
) -> None:
    chart = CHARTS[kind](images=files)
    elements = chart.at(chart.duration, *size).children
    room = chart._laid_out(*size, False)[0]
    pictures = [_box(one, size) for one in _all(elements, Image)]
    assert len(pictures) >= 2
    assert {one.source for one in _all(elements, Image)} == set(files.values())
    words = [room.box_of(one) for one in _all(elements, Text) if str(one.text).strip() and not one.rotation]
    for one in pictures:
        assert one.left >= 0
        assert one.right <= size[0]
        for other in words:
            wide = min(one.right, other.right) - max(one.left, other.left)
            tall = min(one.bottom, other.bottom) - max(one.top, other.top)
            assert wide < 1 or tall < 0.3 * room.label_size
    for one, other in combinations(pictures, 2):
        assert min(one.right, other.right) <= max(one.left, other.left) + 1 or (
            min(one.bottom, other.bottom) <= max(one.top, other.top) + 1
        )


def test_a_counter_has_a_picture_of_its_label(files: dict[str, str]) -> None:
    chart = Counter(5, label="Kenya", images=files)
    (picture,) = _all(chart.at(4).children, Image)
    (label,) = [one for one in _all(chart.at(4).children, Text) if one.text == "Kenya"]
    assert picture.x + picture.width < label.x + picture.width
    bz.Composition([chart], width=320, height=180).still(-1)


def test_images_of_nobody_and_of_areas_are_refused(files: dict[str, str]) -> None:
    with pytest.raises(bz.InvalidValueError, match=r"`images` names 'kenya', which is not there.*'Kenya'"):
        Box(SAMPLES, images={"kenya": files["Kenya"]})
    with pytest.raises(bz.InvalidValueError, match="stand beside the `label` of points"):
        Map(LAST, x="x", y="y", name="who", images=files)


def test_a_picture_that_cannot_be_read_is_told_when_it_is_drawn(tmp_path: Path) -> None:
    chart = Box(SAMPLES, images={"Kenya": str(tmp_path / "nowhere.png")})
    assert len(list(_all(chart.at(5).children, Image))) == 1
    with pytest.raises(bz.BazaarError, match=r"nowhere\.png"):
        bz.Composition([chart], width=320, height=180).still(-1)


def test_a_white_flag_has_an_edge_on_a_light_ground(files: dict[str, str]) -> None:
    for theme, has_edge in (("light", True), ("dark", False)):
        chart = Bars(LAST, name="who", value="n", images=files, theme=theme)
        pictures = list(_all(chart.at(chart.duration).children, Image))
        assert [one.shadow is not None for one in pictures] == [has_edge] * 2
