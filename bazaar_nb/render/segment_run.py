"""All segments of a film into the store: found there, or run by an engine.

Whoever renders a segment evaluates it, where the film can travel; at home that
is done as long as no worker has started, and where the film can't. Home's and
the workers' evaluations give the same keys.

What is promised: when `render` returns, every segment is in the store; when it
raises, no worker of this render draws on. A segment whose worker died is tried
again, the second time with nothing beside it, so that it takes no other with it
and is not blamed for another's fault; one that kills its worker alone, too, is
cut in two, down to single frames.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field

import msgspec

from bazaar_nb.errors import RenderError, StoreError
from bazaar_nb.media.settings import Settings
from bazaar_nb.render.author_output import AuthorOutput, say_again
from bazaar_nb.render.engines.engine import Engine, SegmentTooLargeError, WorkerLostError
from bazaar_nb.render.evaluation import Segment
from bazaar_nb.render.frame_counters import FrameCounters
from bazaar_nb.render.home_evaluation import HomeEvaluation
from bazaar_nb.render.piece import Piece, cut_of, pickled_function
from bazaar_nb.render.plan import Cut
from bazaar_nb.render.segment_claims import SegmentClaims
from bazaar_nb.render.segment_history import SegmentRows
from bazaar_nb.render.tally import Tally
from bazaar_nb.render.task import (
    EvaluationError,
    FilmFile,
    FilmNotLoadedError,
    FilmSpan,
    SegmentResult,
    SegmentTask,
)
from bazaar_nb.scene.clip_sounds import ClipRun
from bazaar_nb.store.key_layout import segment_key_name
from bazaar_nb.store.store import Store

TRIES = 3
"""How often a segment is given to a worker before it is cut in two, or given up."""
_ISOLATED_TRIES = 6
"""How often where no other segment can be to blame: workers elsewhere end for many reasons of their own."""
_BACKOFF_S = (0.2, 1.0)
_HOPELESS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG}
_MOST_AHEAD = 16
"""How many segments are planned before they are needed, where asking for each takes a round trip."""
_STOP_S = 10.0
"""How long a frame that is being drawn may take to notice that the render has ended."""


class Share:
    """How many segments of a render may run at the same time: a fixed number, where nobody else counts.

    Parameters
    ----------
    cores : int, optional
        As many as the engine has workers if not given.
    """

    def __init__(self, cores: int = sys.maxsize) -> None:
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
class SegmentRun:
    """Gets the segments of one render done.

    Parameters
    ----------
    counters : FrameCounters
        With room for twice as many segments as the film has frames.
    home : HomeEvaluation
        The film, and who evaluates it here.
    film : FilmFile or None
        The film for the workers; None where it can't travel.
    check : function
        Called often; raises to stop the render.
    made_before : set of str
        Keys of segments that an earlier run of the same render made.
    share : Share
        How many segments may run at the same time, as long as others want cores too.
    rows : SegmentRows
        Of all runs of the same render.
    movie : str
        Its name; for people.
    frame_s : float
        What a frame may take of a worker; 0 where that is not known.
    also : tuple of Settings
        Of other movies whose segments are made beside this one's.

    Attributes
    ----------
    stays : str
        Why the film is evaluated at home, as far as workers have found that out.
    heard : dict of int to tuple of ClipRun
        Of clips, by the first frames of the segments that are done.
    """

    engine: Engine
    store: Store
    counters: FrameCounters
    claims: SegmentClaims
    settings: Settings
    scratch: str
    home: HomeEvaluation
    film: FilmFile | None
    check: Callable[[], None]
    share: Share
    rows: SegmentRows
    movie: str = ""
    frame_s: float = 0.0
    also: tuple[Settings, ...] = ()
    tally: Tally = field(default_factory=Tally)
    plan_s: float = 0.0
    found: set[str] = field(default_factory=set)
    made_before: set[str] = field(default_factory=set)
    lost_workers: bool = False
    size_bytes: int = 0
    stays: str = ""
    heard: dict[int, tuple[ClipRun, ...]] = field(default_factory=dict)
    _cuts: deque[Cut] = field(default_factory=deque)
    _running: dict[Future[SegmentResult], Piece] = field(default_factory=dict)
    _again: deque[Piece] = field(default_factory=deque)
    _next_number: int = 0
    _evaluating: bool = False
    _told_large: bool = False
    _look: int = 1
    _ahead: deque[Segment] = field(default_factory=deque)
    _answers: dict[str, bool] = field(default_factory=dict)
    _pickled: dict[str, bytes] = field(default_factory=dict)
    _done: dict[int, tuple[str, int]] = field(default_factory=dict)
    _fetched: set[str] = field(default_factory=set)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def frames(self) -> int:
        """Give how many frames are there, those of unfinished segments included."""
        with self._counting:
            return self.tally.frames_done + self.counters.counts()

    def evaluated(self) -> int:
        """Give how many frames are evaluated."""
        with self._counting:
            return self.tally.frames_evaluated + self.counters.evaluated()

    def next_done(self, first: int) -> tuple[str, int] | None:
        """Give the segment that begins at a frame, its key and its frames, if it is in the store by now."""
        return self._done.get(first)

    def render(self, cuts: Iterable[Cut]) -> list[tuple[str, int]]:
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
        DiffersElsewhereError
            When workers have evaluated the film, and it shows something else there.
        """
        self._cuts.extend(cuts)
        try:
            while self._cuts or self._ahead or self._again or self._running:
                self._fill()
                self.check()
                if self._running:
                    self._collect(0.1)
                elif self._again:
                    time.sleep(0.02)  # only retries are left, and they wait for their time
        except BaseException:
            self.counters.cancel()
            if wait(self._running, timeout=_STOP_S).not_done:
                self.engine.close()
            for future, piece in self._running.items():
                if future.done() and not future.cancelled() and future.exception() is None:
                    self._settle(piece, future)  # what it cost is told, though there will be no movie
            raise
        finally:
            for piece in self._running.values():
                self.claims.give_back(piece.place)
        self.home.ask_again(self.check)
        return [self._done[start] for start in sorted(self._done)]

    def _fill(self) -> None:
        """Give the engine what it has room for."""
        running = self._running
        while len(running) < self._room(len(running)) and not any(p.alone for p in running.values()):
            piece = self._pick(bool(running))
            if piece is None:
                return
            if piece.segment is None and not self._travels:
                piece.segment = self._evaluate(piece.cut)
                piece.functions = self._pickle_functions(piece.segment)
            if piece.segment is None or not self._found(piece, piece.segment):
                running[self._submit(piece)] = piece

    def _collect(self, wait_s: float) -> None:
        """Take what has ended."""
        done, _ = wait(self._running, timeout=wait_s, return_when=FIRST_COMPLETED)
        for future in done:
            piece = self._running.pop(future)
            self.claims.give_back(piece.place)
            self._again.extend(self._settle(piece, future))

    def _room(self, busy: int) -> int:
        """Give how many segments the engine may have."""
        cores = self.share.balance(busy)
        return self.engine.room if cores >= self.engine.workers else cores

    def _submit(self, piece: Piece) -> Future[SegmentResult]:
        piece.place = self.claims.place()
        try:
            return self.engine.submit(self._task(piece))
        except BaseException:
            self.claims.give_back(piece.place)
            raise

    @property
    def _travels(self) -> bool:
        """Whether workers evaluate what comes next: they can, and one of them has started.

        What may have killed a worker is not tried at home: new workers are waited for.
        """
        return self.film is not None and not self.stays and (self.engine.is_ready or self.lost_workers)

    def _plan_next(self) -> Piece | None:
        if not self._ahead and self._cuts and self._travels:
            return self._piece(self._cuts.popleft(), None)
        if self._evaluating:  # by whom this was called
            return None
        if not self._ahead and self._cuts:
            self._look_ahead()
        if not self._ahead:
            return None
        segment = self._ahead.popleft()
        return self._piece(cut_of(segment), segment)

    def _look_ahead(self) -> None:
        """Evaluate the next segment; of a store that is far away some more, to ask for all at once."""
        for _ in range(min(self._look, len(self._cuts))):
            self._ahead.append(self._evaluate(self._cuts.popleft()))
            if not self._cuts or self._travels:
                break
        if not self.store.is_remote:
            return
        keys = {self._key(segment.key) for segment in self._ahead}
        there = self.store.claim(sorted(keys))
        self._answers = {key: key in there for key in keys}
        self._look = min(2 * self._look, _MOST_AHEAD)  # one at first: workers shall not wait

    def _evaluate(self, cut: Cut) -> Segment:
        """Evaluate a segment at home; workers that start meanwhile get what comes after it."""
        began, self._evaluating = time.perf_counter(), True

        def before_frame(_index: int) -> None:
            self.check()
            if self._travels:
                self._fill()
                self._collect(0.0)

        def after_frame() -> None:
            with self._counting:
                self.tally.frames_evaluated += 1

        try:
            return self.home.evaluate(cut, before_frame, after_frame)
        finally:
            self._evaluating = False
            self.plan_s += time.perf_counter() - began

    def _piece(self, cut: Cut, segment: Segment | None) -> Piece:
        self._next_number += 1
        self.tally.segments += 1
        self.rows.planned(cut.first)
        functions = {} if segment is None else self._pickle_functions(segment)
        return Piece(cut, segment, self._next_number - 1, functions)

    def _pickle_functions(self, segment: Segment) -> dict[str, bytes]:
        # Scenes mostly show one function after another: only those of the segment before are kept.
        self._pickled = {
            name: self._pickled.get(name) or pickled_function(name, segment)
            for name in sorted(segment.functions)
        }
        return self._pickled

    def _pick(self, busy: bool) -> Piece | None:
        """Give what to do next; None while there is nothing, or while what is to run alone waits for that."""
        again = self._again
        alone = any(piece.alone for piece in again)
        if alone and busy:
            return None
        for _ in range(len(again)):
            piece = again.popleft()
            can_go = piece.segment is not None or self._travels or not self._evaluating
            if piece.wait_until <= time.monotonic() and piece.alone >= alone and can_go:
                return piece
            again.append(piece)
        return None if alone else self._plan_next()

    def _key(self, key: str) -> str:
        return segment_key_name(key, self.settings.segment_suffix.removeprefix("."))

    def _found(self, piece: Piece, segment: Segment) -> bool:
        key = self._key(segment.key)
        there = self._answers.pop(key, None)  # good for one look: the same segment may come again
        if not (bool(self.store.claim([key])) if there is None else there):
            return False
        self._note_found(piece, segment.key)
        self.heard[piece.cut.first] = segment.heard
        return True

    def _note_found(self, piece: Piece, key: str) -> None:
        name = self._key(key)
        self._done[piece.cut.first] = (name, piece.frames)
        self.found.add(name)
        self.rows.found(piece.cut.first, piece.frames, key)
        with self._counting:
            if name not in self.made_before:
                self.tally.segments_cached += 1
                self.tally.frames_cached += piece.frames
            self.tally.frames_done += piece.frames

    def _task(self, piece: Piece) -> SegmentTask:
        piece.tries += 1
        piece.given += 1
        if piece.tries == 2:
            self.tally.segments_retried += 1
        segment, span = piece.segment, None
        if segment is None and self.film is not None:
            again = sorted(self.home.again.intersection(range(*piece.cut)))
            span = FilmSpan(self.film, piece.frames, tuple(again))
        return SegmentTask(
            store_url=self.store.url,
            storage_options=self.store.storage_options,
            key="" if segment is None else segment.key,
            number=piece.number,
            first_frame=piece.cut.first,
            runs=() if segment is None else segment.runs,
            span=span,
            evaluate_s=() if segment is None else segment.evaluate_s,
            settings=self.settings,
            scratch=self.scratch,
            functions=piece.functions,
            counters=self.counters.path,
            claims=self.claims.path,
            place=piece.place,
            parent=0 if self.engine.is_remote else os.getpid(),
            movie=self.movie,
            also=self.also,
            frame_s=self.frame_s,
        )

    def _settle(self, piece: Piece, future: Future[SegmentResult]) -> list[Piece]:
        """Take a segment's end; give what is to be tried again."""
        error = future.exception()
        if error is None:
            self._settle_well(piece, future.result())
            return []
        with self._counting:
            self.counters.clear(piece.number)
        if isinstance(error, EvaluationError):
            say_again(msgspec.msgpack.decode(error.said, type=AuthorOutput))
            self.home.check_frame(error.frame)  # raises the author's own error, with all that it holds
            if error.unfetched and str(error) not in self._fetched:
                self._fetched.add(str(error))  # that has put it into the store
                piece.tries -= 1
                return [piece]
            self.stays = f"what a scene does at frame {error.frame} fails in a worker: {error}"
            return [piece]
        if isinstance(error, FilmNotLoadedError):
            self.stays = str(error)
            return [piece]
        if isinstance(error, StoreError) and error.errno not in _HOPELESS and piece.tries < TRIES:
            piece.wait_until = time.monotonic() + _BACKOFF_S[piece.tries - 1]
            return [piece]
        if not isinstance(error, WorkerLostError | SegmentTooLargeError | MemoryError):
            raise error
        if isinstance(error, WorkerLostError):
            self.lost_workers = True
            if piece.tries < self._tries:
                piece.alone = piece.tries == self._tries - 1 and not self.engine.is_isolated
                return [piece]
        return self._split(piece, error)

    @property
    def _tries(self) -> int:
        return _ISOLATED_TRIES if self.engine.is_isolated else TRIES

    def _settle_well(self, piece: Piece, result: SegmentResult) -> None:
        self.heard[piece.cut.first] = result.heard if piece.segment is None else piece.segment.heard
        if piece.segment is None:
            say_again(result.said)
            self.home.saw_elsewhere(result.shown)
        with self._counting:
            self.counters.clear(piece.number)
            self.tally.add(result)
            if piece.segment is None:
                self.tally.frames_evaluated += piece.frames
                self.tally.frames_evaluated_by_workers += piece.frames
                self.plan_s += result.evaluate_s
        if result.found:
            self._note_found(piece, result.key)
            return
        self.size_bytes += result.size_bytes
        with self._counting:
            self.tally.frames_done += piece.frames
        self.home.tell_figures(result.distrusted)
        self.rows.made(piece.cut.first, piece.frames, piece.given, result)
        self._done[piece.cut.first] = (self._key(result.key), piece.frames)

    def _split(self, piece: Piece, error: BaseException) -> list[Piece]:
        if piece.frames == 1:
            reason = "it takes more memory than there is" if isinstance(error, MemoryError) else str(error)
            raise RenderError(
                f"frame {piece.cut.first} of the film can't be drawn: {reason} "
                f"(tried alone, after its segment failed)"
            ) from error
        if isinstance(error, SegmentTooLargeError) and not self._told_large:
            self._told_large = True  # the first says it for all
            warnings.warn(
                f"frames {piece.cut.first} to {piece.cut.stop - 1} of {self.movie}: {error}; "
                "they become two segments",
                stacklevel=2,
            )
        self.tally.segments -= 1
        halves = []
        for part, half in piece.halves(self.settings):
            half_piece = self._piece(part, half)
            half_piece.alone = not self.engine.is_isolated
            half_piece.given = piece.given
            # One go each, to find the frame quickly; that frame then has all its tries. Of what was only too
            # large no frame is to blame.
            seeking = half_piece.frames > 1 and not isinstance(error, SegmentTooLargeError)
            half_piece.tries = self._tries - 1 if seeking else 0
            halves.append(half_piece)
        return halves
