"""One answer to each request of a view: errors too, whatever a browser sends."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from bazaar_nb.errors import BazaarError
from bazaar_nb.preview.problem import Problem, problem_of
from bazaar_nb.preview.view import Send
from bazaar_nb.widgets.protocol import error_reply, request_id

_log = logging.getLogger(__name__)


class Asked(Protocol):
    """What every request has."""

    @property
    def id(self) -> int:
        """Counts the view's requests."""

    @property
    def view(self) -> str:
        """Which view asks."""


class UnknownViewError(Exception):
    """A view that isn't open asks for something."""


_R = TypeVar("_R", bound=Asked)


class RequestHandler(Generic[_R]):
    """Answers requests: those that take no time in the thread in which they come, the others in threads.

    Parameters
    ----------
    send : callable
        Sends content and buffers to the browser; called from any thread.
    read : callable
        Makes a request of what came, or raises `msgspec.ValidationError`.
    at_once : tuple of types
        Requests that take no time.
    hands : ThreadPoolExecutor
        Does the others: the thread in which a browser is heard must stay free.
    """

    def __init__(
        self,
        send: Send,
        read: Callable[[object], _R],
        at_once: tuple[type, ...],
        hands: ThreadPoolExecutor,
    ) -> None:
        self._send = send
        self._read = read
        self._at_once = at_once
        self._hands = hands

    def handle(self, content: object, buffers: object = None) -> None:
        """Take a message from the browser; never raises."""
        view = content.get("view") if isinstance(content, dict) else None
        try:
            if buffers:
                raise msgspec.ValidationError("a request has no buffers")  # noqa: TRY301
            request = self._read(content)
        except (msgspec.ValidationError, TypeError, ValueError, RecursionError) as error:
            problem = Problem(code="invalid", message=f"not a request: {error}"[:300])
            self._send(error_reply(request_id(content), view, problem), [])
            return
        if isinstance(request, self._at_once):
            self._serve(request)
            return
        try:
            self._hands.submit(self._serve, request)
        except RuntimeError:
            self._refuse(request, "closed", "the kernel is shutting down")

    def _answer(self, request: _R) -> tuple[dict[str, Any], list[bytes]]:
        """Give a reply's fields and buffers, or raise."""
        raise NotImplementedError

    def _answered(self, request: _R) -> None:
        """Go on after a reply was sent."""

    def _serve(self, request: _R) -> None:
        try:
            fields, buffers = self._answer(request)
        except UnknownViewError:
            self._refuse(request, "unknown-view", "this view is not open any more")
        except BazaarError as error:
            message = msgspec.structs.replace(problem_of(error), code="refused")
            self._send(error_reply(request.id, request.view, message), [])
        except Exception as error:
            _log.exception("%s could not answer %r", type(self).__name__, type(request).__name__)
            self._send(error_reply(request.id, request.view, problem_of(error)), [])
        else:
            self._send({"kind": "reply", "id": request.id, "view": request.view, **fields}, buffers)
            self._answered(request)

    def _refuse(self, request: _R, code: str, message: str) -> None:
        self._send(error_reply(request.id, request.view, Problem(code=code, message=message)), [])
