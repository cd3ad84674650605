"""The dashboard in a real browser, whose kernel side is played by the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import anywidget
import msgspec
import pytest
from playwright.sync_api import Browser, Locator

from bazaar_nb.preview.problem import Problem
from bazaar_nb.widgets.dashboard.counted_renders import CountedRenders, HistorySource
from bazaar_nb.widgets.dashboard.protocol import (
    CHARTS,
    PUSHES,
    REQUESTS,
    ROWS_AT_ONCE,
    Bar,
    Filters,
    Request,
)
from bazaar_nb.widgets.dashboard.rows import listed
from bazaar_nb.widgets.dashboard.widget import HistoryDashboard
from bazaar_nb.widgets.panel.protocol import Asked
from tests.widgets.bench import Bench, stop_clock
from tests.widgets.histories import FakedWorkspace, plays, renders
from tests.widgets.screen import Screen

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def bench(chromium: Browser, address: str) -> Iterator[Bench]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    bench = Bench(context.new_page())
    bench.page.goto(f"{address}/page/dashboard.html")
    bench.page.wait_for_function("() => window.bench !== undefined")
    yield bench
    context.close()
    assert bench.errors == []


def hold(bench: Bench, folder: Path, count: int, days: float = 30, **wanted: Any) -> None:
    """Have the kernel's side know so many renders."""
    rows = renders(count, days)
    asked = Filters(**{"since": f"{days:.0f}d"} | wanted)
    counts = CountedRenders.of(HistorySource(FakedWorkspace(folder, rows, plays(rows))), asked)
    lines = listed(counts.rows)
    selection = {"bar": None, "label": None, "count": len(lines), "rows": lines[:ROWS_AT_ONCE]}
    state = json.loads(json.dumps({"counts": counts.facts, "selection": selection, "rows": lines}))
    bench.js("state => Object.assign(bench.kernel, state)", state)


def show(
    bench: Bench, folder: Path, count: int, days: float = 30, style: str = "width: 900px", **wanted: Any
) -> Locator:
    """Open a dashboard of so many renders."""
    hold(bench, folder, count, days, **wanted)
    bench.js("style => bench.show(style)", style)
    root = bench.page.locator(".bazaar-dashboard").last
    root.and_(bench.page.locator("[data-state=live]")).wait_for()
    return root


def asked(bench: Bench, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bench.js(
        "kind => bench.kernel.log.filter((one) => one.kind === kind)", kind
    )
    return found


def movie(size: int) -> dict[str, Any]:
    return {
        "bytes": size, "size": "12 kB", "took": "rendered in 3.0 s", "width": 640, "height": 360,
        "mime": "video/mp4", "sent": True, "inline": True, "shared": False,
    }  # fmt: skip


def test_filters_are_asked_for(bench: Bench, tmp_path: Path) -> None:
    root = show(bench, tmp_path, 300)
    assert root.get_by_label("Period").input_value() == "30d"
    root.get_by_label("User").select_option("bob")
    root.get_by_label("Status").select_option("Failed")
    root.get_by_label("Period").select_option("All time")
    bench.until("() => bench.kernel.log.filter((one) => one.kind === 'filter').length === 3")
    wanted = {"since": None, "until": None, "project": None, "user": "bob", "status": "failed"}
    assert asked(bench, "filter")[-1]["filters"] == wanted
    root.get_by_label("Period").select_option("dates")
    root.get_by_label("From", exact=True).fill("2026-10-01")
    root.get_by_label("To", exact=True).fill("2026-10-31")
    bench.until("() => bench.kernel.log.filter((one) => one.kind === 'filter').length === 5")
    last = asked(bench, "filter")[-1]["filters"]
    assert (last["since"], last["until"]) == ("2026-10-01", "2026-10-31")
    assert isinstance(msgspec.convert(last, Filters), Filters)
    bench.js("text => { bench.kernel.refuse.filter = text; }", f"no such time {HOSTILE}")
    root.get_by_label("User").select_option("All")
    root.get_by_text(f"no such time {HOSTILE}").wait_for()
    assert root.get_by_label("User").input_value() == "bob"  # nothing has changed
    root.get_by_role("button", name="Refresh").press("Enter")
    bench.until("() => bench.kernel.log.some((one) => one.kind === 'refresh')")


def test_bars_are_buttons_for_keys_and_clicks(bench: Bench, tmp_path: Path) -> None:
    root = show(bench, tmp_path, 300)
    formats = root.get_by_role("group", name="Formats")
    mp4 = formats.get_by_role("button", name="MP4")
    root.get_by_role("button", name="Formats as a table").focus()
    bench.page.keyboard.press("Tab")
    assert bench.js("() => document.activeElement.getAttribute('aria-label')") == mp4.get_attribute(
        "aria-label"
    )
    assert formats.locator(".bzd-tip").inner_text() == mp4.get_attribute("aria-label")
    bench.page.keyboard.press("ArrowDown")
    bench.page.keyboard.press("Enter")
    root.get_by_role("heading", name="webm null").wait_for()
    assert asked(bench, "select")[-1]["bar"] == {"chart": "format", "key": "webm", "series": None}
    pressed = formats.locator("[aria-pressed=true]")
    assert pressed.count() == 1
    # Drawn again, the focus is where it was; the same bar once more is none.
    assert "WebM" in bench.js("() => document.activeElement.getAttribute('aria-label')")
    bench.page.keyboard.press(" ")
    root.get_by_role("heading", name="All renders").wait_for()
    outcomes = root.get_by_role("group", name="Outcomes")
    outcomes.get_by_role("button", name=re.compile(r"\d+ failed of")).first.click()
    bench.until("() => bench.kernel.log.filter((one) => one.kind === 'select').length === 3")
    bar = asked(bench, "select")[-1]["bar"]
    assert (bar["chart"], bar["series"]) == ("outcomes", "failed")
    assert isinstance(msgspec.convert(bar, Bar), Bar)
    before = bench.js("() => document.activeElement.getAttribute('aria-label')").split(":")[0]
    bench.page.keyboard.press("ArrowRight")
    assert bench.js("() => document.activeElement.getAttribute('aria-label')").split(":")[0] != before
    root.get_by_role("button", name="Show all").press("Enter")
    root.get_by_role("heading", name="All renders").wait_for()
    assert bench.js("() => document.activeElement.textContent") == "All renders"


def test_charts_are_tables_too(bench: Bench, tmp_path: Path) -> None:
    root = show(bench, tmp_path, 300)
    for name, heads in (("Outcomes", "Succeeded"), ("Speed", "Median speed"), ("Plays", "Downloads")):
        opens = root.get_by_role("button", name=f"{name} as a table")
        opens.press("Enter")
        table = root.get_by_role("region", name=f"{name} as a table")
        table.get_by_role("columnheader", name=heads).wait_for()
        assert opens.get_attribute("aria-pressed") == "true"
        assert table.get_by_role("row").count() > 2
    shown = root.get_by_role("combobox", name="Speed: what is shown")
    shown.select_option("By length")
    root.get_by_role("button", name="Speed as a table").press("Enter")
    point = root.get_by_role("group", name="Speed").get_by_role("button").first
    point.focus()
    bench.page.keyboard.press("End")
    bench.page.keyboard.press("Enter")
    bench.until("() => bench.kernel.log.some((one) => one.kind === 'details')")
    root.get_by_role("button", name="Close").press("Enter")


def test_a_render_tells_all_and_plays(bench: Bench, tmp_path: Path) -> None:
    root = show(bench, tmp_path, 60)
    size = bench.js("() => bench.load('/segment?look=0&start=0&stop=30&codec=h264')")
    details = {
        "row": [["status", HOSTILE, "what became of it"]],
        "error": None,
        "stages": [["drawing", 1.5], ["encoding", 0.5]],
        "movie": movie(size),
        "absent": None,
    }
    bench.js("details => { bench.kernel.details = details; }", details)
    name = root.locator(".bzd-name").first
    name.press("Enter")
    root.get_by_role("cell", name=HOSTILE).wait_for()
    root.get_by_text("1.5 s of drawing (75 %)").wait_for()
    assert name.get_attribute("aria-expanded") == "true"
    root.get_by_role("button", name=re.compile("^Play film")).press("Enter")
    bench.page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    bench.page.evaluate("() => document.querySelector('video').play()")
    bench.until("() => bench.kernel.log.some((one) => one.kind === 'engaged' && one.what === 'play')")
    # What is read again meanwhile takes nothing away from those who look.
    bench.js("() => bench.kernel.again()")
    assert root.locator("video").count() == 1
    with bench.page.expect_download() as downloads:
        root.get_by_role("button", name=re.compile("^Download film")).click()
    assert Path(downloads.value.path()).stat().st_size == size
    bench.js("() => bench.close()")
    bench.until("() => bench.kernel.log.some((one) => one.kind === 'engaged' && one.what === 'watch')")
    assert bench.js("() => bench.leaks().listeners") == 0
    assert bench.js("() => bench.leaks().urls") <= 1  # that of the download, which is read a little later


def test_what_failed_and_what_is_gone_say_why(bench: Bench, tmp_path: Path) -> None:
    root = show(bench, tmp_path, 60)
    known: dict[str, Any] = {"row": [], "stages": [], "movie": None}
    error = {"type": "SceneError", "message": f"no {HOSTILE}"}
    bench.js("details => { bench.kernel.details = details; }", known | {"error": error, "absent": None})
    root.locator(".bzd-name").nth(0).click()
    root.get_by_text("What it said").click()
    root.get_by_text(f"no {HOSTILE}").wait_for()
    gone = {"error": None, "absent": "The movie was deleted from the store."}
    bench.js("details => { bench.kernel.details = details; }", known | gone)
    root.locator(".bzd-name").nth(1).click()
    root.get_by_text("The movie was deleted").wait_for()
    assert root.locator("img").count() == 0
    bench.js("() => { bench.kernel.refuse.details = 'the store is away'; }")
    root.locator(".bzd-name").nth(2).click()
    root.get_by_text("the store is away").wait_for()


def test_more_is_a_page_more(bench: Bench, tmp_path: Path) -> None:
    root = show(bench, tmp_path, 45)
    assert root.locator(".bzd-name").count() == ROWS_AT_ONCE
    more = root.get_by_role("button", name="More")
    more.press("Enter")
    bench.until(f"() => document.querySelectorAll('.bzd-name').length === {2 * ROWS_AT_ONCE}")
    focused = "() => [...document.querySelectorAll('.bzd-name')].indexOf(document.activeElement)"
    assert bench.js(focused) == ROWS_AT_ONCE
    more.press("Enter")
    bench.until("() => document.querySelectorAll('.bzd-name').length === 45")
    assert not more.is_visible()


def test_without_a_kernel_the_last_state_is_told(bench: Bench, tmp_path: Path) -> None:
    bench.page.clock.install()
    bench.js("() => { bench.kernel.dead = true; }")
    row = {"name": HOSTILE, "status": "failed", "when": "2026-11-01 10:00", "took": "", "size": ""}
    saved = {"figures": [["Renders", "1,234", "all"]], "rows": [row], "read": "2026-11-01T10:00:00+00:00"}
    bench.js("saved => { bench.model.traits.saved = saved; }", saved)
    bench.js("() => bench.show('width: 500px')")
    bench.page.clock.run_for(4_000)
    root = bench.page.locator(".bazaar-dashboard")
    root.get_by_text("No kernel answers for this").wait_for()
    assert root.get_by_text("1,234").is_visible()
    assert root.get_by_role("cell", name=HOSTILE).is_visible()
    hold(bench, tmp_path, 5)
    bench.js("() => { bench.kernel.dead = false; }")
    bench.page.clock.run_for(4_000)
    root.get_by_role("heading", name="All renders").wait_for()
    assert not root.get_by_text("1,234").is_visible()


def test_what_is_said_of_a_kernel_that_never_answers_is_true(bench: Bench, tmp_path: Path) -> None:
    bench.page.clock.install()
    stop_clock(bench.page)
    bench.js("() => { bench.kernel.dead = true; bench.keep('how it was'); }")
    bench.js("() => { bench.status('idle'); bench.show('width: 500px'); }")
    root = bench.page.locator(".bazaar-dashboard")
    bench.page.clock.run_for(6_500)
    assert not root.is_visible()
    bench.page.clock.run_for(15_000)
    told = "The kernel is there, but this gets no answer from it: run the cell again"
    assert root.inner_text() == f"{told} to look into the history."
    hold(bench, tmp_path, 5)
    bench.js("() => { bench.kernel.dead = false; }")
    bench.page.clock.run_for(5_000)
    bench.page.clock.resume()
    root.get_by_role("heading", name="All renders").wait_for()
    assert not bench.page.get_by_text("how it was").is_visible()
    assert "no answer" not in root.inner_text()


def test_a_silent_kernel_is_told_and_asked_again(bench: Bench, tmp_path: Path) -> None:
    bench.page.clock.install()
    root = show(bench, tmp_path, 5)
    bench.js("() => { bench.kernel.dead = true; }")
    bench.page.clock.run_for(20_000)
    root.and_(bench.page.locator("[data-state=lost]")).wait_for()
    assert root.get_by_text("The kernel does not answer").is_visible()
    bench.js("() => { bench.kernel.dead = false; }")
    bench.page.clock.run_for(5_000)
    root.and_(bench.page.locator("[data-state=live]")).wait_for()


@pytest.mark.parametrize("theme", ["", "dark"])
def test_nothing_is_cut_off_overlaps_or_can_not_be_read(bench: Bench, tmp_path: Path, theme: str) -> None:
    bench.js("theme => { document.body.className = theme; }", theme)
    bench.js("light => { document.body.dataset.jpThemeLight = light; }", "false" if theme else "true")
    for number, (count, days, since) in enumerate(((3000, 30, "30d"), (2, 1, "24h"), (900, 900, None))):
        root = show(bench, tmp_path / str(number), count, days, since=since)
        root.get_by_role("combobox", name="Speed: what is shown").select_option("By length")
        for width in (320, 500, 900, 1400):
            bench.js("width => { bench.views[0].el.style.width = `${width}px`; }", width)
            # It is drawn again, in its new width.
            bench.until(
                """() => [...document.querySelectorAll('.bzd-plot')].every((plot) => {
                    const width = plot.querySelector('svg')?.width.baseVal.value ?? plot.clientWidth;
                    return Math.abs(width - plot.clientWidth) < 1;
                })"""
            )
            assert bench.js("() => bench.outside()") == [], (count, width)
            assert bench.js("() => bench.overlapping()") == [], (count, width)
            ratio, where = bench.js("() => bench.contrast()")
            assert ratio >= 4.5, where
        bench.js("() => bench.close()")


# Name, value and what it is of: large, small, and the longest that there are.
AWKWARD = [
    ("Renders", "1,234,567,890", "123,456,789 under way"),
    ("Succeeded", "<\u00a00.1\u00a0%", "1,234,567,890 failed or were lost"),
    ("Film", "12,345,678 min", "in 1,234,567,890 movies"),
    ("Median speed", "123,456 fps", "123,456× playing speed"),
    ("Cached", "99.9 %", "of frames were there"),
    ("Size", "1,023.9 GB", "of all movies"),
    ("Cost", "<\u00a00.01 USD", "estimated, at a cloud’s list prices"),
    ("Cost", "12,345,678.90 Kreditpunkte", "estimated, at a cloud’s list prices"),
]
CUT = """() => [...document.querySelectorAll('.bzd-figures :is(dt, dd)')].filter((node) => {
    const box = node.closest('.bzd-figure').getBoundingClientRect();
    const { left, right, bottom } = node.getBoundingClientRect();
    const isInside = left >= box.left && right <= box.right && bottom <= box.bottom + 0.5;
    return !isInside || node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight + 1;
}).map((node) => node.textContent)"""
BROKEN = """() => [...document.querySelectorAll('.bzd-big')].flatMap((node) => {
    const text = node.firstChild;
    return [...text.data.matchAll(/[^ ]+/g)].filter(({ 0: word, index }) => {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        return range.getClientRects().length > 1;
    }).map(([word]) => word);
})"""


@pytest.mark.parametrize("theme", ["", "dark"])
@pytest.mark.parametrize("state", ["live", "saved"])
def test_no_figure_is_cut_or_broken(bench: Bench, tmp_path: Path, theme: str, state: str) -> None:
    bench.js("theme => { document.body.className = theme; }", theme)
    if state == "live":
        show(bench, tmp_path, 30)
        bench.js(
            "figures => { bench.kernel.counts = { ...bench.kernel.counts, figures }; bench.kernel.again(); }",
            AWKWARD,
        )
    else:
        bench.page.clock.install()
        saved = {"figures": AWKWARD, "rows": [], "read": "2026-11-01T10:00:00+00:00"}
        bench.js("saved => { bench.kernel.dead = true; bench.model.traits.saved = saved; }", saved)
        bench.js("() => bench.show('width: 760px')")
        bench.page.clock.run_for(4_000)
    bench.page.get_by_text("1,234,567,890", exact=True).wait_for()
    for width in (320, 419, 520, 540, 760, 842, 900, 1059, 1061, 1400):
        bench.js("width => { bench.views[0].el.style.width = `${width}px`; }", width)
        assert bench.js(CUT) == [], width
        assert bench.js(BROKEN) == [], width


_TEXT = (Path(__file__).parents[2] / "widgets" / "src" / "dashboard" / "protocol.ts").read_text()


def constant(name: str) -> list[str]:
    found = re.search(rf"^export const {name} = (.+?);$", _TEXT, re.M | re.S)
    assert found, name
    return re.findall(r'"([^"]+)"', found[1]) or [found[1]]


def fields(interface: str) -> dict[str, str]:
    found = re.search(rf"^export interface {interface}\b.*? {{\n(.*?)^}}", _TEXT, re.M | re.S)
    assert found, interface
    return dict(re.findall(r"^  (\w+): (.+);$", found[1], re.M))


def test_the_words_are_the_same() -> None:
    assert constant("REQUESTS") == list(REQUESTS)
    assert constant("PUSHES") == list(PUSHES)
    assert constant("CHARTS") == list(CHARTS)
    assert constant("ROWS_AT_ONCE") == [str(ROWS_AT_ONCE)]
    assert sorted(REQUESTS) == sorted(one.__struct_config__.tag for one in get_args(Request))
    chart = next(field.type for field in msgspec.structs.fields(Bar) if field.name == "chart")
    assert get_args(chart) == CHARTS
    for shared in (Filters, Bar):
        assert set(fields(shared.__name__)) == {field.name for field in msgspec.structs.fields(shared)}
    assert {field.name for field in msgspec.structs.fields(Problem)} >= {"message", "code"}


_OWN = [one for one in get_args(Request) if one.__module__.endswith("dashboard.protocol")]


@pytest.mark.parametrize("request_type", _OWN)
def test_requests_have_the_same_fields(request_type: type[msgspec.Struct]) -> None:
    theirs = fields(f"{request_type.__name__}Request")
    assert theirs.pop("kind") == f'"{request_type.__struct_config__.tag}"'
    ours = {field.name for field in msgspec.structs.fields(request_type)}
    assert set(theirs) == ours - {field.name for field in msgspec.structs.fields(Asked)}


def test_answers_have_the_same_fields(tmp_path: Path) -> None:
    rows = renders(200)
    dashboard = HistoryDashboard(FakedWorkspace(tmp_path, rows, plays(rows)))
    try:
        screen = Screen(dashboard)
        opened = screen.ask("open").content
        job = opened["selection"]["rows"][0]["id"]
        page = screen.ask("rows", offset=0).content
        failed = rows[rows["status"] == "failed"]["render_id"].iloc[0]
        known = screen.ask("details", job=failed).content
        assert screen.ask("engaged", job=job, what="play", showing="a", seen_s=0.0).kind in ("reply", "error")
        screen.ask("refresh")
        counts = screen.wait_for("counts").content
        screen.ask("select", bar={"chart": "format", "key": "mp4", "series": None})
        selection = screen.wait_for("selection").content
        dashboard.until = "365d"
        trouble = screen.wait_for("trouble").content
        synced = set(dashboard.get_state()) - set(anywidget.AnyWidget().get_state())
    finally:
        dashboard.close()
    envelope = {"kind", "id", "view"}
    assert set(opened) - envelope == set(fields("OpenReply"))
    assert set(page) - envelope == set(fields("RowsReply"))
    assert set(known) - envelope == set(fields("DetailsReply"))
    assert set(known["error"]) == set(fields("RenderError"))
    assert set(counts) == set(fields("CountsPush"))
    assert set(selection) == set(fields("SelectionPush"))
    assert set(trouble) == set(fields("TroublePush"))
    assert set(selection["selection"]) == set(fields("Selection"))
    assert set(selection["selection"]["rows"][0]) == set(fields("RenderLine"))
    shown = opened["counts"]
    assert set(shown) == set(fields("Counts"))
    assert set(shown["choices"]) == set(fields("Choices"))
    charts = shown["charts"]
    assert set(charts) == set(fields("Charts"))
    assert set(charts["outcomes"]) == set(fields("Outcomes"))
    assert set(charts["outcomes"]["columns"][0]) == set(fields("OutcomeColumn"))
    assert set(charts["format"][0]) == set(fields("BarFacts"))
    assert set(charts["points"][0]) == set(fields("Point"))
    assert set(charts["plays"][0]) == set(fields("Played"))
    assert {name for name in synced if not name.startswith("_")} == set(fields("Traits")) | set(
        fields("Filters")
    )
    assert set(dashboard.saved) == set(fields("Saved"))
    assert set(dashboard.saved["rows"][0]) == set(fields("SavedRow"))
