"""A segment run where nothing is shared with the process that wants it but the store.

What a worker of the same machine finds in shared files is here the worker's
own: the film, which comes as bytes and is kept, and the counters, which whoever
runs the segment reads and passes on. How a film ends up here, and how counts
and a cancel travel, is the engine's.

Two workers that make the same segment at the same time both draw it; the store
keeps the first. To wait for the other would take as long.
"""

from __future__ import annotations

import atexit
import os
import pickle
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from bazaar_nb.errors import RenderCancelledError, RenderError
from bazaar_nb.render.carried_film import PREFIX
from bazaar_nb.render.frame_counters import Counter, FrameCounters
from bazaar_nb.render.scratch import sweep_temporary_files
from bazaar_nb.render.task import FilmFile, SegmentResult, SegmentTask
from bazaar_nb.render.worker import run_segment
from bazaar_nb.store.temporary import owner_name

_MOST_FILMS = 8
_LOOK_S = 0.05

_films: dict[str, Path] = {}  # by digest, the one that was used last at the end
_one = threading.Lock()  # a process runs one segment at a time: its renderer, output and folder are one


class RemoteFailure(msgspec.Struct, frozen=True):
    """What a segment ended with.

    Attributes
    ----------
    error : bytes
        The exception, pickled: it was raised by this package.
    """

    error: bytes


class RemoteSegment:
    """A segment at work; `run` it once, and ask and cancel it from other threads.

    Parameters
    ----------
    message : bytes
        A `SegmentTask` as msgpack.

    Raises
    ------
    MissingFilmError
        When its film has not been kept here.
    """

    def __init__(self, message: bytes) -> None:
        task = msgspec.msgpack.decode(message, type=SegmentTask)
        span = task.span
        self.film = ""
        """Digest of the film that it evaluates; empty if it evaluates none."""
        if span is not None:
            digest = self.film = span.film.digest
            path = _films.get(digest)
            if path is None:
                raise MissingFilmError(f"film {digest} is not here", digest)
            span = msgspec.structs.replace(span, film=FilmFile(str(path), digest))
        self._counters = FrameCounters(1)
        self._cancelled = False
        task = msgspec.structs.replace(
            task, counters=self._counters.path, claims="", number=0, parent=0, span=span
        )
        self._message = msgspec.msgpack.encode(task)

    def run(self) -> bytes:
        """Run it in this thread; give its end as msgpack, which `remote_result` reads."""
        try:
            with _alone(lambda: self._cancelled), _own_place():
                return run_segment(self._message)
        except Exception as error:
            return msgspec.msgpack.encode(RemoteFailure(_pickled(error)))
        finally:
            self.counts()  # for those who ask later
            self._counters.close()

    def counts(self) -> tuple[int, int]:
        """Give how many frames are evaluated, and done."""
        return self._counters.evaluated(), self._counters.counts()

    def cancel(self) -> None:
        """Have it stop after the frame that it is at."""
        self._cancelled = True
        self._counters.cancel()


class MissingFilmError(RenderError):
    """A worker was given a segment of a film that it was not given."""

    def __init__(self, message: str, digest: str = "") -> None:
        super().__init__(message)
        self.digest = digest


def has_film(digest: str) -> bool:
    """Tell whether a film has been kept in this process."""
    return digest in _films


def keep_film(digest: str, film: bytes) -> None:
    """Keep a film for the segments that come; of many, those that were kept last."""
    if digest in _films:
        return
    if not _films:  # the first of this process: its forerunner may have been killed
        sweep_temporary_files()
        atexit.register(_drop_films)
    with tempfile.NamedTemporaryFile(prefix=PREFIX, suffix=f"-{owner_name()}", delete=False) as file:
        file.write(film)
    _films[digest] = Path(file.name)
    while len(_films) > _MOST_FILMS:
        _films.pop(next(iter(_films))).unlink(missing_ok=True)


def _drop_films() -> None:
    for digest in list(_films):
        drop_film(digest)


def drop_film(digest: str) -> None:
    """Keep a film no longer."""
    path = _films.pop(digest, None)
    if path is not None:
        path.unlink(missing_ok=True)


def remote_result(answer: bytes) -> SegmentResult:
    """Give what a remote segment answered.

    Raises
    ------
    BazaarError, MemoryError
        What it ended with.
    """
    try:
        return msgspec.msgpack.decode(answer, type=SegmentResult)
    except msgspec.ValidationError:
        failure = msgspec.msgpack.decode(answer, type=RemoteFailure)
    raise _unpickled(failure.error)


def tell_counts(task: SegmentTask, evaluated: int, done: int) -> None:
    """Pass a remote segment's counts on to the render that wants it, unless that has ended."""
    with suppress(OSError):
        counter = Counter(task.counters, task.number)
        counter.tell(evaluated, done)
        counter.close()


def is_cancelled(task: SegmentTask) -> bool:
    """Tell whether the render that wants a segment was cancelled, or has ended."""
    try:
        counter = Counter(task.counters, task.number)
    except OSError:
        return True
    cancelled = counter.is_cancelled
    counter.close()
    return cancelled


@contextmanager
def _alone(is_cancelled: Callable[[], bool]) -> Iterator[None]:
    while not _one.acquire(timeout=_LOOK_S):
        if is_cancelled():
            raise RenderCancelledError("the render was cancelled")
    try:
        if is_cancelled():
            raise RenderCancelledError("the render was cancelled")
        yield
    finally:
        _one.release()


@contextmanager
def _own_place() -> Iterator[None]:
    """Leave this process's folder and import path as they were: it may be somebody else's."""
    folder, import_path = None, list(sys.path)
    with suppress(OSError):  # it is gone
        folder = Path.cwd()
    try:
        yield
    finally:
        if folder is not None:
            with suppress(OSError):
                os.chdir(folder)
        sys.path[:] = import_path


def _pickled(error: Exception) -> bytes:
    with suppress(Exception):
        packed = pickle.dumps(error)
        pickle.loads(packed)
        return packed
    return pickle.dumps(RenderError(f"{type(error).__name__}: {error}"))


def _unpickled(packed: bytes) -> BaseException:
    try:
        error = pickle.loads(packed)
    except Exception as fault:
        return RenderError(f"a worker failed, and what it said can't be read: {fault}")
    return error if isinstance(error, BaseException) else RenderError(str(error))
