"""A batch whose process ends in the middle goes on where it was, when it is run again."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import bazaar_nb as bz
from tests.render.gates import until

PROGRAM = """
import sys
import bazaar_nb as bz

@bz.scene(duration=0.5)
def words(frame, text):
    return bz.Text(text, size=20 + frame.index)

@bz.film
def card(text: str) -> bz.Composition:
    return bz.Composition([words(text)], width=160, height=90)

where = bz.Workspace(sys.argv[1], workers=2)
bz.export_all(card, [{"text": f"card {n}"} for n in range(30)], "{text}.mp4", workspace=where)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_killed_in_the_middle_and_run_again_renders_nothing_twice(
    tmp_path: Path, end: signal.Signals
) -> None:
    root = tmp_path / "root"
    where = bz.Workspace(root)

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(root)], stderr=subprocess.PIPE, start_new_session=True
        )

    process = start()
    movies = root / "projects" / "default"
    until(lambda: len(list(movies.glob("*/card*.mp4"))) >= 8)
    process.send_signal(end)
    said = process.communicate(timeout=120)[1].decode()
    finished = where.history(status="succeeded")
    assert 5 <= len(finished) < 30, said
    if end == signal.SIGINT:
        assert "KeyboardInterrupt" in said
        assert set(where.history()["status"]) <= {"succeeded", "cancelled"}
    process = start()
    assert process.communicate(timeout=180)[0] is None
    assert process.returncode == 0
    history = where.history(status="succeeded")
    assert sorted(Path(place).name for place in history["location"]) == sorted(
        f"card {n}.mp4" for n in range(30)
    )
    assert set(finished["render_id"]) <= set(history["render_id"])
    # Those that were cut off may have had their segment in the store already; none was drawn twice.
    assert history["frames_drawn"].sum() <= 30 * 15
