"""The view of controls in a real browser, whose kernel side is played by the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import ipywidgets
import pytest
from playwright.sync_api import Browser, Locator

from bazaar_nb.widgets.controls.facts import KINDS, control_facts
from bazaar_nb.widgets.controls.protocol import PUSHES, REQUESTS, Request
from tests.widgets.bench import Bench

HOSTILE = "<img src=x onerror=alert(1)>"
PROTOCOL = Path(__file__).parents[2] / "widgets" / "src" / "controls" / "protocol.ts"


@pytest.fixture
def bench(chromium: Browser, address: str) -> Iterator[Bench]:
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    bench = Bench(context.new_page())
    bench.page.goto(f"{address}/page/controls.html")
    bench.page.wait_for_function("() => window.bench !== undefined")
    yield bench
    context.close()
    assert bench.errors == []


def every_kind() -> list[dict[str, Any]]:
    made = {
        "loud": ipywidgets.Checkbox(False),
        "size": ipywidgets.IntSlider(20, 0, 90),
        "share": ipywidgets.FloatText(0.5),
        "text": ipywidgets.Combobox(value=HOSTILE, options=["one", "two"]),
        "note": ipywidgets.Textarea("first\nsecond", rows=3),
        "color": ipywidgets.ColorPicker(value="tomato"),
        "day": ipywidgets.DatePicker(),
        "at": ipywidgets.NaiveDatetimePicker(),
        "theme": ipywidgets.Dropdown(options=["light", "dark"], description=f"Theme {HOSTILE}"),
        "place": ipywidgets.ToggleButtons(options=["left", "middle", "right"], value="middle"),
        "many": ipywidgets.SelectMultiple(options=["x", "y"], value=["y"]),
    }
    return [control_facts(name, control) for name, control in made.items()]


def show(bench: Bench, controls: list[dict[str, Any]], style: str = "width: 700px") -> Locator:
    bench.js("controls => { bench.kernel.reply.controls = controls; }", controls)
    bench.js("style => bench.show(style)", style)
    root = bench.page.locator(".bazaar-controls")
    root.and_(bench.page.locator("[data-state=live]")).wait_for()
    return root


def changes(bench: Bench) -> list[tuple[str, Any]]:
    log = bench.js("() => bench.kernel.log.filter(({ kind }) => kind === 'change')")
    return [(one["name"], one["value"]) for one in log]


def tell(bench: Bench, *controls: dict[str, Any]) -> None:
    bench.js("controls => bench.kernel.push({ kind: 'controls', controls })", list(controls))


def test_each_control_is_named_shows_its_value_and_sends_what_is_chosen(bench: Bench) -> None:
    root = show(bench, every_kind())
    assert root.get_by_label("Text").input_value() == HOSTILE
    assert root.get_by_role("radio", name="middle").is_checked()
    assert root.get_by_text("('y',) (set from Python: only Jupyter shows this control)").is_visible()
    root.get_by_label("Loud").check()
    root.get_by_role("slider", name="Size").press("ArrowRight")
    root.get_by_label("Share").fill("0.75")
    root.get_by_label("Text").fill("hello")
    root.get_by_label("Note").fill("a\nb")
    root.get_by_label("Color", exact=True).fill("gold")
    root.get_by_label("Color: choose").fill("#112233")
    root.get_by_label("Day").fill("2026-02-03")
    root.get_by_label("At", exact=True).fill("2026-02-03T04:05")
    root.get_by_label(f"Theme {HOSTILE}").select_option("dark")
    root.get_by_role("radiogroup", name="Place").get_by_role("radio", name="right").check()
    bench.until("() => bench.kernel.log.some(({ name }) => name === 'place')")
    assert list(dict.fromkeys(changes(bench))) == [  # a browser may tell of several lines twice
        ("loud", True), ("size", 21), ("share", 0.75), ("text", "hello"), ("note", "a\nb"), ("color", "gold"),
        ("color", "#112233"), ("day", "2026-02-03"), ("at", "2026-02-03T04:05"), ("theme", 1), ("place", 2),
    ]  # fmt: skip
    bench.js("() => bench.close()")
    assert bench.js("() => bench.leaks()") == {"urls": 0, "listeners": 0}


def test_only_the_last_of_many_values_waits_and_the_kernel_wins_in_the_end(bench: Bench) -> None:
    size = control_facts("size", ipywidgets.IntSlider(20, 0, 90))
    root = show(bench, [size])
    slider = root.get_by_role("slider", name="Size")
    bench.js("() => { bench.kernel.held = []; }")
    for _ in range(5):
        slider.press("ArrowRight")
    tell(bench, size | {"value": 21})  # on its way while more was chosen: it must not undo that
    assert slider.input_value() == "25"
    bench.js(
        "() => { const held = bench.kernel.held; bench.kernel.held = null; held.forEach((say) => say()); }"
    )
    bench.until("() => bench.kernel.log.filter(({ kind }) => kind === 'change').length === 2")
    assert changes(bench) == [("size", 21), ("size", 25)]
    tell(bench, size | {"value": 25, "high": 30})
    root.get_by_text("25", exact=True).wait_for()
    tell(bench, size | {"value": 7})
    root.get_by_text("7", exact=True).wait_for()
    assert slider.input_value() == "7"


def test_what_is_wrong_stands_below_and_stays_to_be_mended(bench: Bench) -> None:
    text = control_facts("text", ipywidgets.Text("hello"))
    root = show(bench, [text])
    field = root.get_by_label("Text")
    bench.js("() => { bench.kernel.refuse = { change: 'must be short' }; }")
    field.fill("a long text")
    root.get_by_role("alert").get_by_text("must be short").wait_for()
    assert field.input_value() == "a long text"
    assert field.get_attribute("aria-invalid") == "true"
    bench.js("() => { bench.kernel.refuse = {}; }")
    tell(bench, text | {"value": "short", "error": HOSTILE})  # from Python, and the form finds it wrong
    root.get_by_role("alert").get_by_text(HOSTILE).wait_for()
    tell(bench, text | {"value": "short"})
    bench.until("() => document.querySelector('.bzc-error').textContent === ''")
    assert field.input_value() == "short"
    assert field.get_attribute("aria-invalid") is None


def test_choices_may_change(bench: Bench) -> None:
    theme = control_facts("theme", ipywidgets.Dropdown(options=["light", "dark"]))
    root = show(bench, [theme])
    tell(bench, theme | {"options": ["a", "b", "c"], "value": 2})
    bench.until("() => document.querySelector('.bazaar-controls select').options.length === 3")
    assert root.get_by_label("Theme").input_value() == "2"


@pytest.mark.parametrize("theme", ["", "dark"])
@pytest.mark.parametrize("width", [280, 900])
def test_it_can_be_read_in_both_themes_and_fits(bench: Bench, theme: str, width: int) -> None:
    if theme:
        bench.page.emulate_media(color_scheme="dark")
        bench.js("() => document.body.classList.add('dark')")
    controls = every_kind()
    controls[1]["error"] = "must be at most 10, and a long word " + "x" * 200
    show(bench, controls, f"width: {width}px")
    assert bench.js("() => bench.outside()") == []
    ratio, where = bench.js("() => bench.contrast()")
    assert ratio >= 4.5, where


def test_without_a_kernel_it_says_so(bench: Bench) -> None:
    bench.js("() => { bench.kernel.dead = true; bench.status('dead'); }")
    bench.js("() => bench.show('width: 700px')")
    bench.page.get_by_text("No kernel is running these controls: run the cell to use them.").wait_for()


def constant(name: str) -> list[str]:
    found = re.search(rf"export const {name} = (\[.*?\]) as const", PROTOCOL.read_text(), re.DOTALL)
    assert found is not None
    listed: list[str] = json.loads(found[1])
    return listed


def test_the_words_are_the_same() -> None:
    assert constant("REQUESTS") == list(REQUESTS)
    assert constant("PUSHES") == list(PUSHES)
    assert constant("KINDS") == list(KINDS)
    assert sorted(REQUESTS) == sorted(one.__struct_config__.tag for one in get_args(Request))
    names = re.search(r"interface ControlFacts \{(.*?)\n\}", PROTOCOL.read_text(), re.DOTALL)
    assert names is not None
    assert re.findall(r"^  (\w+):", names[1], re.MULTILINE) == list(every_kind()[0])
