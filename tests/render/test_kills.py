"""A process that is killed while it exports loses nothing that was finished.

The whole of it, twenty kills at random moments: ``BAZAAR_KILLS=20 pytest tests/render/test_kills.py``.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import bazaar_nb as bz
from tests.render.films import numbers_in
from tests.render.gates import until
from tests.render.test_export_endings import FILM, group, hidden, segments

KILLS = int(os.environ.get("BAZAAR_KILLS", "2"))

# Each number is a film of its own: nothing of it is there before.
PROGRAM = (
    FILM.replace("opacity=0.01", "opacity=0.01 + 1e-6 * int(sys.argv[3])")
    + """
job = film.submit(sys.argv[3] + ".mp4", workspace=where, quality="low")
print(job.id, flush=True)
job.result()
"""
)


def start(root: Path, number: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(root), "0.01", str(number)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def has_made(root: Path, before: set[Path], count: int) -> bool:
    return len(set(segments(root)) - before) >= count


def is_gone(process: subprocess.Popen[str]) -> bool:
    return group(process.pid) == []


def test_kills_at_random_moments(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("BAZAAR_SEED", "7")))
    where = bz.Workspace(tmp_path)
    finished = reused = 0
    for number in range(KILLS):
        before = set(segments(tmp_path))
        process = start(tmp_path, number)
        assert process.stdout is not None
        killed = process.stdout.readline().strip()
        # Anywhere: before the first of four segments, in between, while they are joined, after the end. But
        # the first is killed in the middle for sure.
        after = chance.randrange(5) if number else 1
        until(partial(has_made, tmp_path, before, after))
        time.sleep(chance.uniform(0, 0.4) if number else 0)
        process.kill()
        process.communicate(timeout=300)
        until(partial(is_gone, process))
        complete = len(set(segments(tmp_path)) - before)
        assert bz.render_status(killed, where).status in ("lost", "succeeded")

        again = start(tmp_path, number)
        output, errors = again.communicate(timeout=300)
        assert (again.returncode, errors) == (0, "")
        render_id = output.strip()
        row = bz.render_status(render_id, where).row
        assert row["status"] == "succeeded"
        finished += complete
        reused += min(complete, row["segments_cached"])
        assert numbers_in(Path(row["location"])) == list(range(120))
        assert hidden(tmp_path) == []
    statuses = where.history()["status"].value_counts()
    assert statuses.sum() == 2 * KILLS
    assert statuses["lost"] + statuses["succeeded"] == 2 * KILLS
    assert statuses["lost"] >= 1
    assert reused >= 0.9 * finished > 0
