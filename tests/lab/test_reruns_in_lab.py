"""A cell whose player is the only widget shows its picture however often it is run again.

JupyterLab has the shell of widgets deleted and made anew each time. Where the kernel is slow to say which it
made, a widget that comes meanwhile goes on naming the one that is deleted. That is rare, also beside a load:
so what the kernel says comes late here. The whole of it, two thousand runs beside a load:
``BAZAAR_RERUNS=2000 pytest -s tests/lab/test_reruns_in_lab.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.conftest import Notebooks
from tests.lab.films import COUNTING
from tests.lab.test_cycles_in_lab import CYCLE, REPEAT

RERUNS = int(os.environ.get("BAZAAR_RERUNS", "40"))
AT_ONCE = 20  # between two looks at what was counted
SETUP = """
import time
film = bz.Composition([counting()], width=640, height=360, fps=30)
players = []
"""

# Counts what widgets send to a shell whose end was asked for before, and what a view or a loader asks again.
WATCH = """
() => {
    const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
    const counts = (window.counts = { made: 0, deleted: 0, to_deleted: 0, players: 0, asked_again: 0 });
    const ended = new Set(), asked = new Set(), raced = new Set();
    kernel.anyMessage.connect((_, { msg: { header, content }, direction }) => {
        if (direction !== 'send') return;
        if (header.msg_type === 'create_subshell_request') counts.made++;
        if (header.msg_type === 'delete_subshell_request') {
            counts.deleted++;
            ended.add(content.subshell_id);
        }
        if (header.msg_type !== 'comm_msg' || content.data.method !== 'custom') return;
        const { kind, view } = content.data.content;
        if (ended.has(header.subshell_id)) {
            counts.to_deleted++;
            counts.players += raced.has(content.comm_id) ? 0 : 1;
            raced.add(content.comm_id);
        }
        if (kind !== 'open' && kind !== 'code') return;
        counts.asked_again += asked.has(view + kind) ? 1 : 0;
        asked.add(view + kind);
    });
    const create = kernel.requestCreateSubshell?.bind(kernel);
    if (!create) return false;
    kernel.requestCreateSubshell = (...args) => {
        const future = create(...args);
        const later = reply => new Promise(done => setTimeout(done, 3000 * Math.random(), reply));
        Object.defineProperty(future, 'done', { value: future.done.then(later) });
        return future;
    };
    return true;
}
"""


@pytest.fixture
def load(tmp_path: Path) -> Iterator[None]:
    """Two busy loops, and gigabytes of small files."""
    command = [sys.executable, "-m", "tests.load", "--busy", "2", "--files", "--in", str(tmp_path)]
    loads = subprocess.Popen(command)
    yield
    loads.terminate()
    loads.wait()


def test_every_run_shows_its_picture(notebooks: Notebooks, load: None) -> None:
    lab = notebooks.open("reruns", COUNTING + SETUP, CYCLE)
    lab.run(0)
    has_shells = lab.page.evaluate(WATCH)
    began = time.monotonic()
    for done in range(0, RERUNS, AT_ONCE):
        times = min(AT_ONCE, RERUNS - done)
        lab.page.evaluate(REPEAT, [1, times])
        counts = lab.page.evaluate("() => window.counts")
        print(f"{done + times} runs in {time.monotonic() - began:.0f} s: {counts}", flush=True)
    log = (notebooks.server.folder / ".home" / "server.log").read_text()
    print(log.count("Unknown subshell_id"), "messages were dropped for a shell that isn't there", flush=True)
    print(lab.late_modules, "times anywidget had given a widget up", flush=True)
    assert (counts["players"] > 0) is has_shells
