"""What a player leaves in a notebook for those who open it without a kernel: a poster, then a small video."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from bazaar_nb.media.embed import EmbedPart, embed_video
from bazaar_nb.media.libraries import give_back_memory
from bazaar_nb.media.sound_track import encode_track
from bazaar_nb.preview.poster import fallback_bundle, poster_png
from bazaar_nb.render.film_sounds import film_sounds, found_sounds
from bazaar_nb.scene.film import Film
from bazaar_nb.sources.finding import Finder

_log = logging.getLogger(__name__)
_SOUND_BIT_RATE = 96_000


class _Stopped(Exception):  # noqa: N818  (no error: nobody wants the video any more)
    """The film has changed, or its player is gone."""


class SavedOutput:
    """An output beside the live player, which hides it.

    Parameters
    ----------
    token : str
        Names the output; the player in the browser knows it too.
    budget_bytes : int
        How large the video may be; 0 for none.
    """

    def __init__(self, token: str, budget_bytes: int) -> None:
        self._token = token
        self._budget_bytes = budget_bytes
        self._number = 0
        self._lock = threading.Lock()
        self._shown = False

    def show(self, film: Film) -> None:
        """Display the poster."""
        from IPython.display import display

        bundle = fallback_bundle(film, self._token, poster_png(film))
        self._shown = True
        display(bundle, raw=True, display_id=self._token)  # type: ignore[no-untyped-call]

    def complete(self, film: Film, parts: Sequence[EmbedPart]) -> None:
        """Put a video in the poster's place, from a thread, if it fits the budget."""
        if not self._shown or self._budget_bytes <= 0:
            return
        with self._lock:
            self._number += 1
            number = self._number
        threading.Thread(
            target=self._embed, args=(film, parts, number), name="bazaar-preview-embed", daemon=True
        ).start()

    def stop(self) -> None:
        """Make no more videos."""
        with self._lock:
            self._number += 1

    def _embed(self, film: Film, parts: Sequence[EmbedPart], number: int) -> None:
        def check() -> None:
            if self._number != number:
                raise _Stopped

        try:
            with tempfile.TemporaryDirectory(prefix="bazaar-embed-") as folder:
                sound = None
                find = Finder(fetches=film.fetches, check=check)
                if sounds := found_sounds(film_sounds(film, find), find):
                    sound = Path(folder) / "sound.m4a"
                    encode_track(
                        sounds, film.duration, sound, "aac", _SOUND_BIT_RATE,
                        loudness=film.loudness, on_block=check,
                    )  # fmt: skip
                video = embed_video(parts, film.fps, self._budget_bytes, sound, check)
            check()
            if video is not None:
                self._update(film, video)
        except _Stopped:
            return
        except Exception:  # the poster stays; nobody waits for this thread
            _log.warning("the video for the saved notebook could not be made", exc_info=True)
        finally:
            give_back_memory()

    def _update(self, film: Film, video: bytes) -> None:
        from IPython.display import update_display

        bundle = fallback_bundle(film, self._token, poster_png(film), video)
        update_display(bundle, raw=True, display_id=self._token)  # type: ignore[no-untyped-call]
