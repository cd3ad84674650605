"""Notebooks of the repository, run headless by ``notebooks/run.py`` as users run them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def run(folder: Path, notebook: str) -> subprocess.CompletedProcess[str]:
    """Run a notebook that lies in a folder."""
    command = [sys.executable, str(NOTEBOOKS / "run.py"), notebook]
    # Else older kernels' debuggers print a note.
    environment = {**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def run_copy(folder: Path, notebook: str, *data: str) -> str:
    """Run one of our notebooks, copied into an empty folder with what it needs; give what it printed."""
    shutil.copy(NOTEBOOKS / notebook, folder)
    for name in data:
        shutil.copytree(NOTEBOOKS / name, folder / name)
    done = run(folder, notebook)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def executed_cells(folder: Path, notebook: str) -> list[Any]:
    """Give the cells of the copy with outputs that a run leaves."""
    path = (folder / notebook).with_suffix(".executed.ipynb")
    cells: list[Any] = nbformat.read(path, as_version=4).cells  # type: ignore[no-untyped-call]
    return cells


def outputs(folder: Path, notebook: str) -> list[Any]:
    """Give all outputs of a run, of which none is an error or a warning."""
    found = [output for cell in executed_cells(folder, notebook) for output in cell.get("outputs", ())]
    assert {output.output_type for output in found} <= {"execute_result", "display_data", "stream"}
    assert [output.text for output in found if output.get("name") == "stderr"] == []
    return found


def of_kind(found: list[Any], mime: str) -> list[str]:
    """Give what outputs show in one of the ways of a browser."""
    return [output.data[mime] for output in found if mime in output.get("data", ())]


def files_left(root: Path) -> list[Path]:
    """Give all files that are left in a root, of which none is half written."""
    inside = [path for path in root.rglob("*") if path.is_file()]
    assert not [path for path in inside if "scratch" in path.parts or path.name.startswith((".", "tmp"))]
    return inside


def check_committed(notebook: str) -> None:
    """See that one of our notebooks is valid and committed without outputs."""
    there = nbformat.read(NOTEBOOKS / notebook, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(there)
    ids = [cell.id for cell in there.cells]
    assert len(set(ids)) == len(ids)
    code = [cell for cell in there.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
