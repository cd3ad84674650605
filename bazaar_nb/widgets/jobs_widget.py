"""What the export panel and the view of one job have in common: a widget whose state lives in a desk."""

from __future__ import annotations

import html
import logging
import secrets
from typing import Any, ClassVar

import anywidget
import traitlets as t

from bazaar_nb.live import has_notebook
from bazaar_nb.render.job import Job
from bazaar_nb.render.queue import Queue
from bazaar_nb.widgets.bundle import answer_code, bundled, check_bundle, loader
from bazaar_nb.widgets.desk import Desk
from bazaar_nb.widgets.job_facts import saved_facts
from bazaar_nb.widgets.offers import ExportForm
from bazaar_nb.widgets.plain import plain
from bazaar_nb.widgets.poster import HIDE_MISSING
from bazaar_nb.widgets.shells import answer_while_busy

_log = logging.getLogger(__name__)
_MOST_SAVED = 5


class JobsWidget(anywidget.AnyWidget):
    """A view of jobs; made as `ExportPanel` or `JobView`.

    Attributes
    ----------
    saved : list of dict
        What a notebook keeps of the newest jobs: name, status and a line about each; no links, no paths.
    """

    _esm: ClassVar[str] = loader("panel.js")
    _css: ClassVar[str] = bundled("panel.css")

    title = t.Unicode("").tag(sync=True)
    saved: t.List[dict[str, str]] = t.List([]).tag(sync=True)
    fallback = t.Unicode("").tag(sync=True)

    def __init__(
        self, title: str, queue: Queue, form: ExportForm | None = None, only: Job | None = None
    ) -> None:
        check_bundle()
        self._desk: Desk | None = None
        self._shown = False
        super().__init__(title=plain(title), fallback=secrets.token_hex(8))
        answer_while_busy(self.comm)
        self.on_msg(self._take)
        self._desk = Desk(self._send_out, queue, self._keep, form, only)
        self._keep()

    def close(self) -> None:
        """Take it away wherever it is shown; the jobs go on."""
        desk, self._desk = getattr(self, "_desk", None), None
        if desk is not None:
            desk.close()
            self.layout.close()
        super().close()

    def set_state(self, sync_data: Any) -> None:
        """Take nothing from the browser: what it wants it asks for."""

    def _ipython_display_(self) -> None:
        """Display what stays without a kernel, and the live view, which hides that."""
        if not has_notebook():
            print(repr(self))
            return
        from IPython.display import display

        self._shown = True
        display(self._saved_bundle(), raw=True, display_id=self.fallback)  # type: ignore[no-untyped-call]
        bundle, _ = self._repr_mimebundle_() or ({}, {})
        bundle.pop("text/plain", None)
        display(bundle, raw=True)  # type: ignore[no-untyped-call]

    def _keep(self) -> None:
        """Keep for the notebook how the jobs are, whenever one comes, begins or ends."""
        desk = self._desk
        if desk is None:
            return
        saved = [saved_facts(job) for job in desk.jobs()[:_MOST_SAVED]]
        if saved == self.saved:
            return
        self.saved = saved
        if self._shown:
            from IPython.display import update_display

            update_display(self._saved_bundle(), raw=True, display_id=self.fallback)  # type: ignore[no-untyped-call]

    def _saved_bundle(self) -> dict[str, str]:
        lines = [f"{one['name']}: {one['status']} ({one['about']})" for one in self.saved]
        items = "".join(f"<li>{html.escape(line)}</li>" for line in lines) or "<li>nothing exported yet</li>"
        shown = f"<p>{html.escape(self.title)}</p><ul>{items}</ul>"
        return {
            "text/html": f'<div class="bazaar-fallback bazaar-fallback-{self.fallback}">'
            f"<style>{HIDE_MISSING}</style>{shown}</div>",
            "text/plain": "\n".join([self.title, *lines]),
        }

    def _handle_msg(self, msg: Any) -> None:
        content = msg.get("content") if isinstance(msg, dict) else None
        data = content.get("data") if isinstance(content, dict) else None
        if isinstance(data, dict) and isinstance(data.get("method"), str):
            super()._handle_msg({"buffers": [], **msg})
        else:
            _log.warning("a view of jobs got a message that it can't read")

    def _take(self, _: object, content: object, buffers: object) -> None:
        code = answer_code(content, "panel.js")
        if code is not None:
            self._send_out(*code)
        elif self._desk is not None:
            self._desk.handle(content, buffers)

    def _send_out(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        if self.comm is not None:
            self.send(content, buffers)
