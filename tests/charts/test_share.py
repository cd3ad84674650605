"""`Share`: parts add up, labels don't overlap, bad tables say where."""

from __future__ import annotations

import math

import cloudpickle
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.charts.parts.marks import Sector
from bazaar_nb.charts.shares.waffle import hundredths
from bazaar_nb.errors import InvalidValueError

TABLE = {"source": ["Wind", "Sun", "Gas", "Coal"], "TWh": [140.0, 72.0, 78.0, 10.0]}
SIZES = [(1920, 1080), (1080, 1080), (1080, 1920), (640, 360)]


def _share(table: object = TABLE, **options: object) -> bz.charts.Share:
    return bz.charts.Share(table, name="source", value="TWh", **options)  # type: ignore[arg-type]


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=8))
def test_a_waffle_has_a_hundred_squares_and_each_part_is_off_by_less_than_one(sizes: list[float]) -> None:
    shares = np.array(sizes) / sum(sizes)
    counts = hundredths(shares)
    assert counts.sum() == 100
    assert np.abs(counts - 100 * shares).max() < 1 + 1e-6


def test_sectors_go_round_once_and_stand_for_the_shares() -> None:
    chart = _share()
    room, _, layout = chart._laid_out(1920, 1080, is_frame=False)
    forms = [mark.form for mark in chart._marks(room, layout, 5.0)]
    assert all(isinstance(form, Sector) for form in forms)
    edges = [(form.start, form.stop) for form in forms if isinstance(form, Sector)]
    pad = edges[0][0]
    assert 0 < pad < 0.02
    sweeps = [stop - start + 2 * pad for start, stop in edges]
    assert sweeps == pytest.approx([2 * math.pi * part for part in chart.shares])
    assert edges[-1][1] == pytest.approx(2 * math.pi - pad)
    assert [mark.key for mark in chart._marks(room, layout, 5.0)] == ["Wind", "Gas", "Sun", "Coal"]


def test_more_than_eight_parts_are_seven_and_the_rest() -> None:
    sizes = [float(200 - number) for number in range(200)]
    many = {"source": [f"part {number}" for number in range(200)], "TWh": sizes}
    chart = _share(many)
    assert chart.keys[:2] == ("part 0", "part 1")
    assert len(chart.keys) == 8
    assert chart.keys[-1] == "Other"
    assert chart.values.sum() == pytest.approx(sum(sizes))


@pytest.mark.parametrize("size", SIZES)
def test_labels_stand_apart_and_inside_the_box(size: tuple[int, int]) -> None:
    names = ["A name that is rather long and goes on and on", "b", "c", "d", "e", "f", "g", "h"]
    chart = _share({"source": names, "TWh": [90, 3, 2, 1, 1, 1, 1, 1]}, labels="outside")
    room, heading, layout = chart._laid_out(*size, is_frame=True)
    boxes = []
    for label in layout.labels:
        for text in label.words:
            width, height = room.measuring(text)
            x, y = float(text.x or 0), float(text.y or 0)
            left = x if text.anchor == "left" else x - width
            boxes.append((left, y - height / 2, left + width, y + height / 2))
    for number, (a, b, c, d) in enumerate(boxes):
        assert a >= heading.area.left - 1
        assert c <= heading.area.right + 1
        for e, f, g, h in boxes[:number]:
            assert min(c, g) <= max(a, e) + 0.5 or min(d, h) <= max(b, f) + 0.25 * (d - b)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("options", [{}, {"form": "waffle"}, {"labels": "inside"}, {"highlight": "Gas"}])
def test_a_picture_at_any_moment_and_the_same_again(size: tuple[int, int], options: dict[str, str]) -> None:
    chart = _share(title="Wind leads", **options)
    twin = cloudpickle.loads(cloudpickle.dumps(chart))
    for time in (0.0, 0.4, 1.0, 2.5, 5.0):
        assert chart.at(time, *size) == twin.at(time, *size)
    assert chart.at(4.6, *size) == chart.at(5.0, *size)


def test_bad_parts_are_told_all_at_once() -> None:
    table = {"source": ["a", "b", "a", "d"], "TWh": [1, -2, 3, float("inf")]}
    with pytest.raises(InvalidValueError) as told:
        _share(table)
    for words in ("'a' is a part already (in row 0)", "row 2", "below 0", "row 1", "infinite", "row 3"):
        assert words in str(told.value)
    with pytest.raises(InvalidValueError, match="did you mean 'source'"):
        bz.charts.Share(TABLE, name="sourc", value="TWh")
    with pytest.raises(InvalidValueError, match="no whole"):
        _share({"source": ["a"], "TWh": [0.0]})


def test_tables_of_any_kind_give_the_same() -> None:
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    wanted = _share().at(5.0)
    assert _share(pd.DataFrame(TABLE)).at(5.0) == wanted
    assert _share(pa.table(TABLE)).at(5.0) == wanted
