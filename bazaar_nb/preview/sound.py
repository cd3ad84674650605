"""A film's sound for its players: mixed once, from the start, no further than somebody may soon hear."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path

import msgspec

from bazaar_nb.media.sound_chunks import SoundChunk, sound_chunks
from bazaar_nb.preview.segmentation import SoundCodec
from bazaar_nb.render.film_sounds import found_sounds
from bazaar_nb.scene.sound import Sound
from bazaar_nb.sources.finding import Finder


class SoundMix:
    """Mixes in a thread of its own, which ends with the film, with `stop`, or with an error.

    Parameters
    ----------
    on_change : callable
        Called in that thread when there is another chunk, or an error.
    fetches : bool
        Whether addresses may be asked.

    Attributes
    ----------
    chunks : list of SoundChunk
        In order; only ever added to.
    error : Exception or None
        Why there are no more.
    """

    def __init__(
        self,
        sounds: Sequence[Sound],
        duration_s: Fraction,
        codec: SoundCodec,
        on_change: Callable[[], None],
        *,
        fetches: bool = True,
        loudness: float | None = None,
    ) -> None:
        self._find = Finder(fetches=fetches, check=self._check)
        self.chunks: list[SoundChunk] = []
        self.error: Exception | None = None
        self._sounds = tuple(sounds)
        self._duration_s = duration_s
        self._codec = codec
        self._on_change = on_change
        self._loudness = loudness
        self._until_s = 0.0
        self._stopped = False
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None

    def want(self, until_s: float) -> None:
        """Say up to which second of the film somebody may soon listen."""
        with self._turn:
            self._until_s = max(self._until_s, until_s)
            self._turn.notify()
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._mix, name="bazaar-preview-sound", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Mix no more."""
        with self._turn:
            self._stopped = True
            self._turn.notify()

    def _mix(self) -> None:
        try:
            found = found_sounds(self._sounds, self._find)
            for chunk in sound_chunks(
                found, self._duration_s, self._codec, loudness=self._loudness, on_block=self._check
            ):
                self.chunks.append(chunk)
                self._on_change()
                with self._turn:
                    self._turn.wait_for(lambda end=chunk.end_s: self._stopped or end < self._until_s)  # type: ignore[misc]
                    if self._stopped:
                        return
        except _Stopped:
            return
        except Exception as error:  # shown over the picture: nobody waits for this thread
            self.error = error
            self._on_change()

    def _check(self) -> None:
        if self._stopped:
            raise _Stopped


class _Stopped(BaseException):
    """Nobody listens any more."""


def sound_name(sounds: Sequence[Sound], duration_s: Fraction, loudness: float | None = None) -> str | None:
    """Give what changes when a film's sound may: its placements, and the stamps of their files."""
    if not sounds:
        return None
    parts = [msgspec.json.encode([sounds, str(duration_s), loudness])]
    for sound in sounds:
        with suppress(OSError):
            info = Path(sound.source).stat()
            parts.append(b"%d %d" % (info.st_size, info.st_mtime_ns))
    return blake2b(b"\0".join(parts), digest_size=10).hexdigest()
