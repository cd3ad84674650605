"""What an export costs more while an export panel shows it, in a real JupyterLab on the same machine."""

from __future__ import annotations

import statistics

import psutil

from tests.benchmarks.measures import Bench
from tests.benchmarks.tables import Table, mark
from tests.lab.jupyter import Lab, Server, chromium, write_notebook

_PAIRS = 8
_MOST = 1.03

_SETUP = """
import tempfile
from pathlib import Path
import bazaar_nb as bz
from tests.benchmarks.workloads import WORKLOADS

film = WORKLOADS["title"](Path("."))
first = bz.Workspace(tempfile.mkdtemp(dir="."))
panels = []

def export():
    # A root of its own, so that no segment is there already.
    where = bz.Workspace(tempfile.mkdtemp(dir="."), engine=first.engine)
    print(film.submit("title.mp4", workspace=where).result().render_s)

export()
"""
_OPEN = "panels.append(bz.ExportPanel(film, first)); panels[-1]"
_CLOSE = "panels.pop().close()"


def measure_panel(bench: Bench) -> list[Table]:
    """Export with a panel open and without, in turns."""
    folder = bench.folder / "panel-lab"
    folder.mkdir()
    notebook = write_notebook(folder / "panel.ipynb", _SETUP, "")
    server = Server(folder)
    try:
        with chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            return [_measure(Lab(page, server, notebook), 2 if bench.quick else _PAIRS)]
    finally:
        server.close()


def _measure(lab: Lab, pairs: int) -> Table:
    lab.run(0)

    def export(*, watched: bool) -> tuple[float, float, float]:
        if watched:
            lab.set_source(1, _OPEN)
            lab.run(1)
            lab.cell(1).locator(".bazaar-panel[data-state=live]").wait_for()
        lab.page.wait_for_timeout(1000)  # what showing it costs is not the export's
        before_s, drawn_before_s = _cpu_s()
        wall_s = float(lab.run_source("export()").splitlines()[-1])
        cpu_s, drawn_s = _cpu_s()
        if watched:
            lab.run_source(_CLOSE)
        return wall_s, cpu_s - before_s, cpu_s - before_s - (drawn_s - drawn_before_s)

    export(watched=True)
    taken: dict[bool, list[tuple[float, float, float]]] = {False: [], True: []}
    for pair in range(pairs):
        for watched in (pair % 2 == 0, pair % 2 == 1):
            taken[watched].append(export(watched=watched))
    lab.shut_down()

    table = Table(
        "Export of title at 1080p, medians; the browser runs on the same machine",
        ["what", "without s", "with a panel s", "ratio", "asked", ""],
    )
    for place, what in (
        (0, "by the clock"),
        (1, "CPU time of all processes, the browser's and its playing included"),
        (2, "CPU time of the kernel, its server and its workers"),
    ):
        without, with_panel = (
            statistics.median(one[place] for one in taken[watched]) for watched in (False, True)
        )
        ratio = statistics.median(
            seen[place] / plain[place] for plain, seen in zip(taken[False], taken[True], strict=True)
        )
        asked = (f"{_MOST:.2f}", mark(ratio <= _MOST)) if place == 0 else ("", "")
        table.add(what, f"{without:.2f}", f"{with_panel:.2f}", f"{ratio:.3f}", *asked)
    return table


def _cpu_s() -> tuple[float, float]:
    """Give the CPU time of all that this process has started, and the browser's part of it.

    Other load moves it less than the clock. On a machine without a GPU the browser draws on the cores
    that render.
    """
    total = browser = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            times, name = process.cpu_times(), process.name()
        except psutil.Error:
            continue  # it has just ended
        total += times.user + times.system
        if name.startswith(("chrom", "node")):  # and what drives it
            browser += times.user + times.system
    return total, browser
