"""All segments of a film into the store: found there, or run by an engine.

What is promised: when `render` returns, every segment is in the store; when it
raises, no worker of this render draws on. A segment whose worker died is tried
again, the second time with nothing beside it, so that it takes no other with it
and is not blamed for another's fault; one that kills its worker alone, too, is
cut in two, down to single frames.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from itertools import islice

import cloudpickle

from bazaar_nb.errors import ElementError, RenderError, StoreError
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.engines.engine import Engine, WorkerLostError
from bazaar_nb.render.frame_counters import FrameCounters
from bazaar_nb.render.plan import Segment
from bazaar_nb.render.segment_history import SegmentRows
from bazaar_nb.render.segment_key import segment_key, split_runs
from bazaar_nb.render.task import SegmentResult, SegmentTask
from bazaar_nb.scene.function_registry import registered_function
from bazaar_nb.store.key_layout import segment_key_name
from bazaar_nb.store.store import Store

TRIES = 3
"""How often a segment is given to a worker before it is cut in two, or given up."""
_BACKOFF_S = (0.2, 1.0)
_HOPELESS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG}
_MOST_AHEAD = 16
"""How many segments are planned before they are needed, where asking for each takes a round trip."""
_STOP_S = 10.0
"""How long a frame that is being drawn may take to notice that the render has ended."""

_in_work: set[tuple[str, str]] = set()  # stores and keys of segments that renders of this process are making
_in_work_lock = threading.Lock()


class Share:
    """How many segments of a render may run at the same time: a fixed number, where nobody else counts."""

    def __init__(self, cores: int) -> None:
        self.cores = cores

    def balance(self, busy: int) -> int:
        """Give how many segments may run now.

        Parameters
        ----------
        busy : int
            How many are running: these cores are not given back.
        """
        return max(self.cores, busy)


@dataclass(slots=True)
class Piece:
    """A segment of the movie, on its way into the store."""

    segment: Segment
    number: int
    functions: dict[str, bytes]
    tries: int = 0
    given: int = 0
    wait_until: float = 0.0
    alone: bool = False


@dataclass(slots=True)
class Tally:
    """What all segments together cost; the fields are those of the history."""

    draw_s: float = 0.0
    convert_s: float = 0.0
    encode_s: float = 0.0
    store_s: float = 0.0
    frames_drawn: int = 0
    frames_held: int = 0
    frames_cached: int = 0
    frames_done: int = 0
    segments: int = 0
    segments_cached: int = 0
    segments_retried: int = 0
    peak_memory_bytes: int = 0

    def earlier(self) -> Tally:
        """Give what this run cost for another run of the same render, which counts its segments anew."""
        return replace(self, frames_cached=0, frames_done=0, segments=0, segments_cached=0)

    def add(self, result: SegmentResult) -> None:
        """Count a segment that a worker made."""
        self.draw_s += result.draw_s
        self.convert_s += result.convert_s
        self.encode_s += result.encode_s
        self.store_s += result.store_s
        self.frames_drawn += result.drawn
        self.frames_held += result.held
        self.peak_memory_bytes = max(self.peak_memory_bytes, result.peak_memory_bytes)


@dataclass(slots=True)
class SegmentRun:
    """Gets the segments of one render done.

    Parameters
    ----------
    counters : FrameCounters
        With room for twice as many segments as the film has frames.
    check : function
        Called often; raises to stop the render.
    made_before : set of str
        Keys of segments that an earlier run of the same render made.
    share : Share
        How many segments may run at the same time, as long as others want cores too.
    rows : SegmentRows
        Of all runs of the same render.
    """

    engine: Engine
    store: Store
    counters: FrameCounters
    settings: Settings
    scratch: str
    check: Callable[[], None]
    share: Share
    rows: SegmentRows
    tally: Tally = field(default_factory=Tally)
    plan_s: float = 0.0
    found: set[str] = field(default_factory=set)
    made_before: set[str] = field(default_factory=set)
    lost_workers: bool = False
    size_bytes: int = 0
    _next_number: int = 0
    _planned: bool = False
    _look: int = 1
    _ahead: deque[Segment] = field(default_factory=deque)
    _answers: dict[str, bool] = field(default_factory=dict)
    _pickled: dict[str, bytes] = field(default_factory=dict)
    _done: dict[int, tuple[str, int]] = field(default_factory=dict)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def frames(self) -> int:
        """Give how many frames are there, those of unfinished segments included."""
        with self._counting:
            return self.tally.frames_done + self.counters.counts()

    def render(self, plan: Iterator[Segment]) -> list[tuple[str, int]]:
        """Get every segment into the store.

        Returns
        -------
        list of (str, int)
            Keys in the store and numbers of frames, in the film's order.

        Raises
        ------
        SceneError, ElementError
            When a frame can't be made or drawn.
        RenderError
            When a frame kills every worker that draws it.
        StoreError
            When the store can't be written, after retries where they can help.
        """
        running: dict[Future[SegmentResult], Piece] = {}
        again: deque[Piece] = deque()
        try:
            while True:
                while len(running) < self._room(len(running)) and not any(p.alone for p in running.values()):
                    piece = self._pick(again, bool(running), plan)
                    if piece is None:
                        break
                    if self._found(piece):
                        continue
                    if not self._claim(piece):
                        piece.wait_until = time.monotonic() + 0.05  # the same again: it will be there soon
                        again.append(piece)
                        continue
                    running[self._submit(piece)] = piece
                self.check()
                if not running and not again and self._planned:
                    return [self._done[start] for start in sorted(self._done)]
                if not running:
                    time.sleep(0.02)  # only retries are left, and they wait for their time
                done, _ = wait(running, timeout=0.1, return_when=FIRST_COMPLETED)
                for future in done:
                    self._release(running[future])
                    again.extend(self._settle(running.pop(future), future))
        except BaseException:
            self.counters.cancel()
            if wait(running, timeout=_STOP_S).not_done:
                self.engine.close()
            for future, piece in running.items():
                if future.done() and not future.cancelled() and future.exception() is None:
                    self._settle(piece, future)  # what it cost is told, though there will be no movie
            raise
        finally:
            for piece in running.values():
                self._release(piece)

    def _room(self, busy: int) -> int:
        """Give how many segments the engine may have: one more than it can run, so that no worker waits."""
        cores = self.share.balance(busy)
        return self.engine.workers + 1 if cores >= self.engine.workers else cores

    def _claim(self, piece: Piece) -> bool:
        """Take a segment, unless another one in this process, of this render or not, is making it."""
        with _in_work_lock:
            name = (self.store.url, self._key(piece.segment))
            if name in _in_work:
                return False
            _in_work.add(name)
            return True

    def _release(self, piece: Piece) -> None:
        with _in_work_lock:
            _in_work.discard((self.store.url, self._key(piece.segment)))

    def _submit(self, piece: Piece) -> Future[SegmentResult]:
        try:
            return self.engine.submit(self._task(piece))
        except BaseException:
            self._release(piece)
            raise

    def _plan_next(self, plan: Iterator[Segment]) -> Piece | None:
        if not self._ahead:
            self._look_ahead(plan)
        if not self._ahead:
            self._planned = True
            return None
        segment = self._ahead.popleft()
        # Scenes mostly show one function after another: only those of the segment before are kept.
        self._pickled = {
            name: self._pickled.get(name) or _pickle(name, segment) for name in sorted(segment.functions)
        }
        return self._piece(segment, self._pickled)

    def _look_ahead(self, plan: Iterator[Segment]) -> None:
        """Plan the next segment; of a store that is far away some more, to ask for all of them at once."""
        began = time.perf_counter()
        self._ahead.extend(islice(plan, self._look))
        self.plan_s += time.perf_counter() - began
        if not self.store.is_remote:
            return
        keys = {self._key(segment) for segment in self._ahead}
        there = self.store.claim(sorted(keys))
        self._answers = {key: key in there for key in keys}
        self._look = min(2 * self._look, _MOST_AHEAD)  # one at first: workers shall not wait

    def _piece(self, segment: Segment, functions: dict[str, bytes]) -> Piece:
        self._next_number += 1
        self.tally.segments += 1
        self.rows.planned(segment)
        return Piece(segment, self._next_number - 1, functions)

    def _pick(self, again: deque[Piece], busy: bool, plan: Iterator[Segment]) -> Piece | None:
        """Give what to do next; None while there is nothing, or while what is to run alone waits for that."""
        alone = any(piece.alone for piece in again)
        if alone and busy:
            return None
        for _ in range(len(again)):
            piece = again.popleft()
            if piece.wait_until <= time.monotonic() and piece.alone >= alone:
                return piece
            again.append(piece)
        return None if alone or self._planned else self._plan_next(plan)

    def _key(self, segment: Segment) -> str:
        return segment_key_name(segment.key, self.settings.segment_suffix.removeprefix("."))

    def _found(self, piece: Piece) -> bool:
        key, frames = self._key(piece.segment), piece.segment.frames
        there = self._answers.pop(key, None)  # good for one look: the same segment may come again
        if not (bool(self.store.claim([key])) if there is None else there):
            return False
        self._done[piece.segment.first_frame] = (key, frames)
        self.found.add(key)
        self.rows.found(piece.segment)
        with self._counting:
            if key not in self.made_before:
                self.tally.segments_cached += 1
                self.tally.frames_cached += frames
            self.tally.frames_done += frames
        return True

    def _task(self, piece: Piece) -> SegmentTask:
        piece.tries += 1
        piece.given += 1
        if piece.tries == 2:
            self.tally.segments_retried += 1
        segment = piece.segment
        return SegmentTask(
            store_url=self.store.url,
            storage_options=self.store.storage_options,
            key=self._key(segment),
            number=piece.number,
            first_frame=segment.first_frame,
            runs=segment.runs,
            settings=self.settings,
            scratch=self.scratch,
            functions=piece.functions,
            counters=self.counters.path,
            parent=os.getpid(),
        )

    def _settle(self, piece: Piece, future: Future[SegmentResult]) -> list[Piece]:
        """Take a segment's end; give what is to be tried again."""
        error = future.exception()
        segment = piece.segment
        with self._counting:
            self.counters.clear(piece.number)
            if error is None:
                self.tally.add(future.result())
                self.tally.frames_done += segment.frames
                self.size_bytes += future.result().size_bytes
        if error is None:
            self.rows.made(segment, piece.given, future.result())
            self._done[segment.first_frame] = (self._key(segment), segment.frames)
            return []
        if isinstance(error, StoreError) and error.errno not in _HOPELESS and piece.tries < TRIES:
            piece.wait_until = time.monotonic() + _BACKOFF_S[piece.tries - 1]
            return [piece]
        if not isinstance(error, WorkerLostError | MemoryError):
            raise error
        if isinstance(error, WorkerLostError):
            self.lost_workers = True
            if piece.tries < TRIES:
                piece.alone = piece.tries == TRIES - 1
                return [piece]
        return self._split(piece, error)

    def _split(self, piece: Piece, error: BaseException) -> list[Piece]:
        segment = piece.segment
        if segment.frames == 1:
            reason = "it takes more memory than there is" if isinstance(error, MemoryError) else str(error)
            raise RenderError(
                f"frame {segment.first_frame} of the film can't be drawn: {reason} "
                f"(tried alone, after its segment failed)"
            ) from error
        middle = segment.frames // 2
        self.tally.segments -= 1
        halves = []
        for start, runs in zip((0, middle), split_runs(segment.runs, middle), strict=True):
            frames = sum(run.frames for run in runs)
            half = Segment(
                segment.first_frame + start,
                frames,
                segment_key(self.settings, runs),
                runs,
                segment.functions,
            )
            half_piece = self._piece(half, piece.functions)
            half_piece.alone = True
            half_piece.given = piece.given
            # One go each, to find the frame quickly; that frame then has all its tries.
            half_piece.tries = TRIES - 1 if frames > 1 else 0
            halves.append(half_piece)
        return halves


def _pickle(name: str, segment: Segment) -> bytes:
    try:
        pickled: bytes = cloudpickle.dumps(registered_function(name))
    except Exception as error:
        raise ElementError(
            f"the function can't be sent to a worker: {type(error).__name__}: {error}; "
            "open files, locks and connections can't travel, pass plain values in `args`",
            frame=segment.first_frame,
            element="Figure",
            field="plot",
        ) from error
    return pickled
