"""Films in a real marimo: played, tuned and exported with the calls that notebooks of Jupyter have."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.lab.films import COUNTING, HEIGHT, WIDTH, eventually, number_in, picture_of, wait_frame, wait_state
from tests.lab.jupyter import START_S, WAIT_MS
from tests.lab.test_form_in_lab import color_of

pytestmark = pytest.mark.skipif(
    find_spec("marimo") is None, reason="`make setup` installs marimo, but not beside the oldest libraries"
)

NOTEBOOK = f"""
import marimo

app = marimo.App()


@app.cell
def _():
{COUNTING.replace(chr(10), chr(10) + "    ")}
    film = bz.Composition([counting()], width={WIDTH}, height={HEIGHT}, name="played")
    return bz, counting, film


@app.cell
def _(bz, film):
    bz.Player(film, width={WIDTH + 2}, scale=1)
    return


@app.cell
def _(bz, counting):
    def tuned(fill, seconds=1):
        scene = counting(fill, duration=seconds)
        return bz.Composition([scene], width={WIDTH}, height={HEIGHT}, name="tuned")

    bz.tune(tuned, fill="#204060", seconds=(1, 4))
    return


@app.cell
def _(film):
    film.submit("submitted.mp4", frame_range=(0, 5))
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("marimo")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """A marimo server that runs the notebook for who opens its page."""
    notebook = folder / "notebook.py"
    notebook.write_text(NOTEBOOK)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "marimo", "--yes", "run", notebook, "--headless", "--no-token"),
                *("--host", "127.0.0.1", "--port", str(port)),
            ],
            cwd=folder,
            env=os.environ | {"HOME": str(folder / "home"), "BAZAAR_ROOT": str(folder / "bazaar")},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            until = time.monotonic() + START_S
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10).close()
                    break
                except OSError:
                    said = (folder / "server.log").read_text()
                    assert server.poll() is None, said
                    assert time.monotonic() < until, said
                    time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(180)


def movies(folder: Path) -> set[str]:
    """Give the movies that are finished."""
    return {path.name for path in (folder / "bazaar" / "projects").rglob("*.mp4")}


def test_a_notebook_plays_tunes_and_exports(address: str, folder: Path, page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(WAIT_MS)
    page.goto(address)
    players: Locator = page.locator(".bazaar-player")
    first, tuned = players.nth(0), players.nth(1)

    wait_frame(first, 0)
    eventually(lambda: number_in(picture_of(first)) == 0)
    first.focus()
    first.press("ArrowRight")
    wait_frame(first, 1)
    eventually(lambda: number_in(picture_of(first)) == 1)
    first.press(" ")
    wait_state(first, "playing")
    first.press(" ")

    controls = page.locator(".bazaar-controls")
    controls.get_by_role("slider", name="Seconds").press("Home")
    eventually(lambda: color_of(tuned)[2] > 80)  # blue
    controls.get_by_label("Fill").fill("#a02020")
    eventually(lambda: color_of(tuned)[0] > 120)  # red

    first.get_by_role("button", name="Export").click()
    panel = page.get_by_role("form", name="Export settings")
    panel.get_by_label("Name").fill("from-marimo")
    panel.get_by_label("Last frame").fill("9")
    panel.get_by_role("button", name="Export").click()
    eventually(lambda: {"from-marimo.mp4", "submitted.mp4"} <= movies(folder))
    page.locator(".bazaar-panel").get_by_text("Finished").nth(
        1
    ).wait_for()  # in the panel, and in the job's cell
    assert errors == []


def test_a_second_reader_has_films_of_their_own(address: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(address)
    wait_frame(page.locator(".bazaar-player").first, 0)
    context.close()
