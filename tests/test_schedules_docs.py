"""What docs/schedules.md tells people to write runs: by the command that cron is given, and by papermill."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import bazaar_nb as bz

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "schedules.md").read_text()
SALES = pd.DataFrame({"week": [47, 48, 48], "city": ["Oslo", "Oslo", "Rome"], "sold": [10, 12, 7]})


def blocks(section: str, language: str) -> list[str]:
    part = TEXT.partition(f"\n## {section}")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```", part, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    SALES.to_csv(tmp_path / "sales.csv", index=False)
    return tmp_path


def cell(source: str, **metadata: object) -> dict[str, object]:
    return {
        "cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None,
    }  # fmt: skip


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": path, "BAZAAR_ROOT": str(folder / "root"), "BAZAAR_WORKERS": "1"},
    )  # fmt: skip


def movies(folder: Path) -> list[str]:
    history = bz.Workspace(folder / "root").history(status="succeeded")
    return sorted(Path(location).name for location in history["location"])


def test_the_script_of_cron(folder: Path) -> None:
    (script,), (crontab,) = blocks("A script", "python"), blocks("A script", "sh")
    (folder / "weekly.py").write_text(script)
    line = crontab.splitlines()[1].split(maxsplit=5)[5]
    command = (
        line.partition("&& ")[2]
        .replace("/tmp/weekly.lock", "weekly.lock")
        .replace(".venv/bin/python", sys.executable)
    )
    assert run(command, folder).returncode == 0, (folder / "weekly.log").read_text()
    assert movies(folder) == ["47-Oslo.mp4", "48-Oslo.mp4", "48-Rome.mp4"]
    SALES.assign(sold=[10, 12, 0.5]).to_csv(folder / "sales.csv", index=False)
    assert run(command, folder).returncode == 1
    assert re.search(r"Rome +refused", (folder / "weekly.log").read_text())
    assert len(movies(folder)) == 3  # what was there is kept


def test_the_notebook_of_papermill(folder: Path) -> None:
    first, *others = blocks("A notebook", "python")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [cell(first, tags=["parameters"]), *map(cell, others)]
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    (folder / "weekly.ipynb").write_text(json.dumps(notebook))
    (folder / "reports").mkdir()
    (commands,) = blocks("A notebook", "sh")
    command = commands.splitlines()[1]
    told = run(command, folder)
    assert told.returncode == 0, told.stderr
    assert movies(folder) == ["48-Oslo.mp4", "48-Rome.mp4"]
    assert "2 of 2 films (60 of 60 frames)" in (folder / "reports" / "weekly-48.ipynb").read_text()
    SALES.assign(sold=[10, 12, -0.5]).to_csv(folder / "sales.csv", index=False)
    told = run(command, folder)
    assert told.returncode == 1
    assert "some films are missing" in told.stderr
    assert len(movies(folder)) == 2


def test_the_other_code_is_python_that_knows_what_there_is() -> None:
    for code in blocks("Airflow", "python"):
        ast.parse(code)
    (code,) = blocks("One film", "python")
    (call,) = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and node.keywords]
    assert ast.unparse(call.func) == "bz.start_render"
    assert callable(bz.start_render)
