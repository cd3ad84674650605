"""What all views of some controls see, and what they change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.preview.view import Send
from bazaar_nb.widgets.controls.facts import control_facts, take_value
from bazaar_nb.widgets.controls.protocol import Alive, Change, Close, Open, Request, read_request
from bazaar_nb.widgets.request_handler import RequestHandler, UnknownViewError

_hands = ThreadPoolExecutor(1, "bazaar-controls")  # has nothing to do: nothing here takes time


class ControlRequests(RequestHandler[Request]):
    """Controls, told to views whenever they change.

    Parameters
    ----------
    send : callable
        Sends content and buffers to the browser.
    controls : mapping of str to widget
        Controls of ipywidgets, by the names of the parameters.
    errors : callable
        Gives what is wrong now, by the names of the parameters.
    """

    def __init__(
        self, send: Send, controls: Mapping[str, Any], errors: Callable[[], Mapping[str, str]]
    ) -> None:
        super().__init__(send, read_request, (Open, Alive, Close, Change), _hands)
        self._controls = controls
        self._errors = errors
        self._views: set[str] = set()
        self._closed = False
        self._lock = threading.RLock()
        self._told = self.facts()
        for control in controls.values():
            control.observe(self._look)

    def facts(self) -> dict[str, dict[str, Any]]:
        """Tell of all controls, by the names of the parameters."""
        errors = self._errors()
        return {
            name: control_facts(name, control, errors.get(name, ""))
            for name, control in self._controls.items()
        }

    def look(self) -> None:
        """Tell the views what has changed."""
        with self._lock:
            before, self._told = self._told, self.facts()
            changed = [facts for name, facts in self._told.items() if facts != before[name]]
            if changed and self._views and not self._closed:
                self._send({"kind": "controls", "controls": changed}, [])

    def close(self) -> None:
        """Push nothing any more; the controls stay."""
        self._closed = True
        for control in self._controls.values():
            control.unobserve(self._look)

    def _look(self, _change: object) -> None:
        self.look()

    def _answer(self, request: Request) -> tuple[dict[str, Any], list[bytes]]:
        with self._lock:
            if isinstance(request, Open):
                if self._closed:
                    raise InvalidValueError("this view was closed")
                self._views.add(request.view)
                return {"controls": list(self._told.values())}, []
            if isinstance(request, Close):
                self._views.discard(request.view)
                return {}, []
            if request.view not in self._views:
                raise UnknownViewError
        if isinstance(request, Change):
            self._change(request)
        return {}, []

    def _change(self, request: Change) -> None:
        control = self._controls.get(request.name)
        if control is None:
            known = ", ".join(self._controls)
            raise InvalidValueError(f"there is no control `{request.name}`: there are {known}")
        take_value(request.name, control, request.value)
