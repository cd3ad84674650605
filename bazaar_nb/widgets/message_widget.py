"""What panels and dashboards have in common: who answers, and something that a notebook keeps."""

from __future__ import annotations

import logging
import secrets
from typing import Any, ClassVar, Protocol

import anywidget
import traitlets as t

from bazaar_nb.preview.poster import HIDE_MISSING
from bazaar_nb.widgets.bundle import answer_code, check_bundle
from bazaar_nb.widgets.notebook_cells import close_with_comm, has_notebook
from bazaar_nb.widgets.subshells import answer_while_busy

_log = logging.getLogger(__name__)


class MessageHandler(Protocol):
    """Answers what views ask."""

    def handle(self, content: object, buffers: object = None) -> None:
        """Take a message from the browser; never raises."""

    def close(self) -> None:
        """Push nothing any more."""


class MessageWidget(anywidget.AnyWidget):
    """A widget whose views ask for what they show; made as one of its kinds."""

    _bundle: ClassVar[str]
    """The file with its browser side."""

    fallback = t.Unicode("").tag(sync=True)

    def __init__(self, **state: Any) -> None:
        check_bundle()
        self._requests: MessageHandler | None = None
        self._shown = False
        token = secrets.token_hex(16)
        super().__init__(model_id=token, fallback=token, **state)  # by which the browser side finds its model
        answer_while_busy(self.comm)
        close_with_comm(self)
        self.on_msg(self._take)

    def close(self) -> None:
        """Take it away wherever it is shown; what is under way goes on."""
        requests, self._requests = getattr(self, "_requests", None), None
        if requests is not None:
            requests.close()
            self.layout.close()
        super().close()

    def set_state(self, sync_data: Any) -> None:
        """Take nothing from the browser: what it wants it asks for."""

    def _saved(self) -> tuple[str, list[str]]:
        """Give what a notebook keeps for those without a kernel: HTML, and lines of text."""
        raise NotImplementedError

    def _ipython_display_(self) -> None:
        """Display what stays without a kernel, and the live view, which hides that."""
        if not has_notebook():
            print(repr(self))
            return
        from IPython.display import display

        self._shown = True
        display(self._saved_bundle(), raw=True, display_id=self.fallback)  # type: ignore[no-untyped-call]
        bundle, _ = self._repr_mimebundle_() or ({}, {})
        # Where the widget can't be, a notebook would show its text below what stays.
        bundle.pop("text/plain", None)
        display(bundle, raw=True)  # type: ignore[no-untyped-call]

    def _show_saved(self) -> None:
        """Put what is to be kept now into the notebook."""
        if self._shown:
            from IPython.display import update_display

            update_display(self._saved_bundle(), raw=True, display_id=self.fallback)  # type: ignore[no-untyped-call]

    def _saved_bundle(self) -> dict[str, str]:
        shown, lines = self._saved()
        return {
            "text/html": f'<div class="bazaar-fallback bazaar-fallback-{self.fallback}">'
            f"<style>{HIDE_MISSING}</style>{shown}</div>",
            "text/plain": "\n".join(lines),
        }

    def _handle_msg(self, msg: Any) -> None:
        content = msg.get("content") if isinstance(msg, dict) else None
        data = content.get("data") if isinstance(content, dict) else None
        method = data.get("method") if isinstance(data, dict) else None
        if method in ("custom", "request_state"):
            super()._handle_msg({"buffers": [], **msg})
        elif method != "update":  # which `set_state` would not take
            _log.warning("%s got a message that it can't read", type(self).__name__)

    def _take(self, _: object, content: object, buffers: object) -> None:
        code = answer_code(content, self._bundle)
        if code is not None:
            self._send_out(*code)
        elif self._requests is not None:
            self._requests.handle(content, buffers)

    def _send_out(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        if self.comm is not None:
            self.send(content, buffers)
