"""The export panel (choose, press, watch, get the file), and the view of one job."""

from __future__ import annotations

import html
from typing import ClassVar

import traitlets as t

from bazaar_nb.detached.attached import AttachedRender
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.jobs.queue import Queue, queue_of
from bazaar_nb.scene.film import Film
from bazaar_nb.widgets.bundle import bundled, loader
from bazaar_nb.widgets.display_names import plain
from bazaar_nb.widgets.message_widget import MessageWidget
from bazaar_nb.widgets.panel.export_form import ExportForm
from bazaar_nb.widgets.panel.job_facts import AnyJob, film_name, saved_facts
from bazaar_nb.widgets.panel.requests import JobRequests
from bazaar_nb.workspace import Workspace, default_workspace

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
        self, title: str, queue: Queue, form: ExportForm | None = None, only: AnyJob | None = None
    ) -> None:
        self._requests: JobRequests | None = None
        super().__init__(title=plain(title))
        self._requests = JobRequests(self._send_out, queue, self._keep, form, only)
        self._keep()

    def _keep(self) -> None:
        """Keep for the notebook how the jobs are, whenever one comes, begins or ends."""
        requests = self._requests
        if requests is None:
            return
        saved = [saved_facts(job) for job in requests.jobs()[:_MOST_SAVED]]
        if saved == self.saved:
            return
        self.saved = saved
        self._show_saved()

    def _saved(self) -> tuple[str, list[str]]:
        lines = [f"{one['name']}: {one['status']} ({one['about']})" for one in self.saved]
        items = "".join(f"<li>{html.escape(line)}</li>" for line in lines) or "<li>nothing exported yet</li>"
        shown = f"<p>{html.escape(self.title)}</p><ul>{items}</ul>"
        return shown, [self.title, *lines]


class ExportPanel(JobsWidget):
    """Exports a composition from a notebook: what can be chosen, how it goes on, and the movie.

    The jobs of this session are listed below it, whichever panel or call asked for them.

    Parameters
    ----------
    film : Composition
    workspace : Workspace, optional
        Where movies and history go, and who renders; the default one if not given.

    Raises
    ------
    InvalidValueError
        If it is no composition, or no workspace.

    Examples
    --------
    >>> bz.ExportPanel(film)  # doctest: +SKIP
    """

    def __init__(self, film: Film, workspace: Workspace | None = None) -> None:
        _check_film(film)
        if workspace is not None and not isinstance(workspace, Workspace):
            raise InvalidValueError(f"`workspace` must be a Workspace, got {workspace!r:.60} (ExportPanel)")
        where = workspace or default_workspace()
        self._form = ExportForm(film, where)
        super().__init__(f"Export of {film.name}", where.queue, form=self._form)

    @property
    def film(self) -> Film:
        """The composition that is exported; may be set."""
        return self._form.film

    @film.setter
    def film(self, film: Film) -> None:
        _check_film(film)
        self._form.film = film
        self._form.range = None
        self.title = plain(f"Export of {film.name}")

    def begin_with(self, frames: tuple[int, int] | None) -> None:
        """Have views that open from now on begin with a half-open range of frames; None is all of them."""
        self._form.range = frames

    def __repr__(self) -> str:
        return f"<ExportPanel of {self._form.film!r} into {self._form.where!r}>"


class JobView(JobsWidget):
    """How far a job is, with what can be done about it, and its movie.

    Parameters
    ----------
    job : Job or AttachedRender
        The jobs that repeat it, by its Retry button, are shown above it.
    """

    def __init__(self, job: AnyJob) -> None:
        self._job = job
        queue = Queue() if isinstance(job, AttachedRender) else queue_of(job.request.engine)
        super().__init__(f"Export of {film_name(job)}", queue, only=job)

    def __repr__(self) -> str:
        return f"<JobView of {self._job!r}>"


def _check_film(film: object) -> None:
    if not isinstance(film, Film):
        raise InvalidValueError(f"expected a Composition to export, got {film!r:.60} (ExportPanel)")
