"""One export in a Python process of its own: what a first export takes, and its memory.

``python -m tests.benchmarks.fresh title 10 /some/folder [--literal]`` exports a
workload and prints its figures as JSON; `export_in_fresh_process` runs that,
and watches the memory of all its processes from outside.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

LITERAL: dict[str, Any] = {"crf": 23, "preset": "medium"}
"""The encoder's settings that exports and encoding alone are compared with."""
_SAMPLE_S = 0.05


@dataclass(frozen=True)
class FreshExport:
    """Figures of an export in a fresh process.

    Attributes
    ----------
    process_s : float
        From the start of Python to its end.
    export_s : float
        The call alone.
    reported_bytes : int
        The peak of any process, as the render reports it.
    seen_bytes : int
        The largest resident memory of any of the processes, as seen from outside.
    """

    process_s: float
    export_s: float
    reported_bytes: int
    seen_bytes: int


def export_in_fresh_process(
    workload: str, duration_s: int, folder: Path, *, literal: bool = False
) -> FreshExport:
    """Export a workload in a new process, with new workers and an empty store."""
    command = [sys.executable, "-m", "tests.benchmarks.fresh", workload, str(duration_s), str(folder)]
    began = time.perf_counter()
    process = subprocess.Popen([*command, *["--literal"] * literal], stdout=subprocess.PIPE, text=True)
    seen = 0
    root = psutil.Process(process.pid)
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            for one in (root, *root.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    seen = max(seen, one.memory_info().rss)
        time.sleep(_SAMPLE_S)
    process_s = time.perf_counter() - began
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    told = json.loads(output)
    return FreshExport(process_s, told["export_s"], told["reported_bytes"], seen)


def main() -> None:
    """Export once and print the figures."""
    # Imported here: the process that only starts this one measures with little memory of its own.
    import bazaar_nb as bz
    from tests.benchmarks.workloads import WORKLOADS

    parser = argparse.ArgumentParser()
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("duration_s", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--literal", action="store_true")
    args = parser.parse_args()
    film = WORKLOADS[args.workload](args.folder, args.duration_s)
    with tempfile.TemporaryDirectory(dir=args.folder) as root:
        workspace = bz.Workspace(root)
        began = time.perf_counter()
        settings = LITERAL if args.literal else {}
        render = film.export("film.mp4", workspace=workspace, progress=False, **settings)
        export_s = time.perf_counter() - began
        workspace.close()
    print(json.dumps({"export_s": export_s, "reported_bytes": render.peak_memory_bytes}))


if __name__ == "__main__":
    main()
