"""The player in a real JupyterLab, as people use it."""

from __future__ import annotations

import base64
import io
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from tests.lab.conftest import Notebooks
from tests.lab.films import (
    COUNTING,
    FILM,
    eventually,
    number_in,
    picture_of,
    psnr,
    wait_frame,
    wait_state,
)
from tests.lab.jupyter import Lab, Server


def shown_number(lab: Lab, cell: int) -> int:
    return number_in(picture_of(lab.player(cell)))


def test_every_seek_shows_its_frame_and_it_is_the_still(notebooks: Notebooks) -> None:
    lab = notebooks.open("seeks", COUNTING, FILM)
    lab.run(0)
    lab.run(1)
    player = lab.player(1)
    wait_frame(player, 0)
    numbers = random.Random(7).sample(range(240), 50)
    for number in numbers:
        lab.run_source(f"player.frame = {number}")
        player.scroll_into_view_if_needed()
        wait_frame(player, number)
        assert number_in(picture_of(player)) == number
    code = (
        "import base64, io; file = io.BytesIO(); film.still({}).save(file, 'PNG'); "
        "print(base64.b64encode(file.getvalue()).decode())"
    )
    for number in numbers[-2:]:
        still = np.asarray(Image.open(io.BytesIO(base64.b64decode(lab.run_source(code.format(number))))))
        lab.run_source(f"player.frame = {number}")
        player.scroll_into_view_if_needed()
        wait_frame(player, number)
        assert psnr(picture_of(player), still) >= 34


def test_plays_follows_edits_and_recovers_from_errors(notebooks: Notebooks) -> None:
    listening = "paused = []\nplayer.on('pause', lambda player, frame: paused.append(frame))\n"
    lab = notebooks.open(
        "edits", COUNTING, FILM.replace("\nplayer\n", f"\n{listening}player\n"), "player.frame"
    )
    lab.run(0)
    lab.run(1)
    player = lab.player(1)
    wait_frame(player, 0)
    player.focus()
    lab.page.keyboard.press("Space")
    wait_state(player, "playing")
    lab.page.wait_for_function("root => Number(root.dataset.frame) > 30", arg=player.element_handle())
    lab.page.keyboard.press("Space")
    wait_state(player, "ready")
    eventually(lambda: lab.run_source("print(len(paused))").strip() == "1")
    frame = int(lab.run_source("print(paused[0])"))
    eventually(lambda: number_in(picture_of(player)) == frame)
    lab.run(2)
    assert lab.text(2).strip() == str(frame)

    lab.set_source(0, COUNTING.replace("#204060", "#a02020"))
    lab.run(0)
    player.scroll_into_view_if_needed()
    eventually(lambda: picture_of(player)[300, 40, 0] > 120)
    red, _, blue = picture_of(player)[300, 40]
    assert red > 140
    assert blue < 60
    assert number_in(picture_of(player)) == frame

    lab.set_source(
        0, COUNTING.replace("    bits = [", "    raise ValueError('<b>no</b> such luck')\n    bits = [")
    )
    lab.run(0)
    wait_state(player, "problem")
    said = player.inner_text()
    assert "<b>no</b> such luck" in said
    assert "counting" in said
    lab.set_source(0, COUNTING)
    lab.run(0)
    wait_state(player, "ready")
    assert "no such luck" not in player.inner_text()
    # `film` itself has followed: what is previewed is what is exported.
    assert "(32, 64, 96)" in lab.run_source("print(film.still(5).getpixel((40, 300)))")


BUSY = """
import time
from pathlib import Path
while not Path("go_on").exists():
    time.sleep(0.05)
print("slept")
"""


def test_a_busy_kernel_still_serves_the_player(notebooks: Notebooks, server: Server) -> None:
    lab = notebooks.open("busy", COUNTING.replace("duration=8", "duration=120"), FILM, BUSY)
    lab.run(0)
    lab.run(1)
    player = lab.player(1)
    wait_frame(player, 0)
    is_served = lab.answers_while_busy()
    lab.start(2)
    try:
        player.focus()
        lab.page.keyboard.press("End")
        if is_served:
            wait_frame(player, 3599)
            assert number_in(picture_of(player)) == 3599
        else:  # the player says what it waits for
            player.get_by_text("The kernel is busy: this player waits for it.").wait_for()
        assert lab.text(2) == ""
    finally:
        (Path(server.folder) / "go_on").touch()
    eventually(lambda: lab.text(2).strip() == "slept")
    wait_frame(player, 3599)
    assert number_in(picture_of(player)) == 3599


def test_keys_are_the_players_only_while_it_has_the_focus(notebooks: Notebooks) -> None:
    lab = notebooks.open("keys", COUNTING, FILM)
    lab.run(0)
    lab.run(1)
    player = lab.player(1)
    wait_frame(player, 0)
    player.focus()
    keys = lab.page.keyboard
    for key, frame in [("ArrowRight", 1), ("ArrowRight", 2), ("Shift+ArrowRight", 32), ("ArrowLeft", 31)]:
        keys.press(key)
        wait_frame(player, frame)
    for key in ("i", "m", "m", "?", "Escape"):  # each is a command of JupyterLab too
        keys.press(key)
    eventually(lambda: lab.run_source("print(player.range)").strip() == "(31, 240)")
    assert lab.run_source("print(player.range, player.muted)").strip() == "(31, 240) False"
    cells = lab.page.evaluate("jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.type)")
    assert cells == ["code"] * 3


def test_linked_players_go_together(notebooks: Notebooks) -> None:
    link = """
import ipywidgets
other = bz.Player(film, width=320)
ipywidgets.jslink((player, "frame"), (other, "frame"))
other
"""
    lab = notebooks.open("links", COUNTING, FILM, link)
    for cell in range(3):
        lab.run(cell)
    one, other = lab.player(1), lab.player(2)
    wait_frame(other, 0)
    one.focus()
    lab.page.keyboard.press("Shift+ArrowRight")
    wait_frame(other, 30)
    eventually(lambda: lab.run_source("print(player.frame, other.frame)").strip() == "30 30")
    lab.run_source("other.frame = 77")
    wait_frame(one, 77)


def test_a_restarted_kernel_is_told_and_the_cell_plays_again(notebooks: Notebooks) -> None:
    lab = notebooks.open("restart", COUNTING, FILM)
    lab.run(0)
    lab.run(1)
    wait_frame(lab.player(1), 0)
    lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    lab.wait_kernel()
    lab.page.wait_for_function(
        """() => { const root = document.querySelector('.bazaar-player');
                   return root === null || root.dataset.state === 'lost'; }"""
    )
    lab.run(0)
    lab.run(1)
    wait_frame(lab.player(1), 0)


def test_a_saved_notebook_shows_the_film_without_a_kernel(
    notebooks: Notebooks, server: Server, page: Page
) -> None:
    lab = notebooks.open("saved", COUNTING, FILM.partition("player =")[0] + "film")
    lab.run(0)
    lab.run(1)
    wait_frame(lab.player(1), 0)
    saved = Path(server.folder) / "saved.ipynb"

    def outputs_saved() -> list[dict[str, Any]]:
        lab.save()
        page.wait_for_timeout(200)
        outputs: list[dict[str, Any]] = json.loads(saved.read_text())["cells"][1]["outputs"]
        return outputs

    eventually(lambda: any("<video" in "".join(one["data"].get("text/html", "")) for one in outputs_saved()))
    outputs = outputs_saved()
    kept = next(output["data"] for output in outputs if "image/png" in output["data"])
    assert Image.open(io.BytesIO(base64.b64decode(kept["image/png"]))).size == (640, 360)
    assert len("".join(kept["text/html"])) < 2_800_000

    document = json.loads(saved.read_text())
    document["metadata"]["kernelspec"] = {"name": "no-such-kernel", "display_name": "None"}
    reopened = Path(server.folder) / "reopened.ipynb"
    reopened.write_text(json.dumps(document))
    lab.shut_down()
    lab.opened = False
    Lab(page, server, reopened, kernel=False)
    for button in page.locator(".jp-Dialog button", has_text="No Kernel").all():
        button.click()
    output = page.locator(".jp-Cell[data-windowed-list-index='1']")
    output.locator(".bazaar-fallback").wait_for(state="visible")
    assert "widget" not in output.locator(".jp-OutputArea").first.inner_text().lower()


# Of the time's read-out: how far its colour is from what is below it, as WCAG 2.2 counts (1.4.3).
CONTRAST = """
root => {
    const text = root.querySelector('.bz-time');
    const parse = color => color.match(/[\\d.]+/g).map(Number);
    let below = text, back = [0, 0, 0, 0];
    while (below && back[3] === 0) {
        const [r, g, b, a = 1] = parse(getComputedStyle(below).backgroundColor);
        back = [r, g, b, a];
        below = below.parentElement;
    }
    const light = ([r, g, b]) => [r, g, b]
        .map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const [high, low] = [light(parse(getComputedStyle(text).color)), light(back)].sort((a, b) => b - a);
    return [(high + 0.05) / (low + 0.05), light(back)];
}
"""


def test_controls_can_be_read_in_both_themes(notebooks: Notebooks) -> None:
    lab = notebooks.open("themes", COUNTING, FILM)
    lab.run(0)
    lab.run(1)
    player = lab.player(1)
    wait_frame(player, 0)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        lab.command("apputils:change-theme", theme=theme)
        is_light = theme.endswith("Light")
        eventually(lambda is_light=is_light: (player.evaluate(CONTRAST)[1] > 0.5) is is_light)  # type: ignore[misc]
        contrast, back = player.evaluate(CONTRAST)
        assert contrast >= 4.5
        assert back > 0.8 if is_light else back < 0.2
