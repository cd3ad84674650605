"""Detached renders in a real JupyterLab: chosen in the panel, seen by all, finished without their kernel."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

import bazaar_nb as bz
from tests.detached.working import Working
from tests.lab.conftest import Notebooks
from tests.lab.films import COUNTING, number_in
from tests.lab.jupyter import Server
from tests.lab.test_panel_in_lab import export, panel_in, wait_status

LONG = """
film = bz.Composition([counting(duration=120)], width=640, height=360, fps=30, name="counting")
panel = bz.ExportPanel(film)
panel
"""


@pytest.fixture
def root(server: Server) -> bz.Workspace:
    """Give what the kernels of the server render into."""
    return bz.Workspace(Path(server.folder) / "bazaar", engine="inline")


@pytest.fixture
def started(root: bz.Workspace) -> Iterator[list[Working]]:
    workers: list[Working] = []
    yield workers
    for worker in workers:
        worker.kill()


def test_it_goes_on_when_its_kernel_was_killed(
    notebooks: Notebooks, root: bz.Workspace, started: list[Working], tmp_path: Path
) -> None:
    lab = notebooks.open("detached", COUNTING, LONG)
    lab.run(0)
    lab.run(1)
    panel = panel_in(lab, 1)
    choice = panel.get_by_label("Continue when this notebook is closed")
    choice.check()
    panel.get_by_text("nobody takes detached renders of").wait_for()
    assert panel.get_by_role("button", name="Export", exact=True).is_disabled()
    panel.screenshot(path=tmp_path / "nobody-light.png")
    started.append(Working(root, "--engine", "inline"))
    choice.uncheck()
    choice.check()
    panel.get_by_text("nobody takes detached renders of").wait_for(state="hidden")
    export(panel)
    row = wait_status(panel, "rendering")
    row.get_by_text("detached, by").wait_for()
    lab.page.wait_for_function(
        "() => Number(document.querySelector('.bzp-bar')?.getAttribute('aria-valuenow')) > 5"
    )
    started[0].process.send_signal(signal.SIGSTOP)  # the film is not to end meanwhile
    for theme in ("Light", "Dark"):
        lab.command("apputils:change-theme", theme=f"JupyterLab {theme}")
        lab.page.locator(f"body[data-jp-theme-light={str(theme == 'Light').lower()}]").wait_for(
            state="attached"
        )
        panel.screenshot(path=tmp_path / f"under-way-{theme.lower()}.png")
    render_id = row.get_attribute("data-job")
    assert render_id is not None
    os.kill(int(lab.run_source("import os; print(os.getpid())")), signal.SIGKILL)

    other = notebooks.open("other", "import bazaar_nb as bz", LONG, f"job = bz.attach('{render_id}')\njob")
    other.set_source(0, COUNTING)
    other.run(0)
    other.run(1)
    other.run(2)
    panel, view = panel_in(other, 1), panel_in(other, 2)
    panel.locator(f".bzp-job[data-job='{render_id}']").wait_for()
    started[0].thaw()
    wait_status(view, "succeeded")
    wait_status(panel, "succeeded")
    view.locator("video").wait_for()
    other.page.screenshot(path=tmp_path / "attached-dark.png")
    other.command("apputils:change-theme", theme="JupyterLab Light")
    other.page.locator("body[data-jp-theme-light=true]").wait_for(state="attached")
    other.page.screenshot(path=tmp_path / "attached-light.png")
    with av.open(str(bz.attach(render_id, root).result(60).path)) as container:
        seen = [number_in(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    assert seen == list(range(3600))
    assert list(root.history()["status"]) == ["succeeded"]
