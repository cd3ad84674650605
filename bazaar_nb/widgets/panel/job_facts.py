"""What a view is told of a job: plain data, without paths of this machine and without links."""

from __future__ import annotations

import datetime as dt
import traceback
from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec
import pandas as pd

from bazaar_nb.detached.attached import AttachedRender
from bazaar_nb.errors import StoreError, UnknownRenderError
from bazaar_nb.history.columns import columns
from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.status import read_status
from bazaar_nb.preview.problem import problem_of
from bazaar_nb.render.result import Render, format_bytes
from bazaar_nb.store.links import content_type
from bazaar_nb.widgets.display_names import plain
from bazaar_nb.widgets.movie_transfer import MOST_BYTES_INLINE, MOST_BYTES_SENT, Movie
from bazaar_nb.widgets.panel.setting_labels import describe_settings

_IN_ROW = (
    "render_id", "status", "user", "project", "composition", "format", "codec", "quality", "crf", "bit_rate",
    "width", "height", "fps", "frames", "duration_s", "size_bytes", "has_sound", "created", "started",
    "finished", "render_s", "plan_s", "draw_s", "convert_s", "encode_s", "sound_s", "join_s", "store_s",
    "frames_evaluated_by_workers", "home_reason", "frames_drawn", "frames_held", "frames_cached",
    "segments", "segments_cached", "segments_retried",
    "slowest_frame", "slowest_frame_s", "slowest_scene", "slowest_element", "slowest_element_s",
    "engine", "workers", "peak_memory_bytes", "error_class", "error_message",
)  # fmt: skip
_LONGEST = 300
_MOST_LINES = 15


AnyJob: TypeAlias = Job | AttachedRender
"""A render of this process, or one that is seen from outside."""


def job_facts(job: AnyJob, waiting: tuple[Job, ...] = ()) -> dict[str, Any]:
    """Tell how a job is.

    Parameters
    ----------
    waiting : tuple of Job
        Those of its queue that wait, in the order of their turns.
    """
    progress, status, request = job.progress, job.status, job.request
    place = waiting.index(job) if isinstance(job, Job) and job in waiting else None
    about = describe_settings(request.settings, request.duration_s, sound=request.has_sound)
    return {
        "id": job.id,
        "name": plain(job.name),
        "film": plain(film_name(job)),
        "detached": isinstance(job, AttachedRender),
        "status": status,
        "stage": progress.stage,
        "waits_for": progress.waits_for,
        "about": about + (f" · detached, by {plain(job.user)}" if isinstance(job, AttachedRender) else ""),
        "frames": progress.frames,
        "total": progress.total,
        "evaluated": progress.evaluated,
        "cached": progress.frames_cached,
        "segments": progress.segments,
        "segments_cached": progress.segments_cached,
        "fps": progress.fps,
        "eta_s": progress.eta_s,
        "uploaded": progress.uploaded,
        "place": place,
        "last": place is not None and place == len(waiting) - 1,
        "problem": _problem(job) if status == "failed" else None,
        "movie": _movie(job.render) if job.render is not None else None,
    }


def film_name(job: AnyJob) -> str:
    """Give the name of the film that a job renders."""
    return job.request.composition if isinstance(job, AttachedRender) else job.request.film.name


def saved_facts(job: AnyJob) -> dict[str, str]:
    """Tell of a job what a saved notebook may hold."""
    facts = job_facts(job)
    about = [facts["about"]]
    if facts["movie"] is not None:
        about += [facts["movie"]["size"], facts["movie"]["took"]]
    # Each change is written into the notebook: one at the beginning, one at the end.
    status = facts["status"] if job.done else "not finished"
    return {"name": facts["name"], "status": status, "about": " · ".join(about)}


def history_row(job: AnyJob) -> list[tuple[str, str, str]]:
    """Give a job's row of the history: name, value for people, meaning; what is not known is left out.

    Raises
    ------
    StoreError
        If it has none, or it can't be read.
    """
    try:
        row = read_status(job.store, job.id).row
    except UnknownRenderError as error:
        raise StoreError(f"the history has no row of render {job.id}: it did not begin") from error
    return describe_row(row)


def describe_row(row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Give a row of the history for people; see `history_row`."""
    described = {column.name: column for column in columns()}
    shown = []
    for name in _IN_ROW:
        value, column = row.get(name), described.get(name)
        if column is not None and value is not None and not pd.isna(value):
            shown.append((name, _spell(value, column.unit), column.meaning))
    return shown


def _problem(job: AnyJob) -> dict[str, Any]:
    error = job.error or RuntimeError("it ended without a movie")
    problem: dict[str, Any] = msgspec.to_builtins(problem_of(error))
    if not problem["lines"]:
        said = "".join(traceback.format_exception(error))
        problem["lines"] = [line[:_LONGEST] for line in said.splitlines()[-_MOST_LINES:]]
    return problem | {"type": type(error).__name__}


def movie_facts(movie: Movie, row: Mapping[str, Any]) -> dict[str, Any]:
    """Tell of a finished movie; of its row, what the history says."""
    sent = not movie.store.is_remote and movie.size_bytes <= MOST_BYTES_SENT
    return {
        "bytes": movie.size_bytes,
        "size": format_bytes(movie.size_bytes),
        "took": "" if row["render_s"] is None else f"rendered in {row['render_s']:.1f} s",
        "width": row["width"] or 16,
        "height": row["height"] or 9,
        "mime": content_type(movie.key),
        "sent": sent,
        "inline": sent and movie.size_bytes <= MOST_BYTES_INLINE,
        "shared": movie.store.is_remote,
    }


def _movie(render: Render) -> dict[str, Any]:
    settings = render.settings
    size = {"width": settings.width, "height": settings.height}
    facts = movie_facts(render, {"render_s": render.render_s, **size})
    if render.is_folder:  # it is where it was wanted, on this machine
        facts |= {"mime": "inode/directory", "sent": False, "inline": False, "shared": False}
    return facts


def _spell(value: object, unit: str) -> str:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if unit == "bytes" and isinstance(value, int):
        return f"{format_bytes(value)} ({value:,})"
    text = f"{value:.4g}" if isinstance(value, float) else plain(str(value))
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return f"{text} {unit}" if unit else text
