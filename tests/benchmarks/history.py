"""What a year of renders takes: to ask, to add to, to merge; beside plain pandas on one file of all."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import pyarrow.dataset as ds

from bazaar_nb.history.compaction import compact
from bazaar_nb.history.history import History
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.writer import record
from bazaar_nb.store.store import Store
from tests.benchmarks.generated_history import generate_history
from tests.benchmarks.measures import Bench
from tests.benchmarks.tables import Table, mark

RENDERS, QUICK_RENDERS = 1_000_000, 100_000
RECENT_TARGET_S, APPEND_TARGET_MS, MEMORY_TARGET_MB = 1.0, 20.0, 1000.0
COLUMNS = ("status", "created", "user", "project", "format", "render_s", "size_bytes")
SINGLE_TARGET_PERCENT = 40.0
_APPENDED = 300
_SINGLE = 2_500

# Each in a process of its own: the peak of a process that has read something else says nothing.
_QUESTIONS = {
    "the last 30 days, all columns": "history(since='30d')",
    "the last 30 days of one user, all columns": "history(since='30d', user='ada')",
    f"the whole year, {len(COLUMNS)} columns": f"history(columns={COLUMNS!r})",
    "the whole year, all columns": "history()",
    f"plain pandas on one file: {len(COLUMNS)} columns": f"pd.read_parquet(one, columns={list(COLUMNS)!r})",
    "plain pandas on one file: all columns": "pd.read_parquet(one)",
}
_SCRIPT = """
import json, sys, time
import numpy, pandas as pd, pyarrow.parquet
from bazaar_nb.history.history import History
from bazaar_nb.store.store import Store
root, one, question, repeat = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
history = History(Store(root))
times, rows = [], 0
for _ in range(repeat):
    began = time.perf_counter()
    rows = len(eval(question))
    times.append(time.perf_counter() - began)
    if len(times) == 1:
        # Not getrusage: its peak is that of the parent at first.
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        peak = int(status["VmHWM"].split()[0]) * 1024 / 1e6
print(json.dumps([sorted(times)[len(times) // 2], times[0], rows, peak]))
"""


def measure_history(bench: Bench) -> list[Table]:
    """Generate a year of renders, merged; ask, add and merge."""
    store = Store(bench.folder / "year")
    made = generate_history(store, QUICK_RENDERS if bench.quick else RENDERS)
    one = History(store).export(bench.folder / "one.parquet")
    asked = _ask(bench, store, one, f"{made.renders:,} renders ({made.events:,} events) of a year, generated")
    return [asked, _write(bench)]


def _ask(bench: Bench, store: Store, one: Path, what: str) -> Table:
    table = Table(f"Asking a history of {what}", ["question", "rows", "s", "first s", "peak MB", "asked", ""])
    for name, question in _QUESTIONS.items():
        command = [sys.executable, "-c", _SCRIPT, store.root, str(one), question, str(bench.repeat)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        usual_s, first_s, rows, peak_mb = json.loads(done.stdout)
        limits = ("", "")
        if name.startswith("the last 30 days, "):
            good = usual_s <= RECENT_TARGET_S and peak_mb <= MEMORY_TARGET_MB
            limits = (f"{RECENT_TARGET_S:.0f} s, {MEMORY_TARGET_MB:.0f} MB", mark(good))
        elif f"year, {len(COLUMNS)}" in name:
            limits = (f"{MEMORY_TARGET_MB:.0f} MB", mark(peak_mb <= MEMORY_TARGET_MB))
        table.add(name, f"{rows:,}", f"{usual_s:.2f}", f"{first_s:.2f}", f"{peak_mb:.0f}", *limits)
    return table


def _write(bench: Bench) -> Table:
    table = Table("Adding to a history in a folder", ["what", "ms", "asked", ""])
    store, now = Store(bench.folder / "added"), dt.datetime.now(dt.UTC)

    def add(number: int) -> None:
        record(store, RenderEvent(render_id=f"r{number}", status="succeeded", created=now, user="ada"))

    add(-1)
    ms = 1e3 * median(_timed(partial(add, number)) for number in range(_APPENDED))
    table.add("an event", f"{ms:.1f}", f"{APPEND_TARGET_MS:.0f}", mark(ms <= APPEND_TARGET_MS))
    for number in range(_APPENDED, _SINGLE):
        add(number)
    history = History(store)
    folder = Path(store.root) / "history" / "renders"

    def by_pyarrow() -> None:
        ds.dataset(folder, partitioning="hive").to_table().to_pandas()

    # In turns: what else the machine does meets both.
    turns = [(_timed(history), _timed(by_pyarrow)) for _ in range(4)][1:]
    ours_ms, theirs_ms = (1e3 * median(one) for one in zip(*turns, strict=True))
    table.add(f"reading {_SINGLE:,} single files", f"{ours_ms:.0f}", "", "")
    table.add("the same with pyarrow.dataset", f"{theirs_ms:.0f}", "", "")
    part = 100 * median(ours / theirs for ours, theirs in turns)
    asked = f"{SINGLE_TARGET_PERCENT:.0f} %"
    table.add("of that", f"{part:.0f} %", asked, mark(part <= SINGLE_TARGET_PERCENT))
    compaction_ms = 1e3 * _timed(lambda: compact(store))
    table.add("merging them", f"{compaction_ms:.0f}", "", "")
    table.add("reading, with what was merged still there", f"{1e3 * _timed(history):.0f}", "", "")
    table.add("taking it away", f"{1e3 * _timed(lambda: compact(store, grace_s=0)):.0f}", "", "")
    table.add("reading the merged file", f"{1e3 * _timed(history):.0f}", "", "")
    return table


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
