"""CONTRIBUTING.md names files that are there, and Binder's steps work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_it_names_what_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = set(re.findall(r"`((?:\w[\w.]*/)+[\w.]*|\w+\.(?:pyi?|md|toml))`", text))
    assert len(named) > 25
    roots = (ROOT, ROOT / "bazaar_nb", ROOT / "bazaar_nb/widgets")
    assert [path for path in named if not any((root / path).exists() for root in roots)] == []
    assert set(re.findall(r"`make ([a-z-]+)`", text)) <= set(verbs())


def verbs() -> list[str]:
    return re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_its_verbs_are_those_of_make() -> None:
    told = re.findall(r"^\| `make ([a-z-]+)`", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert told == [verb for verb in verbs() if verb != "help"]


def test_every_room_has_its_line() -> None:
    rooms = {path.name for path in (ROOT / "bazaar_nb").iterdir() if (path / "__init__.py").is_file()}
    text = (ROOT / "CONTRIBUTING.md").read_text().partition("## Where a change goes")[0]
    assert {room for room in rooms if f"`{room}/`" not in text} == set()


def test_binder_opens_the_quickstart(tmp_path: Path) -> None:
    """What Binder does after conda and apt: `postBuild` in a clean checkout, then JupyterLab."""
    checkout = tmp_path / "checkout"
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    # What the package needs is taken from this environment, so that only the package itself is installed.
    env = os.environ | {
        "PATH": f"{tmp_path / 'env' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": sysconfig.get_path("purelib"),
    }
    done = subprocess.run(
        ["sh", "binder/postBuild"], cwd=checkout, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((tmp_path / "env").glob("lib/python*/site-packages/bazaar_nb/static/player.js"))
    opened = re.search(r"mybinder\.org/v2/gh/[\w.-]+/[\w.-]+/HEAD\?urlpath=lab/tree/([\w/.]+)", README)
    assert opened is not None
    assert (checkout / opened[1]).is_file()
    lab = re.search(r"^lab = \[(.*)\]", (checkout / "pyproject.toml").read_text(), re.MULTILINE)
    assert lab is not None
    assert "jupyterlab" in lab[1]
    assert set((checkout / "binder/apt.txt").read_text().split()) >= {"libegl1", "libgl1"}


@pytest.mark.parametrize(
    ("prefix", "leads"), [("/user/ada/", "/user/ada/proxy/8787/status"), ("", "/proxy/8787/status")]
)
def test_dasks_dashboard_is_reached_through_binders_proxy(prefix: str, leads: str) -> None:
    """What Binder starts JupyterLab by: the kernels' Dask gives a link that gets through."""
    code = "from distributed.utils import format_dashboard_link as link; print(link('127.0.0.1', 8787))"
    env = os.environ | {"JUPYTERHUB_SERVICE_PREFIX": prefix}
    start = ROOT / "binder" / "start"
    assert os.access(start, os.X_OK)
    done = subprocess.run(
        [start, sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == leads
    installed = (ROOT / "binder" / "postBuild").read_text()
    assert "jupyter-server-proxy" in installed
    assert "bokeh" in installed
