from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.charts import CallOut, Event, Reference
from bazaar_nb.charts.annotations import NAMES, read_annotations
from bazaar_nb.charts.parts.annotation_marks import place_events, place_references, reference_boxes
from bazaar_nb.charts.parts.call_outs import draw_call_out, place_call_outs
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.theme import LIGHT
from bazaar_nb.scales import Linear
from bazaar_nb.scene.elements import Text
from bazaar_nb.scene.frame import Size
from tests.charts.motion import texts

ALL = frozenset(NAMES)
AREA = Area(100, 200, 1700, 900)


def measure(text: Text) -> Size:
    return Size(0.55 * text.size * len(str(text.text)), 1.2 * text.size)


ROOM = Room(1920, 1080, LIGHT, measure)


def overlap(one: Area, other: Area) -> bool:
    return (
        min(one.right, other.right) > max(one.left, other.left) + 0.01
        and min(one.bottom, other.bottom) > max(one.top, other.top) + 0.01
    )


def test_shorthands_are_read() -> None:
    found = read_annotations(
        {"references": [3, (4, "Mean")], "events": {2008: "Crisis"}, "callouts": CallOut("!", key="A")},
        ALL,
        "X",
    )
    assert found.references == (Reference(3.0), Reference(4, "Mean"))
    assert found.events == (Event(2008, "Crisis"),)
    assert found.callouts == (CallOut("!", key="A"),)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"references": "3"}, "`references` must be a list of bz.charts.Reference"),
        ({"references": [None]}, "`references` takes"),
        ({"callouts": ["hello"]}, "`callouts` takes bz.charts.CallOut"),
        ({"events": [2008]}, "`events` takes"),
        ({"x_title": 3}, "`x_title` must be text"),
    ],
)
def test_wrong_types_are_told(given: dict[str, Any], message: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=message):
        read_annotations(given, ALL, "X")


def test_what_a_chart_has_no_place_for_is_refused_by_name() -> None:
    with pytest.raises(
        bz.InvalidValueError, match="X: it has no axis of values for `references`, and no axis of time"
    ):
        read_annotations({"references": [1], "events": {1: "a"}, "callouts": None}, frozenset(), "X")


@pytest.mark.parametrize(
    "make",
    [
        lambda: CallOut(""), lambda: CallOut("x"), lambda: CallOut("x", key="A", at=-1),
        lambda: CallOut("x", key="A", side="up"), lambda: CallOut("x", key="A", color="redd"),  # type: ignore[arg-type]
        lambda: Reference(float("inf")), lambda: Reference(1, axis="z"),  # type: ignore[arg-type]
        lambda: Event(None, "x"), lambda: Event(1, 2),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_wrong_annotations_are_refused(make: Any) -> None:
    with pytest.raises(bz.InvalidValueError):
        make()


def test_words_of_references_do_not_overlap() -> None:
    many = [Reference(value, f"Line {value}") for value in (10, 11, 12, 40, 41)]
    for placed in (
        place_references(ROOM, AREA, many, y=Linear((0, 50), (900, 200))),
        place_references(ROOM, AREA, many, x=Linear((0, 50), (100, 1700))),
    ):
        boxes = reference_boxes(ROOM, placed)
        assert len(boxes) == 5
        assert not any(overlap(one, other) for one, other in combinations(boxes, 2))


def test_references_beyond_the_axis_are_left_out() -> None:
    assert place_references(ROOM, AREA, [Reference(99, "far")], y=Linear((0, 50), (900, 200))) == []


def test_words_of_events_do_not_overlap() -> None:
    rng = np.random.default_rng(1)
    events = [
        (float(place), f"Event of some length {n}") for n, place in enumerate(rng.uniform(100, 1700, 12))
    ]
    placed, height = place_events(ROOM, AREA, events)
    size = ROOM.label_size
    assert height > 0
    assert len(placed) == 12
    rows: dict[int, list[tuple[float, float]]] = {}
    for one in placed:
        if one.lines:
            width = max(ROOM.width_of(line, size) for line in one.lines)
            left = one.place - 0.4 * size - width if one.to_left else one.place + 0.4 * size
            rows.setdefault(one.row, []).append((left, left + width))
    for spans in rows.values():
        spans.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_call_outs_stay_inside_and_apart() -> None:
    rng = np.random.default_rng(2)
    targets = [(float(x), float(y)) for x, y in rng.uniform((100, 200), (1700, 900), (6, 2))]
    callouts = [CallOut(f"Something that matters, number {n}", key="A") for n in range(6)]
    placed = place_call_outs(ROOM, AREA, callouts, targets)
    boxes = []
    for one, (x, y) in zip(placed, targets, strict=True):
        left, top = x + one.dx - one.width / 2, y + one.dy - one.height / 2
        boxes.append(Area(left, top, left + one.width, top + one.height))
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    for box in boxes:
        assert box.left >= AREA.left - 1e-6
        assert box.right <= AREA.right + 1e-6
        assert box.top >= AREA.top - 1e-6
        assert box.bottom <= AREA.bottom + 1e-6


def test_a_call_out_goes_where_no_data_is() -> None:
    x = np.linspace(100, 1700, 400)
    above = np.stack([np.repeat(x, 8), np.tile(np.linspace(200, 540, 8), 400)], axis=1)
    placed = place_call_outs(ROOM, AREA, [CallOut("Words", key="A")], [(900, 550)], above)
    assert placed[0].dy > 0


def test_a_call_out_appears_with_its_arrow_last() -> None:
    (placed,) = place_call_outs(ROOM, AREA, [CallOut("Words", key="A")], [(900.0, 550.0)])
    assert draw_call_out(ROOM, AREA, placed, 900, 550, 0.0) == []
    early, late = (draw_call_out(ROOM, AREA, placed, 900, 550, seen) for seen in (0.1, 1.0))
    assert len(list(texts(early))) == len(list(texts(late))) == 1
    assert len(late) == 3
