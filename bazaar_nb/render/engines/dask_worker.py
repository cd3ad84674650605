"""What runs on a Dask worker: a segment, and beside it a thread that tells how far it is.

Counts go as events through the scheduler to whoever wants the segment. A
cancel comes without a message: a worker forgets a task that nobody wants any
more, and the thread sees that.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import msgspec
import psutil

from bazaar_nb.draw.fonts import forget_asked_faces
from bazaar_nb.errors import BazaarError
from bazaar_nb.render.engines.worker_fonts import TakenFonts, taken_fonts
from bazaar_nb.render.engines.worker_profile import WorkerProfile, own_profile
from bazaar_nb.render.remote_segment import MissingFilmError, RemoteSegment
from bazaar_nb.render.task import SegmentTask
from bazaar_nb.store.options import StorageOptions
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    from distributed import Worker

_LOOK_S = 0.05
_film = ""  # whose questions are told
_QUIET_S = 2.0
"""How often a worker says at least that it is at work."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A task on its way to a worker; what shows it shows nothing of it.

    Attributes
    ----------
    message : bytes
        A `SegmentTask` as msgpack.
    topic : str
        Of the events.
    every_s : float
        How often to tell counts.
    home : WorkerProfile
        Of the process that wants the segment.
    has_scratch : bool
        Whether the render keeps something in the store while it runs: a folder without it is another one.
    """

    message: bytes
    topic: str
    every_s: float
    home: WorkerProfile
    has_scratch: bool = False

    def __repr__(self) -> str:
        return f"<segment task, {len(self.message)} bytes>"

    __str__ = __repr__


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a worker answers.

    Attributes
    ----------
    worker : str
        Its address.
    answer : bytes
        Of the remote segment; empty where it was not run.
    film : str
        Digest of a film that the worker must be given before.
    differences : list of str
        What is another in the worker than at home, so that nothing was run.
    store_fault : str
        Why the worker can't use the store, so that nothing was run.
    fonts : list
        Those that the worker took of its system for this film.
    """

    worker: str
    answer: bytes = b""
    film: str = ""
    differences: list[str] = []
    store_fault: str = ""
    fonts: TakenFonts = []


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a segment is: an event.

    Attributes
    ----------
    key : str
        Of the Dask task.
    memory : float
        Which part of the memory that it may have the worker has.
    """

    key: str
    worker: str
    evaluated: int = 0
    done: int = 0
    memory: float = 0.0


def run_task(envelope: Envelope) -> bytes:
    """Run a segment in this thread of a Dask worker; give an `Answer` as msgpack."""
    from distributed import get_worker

    worker = get_worker()
    address = str(worker.address)
    differences = own_profile().differences(envelope.home)
    if differences:
        return msgspec.msgpack.encode(Answer(address, differences=differences))
    if envelope.has_scratch and (fault := _other_folder(envelope.message)):
        return msgspec.msgpack.encode(Answer(address, store_fault=fault))
    try:
        segment = RemoteSegment(envelope.message)
    except MissingFilmError as missing:
        return msgspec.msgpack.encode(Answer(address, film=missing.digest))
    _begin_film(segment.film)
    with _unsampled(worker), _Reporter(worker, str(worker.get_current_task()), segment, envelope):
        answer = segment.run()
    return msgspec.msgpack.encode(Answer(address, answer, fonts=taken_fonts()))


@contextmanager
def _unsampled(worker: Worker) -> Iterator[None]:
    """Stop Dask's profiler for a segment: a hundred samples a second of it take a tenth of its time."""
    sampling = worker.periodic_callbacks.get("profile")
    if sampling is None or not sampling.is_running():
        yield
        return
    worker.loop.add_callback(sampling.stop)
    try:
        yield
    finally:
        worker.loop.add_callback(sampling.start)


def _other_folder(message: bytes) -> str:
    """Say that the store's folder is another one here, though it has the same path; nothing where it isn't.

    Workers that were there when the render began were looked at; those that came later are not.
    """
    task = msgspec.msgpack.decode(message, type=SegmentTask)
    store = Store(task.store_url, task.storage_options)
    if store.is_remote or any(store.list(task.scratch)):
        return ""
    return (
        f"the folder {store.root} is another one there: it must be on a disk that all machines share; "
        "else use a bucket"
    )


def _begin_film(digest: str) -> None:
    """Have only what this film asks of the system's fonts told."""
    global _film
    if digest != _film:
        _film = digest
        forget_asked_faces()


class _Reporter:
    """Tells counts, and stops the segment when nobody wants it any more."""

    def __init__(self, worker: Worker, key: str, segment: RemoteSegment, envelope: Envelope) -> None:
        self._worker, self._key, self._segment, self._envelope = worker, key, segment, envelope
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="bazaar-report", daemon=True)
        self._process = psutil.Process()

    def __enter__(self) -> None:
        self._tell()  # before anything can kill this process
        self._thread.start()

    def __exit__(self, *exception: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        told, told_at, warned = (0, 0), time.monotonic(), False
        while not self._ended.wait(_LOOK_S):
            if not self._is_wanted():
                self._segment.cancel()
                return
            now, counts = time.monotonic(), self._segment.counts()
            full = self._memory() > 0.8
            if (
                (counts != told and now - told_at >= self._envelope.every_s)
                or now - told_at > _QUIET_S
                or (full and not warned)  # it may be ended soon
            ):
                told, told_at, warned = counts, now, full
                self._tell()

    def _is_wanted(self) -> bool:
        if str(self._worker.status.name) not in ("running", "paused", "closing_gracefully", "init"):
            return False
        state = self._worker.state.tasks.get(self._key)
        return state is not None and state.state in ("executing", "long-running")

    def _tell(self) -> None:
        report = Report(self._key, str(self._worker.address), *self._segment.counts(), self._memory())
        with suppress(Exception):  # what isn't told is no reason not to go on
            self._worker.log_event(self._envelope.topic, msgspec.to_builtins(report))

    def _memory(self) -> float:
        limit = self._worker.memory_manager.memory_limit
        return float(self._process.memory_info().rss / limit) if limit else 0.0


class Inspected(msgspec.Struct, frozen=True):
    """A worker that was looked at.

    Attributes
    ----------
    memory_bytes : int
        What it may take; 0 where that has no limit.
    resources : dict
        What it was started with.
    store_fault : str
        Why it can't use the store; empty if it can.
    """

    profile: WorkerProfile
    threads: int
    memory_bytes: int
    resources: dict[str, float]
    store_fault: str


async def inspect_worker(
    store_url: str, options: StorageOptions, probe: str, content: bytes, dask_worker: Any = None
) -> bytes:
    """Look at a worker; give `Inspected` as msgpack.

    Parameters
    ----------
    probe : str
        Prefix of a file ``home`` in the store, which says ``content``; beside it the worker writes one.
    """
    name = dask_worker.id.replace("/", "-").replace(":", "-")
    inspected = Inspected(
        await asyncio.to_thread(own_profile),
        dask_worker.state.nthreads,
        dask_worker.memory_manager.memory_limit or 0,
        {name: float(amount) for name, amount in dask_worker.state.total_resources.items()},
        await asyncio.to_thread(_try_store, store_url, options, probe, name, content),
    )
    return msgspec.msgpack.encode(inspected)


def _try_store(url: str, options: StorageOptions, probe: str, name: str, content: bytes) -> str:
    """Give why a store can't be used from here; empty if it can."""
    try:
        store = Store(url, options)
        if store.read_bytes(f"{probe}home") != content:
            return "another file is there"
        store.write_bytes(f"{probe}{name}", content)
    except (BazaarError, OSError) as error:
        return str(error)
    return ""
