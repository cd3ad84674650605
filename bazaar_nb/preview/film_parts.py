"""A film as its players see it: cut into parts, each known by what it shows.

Whether a part still shows what it did is found by evaluating its frames, which
is cheap; only what changed is drawn and encoded again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.draw.clip_frames import DecodedPicture
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.media.alpha import Areas
from bazaar_nb.media.segment import encode_segment
from bazaar_nb.media.settings import Settings
from bazaar_nb.preview.checkerboard import put_on_checkerboard
from bazaar_nb.preview.drawing import FrameDrawer
from bazaar_nb.preview.segmentation import (
    SoundCodec,
    VideoCodec,
    preview_edges,
    preview_settings,
    preview_size,
)
from bazaar_nb.preview.sound import SoundMix, sound_name
from bazaar_nb.render.film_sounds import are_same, expected_clips, heard_sounds, known_clips, within
from bazaar_nb.render.segment_key import frame_runs, segment_key
from bazaar_nb.scene.clip_sounds import ClipRun, ClipSounds, joined
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.function_registry import one_pass
from bazaar_nb.scene.repeatability import Kind, Repeats, kinds_at
from bazaar_nb.scene.sound import Sound
from bazaar_nb.scene.tree import FrameTree
from bazaar_nb.sources.fetching import fetched_file
from bazaar_nb.sources.finding import Finder
from bazaar_nb.values.addresses import is_address

_CACHE_BYTES = 192 << 20


class PartCache:
    """Encoded parts by the hash of what they show; those not asked for longest go first."""

    def __init__(self, limit_bytes: int = _CACHE_BYTES) -> None:
        self._limit = limit_bytes
        self._parts: OrderedDict[str, bytes] = OrderedDict()
        self.size_bytes = 0

    def get(self, key: str) -> bytes | None:
        """Give a part if it is there."""
        data = self._parts.get(key)
        if data is not None:
            self._parts.move_to_end(key)
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep a part."""
        if key in self._parts:
            return
        self._parts[key] = data
        self.size_bytes += len(data)
        while self.size_bytes > self._limit and len(self._parts) > 1:
            _, old = self._parts.popitem(last=False)
            self.size_bytes -= len(old)


@dataclass(slots=True)
class _Seen:
    """What a part showed when its frames were evaluated last."""

    epoch: int
    key: str
    digests: tuple[bytes, ...]


@dataclass(slots=True)
class FilmParts:
    """One film at one preview size.

    Attributes
    ----------
    film : composition
        As it is now; it does not follow edits by itself.
    on_complete : callable
        Called with the film and its parts, each with its number of frames, when all of it has been made.
    on_sound : callable
        Called when frames turned out to have other clips than was known: `sound_name` is another one.
    generation : int
        Counts the films that these parts were cut from.
    epoch : int
        Counts the moments at which any frame may have changed.
    edges : tuple of int
        Part i is frames ``edges[i]`` to ``edges[i + 1]``.
    size : tuple of (int, int)
        Of the pictures, in pixels.
    sound_name : str or None
        Changes when the sound may; None for a silent film.
    """

    film: Film
    scale: float
    on_complete: Callable[[Film, list[tuple[bytes, int]]], None] | None = None
    on_sound: Callable[[], None] | None = None
    generation: int = 0
    epoch: int = 0
    edges: tuple[int, ...] = ()
    size: tuple[int, int] = (0, 0)
    _seen: dict[tuple[VideoCodec, int], _Seen] = field(default_factory=dict)
    _failed: dict[int, tuple[int, BaseException]] = field(default_factory=dict)
    _settings: dict[VideoCodec, Settings] = field(default_factory=dict)
    _mixes: dict[SoundCodec, SoundMix] = field(default_factory=dict)
    sound_name: str | None = None
    _sounds: tuple[Sound, ...] = ()
    _clips: tuple[ClipRun, ...] = ()
    _asked: bool = False
    _awaits_clips: bool = False  # whether some are on their way: their sound is not known
    _find: Finder = field(default_factory=lambda: Finder(fetches=False))
    _complete: str = ""
    _repeated: set[Kind] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._lay_out()

    def show(self, film: Film) -> bool:
        """Take another film, or the same after an edit; tell whether it is cut as before."""
        before = (self.edges, self.size, self.film.fps)
        self.film = film
        self.generation += 1
        self.epoch += 1
        self._settings.clear()
        self._lay_out()
        same = before == (self.edges, self.size, film.fps)
        if not same:
            self._seen.clear()
            self._failed.clear()
        return same

    def _lay_out(self) -> None:
        self.edges = preview_edges(self.film)
        self.size = preview_size(self.film.width, self.film.height, self.scale)
        self._clips = known_clips(self.film)
        self._asked = False
        self._set_sounds()

    def _set_sounds(self) -> bool:
        """Find out what is heard; tell whether that has changed."""
        film = self.film
        self._sounds = heard_sounds(film, self._clips, self._find)
        self._awaits_clips = any(
            is_address(run.clip.source) and fetched_file(run.clip.source) is None for run in self._clips
        )
        name = sound_name(self._sounds, film.duration, film.loudness)
        if name == self.sound_name:
            return False
        self.sound_name = name
        self.close()
        return True

    def _ask_for_clips(self) -> None:
        """Find out which clips scenes show, once a film: after its first part, which is wanted soon."""
        if self._asked:
            return
        self._asked = True
        self._clips = expected_clips(self.film)
        if self._set_sounds() and self.on_sound is not None:
            self.on_sound()

    def _hear(self, first: int, stop: int, heard: list[ClipRun]) -> None:
        """Take note of the clips that a part shows, if other ones were expected there."""
        if are_same(within(self._clips, first, stop), heard):
            if self._awaits_clips and self._set_sounds() and self.on_sound is not None:
                self.on_sound()
            return
        before, after = within(self._clips, 0, first), within(self._clips, stop, self.film.frames)
        self._clips = tuple(joined([*before, *heard, *after]))
        if self._set_sounds() and self.on_sound is not None:
            self.on_sound()

    def sound_is_new(self) -> bool:
        """Tell whether a file of the sound has changed since the film was taken."""
        return sound_name(self._sounds, self.film.duration, self.film.loudness) != self.sound_name

    def mix(self, codec: SoundCodec, on_change: Callable[[], None]) -> SoundMix | None:
        """Give the film's sound, which is mixed as somebody wants it; None for a silent film."""
        if self.sound_name is None:
            return None
        if codec not in self._mixes:
            self._mixes[codec] = SoundMix(
                self._sounds,
                self.film.duration,
                codec,
                on_change,
                loudness=self.film.loudness,
                fetches=self.film.fetches,
            )
        return self._mixes[codec]

    def close(self) -> None:
        """Mix no more."""
        for mix in self._mixes.values():
            mix.stop()
        self._mixes.clear()

    @property
    def parts(self) -> int:
        """How many parts the film has."""
        return len(self.edges) - 1

    def part_at(self, frame: int) -> int:
        """Give the part that a frame is in."""
        return int(np.searchsorted(self.edges, frame, side="right")) - 1

    def key(self, codec: VideoCodec, part: int) -> str | None:
        """Give what a part shows, if that is known to be so now."""
        seen = self._seen.get((codec, part))
        return seen.key if seen is not None and seen.epoch == self.epoch else None

    def failure(self, part: int) -> BaseException | None:
        """Give why a part can't be made, if that is known to be so now."""
        epoch, error = self._failed.get(part, (-1, None))
        return error if epoch == self.epoch else None

    def seen_digest(self, frame: int) -> bytes | None:
        """Give what a frame showed when it was evaluated last."""
        part = self.part_at(frame)
        for (_, number), seen in self._seen.items():
            if number == part:
                return seen.digests[frame - self.edges[part]]
        return None

    def ready(self, part: int, codec: VideoCodec, cache: PartCache) -> bytes | None:
        """Give a part that is known to show what it should, if it is in the cache."""
        key = self.key(codec, part)
        return None if key is None else cache.get(key)

    def tell_complete(self, codec: VideoCodec, cache: PartCache) -> None:
        """Call `on_complete` if all parts are there now, once for each film that they show."""
        keys = [self.key(codec, part) for part in range(self.parts)]
        if self.on_complete is None or None in keys:
            return
        whole = "".join(key or "" for key in keys) + (self.sound_name or "")
        data = [self.ready(part, codec, cache) for part in range(self.parts)]
        if whole == self._complete or None in data:
            return
        self._complete = whole
        frames = [after - before for before, after in pairwise(self.edges)]
        self.on_complete(self.film, [(d or b"", n) for d, n in zip(data, frames, strict=True)])

    def make(
        self,
        part: int,
        codec: VideoCodec,
        drawer: FrameDrawer,
        cache: PartCache,
        folder: Path,
        between: Callable[[], None],
    ) -> bytes:
        """Evaluate a part, and draw and encode it unless it is in the cache.

        Parameters
        ----------
        folder : Path
            For a file that is gone afterwards.
        between : callable
            Called between frames; may raise to stop, what is no `Exception`.

        Raises
        ------
        SceneError, ElementError
            For the first frame that can't be made.
        """
        first, stop = self.edges[part], self.edges[part + 1]
        settings = self._settings_of(codec)
        film, epoch = self.film, self.epoch
        try:
            trees: list[FrameTree] = []
            heard = ClipSounds(film.fps)
            with one_pass():
                for index in range(first, stop):
                    between()
                    trees.append(drawer.tree(film, index, heard))
                self._ask_again(film, (first + stop) // 2, first, trees, drawer)
            packed = [tree.to_msgpack() for tree in trees]
            key = segment_key(settings, frame_runs(packed))
            data = cache.get(key)
            if data is None:
                fresh = [i == 0 or packed[i] != packed[i - 1] for i in range(len(packed))]
                data = self._encode(first, trees, fresh, settings, drawer, folder, between)
                cache.put(key, data)
        except Exception as error:
            self._failed[part] = (epoch, error)
            raise
        self._failed.pop(part, None)
        if film is self.film:
            self._ask_for_clips()
            self._hear(first, stop, heard.runs())
        self._seen[codec, part] = _Seen(epoch, key, tuple(digest(tree) for tree in packed))
        return data

    def _ask_again(
        self, film: Film, index: int, first: int, trees: list[FrameTree], drawer: FrameDrawer
    ) -> None:
        """Ask for a frame twice, unless its scenes were asked so before; warn of those that differ."""
        if kinds_at(film, index) <= self._repeated:
            return
        self._repeated |= kinds_at(film, index)
        repeats = Repeats(film, [index], lambda frame: drawer.tree(film, frame))
        repeats.saw(index, trees[index - first])
        repeats.ask_again()

    def _encode(
        self,
        first: int,
        trees: list[FrameTree],
        fresh: list[bool],
        settings: Settings,
        drawer: FrameDrawer,
        folder: Path,
        between: Callable[[], None],
    ) -> bytes:
        film = self.film
        kept: KeptFrame | None = None
        decoded: DecodedPicture | None = None

        def hand_on(index: int) -> DecodedPicture | None:
            nonlocal decoded
            between()
            if fresh[index]:
                size = settings.width, settings.height
                decoded = drawer.decoded_picture(film, first + index, trees[index], size)
            return decoded

        def draw(index: int, pixels: NDArray[np.uint8]) -> Areas:
            nonlocal kept
            between()
            if not fresh[index]:
                return ()
            if kept is None:  # for the whole part: the pixels are the same in each call
                kept = KeptFrame(np.empty_like(pixels) if film.is_transparent else pixels)
            areas = drawer.redraw(film, first + index, trees[index], kept)
            if film.is_transparent:
                put_on_checkerboard(kept.pixels, pixels, areas)
            return areas

        path = folder / f"part{settings.segment_suffix}"
        try:
            encode_segment(path, settings, len(trees), draw, hand_on=hand_on)
            return path.read_bytes()
        finally:
            path.unlink(missing_ok=True)

    def _settings_of(self, codec: VideoCodec) -> Settings:
        settings = self._settings.get(codec)
        if settings is None:
            settings = self._settings[codec] = preview_settings(self.film, self.size, codec)
        return settings


def digest(packed: bytes) -> bytes:
    """Give 16 bytes that are equal for frames that show the same."""
    return blake2b(packed, digest_size=16).digest()
