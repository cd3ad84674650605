"""What every store promises, as tests; each kind's own test class adds how it is made."""

from __future__ import annotations

import datetime as dt
import errno
import json
import multiprocessing
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bazaar_nb.errors import AssetError, InvalidValueError, StoreError
from bazaar_nb.store.file_digests import digest_file
from bazaar_nb.store.key_layout import asset_key
from bazaar_nb.store.store import Store
from bazaar_nb.store.temporary import owner_name

SEGMENT = "segments/ab/abcdef01.mp4"


class StoreContract:
    """Inherit from it and give the fixtures `store`, `files` and `age`."""

    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    @pytest.fixture
    def files(self, store: Store) -> Callable[[], list[str]]:
        """Give a function that lists the names of all files of the store, hidden ones and copies too."""
        raise NotImplementedError

    @pytest.fixture
    def age(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, float], None]:
        """Give a function that makes a file some seconds older."""
        raise NotImplementedError

    def test_a_file_is_hidden_until_it_is_whole(self, store: Store, files: Callable[[], list[str]]) -> None:
        with store.writing(SEGMENT) as path:
            assert path.suffix == ".mp4"
            path.write_bytes(b"half")
            assert not store.exists(SEGMENT)
            assert list(store.list()) == []
            path.write_bytes(b"whole")
        assert store.read_bytes(SEGMENT) == store.local(SEGMENT).read_bytes() == b"whole"
        assert store.size(SEGMENT) == 5
        assert set(files()) == {"abcdef01.mp4"}

    @pytest.mark.parametrize("fault", [KeyboardInterrupt, RuntimeError, GeneratorExit])
    def test_nothing_is_left_after_a_failure(
        self, store: Store, files: Callable[[], list[str]], fault: type[BaseException]
    ) -> None:
        store.write_bytes("a.mp4", b"before")

        def write() -> None:
            with store.writing("a.mp4") as path:
                path.write_bytes(b"half")
                raise fault

        with pytest.raises(fault):
            write()
        assert store.read_bytes("a.mp4") == b"before"
        assert files() == ["a.mp4"]

    def test_the_first_writer_of_content_wins_and_the_last_one_of_a_name(self, store: Store) -> None:
        for once, expected in ((True, b"first"), (False, b"last")):
            key = f"segments/aa/once-{once}.bin"
            with store.writing(key, once=once) as slow:
                slow.write_bytes(b"last")
                store.write_bytes(key, b"first", once=once)
            assert store.read_bytes(key) == store.local(key).read_bytes() == expected

    def test_what_is_created_is_never_replaced(self, store: Store, files: Callable[[], list[str]]) -> None:
        key = "history/renders/day=2026-11-22/e.parquet"
        store.create(key, b"first")
        store.create(key, b"first")
        with pytest.raises(StoreError, match=r"can't write to .*e\.parquet: another file is there"):
            store.create(key, b"second")
        assert store.read_bytes(key) == store.local(key).read_bytes() == b"first"
        assert set(files()) == {"e.parquet"}

    def test_many_processes_write_one_key_once(self, store: Store) -> None:
        """One of them wins, and whoever reads, whenever, reads that one's bytes."""
        context = multiprocessing.get_context("spawn")
        barrier, seen = context.Barrier(8), context.Queue()
        writers = [
            context.Process(target=_write_once, args=(store, SEGMENT, writer, barrier, seen))
            for writer in range(8)
        ]
        for writer in writers:
            writer.start()
        read = [seen.get(timeout=300) for _ in writers]
        for writer in writers:
            writer.join(180)
        assert read == [store.read_bytes(SEGMENT)] * 8
        assert len(read[0]) == 100_000

    def test_a_block_that_writes_nothing_is_an_error(self, store: Store) -> None:
        with pytest.raises(StoreError, match="nothing was written"), store.writing("a.mp4"):
            pass
        assert not store.exists("a.mp4")

    def test_prefixes_are_of_letters(self, store: Store) -> None:
        for key in (SEGMENT, "segments/ac/acdef012.mp4", "segmentsx/b", "history/c"):
            store.write_bytes(key, b"x")
        assert list(store.list("segments/")) == [SEGMENT, "segments/ac/acdef012.mp4"]
        assert list(store.list("segments/a")) == list(store.list("segments/"))
        assert list(store.list("segments/ac")) == ["segments/ac/acdef012.mp4"]
        assert sorted(store.list("seg")) == [*store.list("segments/"), "segmentsx/b"]
        assert list(store.list("nothing/here")) == []
        assert store.folders("segments/") == [f"{SEGMENT.rpartition('/')[0]}/", "segments/ac/"]
        assert store.folders() == ["history/", "segments/", "segmentsx/"]
        assert store.folders("nothing/here/") == []
        (entry,) = store.entries("history/")
        assert (entry.key, entry.size_bytes) == ("history/c", 1)
        assert abs(entry.modified - time.time()) < 60
        with pytest.raises(InvalidValueError, match="inside the root"):
            list(store.list("../x"))

    def test_what_was_replaced_is_read_anew(self, store: Store) -> None:
        for content in (b"one", b"two"):
            store.write_bytes("projects/p/r/render.json", content)
            assert store.local("projects/p/r/render.json").read_bytes() == content

    def test_several_at_once(self, store: Store) -> None:
        keys = [f"segments/ab/abcdef{number:02}.mp4" for number in range(20)]
        for number, key in enumerate(keys):
            store.write_bytes(key, bytes([number]))
        assert [path.read_bytes()[0] for path in store.local_all(keys)] == list(range(20))
        assert store.claim([*keys, "segments/ab/none.mp4"]) == set(keys)
        assert store.claim([]) == set()
        store.remove_all(keys[3:])
        assert sorted(store.list()) == keys[:3]
        with pytest.raises(StoreError, match=r"abcdef07\.mp4: it does not exist"):
            store.local_all(keys[:8][::-1][:1])

    def test_missing_files(self, store: Store, tmp_path: Path) -> None:
        read: list[Callable[[str], Any]] = [
            store.local, store.size, store.read_bytes, store.link, lambda key: store.download(key, tmp_path),
        ]  # fmt: skip
        for ask in read:
            with pytest.raises(StoreError, match=r"gone\.mp4: it does not exist") as caught:
                ask("projects/gone.mp4")
            assert isinstance(caught.value, FileNotFoundError)
        assert not store.exists("projects/gone.mp4")
        store.remove("projects/gone.mp4")
        assert list(tmp_path.glob("*gone*")) == []

    def test_a_full_disk_says_so_and_keeps_its_errno(
        self, store: Store, files: Callable[[], list[str]]
    ) -> None:
        def write() -> None:
            with store.writing("a.mp4") as path:
                path.write_bytes(b"half")
                raise OSError(errno.ENOSPC, "from deep inside an encoder")

        with pytest.raises(StoreError, match=r"no space left on the disk; free some") as caught:
            write()
        again = pickle.loads(pickle.dumps(caught.value))
        assert (again.errno, str(again)) == (errno.ENOSPC, str(caught.value))
        assert files() == []

    def test_faults_of_other_files_are_left_alone(self, store: Store) -> None:
        with pytest.raises(FileNotFoundError) as caught, store.writing("a.mp4"):
            Path("/no/such/data.csv").read_bytes()
        assert not isinstance(caught.value, StoreError)
        with pytest.raises(AssetError, match="photo"), store.writing("a.mp4"):
            raise AssetError("broken photo")

    def test_it_travels(self, store: Store) -> None:
        store.write_bytes("a", b"x")
        same = Store(store.url, store.storage_options if store.is_remote else None)
        assert same == store == pickle.loads(pickle.dumps(store))
        assert same.read_bytes("a") == pickle.loads(pickle.dumps(store)).read_bytes("a") == b"x"

    def test_odd_names(self, store: Store) -> None:
        key = "projects/Übersicht 100%/r+1/季度 (final), v=2 @ü.mp4"
        store.write_bytes(key, b"x")
        assert list(store.list("projects/")) == [key]
        assert store.local(key).read_bytes() == store.read_bytes(key) == b"x"
        assert store.claim([key]) == {key}
        store.remove(key)
        assert not store.exists(key)

    def test_assets_are_kept_once(self, store: Store, files: Callable[[], list[str]], tmp_path: Path) -> None:
        one, two = tmp_path / "one.PNG", tmp_path / "two.png"
        for path in (one, two):
            path.write_bytes(b"the same picture")
        digest = store.put_asset(one)
        assert store.put_asset(two) == digest == digest_file(one)
        assert set(files()) == {f"{digest}.png"}
        assert store.read_bytes(asset_key(digest, "png")) == b"the same picture"
        with pytest.raises(AssetError, match="no such file"):
            store.put_asset(tmp_path / "missing.png")

    def test_download(self, store: Store, tmp_path: Path) -> None:
        store.write_bytes("projects/p/r/film.mp4", bytes(range(256)) * 30_000)
        told: list[tuple[int, int]] = []
        (tmp_path / "films").mkdir()
        path = store.download(
            "projects/p/r/film.mp4", tmp_path / "films", on_bytes=lambda *at: told.append(at)
        )
        assert path == tmp_path / "films" / "film.mp4"
        assert path.read_bytes() == store.read_bytes("projects/p/r/film.mp4")
        assert told == sorted(told)
        assert told[-1] == (7_680_000, 7_680_000)
        store.write_bytes("projects/p/r/film.mp4", b"new")
        assert store.download("projects/p/r/film.mp4", path).read_bytes() == b"new"
        assert [found.name for found in path.parent.iterdir()] == ["film.mp4"]

    def test_readers_have_a_file_system(self, store: Store) -> None:
        store.write_bytes("history/renders/day=2026-11-22/e.json", json.dumps([1]).encode())
        filesystem, root = store.filesystem()
        (found,) = filesystem.find(f"{root}/history")
        assert found.endswith("/history/renders/day=2026-11-22/e.json")
        assert json.loads(filesystem.cat_file(found)) == [1]

    def test_clean_takes_what_nobody_used(self, store: Store, age: Callable[[str, float], None]) -> None:
        old, used, new = (f"segments/ab/abcdef0{number}.mp4" for number in range(3))
        keep = ["projects/p/r/film.mp4", "history/renders/day=2026-01-01/e.parquet"]
        asset = "assets/abcdef0123.png"
        for key in (old, used, new, asset, *keep):
            store.write_bytes(key, b"12345")
        for key in (old, used, asset, *keep):
            age(key, 40 * 86400)
        assert store.claim([used]) == {used}
        assert store.clean(dt.timedelta(days=30)) == (2, 10)
        assert sorted(store.list()) == sorted([used, new, *keep])
        for wrong in ("soon", 0, -5, "5 parsecs"):
            with pytest.raises(InvalidValueError, match="`older_than` must be a time like"):
                store.clean(wrong)

    def test_clean_leaves_running_renders_alone(
        self, store: Store, age: Callable[[str, float], None]
    ) -> None:
        before, made, raw = SEGMENT, "segments/ac/acdef012.mp4", "scratch/mine/abcdef01.raw"
        owner, other, dead = (
            f"scratch/{name}"
            for name in (f"mine/{owner_name()}", "theirs/owner~other~1", "dead/owner~other~1")
        )
        for key in (before, made, raw, owner, other, dead):
            store.write_bytes(key, b"x")
        for key, days in ((before, 40), (made, 4), (raw, 4), (owner, 5), (other, 5), (dead, 9)):
            age(key, days * 86400)
        assert store.clean("1d").files == 2
        assert set(store.list()) == {made, raw, owner, other}

    def test_sweep_takes_the_scratch_of_killed_processes(self, store: Store) -> None:
        context = multiprocessing.get_context("spawn")
        dead = context.Process(target=_own_scratch, args=(store,))
        dead.start()
        dead.join(180)
        store.write_bytes(f"scratch/alive/{owner_name()}", b"x")
        store.write_bytes("scratch/theirs/owner~other~1", b"x")
        assert store.sweep() == 2
        assert sorted(store.list()) == [f"scratch/alive/{owner_name()}", "scratch/theirs/owner~other~1"]
        assert store.sweep() == 0


def _write_once(store: Store, key: str, writer: int, barrier: Any, seen: Any) -> None:
    store.exists(key)  # connected before the race
    barrier.wait(180)
    store.write_bytes(key, bytes([writer]) * 100_000, once=True)
    seen.put(store.read_bytes(key))


def _own_scratch(store: Store) -> None:
    store.write_bytes(f"scratch/dead/{owner_name()}", b"x")
    store.write_bytes("scratch/dead/abcdef01.raw", b"pixels")
