"""Cores are shared fairly between the kernels of a machine, and come free when one dies."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.jobs import slots as slots_module
from bazaar_nb.jobs.slots import SharedCores, Slots, lock_folder
from tests.render.films import counting_film, numbers_in
from tests.render.gates import until
from tests.render.test_export_endings import FILM


@contextmanager
def sharing(folder: Path, cores: int, most: int) -> Iterator[SharedCores]:
    shared = Slots(folder, cores).share(most)
    shared.begin()
    try:
        yield shared
    finally:
        shared.end()


@pytest.fixture(autouse=True)
def always_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots_module, "_LOOK_S", 0.0)


def test_one_has_all_until_another_comes(tmp_path: Path) -> None:
    with sharing(tmp_path, 4, 4) as first:
        assert first.balance(0) == 4
        with sharing(tmp_path, 4, 4) as second:
            assert second.balance(0) == 0
            assert first.balance(4) == 4  # what is running runs on
            assert second.balance(0) == 0
            assert first.balance(3) == 3
            assert second.balance(0) == 1
            assert first.balance(0) == 2
            assert second.balance(0) == 2
            assert first.balance(0) == 2
        assert first.balance(0) == 4
    assert [path.name for path in tmp_path.glob("render-*")] == []


def test_a_render_keeps_a_core_and_waits_for_its_first(tmp_path: Path) -> None:
    with sharing(tmp_path, 2, 4) as many:
        assert many.balance(0) == 4  # four workers were asked for
        with sharing(tmp_path, 2, 1) as one:
            assert many.balance(0) == 1
            assert one.balance(0) == 1
    checks: list[int] = []
    with ExitStack() as others:
        for _ in range(2):
            assert others.enter_context(sharing(tmp_path, 2, 1)).balance(0) == 1
        with sharing(tmp_path, 2, 2) as late:

            def check() -> None:
                checks.append(late.balance(0))
                if len(checks) == 3:
                    others.close()

            late.wait(check)
            assert checks == [0, 0, 0]
            assert late.balance(0) == 2


def test_who_waits_comes_before_who_asks_later(tmp_path: Path) -> None:
    """As a batch of short films does, which asks again as soon as one has ended."""
    (tmp_path / f"turn-{0:020}-dead.lock").touch()  # of a process that died while it waited
    with ExitStack() as films, sharing(tmp_path, 1, 1) as waiting:
        assert films.enter_context(sharing(tmp_path, 1, 1)).balance(0) == 1
        asked: list[int] = []

        def check() -> None:
            if list(tmp_path.glob("turn-*")) and not asked:
                films.close()
                with sharing(tmp_path, 1, 1) as again:
                    asked.append(again.balance(0))

        waiting.wait(check)
        assert asked == [0]
        assert waiting.balance(0) == 1
    assert list(tmp_path.glob("turn-*")) == []


def test_who_was_frozen_while_it_waited_is_not_waited_for(tmp_path: Path) -> None:
    with FileLock(tmp_path / "turn-0-frozen.lock"), sharing(tmp_path, 1, 1) as later:
        assert later.balance(0) == 0
        os.utime(tmp_path / "turn-0-frozen.lock", (0, 0))
        assert later.balance(0) == 1


@settings(max_examples=40, deadline=None)
@given(cores=st.integers(1, 6), wishes=st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_never_more_than_there_are_and_soon_a_fair_share(cores: int, wishes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        renders = [
            (stack.enter_context(sharing(Path(folder), cores, most)), most)
            for most in (min(w, cores) for w in wishes)
        ]
        for _ in range(2):
            held = [render.balance(0) for render, _ in renders]
            assert sum(render.cores for render, _ in renders) <= cores
        fair = max(1, cores // len(renders))
        assert sum(held) == min(cores, sum(min(most, fair) for _, most in renders))
        assert all(count in (0, min(most, fair)) for count, (_, most) in zip(held, renders, strict=True))


HOLD = """
import sys, time
from pathlib import Path
from bazaar_nb.jobs.slots import Slots
shared = Slots(Path(sys.argv[1]), 2).share(2)
shared.begin()
print(shared.balance(0), flush=True)
time.sleep(600)
"""


def test_a_killed_process_frees_its_cores(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "2\n"
        with sharing(tmp_path, 2, 2) as mine:
            assert mine.balance(0) == 0
            process.kill()
            process.wait()
            until(lambda: mine.balance(0) == 2)
        assert [path.name for path in tmp_path.glob("render-*")] == []
    finally:
        process.kill()
        process.communicate()


def test_a_killed_kernel_frees_the_cores_that_another_waits_for(tmp_path: Path) -> None:
    """Its own orphaned workers don't hold them either."""
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(runtime)}
    export = (
        FILM
        + "where = bz.Workspace(sys.argv[1], workers=1)\n"
        + "film.export(sys.argv[3], workspace=where, progress=False)"
    )

    def start(name: str, pause: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", export, str(tmp_path / "root"), pause, name]
        return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    environment["LOKY_MAX_CPU_COUNT"] = "1"
    where = bz.Workspace(tmp_path / "root")
    slow = start("slow.mp4", "60")
    quick = None
    try:
        until(lambda: "started" in set(where.history()["status"]))
        until(lambda: (tmp_path / "runtime" / "bazaar" / "core-0.lock").exists())
        quick = start("quick.mp4", "0")
        until(lambda: "queued" in set(where.history()["status"]))
        assert set(where.history()["status"]) == {"started", "queued"}
        slow.kill()
        until(lambda: set(where.history()["status"]) <= {"lost", "started", "succeeded"})
        _, errors = quick.communicate(timeout=300)
        assert (quick.returncode, errors) == (0, "")
    finally:
        for process in (slow, quick):
            if process is not None:
                process.send_signal(signal.SIGKILL)
                process.communicate()
    assert sorted(where.history()["status"]) == ["lost", "succeeded"]
    assert numbers_in(next(tmp_path.rglob("quick.mp4"))) == list(range(120))


def test_renders_go_on_where_there_are_no_locks(
    inline: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Slots:
        raise PermissionError("the folder belongs to another user")

    monkeypatch.setattr(slots_module, "Slots", refuse)
    assert counting_film(0.1).export(workspace=inline, progress=False).frames == 3


def test_the_folder_is_this_persons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = lock_folder()
    assert folder.parent == tmp_path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    (tmp_path / "bazaar-12345").symlink_to(folder)
    with pytest.raises(PermissionError, match="belongs to another user"):
        lock_folder()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
    with pytest.raises(PermissionError, match="belongs to another user"):
        lock_folder()
