"""A folder that appears whole or not at all, and what it never takes along."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bazaar_nb.errors import StoreError
from bazaar_nb.store.folder_writing import why_not_replaced, writing_folder
from bazaar_nb.store.temporary import host_name


def is_own(name: str) -> bool:
    return name.endswith(".png")


def write(folder: Path, *names: str) -> None:
    with writing_folder(folder, is_own) as made:
        for name in names:
            (made / name).write_text(name)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_replaces_its_own_and_follows_links(tmp_path: Path) -> None:
    write(tmp_path / "new" / "frames", "1.png", "2.png")
    (tmp_path / "link").symlink_to(tmp_path / "new" / "frames")
    write(tmp_path / "link", "3.png")
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "new" / "frames") == ["3.png"]
    assert names(tmp_path / "new") == ["frames"]


def test_a_rename_that_fails_puts_back_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "frames", "1.png")
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if Path(target).name == "frames" and "2.png" in names(self):
            raise PermissionError(13, "Permission denied", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(StoreError, match=r"can't write to .*frames: permission denied"):
        write(tmp_path / "frames", "2.png")
    assert names(tmp_path / "frames") == ["1.png"]
    assert names(tmp_path) == ["frames"]


def test_what_a_killed_process_left_goes_with_the_next_one(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    gone = tmp_path / f".tmp~{host_name()}~{process.pid}~00ff~frames"
    mine = tmp_path / f".tmp~{host_name()}~{os.getpid()}~00ff~frames"
    other = tmp_path / f".tmp~{host_name()}~{process.pid}~00ff~pages"
    for folder in (gone, mine, other):
        folder.mkdir()
        (folder / "1.png").write_text("1")
    write(tmp_path / "frames", "1.png")
    assert names(tmp_path) == sorted([mine.name, other.name, "frames"])


def test_what_must_stay_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert why_not_replaced(tmp_path / "none", is_own) is None
    (tmp_path / "file").write_text("")
    assert why_not_replaced(tmp_path / "file", is_own) == "there is a file of that name"
    (tmp_path / "frames" / "sub.png").mkdir(parents=True)
    assert why_not_replaced(tmp_path / "frames", is_own) == "it has other files, 'sub.png'"
    monkeypatch.chdir(tmp_path / "frames" / "sub.png")
    assert "this process works in" in str(why_not_replaced(tmp_path / "frames", is_own))
    monkeypatch.setattr(Path, "is_mount", lambda self: True)
    assert why_not_replaced(tmp_path / "frames", is_own) == "a disk is mounted there"
