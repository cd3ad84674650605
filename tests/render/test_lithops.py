"""LithopsEngine keeps what engines promise, with functions that are processes of this machine.

Each function takes some seconds to begin, so the suite has a film with a function killed in its middle, and
what needs no function; ``BAZAAR_LITHOPS=1`` runs the whole contract, and functions that take too long.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.draw.fonts import find_face, system_faces
from bazaar_nb.errors import InvalidValueError, MissingLibraryError, RenderCancelledError, RenderError
from bazaar_nb.render.carried_film import Carrier
from bazaar_nb.render.engines import lithops_probes
from bazaar_nb.render.engines.engine import Engine, EngineError, SegmentTooLargeError, WorkerLostError
from bazaar_nb.render.engines.lithops import LithopsEngine
from bazaar_nb.render.engines.lithops_calls import Functions
from bazaar_nb.render.engines.lithops_function import (
    FunctionAnswer,
    FunctionCall,
    SegmentFunction,
    read_sign,
    sign_size,
)
from bazaar_nb.render.engines.worker_profile import own_profile
from bazaar_nb.render.frame_counters import FrameCounters
from bazaar_nb.render.remote_segment import remote_result
from bazaar_nb.render.task import FilmSpan, SegmentResult, SegmentTask
from bazaar_nb.store.store import Store
from tests.render.engine_contract import EngineContract
from tests.render.films import bars, counting_film, numbers_in, settings_of, stored, tasks_of
from tests.render.gates import until

pytest.importorskip("lithops")
LOCAL = {"lithops": {"backend": "localhost", "storage": "localhost"}}
LAMBDA = {
    "lithops": {"backend": "aws_lambda", "storage": "aws_s3"},
    "aws": {"region": "eu-central-1"},
    "aws_lambda": {"execution_role": "arn:aws:iam::123456789012:role/bazaar-functions"},
    "aws_s3": {"storage_bucket": "bazaar-lithops"},
}
whole = pytest.mark.skipif(not os.environ.get("BAZAAR_LITHOPS"), reason="takes minutes: set BAZAAR_LITHOPS=1")


@pytest.fixture(scope="session")
def lithops_engine() -> Iterator[LithopsEngine]:
    engine = LithopsEngine(LOCAL, workers=2)
    yield engine
    engine.close()


@whole
class TestLithopsEngine(EngineContract):
    @pytest.fixture
    def engine(self, lithops_engine: LithopsEngine) -> Engine:
        return lithops_engine

    def make(self) -> Engine:
        return LithopsEngine(LOCAL, workers=2)

    def sent(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
        assert isinstance(engine, LithopsEngine)
        sent: list[tuple[object, ...]] = []
        message = engine._message

        def spy(call: Any) -> bytes:
            sent.append((message(call),))
            return message(call)

        monkeypatch.setattr(engine, "_message", spy)
        return sent


@bz.scene(duration=2)
def slow(frame: bz.Frame, first: int = 0, pause_s: float = 0.02, pids: str = "") -> list[Any]:
    time.sleep(pause_s)
    if frame.index == 0:
        print(f"scene at {first}")
    if frame.index == 10 and pids:
        (Path(pids) / str(os.getpid())).touch()
    return bars(first + frame.index, frame)


def slow_film(scenes: int, pause_s: float = 0.02, pids: Path | None = None) -> bz.Composition:
    """Give a film that shows its frames' numbers, and says which processes are in its middle."""
    if pids is not None:
        pids.mkdir()
    rows = [slow(60 * number, pause_s, "" if pids is None else str(pids)) for number in range(scenes)]
    return bz.Composition(rows, width=64, height=36, fps=30, name="numbers")


def in_the_middle(pids: Path) -> psutil.Process:
    """Wait for a function that is in the middle of a segment, and give its process."""

    def others() -> list[int]:
        return [int(path.name) for path in pids.iterdir() if path.name != str(os.getpid())]

    until(others)
    return psutil.Process(others()[0])


def left_in_lithops_storage(engine: LithopsEngine) -> list[str]:
    """Give what is of this engine's calls in the storage of lithops: code and what it was called with."""
    functions = engine._functions
    assert functions is not None
    storage, name = functions._executor.internal_storage, functions._executor.executor_id
    return [key for key in storage.storage.list_keys(storage.bucket, "lithops.jobs/") if f"/{name}" in key]


def test_a_film_is_the_same_with_a_function_killed_in_its_middle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film = slow_film(3, pids=tmp_path / "pids")
    alone = bz.Workspace(tmp_path / "alone", engine="inline")
    expected = Path(film.export(tmp_path / "expected.mp4", progress=False, workspace=alone).location)
    capsys.readouterr()
    engine = LithopsEngine(LOCAL, workers=3, silence_limit_s=20)
    where = bz.Workspace(tmp_path / "root", engine=engine)
    try:
        job = film.submit(tmp_path / "movie.mp4", workspace=where)
        in_the_middle(tmp_path / "pids").kill()
        movie = Path(job.result(300).location)
        until(lambda: not left_in_lithops_storage(engine))
    finally:
        engine.close()
    assert movie.read_bytes() == expected.read_bytes()
    (row,) = where.history().to_dict("records")
    assert (row["status"], row["engine"]) == ("succeeded", "lithops")
    assert (row["segments"], row["segments_retried"]) == (3, 1)
    assert row["frames_evaluated_by_workers"] == 180
    assert sorted(where.history.segments()["tries"]) == [1, 1, 2]
    assert sorted(capsys.readouterr().out.split("\n"))[1:] == [f"scene at {first}" for first in (0, 120, 60)]
    files = [path.name for path in (tmp_path / "root").rglob("*") if path.is_file()]
    assert not [name for name in files if name.endswith(".pickle") or "wanted" in name]
    assert not any((tmp_path / "root" / "scratch").iterdir())


@whole
def test_a_function_that_takes_too_long_is_cut_and_sent_again(tmp_path: Path) -> None:
    engine = LithopsEngine(LOCAL, workers=2, time_limit_s=8)
    where = bz.Workspace(tmp_path / "root", engine=engine)
    try:
        with pytest.warns(UserWarning, match="a function took longer than its 8 s; they become two segments"):
            render = slow_film(1, 0.2).export("movie.mp4", progress=False, workspace=where)
    finally:
        engine.close()
    assert numbers_in(Path(render.location)) == list(range(60))
    assert render.segments > 1


@whole
def test_a_function_that_falls_silent_is_sent_again(tmp_path: Path) -> None:
    """As one that is cut off, or whose machine is gone: nothing of it is left that could say so."""
    engine = LithopsEngine(LOCAL, workers=2, silence_limit_s=5, start_limit_s=30)
    where = bz.Workspace(tmp_path / "root", engine=engine)
    try:
        job = slow_film(1, 0.1, tmp_path / "pids").submit("movie.mp4", workspace=where)
        process = in_the_middle(tmp_path / "pids")
        parent = process.parent()
        assert parent is not None
        parent.kill()
        process.kill()
        render = job.result(300)
    finally:
        engine.close()
    assert numbers_in(Path(render.location)) == list(range(60))
    assert list(where.history.segments()["tries"]) == [2]


def test_a_segment_that_would_take_too_long_is_not_sent(tmp_path: Path) -> None:
    engine = LithopsEngine(LOCAL, workers=2, time_limit_s=60)
    with FrameCounters(8) as counters:
        (task,) = tasks_of(counting_film(1), Store(tmp_path), counters)
        late = msgspec.structs.replace(task, frame_s=3.0)
        error = engine.submit(late).exception(1)
    assert type(error) is SegmentTooLargeError
    assert str(error) == "it would take about 90 s, and a function has 60 s"
    assert engine._thread is None


def test_what_is_known_before_a_render_is_said_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = LithopsEngine(LAMBDA, workers=9, memory_mb=3072, time_limit_s=600)
    assert (cloud.workers, cloud.memory_mb, cloud.time_limit_s) == (9, 3072, 600)
    where = bz.Workspace(tmp_path / "root", engine=cloud)
    monkeypatch.setattr(LithopsEngine, "warm", lambda _: None)
    with pytest.raises(EngineError, match=r"functions on aws_lambda can't reach .*root, a folder of this"):
        counting_film(1).export("movie.mp4", progress=False, workspace=where)
    monkeypatch.undo()
    here = own_profile()
    engine = LithopsEngine(LOCAL, workers=1)
    other = msgspec.structs.replace(here, bazaar_nb="9.9", encoding=here.encoding.replace("av ", "av 1"))
    try:
        with monkeypatch.context() as changed:
            changed.setattr(lithops_probes, "own_profile", lambda: other)
            with pytest.raises(EngineError) as caught:
                engine.prepare(Store(tmp_path / "root"), lambda: None)
        assert f"they have bazaar_nb {here.bazaar_nb} instead of 9.9, encoding av " in str(caught.value)
        engine.prepare(Store(tmp_path / "root"), lambda: None)
        assert engine.is_ready
        blocked = tmp_path / "blocked"
        blocked.write_text("")  # a file where the root should be
        with pytest.raises(EngineError, match="functions on localhost can't use"):
            engine.prepare(Store(blocked), lambda: None)
    finally:
        engine.close()


def test_without_lithops_the_command_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "lithops", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'bazaar_nb\[serverless\]'"):
        bz.Workspace(tmp_path, engine="lithops")


def test_configurations_that_can_not_be_used(tmp_path: Path) -> None:
    no_role = {**LAMBDA, "aws_lambda": {}}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"config": tmp_path / "none.yaml"}, "none.yaml doesn't exist"),
        ({"config": {"lithops": {"backend": "no_such_cloud"}}}, "no_such_cloud"),
        ({"config": no_role}, "aws_lambda"),
        ({"config": LOCAL, "workers": 0}, "`workers` must be a whole number, at least 1, got 0"),
        ({"config": LOCAL, "memory_mb": 64}, "`memory_mb` must be a whole number, at least 128, got 64"),
        ({"config": LOCAL, "time_limit_s": "long"}, "`time_limit_s` must be seconds, at least 1, got 'long'"),
        ({"config": LOCAL, "silence_limit_s": 0}, "`silence_limit_s` must be seconds, more than 0, got 0"),
    ]
    for options, message in wrong:
        with pytest.raises(InvalidValueError) as caught:
            LithopsEngine(**options)
        assert message in str(caught.value)


def end_of(answer: bytes) -> SegmentResult:
    return remote_result(msgspec.msgpack.decode(answer, type=FunctionAnswer).end)


@given(frames=st.integers(1, 500), data=st.data())
def test_a_sign_of_life_says_what_it_was_told(frames: int, data: st.DataObject) -> None:
    evaluated = data.draw(st.integers(0, frames))
    done = data.draw(st.integers(0, frames)) if evaluated == frames else 0
    assert read_sign(frames, sign_size(frames, evaluated, done)) == (evaluated, done)
    assert sign_size(frames, evaluated, done) <= 2 * frames + 1


def test_a_function_called_twice_does_no_harm_and_one_that_is_not_wanted_stops(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    with FrameCounters(8) as counters:
        (task,) = tasks_of(counting_film(1), store, counters)
    call = FunctionCall(msgspec.msgpack.encode(task), "scratch/a/signs/1", "scratch/a/wanted", 0.01)
    message = msgspec.msgpack.encode(call)
    with pytest.raises(RenderCancelledError):  # nobody has said that it is wanted
        end_of(SegmentFunction()(message))
    assert list(store.list()) == []
    store.write_bytes("scratch/a/wanted", b"1")
    ends: list[bytes] = []
    twice = [threading.Thread(target=lambda: ends.append(SegmentFunction()(message))) for _ in range(2)]
    for thread in twice:
        thread.start()
    for thread in twice:
        thread.join()
    first, second = (end_of(end) for end in ends)
    assert sorted([first.found, second.found]) == [False, True]
    assert numbers_in(store.local(stored(task))) == list(range(30))
    assert sorted(store.list()) == ["scratch/a/wanted", stored(task)]


def test_a_function_keeps_no_film_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its machine is used again: what each leaves on the disk would add up."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store, film = Store(tmp_path / "root"), counting_film(0.2)
    store.write_bytes("scratch/a/wanted", b"1")
    with FrameCounters(8) as counters, Carrier(film, by_value=True) as carrier:
        assert carrier.file is not None
        packed = Path(carrier.file.path).read_bytes()
        task = SegmentTask(
            store_url=store.url, key="", number=0, first_frame=0, span=FilmSpan(carrier.file, film.frames),
            settings=settings_of(film), scratch="scratch/a/", counters=counters.path,
        )  # fmt: skip
    call = FunctionCall(msgspec.msgpack.encode(task), "scratch/a/sign", "scratch/a/wanted", 0.01)
    assert task.span is not None
    function = SegmentFunction(task.span.film.digest, packed)
    assert end_of(function(msgspec.msgpack.encode(call))).drawn == 6
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("bazaar-")] == []


class _Silent(Functions):
    """Functions of which the first never begins; whoever calls again is answered."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self.is_closed = False

    def call(self, function: Callable[[bytes], bytes], messages: Sequence[bytes]) -> list[Any]:
        self.calls += messages
        return [_Answered(function(message) if len(self.calls) > 1 else None) for message in messages]

    def forget(self, answers: Iterable[Any]) -> None:
        pass

    def close(self) -> None:
        self.is_closed = True


class _Answered:
    def __init__(self, answer: bytes | None) -> None:
        self.answer = answer

    def is_there(self) -> bool:
        return self.answer is not None

    def result(self) -> bytes:
        assert self.answer is not None
        return self.answer


def test_a_function_that_never_begins_is_told_and_may_be_called_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "root")
    engine = LithopsEngine(LOCAL, workers=1, start_limit_s=0.5)
    with FrameCounters(8) as counters:
        (task,) = tasks_of(counting_film(0.1), store, counters)
        engine._functions = functions = _Silent()
        try:
            lost = engine.submit(task).exception(60)
            assert type(lost) is WorkerLostError
            assert str(lost) == "a function did not begin within 0.5 s"
            assert engine.submit(task).result(60).drawn == 3
        finally:
            engine.close()
    assert len(functions.calls) == 2
    assert list(store.list()) == [stored(task)]


def test_a_fault_of_the_engine_ends_what_waits_and_it_works_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = LithopsEngine(LOCAL, workers=1)
    with FrameCounters(8) as counters:
        (task,) = tasks_of(counting_film(0.1), Store(tmp_path / "root"), counters)
        engine._functions = _Silent()
        try:
            with monkeypatch.context() as broken:
                broken.setattr(engine, "_look", lambda: 1 / 0)
                error = engine.submit(task).exception(60)
            assert type(error) is RenderError
            assert str(error) == "the engine failed: ZeroDivisionError: division by zero"
            engine._functions = functions = _Silent()
            functions.calls.append(b"")
            assert engine.submit(task).result(60).drawn == 3
        finally:
            engine.close()


@whole
def test_a_film_whose_like_took_long_is_cut_before_it_is_sent(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    for limit_s, first in ((600.0, 0), (10.0, 100)):
        engine = LithopsEngine(LOCAL, workers=2, time_limit_s=limit_s)
        where = bz.Workspace(tmp_path / "root", engine=engine)
        film = bz.Composition([slow(first, 0.1)], width=64, height=36, fps=30, name="numbers")
        try:
            render = film.export("movie.mp4", progress=False, workspace=where)
        finally:
            engine.close()
        assert numbers_in(Path(render.location)) == list(range(first, first + 60))
        assert (render.segments > 1) == (limit_s < 60)
    told = [str(warning.message) for warning in recwarn if "they become two segments" in str(warning.message)]
    assert len(told) == 1
    assert re.fullmatch(
        r"frames 0 to 59 of movie.mp4: it would take about \d+ s, and a function has 10 s.*", told[0]
    )


@whole
def test_a_film_whose_fonts_functions_lack_is_evaluated_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would draw other letters; the fonts go along with what was evaluated here."""
    files: dict[str, set[str]] = defaultdict(set)
    for face in system_faces():
        files[face.family].add(face.path)
    family = next((name for name in sorted(files) if len(files[name]) > 1), None)
    if family is None:
        pytest.skip("no family here has two files")
    here = find_face(family, 400, False)
    other = next(path for path in sorted(files[family]) if path != here.path)
    (tmp_path / "fonts").mkdir()
    shutil.copy(other, tmp_path / "fonts")

    @bz.scene(duration=0.5)
    def words(frame: bz.Frame) -> Any:
        return [bz.Fill("white"), bz.Text(str(frame.index), font=family, size=20)]

    film = bz.Composition([words()], width=64, height=36, fps=30)
    alone = bz.Workspace(tmp_path / "alone", engine="inline")
    expected = Path(film.export(tmp_path / "expected.mp4", progress=False, workspace=alone).location)
    for name in ("XDG_DATA_DIRS", "XDG_DATA_HOME", "HOME"):  # of the functions: here fonts were looked for
        monkeypatch.setenv(name, str(tmp_path))
    engine = LithopsEngine(LOCAL, workers=1)
    where = bz.Workspace(tmp_path / "root", engine=engine)
    try:
        render = film.export("movie.mp4", progress=False, workspace=where)
    finally:
        engine.close()
    assert Path(render.location).read_bytes() == expected.read_bytes()
    reason = where.history()["home_reason"][0]
    assert f"functions have other fonts than this machine: for {family} it has {family}" in reason
