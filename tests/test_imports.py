"""The contracts in `pyproject.toml`; and what they do not say: scenes touch no file, importing is cheap."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bazaar_nb

ROOT = Path(bazaar_nb.__file__).parent
PURE = ("motion", "scene", "values")
# The parts that only look at a path as text: a contract knows modules, not their parts.
TEXT_ONLY = {
    "os": {"PathLike", "fspath", "fsdecode"},
    "pathlib": {"PurePath", "PurePosixPath", "PureWindowsPath"},
}
HEAVY = ("pandas", "pyarrow", "matplotlib", "av", "skia", "cv2", "IPython", "loky")


def test_the_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "path", [path for room in PURE for path in sorted((ROOT / room).glob("*.py"))], ids=str
)
def test_scenes_touch_no_file(path: Path) -> None:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        uses: list[tuple[str, str]] = []
        if isinstance(node, ast.ImportFrom):
            uses = [(node.module or "", alias.name) for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            uses = [(node.value.id, node.attr)]
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("open", "input")
        ):
            found.append(f"line {node.lineno} calls {node.func.id}()")
        found += [
            f"{library}.{part} in {ast.unparse(node)[:80]}"
            for library, part in uses
            if part not in TEXT_ONLY.get(library, {part}) or library == "builtins"
        ]
    assert found == []


@pytest.mark.parametrize(
    "modules",
    ["bazaar_nb", "bazaar_nb.store.store, bazaar_nb.history.writer, bazaar_nb.scene.time", "bazaar_nb.cli"],
)
def test_importing_is_cheap(modules: str) -> None:
    code = f"import sys, {modules}; print(*sorted(set(sys.modules) & {set(HEAVY)!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("module", ["bazaar_nb", "bazaar_nb.cli"])
def test_importing_warns_of_nothing(module: str) -> None:
    command = [sys.executable, "-W", "error", "-c", f"import {module}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
