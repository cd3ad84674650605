"""The files of segments in the film's order, fetched a little before they are needed.

Of a movie whose pictures the store copies itself, a segment's head and index
are enough. What is fetched is not kept beyond a gigabyte: a film of tens of
them needs no room for all of its segments.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from bazaar_nb.media.movie_stream import open_hollow, picture_range
from bazaar_nb.media.segment_packets import DamagedSegmentError, SegmentPart
from bazaar_nb.store.part_upload import LEAST_PART_BYTES
from bazaar_nb.store.store import Store

AHEAD = 6
"""How many segments are fetched before they are needed."""
_HEAD_BYTES = 64
_LEAST_HOLLOW_BYTES = LEAST_PART_BYTES + 2**20
"""A segment below that is fetched whole: a store copies no small parts."""
_MOST_KEPT_BYTES = 2**30


class UnusableSegmentError(DamagedSegmentError):
    """A segment of a movie is damaged.

    Attributes
    ----------
    key : str
        Where it is in the store.
    """

    def __init__(self, message: str, *, path: str = "", key: str = "") -> None:
        super().__init__(message, path=path)
        self.key = key


@contextmanager
def blamed(key_of: Callable[[str], str]) -> Iterator[None]:
    """Have an error of a segment's file say which segment it is.

    Parameters
    ----------
    key_of : function
        Gives the key of the file at a path.

    Raises
    ------
    UnusableSegmentError
        For each `DamagedSegmentError`.
    """
    try:
        yield
    except DamagedSegmentError as error:
        raise UnusableSegmentError(str(error), path=error.path, key=key_of(error.path)) from error


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A segment that can be read.

    Attributes
    ----------
    begin, stop : int
        Where its pictures are in the file; 0 and 0 where nobody asked.
    etag : str or None
        Of its content in the store.
    read : function
        Gives a range of the file's bytes.
    """

    key: str
    part: SegmentPart
    begin: int
    stop: int
    etag: str | None
    read: Callable[[int, int], bytes]
    _ending: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        """Give it back."""
        self._ending.close()


class SegmentFiles:
    """Fetches segments, some at the same time.

    Parameters
    ----------
    ranges : bool
        Whether it is asked where the pictures of an mp4 are; then they need not be here.
    """

    def __init__(self, store: Store, *, ranges: bool) -> None:
        self._store = store
        self._ranges = ranges
        self._threads = ThreadPoolExecutor(AHEAD, thread_name_prefix="bazaar-segments")
        self._first = True
        self._kept_bytes = 0
        self._open: list[Future[SegmentFile]] = []
        self.reading = ""
        """The key of the one of `parts` that was given last."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        for future in self._open:
            if not future.cancelled() and future.exception() is None:
                future.result().close()

    def fetch(self, key: str, frames: int) -> Future[SegmentFile]:
        """Begin to fetch a segment; ask in the film's order."""
        # The first says what the movie's stream is like, for which libav looks at pictures.
        hollow, self._first = self._ranges and not self._first, False
        future = self._threads.submit(self._fetch, key, frames, hollow)
        self._open.append(future)
        return future

    def done(self, future: Future[SegmentFile]) -> None:
        """Give a segment back that has been read."""
        self._open.remove(future)
        future.result().close()

    def parts(self, segments: Iterable[tuple[str, int]]) -> Iterator[SegmentPart]:
        """Give segments one after the other, as long as the next one isn't asked for."""
        waiting: list[Future[SegmentFile]] = []
        rest = iter(segments)
        while True:
            for key, frames in rest:
                waiting.append(self.fetch(key, frames))
                if len(waiting) == AHEAD:
                    break
            if not waiting:
                return
            file = waiting[0].result()
            self.reading = file.key
            yield file.part
            self.done(waiting.pop(0))

    def _fetch(self, key: str, frames: int, hollow: bool) -> SegmentFile:
        with blamed(lambda _: key):
            if hollow and not self._store.has_copy(key):
                head = self._store.read_range(key, 0, _HEAD_BYTES)
                if head.size_bytes >= _LEAST_HOLLOW_BYTES:
                    return self._hollow(key, frames, head.data, head.size_bytes, head.etag)
            with ExitStack() as ending:
                return self._whole(key, frames, ending)

    def _whole(self, key: str, frames: int, ending: ExitStack) -> SegmentFile:
        if self._kept_bytes < _MOST_KEPT_BYTES or self._store.has_copy(key):
            path = self._store.local(key)
            self._kept_bytes += path.stat().st_size
        else:
            path = ending.enter_context(self._store.fetching(key))
        begin = stop = 0
        if self._ranges:
            with path.open("rb") as file:
                begin, stop = picture_range(file.read(_HEAD_BYTES), path.stat().st_size, str(path))
        return SegmentFile(
            key, SegmentPart(str(path), frames), begin, stop, None, _reader(path), ending.pop_all()
        )

    def _hollow(self, key: str, frames: int, head: bytes, size_bytes: int, etag: str | None) -> SegmentFile:
        store, place = self._store, self._store.location(key)
        begin, stop = picture_range(head, size_bytes, place)
        tail = store.read_range(key, stop, size_bytes) if stop < size_bytes else None
        if tail is None or tail.etag != etag:
            raise DamagedSegmentError(f"the segment {place} has no index", path=place)
        part = SegmentPart(place, frames, open_hollow(head, tail.data, size_bytes))
        return SegmentFile(key, part, begin, stop, etag, lambda *edges: store.read_range(key, *edges).data)


def _reader(path: Path) -> Callable[[int, int], bytes]:
    def read(begin: int, stop: int) -> bytes:
        with path.open("rb") as file:
            file.seek(begin, os.SEEK_SET)
            return file.read(stop - begin)

    return read
