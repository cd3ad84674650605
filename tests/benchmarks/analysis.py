"""What it takes to answer questions about a year of renders, reading them included."""

from __future__ import annotations

import json
import subprocess
import sys

from bazaar_nb.store.store import Store
from tests.benchmarks.generated_history import generate_history
from tests.benchmarks.measures import Bench
from tests.benchmarks.tables import Table, mark

RENDERS, QUICK_RENDERS = 1_000_000, 100_000
SUMMARY_TARGET_S, MEMORY_TARGET_MB = 2.0, 1000.0

_SUMMARY = "summary()"
_QUESTIONS = (
    *(_SUMMARY, "outcomes(period='week')", "errors()", "speed()", "stages()", "cache(period='month')"),
    *("popular(by='codec')", "costs(by=['month', 'project'])", "anomalies()", "prometheus()"),
)
# Each in a process of its own: the peak of a process that has read something else says nothing.
_SCRIPT = """
import json, sys, time
import numpy, pandas, pyarrow.parquet
import bazaar_nb as bz
root, question, repeat = sys.argv[1], sys.argv[2], int(sys.argv[3])
bz.use(bz.Workspace(root))
analysis, times = bz.analysis, []
for _ in range(repeat):
    began = time.perf_counter()
    eval("analysis." + question)
    times.append(time.perf_counter() - began)
    if len(times) == 1:
        # Not getrusage: its peak is that of the parent at first.
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        peak = int(status["VmHWM"].split()[0]) * 1024 / 1e6
print(json.dumps([sorted(times)[len(times) // 2], times[0], peak]))
"""


def measure_analysis(bench: Bench) -> list[Table]:
    """Ask all about a generated year, merged; the one that was made before, if there is one."""
    year, renders = bench.folder / "year", QUICK_RENDERS if bench.quick else RENDERS
    store = Store(year)
    if not year.exists():
        generate_history(store, renders)
    title = f"Analysis of {renders:,} renders of a year, generated, reading included"
    table = Table(title, ["question", "s", "first s", "peak MB", "asked", ""])
    for question in _QUESTIONS:
        command = [sys.executable, "-c", _SCRIPT, store.root, question, str(bench.repeat)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        usual_s, first_s, peak_mb = json.loads(done.stdout)
        limits = ("", "")
        if question == _SUMMARY:
            good = usual_s <= SUMMARY_TARGET_S and peak_mb <= MEMORY_TARGET_MB
            limits = (f"{SUMMARY_TARGET_S:.0f} s, {MEMORY_TARGET_MB:.0f} MB", mark(good))
        table.add(question, f"{usual_s:.2f}", f"{first_s:.2f}", f"{peak_mb:.0f}", *limits)
    return [table]
