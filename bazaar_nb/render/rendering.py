"""One render, from a composition to a movie, in the thread that asks for it.

What is promised: once a render has started it ends exactly once, succeeded, failed
or cancelled, and the history has that row. The movie appears whole or not at
all. When `Rendering.run` returns or raises, no worker draws for it any more.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import warnings
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.errors import (
    BazaarError,
    ElementError,
    EncodeError,
    LimitError,
    RenderCancelledError,
    StoreError,
)
from bazaar_nb.history.background_compaction import compact_once
from bazaar_nb.history.ids import new_render_id
from bazaar_nb.history.movie_engagement import MovieEngagement
from bazaar_nb.history.render_event import RenderEvent, Status
from bazaar_nb.history.writer import record, record_all
from bazaar_nb.media.clip_file import look_into_clip
from bazaar_nb.render.carried_film import Carrier
from bazaar_nb.render.content_key import content_key
from bazaar_nb.render.evaluation import keep_files, keep_named_files, placed_error
from bazaar_nb.render.film_files import check_files
from bazaar_nb.render.film_sounds import film_sounds, seen_clips
from bazaar_nb.render.frame_counters import FrameCounters
from bazaar_nb.render.home_evaluation import DiffersElsewhereError, HomeEvaluation
from bazaar_nb.render.joining import Movie, MoviePlan, StreamedJoin, begin_stream, join_in_file, publish_sound
from bazaar_nb.render.kept_pixels import pixels_name
from bazaar_nb.render.plan import cut_film
from bazaar_nb.render.progress import Pace, Progress, Stage
from bazaar_nb.render.request import RenderRequest
from bazaar_nb.render.result import Render, format_bytes
from bazaar_nb.render.scratch import scratch, sweep, sweep_once
from bazaar_nb.render.segment_claims import SegmentClaims, segment_claims
from bazaar_nb.render.segment_files import UnusableSegmentError
from bazaar_nb.render.segment_history import SegmentRows, slowest_columns
from bazaar_nb.render.segment_run import SegmentRun, Share
from bazaar_nb.render.sound import SoundTrack, check_sounds
from bazaar_nb.render.tally import Tally
from bazaar_nb.render.task import FilmFile
from bazaar_nb.render.worker import peak_memory_bytes
from bazaar_nb.sources.finding import Finder, finding_with, keep_given
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.key_layout import movie_key, named_asset_key, scratch_prefix

_log = logging.getLogger(__name__)

_PACE_S = 0.1


class Rendering:
    """A render at work.

    Parameters
    ----------
    request : RenderRequest
        What to render.
    render_id : str, optional
        Of one that was asked for in another process, which has written its row.
    created : datetime, optional
        When that was.
    is_detached : bool
        Whether it goes on without who asked for it.
    """

    def __init__(
        self,
        request: RenderRequest,
        *,
        render_id: str = "",
        created: dt.datetime | None = None,
        is_detached: bool = False,
    ) -> None:
        self.id = render_id or new_render_id()
        self.request = request
        self.most_bytes: int | None = None
        """How large the movie may become; set before `run`."""
        self.frame_s = 0.0
        """What a frame may take of a worker, in seconds, as far as known; set before `run`."""
        self.result: Render | None = None
        """The finished movie, once it is finished and recorded."""
        self._share = Share()
        self._find = Finder(request.store, fetches=request.film.fetches, check=self.check_cancelled)
        self._film, self._settings = request.film, request.settings
        self._store, self._engine = request.store, request.engine
        self._stage: Stage = "queued"
        self._cancelled = False
        self._run: SegmentRun | None = None
        self._home_reason = ""
        self._has_sound = False
        self._content_key: str | None = None
        self._counters: FrameCounters | None = None
        self._segment_rows = SegmentRows(request.film)
        self._recorded = bool(render_id)
        self._given_up = False
        self._running = False
        self._started = 0.0
        self._pace = Pace()
        self._paced_at = 0.0
        self._fps: float | None = None
        self._uploaded: float | None = None
        self._stream: StreamedJoin | None = None
        self._offered = 0
        settings = request.settings
        store, key = request.store, movie_key(request.project, self.id, request.name)
        if request.place is not None:
            store, key = request.place
        self._plan = MoviePlan(
            segments=request.store, store=store, key=key, settings=settings, metadata=request.metadata,
            subtitles=request.subtitles, check=self.check_cancelled, check_size=self._check_size,
            first=request.first, folder=request.folder,
        )  # fmt: skip
        self.event = RenderEvent(
            render_id=self.id,
            status="queued",
            user=request.user,
            project=request.project,
            composition=request.film.name,
            format=settings.format,
            codec=settings.codec,
            quality=settings.quality,
            crf=settings.crf,
            bit_rate=settings.bit_rate,
            max_rate=settings.max_rate,
            bit_depth=settings.bit_depth,
            alpha=settings.alpha,
            preset=settings.preset,
            width=settings.width,
            height=settings.height,
            fps=float(settings.fps),
            fps_num=settings.fps_num,
            fps_den=settings.fps_den,
            frames=request.frames,
            duration_s=request.duration_s,
            has_sound=request.has_sound,
            engine=request.engine.name,
            workers=request.engine.workers,
            detached=is_detached or None,
            created=created or dt.datetime.now(dt.UTC),
        )
        """The newest event of this render."""

    @property
    def progress(self) -> Progress:
        """How far it is now; may be read from any thread."""
        run, total, stage = self._run, self.request.frames, self._stage
        if run is None:
            over = self._settings.is_sound and stage in ("joining", "uploading", "done")
            return Progress(total if over else 0, total, 0, stage, waits_for=self._waits_for)
        evaluated = run.evaluated()
        done = total if stage in ("joining", "uploading", "done") else min(total, run.frames())
        if stage == "rendering" and not done:
            stage = "evaluating" if evaluated or self._engine.is_ready else "starting"
        tally, fps = run.tally, self._fps
        return Progress(
            done, total, tally.frames_cached, stage, tally.segments, tally.segments_cached, fps,
            (total - done) / fps if fps and stage == "rendering" else None, self._uploaded, evaluated,
            self._waits_for,
        )  # fmt: skip

    @property
    def _waits_for(self) -> str:
        return self._engine.waits_for if self._stage in ("starting", "rendering") else ""

    def cancel(self) -> None:
        """Ask the render to stop; `run` then raises `RenderCancelledError`. From any thread."""
        self._cancelled = True
        if self._counters is not None:
            self._counters.cancel()

    def give_up(self) -> None:
        """Ask the render to stop, without an end: somebody else goes on with it. From any thread."""
        self._given_up = True
        self.cancel()

    @property
    def is_given_up(self) -> bool:
        """Whether it has no end here: it was given up before it had one."""
        return self._given_up and self.result is None

    def record_queued(self) -> None:
        """Give the render its row, before it has its turn; unless it has one."""
        if not self._recorded:
            record(self._store, self.event)
            self._recorded = True

    def run(self, share: Share | None = None) -> Render:
        """Render, and give the finished movie; once.

        Parameters
        ----------
        share : Share, optional
            How many segments may run at the same time; as many as the engine has workers by default.

        Raises
        ------
        BazaarError
            Whatever ended the render; the history has it too.
        KeyboardInterrupt
            After everything was stopped and recorded as cancelled.
        """
        self._started = time.perf_counter()
        self._running = True
        self._share = share or self._share
        try:
            self.check_cancelled()
            self._stage = "starting"
            if not self._settings.is_sound:
                self._engine.warm()
            self.event = self.event.then("started", started=dt.datetime.now(dt.UTC))
            record(self._store, self.event)
            self._recorded = True
            if self._settings.sound_codec is not None:
                check_sounds(film_sounds(self._film, self._find), self._find)
            sweep_once(self._store)
            if not self._settings.is_sound:
                check_files(self._film, self._store, self._find, self.request.first, self.request.stop)
                self._engine.prepare(self._store, self.check_cancelled)
            with (
                scratch(self._store, self.id),
                FrameCounters(2 * self.request.frames + 16) as counters,
                segment_claims() as claims,
                finding_with(self._find),
            ):
                self._counters = counters
                keep_named_files(self._film, self._store)
                render = self._render(counters, claims)
            self._record_segments()
        except BaseException as error:
            self.end_badly(error)
            raise
        finished = dt.datetime.now(dt.UTC)
        columns = {
            **self._tally(),
            **render.timings,
            "location": render.location,
            "has_sound": self._has_sound,
            "content_key": self._content_key,
            "size_bytes": render.size_bytes,
            "render_s": render.render_s,
            "peak_memory_bytes": render.peak_memory_bytes,
        }
        try:
            self._record_end("succeeded", finished=finished, **columns)
        except BazaarError as error:
            # The movie is there, but nobody would find it: for whoever wanted it, and is told why, it failed.
            self.event = self.event.then("failed", error_class=type(error).__name__, error_message=str(error))
            raise
        self._stage = "done"
        self.result = render
        compact_once(self._store)
        return render

    def _render(self, counters: FrameCounters, claims: SegmentClaims) -> Render:
        alone = self._settings.is_sound
        streamed = self._plan.store.is_remote and not alone
        with SoundTrack(self.request, self._check, self._find, streamed=streamed) as track:
            try:
                if alone:
                    movie, timings = self._make_sound(track)
                else:
                    movie, timings = self._make_movie(counters, claims, track)
            finally:
                if self._run is not None and self._run.lost_workers:
                    sweep(self._store)
        return self._result(movie, timings)

    def _make_sound(self, track: SoundTrack) -> tuple[Movie, dict[str, float]]:
        """Make a file of the film's sound alone; no frame is drawn."""
        request, began = self.request, time.perf_counter()
        self._stage = "sound"
        seen = seen_clips(self._film, request.first, request.stop, lambda _: self.check_cancelled())
        plan_s = time.perf_counter() - began
        self._content_key = content_key(request, (), seen, self._find)
        sound, sound_s = track.finish(seen)
        if sound is None:
            raise EncodeError(
                f"{request.name} would be empty: nothing is heard in frames {request.first} to "
                f"{request.stop - 1} of {self._film.name!r:.80}"
            )
        self._has_sound = True
        self._stage = "uploading" if self._plan.store.is_remote else "joining"
        began = time.perf_counter()
        movie = publish_sound(self._plan, sound, self._moved)
        return movie, {"plan_s": plan_s, "sound_s": sound_s, "join_s": time.perf_counter() - began}

    def _make_movie(
        self, counters: FrameCounters, claims: SegmentClaims, track: SoundTrack
    ) -> tuple[Movie, dict[str, float]]:
        made: set[str] = set()
        removed: set[str] = set()
        with self._carrier() as carrier, ThreadPoolExecutor(1, thread_name_prefix="bazaar-arrays") as beside:
            keep_given(carrier.given, self._store)
            while True:
                self._home_reason = carrier.reason
                run = self._run = self._next_run(counters, claims, carrier.file, made, beside)
                self._stage = "rendering"
                parts: list[tuple[str, int]] = []
                stream = self._stream = begin_stream(self._plan, track.coming)
                self._offered = self.request.first
                try:
                    parts = self._render_segments(run)
                    self._home_reason = carrier.reason or run.stays
                    seen = [*chain.from_iterable(run.heard.values())]
                    self._content_key = content_key(self.request, (key for key, _ in parts), seen, self._find)
                    self._stage = "sound" if track.coming is not None else "joining"
                    if track.is_other(seen) and stream is not None:
                        self._stream = None  # what was sent of the sound is not this film's
                        stream.abandon()
                    sound, sound_s = track.finish(seen)
                    self._has_sound = sound is not None
                    self._stage = "joining"
                    began = time.perf_counter()
                    movie = self._join(parts, sound)
                    break
                except DiffersElsewhereError as error:
                    # What workers made of it is not this film; it stays in the store under its own keys.
                    carrier.stay(str(error))
                except (UnusableSegmentError, MissingObjectError) as error:
                    # A segment that was there already may have been damaged or removed since it was written.
                    damaged = self._unusable(run.found, error) - removed
                    if not damaged:
                        raise
                    self._store.remove_all(sorted(damaged))
                    removed |= damaged
                    made |= {key for key, _ in parts} - run.found
                finally:
                    self._stream = None
                    if stream is not None:
                        stream.abandon()
        return movie, {"plan_s": run.plan_s, "sound_s": sound_s, "join_s": time.perf_counter() - began}

    def _join(self, parts: list[tuple[str, int]], sound: Path | None) -> Movie:
        stream = self._stream
        if stream is not None:
            self._offer_segments()
            try:
                movie = stream.finish(self._look)
            except (MissingObjectError, UnusableSegmentError, LimitError, RenderCancelledError):
                raise
            except (StoreError, EncodeError) as error:
                self._stream = None
                stream.abandon()
                _log.warning("%s could not be sent while it was joined, and is joined in a file: %s",
                             self.request.name, error)  # fmt: skip
            else:
                self._stage, self._uploaded = "uploading", 1.0
                return movie

        def on_joined() -> None:
            if self._plan.store.is_remote:
                self._stage = "uploading"

        return join_in_file(self._plan, parts, sound, self._moved, on_joined)

    def _offer_segments(self) -> None:
        """Give the joiner the segments that are there, as far as none before them is missing."""
        run, stream = self._run, self._stream
        while run is not None and stream is not None and (done := run.next_done(self._offered)):
            stream.offer(*done)
            self._offered += done[1]

    def _look(self) -> None:
        """See how far the joiner is."""
        if self._stream is not None and self._stream.joined:
            self._stage, self._uploaded = "uploading", self._stream.sent
        self._check()

    def _carrier(self) -> Carrier:
        if self._engine.evaluates:
            return Carrier(self._film, by_value=self._engine.is_remote)
        return Carrier(None, f"the {self._engine.name} engine evaluates nothing")

    def _next_run(
        self,
        counters: FrameCounters,
        claims: SegmentClaims,
        film: FilmFile | None,
        made: set[str],
        beside: Executor,
    ) -> SegmentRun:
        request = self.request
        pinner = Pinner(keep_files(self._store), self._put_pixels, look_into_clip, find=self._find)
        home = HomeEvaluation(self._film, request.first, request.stop, self._settings, pinner, beside)
        tally = self._run.tally.earlier() if self._run is not None else Tally()
        return SegmentRun(
            self._engine, self._store, counters, claims, self._settings, scratch_prefix(self.id), home, film,
            self._check, tally=tally, made_before=made, share=self._share, rows=self._segment_rows,
            movie=request.name, frame_s=self.frame_s, also=request.also,
        )  # fmt: skip

    def _render_segments(self, run: SegmentRun) -> list[tuple[str, int]]:
        try:
            return run.render(cut_film(self._film, self.request.first, self.request.stop))
        except ElementError as error:
            if error.scene is not None or error.frame is None:
                raise
            raise placed_error(error, self._film, error.frame) from error

    @property
    def is_recorded(self) -> bool:
        """Whether the history has a row of it: not of one that was not let in."""
        return self._recorded

    def check_cancelled(self) -> None:
        """Raise `RenderCancelledError` if it was cancelled."""
        if self._cancelled:
            raise RenderCancelledError(f"render {self.id} was cancelled")

    def _check(self) -> None:
        self.check_cancelled()
        self._offer_segments()
        run, now = self._run, time.perf_counter()
        if run is None or now - self._paced_at < _PACE_S:
            return
        self._paced_at = now
        self._fps = self._pace.rate(run.frames() - run.tally.frames_cached, now)
        if not self._settings.is_image:  # its segments are not its bytes
            self._check_size(run.size_bytes)

    def _check_size(self, size_bytes: int) -> None:
        most = self.most_bytes
        if most is not None and size_bytes > most:
            raise LimitError(
                f"limit `size_bytes` is {format_bytes(most)}: {self.request.name} has "
                f"{format_bytes(size_bytes)} already; choose a lower quality, a smaller resolution or a "
                "shorter range",
                limit="size_bytes", allowed=most, used=size_bytes,
            )  # fmt: skip

    def _put_pixels(self, pixels: bytes) -> str:
        name = pixels_name(pixels)
        key = named_asset_key(name, scratch_prefix(self.id))
        if not self._store.exists(key):
            self._store.write_bytes(key, pixels, once=True)
        return name

    def _unusable(self, keys: set[str], error: UnusableSegmentError | MissingObjectError) -> set[str]:
        """Give which of these segments an error is about."""
        if isinstance(error, MissingObjectError):
            return keys - self._store.claim(sorted(keys))
        return keys & {error.key}

    def _moved(self, done: int, total: int) -> None:
        self._uploaded = done / total if total else 1.0
        self._check()

    def _result(self, movie: Movie, timings: dict[str, float]) -> Render:
        tally = self._run.tally if self._run is not None else Tally()
        for name in ("draw_s", "convert_s", "encode_s", "store_s"):
            timings[name] = getattr(tally, name)
        return Render(
            id=self.id,
            store=movie.store,
            key=movie.key,
            settings=self._settings,
            frames=self.request.frames,
            size_bytes=movie.size_bytes,
            render_s=time.perf_counter() - self._started,
            segments=tally.segments,
            segments_cached=tally.segments_cached,
            frames_drawn=tally.frames_drawn,
            frames_held=tally.frames_held,
            frames_cached=tally.frames_cached,
            peak_memory_bytes=max(tally.peak_memory_bytes, peak_memory_bytes()),
            timings=timings,
            frame_costs=self._segment_rows.slowest,
            movie_engagement=self._engagement(),
        )

    def _engagement(self) -> MovieEngagement | None:
        request = self.request
        if not request.engagement:
            return None
        return MovieEngagement(self._store, self.id, request.user, request.project, request.duration_s)

    def _tally(self) -> dict[str, Any]:
        """Give what the segments cost so far, by the history's names."""
        if self._run is not None:
            tally = asdict(self._run.tally)
        else:
            tally = asdict(Tally()) if self._settings.is_sound else {}
        for name in ("frames_done", "frames_evaluated"):
            tally.pop(name, None)
        slow = slowest_columns(self._segment_rows.slowest)
        return {**tally, **slow, "home_reason": self._home_reason or None}

    def end_badly(self, error: BaseException) -> None:
        """Record that the render ended without a movie, and why; also one that never had its turn."""
        if self._given_up:
            self._record_segments()
            return
        stopped = isinstance(error, KeyboardInterrupt | RenderCancelledError | SystemExit)
        self._recorded = self._recorded or stopped  # else it has not started: no row
        try:
            if self._running and isinstance(error, KeyboardInterrupt | SystemExit):
                self._engine.close()
        finally:
            try:
                self._record_end(
                    "cancelled" if stopped else "failed",
                    finished=dt.datetime.now(dt.UTC),
                    render_s=time.perf_counter() - self._started if self._running else None,
                    error_class=type(error).__name__,
                    error_message=str(error) or type(error).__name__,
                    **self._tally(),
                )
            except BazaarError as fault:
                warnings.warn(
                    f"render {self.id} ended, but its row could not be written: {fault}", stacklevel=4
                )
            self._record_segments()

    def _record_end(self, status: Status, **columns: Any) -> None:
        try:
            self._step(status, **columns)
        except KeyboardInterrupt:
            # Under the same name: one row, whether or not the first was written.
            record(self._store, self.event)
            raise

    def _record_segments(self) -> None:
        """Record what became of each segment, once; where that fails it is no reason to lose a movie."""
        with suppress(BazaarError):
            record_all(self._store, self._segment_rows.take(self.event))

    def _step(self, status: Status, **columns: Any) -> None:
        self.event = self.event.then(status, **columns)
        if self._recorded:
            record(self._store, self.event)
