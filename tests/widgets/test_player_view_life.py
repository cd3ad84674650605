"""How a player looks, what it says when something is wrong, and what it leaves behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.widgets import media
from tests.widgets.bench import Bench, stop_clock

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
LOST = "The kernel does not answer: it is busy or gone."
NOBODY = "No kernel answers for this player: run the cell to play it."
SILENCES = {
    "idle": "The kernel is there, but this player gets no answer from it: run the cell again to play it.",
    "busy": "The kernel is busy: this player waits for it.",
    "dead": "No kernel is running this player: run the cell to play it.",
}


@pytest.fixture
def clocked(chromium: Browser, address: str) -> Iterator[Bench]:
    """A page whose clock can be moved on."""
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    page = context.new_page()
    page.clock.install()
    bench = Bench(page)
    page.goto(f"{address}/page/index.html")
    bench.until("() => window.bench !== undefined")
    yield bench
    context.close()
    assert bench.errors == []


def problem(**more: Any) -> dict[str, Any]:
    lines = ['  File "cell 3", line 5, in race', f"    return bar({HOSTILE!r})", "KeyError: 'Chna'"]
    return {"code": "scene", "message": HOSTILE, "scene": HOSTILE, "frame": 12, "lines": lines} | more


def test_a_problem_is_shown_as_text_until_it_is_solved(bench: Bench) -> None:
    marks = [[HOSTILE, 0, media.FRAMES]]
    bench.show(film=media.film_info(name=HOSTILE, marks=marks), traits={"fallback": "abc123"})
    bench.view()
    bench.js("problem => bench.kernel().pushAll('problem', { problem })", problem())
    bench.wait_state("problem")
    bench.wait_state("problem", view=1)
    assert [(event["name"], event["frame"]) for event in bench.asked("event")] == [("error", 0)]
    bench.js("() => bench.close(1)")
    alert = bench.page.get_by_role("alert")
    for text in (HOSTILE, "frame 12", "line 5, in race", "KeyError: 'Chna'"):
        assert text in alert.inner_text()
    assert bench.page.locator(".bz-scene").inner_text() == HOSTILE
    bench.page.locator(".bz-track").hover()
    assert bench.js("() => document.querySelectorAll('.bazaar-player img[src=\"x\"]').length") == 0
    assert bench.page.title() == "Player"
    bench.seek(50)  # what can be shown is shown
    bench.wait_frame(50)
    bench.js("() => bench.kernel().pushAll('solved')")
    bench.wait_state("ready")
    assert not alert.is_visible()


def test_a_kernel_that_is_gone_is_told_of_and_so_is_its_return(clocked: Bench) -> None:
    clocked.show()
    clocked.wait_buffered()
    clocked.page.clock.run_for(21_000)
    assert len(clocked.asked("alive")) >= 2  # the clock goes on by itself too
    clocked.js("() => { bench.kernel().silent = true; }")
    clocked.seek(100)
    clocked.wait_frame(100)  # what is buffered plays on
    clocked.page.clock.run_for(9_000)
    clocked.wait_state("lost")
    notice = clocked.page.get_by_role("status")
    assert notice.inner_text() == LOST
    clocked.js("() => { bench.kernel().silent = false; }")
    clocked.page.clock.run_for(4_000)
    clocked.wait_state("ready")
    assert notice.inner_text() == ""


def test_a_connection_that_closes_is_noticed(clocked: Bench) -> None:
    clocked.show()
    clocked.js("() => { bench.kernel().silent = true; bench.models[0].fire('comm_live_update'); }")
    clocked.page.clock.run_for(3_000)
    clocked.wait_state("lost")


def test_a_view_that_the_kernel_forgot_opens_again(bench: Bench) -> None:
    bench.show(traits={"frame": 60})
    bench.wait_buffered()
    source = bench.js("() => bench.video().currentSrc")
    bench.js("() => bench.kernel().views.clear()")
    bench.seek(90)
    bench.until("() => bench.kernel().asked('open').length === 2")
    bench.until("() => bench.kernel().views.size === 1")
    assert bench.asked("open")[1]["frame"] == 90
    bench.wait_frame(90)
    bench.wait_shows(90)
    assert bench.js("() => bench.video().currentSrc") == source  # what is buffered still holds


def test_where_no_kernel_runs_the_poster_stays(clocked: Bench) -> None:
    clocked.js(
        """() => {
          const poster = document.createElement('p');
          poster.className = 'bazaar-fallback-0af3';
          poster.textContent = 'poster';
          document.body.prepend(poster);
        }"""
    )
    poster = clocked.page.locator(".bazaar-fallback-0af3")
    clocked.show(wait=False, silent=True, traits={"fallback": "0af3"})
    assert clocked.js("() => bench.root().getBoundingClientRect().height") == 0
    assert poster.is_visible()
    clocked.page.clock.run_for(3_100)
    assert clocked.page.get_by_text(NOBODY).is_visible()
    assert not clocked.page.locator(".bz-stage").is_visible()
    assert poster.is_visible()
    clocked.js("() => { bench.kernel().silent = false; }")
    clocked.page.clock.run_for(3_100)
    clocked.until("() => bench.root().dataset.frame === '0'")
    assert not poster.is_visible()
    assert clocked.page.locator(".bz-stage").is_visible()
    assert not clocked.page.get_by_text(NOBODY).is_visible()
    clocked.js("() => bench.close(0)")
    assert poster.is_visible()


KERNEL = """
status => {
    const kernel = status && { status, connectionStatus: 'connected' };
    bench.models[0].widget_manager = { kernel };
}
"""


@pytest.mark.parametrize("status", SILENCES)
def test_what_is_said_of_a_silent_kernel_is_true(clocked: Bench, status: str) -> None:
    stop_clock(clocked.page)
    clocked.js("([film, options]) => bench.model(film, options)", [media.film_info(), {"silent": True}])
    clocked.js(KERNEL, status)
    clocked.view(wait=False)
    notice = clocked.page.get_by_role("status")
    if status == "idle":  # it may just be slow
        clocked.page.clock.run_for(6_500)
        assert notice.inner_text() == ""
    clocked.page.clock.run_for(15_000)
    assert notice.inner_text() == SILENCES[status]
    clocked.js(KERNEL, None)
    clocked.page.clock.run_for(3_500)
    assert notice.inner_text() == SILENCES["dead"]
    clocked.js("() => { bench.kernel().silent = false; }")
    clocked.page.clock.run_for(3_500)
    clocked.page.clock.resume()
    clocked.until("() => bench.root().dataset.frame === '0'")
    assert notice.inner_text() == ""


def test_what_is_said_of_a_kernel_that_falls_silent_is_true(clocked: Bench) -> None:
    clocked.show()
    notice = clocked.page.get_by_role("status")
    clocked.js("() => { bench.kernel().silent = true; }")
    for status, said in SILENCES.items():
        clocked.js(KERNEL, status)
        clocked.page.clock.run_for(40_000)
        clocked.wait_state("lost")
        assert notice.inner_text() == said
    clocked.js("() => { bench.kernel().silent = false; }")
    clocked.page.clock.run_for(4_000)
    clocked.wait_state("ready")
    assert notice.inner_text() == ""


def test_a_player_that_was_closed_in_python_says_so(bench: Bench) -> None:
    bench.show(wait=False, closed=True)
    bench.wait_state("problem")
    assert "this player was closed" in bench.page.get_by_role("alert").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_overlaps_or_is_cut_off_however_narrow(bench: Bench, theme: str) -> None:
    if theme == "dark":
        bench.js("() => { document.body.className = 'dark'; document.body.dataset.jpThemeLight = 'false'; }")
    frames = media.FPS * 3700
    name = "A scene whose name is much too long for the place that there is for it"
    film = media.film_info(sound_mime=media.SOUND_MIME, sound_key="a", frames=frames)
    film |= {"edges": [0, frames], "marks": [[name, 0, frames]]}
    bench.show(film=film, ahead=-10 * frames)
    bench.until("() => document.querySelector('.bz-now').textContent !== ''")
    every = {
        "Play (Space)",
        "One frame on (→)",
        "Set in point (I)",
        "Loop is off",
        "Speed",
        "Keys (?)",
        "bz-time",
    }
    more = bench.page.get_by_label("More controls")
    for width in (220, 300, 420, 522, 581, 582, 631, 632, 860):
        bench.js("width => { bench.views[0].el.style.width = `${width}px`; }", width)
        found = bench.js("() => bench.layout()")
        assert (found["wrong"], found["scrolls"]) == ([], False), width
        if more.is_visible():
            more.click()
            found = bench.js("() => bench.layout()")
            assert (found["wrong"], found["scrolls"]) == ([], False), width
            bench.page.get_by_label("Fewer controls").click()
        assert every - set(found["shown"]) == set(), width
    assert bench.js("() => bench.contrast()") >= 4.5


def test_every_control_has_a_name_and_a_visible_focus(bench: Bench) -> None:
    film = media.film_info(sound_mime=media.SOUND_MIME, sound_key="a")
    bench.show(film=film, style="width: 860px")
    controls = "button, select, input, [role=slider]"
    names = bench.js("all => [...bench.root().querySelectorAll(all)].map((node) => node.ariaLabel)", controls)
    assert all(names), names
    assert len(set(names)) == len(names)
    bench.page.locator("#elsewhere").focus()
    reached = []
    for _ in range(20):
        bench.page.keyboard.press("Tab")
        focused = bench.js(
            """() => {
              const node = document.activeElement;
              if (!bench.root().contains(node)) return null;
              const knob = node.querySelector(':scope > .bz-knob') ?? node;
              return [node.ariaLabel, getComputedStyle(knob).outlineStyle !== 'none'];
            }"""
        )
        if focused is None:
            break
        reached.append(focused)
    assert [name for name, visible in reached if not visible] == []
    assert {"Playhead", "Play (Space)", "Speed", "Volume", "Full screen (F)"} <= {name for name, _ in reached}


def test_players_that_come_and_go_leave_nothing(bench: Bench) -> None:
    bench.js("film => bench.model(film)", media.film_info(sound_mime=media.SOUND_MIME, sound_key="a"))
    before = bench.js("() => bench.leaks()")
    devtools = bench.page.context.new_cdp_session(bench.page)

    def counted() -> dict[str, int]:
        devtools.send("HeapProfiler.collectGarbage")
        counters: dict[str, int] = devtools.send("Memory.getDOMCounters")
        return counters

    def cycle(times: int) -> dict[str, int]:
        bench.js(
            """async (times) => {
              for (let i = 0; i < times; i++) {
                const view = bench.show(0, 'width: 300px');
                const { root } = bench.views[view];
                if (i % 3) bench.models[0].outside('frame', i % 100);
                if (i % 3 === 2) bench.models[0].outside('playing', true);
                while (!root.dataset.frame) await new Promise(requestAnimationFrame);
                bench.close(view);
                bench.models[0].outside('playing', false);
                bench.views.length = 0;
              }
              bench.kernel().log.length = 0;
              bench.models[0].saved.length = 0;
            }""",
            times,
        )
        bench.until("() => bench.kernel().views.size === 0")
        return counted()

    warm = cycle(10)
    after = cycle(40)
    deadline = time.monotonic() + 180  # until the browser has collected its garbage
    while after["nodes"] > warm["nodes"] + 20 or after["jsEventListeners"] > warm["jsEventListeners"] + 5:
        assert time.monotonic() < deadline, (warm, after)
        after = counted()
    assert bench.js("() => bench.leaks()") == before
