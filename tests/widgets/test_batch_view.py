"""The view of a batch in a real browser, whose kernel side is played by the page."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator

import bazaar_nb as bz
from bazaar_nb.batches.batch import Batch
from bazaar_nb.widgets.batch.facts import COUNTS, batch_facts
from bazaar_nb.widgets.batch.protocol import PUSHES, REQUESTS, Request
from tests.widgets.bench import Bench

HOSTILE = "<img src=x onerror=alert(1)>"
PROTOCOL = Path(__file__).parents[2] / "widgets" / "src" / "batch" / "protocol.ts"


@pytest.fixture
def bench(chromium: Browser, address: str) -> Iterator[Bench]:
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    bench = Bench(context.new_page())
    bench.page.goto(f"{address}/page/batch.html")
    bench.page.wait_for_function("() => window.bench !== undefined")
    yield bench
    context.close()
    assert bench.errors == []


def facts(**changes: Any) -> dict[str, Any]:
    counts = dict.fromkeys(COUNTS, 0) | changes.pop("counts", {})
    return {
        "stage": "rendering", "films": sum(counts.values()), "total": 1000, "counts": counts, "frames": 3600,
        "total_frames": 30_000, "eta_s": 125.0, "note": "", "finished": [], "failures": [],
    } | changes  # fmt: skip


def show(bench: Bench, batch: dict[str, Any], style: str = "width: 700px") -> Locator:
    bench.js("batch => { bench.kernel.reply.batch = batch; }", batch)
    bench.js("style => bench.show(style)", style)
    root = bench.page.locator(".bazaar-batch")
    root.and_(bench.page.locator("[data-state=live]")).wait_for()
    return root


def tell(bench: Bench, batch: dict[str, Any]) -> None:
    bench.js("batch => bench.kernel.push({ kind: 'batch', batch })", batch)


def picture(bench: Bench, number: int) -> None:
    data = io.BytesIO()
    Image.new("RGB", (160, 90), (40 * number % 256, 80, 160)).save(data, "jpeg")
    bench.js("([number, bytes]) => bench.kernel.push({ kind: 'picture', number }, bytes)",
             [number, list(data.getvalue())])  # fmt: skip


def films(*numbers: int) -> list[dict[str, Any]]:
    return [{"number": number, "name": f"{number}-Oslo.mp4", "kept": False} for number in numbers]


def test_how_far_it_is_what_is_there_and_what_went_wrong(bench: Bench) -> None:
    root = show(bench, facts(stage="checking", films=12_000, total=0, eta_s=None))
    root.get_by_text("12,000 rows checked").wait_for()
    failures = [{"number": 7, "name": f"7-{HOSTILE}.mp4", "why": HOSTILE}]
    counts = {"made": 100, "kept": 20, "failed": 1}
    tell(bench, facts(counts=counts, finished=films(3, 2, 1), failures=failures))
    root.get_by_text("121 of 1,000 films · 3,600 of 30,000 frames · 2 min left").wait_for()
    assert root.locator(".bzb-counts li").all_inner_texts() == [
        "100 rendered",
        "20 there already",
        "1 failed",
    ]
    assert root.get_by_role("progressbar").get_attribute("aria-valuenow") == "12"
    assert root.locator(".bzb-failures").inner_text().split("\n")[-1] == HOSTILE
    picture(bench, 2)
    picture(bench, 3)
    root.locator(".bzb-film img").nth(1).wait_for()
    assert root.locator(".bzb-film").all_inner_texts() == ["3-Oslo.mp4", "2-Oslo.mp4", "1-Oslo.mp4"]

    tell(bench, facts(counts=counts, finished=films(5, 4, 3)))  # older ones go, with their pictures
    root.get_by_text("5-Oslo.mp4").wait_for()
    assert root.locator(".bzb-film img").count() == 1
    root.get_by_role("button", name="Cancel Films of card()").click()
    bench.until("() => bench.kernel.log.some(({ kind }) => kind === 'cancel')")
    tell(bench, facts(stage="cancelling", note="it was cancelled"))
    root.get_by_text("Stopping").wait_for()

    tell(
        bench,
        facts(
            stage="done", counts={"made": 990, "left": 10}, eta_s=None, note="limit `renders_per_hour` is 990"
        ),
    )
    root.get_by_text("10 without a movie").wait_for()
    assert root.get_attribute("data-outcome") == "incomplete"
    assert not root.get_by_role("button").is_visible()
    tell(bench, facts(stage="done", counts={"made": 1000}, eta_s=None))
    root.get_by_text("Finished").wait_for()
    bench.js("() => bench.close()")
    assert bench.js("() => bench.leaks()") == {"urls": 0, "listeners": 0}


@pytest.mark.parametrize("theme", ["", "dark"])
@pytest.mark.parametrize("width", [280, 900])
def test_it_can_be_read_in_both_themes_and_fits(bench: Bench, theme: str, width: int) -> None:
    if theme:
        bench.page.emulate_media(color_scheme="dark")
        bench.js(
            "() => { document.body.classList.add('dark'); document.body.dataset.jpThemeLight = 'false'; }"
        )
    failures = [{"number": 7, "name": "7-a-very-long-name-of-a-movie" * 4, "why": "a long word " + "x" * 200}]
    batch = facts(
        counts={"made": 100, "failed": 1, "refused": 30}, finished=films(*range(12, 0, -1)),
        failures=failures, note="limit `running` is 1", stage="waiting",
    )  # fmt: skip
    root = show(bench, batch, f"width: {width}px")
    for number in range(1, 13):
        picture(bench, number)
    root.locator(".bzb-film img").nth(11).wait_for()
    assert bench.js("() => bench.outside()") == []
    ratio, where = bench.js("() => bench.contrast()")
    assert ratio >= 4.5, where


def test_a_kernel_that_only_speaks_is_shown(bench: Bench) -> None:
    bench.js("() => { bench.kernel.dead = true; bench.status('busy'); }")
    bench.js("() => bench.show('width: 700px')")
    tell(bench, facts(counts={"made": 3}))
    root = bench.page.locator(".bazaar-batch")
    root.get_by_text("3 of 1,000 films").wait_for()
    root.get_by_text("Interrupt the kernel to stop.").wait_for()
    assert not root.get_by_role("button").is_visible()


def test_without_a_kernel_it_says_how_things_were(bench: Bench) -> None:
    bench.js("() => { bench.kernel.dead = true; bench.change('saved', '3 of 4 films'); }")
    bench.js("() => bench.show('width: 700px')")
    bench.page.get_by_text("3 of 4 films").wait_for()


def constant(name: str) -> list[str]:
    found = re.search(rf"export const {name} = (\[.*?\]) as const", PROTOCOL.read_text(), re.DOTALL)
    assert found is not None
    listed: list[str] = json.loads(found[1])
    return listed


def test_the_words_are_the_same() -> None:
    assert constant("REQUESTS") == list(REQUESTS)
    assert constant("PUSHES") == list(PUSHES)
    assert constant("COUNTS") == list(COUNTS)
    assert sorted(REQUESTS) == sorted(one.__struct_config__.tag for one in get_args(Request))
    told = batch_facts(Batch("card", bz.Workspace("unused")))
    names = re.search(r"interface BatchFacts \{(.*?)\n\}", PROTOCOL.read_text(), re.DOTALL)
    assert names is not None
    assert set(re.findall(r"^  (\w+):", names[1], re.MULTILINE)) == set(told)
    assert msgspec.json.encode(told)
