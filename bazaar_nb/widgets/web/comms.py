"""Comms of widgets over WebSockets: what a kernel does for them, without a kernel.

Widgets ask the `comm` package for their comms. Here each of them is told to all pages that are open; a page
that opens later is told what there is. A message to a page is binary: the length of a header in four bytes
(little endian), the header as JSON, and the buffers, whose sizes the header has as ``sizes``. Pages
send JSON.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import comm
from comm.base_comm import BaseComm

_log = logging.getLogger(__name__)

Send = Callable[[bytes], None]


class CommHub:
    """The comms of this process' widgets, and the pages that show them."""

    def __init__(self) -> None:
        self._comms: dict[str, WebComm] = {}
        self._pages: dict[int, Send] = {}
        self._number = 0
        self._page: dict[str, Any] = {}
        self._lock = threading.RLock()

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Have all widgets that are made within the block use this hub."""
        before = comm.create_comm
        comm.create_comm = lambda *args, **kwargs: WebComm(self, *args, **kwargs)
        try:
            yield
        finally:
            comm.create_comm = before

    def join(self, send: Send) -> Callable[[], None]:
        """Take a page: it is told all that there is, and then what changes.

        Parameters
        ----------
        send : callable
            Given a message for the page; from any thread, and in order.

        Returns
        -------
        callable
            Call it when the page is gone.
        """
        with self._lock:
            self._number += 1
            number = self._number
            self._pages[number] = send
            for one in self._comms.values():
                send(_packed({"kind": "open", "comm": one.comm_id, "state": one.state}))
            send(_packed({"kind": "page", **self._page}))

        def leave() -> None:
            with self._lock:
                self._pages.pop(number, None)

        return leave

    @property
    def pages(self) -> int:
        """How many pages are open."""
        return len(self._pages)

    def tell_page(self, **fields: Any) -> None:
        """Tell what pages themselves show: ``title``, ``model``, ``source`` and ``status``."""
        with self._lock:
            self._page.update(fields)
            self.send({"kind": "page", **self._page})

    def take(self, text: str) -> None:
        """Take a message of a page; what can't be read is dropped."""
        try:
            message = json.loads(text)
            found = self._comms.get(message["comm"])
            data = message["data"]
        except (ValueError, KeyError, TypeError, RecursionError):
            _log.warning("a page sent a message that can't be read")
            return
        if found is not None and isinstance(data, dict):
            found.handle_msg({"content": {"data": data}, "buffers": []})

    def send(self, header: dict[str, Any], buffers: Sequence[Any] = ()) -> None:
        """Send a message to all pages."""
        with self._lock:
            pages = list(self._pages.values())
            if pages:
                packed = _packed(header, buffers)
                for page in pages:
                    page(packed)

    def opened(self, one: WebComm) -> None:
        """Take a new comm."""
        with self._lock:
            self._comms[one.comm_id] = one
            self.send({"kind": "open", "comm": one.comm_id, "state": one.state})

    def closed(self, one: WebComm) -> None:
        """Forget a comm."""
        with self._lock:
            if self._comms.pop(one.comm_id, None) is not None:
                self.send({"kind": "close", "comm": one.comm_id})


class WebComm(BaseComm):
    """A widget's comm, whose other end is in pages.

    Attributes
    ----------
    state : dict
        Of the widget, as its pages have it.
    """

    def __init__(self, hub: CommHub, *args: Any, **kwargs: Any) -> None:
        self._hub = hub
        self.state: dict[str, Any] = {}
        super().__init__(*args, **kwargs)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        """Send what the widget says; called by the widget, in any thread."""
        del metadata, keys
        data = data or {}
        if msg_type == "comm_open":
            self.state.update(data.get("state", {}))
            self._hub.opened(self)
        elif msg_type == "comm_close":
            self._hub.closed(self)
        elif data.get("method") in ("update", "echo_update"):
            self.state.update(data.get("state", {}))
            if data["method"] == "update":
                self._hub.send({"kind": "update", "comm": self.comm_id, "state": data["state"]})
        elif data.get("method") == "custom":
            header = {"kind": "custom", "comm": self.comm_id, "content": data["content"]}
            self._hub.send(header, buffers or ())


def _packed(header: dict[str, Any], buffers: Sequence[Any] = ()) -> bytes:
    parts = [bytes(memoryview(one).cast("B")) for one in buffers]
    text = json.dumps({**header, "sizes": [len(part) for part in parts]}, default=str).encode()
    return b"".join((len(text).to_bytes(4, "little"), text, *parts))
