"""What `make fresh` says and takes along; the run itself is as long as all tests are."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import fresh_machine
from tests.fresh_machine import (
    PATHS,
    SETTINGS,
    StepError,
    apt_sources,
    machine,
    named_paths,
    remove,
    try_again,
    what_is_missing,
)

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a bare Debian wants Linux")


@on_linux
@pytest.mark.parametrize(
    ("there", "user", "said"),
    [
        ({"apt-get"}, 0, "apt-get update && apt-get install -y debootstrap && make fresh"),
        ({"apt-get"}, 1000, "sudo apt-get install -y debootstrap && sudo make fresh"),
        ({"dnf"}, 1000, "sudo dnf install -y debootstrap && sudo make fresh"),
        (set[str](), 0, "debootstrap is missing. Install it"),
        ({"debootstrap"}, 1000, "as root. Run this:\n    sudo make fresh"),
    ],
)
def test_what_is_missing_is_said_with_the_command(
    monkeypatch: pytest.MonkeyPatch, there: set[str], user: int, said: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name if name in there else None)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert said in what_is_missing()


def test_the_folder_goes_unless_it_is_to_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(fresh_machine, "FREE_BYTES", 0)
    for end in (KeyboardInterrupt, SystemExit, StepError):
        with pytest.raises(end), machine(keep=False) as folder:  # noqa: PT012
            (folder / "root" / "clone").mkdir(parents=True)
            raise end
        assert list(tmp_path.iterdir()) == []
    with machine(keep=True) as folder:
        pass
    assert folder.is_dir()
    assert f"rm -rf --one-file-system {folder}" in capsys.readouterr().out


@pytest.mark.parametrize("problem", ["", "`make test` failed on a bare Debian"])
def test_its_end_says_whether_all_went_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: str
) -> None:
    def try_commit(folder: Path, steps: list[str], took: list[str], suite: str) -> None:
        if problem:
            raise StepError(problem)

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(fresh_machine, "FREE_BYTES", 0)
    monkeypatch.setattr(fresh_machine, "what_is_missing", str)
    monkeypatch.setattr(fresh_machine, "try_commit", try_commit)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["fresh_machine.py"])
    with pytest.raises(SystemExit) as ended:
        fresh_machine.main()
    assert ended.value.code == (problem or 0)


def test_a_kept_folder_gets_the_newest_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(fresh_machine, "take_settings", lambda folder: done.append("settings"))
    monkeypatch.setattr(fresh_machine, "pull", lambda folder: done.append("pull"))
    monkeypatch.setattr(fresh_machine, "make", lambda folder, step: done.append(step))
    with pytest.raises(StepError, match="has no clone: make such a folder with --keep"):
        try_again(tmp_path, ["demo"], [])
    (tmp_path / "root" / "clone" / ".git").mkdir(parents=True)
    took: list[str] = []
    try_again(tmp_path, ["demo", "test"], took)
    assert done == ["settings", "pull", "demo", "test"]
    assert [line.partition("  ")[0] for line in took] == ["pull", "make demo", "make test"]
    assert all(re.search(r"took \d+\.\d min; \d+ MB in all$", line) for line in took)


def test_other_suites_come_from_the_same_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = "http://a/ bookworm main\nhttp://s/ bookworm-security main\nhttp://a/ bookworm-updates main\n"
    ran = subprocess.CompletedProcess([], 0, stdout=listed)
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ran)
    assert apt_sources("bookworm") == listed.splitlines()
    assert apt_sources("sid") == ["http://a/ sid main"]


@on_linux
def test_nothing_is_removed_while_something_is_mounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = f"36 35 98:0 / {tmp_path}/proc rw - proc proc rw\n"
    monkeypatch.setattr(Path, "read_text", lambda path: mounts)
    with pytest.raises(StepError, match="unmount it"):
        remove(tmp_path)
    assert tmp_path.is_dir()


def test_settings_and_what_they_name_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "NO_PROXY", "PIP_INDEX_URL", "npm_config_registry", "SSL_CERT_FILE"):
        assert SETTINGS.fullmatch(name)
    for name in ("AWS_SECRET_ACCESS_KEY", "HOME", "PYTHONPATH"):
        assert not SETTINGS.fullmatch(name)
    text = f"find-links = {tmp_path}/a\nextra-index-url = https://host/b file://{tmp_path}/c\ncert='{tmp_path}/d'"
    assert PATHS.findall(text) == [f"{tmp_path}/{name}" for name in "acd"]
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "missing"))
    assert tmp_path in named_paths()
    assert tmp_path / "missing" not in named_paths()
