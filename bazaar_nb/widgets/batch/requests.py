"""What all views of a batch see: how far it is, as it goes on, and pictures of the newest films."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bazaar_nb.batches.batch import Batch, FinishedFilm
from bazaar_nb.errors import BazaarError, InvalidValueError
from bazaar_nb.preview.drawing import FrameDrawer
from bazaar_nb.preview.view import Send
from bazaar_nb.widgets.batch.facts import batch_facts
from bazaar_nb.widgets.batch.protocol import Alive, Cancel, Close, Open, Request, read_request
from bazaar_nb.widgets.request_handler import RequestHandler, UnknownViewError

_LEASE_S = 150.0  # a browser lets a hidden page speak once a minute
_EVERY_S = 0.2
_PICTURE_EVERY_S = 0.5  # a picture costs what a frame does, and there is no end of films
_LONG_SIDE = 160

_hands = ThreadPoolExecutor(2, "bazaar-batch-view")


class BatchRequests(RequestHandler[Request]):
    """A batch, watched by a thread of its own until it ends.

    Parameters
    ----------
    send : callable
        Sends content and buffers to the browser; called from any thread.
    """

    def __init__(self, send: Send, batch: Batch) -> None:
        super().__init__(send, read_request, (Alive, Close, Cancel), _hands)
        self._batch = batch
        self._views: dict[str, float] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._pictures: dict[int, bytes] = {}
        self._drawer = FrameDrawer()
        self._drawing = threading.Lock()  # which one thread at a time may use
        self._drawn_at = 0.0
        self._was_opened = False
        threading.Thread(target=self._watch, name="bazaar-batch-watch", daemon=True).start()

    def close(self) -> None:
        """Push nothing any more; the batch goes on."""
        self._closing.set()
        with self._lock:
            self._views.clear()

    def _answer(self, request: Request) -> tuple[dict[str, Any], list[bytes]]:
        if isinstance(request, Open):
            if self._closing.is_set():
                raise InvalidValueError("this view was closed")
            with self._lock:
                self._views[request.view] = time.monotonic()
                self._was_opened = True
            return {"batch": batch_facts(self._batch)}, []
        with self._lock:
            if isinstance(request, Close):
                self._views.pop(request.view, None)
                return {}, []
            if request.view not in self._views:
                raise UnknownViewError
            self._views[request.view] = time.monotonic()
        if isinstance(request, Cancel):
            self._batch.cancel()
        return {}, []

    def _answered(self, request: Request) -> None:
        if isinstance(request, Open):
            for number, picture in sorted(self._pictures.items()):
                self._push({"kind": "picture", "number": number}, picture)
            if self._batch.done:
                self._draw_rest()

    def _watch(self) -> None:
        told: dict[str, Any] = {}
        while not self._closing.is_set():
            ended = self._batch.done
            facts = batch_facts(self._batch)
            if facts != told:
                told = facts
                self._push({"kind": "batch", "batch": facts})
            if ended:
                self._draw_rest()
                return
            if time.monotonic() - self._drawn_at > _PICTURE_EVERY_S and self._someone_looks():
                self._draw_next()
            self._closing.wait(_EVERY_S)

    def _draw_rest(self) -> None:
        """Draw what has no picture yet, as long as somebody looks."""
        while not self._closing.is_set() and self._someone_looks() and self._draw_next():
            pass

    def _draw_next(self) -> bool:
        """Draw the newest film that has no picture yet; tell whether there was one."""
        with self._drawing:
            shown = {film.number: film for film in tuple(self._batch.finished)}
            self._pictures = {number: one for number, one in self._pictures.items() if number in shown}
            film = next((shown[number] for number in reversed(shown) if number not in self._pictures), None)
            if film is None:
                return False
            picture = self._pictures[film.number] = self._draw(film)
            self._drawn_at = time.monotonic()
        self._push({"kind": "picture", "number": film.number}, picture)
        return True

    def _draw(self, film: FinishedFilm) -> bytes:
        request = film.request
        scale = _LONG_SIDE / max(request.film.width, request.film.height)
        size = (max(1, round(request.film.width * scale)), max(1, round(request.film.height * scale)))
        try:
            return self._drawer.picture(request.film, (request.first + request.stop) // 2, size, "jpeg")
        except BazaarError:
            return b""

    def _someone_looks(self) -> bool:
        now = time.monotonic()
        with self._lock:
            self._views = {view: heard for view, heard in self._views.items() if now - heard < _LEASE_S}
            return bool(self._views)

    def _push(self, content: dict[str, Any], *buffers: bytes) -> None:
        # Before a view is heard, too: a kernel that runs the batch's cell may not hear it till the end.
        if not self._closing.is_set() and (self._someone_looks() or not self._was_opened):
            self._send(content, list(buffers))
