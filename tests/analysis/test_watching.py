"""Plays, how much of them was seen, downloads and links."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb import analysis
from bazaar_nb.errors import InvalidValueError
from tests.analysis.samples import T0, event, history, render, watching

RENDERS = history(
    render(0, project="sales"), render(1, project="press", codec="vp9"), render(2, project="press"),
    render(3, status="failed"),
)  # fmt: skip


def watch(number: int, view: str, fraction: float, **more: Any) -> dict[str, Any]:
    return event(number, "watch", view=view, watched_fraction=fraction, watched_s=10 * fraction, **more)


EVENTS = watching(
    event(0, "play", view="a"),
    watch(1, "a", 0.3),
    watch(2, "a", 1.0),
    watch(3, "a", 0.6),  # written later than the one before, by a clock that was behind
    event(4, "play", view="b", user="eve"),  # never heard of again
    watch(5, "c", 0.5),  # its play was lost
    event(6, "play", "r1", view="d", surface="dashboard", event_time=T0 + dt.timedelta(days=40)),
    watch(7, "d", 0.25, render_id="r1", surface="dashboard", event_time=T0 + dt.timedelta(days=40)),
    event(8, "download"),
    event(9, "download", user=None),
    event(10, "link", "r1"),
    event(11, "play", "somebody else's", view="e"),
    event(12, "download", "r3"),
)


def test_by_render() -> None:
    table = analysis.engagement(RENDERS, EVENTS)
    assert table["render_id"].tolist() == ["r0", "r1", "r2"]
    assert table["plays"].tolist() == [3, 1, 0]
    assert table["viewers"].tolist() == [2, 1, 0]
    assert table["watched_s"].tolist() == [15, 2.5, 0]
    assert table["watched_fraction"].fillna(-1).tolist() == [0.5, 0.25, -1]
    assert table["completion_rate"].fillna(-1).tolist() == pytest.approx([1 / 3, 0, -1])
    assert table["downloads"].tolist() == [2, 0, 0]
    assert table["links"].tolist() == [0, 1, 0]
    assert analysis.engagement(RENDERS, EVENTS, complete=0.5)["completion_rate"][0] == pytest.approx(2 / 3)


def test_by_what_the_render_is_and_by_who_did_it() -> None:
    table = analysis.engagement(RENDERS, EVENTS, by="project")
    assert table["project"].tolist() == ["sales", "press"]
    assert table["movies"].tolist() == [1, 2]
    assert table["movies_played"].tolist() == [1, 1]
    assert table["plays"].tolist() == [3, 1]
    viewers = analysis.engagement(RENDERS, EVENTS, by="viewer").set_index("viewer")
    assert viewers["plays"].to_dict() == {"bob": 3, "eve": 1, "unknown": 0}
    assert viewers["movies"].to_dict() == {"bob": 2, "eve": 1, "unknown": 1}
    both = analysis.engagement(RENDERS, EVENTS, by=["month", "codec", "surface"])
    assert list(both.columns[:3]) == ["month", "codec", "surface"]
    assert both[["codec", "surface", "plays"]].to_numpy().tolist() == [
        ["h264", "panel", 3], ["vp9", "panel", 0], ["vp9", "dashboard", 1],
    ]  # fmt: skip
    assert analysis.engagement(RENDERS, EVENTS, by="user")["user"].tolist() == ["ada"]  # who exported


def test_retention() -> None:
    curve = analysis.retention(RENDERS, EVENTS, points=5)
    assert curve["fraction"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert curve["plays"].tolist() == [4, 3, 2, 1, 1]
    assert curve["share"].tolist() == [1, 0.75, 0.5, 0.25, 0.25]
    by = analysis.retention(RENDERS, EVENTS, by="project", points=2)
    assert by["project"].tolist() == ["press", "press", "sales", "sales"]
    assert by["plays"].tolist() == [1, 0, 3, 1]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.floats(0, 1)), max_size=25))
def test_curves_fall_and_everything_is_counted_once(seen: list[tuple[int, int, float]]) -> None:
    rows = [
        watch(i, f"v{view}-{film}", part, render_id=f"r{film}") for i, (view, film, part) in enumerate(seen)
    ]
    events = watching(*rows)
    curve = analysis.retention(RENDERS, events)
    views = {(view, film) for view, film, _ in seen if film < 3}
    assert curve.empty == (not views)
    if views:
        assert curve["plays"].iloc[0] == len(views)
        assert curve["share"].iloc[0] == 1
        assert curve["share"].is_monotonic_decreasing
    for by in ("render", "project", "surface", ["viewer", "codec"]):
        table = analysis.engagement(RENDERS, events, by=by)
        assert table["plays"].sum() == len(views)
        assert table["watched_fraction"].dropna().between(0, 1).all()


def test_nobody_did_anything() -> None:
    nothing = watching()
    assert analysis.engagement(RENDERS, nothing)["plays"].tolist() == [0, 0, 0]
    assert analysis.engagement(RENDERS, nothing, by="surface").empty
    assert analysis.engagement(history(), EVENTS).empty
    full, empty = (analysis.engagement(r, e) for r, e in ((RENDERS, EVENTS), (history(), nothing)))
    assert list(full.dtypes.astype(str)) == list(empty.dtypes.astype(str))


def test_what_cannot_be_asked() -> None:
    questions: list[tuple[Callable[[], object], str]] = [
        (lambda: analysis.engagement(RENDERS, EVENTS, by=["render", "codec"]), "goes alone"),
        (lambda: analysis.engagement(RENDERS, EVENTS, complete=0), "`complete`"),
        (lambda: analysis.retention(RENDERS, EVENTS, points=1), "`points`"),
        (lambda: analysis.engagement(RENDERS, RENDERS), "`events` must be .* it lacks the columns kind"),
    ]
    for call, said in questions:
        with pytest.raises(InvalidValueError, match=said):
            call()
