"""The dashboard's kernel side, asked as a browser asks."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.engagement_collector import collector
from bazaar_nb.widgets.dashboard.period import period_of, read_moment
from bazaar_nb.widgets.dashboard.protocol import CHARTS, REQUESTS, ROWS_AT_ONCE, Filters
from bazaar_nb.widgets.dashboard.widget import HistoryDashboard
from tests.texts import refused_or_read, texts
from tests.widgets.histories import FakedWorkspace, renders
from tests.widgets.screen import WAIT_S, Message, Screen

IMG = "<img src=x onerror=alert(1)>"


@bz.scene(duration=1)
def bright(frame: bz.Frame, fails: bool = False) -> list[Any]:
    if fails and frame.index == 5:
        raise ValueError(f"{IMG} no such thing")
    return [bz.Fill("#204060"), bz.Rect(x=4 * frame.index, y=20, width=30, height=30, fill="white")]


def see(dashboard: HistoryDashboard, name: str = "view-1") -> tuple[Screen, dict[str, Any]]:
    """Open a view; give what it shows first."""
    screen = Screen(dashboard, name)
    opened = screen.ask("open")
    assert opened.kind == "reply", opened.content
    return screen, opened.content


def filters(**changes: Any) -> dict[str, Any]:
    return {"since": "30d", "until": None, "project": None, "user": None, "status": None} | changes


@pytest.fixture
def many(tmp_path: Path) -> Iterator[HistoryDashboard]:
    """A dashboard of a large history."""
    made = HistoryDashboard(FakedWorkspace(tmp_path, renders(3000)))
    yield made
    made.close()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> bz.Workspace:
    """A workspace with four renders: one failed, one is outside of it, and one was deleted."""
    root = tmp_path_factory.mktemp("real")
    where = bz.Workspace(root / "root", engine="inline", user="ann", project="films")

    def film(*, fails: bool = False) -> bz.Composition:
        return bz.Composition([bright(fails=fails)], width=160, height=90, fps=30, name="bright")

    film().export("kept.mp4", workspace=where, progress=False)
    film().export(root / "outside.mp4", workspace=where, progress=False)
    gone = film().export("gone.webm", workspace=where, progress=False)
    gone.path.unlink()
    with pytest.raises(bz.SceneError):
        film(fails=True).export("bad.mp4", workspace=where, progress=False)
    return where


def test_a_bar_has_its_renders_and_a_render_plays(real: bz.Workspace) -> None:
    dashboard = HistoryDashboard(real, since="24h")
    try:
        screen, opened = see(dashboard)
        shown = {name: value for name, value, _ in opened["counts"]["figures"]}
        assert (shown["Renders"], shown["Succeeded"], shown["Film"]) == ("4", "75 %", "3 s")
        charts = opened["counts"]["charts"]
        assert sum(sum(one["counts"]) for one in charts["outcomes"]["columns"]) == 4
        assert [(one["label"], one["value"]) for one in charts["error"]] == [("SceneError", 1)]

        bar = {"chart": "error", "key": "SceneError", "series": None}
        assert screen.ask("select", bar=bar).kind == "reply"
        selection = screen.wait_for("selection").content["selection"]
        assert (selection["label"], selection["count"]) == ("Ended by SceneError", 1)
        assert dashboard.selected["status"].tolist() == ["failed"]
        failed = screen.ask("details", job=selection["rows"][0]["id"]).content
        assert (failed["movie"], failed["absent"]) == (None, None)
        assert f"{IMG} no such thing" in failed["error"]["message"]

        screen.ask("select", bar=None)
        assert len(dashboard.selected) == 4
        rows = {one["name"]: one["id"] for one in opened["selection"]["rows"]}
        kept = screen.ask("details", job=rows["kept.mp4"]).content
        assert {name for name, _ in kept["stages"]} >= {"drawing", "encoding"}
        data = b""
        while len(data) < kept["movie"]["bytes"]:
            data += screen.ask("file", job=rows["kept.mp4"], offset=len(data)).buffers[0]
        (movie,) = Path(real.root).glob("projects/films/*/kept.mp4")
        assert data == movie.read_bytes()
        link = screen.ask("link", job=rows["kept.mp4"], use="share").content
        assert "doesn't show" in link["problem"]["message"]  # a path is no link
        for name, said in (("outside.mp4", "outside of this store"), ("gone.webm", "was deleted")):
            absent = screen.ask("details", job=rows[name]).content
            assert absent["movie"] is None
            assert said in absent["absent"]
            assert screen.ask("file", job=rows[name], offset=0).content["problem"]["code"] == "refused"

        told = {"job": rows["kept.mp4"], "showing": "s1"}
        screen.ask("engaged", what="play", seen_s=0.0, **told)
        screen.ask("engaged", what="watch", seen_s=0.5, **told)
        collector.flush()
        seen = len(screen.messages)
        assert screen.ask("refresh").kind == "reply"
        (played,) = screen.wait_for("counts", seen).content["counts"]["charts"]["plays"]
        assert (played["id"], played["plays"], played["watched"]) == (rows["kept.mp4"], 1, 0.5)
        events = real.history.engagement()
        assert set(events["surface"]) == {"dashboard"}
    finally:
        dashboard.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"location": "/etc/passwd"},
        {"location": "../../secret.mp4"},
        {"location": "file:///etc/passwd"},
        {"location": "..\\..\\secret.mp4", "project": ".."},
        {"location": "/x/secret.mp4", "project": "../../.."},
        {"location": f"/x/{IMG}.mp4", "composition": IMG, "user": IMG, "project": IMG},
        {"location": "/x/linked.mp4", "project": "films", "render_id": "20261101-000000-linked"},
        {"location": "/x/deep.mp4", "project": "films", "render_id": "20261101-000000-deep"},
        {"location": "/x/page.html", "project": "films", "render_id": "20261101-000000-page"},
        {"location": "", "project": None},
    ],
)
def test_what_a_row_says_of_its_place_is_not_believed(tmp_path: Path, changes: dict[str, Any]) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(b"secret")
    films = tmp_path / "root" / "projects" / "films"
    for name in ("linked", "page"):
        (films / f"20261101-000000-{name}").mkdir(parents=True)
    (films / "20261101-000000-linked" / "linked.mp4").symlink_to(secret)
    (films / "20261101-000000-page" / "page.html").write_text("<script>")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "deep.mp4").write_bytes(b"secret")
    (films / "20261101-000000-deep").symlink_to(tmp_path / "elsewhere")
    rows = renders(1, days=0.001).assign(status="succeeded", size_bytes=6, **changes)
    rows = rows.astype(renders(1).dtypes.drop(["status", "user", "project"]).to_dict())
    dashboard = HistoryDashboard(FakedWorkspace(tmp_path / "root", rows), since=None)
    try:
        screen, opened = see(dashboard)
        (line,) = opened["selection"]["rows"]
        known = screen.ask("details", job=line["id"]).content
        assert known["movie"] is None
        assert known["absent"]
        for kind, more in (("file", {"offset": 0}), ("link", {"use": "play"}), ("link", {"use": "download"})):
            answer = screen.ask(kind, job=line["id"], **more)
            assert (answer.kind, answer.buffers) == ("error", [])
        assert b"secret" not in b"".join(b"".join(one.buffers) for one in screen.messages)
        kept = str(dashboard.saved) + str(dashboard._saved_bundle())
        assert str(tmp_path) not in kept.replace(repr(dashboard), "")
        assert IMG not in dashboard._saved_bundle()["text/html"]
    finally:
        dashboard.close()


def test_filters_work_from_both_sides(many: HistoryDashboard) -> None:
    first, opened = see(many)
    second, _ = see(many, "view-2")
    assert opened["counts"]["filters"] == filters()
    assert opened["counts"]["choices"]["user"] == ["ann", "bob", "chen", "dora", "emeka"]
    assert first.ask("filter", filters=filters(user="bob", status="failed")).kind == "reply"
    counts = second.wait_for("counts").content["counts"]
    assert (counts["filters"]["user"], many.user, many.status) == ("bob", "bob", "failed")
    assert counts["choices"]["user"] == opened["counts"]["choices"]["user"]
    chosen = many.selected
    assert set(chosen["user"]) == {"bob"}
    assert set(chosen["status"]) == {"failed"}
    assert chosen["created"].is_monotonic_decreasing
    seen = len(first.messages)
    many.user = None
    told = first.wait_for("counts", seen).content["counts"]
    assert told["filters"] == filters(status="failed")
    assert len(many.selected) > len(chosen)
    assert many._where.faked.asked == 1  # type: ignore[attr-defined]
    many.refresh()
    assert many._where.faked.asked == 2  # type: ignore[attr-defined]
    many.since = dt.timedelta(days=2)
    assert many.since == "172800s"
    assert many.selected["created"].min() > pd.Timestamp.now("UTC") - pd.Timedelta(days=2, minutes=1)
    many.since, many.until = dt.date(2020, 1, 1), "2020-01-31"
    assert (many.since, many.until, len(many.selected)) == ("2020-01-01", "2020-01-31", 0)


def test_filters_that_make_no_sense_change_nothing(many: HistoryDashboard) -> None:
    screen, _ = see(many)
    for wrong in (
        {"since": "yesterday"},
        {"since": "2026-13-01"},
        {"since": "2026-02-01", "until": "2026-01-01"},
        {"until": "soon"},
        {"project": 7},
    ):
        answer = screen.ask("filter", filters=filters(**wrong))
        assert answer.kind == "error", wrong
        assert (many.since, many.until, many.project) == ("30d", None, None)
    assert screen.ask("filter", filters=filters(user="nobody")).kind == "reply"
    assert many.selected.empty
    for wrong_time in ("yesterday", 7, object()):
        with pytest.raises(InvalidValueError, match="`since` must be a time ago"):
            many.since = wrong_time
    seen = len(screen.messages)
    many.until = "365d"
    assert "nothing is between" in screen.wait_for("trouble", seen).content["message"]
    with pytest.raises(InvalidValueError, match="nothing is between"):
        _ = many.selected
    many.until = None
    assert many.selected.empty


def test_every_bar_of_every_chart_has_as_many_renders_as_it_says(many: HistoryDashboard) -> None:
    screen, opened = see(many)
    charts = opened["counts"]["charts"]
    tried = 0
    for chart in CHARTS:
        if chart == "outcomes":
            series = [status for status, _ in charts[chart]["series"]]
            bars = [
                (one["key"], status, count)
                for one in charts[chart]["columns"][::5]
                for status, count in zip([None, *series], [sum(one["counts"]), *one["counts"]], strict=True)
            ]
        else:
            bars = [(one["key"], None, one["value"]) for one in charts[chart]]
            if chart == "speed":
                bars = [
                    (one["key"], None, int(one["more"].split()[0].replace(",", ""))) for one in charts[chart]
                ]
        for key, status, count in bars:
            seen = len(screen.messages)
            screen.ask("select", bar={"chart": chart, "key": key, "series": status})
            selection = screen.wait_for("selection", seen).content["selection"]
            assert selection["count"] == count, (chart, key, status)
            tried += 1
    assert any(one["key"] == "" for one in charts["error"])  # the rest
    assert tried > 40
    refused = screen.ask("select", bar={"chart": "format", "key": "avi", "series": None})
    assert "no such bar" in refused.content["problem"]["message"]


def test_long_lists_come_in_pages(many: HistoryDashboard) -> None:
    screen, opened = see(many)
    total, found = opened["selection"]["count"], opened["selection"]["rows"]
    assert (total, len(found)) == (3000, ROWS_AT_ONCE)
    for _ in range(3):
        page = screen.ask("rows", offset=len(found)).content
        assert page["offset"] == len(found)
        found += page["rows"]
    assert [one["id"] for one in found] == many.selected["render_id"].head(4 * ROWS_AT_ONCE).tolist()
    assert screen.ask("rows", offset=2**53 - 1).content["rows"] == []


def test_a_history_that_is_slow_to_read_blocks_nobody(many: HistoryDashboard) -> None:
    screen, _ = see(many)
    reading, go = threading.Event(), threading.Event()
    faked = many._where.faked  # type: ignore[attr-defined]
    events = faked.engagement

    def slow(**asked: Any) -> Any:
        reading.set()
        assert go.wait(WAIT_S)
        return events(**asked)

    faked.engagement = slow
    screen.post({"kind": "refresh", "id": 1, "view": "view-1"})
    assert reading.wait(WAIT_S)
    assert screen.ask("alive").kind == "reply"
    # What is asked meanwhile is counted once, as it is wanted at last.
    for number, user in enumerate(("ann", "bob"), 2):
        screen.post({"kind": "filter", "id": number, "view": "view-1", "filters": filters(user=user)})
    go.set()
    for number in (1, 2, 3):
        assert screen.wait(lambda m, number=number: m.content.get("id") == number).kind == "reply"  # type: ignore[misc]
    assert set(many.selected["user"]) == {many.user}
    assert faked.asked == 2


def test_what_is_no_workspace_and_what_is_closed_is_refused(many: HistoryDashboard) -> None:
    with pytest.raises(InvalidValueError, match="must be a Workspace"):
        HistoryDashboard("here")  # type: ignore[arg-type]
    screen, _ = see(many)
    screen.ask("close")
    assert screen.ask("refresh").content["problem"]["code"] == "unknown-view"
    many.close()
    with pytest.raises(InvalidValueError, match="was closed"):
        many.refresh()
    assert many.comm is None


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=10,
)
_time = st.none() | st.sampled_from(["30d", "0s", "9d", "2026-11-01", "9999-12-31", "0001-01-01"]) | _plain
_filters = st.fixed_dictionaries(
    {"since": _time, "until": _time, "project": st.none() | _plain, "user": st.none() | st.text(max_size=9)},
    optional={"status": st.sampled_from(["failed", "lost"]) | _plain, "more": _plain},
)
_bar = st.fixed_dictionaries(
    {"chart": st.sampled_from(CHARTS) | _plain, "key": st.sampled_from(["mp4", "", "2026"]) | _plain},
    optional={"series": st.none() | st.sampled_from(["failed"]) | _plain},
)
_messages = _plain | st.fixed_dictionaries(
    {"kind": st.sampled_from(REQUESTS) | _plain, "id": st.just(7)},
    optional={
        "view": st.just("view-1") | _plain,
        "filters": _filters | _plain,
        "bar": _bar | _plain,
        "job": st.just("20200101-000000-a") | _plain,
        "offset": st.integers() | _plain,
        "use": st.sampled_from(["play", "share"]) | _plain,
        "what": st.just("play") | _plain,
        "showing": st.just("a") | _plain,
        "seen_s": st.floats() | _plain,
        "more": _plain,
    },
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=_messages, buffers=st.lists(st.binary(max_size=4), max_size=1))
def test_whatever_comes_has_one_answer(many: HistoryDashboard, content: Any, buffers: list[bytes]) -> None:
    answers: list[Message] = []
    arrived = threading.Condition()

    def send(said: dict[str, Any], more: list[bytes] | None = None) -> None:
        with arrived:
            if said["kind"] in ("reply", "error"):
                answers.append(Message(said, list(more or [])))
            arrived.notify_all()

    many.send = send
    many._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": buffers})
    with arrived:
        assert arrived.wait_for(lambda: answers, WAIT_S)
        assert not arrived.wait_for(lambda: len(answers) > 1, 0.001)
    assert set(answers[0].content) >= {"kind", "id", "view"}


@pytest.mark.parametrize(
    "data",
    [
        {"method": "update", "state": {"saved": 1, "fallback": "x"}},
        {"method": "update", "state": {}, "buffer_paths": [["no", "such"]]},
        {"method": "update"},
        {"method": "else"},
        {"method": []},
        [],
    ],
)
def test_a_comm_takes_no_state(many: HistoryDashboard, caplog: pytest.LogCaptureFixture, data: Any) -> None:
    before = many.get_state()
    many._handle_msg({"content": {"data": data}, "buffers": [b"1"], "metadata": {}})
    assert many.get_state() == before
    assert not [record for record in caplog.records if record.exc_info]


@given(texts("30d", "1.5h", "2026-11-01", "2026-11-01T12:00:00+00:00", "all"))
@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31")
@example("0001-01-01")
@example("999999d")
def test_any_text_is_a_period_or_an_error(text: str) -> None:
    now = dt.datetime.now(dt.UTC)
    refused_or_read(lambda: read_moment(text, "since"))
    for name in ("since", "until"):
        asked = Filters(**filters(**{name: text}))
        refused_or_read(lambda: period_of(asked, now))  # noqa: B023 - called at once
