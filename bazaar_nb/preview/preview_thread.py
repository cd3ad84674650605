"""The one thread that makes what all players of this process show.

It serves requests first, also in the middle of a part, and then makes the parts
that playheads will need, the most urgent first; what may wait, as thumbnails may,
comes when no part is needed within a second. It lives while there are views:
nothing is made that nobody looks at.
"""

from __future__ import annotations

import atexit
import logging
import math
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from bazaar_nb.errors import ElementError, SceneError
from bazaar_nb.media.libraries import give_back_memory
from bazaar_nb.preview.drawing import FrameDrawer
from bazaar_nb.preview.film_parts import FilmParts, PartCache, digest
from bazaar_nb.preview.problem import problem_of, sound_problem_of
from bazaar_nb.preview.view import LEASE_S, View
from bazaar_nb.sources.fetching import on_fetched

_log = logging.getLogger(__name__)
_FETCH_WAIT_S = 0.3  # for what is fetched: then it is said that it is on its way, and others have their turn
_PLAYING_TICK_S = 0.25
_IDLE_TICK_S = 5.0
_FAR_S = 2.0  # a part that is needed so much later than another gives way to it
_SOON_S = 1.0  # a part that is needed sooner than this goes before what may wait


class _GivenUp(BaseException):
    """The part that is being made is not what is needed most any more."""


class PreviewThread:
    """Makes pictures, parts and sound for views.

    Attributes
    ----------
    drawer : FrameDrawer
        For the actions that are posted; they run in the preview thread.
    """

    def __init__(self) -> None:
        self.drawer = FrameDrawer(_FETCH_WAIT_S)
        on_fetched(self._look_at_fetched)
        self._cache = PartCache()
        self._views: list[View] = []
        self._actions: deque[Callable[[], None]] = deque()
        self._patient: deque[Callable[[], None]] = deque()
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self._making: tuple[FilmParts, int, int] | None = None  # film, epoch, part
        self._ending = False

    def post(self, action: Callable[[], None], *, may_wait: bool = False) -> None:
        """Have something done in the preview thread, soon. From any thread."""
        with self._turn:
            (self._patient if may_wait else self._actions).append(action)
            self._turn.notify()
            if self._thread is None and not self._ending:
                self._thread = threading.Thread(target=self._work, name="bazaar-preview", daemon=True)
                self._thread.start()

    def end(self) -> None:
        """End the thread, at the end of the process."""
        with self._turn:
            self._ending = True
            self._turn.notify()
            thread = self._thread
        if thread is not None:
            thread.join(timeout=2.0)

    # What follows runs in the preview thread.

    def add(self, view: View) -> None:
        """Take a view; one with the same film and name is replaced."""
        self.remove(view)
        self._views.append(view)

    def remove(self, view: View) -> None:
        """Work no more for a view."""
        self._views = [v for v in self._views if not (v.id == view.id and v.film_parts is view.film_parts)]

    def views_of(self, film_parts: FilmParts) -> list[View]:
        """Give the views of a film."""
        return [view for view in self._views if view.film_parts is film_parts]

    def look_again(self, film_parts: FilmParts) -> None:
        """Find out whether what is on the screens still is what the film shows."""
        for view in self.views_of(film_parts):
            frame = view.playhead(time.monotonic())
            before = film_parts.seen_digest(frame)
            try:
                now = digest(self.drawer.tree(film_parts.film, frame).to_msgpack())
            except (SceneError, ElementError) as error:
                view.push_problem(problem_of(error))
                continue
            if now != before or view.fails:
                view.picture_wanted = True

    def _work(self) -> None:
        with tempfile.TemporaryDirectory(prefix="bazaar-preview-") as folder:
            while True:
                if self._has_nothing():
                    give_back_memory()
                with self._turn:
                    if self._ending or self._has_nothing():
                        self._thread = None
                        return
                try:
                    self._run_actions()
                    if not self._step(Path(folder)):
                        self._rest()
                except _GivenUp:
                    continue
                except Exception:  # a thread that ends would take all players with it
                    _log.exception("a preview could not be made")
                    self._rest()

    def _has_nothing(self) -> bool:
        return not self._actions and not self._patient and not self._views

    def _rest(self) -> None:
        playing = any(view.playing for view in self._views)
        with self._turn:
            if not self._actions and not self._patient and self._views and not self._ending:
                self._turn.wait(_PLAYING_TICK_S if playing else _IDLE_TICK_S)

    def _run_actions(self) -> bool:
        ran = False
        while self._actions:
            self._run(self._actions.popleft())
            ran = True
        return ran

    def _run(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:
            _log.exception("a player's request failed")

    def _between(self) -> None:
        """Serve what came in while a part is made; give the part up if it is in the way."""
        if self._ending:
            raise _GivenUp
        if self._making is None or not (self._actions or self._patient):
            return
        film_parts, epoch, part = self._making
        if self._patient and self._need_s(film_parts, part) >= _SOON_S:
            self._run(self._patient.popleft())
        if not self._run_actions():
            return
        if film_parts.epoch != epoch or any(view.picture_wanted for view in self._views):
            raise _GivenUp
        found = self._find(time.monotonic())
        if found is None:
            raise _GivenUp
        other_s, view, wanted = found
        # The playhead may have gone elsewhere, and so may what is needed.
        if (view.film_parts is not film_parts or wanted != part) and other_s + _FAR_S <= self._need_s(
            film_parts, part
        ):
            raise _GivenUp

    def _need_s(self, film_parts: FilmParts, part: int) -> float:
        """Give in how many seconds a part is on a screen; infinite if none comes there."""
        now = time.monotonic()
        needs = (need for view in self.views_of(film_parts) for need, p in view.wanted(now) if p == part)
        return min(needs, default=math.inf)

    def _step(self, folder: Path) -> bool:
        """Do the one thing that is needed most; tell whether there was one."""
        now = time.monotonic()
        self._views = [view for view in self._views if now - view.heard < LEASE_S]
        for view in self._views:
            if view.picture_wanted:
                self._show_picture(view)
                return True
        self._show_failures(now)
        self._send_sound(now)
        found = self._find(now)
        if self._patient and (found is None or found[0] >= _SOON_S):
            self._run(self._patient.popleft())
            return True
        if found is None:
            for view in self._views:
                if view.video is not None:
                    view.film_parts.tell_complete(view.video, self._cache)
            return False
        _, view, part = found
        film_parts = view.film_parts
        assert view.video is not None
        self._making = (film_parts, film_parts.epoch, part)
        try:
            data = film_parts.ready(part, view.video, self._cache)
            if data is None:
                data = film_parts.make(part, view.video, self.drawer, self._cache, folder, self._between)
        except Exception as error:
            if not isinstance(error, SceneError | ElementError):
                _log.info("part %d could not be made", part, exc_info=True)
            return True  # it knows of it
        finally:
            self._making = None
        for other in self.views_of(film_parts):
            if other.video == view.video and any(p == part for _, p in other.wanted(time.monotonic())):
                self._send_part(other, part, data)
        return True

    def _send_part(self, view: View, part: int, data: bytes) -> None:
        key = view.film_parts.key(view.video, part) if view.video is not None else None
        if key is not None and view.sent.get(part) != key:
            view.sent[part] = key
            view.push("segment", [data], index=part)

    def _send_sound(self, now: float) -> None:
        for view in self._views:
            film_parts = view.film_parts
            mix = film_parts.mix(view.sound, self._look) if view.sound is not None else None
            if mix is None:
                continue
            begin_s, end_s = view.heard_soon(now)
            mix.want(end_s)
            for number, chunk in enumerate(mix.chunks):
                if chunk.end_s > begin_s and chunk.begin_s < end_s and number not in view.sounds_sent:
                    view.sounds_sent.add(number)
                    view.push("sound", [chunk.data], index=number, offset_s=float(chunk.begin_s))
            if mix.error is not None and not view.is_silent:
                view.is_silent = True
                view.push_problem(sound_problem_of(mix.error))

    def _look_at_fetched(self) -> None:
        """Show what is there now, or why it is not. From any thread."""
        if self._views:
            self.post(self._show_fetched)

    def _show_fetched(self) -> None:
        for view in self._views:
            if view.fails:
                view.film_parts.epoch += 1  # what could not be made may be now
                view.picture_wanted = True

    def _look(self) -> None:
        """Look again for what there is to do. From any thread."""
        self.post(_nothing)

    def _find(self, now: float) -> tuple[float, View, int] | None:
        """Give the part that is needed first of all that are missing somewhere, and whose view that is."""
        best: tuple[float, View, int] | None = None
        for view in self._views:
            if view.video is None:
                continue
            for need_s, part in view.wanted(now):
                if best is not None and need_s >= best[0]:
                    break
                if view.film_parts.failure(part) is not None:
                    continue
                key = view.film_parts.key(view.video, part)
                if key is None or view.sent.get(part) != key:
                    best = (need_s, view, part)
                    break
        return best

    def _show_picture(self, view: View) -> None:
        view.picture_wanted = False
        film_parts, frame = view.film_parts, view.playhead(time.monotonic())
        try:
            picture = self.drawer.picture(film_parts.film, frame, film_parts.size, "jpeg")
        except Exception as error:  # whatever a scene may raise
            view.push_problem(problem_of(error))
            return
        view.push("picture", [picture], frame=frame, mime="image/jpeg")
        if view.fails:
            view.push_solved()

    def _show_failures(self, now: float) -> None:
        """Say over the picture why it goes no further, and no longer than it is so."""
        for view in self._views:
            film_parts, frame = view.film_parts, view.playhead(now)
            next_frame = min(frame + 1, film_parts.film.frames - 1)
            error = film_parts.failure(film_parts.part_at(frame)) or film_parts.failure(
                film_parts.part_at(next_frame)
            )
            if error is not None:
                view.push_problem(problem_of(error))
            elif (
                view.fails
                and view.video is not None
                and film_parts.key(view.video, film_parts.part_at(frame)) is not None
            ):
                view.push_solved()


def _nothing() -> None:
    """Be an action that only wakes the preview_thread."""


_preview_thread: PreviewThread | None = None
_lock = threading.Lock()


def preview_thread() -> PreviewThread:
    """Give this process's preview thread."""
    global _preview_thread
    with _lock:
        if _preview_thread is None:
            _preview_thread = PreviewThread()
            atexit.register(_preview_thread.end)
        return _preview_thread
