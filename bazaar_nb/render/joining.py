"""A movie from its segments: in a file that is published when it is whole, or on its way into a bucket.

Into a bucket it is sent in parts while segments are still being rendered and sound
is still being encoded: bytes pass through this process once, and where nothing lies between them
(an mp4 without sound, segments of 6 MiB and more) not at all, for the service
copies them. Memory holds a few segments and parts, however long the film is.
What is published has the same bytes whichever way it went.
"""

from __future__ import annotations

import logging
import queue
import shutil
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from bazaar_nb.errors import RenderCancelledError
from bazaar_nb.media.animated_images import write_animation
from bazaar_nb.media.gif import write_gif
from bazaar_nb.media.join import join_movie
from bazaar_nb.media.movie_stream import MovieStream, can_stream, is_plain
from bazaar_nb.media.packet_spool import ComingSound
from bazaar_nb.media.picture_names import is_named_so
from bazaar_nb.media.picture_sequence import write_pictures, write_zip
from bazaar_nb.media.segment_packets import SegmentPart
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.subtitle_track import add_subtitle_track
from bazaar_nb.media.subtitles import Subtitles
from bazaar_nb.render.segment_files import AHEAD, SegmentFile, SegmentFiles, blamed
from bazaar_nb.render.sound import ComingTrack
from bazaar_nb.store.backend import Assembly, OnBytes
from bazaar_nb.store.folder_writing import writing_folder
from bazaar_nb.store.store import Store

T = TypeVar("T")

_log = logging.getLogger(__name__)
_LOOK_S = 0.1


class Movie(NamedTuple):
    """A movie that was published."""

    store: Store
    key: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoviePlan:
    """What is joined, and where it goes.

    Attributes
    ----------
    segments : Store
        Where the segments are.
    store : Store
        Where the movie goes, under `key`.
    check : function
        Called often, from any thread; raises to stop.
    check_size : function
        Is told how large the movie will be, in bytes; raises if that is too large.
    subtitles : Subtitles or None
        Its track of words: with one, the movie is joined in a file, wherever it goes.
    first : int
        The first frame's number, by which a sequence's pictures are called.
    folder : Path or None
        Where a sequence's pictures go by themselves; else they are in a file.
    """

    segments: Store
    store: Store
    key: str
    settings: Settings
    metadata: Mapping[str, str]
    check: Callable[[], None]
    check_size: Callable[[int], None]
    subtitles: Subtitles | None = None
    first: int = 0
    folder: Path | None = None


def join_in_file(
    plan: MoviePlan,
    parts: Sequence[tuple[str, int]],
    sound: Path | None,
    on_bytes: OnBytes,
    on_joined: Callable[[], None],
) -> Movie:
    """Join segments in a file, and publish it.

    Parameters
    ----------
    parts : sequence of (str, int)
        Keys and numbers of frames, in the film's order.
    on_bytes : function
        Is told how much of the movie is uploaded.
    on_joined : function
        Called when it is whole, and is published next.

    Raises
    ------
    UnusableSegmentError, MissingObjectError
        If a segment is damaged or gone.
    """
    settings = plan.settings
    if plan.folder is not None:
        return _publish_folder(plan, plan.folder, parts, on_joined)
    with plan.store.writing(plan.key, on_bytes=on_bytes) as path:
        if settings.is_image:
            _write_image(plan, parts, path)
        elif settings.is_sequence:
            with SegmentFiles(plan.segments, ranges=False) as files, blamed(lambda _: files.reading):
                write_zip(files.parts(parts), path, settings, plan.first, lambda size: _look(plan, size))
        else:
            with SegmentFiles(plan.segments, ranges=False) as files, blamed(lambda _: files.reading):
                join_movie(files.parts(parts), path, settings, sound, lambda _: plan.check(), plan.metadata)
            if plan.subtitles is not None:
                add_subtitle_track(path, plan.subtitles.cues, plan.subtitles.language)
        size = path.stat().st_size
        plan.check_size(size)
        on_joined()
    return Movie(plan.store, plan.key, size)


def _publish_folder(
    plan: MoviePlan, folder: Path, parts: Sequence[tuple[str, int]], on_joined: Callable[[], None]
) -> Movie:
    size, names = 0, plan.settings.picture_names or ""

    def on_picture(size_bytes: int) -> None:
        nonlocal size
        size = size_bytes
        _look(plan, size_bytes)

    with writing_folder(folder, lambda name: is_named_so(names, name)) as made:
        with SegmentFiles(plan.segments, ranges=False) as files, blamed(lambda _: files.reading):
            write_pictures(files.parts(parts), made, plan.settings, plan.first, on_picture)
        on_joined()
    return Movie(plan.store, plan.key, size)


def _look(plan: MoviePlan, size_bytes: int) -> None:
    plan.check()
    plan.check_size(size_bytes)


def publish_sound(plan: MoviePlan, sound: Path, on_bytes: OnBytes) -> Movie:
    """Publish a sound track as a file of its own; `sound` is left as it is."""
    with plan.store.writing(plan.key, on_bytes=on_bytes) as path:
        size = sound.stat().st_size
        plan.check_size(size)
        shutil.copyfile(sound, path)
    return Movie(plan.store, plan.key, size)


def _write_image(plan: MoviePlan, parts: Sequence[tuple[str, int]], target: Path) -> None:
    keys = [key for key, _ in parts]
    paths = list(map(str, plan.segments.local_all(keys)))
    segments = [SegmentPart(path, frames) for path, (_, frames) in zip(paths, parts, strict=True)]
    with blamed(dict(zip(paths, keys, strict=True)).__getitem__):
        write = write_gif if plan.settings.format == "gif" else write_animation
        write(segments, target, plan.settings, lambda _: plan.check(), plan.metadata)


def begin_stream(plan: MoviePlan, track: ComingTrack | None) -> StreamedJoin | None:
    """Begin to send a movie whose segments are still to come; None where that can't be.

    Parameters
    ----------
    track : ComingTrack or None
        The sound track; the movie is begun as soon as its first packets are there.
    """
    if not plan.store.is_remote or not can_stream(plan.settings) or plan.subtitles is not None:
        return None
    upload = plan.store.assemble(plan.key)
    if upload is None:
        _log.info("%s is joined in a file: its store takes no parts of unequal size", plan.key)
        return None
    return StreamedJoin(plan, track, upload)


class StreamedJoin:
    """A movie that is sent while its segments come; made by `begin_stream`.

    It ends exactly once: with `finish`, after which the movie is there, or with
    `abandon`, after which nothing is.
    """

    def __init__(self, plan: MoviePlan, track: ComingTrack | None, upload: Assembly) -> None:
        self._plan = plan
        self._track = track
        self._upload = upload
        self._offered: queue.SimpleQueue[tuple[str, int] | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="bazaar-join")
        self._movie = self._threads.submit(self._join)
        self._given = False
        self.joined = False
        """Whether all that is left is on its way."""

    def offer(self, key: str, frames: int) -> None:
        """Give the next segment, in the film's order: it is in the store."""
        self._offered.put((key, frames))

    @property
    def sent(self) -> float:
        """The part of what is joined that is in the bucket, from 0 to 1."""
        return self._upload.moved_bytes / max(1, self._upload.size_bytes)

    def finish(self, look: Callable[[], None]) -> Movie:
        """Say that there are no more segments, and give the movie when it is there.

        Parameters
        ----------
        look : function
            Called while this waits.

        Raises
        ------
        UnusableSegmentError, MissingObjectError
            If a segment is damaged or gone.
        StoreError
            If the store doesn't take it.
        """
        self._offered.put(None)
        while not wait([self._movie], _LOOK_S).done:
            look()
        movie = self._movie.result()
        self._given = True
        return movie

    def abandon(self) -> None:
        """Stop, and have nothing left in the bucket; does nothing once `finish` has given the movie."""
        self._stopped.set()
        self._threads.shutdown()
        if not self._given and self._movie.exception() is None:
            self._plan.store.remove(self._plan.key)  # it was faster

    def _join(self) -> Movie:
        plan, upload = self._plan, self._upload
        upload.watch(self._check)
        with ExitStack() as ending:
            ending.callback(upload.abandon)
            sound = None if self._track is None else self._sound(self._track)
            # Bytes are copied within a bucket, not from one to another.
            plain = plan.store == plan.segments and is_plain(plan.settings, sound is not None)
            stream = MovieStream(plan.settings, sound, plan.metadata, pictures=not plain, name=plan.key)
            ending.callback(stream.abandon)
            files = ending.enter_context(SegmentFiles(plan.segments, ranges=plain))
            self._add_all(stream, files, plain)
            front, rest = stream.finish()
            upload.write(rest)
            size = upload.size_bytes + len(front)
            plan.check_size(size)
            self.joined = True
            upload.finish(front)
        return Movie(plan.store, plan.key, size)

    def _sound(self, track: ComingTrack) -> Path | ComingSound:
        while not wait([track.future], _LOOK_S).done:
            self._check()
            if track.spool.has_begun:
                return ComingSound(track.spool, self._check)
        return track.future.result()[0]

    def _add_all(self, stream: MovieStream, files: SegmentFiles, plain: bool) -> None:
        coming: deque[Future[SegmentFile]] = deque()
        ended = False
        while coming or not ended:
            self._check()
            while not ended and len(coming) < AHEAD:
                try:
                    offer = self._offered.get(not coming, _LOOK_S)
                except queue.Empty:
                    break
                ended = offer is None
                if offer is not None:
                    coming.append(files.fetch(*offer))
            if coming:
                self._add(stream, self._wait(coming[0]), plain)
                files.done(coming.popleft())

    def _add(self, stream: MovieStream, file: SegmentFile, plain: bool) -> None:
        with blamed(lambda _: file.key):
            stream.add(file.part)
        if plain:
            self._upload.copy(file.key, file.etag, file.begin, file.stop, file.read)
        else:
            self._upload.write(stream.take())

    def _check(self) -> None:
        if self._stopped.is_set():
            raise RenderCancelledError("the movie is not wanted any more")
        self._plan.check()

    def _wait(self, future: Future[T]) -> T:
        while not wait([future], _LOOK_S).done:
            self._check()
        return future.result()
