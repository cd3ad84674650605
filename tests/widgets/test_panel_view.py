"""The export panel in a real browser, whose kernel side is played by the page."""

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

import bazaar_nb as bz
from bazaar_nb.preview.problem import Problem
from bazaar_nb.widgets.panel import protocol as panel_protocol
from bazaar_nb.widgets.panel.protocol import PUSHES, REQUESTS, USES, AboutJob, Asked, Choice, Request
from bazaar_nb.widgets.panel.widget import ExportPanel
from tests.widgets.bench import Bench, stop_clock
from tests.widgets.screen import Screen

HOSTILE = "<img src=x onerror=alert(1)>"


@bz.scene(duration=1)
def red(frame: bz.Frame) -> bz.Fill:
    return bz.Fill("red")


@pytest.fixture
def panel_form(tmp_path: Path) -> dict[str, Any]:
    """A real form's offers."""
    film = bz.Composition([red(duration=8)], width=1920, height=1080, fps=30, name="review")
    panel = ExportPanel(film, bz.Workspace(tmp_path, engine="inline"))
    form = panel._form.describe()
    panel.close()
    return form


@pytest.fixture
def bench(chromium: Browser, address: str, panel_form: dict[str, Any]) -> Iterator[Bench]:
    context = chromium.new_context(viewport={"width": 900, "height": 900}, accept_downloads=True)
    bench = Bench(context.new_page())
    bench.page.goto(f"{address}/page/panel.html")
    bench.page.wait_for_function("() => window.bench !== undefined")
    bench.js("form => { bench.kernel.reply.form = form; }", json.loads(json.dumps(panel_form)))
    yield bench
    context.close()
    assert bench.errors == []


def job(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"20261123-04000{number}-a",
        "name": "review.webm",
        "film": "review",
        "status": "rendering",
        "stage": "rendering",
        "about": "1280×720 · 30 fps · 8 s · VP9 · medium quality",
        "frames": 0,
        "total": 240,
        "evaluated": 0,
        "cached": 0,
        "segments": 4,
        "segments_cached": 0,
        "fps": None,
        "eta_s": None,
        "uploaded": None,
        "place": None,
        "last": False,
        "problem": None,
        "movie": None,
        "pictures": 4,
    } | changes


def movie(size: int, **changes: Any) -> dict[str, Any]:
    return {
        "bytes": size,
        "size": "12 kB",
        "took": "rendered in 3.0 s",
        "width": 1280,
        "height": 720,
        "mime": "video/mp4",
        "sent": True,
        "inline": True,
        "shared": False,
    } | changes


def show(bench: Bench, *jobs: dict[str, Any], style: str = "width: 700px", paused: bool = False) -> Locator:
    """Open a panel with some jobs."""
    bench.js("([jobs, paused]) => Object.assign(bench.kernel.reply, { jobs, paused })", [list(jobs), paused])
    bench.js("style => bench.show(style)", style)
    root = bench.page.locator(".bazaar-panel").last
    root.and_(bench.page.locator("[data-state=live]")).wait_for()
    return root


def asked(bench: Bench, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bench.js(
        "kind => bench.kernel.log.filter((one) => one.kind === kind)", kind
    )
    return found


def tell(bench: Bench, one: dict[str, Any]) -> None:
    bench.js("job => bench.kernel.push({ kind: 'job', job })", one)


def test_only_what_goes_together_can_be_chosen(bench: Bench) -> None:
    root = show(bench)
    root.get_by_text("about 4–9 s").wait_for()
    root.get_by_label("Format").select_option("gif")
    assert root.get_by_label("Bit rate").is_disabled()
    assert root.get_by_label("Codec").locator("option").all_inner_texts() == ["GIF"]
    root.get_by_label("Format").select_option("webm")
    assert root.get_by_label("Codec").locator("option").all_inner_texts() == ["VP9", "VP8", "AV1"]
    root.get_by_label("Resolution").select_option("720p")
    root.get_by_label("Bit rate").select_option("own")
    assert root.get_by_role("combobox", name="Quality", exact=True).is_disabled()
    root.get_by_label("Mbit/s").fill("2.5")
    root.get_by_label("First frame").fill("30")
    root.get_by_label("Last frame").fill("89")
    root.get_by_text("0:02.00").wait_for()
    root.get_by_label("Name").fill(HOSTILE)
    root.get_by_label("Destination").select_option("folder")
    root.get_by_role("textbox", name="Folder").fill("/tmp/movies")
    # Once the kernel has said that it can be.
    bench.until("() => bench.kernel.log.filter(({ kind }) => kind === 'check').at(-1).choice.folder !== null")
    bench.until("() => !document.querySelector('.bzp-primary').disabled")
    root.get_by_label("Continue when this notebook is closed").check()
    root.get_by_role("textbox", name="Folder").press("Enter")
    bench.until("() => bench.kernel.log.some((one) => one.kind === 'export')")
    (sent,) = asked(bench, "export")
    assert sent["choice"] == {
        "format": "webm",
        "codec": "vp9",
        "quality": None,
        "bitrate": 2_500_000,
        "resolution": "720p",
        "fps": None,
        "first": 30,
        "stop": 90,
        "name": HOSTILE,
        "folder": "/tmp/movies",
        "mute": False,
        "detach": True,
        "maxrate": None,
        "bit_depth": None,
        "captions": None,
        "burn": False,
        "also": [],
    }
    for one in (sent["choice"], asked(bench, "check")[0]["choice"]):
        assert isinstance(msgspec.convert(one, Choice), Choice)


def test_more_options_are_folded_and_fit_the_format(bench: Bench) -> None:
    root = show(bench)
    root.get_by_text("about 4–9 s").wait_for()
    captions = root.get_by_role("textbox", name="Captions")
    assert not captions.is_visible()
    root.get_by_text("More options").press("Enter")
    root.get_by_label("Codec").select_option("h265")
    root.get_by_label("Peak rate").fill("8")
    root.get_by_label("Bits a colour").select_option("10")
    assert not root.get_by_label("Captions are").is_visible()
    captions.fill(" talk.srt ")
    root.get_by_label("Captions are").select_option("burn")
    assert not root.get_by_role("checkbox", name="MP4").is_visible()
    also = [{"name": f"{HOSTILE}.gif", "about": "640×360", "size": "about 3–5 MB"}]
    bench.js("also => { bench.kernel.check.also = also; }", also)
    root.get_by_role("checkbox", name="GIF").check()
    root.get_by_role("checkbox", name="PNG", exact=True).check()
    root.get_by_text(f"{HOSTILE}.gif · 640×360 · about 3–5 MB").wait_for()
    last = "() => bench.kernel.log.filter(({ kind }) => kind === 'check').at(-1).choice"
    bench.until(f"() => ({last})().also.length === 2")
    sent = bench.js(last)
    assert (sent["maxrate"], sent["bit_depth"], sent["also"]) == (8_000_000, 10, ["gif", "png"])
    assert (sent["captions"], sent["burn"]) == ("talk.srt", True)
    root.get_by_label("Format").select_option("gif")
    for label in ("Peak rate", "Bits a colour"):
        assert not root.get_by_label(label).is_visible()
    assert root.get_by_label("Captions are").locator("option").all_inner_texts() == ["Part of the picture"]
    bench.until(f"() => ({last})().format === 'gif'")
    sent = bench.js(last)
    assert (sent["maxrate"], sent["bit_depth"], sent["also"]) == (None, None, ["png"])
    kinds = root.get_by_label("Format").locator("optgroup").evaluate_all("all => all.map((one) => one.label)")
    assert kinds == ["Video", "Animated image", "Pictures, a file a frame"]


def test_sound_is_heard_and_pictures_are_handed_over(bench: Bench) -> None:
    ended = [
        job(1, name="talk.m4a", status="succeeded", stage="done", movie=movie(9, mime="audio/mp4")),
        job(2, name="all.zip", status="succeeded", stage="done", movie=movie(9, mime="application/zip")),
        job(3, name="frames", status="succeeded", stage="done", movie=movie(9, mime="inode/directory")),
    ]
    root = show(bench, *ended)
    assert [root.get_by_role("button", name=name, exact=True).count() for name in ("Play", "Download")] == [
        1,
        2,
    ]
    root.get_by_text("The pictures are in their folder").wait_for()
    bench.js("() => { bench.kernel.bytes = new Uint8Array(9); }")
    root.get_by_role("button", name="Play", exact=True).click()
    root.locator("audio").wait_for(state="attached")


def test_what_forbids_it_is_said_before(bench: Bench) -> None:
    bench.js("text => { bench.kernel.check.refusal = text; }", f"limit `fps` is 1 {HOSTILE}")
    root = show(bench)
    root.get_by_text(f"limit `fps` is 1 {HOSTILE}").wait_for()
    assert root.get_by_role("button", name="Export").is_disabled()
    bench.js("() => { bench.kernel.check.refusal = null; bench.kernel.refuse.export = 'too late'; }")
    root.get_by_role("combobox", name="Quality", exact=True).select_option("low")
    bench.page.wait_for_function("() => !document.querySelector('.bzp-primary').disabled")
    root.get_by_role("button", name="Export").click()
    root.get_by_text("too late").wait_for()


def test_a_job_goes_on_and_plays_at_its_end(bench: Bench) -> None:
    size = bench.js("() => bench.load('/segment?look=0&start=0&stop=30&codec=h264')")
    root = show(bench, job())
    bar = root.get_by_role("progressbar")
    for frames in (60, 120):
        tell(bench, job(frames=frames, fps=85.2, eta_s=12.4))
        assert bar.get_attribute("aria-valuenow") == str(frames * 100 // 240)
    root.get_by_text("120 of 240 frames · 85 fps · 12 s left").wait_for()
    for number in (2, 0):
        bench.js(
            "number => bench.kernel.push({ kind: 'picture', job: '20261123-040001-a', number }, [255, 216])",
            number,
        )
    numbers = "() => [...document.querySelectorAll('.bzp-thumbnail')].map((one) => one.dataset.number)"
    assert bench.js(numbers) == ["0", "2"]
    tell(bench, job(frames=240, stage="joining", status="joining"))
    root.get_by_text("Joining").wait_for()
    tell(bench, job(frames=240, stage="uploading", status="uploading", uploaded=0.456))
    root.get_by_text("240 of 240 frames · 45 % uploaded").wait_for()
    root.get_by_role("button", name="Cancel").focus()
    tell(bench, job(frames=240, stage="done", status="succeeded", movie=movie(size)))
    bench.page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    assert bench.js("() => document.activeElement.textContent") == "Download"
    assert bench.js("() => document.querySelector('video').src").startswith("blob:")
    with bench.page.expect_download() as downloads:
        root.get_by_role("button", name="Download").click()
    assert downloads.value.suggested_filename == "review.webm"
    assert Path(downloads.value.path()).stat().st_size == size
    assert len(asked(bench, "file")) == -(-size // 100_000)  # the bytes came once
    bench.js("row => { bench.kernel.row = row; }", [["status", HOSTILE, "what became of it"]])
    root.get_by_role("button", name="Show in history").click()
    root.get_by_role("cell", name=HOSTILE).wait_for()
    bench.js("() => bench.close()")
    bench.js("() => bench.kernel.dead = true")
    assert bench.js("() => bench.leaks().listeners") == 0
    # The address of a download must live until the browser has read it.
    assert bench.js("() => bench.leaks().urls") == 1


def test_large_and_shared_movies_come_by_links(bench: Bench) -> None:
    bench.js("() => { bench.kernel.url = location.origin + '/page/panel.html?signature=secret'; }")
    bench.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    done = movie(2**31, sent=False, inline=False, shared=True)
    root = show(bench, job(status="succeeded", stage="done", frames=240, movie=done))
    assert asked(bench, "link") == []
    root.get_by_role("button", name="Copy link").click()
    root.get_by_text("Link copied.").wait_for()
    assert "signature=secret" in bench.js("() => navigator.clipboard.readText()")
    assert "secret" not in root.inner_html()
    bench.js("() => { bench.kernel.url = 'javascript:alert(1)'; }")
    root.get_by_role("button", name="Play").click()
    root.get_by_text("this link can't be opened").wait_for()
    assert [one["use"] for one in asked(bench, "link")] == ["share", "play"]
    assert asked(bench, "file") == []


def test_errors_are_words_with_details_and_a_retry(bench: Bench) -> None:
    problem = {
        "code": "scene",
        "message": f"ValueError: {HOSTILE}",
        "scene": HOSTILE,
        "frame": 20,
        "lines": ["line 3", HOSTILE],
        "type": "SceneError",
    }
    root = show(bench, job(name=HOSTILE, status="failed", problem=problem))
    root.get_by_text(f"Scene “{HOSTILE}”, frame 20").wait_for()
    assert not root.get_by_text("line 3").is_visible()
    root.get_by_text("Details").press("Enter")
    assert root.get_by_text("line 3").is_visible()
    assert root.locator("img").count() == 0
    bench.js("() => { bench.kernel.refuse.retry = 'limit `running` is 1'; }")
    root.get_by_role("button", name="Retry").press("Enter")
    root.get_by_text("limit `running` is 1").wait_for()


def test_the_queue_is_changed_by_keys(bench: Bench) -> None:
    waiting = [
        job(n, name=f"{n}.mp4", status="queued", stage="queued", place=n - 2, last=n == 3) for n in (2, 3)
    ]
    root = show(bench, job(name="1.mp4"), *waiting)
    down = root.get_by_role("button", name="Move down 2.mp4")
    down.focus()
    bench.page.keyboard.press("Enter")
    bench.until("() => bench.kernel.log.some((one) => one.kind === 'move')")
    moved = [waiting[1] | {"place": 0, "last": False}, waiting[0] | {"place": 1, "last": True}]
    bench.js("jobs => bench.kernel.push({ kind: 'jobs', jobs, paused: true })", [job(name="1.mp4"), *moved])
    assert root.locator(".bzp-name").all_inner_texts() == ["1.mp4", "3.mp4", "2.mp4"]
    assert asked(bench, "move") == [{"kind": "move", "job": waiting[0]["id"], "by": 1}]
    root.get_by_text("Waiting, 1 before it").wait_for()
    pause = root.get_by_role("button", name="Resume the queue")
    assert pause.get_attribute("aria-pressed") == "true"
    pause.press("Enter")
    bench.until("() => bench.kernel.log.some((one) => one.kind === 'pause')")
    assert asked(bench, "pause") == [{"kind": "pause", "paused": False}]


def test_a_long_queue_stays_short(bench: Bench) -> None:
    waiting = job(1, status="queued", stage="queued", place=0, last=True)
    ended = [job(n, name=f"{n}.mp4", status="cancelled") for n in range(2, 9)]
    root = show(bench, waiting, *ended)
    assert root.get_by_role("progressbar").count() == 0
    names = root.locator(".bzp-name")
    assert [name.is_visible() for name in names.all()] == [True] * 5 + [False] * 3
    bench.js("row => { bench.kernel.row = row; }", [["status", "cancelled", "what became of it"]])
    shown = root.get_by_role("button", name="Show in history 5.mp4")
    shown.click()
    root.get_by_role("cell", name="cancelled").wait_for()
    newer = [job(9, name="9.mp4", status="cancelled"), *ended]
    bench.js("jobs => bench.kernel.push({ kind: 'jobs', jobs, paused: false })", newer)
    visible = [name.inner_text() for name in names.all() if name.is_visible()]
    assert visible == ["9.mp4", "2.mp4", "3.mp4", "4.mp4", "5.mp4"]  # what is looked at stays
    root.get_by_role("button", name="Show 3 more").press("Enter")
    assert all(name.is_visible() for name in names.all())
    assert bench.js("() => document.activeElement.ariaLabel") == "Retry 6.mp4"
    bench.js("jobs => bench.kernel.push({ kind: 'jobs', jobs, paused: false })", newer)
    assert all(name.is_visible() for name in names.all())


def test_keys_stay_in_the_panel(bench: Bench) -> None:
    root = show(bench, job())
    bench.js("() => { bench.heard = []; }")
    # As a notebook does, that has letters as commands.
    bench.js("() => document.addEventListener('keydown', ({ key }) => bench.heard.push(key), true)")
    name = root.get_by_label("Name")
    name.press("End")
    name.press("x")
    assert name.input_value() == "reviewx"
    formats = root.get_by_label("Format")
    for key in ("w", "d", "d"):
        formats.press(key)
    assert formats.input_value() == "webm"
    root.get_by_role("button", name="Cancel").press("m")
    root.get_by_role("button", name="Cancel").press("Space")
    bench.until("() => bench.kernel.log.some((one) => one.kind === 'cancel')")
    assert bench.js("() => bench.heard") == []
    name.press("Control+s")
    assert "s" in bench.js("() => bench.heard")


def test_without_a_kernel_the_last_state_is_told(bench: Bench) -> None:
    bench.page.clock.install()
    bench.js("() => { bench.kernel.dead = true; }")
    bench.js(
        "saved => { bench.model.traits.saved = saved; }",
        [{"name": HOSTILE, "status": "succeeded", "about": "1280×720"}],
    )
    bench.js("() => bench.show('width: 500px')")
    root = bench.page.locator(".bazaar-panel")
    bench.page.clock.run_for(5_000)
    root.get_by_text("No kernel answers for this").wait_for()
    assert root.get_by_text(HOSTILE).is_visible()
    bench.js("() => { bench.kernel.dead = false; }")
    bench.page.clock.run_for(5_000)
    root.get_by_role("button", name="Export").wait_for()
    assert not root.get_by_text(HOSTILE).is_visible()


def test_what_is_said_of_a_kernel_that_never_answers_is_true(bench: Bench) -> None:
    bench.page.clock.install()
    stop_clock(bench.page)
    bench.js("() => { bench.kernel.dead = true; bench.keep('how it was'); }")
    bench.js("() => bench.show('width: 500px')")
    root = bench.page.locator(".bazaar-panel")
    bench.page.clock.run_for(20_000)
    assert not root.is_visible()  # what a notebook keeps says more
    bench.js("() => bench.status('idle')")
    bench.page.clock.run_for(5_000)
    assert not root.is_visible()
    bench.page.clock.run_for(15_000)
    told = "The kernel is there, but this gets no answer from it: run the cell again to export."
    assert root.inner_text() == told
    assert bench.page.get_by_text("how it was").is_visible()
    bench.js("() => bench.status('busy')")
    bench.page.clock.run_for(5_000)
    assert root.inner_text() == "The kernel is busy: this waits for it."
    bench.js("() => { bench.kernel.dead = false; }")
    bench.page.clock.run_for(5_000)
    bench.page.clock.resume()
    root.get_by_role("button", name="Export").wait_for()
    assert not bench.page.get_by_text("how it was").is_visible()
    assert "busy" not in root.inner_text()


def test_a_silent_kernel_is_told_and_asked_again(bench: Bench) -> None:
    bench.page.clock.install()
    root = show(bench, job())
    # Another film has other choices, which are asked for.
    bench.js("() => { bench.kernel.dead = true; bench.change('title', 'Export of this'); }")
    bench.page.clock.run_for(20_000)
    root.get_by_text("The kernel does not answer: it is busy or gone. What runs goes on.").wait_for()
    root.and_(bench.page.locator("[data-state=lost]")).wait_for()
    bench.js("job => { bench.kernel.dead = false; bench.kernel.reply.jobs = [job]; }", job(frames=99))
    bench.page.clock.run_for(5_000)
    root.and_(bench.page.locator("[data-state=live]")).wait_for()
    root.get_by_text("99 of 240 frames").wait_for()


@pytest.mark.parametrize("theme", ["", "dark"])
@pytest.mark.parametrize("width", [300, 700])
def test_nothing_is_cut_off_and_all_can_be_read(bench: Bench, theme: str, width: int) -> None:
    bench.js("theme => { document.body.className = theme; }", theme)
    if theme:
        bench.page.emulate_media(color_scheme="dark")
        bench.js("() => { document.body.dataset.jpThemeLight = 'false'; }")
    problem = {"code": "scene", "message": "long" * 40, "scene": "s", "frame": 2, "lines": [], "type": "E"}
    root = show(
        bench,
        job(frames=100, fps=20.0, eta_s=7.0, name="a-name-that-goes-on-" * 6 + ".webm"),
        job(2, status="failed", problem=problem),
        job(3, status="succeeded", stage="done", frames=240, movie=movie(9)),
        style=f"width: {width}px",
    )
    root.get_by_label("Bit rate").select_option("own")
    root.get_by_label("Destination").select_option("folder")
    root.get_by_text("More options").click()
    root.get_by_role("textbox", name="Captions").fill("talk.srt")
    root.get_by_text("about 4–9 s").wait_for()
    assert bench.js("() => bench.outside()") == []
    assert bench.js("() => document.documentElement.scrollWidth <= innerWidth")
    ratio, where = bench.js("() => bench.contrast()")
    assert ratio >= 4.5, where


_TEXT = (Path(__file__).parents[2] / "widgets" / "src" / "panel" / "protocol.ts").read_text()


def constant(name: str) -> list[str]:
    found = re.search(rf"^export const {name} = (.+?);$", _TEXT, re.M | re.S)
    assert found, name
    return re.findall(r'"([^"]+)"', found[1])


def fields(interface: str) -> dict[str, str]:
    found = re.search(rf"^export interface {interface}\b.*? {{\n(.*?)^}}", _TEXT, re.M | re.S)
    assert found, interface
    return dict(re.findall(r"^  (\w+): (.+);$", found[1], re.M))


def test_the_words_are_the_same() -> None:
    assert constant("REQUESTS") == list(REQUESTS)
    assert constant("PUSHES") == list(PUSHES)
    assert constant("USES") == list(USES) == list(get_args(_uses()))
    assert sorted(REQUESTS) == sorted(one.__struct_config__.tag for one in get_args(Request))


def _uses() -> Any:
    return next(f.type for f in msgspec.structs.fields(panel_protocol.Link) if f.name == "use")


@pytest.mark.parametrize("request_type", get_args(Request))
def test_requests_have_the_same_fields(request_type: type[msgspec.Struct]) -> None:
    theirs = fields(f"{request_type.__name__}Request")
    assert theirs.pop("kind") == f'"{request_type.__struct_config__.tag}"'
    ours = {field.name for field in msgspec.structs.fields(request_type)}
    assert set(theirs) == ours - {field.name for field in msgspec.structs.fields(Asked)}
    assert issubclass(request_type, AboutJob) == ("job" in theirs)


def test_answers_have_the_same_fields(tmp_path: Path) -> None:
    assert set(fields("Choice")) == {field.name for field in msgspec.structs.fields(Choice)}
    assert set(fields("Problem")) == {field.name for field in msgspec.structs.fields(Problem)}
    film = bz.Composition([red()], width=64, height=36)
    panel = ExportPanel(film, bz.Workspace(tmp_path, engine="inline"))
    try:
        screen = Screen(panel)
        opened = screen.ask("open").content
        choice = dict.fromkeys(fields("Choice")) | {"format": "mp4", "codec": "h264", "quality": "low"}
        choice |= {"first": 0, "stop": 30, "name": "x", "mute": False, "detach": False}
        choice |= {"burn": False, "also": []}
        checked = screen.ask("check", choice=choice).content
        made = screen.ask("export", choice=choice).content["job"]
        pushed = screen.wait(
            lambda m: m.kind == "job" and m.content["job"]["id"] == made and m.content["job"]["movie"]
        ).content
        jobs = screen.wait_for("jobs").content
        picture = screen.wait_for("picture", job=made).content
        file = screen.ask("file", job=made, offset=0).content
        row = screen.ask("row", job=made).content
        synced = set(panel.get_state()) - set(anywidget.AnyWidget().get_state())
    finally:
        panel.close()
    envelope = {"kind", "id", "view"}
    assert set(opened) - envelope == set(fields("OpenReply"))
    assert set(opened["form"]) == set(fields("Form"))
    assert set(opened["form"]["codecs"]["h264"]) == set(fields("CodecOffers"))
    assert set(opened["form"]["formats"][0]) == set(fields("FormatOffer"))
    assert set(checked) - envelope == set(fields("CheckReply"))
    assert set(pushed) == set(fields("JobPush"))
    assert set(pushed["job"]) == set(fields("JobFacts"))
    assert set(pushed["job"]["movie"]) == set(fields("Movie"))
    assert set(jobs) == set(fields("JobsPush"))
    assert set(picture) == set(fields("PicturePush"))
    assert set(file) - envelope == set(fields("FileReply"))
    assert set(row) - envelope == set(fields("RowReply"))
    assert {name for name in synced if not name.startswith("_")} == set(fields("Traits"))
    assert set(panel.saved[0]) == set(fields("Saved"))


def test_the_end_of_a_long_export_is_told_where_the_panel_is_out_of_sight(bench: Bench) -> None:
    page = bench.page
    page.clock.install()
    show(bench, job(1, name=HOSTILE), job(2), job(3))
    root = show(bench, job(1, name=HOSTILE), job(2), job(3))
    tell(bench, job(2, status="succeeded"))  # it was short
    page.clock.run_for(20_000)
    tell(bench, job(3, status="succeeded"))  # it can be seen
    page.evaluate("document.querySelector('#outputs').style.marginTop = '3000px'")
    page.wait_for_function("() => document.querySelector('.bazaar-panel').getBoundingClientRect().top > 2000")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.locator(".bzp-toast").count() == 0
    tell(bench, job(1, name=HOSTILE, status="failed"))
    toast = page.locator(".bzp-toast")
    assert toast.locator(".bzp-toast-text").all_inner_texts() == [f"{HOSTILE} failed"]  # of two panels
    toast.locator(".bzp-toast-text").click()
    assert toast.count() == 0
    box = root.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900
