"""A batch at work: many films at the same time, each with its own row in the history and its own end.

What is promised: every row is told of exactly once, in the rows' order: its film succeeded, failed or was
cancelled, the row is wrong, or its turn never came, and why. When `run` returns or raises, no film of it
is at work any more.
"""

from __future__ import annotations

import errno
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from bazaar_nb.batches.checking import CheckedRows, say, twice_problem
from bazaar_nb.batches.earlier_movies import EarlierMovies
from bazaar_nb.batches.films import RowFilms
from bazaar_nb.batches.outcome import InOrder, Outcome, Sink, Status
from bazaar_nb.batches.progress import BatchProgress, BatchStage, FilmPace
from bazaar_nb.batches.rows import Row, Rows
from bazaar_nb.errors import AccessError, BazaarError, LimitError, RenderCancelledError, StoreError
from bazaar_nb.jobs.batch_queue import BatchQueue
from bazaar_nb.jobs.export_request import ExportRequest, RenderPlace
from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.slots import cores_for
from bazaar_nb.render.segment_run import Share

_MOST_AT_ONCE = 64
_LOOK_S = 0.2
_LIMIT_S = 2.0
"""How often it is asked whether a limit on running renders has room again, when others take it up."""
_MOST_SHOWN = 12
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


class FinishedFilm(NamedTuple):
    """A film of a batch whose movie is there, for those who show it.

    Attributes
    ----------
    number : int
        Of its row.
    """

    number: int
    name: str
    request: ExportRequest
    kept: bool


class FailedFilm(NamedTuple):
    """A row of a batch without a movie, for those who show it."""

    number: int
    name: str
    why: str


class _Turn(NamedTuple):
    number: int
    row: Row


class _StoppedError(Exception):
    """No further film shall be begun, and this one was not."""


class Batch:
    """A table of films at work; made by `export_all`.

    Attributes
    ----------
    name : str
        Of the function that makes the films.
    finished : deque of FinishedFilm
        The newest dozen whose movies are there.
    failures : deque of FailedFilm
        The newest dozen rows without a movie.
    """

    def __init__(self, name: str, where: RenderPlace) -> None:
        self.name = name
        self.finished: deque[FinishedFilm] = deque(maxlen=_MOST_SHOWN)
        self.failures: deque[FailedFilm] = deque(maxlen=_MOST_SHOWN)
        self._where = where
        self._changed = threading.Condition()
        self._stage: BatchStage = "checking"
        self._rows_seen = 0
        self._checked = CheckedRows()
        self._counts = dict.fromkeys(("made", "kept", "failed", "cancelled", "refused", "left"), 0)
        self._frames = 0
        self._frames_made = 0
        self._pace = FilmPace()
        self._cancelled = False
        self._stopped = ""  # why no further film is begun
        self._note = ""
        self._active = 0
        self._queue: BatchQueue | None = None
        self._fault: BaseException | None = None
        self._callbacks: list[Callable[[], object]] = []

    @property
    def progress(self) -> BatchProgress:
        """How far it is; may be read from any thread."""
        with self._changed:
            if self._stage == "checking":
                return BatchProgress("checking", self._rows_seen, note=self._note)
            queue, counts = self._queue, dict(self._counts)
            total, all_frames, note = self._checked.count, self._checked.frames, self._note or self._stopped
            stage, frames, made = self._stage, self._frames, self._frames_made
        going = sum(job.progress.frames for job in queue.jobs) if queue is not None else 0
        films = sum(counts.values())
        frames, made = frames + going, made + going
        if all_frames:
            eta_s = self._pace.eta_s(made, max(0, all_frames - frames))
        else:
            eta_s = self._pace.eta_s(counts["made"] + counts["failed"], total - films)
        if stage == "rendering" and (self._cancelled or self._stopped):
            stage = "cancelling"
        elif stage == "rendering" and note:
            stage = "waiting"
        return BatchProgress(
            stage, films, total, **counts, frames=frames, total_frames=all_frames,
            eta_s=None if stage == "done" else eta_s, note=note,
        )  # fmt: skip

    @property
    def done(self) -> bool:
        """Whether all rows have been told of."""
        return self._stage == "done"

    def cancel(self) -> None:
        """Stop: films at work are cancelled, no other is begun. From any thread."""
        self.stop("it was cancelled")
        self._cancelled = True
        for job in self._queue.jobs if self._queue is not None else ():
            job.cancel()

    def stop(self, why: str) -> None:
        """Begin no further film; those at work go on."""
        with self._changed:
            self._stopped = self._stopped or why
            self._changed.notify_all()

    def saw_rows(self, checked: CheckedRows) -> None:
        """Take notice of what was found in all rows."""
        self._checked = checked

    def saw_row(self, count: int) -> None:
        """Take notice that so many rows are checked; raises if it was cancelled meanwhile."""
        self._rows_seen = count
        self.check_cancelled()

    def end(self, why: str = "") -> None:
        """Let it be over, if it isn't, and tell those who want to know; in the thread that made the films.

        Parameters
        ----------
        why : str
            Why it ended before its films were begun, if it did.
        """
        if self.done:
            return
        self._note, self._stage = why, "done"
        for callback in self._callbacks:
            callback()

    def on_end(self, callback: Callable[[], object]) -> None:
        """Have a function called once it is over, before `export_all` returns."""
        self._callbacks.append(callback)

    def check_cancelled(self) -> None:
        """Raise `RenderCancelledError` if it was cancelled."""
        if self._cancelled:
            raise RenderCancelledError(f"the batch of {self.name}() was cancelled")

    def run(self, rows: Rows, films: RowFilms, earlier: EarlierMovies | None, sink: Sink) -> None:
        """Make the films, and tell of each row.

        Raises
        ------
        KeyboardInterrupt
            After all films were stopped, and all rows told of.
        """
        engine = self._where.engine
        self._told = InOrder(sink)
        self._turns = ((number, row) for number, row in enumerate(rows))
        self._films, self._earlier = films, earlier
        self._pace = FilmPace()
        self._stage = "rendering"
        try:
            with cores_for(engine, self.check_cancelled) as share:
                at_once = 1 if engine.name == "inline" else min(engine.workers + 1, _MOST_AT_ONCE)
                self._queue = BatchQueue(share, at_once, self.cancel)
                self._run_threads(at_once, share)
        except RenderCancelledError:
            pass  # before a core was free
        finally:
            self._tell_rest()
            self.end()
        if self._fault is not None:
            raise self._fault

    def _run_threads(self, count: int, share: Share) -> None:
        threads = [
            threading.Thread(target=self._work, args=(share,), name=f"bazaar-batch-{number}", daemon=True)
            for number in range(count)
        ]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(_LOOK_S)
        except BaseException:
            self.cancel()
            for thread in threads:
                if thread.ident is not None:
                    thread.join()
            raise

    def _work(self, share: Share) -> None:
        try:
            for turn in self._my_turns(share):
                self._tell(turn, self._outcome(turn))
        except BaseException as error:  # of the rows or of whoever is told: the thread that waits raises it
            self._fault = self._fault or error
            self.cancel()

    def _my_turns(self, share: Share) -> Iterator[_Turn]:
        """Give this thread its turns: as many films are at work as the cores that there are, and one."""
        while True:
            with self._changed:
                while self._active > max(1, share.cores) and not self._stopped:
                    self._changed.wait(_LOOK_S)
                if self._stopped:
                    return
                turn = next(self._turns, None)
                if turn is None:
                    return
                self._active += 1
            try:
                yield _Turn(*turn)
            finally:
                with self._changed:
                    self._active -= 1
                    self._changed.notify_all()

    def _outcome(self, turn: _Turn) -> Outcome:
        """Make a row's film, and give what became of it."""
        twice = self._checked.twice.get(turn.number)
        made = self._films.film(turn.number, turn.row)
        if twice is not None:
            return Outcome(made.name, "refused", error=say(twice_problem(made.name, twice)))
        if made.request is None:
            return Outcome(made.name, "refused", error="; ".join(map(say, made.problems)))
        try:
            found = self._earlier.find(made.request) if self._earlier is not None else None
            if found is not None:
                self._show(turn.number, made.name, made.request, kept=True)
                return Outcome.found(made.name, found)
            job = self._rendered(made.request)
        except _StoppedError:
            return Outcome(made.name, "not begun", error=self._stopped)
        except (BazaarError, OSError) as error:
            return _failed(made.name, error)
        if job.render is None:
            outcome = _failed(made.name, job.error or RenderCancelledError("it was cancelled"))
            return outcome._replace(render_id=job.id, frames=made.request.frames)
        self._show(turn.number, made.name, made.request, kept=False)
        return Outcome.made(made.name, job.render)

    def _rendered(self, request: ExportRequest) -> Job:
        """Render a film; give its job, which has ended."""
        queue = self._queue
        while queue is not None:
            if self._stopped:
                raise _StoppedError
            job = Job(request, queue)
            try:
                queue.run(job)
            except LimitError as error:
                if job.is_recorded:  # it began, and became too large
                    return job
                self._wait_for_room(error)
            except AccessError as error:
                self.stop(str(error))
            except StoreError as error:
                if error.errno in _FULL:
                    self.stop(str(error))
                return job
            except (BazaarError, OSError):
                return job
            else:
                return job
        raise _StoppedError

    def _wait_for_room(self, error: LimitError) -> None:
        """Wait until one that runs has ended, where that is the limit; else begin no further film."""
        if error.limit != "running" or not error.allowed:
            self.stop(str(error))
            return
        with self._changed:
            self._note = str(error)
            self._changed.wait(_LIMIT_S)
            self._note = ""

    def _show(self, number: int, name: str, request: ExportRequest, *, kept: bool) -> None:
        self.finished.append(FinishedFilm(number, name, request, kept))

    def _tell(self, turn: _Turn, outcome: Outcome) -> None:
        with self._changed:
            self._told.add(turn.number, turn.row, outcome)
            kind = {"not begun": "left", "succeeded": "kept" if outcome.kept else "made"}
            self._counts[kind.get(outcome.status, outcome.status)] += 1
            if outcome.status == "succeeded":
                self._frames += outcome.frames or 0
                self._frames_made += 0 if outcome.kept else outcome.frames or 0
            elif outcome.status in ("failed", "refused"):
                self.failures.append(FailedFilm(turn.number, outcome.movie, outcome.error or ""))
            self._changed.notify_all()

    def _tell_rest(self) -> None:
        """Tell of the rows that had no turn."""
        with suppress(Exception):  # what broke the rows has been told
            for turn in map(_Turn._make, self._turns):
                made = self._films.film(turn.number, turn.row, make=False)
                twice = self._checked.twice.get(turn.number)
                problems = [twice_problem(made.name, twice)] if twice is not None else made.problems
                if problems:
                    self._tell(turn, Outcome(made.name, "refused", error="; ".join(map(say, problems))))
                else:
                    self._tell(turn, Outcome(made.name, "not begun", error=self._stopped))

    def __repr__(self) -> str:
        progress = self.progress
        return f"<Batch of {self.name}(): {progress.stage}, {progress.films} of {progress.total} films>"


def _failed(name: str, error: BaseException) -> Outcome:
    stopped = isinstance(error, RenderCancelledError)
    status: Status = "cancelled" if stopped else "failed"
    return Outcome(name, status, error_class=type(error).__name__, error=str(error))
