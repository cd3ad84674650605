"""``bazaar preview``: a player without Jupyter that follows its source; and whom its server answers."""

from __future__ import annotations

import http.client
import io
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.cli.conftest import FILMS
from tests.lab.films import eventually, psnr, wait_frame
from tests.lab.jupyter import chromium as start_chromium

LONG_S = 300.0


class Preview:
    """A preview in a process of its own, and what it prints."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "bazaar_nb", "preview", *arguments, "--no-browser", "--json"]
        self.process = subprocess.Popen(
            command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "BAZAAR_ENGINE": "inline"},
        )  # fmt: skip
        self._late = threading.Timer(LONG_S, self.process.kill)
        self._late.start()
        self.events: list[dict[str, str]] = []
        self.url = self.wait("serving")["url"]

    def wait(self, event: str) -> dict[str, str]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            if self.events[-1]["event"] == event:
                return self.events[-1]
        raise AssertionError((self.events, self.process.stderr.read() if self.process.stderr else ""))

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate()
        self._late.cancel()
        return self.process.returncode


@pytest.fixture
def preview(folder: Path) -> Iterator[Preview]:
    preview = Preview(folder, "films.py:review")
    yield preview
    if preview.process.poll() is None:
        preview.end()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1000, "height": 800}, color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(LONG_S * 1000)
    expect.set_options(timeout=LONG_S * 1000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def test_it_plays_and_follows_its_source(folder: Path, preview: Preview, page: Page) -> None:
    page.goto(preview.url)
    player = page.locator(".bazaar-player")
    expect(player).to_have_attribute("data-state", "ready")
    expect(page.locator("h1")).to_have_text("review")
    expect(page.locator(".bzw-status")).to_contain_text("10 frames, 1.00 s, 128x72")
    assert page.title() == "review – preview"
    player.press("End")
    expect(player).to_have_attribute("data-frame", "9")

    (folder / "films.py").write_text(FILMS.replace('words("review"', 'words(1 / 0, "review"'))
    assert "ZeroDivisionError" in preview.wait("failed")["message"]
    expect(player).to_have_attribute("data-state", "problem")
    expect(player.get_by_role("alert")).to_contain_text(
        "films.py failed: ZeroDivisionError: division by zero"
    )
    expect(player.get_by_role("alert")).to_contain_text("review = bz.Composition([words(1 / 0")
    expect(page.locator(".bzw-status")).to_contain_text("could not be made")

    (folder / "films.py").write_text(FILMS.replace('name="review"', 'name="second cut"'))
    preview.wait("loaded")
    expect(player).to_have_attribute("data-state", "ready")
    expect(page.locator("h1")).to_have_text("second cut")
    expect(player).to_have_attribute("data-frame", "9")  # the playhead stays

    # A module that the film imports is a part of its source.
    (folder / "palette.py").write_text('BACK = "#00ff00"\n')
    preview.wait("loaded")
    color = """() => {
        const still = document.querySelector(".bazaar-player");
        return still.dataset.state;
    }"""
    page.wait_for_function(f"({color})() === 'ready'")
    page.reload()
    expect(player).to_have_attribute("data-state", "ready")

    page.get_by_role("button", name="Export").first.click()
    expect(page.locator(".bazaar-panel")).to_contain_text("Export of second cut")
    page.locator(".bazaar-panel").get_by_role("button", name="Export").click()
    expect(page.locator(".bazaar-panel")).to_contain_text("second cut.mp4")
    page.wait_for_function("() => document.querySelector('.bazaar-panel video') !== null")

    assert preview.end() == 143
    expect(page.get_by_role("alert").filter(has_text="The preview has ended")).to_be_visible()
    expect(player).to_be_hidden()


LOOKS = """
import bazaar_nb as bz

def street(frame):
    sun = bz.Ellipse(width=90, x=80 + 480 * frame.progress, y=90, fill="#fde68a")
    card = bz.looks.turn(bz.Rect(width=200, height=120, fill="#38bdf8"), rotate_y=50, y=250)
    sign = bz.Mask(bz.Fill(bz.LinearGradient(("red", "blue"), angle=0)), by=bz.Text("LOOKS", size=150))
    return [bz.Fill(bz.LinearGradient(("#1e3a8a", "#f59e0b"), angle=90)), bz.looks.glow(sun, 20), card, sign]

def graded(shown, frame):
    return [bz.looks.sepia(shown, frame.progress), bz.looks.vignette(0.7)]

def end(frame):
    return [bz.Fill("#064e3b"), bz.Text("end", size=200, rotation=20 * frame.progress)]

looks = bz.looks.over(bz.Scene(street, duration=1), graded)
film = bz.Composition([looks, bz.transitions.wipe(0.6, 30, soft=0.3), bz.Scene(end, duration=1)],
                      width=640, height=360, fps=10)
"""


def seen_as(player: Locator, still: NDArray[np.uint8]) -> bool:
    """Tell whether the player shows a picture, as far as a preview's encoding leaves it."""
    video = player.locator("video")
    box = video.bounding_box()
    assert box is not None
    shot = Image.open(io.BytesIO(player.page.screenshot(clip=box))).convert("RGB")
    height, width = still.shape[:2]
    return psnr(np.asarray(shot.resize((width, height))), still) >= 27


def test_looks_and_transitions_are_seen_as_the_stills_have_them(folder: Path, page: Page) -> None:
    """What draws the preview is what draws the movie; the browser shows all of it."""
    (folder / "looks.py").write_text(LOOKS)
    film = runpy.run_path(str(folder / "looks.py"))["film"]
    preview = Preview(folder, "looks.py:film", "--scale", "1")
    try:
        page.goto(preview.url)
        player = page.locator(".bazaar-player")
        expect(player).to_have_attribute("data-state", "ready")
        player.press("Home")
        for frame in range(film.frames):
            if frame:
                player.press("ArrowRight")
            if frame in (0, 3, 6, 8, 12):
                wait_frame(player, frame)
                still = np.asarray(film.still(frame).convert("RGB"))
                eventually(partial(seen_as, player, still))
    finally:
        assert preview.end() == 143


def test_what_is_wrong_at_first_is_shown_until_it_is_mended(folder: Path, page: Page) -> None:
    (folder / "films.py").write_text("oops\n")
    preview = Preview(folder, "films.py:review", "--watch", "palette.py")
    try:
        page.goto(preview.url)
        player = page.locator(".bazaar-player")
        expect(player.get_by_role("alert")).to_contain_text("NameError: name 'oops' is not defined")
        (folder / "films.py").write_text(FILMS)
        preview.wait("loaded")
        expect(player).to_have_attribute("data-state", "ready")
        (folder / "palette.py").write_text("BACK = 'teal'\n")
        preview.wait("loaded")
    finally:
        assert preview.end() == 143


def ask(url: str, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 0, timeout=LONG_S)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=given)
        answer = connection.getresponse()
        return (
            answer.status,
            dict(answer.getheaders()),
            answer.read().decode(errors="replace") if answer.status != 101 else "",
        )
    finally:
        connection.close()


def test_it_answers_only_its_own_page_with_its_token(folder: Path, preview: Preview) -> None:
    parts = urlsplit(preview.url)
    token, own = parts.fragment, f"http://127.0.0.1:{parts.port}"
    socket: dict[str, Any] = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }  # fmt: skip
    status, headers, page = ask(preview.url, "/")
    assert status == 200
    assert token not in page  # nothing that is served without the token has anything of the film
    assert "films" not in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert ask(preview.url, "/", Host="evil.example.com")[0] == 403  # a name that was pointed to 127.0.0.1
    assert ask(preview.url, f"/comms?token={token}", Origin=own, **socket)[0] == 101
    refused = [
        ask(preview.url, "/comms", Origin=own, **socket),
        ask(preview.url, "/comms?token=wrong", Origin=own, **socket),
        ask(preview.url, f"/comms?token={token}", Origin="https://evil.example.com", **socket),
        ask(preview.url, f"/comms?token={token}", **socket),
        ask(
            preview.url,
            f"/comms?token={token}",
            Host="evil.example.com",
            Origin="http://evil.example.com",
            **socket,
        ),
    ]
    assert [status for status, _, _ in refused] == [403] * 5
    for path in ("/../films.py", "/films.py", "/static/player.js", "/%2e%2e/films.py"):
        assert ask(preview.url, path)[0] == 404
    listening = [
        one.laddr.ip
        for one in psutil.net_connections("tcp")
        if one.laddr and one.status == psutil.CONN_LISTEN and one.laddr.port == parts.port
    ]
    assert listening == ["127.0.0.1"]


def test_a_port_that_is_taken_is_told(folder: Path, preview: Preview) -> None:
    port = str(urlsplit(preview.url).port)
    command = [
        sys.executable,
        "-m",
        "bazaar_nb",
        "preview",
        "films.py:review",
        "--no-browser",
        "--port",
        port,
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=LONG_S)
    assert done.returncode == 1
    assert f"bazaar: `port` {port} can't be listened on" in done.stderr
