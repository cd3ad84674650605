"""The load that tests are run beside leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

from tests.render.gates import until


def start(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.load", "--busy", "2", "--files", "--in", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_it_writes_until_it_is_terminated(tmp_path: Path) -> None:
    load = start(tmp_path)
    until(lambda: any(tmp_path.glob("*/*/1")))
    loops = psutil.Process(load.pid).children()
    assert len(loops) == 2
    load.terminate()
    said, _ = load.communicate(timeout=300)
    assert load.returncode == 0
    assert "GB of small files were written" in said
    assert list(tmp_path.iterdir()) == []
    assert not any(loop.is_running() for loop in loops)


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys; "
        "load = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE); load.stdout.readline()"
    )
    options = ["--busy", "1", "--files", "--in", str(tmp_path)]
    subprocess.run([sys.executable, "-c", program, sys.executable, "-m", "tests.load", *options], check=True)
    until(lambda: not list(tmp_path.iterdir()))
