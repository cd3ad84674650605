"""The dashboard in a real JupyterLab, as people use it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator

from tests.lab.conftest import Notebooks
from tests.lab.films import COUNTING
from tests.lab.jupyter import Lab, Server

RENDERS = """
def film(name, **options):
    return bz.Composition([counting(duration=2, **options)], width=640, height=360, fps=30, name=name)

others = bz.Workspace(project="trials", user="bob")
film("first").export("first.mp4", progress=False)
film("second").export("second.webm", workspace=others, progress=False)
try:
    film("third", fill=7).export("third.mp4", progress=False)
except bz.BazaarError as error:
    print(type(error).__name__)
"""

DASHBOARD = """
dashboard = bz.HistoryDashboard(since="7d")
dashboard
"""

# Runs until somebody writes a file.
BUSY = """
import pathlib, time
print("runs")
while not pathlib.Path("enough").exists():
    time.sleep(0.05)
print("ended")
"""


# Texts of the main figures that lie over each other, as a notebook's own style could make them.
OVERLAPPING = """
root => [...root.querySelectorAll('.bzd-figure')].filter(figure => {
    const boxes = [...figure.children].map(one => one.getBoundingClientRect());
    return boxes.some((box, place) => place > 0 && box.top < boxes[place - 1].bottom - 1);
}).map(figure => figure.innerText)
"""


def dashboard_in(lab: Lab, cell: int) -> Locator:
    found = lab.cell(cell).locator(".bazaar-dashboard")
    found.and_(lab.page.locator("[data-state=live]")).wait_for()
    return found


def test_look_filter_drill_down_and_play(notebooks: Notebooks, server: Server) -> None:
    lab = notebooks.open("dashboard", COUNTING, RENDERS, DASHBOARD, BUSY)
    for cell in range(3):
        lab.run(cell)
    assert "Error" in lab.text(1)
    counts = dashboard_in(lab, 2)
    counts.get_by_text("1 failed or were lost").wait_for()

    assert counts.evaluate(OVERLAPPING) == []

    # A bar has its renders, by mouse and by keys.
    counts.get_by_role("group", name="Errors").get_by_role("button").first.click()
    counts.get_by_role("heading", name=re.compile("Ended by")).wait_for()
    assert counts.locator(".bzd-name").count() == 1
    said = lab.run_source("print(dashboard.selected['composition'].tolist())")
    assert said.strip() == "['third']"
    counts.get_by_role("button", name="Show all").press("Enter")
    counts.get_by_role("heading", name="All renders").wait_for()
    counts.locator(".bzd-name").nth(2).wait_for()
    counts.get_by_role("button", name="Formats as a table").focus()
    for key in ("Tab", "End", "Enter"):
        lab.page.keyboard.press(key)
    counts.get_by_role("heading", name="Format WebM").wait_for()
    lab.page.keyboard.press(" ")  # the same once more
    counts.get_by_role("heading", name="All renders").wait_for()
    for key in ("m", "d", "d", "x"):  # each is a command of JupyterLab too
        lab.page.keyboard.press(key)
    assert lab.cell(2).locator(".bazaar-dashboard").count() == 1

    # Filters act on everything, from both sides.
    counts.get_by_label("User").select_option("bob")
    counts.get_by_text("1 render", exact=True).wait_for()
    assert lab.run_source("print(dashboard.user, len(dashboard.selected))").strip() == "bob 1"
    lab.run_source("dashboard.user = None; dashboard.status = 'succeeded'")
    counts.get_by_text("2 renders", exact=True).wait_for()
    assert counts.get_by_label("Status").input_value() == "succeeded"
    assert counts.get_by_label("User").input_value() == "All"

    # A cell runs meanwhile, where kernels can do both: the dashboard goes on.
    is_served = lab.answers_while_busy()
    if is_served:
        lab.start(3)
        lab.cell(3).get_by_text("runs", exact=True).wait_for()
    name = counts.locator(".bzd-name", has_text="first.mp4")
    name.press("Enter")
    counts.get_by_role("cell", name="h264").wait_for()
    counts.get_by_role("button", name="Play first.mp4").press("Enter")
    lab.page.wait_for_function("() => document.querySelector('.bazaar-dashboard video')?.readyState >= 2")
    lab.page.keyboard.press("Space")  # the movie has the focus
    lab.page.wait_for_function("() => document.querySelector('.bazaar-dashboard video').currentTime > 0.5")
    assert lab.text(3).strip() == ("runs" if is_served else "")
    with lab.page.expect_download() as downloads:
        counts.get_by_role("button", name="Download first.mp4").click()
    (movie,) = Path(server.folder).glob("bazaar/projects/default/*/first.mp4")
    assert Path(downloads.value.path()).read_bytes() == movie.read_bytes()

    # What was played is in the history, and in the dashboard when it is read again.
    name.press("Enter")
    (Path(server.folder) / "enough").touch()
    lab.run_source(
        "from bazaar_nb.history.engagement_collector import collector; collector.flush(); dashboard.refresh()"
    )
    plays = counts.get_by_role("group", name="Plays").get_by_role("button", name=re.compile("^first: 1 play"))
    plays.wait_for()

    # What a notebook keeps has figures, and nothing of where things are.
    saved = Path(server.folder) / "dashboard.ipynb"
    lab.save()
    lab.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    outputs = json.loads(saved.read_text())["cells"][2]["outputs"]
    kept = "".join(outputs[0]["data"]["text/html"])
    assert "<th>Render</th>" in kept
    assert "second.webm" in kept
    assert str(server.folder) not in kept
