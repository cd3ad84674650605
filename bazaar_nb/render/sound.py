"""The sound track of a render: mixed and encoded once, kept like a segment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, Self

from bazaar_nb.errors import BazaarError, EncodeError, RenderCancelledError
from bazaar_nb.media.codecs import SoundCodec
from bazaar_nb.media.libraries import give_back_memory
from bazaar_nb.media.packet_spool import PacketSpool
from bazaar_nb.media.sound_file import check_sound
from bazaar_nb.media.sound_silence import without_silence
from bazaar_nb.media.sound_track import (
    DEFAULT_BIT_RATE,
    TRACK_SUFFIX,
    encode_track,
    is_whole_track,
    sound_key,
)
from bazaar_nb.render.film_sounds import (
    are_same,
    expected_clips,
    film_sounds,
    found_sounds,
    heard_sounds,
    within,
)
from bazaar_nb.render.request import RenderRequest
from bazaar_nb.scene.clip_sounds import ClipRun, joined
from bazaar_nb.scene.sound import Sound
from bazaar_nb.scene.time import frames_to_seconds
from bazaar_nb.sources.finding import FindFile
from bazaar_nb.store.file_digests import digest_file
from bazaar_nb.store.key_layout import segment_key_name
from bazaar_nb.store.store import Store
from bazaar_nb.values.addresses import shown_source


def check_sounds(sounds: Sequence[Sound], find: FindFile) -> None:
    """Look at every sound file before anything is rendered.

    Parameters
    ----------
    find : function
        Gives the files of sounds.

    Raises
    ------
    AssetError, InvalidValueError
        For the first that is missing, broken, silent or shorter than its trim.
    """
    for sound, found in zip(sounds, found_sounds(sounds, find), strict=True):
        try:
            check_sound(found)
            without_silence(found)
        except BazaarError as error:
            if sound is found:
                raise
            said = str(error).replace(found.source, shown_source(sound.source))
            raise type(error)(said) from error


def _make_track(
    store: Store,
    sounds: Sequence[Sound],
    codec: SoundCodec,
    duration_s: Fraction,
    begin_s: Fraction,
    end_s: Fraction,
    loudness: float | None,
    check: Callable[[], None],
    spool: PacketSpool | None,
    bit_rate: int,
    tags: Mapping[str, str] | None,
) -> tuple[Path, float]:
    """Give the file of a film's sound track, made now unless it is in the store.

    Parameters
    ----------
    duration_s : Fraction
        Of the whole film.
    begin_s, end_s : Fraction
        The part of it that the movie shows.
    loudness : float or None
        Of the whole film, in LUFS.
    check : function
        Called after each second or so of sound; raises to stop.
    spool : PacketSpool or None
        Gets the packets, unless the track is in the store.
    bit_rate : int
        Bits a second.
    tags : mapping or None
        What the file says of itself, where it is the movie.

    Returns
    -------
    path : Path
    seconds : float
        What it took.
    """
    began = time.perf_counter()
    name = track_key(
        sounds, codec, duration_s, begin_s, end_s, loudness, bit_rate=bit_rate, tags=tags
    )  # fmt: skip
    key = segment_key_name(name, TRACK_SUFFIX[codec].removeprefix("."))
    there = bool(store.claim([key]))
    if there and not is_whole_track(store.local(key), end_s - begin_s):
        store.remove(key)
        there = False
    if not there:
        with store.writing(key, once=True) as path:
            if spool is not None:
                spool.open(path.parent)
            encode_track(
                sounds, duration_s, path, codec, bit_rate,
                begin_s=begin_s, end_s=end_s, loudness=loudness, on_block=check, spool=spool, tags=tags,
            )  # fmt: skip
            if spool is not None:
                spool.end()
        give_back_memory()  # of a long film there is an index of hundreds of thousands of packets
    return store.local(key), time.perf_counter() - began


def track_key(
    sounds: Sequence[Sound],
    codec: SoundCodec,
    duration_s: Fraction,
    begin_s: Fraction,
    end_s: Fraction,
    loudness: float | None = None,
    *,
    bit_rate: int = DEFAULT_BIT_RATE,
    tags: Mapping[str, str] | None = None,
) -> str:
    """Name the sound track of a part of a film by what is heard in it; the files are read for it.

    Raises
    ------
    AssetError
        If one can't be read.
    """
    digests = {sound.source: digest_file(sound.source) for sound in sounds}
    return sound_key(
        sounds, digests, duration_s, codec, bit_rate,
        begin_s=begin_s, end_s=end_s, loudness=loudness, tags=tags,
    )  # fmt: skip


def track_form(request: RenderRequest) -> tuple[int, Mapping[str, str] | None]:
    """Give the bit rate of a render's track, and what it says of itself where it is the movie."""
    if not request.settings.is_sound:
        return DEFAULT_BIT_RATE, None
    return request.settings.bit_rate or DEFAULT_BIT_RATE, request.metadata


class ComingTrack(NamedTuple):
    """A sound track that is being made.

    Attributes
    ----------
    future : future
        Gives the track's file, and the seconds that it took.
    spool : PacketSpool
        Has the packets before that, if they are encoded now and somebody asked for them.
    """

    future: Future[tuple[Path, float]]
    spool: PacketSpool


class SoundTrack:
    """A render's sound track, made in a thread beside its segments.

    It is begun with what is known of the film's sound before; `finish` is told what its frames have shown.

    Parameters
    ----------
    check : function
        Called after each second or so of sound, and while it is waited for; raises to stop.
    find : function
        Gives the files of sounds and clips.
    streamed : bool
        Whether packets are wanted before the track is whole.
    """

    def __init__(
        self, request: RenderRequest, check: Callable[[], None], find: FindFile, *, streamed: bool
    ) -> None:
        self._request = request
        self._find = find
        self._check = check
        self._ended = threading.Event()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="bazaar-sound")
        self._streamed = streamed
        self._known: list[ClipRun] = []
        self._track: ComingTrack | None = None

    def __enter__(self) -> Self:
        request = self._request
        self._known = within(expected_clips(request.film), request.first, request.stop)
        sounds = film_sounds(request.film, self._find)
        if sounds and request.settings.sound_codec is not None:
            self._begin(sounds)
        return self

    def __exit__(self, *raised: object) -> None:
        self._ended.set()
        self._threads.shutdown()
        if self._track is not None:
            self._track.spool.close()

    @property
    def coming(self) -> ComingTrack | None:
        """The track; None where the film is silent, as far as is known."""
        return self._track

    def is_other(self, seen: Iterable[ClipRun]) -> bool:
        """Tell whether frames have shown other clips than was known."""
        return self._request.settings.sound_codec is not None and not are_same(joined(seen), self._known)

    def finish(self, seen: Iterable[ClipRun]) -> tuple[Path | None, float]:
        """Wait for the track; make it anew where frames have shown other clips than was known.

        Parameters
        ----------
        seen : iterable of ClipRun
            Of all frames of the render.

        Returns
        -------
        path : Path or None
            None without any sound.
        seconds : float
            What it took.
        """
        request = self._request
        runs = joined(seen)
        taken_s = 0.0
        if self.is_other(runs):
            sounds = heard_sounds(request.film, runs, self._find)
            taken_s = self._wait()[1]
            if self._track is not None:
                self._track.spool.close()
            self._track, self._known = None, runs
            if sounds:
                check_sounds(sounds, self._find)
                self._begin(sounds)
        path, more_s = self._wait()
        return path, taken_s + more_s

    def _begin(self, sounds: Sequence[Sound]) -> None:
        spool = PacketSpool()
        found = found_sounds(sounds, self._find)
        self._track = ComingTrack(self._threads.submit(self._make, found, spool), spool)

    def _make(self, sounds: Sequence[Sound], spool: PacketSpool) -> tuple[Path, float]:
        request = self._request
        codec = request.settings.sound_codec
        if codec is None:
            raise EncodeError(f"{request.settings.format} has no sound")

        def check() -> None:
            self._check()
            if self._ended.is_set():
                raise RenderCancelledError("the render has ended")

        film = request.film
        begin_s, end_s = (frames_to_seconds(edge, film.fps) for edge in (request.first, request.stop))
        try:
            return _make_track(
                request.store, sounds, codec, film.duration, begin_s, end_s, film.loudness, check,
                spool if self._streamed else None, *track_form(request),
            )  # fmt: skip
        except BaseException:
            spool.end(failed=True)
            raise

    def _wait(self) -> tuple[Path | None, float]:
        if self._track is None:
            return None, 0.0
        while not wait([self._track.future], timeout=0.1).done:
            self._check()
        return self._track.future.result()
