"""What code hosts, CI services and package managers read: whole, and in step with `pyproject.toml`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import bazaar_nb

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# As conda-forge calls them, where that differs.
CONDA = {"lazy_loader": "lazy-loader", "matplotlib": "matplotlib-base", "opencv-python-headless": "py-opencv"}
LONG_S = 600.0


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def test_the_extra_all_has_all_that_users_want() -> None:
    extras = PROJECT["optional-dependencies"]
    (line,) = extras["all"]
    named = set(line.removeprefix("bazaar_nb[").removesuffix("]").split(","))
    assert named == set(extras) - {"all", "dev", "docs", "notebooks"}
    assert "bazaar_nb[all,docs]" in extras["dev"]


def test_the_recipe_of_conda_has_every_dependency() -> None:
    recipe = read(ROOT / ".ci" / "conda" / "recipe.yaml")
    wanted = {}
    for line in PROJECT["dependencies"]:
        name, version = re.fullmatch(r"([\w.-]+)>=([\w.]+)", line).groups()  # type: ignore[union-attr]
        wanted[CONDA.get(name, name)] = version
    run = dict(line.split(" >=") for line in recipe["requirements"]["run"])
    assert run.pop("python") == "${{ python_min }}"
    assert run.keys() == wanted.keys()
    differ = {name for name, version in wanted.items() if not version.startswith(run[name])}
    assert differ == set()
    assert recipe["context"]["version"] == bazaar_nb.__version__
    assert PROJECT["requires-python"] == f">={recipe['context']['python_min']}"


def test_the_version_stands_the_same_everywhere() -> None:
    assert read(ROOT / "CITATION.cff")["version"] == bazaar_nb.__version__
    released = re.findall(r"^## \[(\d[\w.]*)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert released[0] == bazaar_nb.__version__
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_use_verbs_that_are_there(path: Path) -> None:
    workflow = read(path)
    verbs = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"]
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "actions/checkout@v4"))
            for verb in re.findall(r"\bmake ([a-z-]+)", step.get("run", "")):
                assert verb in verbs
            # What comes from outside is not put into a shell's script.
            assert "github.event" not in step.get("run", "")


def test_issue_forms_ask_for_the_report() -> None:
    forms = ROOT / ".github" / "ISSUE_TEMPLATE"
    bug = read(forms / "bug.yml")
    (doctor,) = [part for part in bug["body"] if part.get("id") == "doctor"]
    assert "bazaar doctor --report" in doctor["attributes"]["label"]
    assert doctor["validations"]["required"]
    for form in ("bug.yml", "wish.yml"):
        assert {"name", "description", "body"} <= read(forms / form).keys()
    for name in ("SECURITY.md", "CODE_OF_CONDUCT.md"):
        assert len((ROOT / ".github" / name).read_text()) > 1000


def steps_of_the_page() -> dict[str, str]:
    text = (ROOT / "docs" / "in_ci.md").read_text()
    (block,) = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    steps = yaml.safe_load(block)["jobs"]["render"]["steps"]
    return {step["name"]: step["run"] for step in steps if "run" in step}


def test_a_film_on_each_push(tmp_path: Path) -> None:
    """What `docs/in_ci.md` has a service do, twice: the second time the segments of the first are there."""
    text = (ROOT / "docs" / "in_ci.md").read_text()
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "films.py").write_text(code)
    steps = steps_of_the_page()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "CI": "true", "BAZAAR_WORKERS": "1"}
    env = {name: value for name, value in env.items() if name not in ("BAZAAR_ROOT", "BAZAAR_ENGINE")}

    def step(name: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", "-e", "-c", steps[name]]  # as GitHub runs it
        return subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=LONG_S
        )

    cached = []
    for _ in range(2):
        done = step("Render")
        assert done.returncode == 0, done.stderr
        assert "\r" not in done.stderr
        renders = json.loads((tmp_path / "out.json").read_text())["renders"]
        assert [Path(one["location"]) for one in renders] == [
            tmp_path / "out" / "weekly.mp4", tmp_path / "out" / "weekly.gif",
        ]  # fmt: skip
        assert all(Path(one["location"]).is_file() for one in renders)
        cached.append([one["segments_cached"] == one["segments"] for one in renders])
    assert cached == [[False, True], [True, True]]  # what the first file draws is drawn for the second, too
    assert step("Look at the history").stdout.count("succeeded") == 4
    (tmp_path / "films.py").write_text(code.replace("frame.height / 6", "frame.height / 0"))
    failed = step("Render")
    assert failed.returncode == 3
    assert "ZeroDivisionError" in failed.stderr
    assert step("Look at the history").stdout.count(" failed  ") == 1
