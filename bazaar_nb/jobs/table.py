"""The jobs of this process as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bazaar_nb.jobs.job import STATUSES, Job
from bazaar_nb.jobs.queue import all_jobs

if TYPE_CHECKING:
    import pandas as pd


def jobs() -> pd.DataFrame:
    """Give the jobs of this process as a DataFrame, the oldest first.

    Those that have ended are there too, the last hundred of them. The first
    columns tell what is happening; the last one, ``job``, has the `Job` itself.
    ``fraction`` goes from 0 to 1, ``fps`` and ``eta_s`` are empty while nothing
    can be said. Times are in UTC.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> job = film.submit("review.mp4")
    >>> render = job.result()
    >>> table = bz.jobs()
    """
    import pandas as pd

    table = pd.DataFrame([_row(job) for job in all_jobs()], columns=list(_JOB_COLUMNS))
    dtypes = {name: dtype for name, dtype in _JOB_COLUMNS.items() if dtype}
    status = pd.CategoricalDtype(list(STATUSES))
    return table.astype(dtypes).assign(status=table["status"].astype(status))


_JOB_COLUMNS = {
    # First what is happening, as in the history.
    "created": "datetime64[us, UTC]",
    "name": "string",
    "status": "",
    "stage": "string",
    **dict.fromkeys(("fraction", "eta_s"), "float64"),
    **dict.fromkeys(("location", "error", "composition", "project"), "string"),
    **dict.fromkeys(("frames", "total"), "int64"),
    "fps": "float64",
    **dict.fromkeys(("segments", "segments_cached", "priority"), "int64"),
    **dict.fromkeys(("started", "finished"), "datetime64[us, UTC]"),
    "render_id": "string",
    "job": "",
}


def _row(job: Job) -> dict[str, object]:
    progress, render = job.progress, job.render
    return {
        "render_id": job.id,
        "name": job.name,
        "composition": job.request.film.name,
        "project": job.request.project,
        "status": job.status,
        "stage": progress.stage,
        "frames": progress.frames,
        "total": progress.total,
        "fraction": progress.fraction,
        "fps": progress.fps,
        "eta_s": progress.eta_s,
        "segments": progress.segments,
        "segments_cached": progress.segments_cached,
        "priority": job.priority,
        "created": job.created,
        "started": job.started,
        "finished": job.finished,
        "location": render.location if render is not None else None,
        "error": str(job.error) if job.error is not None else None,
        "job": job,
    }
