"""One render from a composition to a movie.

What is promised: once a job has started it ends exactly once, succeeded, failed
or cancelled, and the history has that row. The movie appears whole or not at
all. When `Job.run` returns or raises, no worker draws for it any more.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bazaar_nb.draw.pin import Pinner
from bazaar_nb.encode.gif import write_gif
from bazaar_nb.encode.join import DamagedSegmentError, SegmentPart, join_movie
from bazaar_nb.encode.settings import Settings
from bazaar_nb.errors import BazaarError, ElementError, EncodeError, RenderCancelledError, StoreError
from bazaar_nb.history.event import RenderEvent
from bazaar_nb.history.ids import new_render_id
from bazaar_nb.history.writer import record
from bazaar_nb.render.board import Board
from bazaar_nb.render.engine import Engine
from bazaar_nb.render.plan import placed_error, plan_segments
from bazaar_nb.render.progress import Progress, Stage
from bazaar_nb.render.result import Render
from bazaar_nb.render.segments import SegmentRun, Tally
from bazaar_nb.render.soundtrack import check_sounds, make_track
from bazaar_nb.render.worker import peak_memory_bytes
from bazaar_nb.scene.composition import BaseComposition
from bazaar_nb.scene.time import frames_to_seconds
from bazaar_nb.store.layout import RAW_PIXELS, asset_extension, movie_key, named_asset_key, scratch_prefix
from bazaar_nb.store.store import Store
from bazaar_nb.store.temporary import owner_name

_RESERVE_BYTES = 65_536  # room for the last row of the history on a disk that fills up meanwhile

_swept: set[str] = set()  # stores in which this process has looked for what killed ones left


class Job:
    """A render, from its start to its end.

    Parameters
    ----------
    film : composition
        At the export's frame rate.
    first, stop : int
        Half-open range of frames, at that rate.
    name : str
        Of the movie, with its suffix.
    target : Path or None
        Where the movie goes; None is the store's own place for it.
    """

    def __init__(
        self,
        film: BaseComposition,
        settings: Settings,
        *,
        store: Store,
        engine: Engine,
        user: str,
        project: str,
        name: str,
        target: Path | None = None,
        first: int = 0,
        stop: int | None = None,
    ) -> None:
        self.id = new_render_id()
        self._film = film
        self._settings = settings
        self._store = store
        self._engine = engine
        self._name = name
        self._target = target
        self._first = first
        self._stop = film.frames if stop is None else stop
        self._stage: Stage = "starting"
        self._cancelled = False
        self._run: SegmentRun | None = None
        self._board: Board | None = None
        self._recorded = False
        self._started = 0.0
        self._event = RenderEvent(
            render_id=self.id,
            status="started",
            user=user,
            project=project,
            composition=film.name,
            format=settings.format,
            codec=settings.codec,
            quality=settings.quality,
            crf=settings.crf,
            bit_rate=settings.bit_rate,
            preset=settings.preset,
            width=settings.width,
            height=settings.height,
            fps=float(settings.fps),
            fps_num=settings.fps_num,
            fps_den=settings.fps_den,
            frames=self.frames,
            duration_s=float(self.frames / settings.fps),
            has_sound=self._has_sound,
            engine=engine.name,
            workers=engine.workers,
            created=dt.datetime.now(dt.UTC),
            started=dt.datetime.now(dt.UTC),
        )

    @property
    def frames(self) -> int:
        """How many frames the movie has."""
        return self._stop - self._first

    @property
    def progress(self) -> Progress:
        """How far it is now; may be read from any thread."""
        run = self._run
        if run is None:
            return Progress(0, self.frames, 0, self._stage)
        done = self.frames if self._stage in ("joining", "done") else min(self.frames, run.frames())
        return Progress(done, self.frames, run.tally.frames_cached, self._stage)

    def cancel(self) -> None:
        """Ask the render to stop; `run` then raises `RenderCancelledError`. From any thread."""
        self._cancelled = True
        if self._board is not None:
            self._board.cancel()

    def run(self) -> Render:
        """Render, and give the finished movie.

        Raises
        ------
        BazaarError
            Whatever ended the render; the history has it too.
        KeyboardInterrupt
            After everything was stopped and recorded as cancelled.
        """
        self._started = time.perf_counter()
        try:
            self._engine.warm()
            record(self._store, self._event)
            self._recorded = True
            if self._has_sound:
                check_sounds(self._film.sound)
            self._sweep_once()
            with self._scratch(), Board(2 * self.frames + 16) as board:
                self._board = board
                render = self._render(board)
        except BaseException as error:
            self._end_badly(error)
            raise
        finished = dt.datetime.now(dt.UTC)
        columns = {
            **self._tally(),
            **render.timings,
            "location": str(render.path),
            "size_bytes": render.size_bytes,
            "render_s": render.render_s,
            "peak_memory_bytes": render.peak_memory_bytes,
        }
        self._record_end(self._event.then("succeeded", finished=finished, **columns))
        return render

    @property
    def _has_sound(self) -> bool:
        return bool(self._film.sound) and self._settings.sound_codec is not None

    def _render(self, board: Board) -> Render:
        ended = threading.Event()
        with ThreadPoolExecutor(1, thread_name_prefix="bazaar-sound") as threads:
            try:
                track = threads.submit(self._make_track, ended) if self._has_sound else None
                path, timings = self._make_movie(board, track)
            finally:
                ended.set()
                if self._run is not None and self._run.lost_workers:
                    self._sweep()
        self._stage = "done"
        return self._result(path, timings)

    def _make_movie(
        self, board: Board, track: Future[tuple[Path, float]] | None
    ) -> tuple[Path, dict[str, float]]:
        made: set[str] = set()
        removed: set[str] = set()
        while True:
            tally = self._run.tally.earlier() if self._run is not None else Tally()
            run = self._run = SegmentRun(
                self._engine, self._store, board, self._settings, scratch_prefix(self.id), self._check,
                tally=tally, made_before=made,
            )  # fmt: skip
            self._stage = "rendering"
            parts = self._render_segments(run)
            self._stage = "sound" if track is not None else "joining"
            sound, sound_s = (None, 0.0) if track is None else self._wait(track)
            self._stage = "joining"
            began = time.perf_counter()
            try:
                path = self._publish(parts, sound)
                break
            except DamagedSegmentError as error:
                # A segment that was there already may have been damaged since it was written.
                damaged = {key for key in run.found if self._store.location(key) == error.path} - removed
                if not damaged:
                    raise
                for key in damaged:
                    self._store.remove(key)
                removed |= damaged
                made |= {key for key, _ in parts} - run.found
        return path, {"plan_s": run.plan_s, "sound_s": sound_s, "join_s": time.perf_counter() - began}

    def _render_segments(self, run: SegmentRun) -> list[tuple[str, int]]:
        pinner = Pinner(self._put_file, self._put_pixels)
        plan = plan_segments(self._film, self._first, self._stop, self._settings, pinner, self._check)
        try:
            return run.render(plan)
        except ElementError as error:
            if error.scene is not None or error.frame is None:
                raise
            raise placed_error(error, self._film, error.frame) from error

    def _check(self) -> None:
        if self._cancelled:
            raise RenderCancelledError(f"render {self.id} was cancelled")

    def _put_file(self, path: Path) -> str:
        return f"asset:{self._store.put_asset(path)}.{asset_extension(path)}"

    def _put_pixels(self, pixels: bytes) -> str:
        name = f"asset:{hashlib.blake2b(pixels, digest_size=20).hexdigest()}.{RAW_PIXELS}"
        key = named_asset_key(name, scratch_prefix(self.id))
        if not self._store.exists(key):
            self._store.write_bytes(key, pixels, once=True)
        return name

    def _make_track(self, ended: threading.Event) -> tuple[Path, float]:
        codec = self._settings.sound_codec
        if codec is None:
            raise EncodeError(f"{self._settings.format} has no sound")

        def check() -> None:
            self._check()
            if ended.is_set():
                raise RenderCancelledError("the render has ended")

        fps = self._film.fps
        begin_s, end_s = frames_to_seconds(self._first, fps), frames_to_seconds(self._stop, fps)
        return make_track(self._store, self._film.sound, codec, self._film.duration, begin_s, end_s, check)

    def _wait(self, track: Future[tuple[Path, float]]) -> tuple[Path, float]:
        while not wait([track], timeout=0.1).done:
            self._check()
        return track.result()

    def _publish(self, parts: list[tuple[str, int]], sound: Path | None) -> Path:
        segments = [SegmentPart(str(self._store.local(key)), frames) for key, frames in parts]
        store, key = self._store, movie_key(self._event.project or "", self.id, self._name)
        if self._target is not None:
            store, key = Store(self._target.parent), self._target.name
        with store.writing(key) as path:
            if self._settings.format == "gif":
                write_gif(segments, path, self._settings, lambda _: self._check())
            else:
                join_movie(segments, path, self._settings, sound, lambda _: self._check())
        return store.local(key)

    @contextmanager
    def _scratch(self) -> Iterator[None]:
        """Keep what only this render needs, and some room on the disk for its last row."""
        prefix = scratch_prefix(self.id)
        try:
            self._store.write_bytes(f"{prefix}{owner_name()}", bytes(_RESERVE_BYTES))
            yield
        finally:
            with suppress(StoreError):  # what is left here is no reason to lose a movie
                for key in list(self._store.list(prefix)):
                    self._store.remove(key)
                self._store.remove_folder(prefix)

    def _sweep_once(self) -> None:
        """Take away what killed processes left, at this process's first render into the store."""
        if self._store.url not in _swept:
            _swept.add(self._store.url)
            self._sweep()

    def _sweep(self) -> None:
        with suppress(StoreError):  # what is left is no reason to lose a movie
            self._store.sweep()

    def _result(self, path: Path, timings: dict[str, float]) -> Render:
        tally = self._run.tally if self._run is not None else Tally()
        for name in ("draw_s", "convert_s", "encode_s", "store_s"):
            timings[name] = getattr(tally, name)
        return Render(
            id=self.id,
            path=path,
            settings=self._settings,
            frames=self.frames,
            size_bytes=path.stat().st_size,
            render_s=time.perf_counter() - self._started,
            segments=tally.segments,
            segments_cached=tally.segments_cached,
            frames_drawn=tally.frames_drawn,
            frames_held=tally.frames_held,
            frames_cached=tally.frames_cached,
            peak_memory_bytes=max(tally.peak_memory_bytes, peak_memory_bytes()),
            timings=timings,
        )

    def _tally(self) -> dict[str, Any]:
        """Give what the segments cost so far, by the history's names."""
        tally = asdict(self._run.tally) if self._run is not None else {}
        tally.pop("frames_done", None)
        return tally

    def _end_badly(self, error: BaseException) -> None:
        stopped = isinstance(error, KeyboardInterrupt | RenderCancelledError | SystemExit)
        if not stopped and not self._recorded:
            return  # it has not started
        event = self._event.then(
            "cancelled" if stopped else "failed",
            finished=dt.datetime.now(dt.UTC),
            render_s=time.perf_counter() - self._started,
            error_class=type(error).__name__,
            error_message=str(error) or type(error).__name__,
            **self._tally(),
        )
        try:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                self._engine.close()
        finally:
            try:
                self._record_end(event)
            except BazaarError as fault:
                warnings.warn(
                    f"render {self.id} ended, but its row could not be written: {fault}", stacklevel=4
                )

    def _record_end(self, event: RenderEvent) -> None:
        try:
            record(self._store, event)
        except KeyboardInterrupt:
            record(self._store, event)  # under the same name: one row, whether or not the first was written
            raise
