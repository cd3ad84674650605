"""A batch in a real JupyterLab: its cell shows how far it is, and can be ended from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.lab.conftest import Notebooks
from tests.lab.films import eventually
from tests.lab.jupyter import Server

# However fast a machine is, it comes to no end while a file is there.
BATCH = """
import time
from pathlib import Path
import bazaar_nb as bz

def wait(figure, number, hold):
    while number >= 8 and Path(hold).exists():
        time.sleep(0.02)

@bz.scene(duration=0.5)
def card(frame, number, city):
    waits = bz.Figure(wait, args=(number, str(Path("hold").absolute())), width=4, height=4)
    return [bz.Fill(f"hsl({30 * number % 360}, 60%, 30%)"), waits, bz.Text(f"{city} {number}", size=70)]

def film(row):
    if row.number == 2:
        raise ValueError("there is no city 2")
    return bz.Composition([card(row.number, row.city)], width=640, height=360)

rows = [{"number": number, "city": ["Oslo", "Rome"][number % 2]} for number in range(30)]
"""
RUN = 'result = bz.export_all(film, rows, "{number}-{city}.mp4", on_bad_rows="skip")\nprint("ended")'
COUNT = 'print(result["status"].value_counts().to_dict())'


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Give one page for all tests here: JupyterLab takes seconds to load."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_films_are_seen_while_the_cell_runs_and_it_can_be_ended(
    notebooks: Notebooks, server: Server, tmp_path: Path
) -> None:
    hold = Path(server.folder) / "hold"
    hold.touch()
    try:
        lab = notebooks.open("batch", BATCH, RUN, COUNT, RUN)
        lab.run(0)
        lab.start(1)
        view = lab.cell(1).locator(".bazaar-batch")
        view.and_(lab.page.locator("[data-state=live]")).wait_for()
        is_served = lab.answers_while_busy()
        view.get_by_text("7 rendered").wait_for()  # 0 to 7, but 2, before those that wait
        assert "there is no city 2" in view.locator(".bzb-failures").inner_text()
        if not is_served:  # such a kernel speaks, but doesn't listen
            view.get_by_text("Interrupt the kernel to stop.").wait_for()
            return
        eventually(lambda: view.locator(".bzb-film img").count() == 7)
        newest = view.locator(".bzb-film").first.inner_text()
        assert newest.startswith(("6-Oslo.mp4", "7-Rome.mp4"))  # two are made side by side
        view.screenshot(path=tmp_path / "running.png")
        view.get_by_role("button", name="Cancel").click()  # while the cell runs
        view.get_by_text("Stopping").wait_for()
    finally:
        hold.unlink()
    lab.cell(1).get_by_text("ended").wait_for()
    view.get_by_text("without a movie").wait_for()
    lab.run(2)
    assert "'succeeded': 7" in lab.text(2)
    lab.run(3)  # what is missing, and no more
    again = lab.cell(3).locator(".bazaar-batch")
    again.get_by_text("22 rendered").wait_for()
    assert again.locator("[data-count=kept]").inner_text() == "7 there already"
    again.screenshot(path=tmp_path / "ended.png")
    lab.page.evaluate(
        "() => jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    )
    lab.page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
    again.screenshot(path=tmp_path / "dark.png")
