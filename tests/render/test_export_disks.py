"""Disks that are full, roots that can't be written to, and what dead renders left on them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.store.store import Store
from bazaar_nb.workspace import Workspace
from tests.render.films import counting_film, ends, litter

pytestmark = pytest.mark.usefixtures("no_litter")


def test_a_full_disk(tmp_path: Path) -> None:
    """A file-size limit stands for the disk's end where no small disk can be mounted."""
    code = """
        import resource, signal, sys
        import numpy as np
        import bazaar_nb as bz

        @bz.scene(duration=1)
        def noise(frame):
            return bz.Pixels(np.random.default_rng(frame.index).integers(0, 255, (360, 640, 3), np.uint8))

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        where = bz.Workspace(sys.argv[1], engine="inline")
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        try:
            bz.Composition([noise()], width=640, height=360).export("a.mp4", workspace=where, progress=False)
        except bz.StoreError as error:
            print(error)
        print(where.history()[["status", "error_class"]].values.tolist())
    """
    done = script(code, tmp_path / "root")
    assert "larger than the file system allows" in done
    assert done.endswith("[['failed', 'StoreError']]\n")
    assert list((tmp_path / "root").rglob("*.mp4")) == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_for_real(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(root)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.decode().strip()}")
    try:

        @bz.scene(duration=2)
        def noise(frame: bz.Frame) -> Any:
            random_pixels = np.random.default_rng(frame.index).integers(0, 255, (90, 160, 3), np.uint8)
            return bz.Pixels(random_pixels, width=640, height=360)  # type: ignore[arg-type]

        where = Workspace(root, engine="inline")
        film = bz.Composition([noise()], width=640, height=360)
        with pytest.raises(bz.StoreError, match="no space left on the disk; free some space"):
            film.export(crf=0, preset="ultrafast", workspace=where, progress=False)
        assert ends(where) == [("failed", "StoreError")]
        assert litter(root) == []
        assert list(root.rglob("*.mp4")) == []
    finally:
        subprocess.run(["umount", str(root)], check=True)


def script(code: str, *arguments: object) -> str:
    """Run a program and give what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_root_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("")
    where = Workspace(tmp_path / "in the way", engine="inline")
    with pytest.raises(bz.StoreError, match="a part of the path is a file, not a folder"):
        counting_film(0.1).export(workspace=where, progress=False)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may become another user")
def test_a_root_that_is_denied(tmp_path: Path) -> None:
    done = script(
        """
        import os, sys
        import bazaar_nb as bz
        from tests.render.films import counting_film
        where = bz.Workspace(sys.argv[1], engine="inline")
        film = counting_film(0.1)
        film.export(workspace=bz.Workspace(sys.argv[2], engine="inline"), progress=False)
        os.setuid(65534)
        try:
            film.export(workspace=where, progress=False)
        except bz.StoreError as error:
            print(error)
        """,
        tmp_path / "denied",
        tmp_path / "root",
    )
    assert "permission denied; choose a root" in done


def test_store_sweeps_folders_of_dead_renders(tmp_path: Path) -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "from bazaar_nb.store.temporary import owner_name; print(owner_name())"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    store = Store(tmp_path / "root")
    store.write_bytes(f"scratch/old/{dead}", b"room")
    store.write_bytes("scratch/old/abcdef01.raw", b"pixels")
    store.write_bytes("scratch/other/abcdef01.raw", b"pixels")
    _, host, pid = dead.split("~")
    begun = tmp_path / "root" / "scratch" / "begun"
    begun.mkdir()
    (begun / f".tmp~{host}~{pid}~0123abcd~{dead}").write_bytes(b"ro")
    assert store.sweep() == 3
    assert not begun.exists()
    assert list(store.list()) == ["scratch/other/abcdef01.raw"]
    store.remove("scratch/other/abcdef01.raw")
    store.remove_folder("scratch/other")
