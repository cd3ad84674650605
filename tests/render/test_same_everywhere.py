"""The same film gives the same segments, to the byte, whoever renders it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bazaar_nb.render.engines.engine import InlineEngine
from bazaar_nb.render.engines.local import LocalEngine
from bazaar_nb.workspace import Workspace
from tests.render.everything import everything
from tests.render.gates import until

PROJECT = Path(__file__).parents[2]
SEGMENTS = 7  # of the film with everything


def digests(root: Path) -> dict[str, str]:
    """Give the digest of each segment by its name, its key among it."""
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (root / "segments").rglob("*.*")
    }
    assert len(found) == SEGMENTS
    return found


@pytest.fixture(scope="module")
def inline_digests(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("inline")
    everything(folder).export(
        workspace=Workspace(folder / "root", engine=InlineEngine(), project="a"), progress=False
    )
    return digests(folder / "root")


def test_in_worker_processes(
    tmp_path: Path, local_engine: LocalEngine, inline_digests: dict[str, str]
) -> None:
    where = Workspace(tmp_path / "elsewhere", engine=local_engine, project="b", user="another")
    local_engine.warm()
    until(lambda: local_engine.is_ready)
    everything(tmp_path).export("other name.mp4", workspace=where, progress=False)
    row = where.history().iloc[0]
    assert row["frames_evaluated_by_workers"] == row["frames"]
    assert digests(tmp_path / "elsewhere") == inline_digests


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_in_a_new_process(tmp_path: Path, seed: str, inline_digests: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.render.everything", str(tmp_path)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert digests(tmp_path / "root") == inline_digests


def test_a_render_by_another_engine_finds_them_all(
    tmp_path: Path, local_engine: LocalEngine, inline_digests: dict[str, str]
) -> None:
    film = everything(tmp_path)
    film.export(workspace=Workspace(tmp_path / "root", engine=local_engine), progress=False)
    again = film.export(workspace=Workspace(tmp_path / "root", engine=InlineEngine()), progress=False)
    assert (again.segments_cached, again.segments, again.frames_drawn) == (SEGMENTS, SEGMENTS, 0)
    assert again.frames_cached == again.frames
