"""All segments of a film into the store: found there, or run by an engine.

What is promised: when `render` returns, every segment is in the store; when it
raises, no worker of this render draws on. A segment whose worker died is tried
again; one that keeps killing its worker is cut in two, down to single frames.
"""

from __future__ import annotations

import errno
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field

import cloudpickle

from bazaar_nb.encode.settings import Settings
from bazaar_nb.errors import RenderError, StoreError
from bazaar_nb.render.board import Board
from bazaar_nb.render.engine import Engine, WorkerLostError
from bazaar_nb.render.plan import Segment, segment_key, split_runs
from bazaar_nb.render.task import SegmentResult, SegmentTask
from bazaar_nb.scene.function import registered_function
from bazaar_nb.store.layout import segment_key_name
from bazaar_nb.store.store import Store

TRIES = 3
"""How often a segment is given to a worker before it is cut in two, or given up."""
_BACKOFF_S = (0.2, 1.0)
_HOPELESS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


@dataclass(slots=True)
class Piece:
    """A segment of the movie, on its way into the store."""

    segment: Segment
    number: int
    functions: dict[str, bytes]
    tries: int = 0
    wait_until: float = 0.0


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
    board : Board
        With room for twice as many segments as the film has frames.
    check : function
        Called often; raises to stop the render.
    """

    engine: Engine
    store: Store
    board: Board
    settings: Settings
    scratch: str
    check: Callable[[], None]
    tally: Tally = field(default_factory=Tally)
    plan_s: float = 0.0
    found: set[str] = field(default_factory=set)
    _next_number: int = 0
    _done: dict[int, tuple[str, int]] = field(default_factory=dict)

    def frames(self) -> int:
        """Give how many frames are there, those of unfinished segments included."""
        return self.tally.frames_done + self.board.counts()

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
        planned = False
        try:
            while True:
                while len(running) < self.engine.workers + 1:
                    piece = self._pick(again)
                    if piece is None and not planned:
                        piece = self._plan_next(plan)
                        planned = piece is None
                    if piece is None:
                        break
                    if self._found(piece):
                        continue
                    if any(other.segment.key == piece.segment.key for other in running.values()):
                        piece.wait_until = time.monotonic() + 0.05  # the same again: it will be there soon
                        again.append(piece)
                        continue
                    running[self.engine.submit(self._task(piece))] = piece
                self.check()
                if not running and not again and planned:
                    return [self._done[start] for start in sorted(self._done)]
                if not running:
                    time.sleep(0.02)  # only retries are left, and they wait for their time
                done, _ = wait(running, timeout=0.1, return_when=FIRST_COMPLETED)
                for future in done:
                    again.extend(self._settle(running.pop(future), future))
        except BaseException:
            self.board.cancel()
            wait(running, timeout=10)
            raise

    def _plan_next(self, plan: Iterator[Segment]) -> Piece | None:
        began = time.perf_counter()
        segment = next(plan, None)
        self.plan_s += time.perf_counter() - began
        if segment is None:
            return None
        functions = {name: cloudpickle.dumps(registered_function(name)) for name in sorted(segment.functions)}
        return self._piece(segment, functions)

    def _piece(self, segment: Segment, functions: dict[str, bytes]) -> Piece:
        self._next_number += 1
        self.tally.segments += 1
        return Piece(segment, self._next_number - 1, functions)

    @staticmethod
    def _pick(again: deque[Piece]) -> Piece | None:
        for _ in range(len(again)):
            piece = again.popleft()
            if piece.wait_until <= time.monotonic():
                return piece
            again.append(piece)
        return None

    def _key(self, segment: Segment) -> str:
        return segment_key_name(segment.key, self.settings.segment_suffix.removeprefix("."))

    def _found(self, piece: Piece) -> bool:
        key, frames = self._key(piece.segment), piece.segment.frames
        if not self.store.exists(key):
            return False
        self._done[piece.segment.first_frame] = (key, frames)
        if piece.tries == 0:
            self.found.add(key)
            self.tally.segments_cached += 1
            self.tally.frames_cached += frames
        self.tally.frames_done += frames
        return True

    def _task(self, piece: Piece) -> SegmentTask:
        piece.tries += 1
        if piece.tries == 2:
            self.tally.segments_retried += 1
        segment = piece.segment
        return SegmentTask(
            store_url=self.store.url,
            key=self._key(segment),
            number=piece.number,
            first_frame=segment.first_frame,
            runs=segment.runs,
            settings=self.settings,
            scratch=self.scratch,
            functions=piece.functions,
            board=self.board.path,
            parent=os.getpid(),
        )

    def _settle(self, piece: Piece, future: Future[SegmentResult]) -> list[Piece]:
        """Take a segment's end; give what is to be tried again."""
        self.board.clear(piece.number)
        error = future.exception()
        segment = piece.segment
        if error is None:
            self.tally.add(future.result())
            self.tally.frames_done += segment.frames
            self._done[segment.first_frame] = (self._key(segment), segment.frames)
            return []
        if isinstance(error, StoreError) and error.errno not in _HOPELESS and piece.tries < TRIES:
            piece.wait_until = time.monotonic() + _BACKOFF_S[piece.tries - 1]
            return [piece]
        if not isinstance(error, WorkerLostError | MemoryError):
            raise error
        if piece.tries < TRIES and not isinstance(error, MemoryError):
            return [piece]
        return self._split(piece, error)

    def _split(self, piece: Piece, error: BaseException) -> list[Piece]:
        segment = piece.segment
        if segment.frames == 1:
            raise RenderError(
                f"frame {segment.first_frame} can't be drawn: {error}. It was tried {piece.tries} times."
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
            halves.append(self._piece(half, piece.functions))
        return halves
