"""One job as it goes on: what a job shows at the end of a cell."""

from __future__ import annotations

from bazaar_nb.jobs.job import Job
from bazaar_nb.widgets.panel.jobs_widget import JobsWidget


class JobView(JobsWidget):
    """How far a job is, with what can be done about it, and its movie.

    Parameters
    ----------
    job : Job
        The jobs that repeat it, by its Retry button, are shown above it.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        super().__init__(f"Export of {job.order.film.name}", job.queue, only=job)

    def __repr__(self) -> str:
        return f"<JobView of {self._job!r}>"
