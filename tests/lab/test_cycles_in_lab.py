"""Players that come and go leave nothing behind, in the kernel or in the page."""

from __future__ import annotations

import json
from typing import Any

from tests.lab.conftest import Notebooks
from tests.lab.films import COUNTING
from tests.lab.jupyter import Lab

CYCLES = 200
WARM_UP = 20
MAX_GROWTH_MB = 20

CYCLE = """
while players:
    players.pop().close()
players.append(bz.Player(film, width=320))
players[0]
"""

STATE = """
import gc, json, psutil, threading, ipywidgets
while players:
    players.pop().close()
for _ in range(1200):
    if not any(thread.name.startswith("bazaar") for thread in threading.enumerate()):
        break
    time.sleep(0.05)
gc.collect()
print(json.dumps({
    "memory_mb": psutil.Process().memory_info().rss / 2**20,
    "threads": sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("bazaar")),
    "widgets": len(ipywidgets.widgets.widget._instances),
    "comms": len(get_ipython().kernel.comm_manager.comms),
}))
"""

# Runs a cell again and again, each time until its player shows a picture.
REPEAT = """
async ([cell, times]) => {
    const content = jupyterapp.shell.currentWidget.content;
    const node = content.widgets[cell].node;
    for (let i = 0; i < times; i++) {
        const old = node.querySelector('.bazaar-player');
        content.activeCellIndex = cell;
        await jupyterapp.commands.execute('notebook:run-cell');
        await new Promise((done, fail) => {
            const late = setTimeout(() => fail(new Error('no picture in cycle ' + i)), 180000);
            const look = () => {
                const root = node.querySelector('.bazaar-player');
                if (root && root !== old && root.dataset.frame !== undefined) {
                    clearTimeout(late);  // it holds the old player
                    done();
                } else setTimeout(look, 5);
            };
            look();
        });
    }
}
"""


def kernel_state(lab: Lab) -> dict[str, Any]:
    """Close the player, and tell what the kernel holds."""
    state: dict[str, Any] = json.loads(lab.run_source(STATE))
    return state


def page_state(lab: Lab) -> dict[str, float]:
    """Tell what the page holds after its garbage was collected."""
    session = lab.page.context.new_cdp_session(lab.page)
    session.send("HeapProfiler.enable")
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
        lab.page.wait_for_timeout(200)
    session.send("Performance.enable")
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    videos = lab.page.evaluate("document.querySelectorAll('video').length")
    return {"memory_mb": metrics["JSHeapUsedSize"] / 2**20, "videos": videos}


def test_two_hundred_players_leave_nothing(notebooks: Notebooks) -> None:
    setup = "film = bz.Composition([counting()], width=640, height=360, fps=30)\nplayers = []\nimport time"
    lab = notebooks.open("cycles", COUNTING + setup, CYCLE)
    lab.run(0)
    lab.page.evaluate(REPEAT, [1, WARM_UP])
    kernel, page = kernel_state(lab), page_state(lab)
    lab.page.evaluate(REPEAT, [1, CYCLES])
    kernel_after, page_after = kernel_state(lab), page_state(lab)
    print(kernel, kernel_after, page, page_after)
    assert kernel_after["threads"] == kernel["threads"] == []
    assert (kernel_after["widgets"], kernel_after["comms"]) == (kernel["widgets"], kernel["comms"])
    assert kernel_after["memory_mb"] - kernel["memory_mb"] < MAX_GROWTH_MB
    assert page_after["videos"] == page["videos"]
    assert page_after["memory_mb"] - page["memory_mb"] < MAX_GROWTH_MB
