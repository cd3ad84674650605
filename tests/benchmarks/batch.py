"""Many films of a second from a table, some rows of it bad: killed, run again, and beside plain exports."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

import bazaar_nb as bz
from bazaar_nb.batches.checking import check_rows
from bazaar_nb.batches.films import RowFilms
from bazaar_nb.batches.movie_names import NameTemplate
from bazaar_nb.batches.rows import read_rows
from tests.benchmarks.measures import Bench
from tests.benchmarks.tables import Table, mark

FRAMES = 30
_MOST_CHECK_S = 5.0
_MOST_BYTES = 500e6
_BAD_EVERY = 33  # 3%
_NAME = "{id:05}-{city}.mp4"


@bz.scene(duration=1)
def words(frame: bz.Frame, text: str, city: str) -> list[Any]:
    """Show two lines, of which one comes in."""
    rise = bz.spring(frame)
    return [
        bz.Fill("#1e1b4b"),
        bz.Text(text, size=90, weight=700, y=frame.height / 2 + 40 * (1 - rise), opacity=rise, color="white"),
        bz.Text(city, size=40, y=frame.height * 0.75, color="gold"),
    ]


@bz.film
def card(text: str, city: str = "Oslo") -> bz.Composition:
    """Make a film of a second."""
    return bz.Composition([words(text, city)], width=1280, height=720, fps=FRAMES)


def rows(count: int) -> list[dict[str, Any]]:
    """Give rows of which 3% are bad."""
    return [
        {
            "id": number,
            "city": f"City {number % 50}",
            "text": None if number % _BAD_EVERY == 5 else f"No. {number}",
        }
        for number in range(count)
    ]


def measure_batch(bench: Bench) -> Iterator[Table]:
    """Check 10,000 rows, then make `bench.films` films in processes of their own."""
    yield _checking(bench)
    count = min(30, bench.films) if bench.quick else bench.films
    bad = sum(row["text"] is None for row in rows(count))
    plain, whole = (_work(bench.folder / how, count, how) for how in ("plain", "batch"))
    table = Table(
        f"A batch of {count:,} films of 1 s at 720p, {bad} of their rows bad",
        ["", "films", "wall s", "films a minute", "CPU ms a film: here", "in workers", "peak here, MB", ""],
    )  # fmt: skip
    for name, told in (("plain exports, one by one", plain), ("export_all", whole)):
        _add(table, name, told, told["made"] == count - bad and told["peak_bytes"] < _MOST_BYTES)
    again = _work(bench.folder / "batch", count, "batch")
    _add(table, "export_all again: all is there", again, again["made"] == 0)
    killed = _killed(bench.folder / "killed", count, (count - bad) // 3)
    rest = _work(bench.folder / "killed", count, "batch")
    where = bz.Workspace(bench.folder / "killed")
    history = where.history(status="succeeded")
    once = history["location"].str.rpartition("/")[2].nunique() == count - bad
    drawn_once = history["frames_drawn"].sum() <= FRAMES * (count - bad)
    _add(table, f"killed with -9 after {killed:,}, run again", rest, once and drawn_once)
    table.add("batch to plain", "", f"{whole['wall_s'] / plain['wall_s']:.2f}x", *[""] * 5)
    yield table


def _checking(bench: Bench) -> Table:
    table = Table("Rows of a batch checked", ["rows", "bad", "CPU s", ""])
    films = RowFilms(card, NameTemplate(_NAME), {}, bz.Workspace(bench.folder / "checked"))
    began = time.process_time()
    found = check_rows(read_rows(rows(10_000)), films, make=True, see_kinds=False, check=lambda _: None)
    took_s = time.process_time() - began
    table.add(f"{found.count:,}", f"{found.bad:,}", f"{took_s:.2f}", mark(took_s <= _MOST_CHECK_S))
    return table


def _add(table: Table, name: str, told: dict[str, Any], good: bool) -> None:
    made = max(1, told["made"])
    table.add(
        name, f"{told['made']:,}", f"{told['wall_s']:.1f}", f"{60 * told['made'] / told['wall_s']:.0f}",
        f"{1000 * told['own_s'] / made:.0f}", f"{1000 * told['workers_s'] / made:.0f}",
        f"{told['peak_bytes'] / 1e6:.0f}", mark(good),
    )  # fmt: skip


def _start(root: Path, count: int, how: str) -> subprocess.Popen[bytes]:
    root.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.batch", str(root), str(count), how],
        stdout=subprocess.PIPE,
        env={**os.environ, "XDG_RUNTIME_DIR": str(root)},  # whoever else renders here leaves no core to it
    )


def _work(root: Path, count: int, how: str) -> dict[str, Any]:
    said = _start(root, count, how).communicate()[0]
    told: dict[str, Any] = json.loads(said.splitlines()[-1])
    return told


def _killed(root: Path, count: int, after: int) -> int:
    """Kill a batch when so many movies are there; give how many its history tells of."""
    process = _start(root, count, "batch")
    while len(list(root.glob("projects/*/*/[0-9]*.mp4"))) < after:
        time.sleep(0.05)
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return len(bz.Workspace(root).history(status="succeeded"))


def main(root: str, count: int, how: str) -> None:
    """Make the films, in a process that does nothing else, and print what that took."""
    where = bz.Workspace(root)
    where.engine.warm()
    while not where.engine.is_ready:
        time.sleep(0.01)
    workers = [psutil.Process(pid) for pid in where.engine.worker_pids()]  # type: ignore[attr-defined]
    own, theirs, began = time.process_time(), _cpu_s(workers), time.perf_counter()
    before = len(where.history(status="succeeded"))
    table = rows(count)
    if how == "batch":
        bz.export_all(card, table, _NAME, on_bad_rows="skip", workspace=where, progress=False)
    else:
        for row in table:
            if row["text"] is not None:
                card(row["text"], row["city"]).export(
                    f"{row['id']:05}-{row['city']}.mp4", workspace=where, progress=False
                )
    wall_s, own_s = time.perf_counter() - began, time.process_time() - own
    made = where.history(status="succeeded").iloc[before:]
    told = {
        "wall_s": wall_s, "own_s": own_s, "workers_s": _cpu_s(workers) - theirs, "made": len(made),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "load": os.getloadavg()[0],
    }  # fmt: skip
    print(json.dumps(told), flush=True)


def _cpu_s(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
