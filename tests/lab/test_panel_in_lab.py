"""The export panel in a real JupyterLab, as people use it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import av
import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.lab.conftest import Notebooks
from tests.lab.films import COUNTING, FILM, number_in, wait_frame
from tests.lab.jupyter import Lab, Server
from tests.render.gates import until

PANEL = """
film = bz.Composition([counting()], width=640, height=360, fps=30, name="counting")
panel = bz.ExportPanel(film)
panel
"""

# However fast a machine is, it comes to no end while a file is there: it is the drawing that waits, as frames
# may be made long before they are drawn.
SLOW = """
import time
from pathlib import Path
import bazaar_nb as bz

def wait(figure, index, hold):
    while index > 150 and Path(hold).exists():
        time.sleep(0.02)

@bz.scene(duration=8)
def slow(frame):
    waits = bz.Figure(wait, args=(frame.index, str(Path("hold").absolute())), width=4, height=4)
    return [bz.Fill("#204060"), waits, bz.Text(str(frame.index), size=90)]

film = bz.Composition([slow()], width=640, height=360, fps=30, name="slow")
panel = bz.ExportPanel(film)
panel
"""

# Keeps when the bar has moved.
WATCH = """
root => {
    const moves = (window.moves = []);
    let before = null;
    const look = () => {
        if (moves !== window.moves) return;  // somebody watches anew
        const bar = root.querySelector('.bzp-bar:not([hidden])');
        const far = bar?.getAttribute('aria-valuetext')?.split(' ')[0];
        if (far !== undefined && far !== before) moves.push([performance.now(), Number(far)]);
        before = far ?? before;
        requestAnimationFrame(look);
    };
    look();
}
"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Give one page for all tests here: JupyterLab takes seconds to load."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def hold(server: Server) -> Iterator[Path]:
    """Keep exports of `SLOW` from coming to an end, until the file is unlinked."""
    file = Path(server.folder) / "hold"
    file.touch()
    yield file
    file.unlink(missing_ok=True)


def panel_in(lab: Lab, cell: int) -> Locator:
    found = lab.cell(cell).locator(".bazaar-panel")
    found.and_(lab.page.locator("[data-state=live]")).wait_for()
    return found


def export(panel: Locator) -> None:
    panel.get_by_role("button", name="Export", exact=True).click()


def wait_status(panel: Locator, status: str, nth: int = 0) -> Locator:
    row = panel.locator(f".bzp-job[data-status={status}]").nth(nth)
    row.wait_for()
    return row


# Film that waits in the same way, and a little at each frame: on any machine it takes a while.
WATCHED = """
import time
from pathlib import Path

def wait(figure, index, hold):
    time.sleep(0.02)
    while index > 150 and Path(hold).exists():
        time.sleep(0.02)

def waits(frame):
    return bz.Figure(wait, args=(frame.index, str(Path("hold").absolute())), y=300, width=4, height=4)
"""


def test_choose_press_watch_get_the_file(notebooks: Notebooks, tmp_path: Path, hold: Path) -> None:
    lab = notebooks.open(
        "choose", WATCHED + COUNTING.replace("*bits,", "*bits, waits(frame),"), PANEL, "print(6 * 7)"
    )
    lab.run(0)
    lab.run(1)
    panel = panel_in(lab, 1)
    panel.get_by_text("no similar render yet").wait_for()
    panel.get_by_label("Format").select_option("webm")
    panel.get_by_label("Resolution").select_option("720p")
    panel.get_by_text("1280×720 · 30 fps · 8 s · VP9").wait_for()
    panel.evaluate(WATCH)
    export(panel)
    lab.page.wait_for_function("() => window.moves.some(([, frames]) => frames > 10)")
    lab.run(2)
    assert lab.text(2).strip() == "42"
    assert panel.locator(".bzp-job").get_attribute("data-status") == "rendering"
    hold.unlink()
    row = wait_status(panel, "succeeded")

    lab.page.wait_for_function("() => document.querySelector('.bazaar-panel video')?.readyState >= 2")
    shown = "() => { const { videoWidth, duration } = document.querySelector('.bazaar-panel video');"
    assert lab.page.evaluate(shown + " return [videoWidth, Math.round(duration)]; }") == [1280, 8]
    row.locator(".bzp-thumbnail").nth(3).wait_for()
    with lab.page.expect_download() as downloads:
        row.get_by_role("button", name="Download").click()
    assert downloads.value.suggested_filename == "counting.webm"
    movie = tmp_path / "got.webm"
    downloads.value.save_as(movie)
    with av.open(str(movie)) as container:
        pictures = [
            frame.reformat(width=640, height=360).to_ndarray(format="rgb24")
            for frame in container.decode(video=0)
        ]
    assert [number_in(picture) for picture in pictures] == list(range(240))
    row.get_by_role("button", name="Show in history").click()
    row.get_by_role("cell", name="vp9").wait_for()
    panel.get_by_text("from 1 similar render of this film").wait_for(state="attached")

    # However slow all is, the bar moves in many small steps.
    moves = {int(frames) for _, frames in lab.page.evaluate("() => window.moves")}
    assert len([frames for frames in moves if 10 <= frames < 230]) >= 6, moves


def test_cancelled_in_the_middle_nothing_is_left(notebooks: Notebooks, server: Server, hold: Path) -> None:
    lab = notebooks.open("cancel", SLOW)
    lab.run(0)
    panel = panel_in(lab, 0)
    panel.get_by_label("Name").fill("cancelled-film")
    export(panel)
    panel.evaluate(WATCH)
    lab.page.wait_for_function("() => window.moves.some(([, frames]) => frames > 20)")
    panel.get_by_role("button", name="Cancel cancelled-film.mp4").press("Enter")
    row = wait_status(panel, "cancelled")
    hold.unlink()
    assert row.get_by_text("Cancelled", exact=True).is_visible()
    said = lab.run_source(
        "rows = bz.history(); rows = rows[rows['composition'] == 'slow']\n"
        "print(rows['status'].tolist(), len(bz.jobs().query(\"status == 'rendering'\")))"
    )
    assert said.strip() == "['cancelled'] 0"
    assert not list(Path(server.folder).rglob("*cancelled-film*"))
    kernel = psutil.Process(int(lab.run_source("import os; print(os.getpid())")))
    processes = [kernel, *kernel.children(recursive=True)]
    assert len(processes) > 1
    lab.shut_down()
    lab.opened = False
    _, left = psutil.wait_procs(processes, timeout=120)
    assert left == []


BUSY = """
import time
from pathlib import Path
panel.title = "Export of this"  # so that the shell of cells was the last to speak for the panel
while not Path("go_on").exists():
    time.sleep(0.05)
print("went on")
"""


def test_a_busy_kernel_still_exports(notebooks: Notebooks, server: Server) -> None:
    lab = notebooks.open("busy", COUNTING, PANEL, BUSY)
    lab.run(0)
    lab.run(1)
    panel = panel_in(lab, 1)
    is_served = lab.answers_while_busy()
    lab.start(2)
    try:
        panel.get_by_text("Export of this").wait_for()
        panel.get_by_label("Last frame").fill("29")
        export(panel)
        if is_served:
            wait_status(panel, "succeeded")
        else:  # it is done when the cell has ended
            panel.get_by_text("The kernel is busy: this waits for it.").wait_for()
        assert lab.text(2) == ""
    finally:
        (Path(server.folder) / "go_on").touch()
    lab.cell(2).get_by_text("went on", exact=True).wait_for()
    wait_status(panel, "succeeded")


def test_an_error_is_told_and_retried(notebooks: Notebooks) -> None:
    broken = COUNTING.replace(
        "    bits = [", "    if frame.index == 100: raise ValueError('<b>no</b> such luck')\n    bits = ["
    )
    lab = notebooks.open("error", broken, PANEL)
    lab.run(0)
    lab.run(1)
    panel = panel_in(lab, 1)
    export(panel)
    row = wait_status(panel, "failed")
    row.get_by_text("<b>no</b> such luck").first.wait_for()
    row.get_by_text("Details").click()
    row.locator("pre", has_text="raise ValueError").wait_for()
    lab.set_source(0, COUNTING)
    lab.run(0)
    row.get_by_role("button", name="Retry").click()
    wait_status(panel, "succeeded")  # of the film as it is now


def test_a_second_panel_and_a_reopened_notebook_show_the_same_job(notebooks: Notebooks, hold: Path) -> None:
    lab = notebooks.open(
        "second", SLOW, "other = bz.ExportPanel(film); other", "job = bz.jobs()['job'].iloc[-1]; job"
    )
    lab.run(0)
    panel = panel_in(lab, 0)
    export(panel)
    panel.locator(".bzp-job").wait_for()
    lab.run(1)
    lab.run(2)
    shown = lab.page.locator(".bazaar-panel .bzp-job[data-status=rendering]")
    shown.nth(2).wait_for()
    ids = {row.get_attribute("data-job") for row in shown.all()}
    assert (shown.count(), len(ids)) == (3, 1)
    lab.save()
    lab.load()
    again = lab.page.locator(f".bazaar-panel .bzp-job[data-job='{ids.pop()}'][data-status=rendering]").first
    again.wait_for()
    hold.unlink()
    lab.page.locator(".bazaar-panel .bzp-job[data-status=succeeded]").first.wait_for()


def test_a_player_opens_the_panel_below_it(notebooks: Notebooks) -> None:
    lab = notebooks.open("player", COUNTING, FILM)
    lab.run(0)
    lab.run(1)
    player = lab.player(1)
    wait_frame(player, 0)
    lab.run_source("player.range = (30, 90)")
    opens = player.get_by_role("button", name="Export", exact=True)
    opens.press("Enter")
    panel = panel_in(lab, 1)
    assert opens.get_attribute("aria-expanded") == "true"
    assert panel.get_by_label("First frame").input_value() == "30"
    assert panel.get_by_label("Last frame").input_value() == "89"
    panel.get_by_label("Format").press("w")  # no key of the player's, and no command of the notebook's
    export(panel)
    wait_status(panel, "succeeded")
    opens.press("Enter")
    panel.wait_for(state="detached")
    assert (
        lab.run_source("print(bz.history().query(\"format == 'webm'\")['frames'].iloc[-1])").strip() == "60"
    )


def test_without_a_kernel_the_last_state_is_there(notebooks: Notebooks, server: Server) -> None:
    lab = notebooks.open("kept", COUNTING, PANEL)
    lab.run(0)
    lab.run(1)
    panel = panel_in(lab, 1)
    panel.get_by_label("Last frame").fill("29")
    export(panel)
    wait_status(panel, "succeeded")
    saved = Path(server.folder) / "kept.ipynb"

    def is_kept() -> bool:
        lab.save()
        return "counting.mp4: succeeded" in saved.read_text()

    until(is_kept)  # the output is told a moment later
    lab.shut_down()
    lab.opened = False
    assert str(server.folder) not in saved.read_text()
    document = json.loads(saved.read_text())
    document["metadata"]["kernelspec"] = {"name": "no-such-kernel", "display_name": "None"}
    (Path(server.folder) / "kept-alone.ipynb").write_text(json.dumps(document))
    Lab(lab.page, server, Path(server.folder) / "kept-alone.ipynb", kernel=False)
    for button in lab.page.locator(".jp-Dialog button", has_text="No Kernel").all():
        button.click()
    output = lab.page.locator(".jp-Cell[data-windowed-list-index='1']")
    output.get_by_text("counting.mp4: succeeded").wait_for()
