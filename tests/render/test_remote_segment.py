"""A segment run as where nothing is shared but the store."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import bazaar_nb as bz
from bazaar_nb.errors import ElementError, RenderCancelledError
from bazaar_nb.render.carried_film import Carrier
from bazaar_nb.render.frame_counters import FrameCounters
from bazaar_nb.render.remote_segment import (
    MissingFilmError,
    RemoteSegment,
    is_cancelled,
    keep_film,
    remote_result,
    tell_counts,
)
from bazaar_nb.render.task import FilmSpan, SegmentTask
from bazaar_nb.store.store import Store
from tests.render.engine_contract import slow_task
from tests.render.films import counting_film, numbers_in, plotted, settings_of, stored, tasks_of
from tests.render.gates import until


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "root")


@pytest.fixture
def counters() -> Iterator[FrameCounters]:
    with FrameCounters(64) as counters:
        yield counters


def as_message(task: SegmentTask) -> bytes:
    return msgspec.msgpack.encode(task)


def test_a_film_that_was_kept_is_evaluated_here(store: Store, counters: FrameCounters) -> None:
    film = counting_film(0.5)
    settings = settings_of(film)
    with Carrier(film, by_value=True) as carrier:
        assert carrier.file is not None
        task = SegmentTask(
            store_url=store.url, key="", number=3, first_frame=0, span=FilmSpan(carrier.file, film.frames),
            settings=settings, scratch="scratch/test/", counters=counters.path, parent=1,
        )  # fmt: skip
        with pytest.raises(MissingFilmError):
            RemoteSegment(as_message(task))
        keep_film(carrier.file.digest, Path(carrier.file.path).read_bytes())
    folder, import_path = Path.cwd(), list(sys.path)
    segment = RemoteSegment(as_message(task))  # the file at home is gone by now
    result = remote_result(segment.run())
    task = msgspec.structs.replace(task, key=result.key)
    assert numbers_in(store.local(stored(task))) == list(range(15))
    assert segment.counts() == (15, 15)
    assert (Path.cwd(), sys.path) == (folder, import_path)
    tell_counts(task, *segment.counts())
    assert (counters.evaluated(), counters.counts()) == (15, 15)


def test_its_failure_is_the_same_exception(store: Store, counters: FrameCounters) -> None:
    def plot(fig: Any, index: int) -> None:
        if index == 3:
            raise KeyError("three")

    (task,) = tasks_of(plotted(plot), store, counters)
    with pytest.raises(ElementError, match="KeyError: 'three'") as caught:
        remote_result(RemoteSegment(as_message(task)).run())
    assert (caught.value.frame, caught.value.element) == (3, "Figure[1]")


def test_a_cancel_reaches_the_one_that_runs_and_the_one_that_waits(
    store: Store, counters: FrameCounters
) -> None:
    task = slow_task(store, counters)
    segments = [RemoteSegment(as_message(task)) for _ in range(2)]
    answers: list[bytes] = []
    threads = [threading.Thread(target=lambda s=one: answers.append(s.run())) for one in segments]
    for thread in threads:
        thread.start()
    until(lambda: sum(segment.counts()[1] for segment in segments) > 1)
    for segment in segments:
        segment.cancel()
    for thread in threads:
        thread.join(60)
    for answer in answers:
        with pytest.raises(RenderCancelledError):
            remote_result(answer)
    assert list(store.list()) == []
    assert not is_cancelled(task)
    counters.cancel()
    assert is_cancelled(task)


def test_the_authors_own_modules_go_along(tmp_path: Path) -> None:
    """In a process that can't import them."""
    (tmp_path / "own_words.py").write_text("from own_letters import A\ndef word(): return A + 'b'\n")
    (tmp_path / "own_letters.py").write_text("A = 'a'\n")
    program = """
        import sys, pathlib, warnings
        import bazaar_nb as bz, own_words
        from bazaar_nb.render.carried_film import Carrier

        @bz.scene(duration=1)
        def title(frame):
            return bz.Text(own_words.word())

        film = bz.Composition([title()], width=64, height=36)
        with Carrier(film, by_value=True) as carrier:
            pathlib.Path(sys.argv[1]).write_bytes(pathlib.Path(carrier.file.path).read_bytes())
    """
    packed = tmp_path / "film"
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(packed)],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, check=True, timeout=300,
    )  # fmt: skip
    (tmp_path / "own_words.py").unlink()
    (tmp_path / "own_letters.py").unlink()
    from bazaar_nb.render.carried_film import open_film
    from bazaar_nb.render.task import FilmFile

    folder, import_path = Path.cwd(), list(sys.path)
    try:
        film = open_film(FilmFile(str(packed), "1")).film
        assert [element.text for element in film.frame(0).elements if isinstance(element, bz.Text)] == ["ab"]
    finally:
        os.chdir(folder)
        sys.path[:] = import_path
