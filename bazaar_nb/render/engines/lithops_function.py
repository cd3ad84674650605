"""What runs as a function in a cloud: one segment, or a look at whether segments can run there.

Home and function talk through small objects in the store, which both reach.
One that is there as long as the segment is wanted: without it the function
stops. And one that the function writes every now and then, as a sign of life:
its size says how many frames are done, so that home sees those of all functions
with one listing.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

import msgspec

from bazaar_nb.draw.fonts import forget_asked_faces
from bazaar_nb.errors import StoreError
from bazaar_nb.render.engines.worker_fonts import TakenFonts, taken_fonts
from bazaar_nb.render.engines.worker_profile import WorkerProfile, own_profile
from bazaar_nb.render.remote_segment import RemoteSegment, drop_film, keep_film
from bazaar_nb.render.scratch import sweep_temporary_files
from bazaar_nb.render.task import SegmentTask
from bazaar_nb.store.options import StorageOptions
from bazaar_nb.store.store import Store


class FunctionCall(msgspec.Struct, frozen=True):
    """What a function is given.

    Attributes
    ----------
    task : bytes
        A `SegmentTask` as msgpack.
    sign : str
        Key of its sign of life.
    wanted : str
        Key of what is there as long as the segment is wanted.
    every_s : float
        How often to give a sign, and to look.
    """

    task: bytes
    sign: str
    wanted: str
    every_s: float


class Probe(msgspec.Struct, frozen=True):
    """What a function is asked before a render.

    Attributes
    ----------
    store_url : str
        Of the store that it is to reach; empty for none.
    key : str
        That it may write for a try.
    """

    store_url: str = ""
    storage_options: StorageOptions = StorageOptions()
    key: str = ""


class ProbeAnswer(msgspec.Struct, frozen=True):
    """What it says.

    Attributes
    ----------
    store_fault : str
        Why it can't use the store; empty if it can.
    """

    profile: WorkerProfile
    store_fault: str = ""


class FunctionAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a function answers.

    Attributes
    ----------
    end : bytes
        Of its segment, for `remote_result`.
    fonts : list
        Those that it took of its system for the film.
    """

    end: bytes
    fonts: TakenFonts = []


class SegmentFunction:
    """Runs segments of one film; the film goes along, once for all its segments.

    Parameters
    ----------
    digest : str
        Of the film's content; empty where there is none to be evaluated.
    """

    def __init__(self, digest: str = "", film: bytes = b"") -> None:
        self._digest = digest
        self._film = film

    def __call__(self, message: bytes) -> bytes:
        """Run a segment.

        Parameters
        ----------
        message : bytes
            A `FunctionCall` as msgpack.

        Returns
        -------
        bytes
            A `FunctionAnswer` as msgpack.
        """
        call = msgspec.msgpack.decode(message, type=FunctionCall)
        forget_asked_faces()
        sweep_temporary_files()  # a machine may be used again after a function was killed in it
        if self._digest:
            keep_film(self._digest, self._film)
        try:
            segment = RemoteSegment(call.task)
            with _SignOfLife(call, segment):
                end = segment.run()
            return msgspec.msgpack.encode(FunctionAnswer(end, taken_fonts() if self._digest else []))
        finally:
            drop_film(self._digest)


def probe(message: bytes) -> bytes:
    """Tell what decides bytes here, and whether the store can be used from here.

    Parameters
    ----------
    message : bytes
        A `Probe` as msgpack.

    Returns
    -------
    bytes
        A `ProbeAnswer` as msgpack.
    """
    asked = msgspec.msgpack.decode(message, type=Probe)
    fault = ""
    if asked.store_url:
        try:
            store = Store(asked.store_url, asked.storage_options)
            store.write_bytes(asked.key, b"probe")
            if store.read_bytes(asked.key) != b"probe":
                fault = f"what was written to {store.location(asked.key)} is not what is read"
            store.remove(asked.key)
            store.remove_folder(asked.key.rpartition("/")[0])
        except StoreError as error:
            fault = str(error)
    return msgspec.msgpack.encode(ProbeAnswer(own_profile(), fault))


def sign_size(frames: int, evaluated: int, done: int) -> int:
    """Give the size of a sign that says how many of a segment's frames are evaluated, or done."""
    return 1 + (frames + done if done else evaluated)


def read_sign(frames: int, size: int) -> tuple[int, int]:
    """Give what a sign says: how many frames are evaluated, and done."""
    count = max(0, size - 1)
    return min(count, frames), max(0, min(count - frames, frames))


class _SignOfLife:
    """Says now and then how far a segment is, and stops it when it isn't wanted any more."""

    def __init__(self, call: FunctionCall, segment: RemoteSegment) -> None:
        task = msgspec.msgpack.decode(call.task, type=SegmentTask)
        self._call, self._segment, self._frames = call, segment, task.frames
        self._store = Store(task.store_url, task.storage_options)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="bazaar-sign-of-life", daemon=True)

    def _go_on(self) -> None:
        while self._tell() and not self._ended.wait(self._call.every_s):
            pass

    def _tell(self) -> bool:
        """Give a sign; False where the segment isn't wanted any more."""
        try:
            if not self._store.exists(self._call.wanted):
                self._segment.cancel()
                return False
            size = sign_size(self._frames, *self._segment.counts())
            self._store.write_bytes(self._call.sign, bytes(size))
        except StoreError:
            pass  # the next one may come through; home waits for some
        return True

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        with suppress(StoreError):
            self._store.remove(self._call.sign)
