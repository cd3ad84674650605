"""What the export panel and the view of one job have in common."""

from __future__ import annotations

import html
from typing import ClassVar

import traitlets as t

from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.queue import Queue
from bazaar_nb.widgets.bundle import bundled, loader
from bazaar_nb.widgets.display_names import plain
from bazaar_nb.widgets.message_widget import MessageWidget
from bazaar_nb.widgets.panel.export_form import ExportForm
from bazaar_nb.widgets.panel.job_facts import saved_facts
from bazaar_nb.widgets.panel.requests import JobRequests

_MOST_SAVED = 5


class JobsWidget(MessageWidget):
    """A view of jobs; made as `ExportPanel` or `JobView`.

    Attributes
    ----------
    saved : list of dict
        What a notebook keeps of the newest jobs: name, status and a line about each; no links, no paths.
    """

    _bundle = "panel.js"
    _esm: ClassVar[str] = loader("panel.js")
    _css: ClassVar[str] = bundled("panel.css")

    title = t.Unicode("").tag(sync=True)
    saved: t.List[dict[str, str]] = t.List([]).tag(sync=True)

    def __init__(
        self, title: str, queue: Queue, form: ExportForm | None = None, only: Job | None = None
    ) -> None:
        self._desk: JobRequests | None = None
        super().__init__(title=plain(title))
        self._desk = JobRequests(self._send_out, queue, self._keep, form, only)
        self._keep()

    def _keep(self) -> None:
        """Keep for the notebook how the jobs are, whenever one comes, begins or ends."""
        desk = self._desk
        if desk is None:
            return
        saved = [saved_facts(job) for job in desk.jobs()[:_MOST_SAVED]]
        if saved == self.saved:
            return
        self.saved = saved
        self._show_saved()

    def _saved(self) -> tuple[str, list[str]]:
        lines = [f"{one['name']}: {one['status']} ({one['about']})" for one in self.saved]
        items = "".join(f"<li>{html.escape(line)}</li>" for line in lines) or "<li>nothing exported yet</li>"
        shown = f"<p>{html.escape(self.title)}</p><ul>{items}</ul>"
        return shown, [self.title, *lines]
