"""All views of one player: takes their requests to the preview thread, and answers each exactly once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from bazaar_nb.preview.film_parts import FilmParts
from bazaar_nb.preview.preview_thread import PreviewThread, preview_thread
from bazaar_nb.preview.problem import Problem, problem_of
from bazaar_nb.preview.segmentation import SOUND_MIME, VIDEO_MIME
from bazaar_nb.preview.view import Send, View
from bazaar_nb.scene.film import Film
from bazaar_nb.widgets.player.protocol import (
    Close,
    Engaged,
    Event,
    Export,
    Forget,
    Open,
    Playhead,
    Request,
    Still,
    read_request,
    reply,
)
from bazaar_nb.widgets.protocol import error_reply, request_id

_MAX_PICTURE_PIXELS = 64_000_000
_MAX_VIEWS = 32  # of one player: more are nobody's


class Session:
    """What a player's views see, kept up with its film.

    Parameters
    ----------
    send : callable
        Sends content and buffers to the browser; called from the preview thread too.
    on_event : callable
        Called with the name and the frame of what happens in a view.
    on_engaged : callable
        Called with what was done, the name of the showing and the seconds that were seen of the film.
    on_export : callable
        Makes the export panel, if there is none, and gives the id of its model.
    on_complete : callable
        Called with the film and its parts, each with its number of frames, when all of it has been made.
    """

    def __init__(
        self,
        film: Film,
        scale: float,
        send: Send,
        on_event: Callable[[str, int], None],
        on_engaged: Callable[[Literal["play", "watch"], str, float], None],
        on_export: Callable[[], str],
        on_complete: Callable[[Film, list[tuple[bytes, int]]], None],
    ) -> None:
        self._film = film
        self._version = film.version
        self._film_parts = FilmParts(film.frozen(), scale, on_complete, self._change_sound)
        self._send = send
        self._on_event = on_event
        self._on_engaged = on_engaged
        self._on_export = on_export
        self._preview_thread: PreviewThread = preview_thread()
        self._closed = False
        self._problem: Problem | None = None
        self._shown = True
        self._lock = threading.Lock()

    def handle(self, content: object, buffers: object = None) -> None:
        """Take a message from the browser; never raises."""
        view = content.get("view") if isinstance(content, dict) else None
        try:
            if buffers:
                raise msgspec.ValidationError("a request has no buffers")  # noqa: TRY301
            request = read_request(content)
        except (msgspec.ValidationError, TypeError, ValueError, RecursionError) as error:
            problem = Problem(code="invalid", message=f"not a request: {error}"[:300])
            self._answer(error_reply(request_id(content), view, problem))
            return
        if isinstance(request, Event):
            self._on_event(request.name, request.frame)
            self._answer(reply(request))
            return
        if isinstance(request, Engaged):
            self._on_engaged(request.what, request.showing, request.seen_s)
            self._answer(reply(request))
            return
        if isinstance(request, Export):
            self._export(request)
            return
        self._preview_thread.post(
            lambda: self._serve(request), may_wait=isinstance(request, Still) and request.idle
        )

    def show(self, film: Film) -> None:
        """Show another film; of films that come faster than they can be shown only the last."""
        with self._lock:
            self._film = film
            waiting, self._shown = not self._shown, False
        if not waiting:
            self._preview_thread.post(self._show)

    def refresh(self) -> None:
        """Show what has changed in the film, or in anything that its scenes look at."""
        self._preview_thread.post(self._refresh)

    def show_problem(self, problem: Problem | None) -> None:
        """Say in all views that there is no film to show, or with None that there is one again."""
        self._preview_thread.post(lambda: self._set_problem(problem))

    def close(self) -> None:
        """Forget all views."""
        self._closed = True
        self._preview_thread.post(self._close)

    def _export(self, request: Export) -> None:
        try:
            self._answer(reply(request, panel=self._on_export()))
        except Exception as error:
            self._answer(error_reply(request.id, request.view, problem_of(error)))

    # What follows runs in the preview thread.

    def _serve(self, request: Request) -> None:
        try:
            self._answer_one(request)
        except Exception as error:  # also what a scene raises in a still
            self._answer(error_reply(request.id, request.view, problem_of(error)))

    def _answer_one(self, request: Request) -> None:
        if isinstance(request, Open):
            self._open(request)
            return
        view = next(
            (v for v in self._preview_thread.views_of(self._film_parts) if v.id == request.view), None
        )
        if isinstance(request, Close):
            if view is not None:
                self._preview_thread.remove(view)
            if not self._preview_thread.views_of(self._film_parts):
                self._film_parts.close()
            self._answer(reply(request))
            return
        if view is None:
            problem = Problem(code="unknown-view", message="this view is not open any more")
            self._answer(error_reply(request.id, request.view, problem))
            return
        view.heard = time.monotonic()
        if isinstance(request, Playhead):
            view.report(request.frame, request.playing, request.rate)
        elif isinstance(request, Forget):
            for number in request.segments:
                view.sent.pop(number, None)
            view.sounds_sent.difference_update(request.sounds)
        elif isinstance(request, Still):
            self._still(request)
            return
        self._answer(reply(request))

    def _open(self, request: Open) -> None:
        if self._closed:
            problem = Problem(code="closed", message="this player was closed")
            self._answer(error_reply(request.id, request.view, problem))
            return
        views = self._preview_thread.views_of(self._film_parts)
        if len(views) >= _MAX_VIEWS and all(view.id != request.view for view in views):
            problem = Problem(code="invalid", message=f"this player has {len(views)} views already")
            self._answer(error_reply(request.id, request.view, problem))
            return
        view = View(
            id=request.view,
            film_parts=self._film_parts,
            send=self._answer,
            video=request.video[0] if request.video else None,
            sound=request.sound[0] if request.sound and request.video else None,
            frame=min(request.frame, self._film_parts.film.frames - 1),
        )
        self._preview_thread.add(view)
        self._answer(reply(request, film=self._film_info(view)))
        if self._problem is not None:
            view.hold_problem(self._problem)

    def _still(self, request: Still) -> None:
        film = self._film_parts.film
        if request.frame >= film.frames:
            message = f"frame {request.frame} is not in the film: it has frames 0 to {film.frames - 1}"
            problem = Problem(code="invalid", message=message)
            self._answer(error_reply(request.id, request.view, problem))
            return
        height = max(1, round(request.width * film.height / film.width))
        if request.width * height > _MAX_PICTURE_PIXELS:
            problem = Problem(code="invalid", message=f"a still of {request.width}x{height} is too large")
            self._answer(error_reply(request.id, request.view, problem))
            return
        picture = self._preview_thread.drawer.picture(
            film, request.frame, (request.width, height), request.format
        )
        fields = {"frame": request.frame, "generation": self._film_parts.generation}
        self._answer(reply(request, **fields, mime=f"image/{request.format}"), [picture])

    def _show(self) -> None:
        with self._lock:
            following, self._shown = self._film, True
        film_parts, sound = self._film_parts, self._film_parts.sound_name
        self._version = following.version
        film = following.frozen()
        same_cuts = film_parts.show(film)
        self._problem = None
        for view in self._preview_thread.views_of(film_parts):
            view.hold_problem(None)
            view.frame = min(view.frame, film.frames - 1)
            if not same_cuts:
                view.sent.clear()
                view.picture_wanted = True
            if film_parts.sound_name != sound:
                view.forget_sound()
            view.push("film", film=self._film_info(view))
        self._preview_thread.look_again(film_parts)

    def _change_sound(self) -> None:
        """Tell the views that frames have clips whose sound was not known. In the preview thread."""
        for view in self._preview_thread.views_of(self._film_parts):
            view.forget_sound()
            view.push("film", film=self._film_info(view))

    def _refresh(self) -> None:
        if self._film.version != self._version or self._film_parts.sound_is_new():
            self._show()
        else:
            self._film_parts.epoch += 1
            self._preview_thread.look_again(self._film_parts)

    def _set_problem(self, problem: Problem | None) -> None:
        self._problem = problem
        for view in self._preview_thread.views_of(self._film_parts):
            view.hold_problem(problem)

    def _close(self) -> None:
        for view in self._preview_thread.views_of(self._film_parts):
            self._preview_thread.remove(view)
        self._film_parts.close()

    def _film_info(self, view: View) -> dict[str, Any]:
        film_parts, film = self._film_parts, self._film_parts.film
        sound = None if film_parts.sound_name is None else view.sound
        return {
            "generation": film_parts.generation,
            "name": film.name,
            "frames": film.frames,
            "fps": [film.fps.numerator, film.fps.denominator],
            "width": film.width,
            "height": film.height,
            "preview": list(film_parts.size),
            "marks": [[mark.name, mark.start, mark.stop] for mark in film.marks],
            "edges": list(film_parts.edges),
            "video_mime": VIDEO_MIME[view.video] if view.video is not None else None,
            "sound_mime": SOUND_MIME[sound] if sound is not None else None,
            "sound_key": film_parts.sound_name if sound is not None else None,
        }

    def _answer(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        if not self._closed or content["kind"] in ("reply", "error"):
            self._send(content, buffers or [])
