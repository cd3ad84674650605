"""How soon a film is seen in a real JupyterLab, and how soon another of its frames."""

from __future__ import annotations

import random
import statistics

from tests.benchmarks.measures import Bench
from tests.benchmarks.tables import Table, mark
from tests.lab.jupyter import Lab, Server, chromium, write_notebook

_TIMES = 10

# Runs a cell and waits until `seen`, called with the cell's element, is true of what was not there before.
_RUN_UNTIL = """
async ([cell, source, selector, seen]) => {
    const content = jupyterapp.shell.currentWidget.content;
    const isSeen = new Function('element', 'return ' + seen);
    content.model.sharedModel.cells[cell].setSource(source);
    content.activeCellIndex = cell;
    const node = content.widgets[cell].node;
    for (const old of document.querySelectorAll(selector)) old.dataset.before = 'yes';
    const began = performance.now();
    void jupyterapp.commands.execute('notebook:run-cell');
    await new Promise((done, fail) => {
        setTimeout(() => fail(new Error(source + ': not seen')), 20000);
        const look = () => {
            const element = node.querySelector(selector + ':not([data-before])');
            if (element && isSeen(element)) done();
            else requestAnimationFrame(look);
        };
        look();
    });
    return performance.now() - began;
}
"""

# Does something to the player in a cell, and waits until it shows a frame; gives when, and how long it took.
_DO_UNTIL_FRAME = """
async ([cell, action, frame]) => {
    const root = jupyterapp.shell.currentWidget.content.widgets[cell].node.querySelector('.bazaar-player');
    const began = performance.now();
    new Function('root', 'app', action)(root, jupyterapp);
    await new Promise((done, fail) => {
        setTimeout(() => fail(new Error(`frame ${frame} is not shown, but ${root.dataset.frame}`)), 20000);
        const look = () => (root.dataset.frame === String(frame) ? done() : requestAnimationFrame(look));
        look();
    });
    return [performance.timeOrigin + performance.now(), performance.now() - began];
}
"""

_SETUP = """
import logging
from pathlib import Path
import anywidget, traitlets
import bazaar_nb as bz
from tests.benchmarks.charts import CHARTS
from tests.benchmarks.workloads import WORKLOADS

class Empty(anywidget.AnyWidget):
    _esm = '''export default { render({el}) {
        const box = document.createElement('div');
        box.className = 'empty-widget';
        box.textContent = 'here';
        el.appendChild(box);
    } }'''

title, chart = (WORKLOADS[name](Path('.')) for name in ('title', 'chart'))
race = bz.Composition([next(iter(CHARTS.values()))(10.0)])  # the first, a BarRace
players = []
def show(film, **more):
    while players:
        players.pop().close()
    players.append(bz.Player(film, **more))
    return players[0]
"""

_CLICK = """
const bar = root.querySelector('[role=slider]');
const box = bar.getBoundingClientRect();
const at = {{
    bubbles: true, button: 0, buttons: 1, pointerId: 1, isPrimary: true,
    clientX: box.left + box.width * ({frame} + 0.5) / 300, clientY: box.top + box.height / 2,
}};
bar.dispatchEvent(new PointerEvent('pointerdown', at));
bar.dispatchEvent(new PointerEvent('pointerup', {{...at, buttons: 0}}));
"""

_RUN_CELL_2 = """
app.shell.currentWidget.content.activeCellIndex = 2;
void app.commands.execute('notebook:run-cell');
"""


def measure_player(bench: Bench) -> list[Table]:
    """Measure the player in a real JupyterLab."""
    times = 3 if bench.quick else _TIMES
    folder = bench.folder / "lab"
    folder.mkdir()
    notebook = write_notebook(folder / "player.ipynb", _SETUP, "", "")
    server = Server(folder)
    try:
        with chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            return _measure(Lab(page, server, notebook), times)
    finally:
        server.close()


def _measure(lab: Lab, times: int) -> list[Table]:
    page = lab.page
    lab.run(0)
    picture = "element.dataset.frame !== undefined"

    def shown(source: str, selector: str, seen: str) -> float:
        return float(page.evaluate(_RUN_UNTIL, [1, source, selector, seen]))

    def clicked(number: int) -> float:
        return float(page.evaluate(_DO_UNTIL_FRAME, [1, _CLICK.format(frame=number), number])[1])

    def assigned(number: int) -> float:
        # From the statement itself, by the clock that the kernel and the browser share.
        lab.set_source(2, f"import time; began = time.time(); players[0].frame = {number}; print(began)")
        seen_ms, _ = page.evaluate(_DO_UNTIL_FRAME, [1, _RUN_CELL_2, number])
        page.wait_for_timeout(200)
        return float(seen_ms) - 1000 * float(lab.text(2))

    for source, selector, seen in (
        ("show(title)", ".bazaar-player", picture),
        ("Empty()", ".empty-widget", "true"),
    ):
        shown(source, selector, seen)  # a warm kernel

    first = Table("The player in JupyterLab, medians", ["what", "ms", "asked", ""])

    def add(what: str, taken: list[float], asked: float | None) -> None:
        median = statistics.median(taken)
        first.add(
            what,
            f"{median:.0f}",
            "" if asked is None else f"{asked:.0f}",
            "" if asked is None else mark(median <= asked),
        )

    add(
        "an empty anywidget, from running the cell",
        [shown("Empty()", ".empty-widget", "true") for _ in range(times)],
        None,
    )
    for name, asked in (("title", 300), ("chart", 300), ("race", 150)):
        add(
            f"first picture of {name}, from running the cell",
            [shown(f"show({name})", ".bazaar-player", picture) for _ in range(times)],
            asked,
        )

    speed = Table("Preview of 10 s, 1 is real time", ["workload", "scale", "speed", "asked", ""])
    buffered = (
        "(() => { const video = element.querySelector('video');"
        " return video && video.buffered.length && video.buffered.end(video.buffered.length - 1) > 9.9; })()"
    )
    for name, scale, asked in (("title", 0.5, 2), ("chart", 0.5, 2), ("chart", 1.0, 3)):
        # With edges of its own, so that no part of it is there already.
        taken = statistics.median(
            shown(f"show({name}, scale={scale} - {0.002 * (number + 1)})", ".bazaar-player", buffered)
            for number in range(3)
        )
        ratio = 10 / (taken / 1000)
        speed.add(name, f"{scale:g}", f"{ratio:.1f}", f"{asked}", mark(ratio >= asked))

    shown("show(title)", ".bazaar-player", buffered)
    numbers = random.Random(1).sample(range(10, 290), 2 * times)
    add(
        "click on the scrubber, inside the buffer",
        [clicked(n) for n in numbers[:times]],
        60,
    )
    add("player.frame = n, inside the buffer", [assigned(n) for n in numbers[times:]], 60)

    lab.run_source(
        "from tests.benchmarks.workloads import title_scene\n"
        "long = bz.Composition([title_scene(duration=600)])"
    )
    shown("show(long)", ".bazaar-player", picture)
    far = [1500 + 1600 * number for number in range(times)]
    add("player.frame = n, outside the buffer", [assigned(n) for n in far], 250)
    return [first, speed]
