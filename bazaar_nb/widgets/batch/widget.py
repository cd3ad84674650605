"""The view of a batch: one progress of all films, and a picture of each of the newest."""

from __future__ import annotations

import html
from typing import ClassVar

import traitlets as t

from bazaar_nb.batches.batch import Batch
from bazaar_nb.widgets.batch.facts import saved_line
from bazaar_nb.widgets.batch.requests import BatchRequests
from bazaar_nb.widgets.bundle import bundled, loader
from bazaar_nb.widgets.display_names import plain
from bazaar_nb.widgets.message_widget import MessageWidget


class BatchView(MessageWidget):
    """How far a batch is, what is finished and what went wrong; it can be cancelled here.

    Attributes
    ----------
    saved : str
        What a notebook keeps of it.
    """

    _bundle = "batch.js"
    _esm: ClassVar[str] = loader("batch.js")
    _css: ClassVar[str] = bundled("batch.css")

    title = t.Unicode("").tag(sync=True)
    saved = t.Unicode("").tag(sync=True)

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        super().__init__(title=plain(f"Films of {batch.name}()"), saved=saved_line(batch))
        self._requests = BatchRequests(self._send_out, batch)
        batch.on_end(self._keep)

    def _keep(self) -> None:
        self.saved = saved_line(self._batch)
        self._show_saved()

    def _saved(self) -> tuple[str, list[str]]:
        line = f"{self.title}: {self.saved}"
        return f"<p>{html.escape(line)}</p>", [line]

    def __repr__(self) -> str:
        return f"<BatchView of {self._batch!r}>"
