"""A store in a folder: the contract, and what only disks do."""

from __future__ import annotations

import errno
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bazaar_nb.errors import InvalidValueError, StoreError
from bazaar_nb.store import file_digests as digests
from bazaar_nb.store.file_digests import digest_file
from bazaar_nb.store.store import Store
from bazaar_nb.store.temporary import is_temporary, temporary_name
from tests.store.store_contract import StoreContract


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "röot with space")


def files_in(store: Store) -> list[str]:
    """Names of all files under the root, hidden ones too."""
    return sorted(path.name for path in Path(store.root).rglob("*") if path.is_file())


class TestFolder(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return Store(tmp_path / "root")

    @pytest.fixture
    def files(self, store: Store) -> Callable[[], list[str]]:
        return lambda: files_in(store)

    @pytest.fixture
    def age(self, store: Store) -> Callable[[str, float], None]:
        def make_older(key: str, seconds: float) -> None:
            then = time.time() - seconds
            os.utime(store.location(key), (then, then))

        return make_older

    def test_a_folder_is_no_file(self, store: Store) -> None:
        store.write_bytes("projects/a/b", b"x")
        with pytest.raises(StoreError, match="it is a folder"):
            store.local("projects/a")


def test_once_without_hard_links(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*paths: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", link)
    store.write_bytes("a.bin", b"first", once=True)
    store.write_bytes("a.bin", b"second", once=True)
    with pytest.raises(StoreError, match="another file is there"):
        store.create("a.bin", b"second")
    assert store.read_bytes("a.bin") == b"first"
    assert files_in(store) == ["a.bin"]


def test_a_root_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("in the way")
    with pytest.raises(StoreError, match="a part of the path is a file"):
        Store(tmp_path / "root").write_bytes("a/b", b"x")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_root_that_is_denied(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match=r"can't write to .*permission denied; choose a root"):
        Store(tmp_path / "root").write_bytes("a", b"x")
    tmp_path.chmod(0o700)


def test_denied_and_read_only_disks_are_told_apart(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, words in ((errno.EACCES, "permission denied"), (errno.EROFS, "read-only file system")):

        def mkdir(*args: object, number: int = number, **options: object) -> None:
            raise OSError(number, os.strerror(number))

        with monkeypatch.context() as patch:
            patch.setattr(Path, "mkdir", mkdir)
            with pytest.raises(StoreError, match=words) as caught:
                store.write_bytes("a", b"x")
        assert caught.value.errno == number


def test_roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BAZAAR_ROOT", raising=False)
    assert Store() == Store("./x/../bazaar") == Store(tmp_path / "bazaar")
    monkeypatch.setenv("BAZAAR_ROOT", str(tmp_path / "elsewhere"))
    store = Store()
    assert store == Store(tmp_path / "elsewhere")
    assert list(tmp_path.iterdir()) == []
    odd = Store(tmp_path / "röot 100%#?")
    odd.write_bytes("a", b"x")
    assert Store(odd.url).read_bytes("a") == pickle.loads(pickle.dumps(odd)).read_bytes("a") == b"x"
    assert (store.free_bytes() or 0) > 0


def test_roots_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="gs:// is not supported"):
        Store("gs://bucket/team")
    for root in ("", "a\0b", "file://elsewhere/x", "file:///x?y"):
        with pytest.raises(InvalidValueError, match="`root` must be"):
            Store(root)
    with pytest.raises(InvalidValueError, match="'endpoint_url', which a store in a folder"):
        Store(tmp_path, storage_options={"endpoint_url": "https://example.org"})


def test_sweep_takes_what_a_killed_process_left(store: Store) -> None:
    writer = textwrap.dedent(f"""
        from bazaar_nb.store.store import Store
        with Store({store.url!r}).writing("segments/ab/abcdef01.mp4") as path:
            path.write_bytes(b"half")
            print("ready", flush=True)
            input()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", writer], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        assert store.sweep() == 0  # its process lives
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert len(files_in(store)) == 1
    assert list(store.list()) == []
    assert store.sweep() == 1
    assert files_in(store) == []


def test_sweep_leaves_other_hosts_alone_for_a_day(store: Store) -> None:
    store.write_bytes("segments/x", b"x")
    theirs = Path(store.location("segments/x")).with_name(".tmp~other~1~00ff~y.mp4")
    theirs.write_bytes(b"half")
    assert is_temporary(theirs.name)
    assert store.sweep() == 0
    yesterday = theirs.stat().st_mtime - 25 * 3600
    os.utime(theirs, (yesterday, yesterday))
    assert store.sweep() == 1
    assert files_in(store) == ["x"]


def test_temporary_names_fit_a_file_system() -> None:
    assert len(temporary_name("é" * 127 + ".mp4").encode()) <= 255


def test_digests_follow_the_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"1")
    first = digest_file(path)
    stat = path.stat()
    path.write_bytes(b"2")  # same size, and the same clock tick for all that can be seen
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert digest_file(path) != first
    assert len(first) == 40

    os.utime(path, (0, 0))
    settled = digest_file(path)
    monkeypatch.delattr(digests, "hash_content")
    assert digest_file(path) == settled  # not read again
