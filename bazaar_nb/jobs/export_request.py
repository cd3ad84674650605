"""From what a person asks of `export` or `submit` to a job; and the jobs that there are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from bazaar_nb.errors import InvalidValueError, SettingsError
from bazaar_nb.jobs.job import STATUSES, Job
from bazaar_nb.jobs.queue import all_jobs
from bazaar_nb.jobs.status import RenderStatus, read_status
from bazaar_nb.media.metadata import resolve_metadata
from bazaar_nb.media.settings import resolve_settings
from bazaar_nb.media.sizes import Resolution
from bazaar_nb.render.request import RenderRequest
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.time import Seconds, frames_to_seconds, seconds_to_frames
from bazaar_nb.store.names import check_key
from bazaar_nb.store.paths import read_path
from bazaar_nb.values.number import whole_number
from bazaar_nb.workspace import Workspace, default_workspace

if TYPE_CHECKING:
    import pandas as pd


class ExportOptions(TypedDict, total=False):
    """What `Composition.export` and `Composition.submit` take beside a name and a workspace."""

    format: str | None
    codec: str | None
    quality: str | None
    bitrate: str | int | None
    crf: float | None
    preset: str | int | None
    resolution: Resolution | None
    fps: Seconds | None
    frame_range: tuple[int, int] | None
    mute: bool
    loop: int | None
    metadata: Mapping[str, object] | None


def make_job(
    film: Film,
    path_or_name: str | os.PathLike[str] | None,
    options: ExportOptions,
    where: Workspace,
    priority: int = 0,
) -> Job:
    """Make a job, which is not in the queue yet.

    Raises
    ------
    SettingsError
        When the settings don't go together.
    TypeError
        For an option that there isn't.
    """
    turn = whole_number(priority)
    if turn is None:
        raise InvalidValueError(f"`priority` must be a whole number, got {priority!r} (submit)")

    first = make_request(film, path_or_name, options, where)
    place = path_or_name if first.target is None else first.target  # the working directory may change

    def again() -> RenderRequest:
        return make_request(film, place, options, where)

    return Job(first, where.queue, priority=turn, again=again)


def make_request(
    film: Film,
    path_or_name: str | os.PathLike[str] | None,
    options: ExportOptions,
    where: Workspace,
) -> RenderRequest:
    """Make exact what was asked for."""
    unknown = ", ".join(sorted(set(options) - set(ExportOptions.__annotations__)))
    if unknown:
        raise TypeError(f"there is no {unknown}; export takes {', '.join(ExportOptions.__annotations__)}")
    target, name = _destination(path_or_name, film.name)
    settings = resolve_settings(
        (film.width, film.height),
        film.fps,
        name=None if path_or_name is None else name,
        format=options.get("format"),
        codec=options.get("codec"),
        quality=options.get("quality"),
        bitrate=options.get("bitrate"),
        crf=options.get("crf"),
        preset=options.get("preset"),
        resolution=options.get("resolution"),
        fps_out=options.get("fps"),
        mute=options.get("mute", False),
        loop=options.get("loop"),
    )
    if not name.lower().endswith(settings.suffix):
        name += settings.suffix
        target = None if target is None else target.with_name(name)
    whole = film.frozen()  # an edit of a scene's cell must not change what is half rendered
    shown = whole.at_fps(settings.fps)
    first, stop = _range(whole, shown, options.get("frame_range"))
    return RenderRequest(
        film=shown,
        settings=settings,
        store=where.store,
        engine=where.engine,
        user=where.user,
        project=where.project,
        name=name,
        target=target,
        first=first,
        stop=stop,
        limits=where.limits,
        webhook=where.notices,
        engagement=where.engagement,
        metadata=resolve_metadata(film.name, options.get("metadata")),
    )


def jobs() -> pd.DataFrame:
    """Give the jobs of this process as a DataFrame, the oldest first.

    Those that have ended are there too, the last hundred of them. The first
    columns tell what is happening; the last one, ``job``, has the `Job` itself.
    ``fraction`` goes from 0 to 1, ``fps`` and ``eta_s`` are empty while nothing
    can be said. Times are in UTC.
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
        "composition": job.order.film.name,
        "project": job.order.project,
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


def render_status(render_id: str, workspace: Workspace | None = None) -> RenderStatus:
    """Tell how far a render is, whichever notebook, script or machine runs it.

    Parameters
    ----------
    render_id : str
        As `Job.id`, `Render.id` and the history have it.
    workspace : Workspace, optional
        Where it was asked for; the default one if not given.

    Raises
    ------
    UnknownRenderError
        If the history knows nothing of it.
    StoreError
        If the store can't be read.
    """
    return read_status((workspace or default_workspace()).store, render_id)


def _range(whole: Film, shown: Film, frame_range: tuple[int, int] | None) -> tuple[int, int]:
    """Give a range of a composition's frames as one of the export's."""
    if frame_range is None:
        return 0, shown.frames
    try:
        first, stop = (int(edge) if int(edge) == edge else edge for edge in frame_range)
    except (TypeError, ValueError, OverflowError):
        first, stop = None, None
    if not isinstance(first, int) or not isinstance(stop, int) or not 0 <= first < stop <= whole.frames:
        raise SettingsError(
            f"`frame_range` must be (first, stop) with 0 <= first < stop <= {whole.frames}, "
            f"got {frame_range!r}"
        )
    times = (frames_to_seconds(edge, whole.fps) for edge in (first, stop))
    edges = [min(shown.frames, seconds_to_frames(time, shown.fps)) for time in times]
    return edges[0], max(edges[0] + 1, edges[1])


def _destination(path_or_name: str | os.PathLike[str] | None, default: str) -> tuple[Path | None, str]:
    """Give the path that was asked for, if one was, and the movie's name."""
    if path_or_name is None:
        return None, default.replace("/", "-")
    text = os.fspath(path_or_name)
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise SettingsError(f"expected a path or a name for the movie, got {path_or_name!r}")
    has_folder = os.sep in text or "/" in text or isinstance(path_or_name, os.PathLike) or text in (".", "..")
    if not has_folder:
        return None, text
    try:
        path = read_path(text, "path_or_name")
    except InvalidValueError as error:
        raise SettingsError(str(error)) from None
    # os.path: Path.is_dir raises for a name that is too long, and Path.resolve follows links.
    if text.endswith(("/", os.sep)) or os.path.isdir(path):  # noqa: PTH112
        raise SettingsError(f"expected a file to write the movie to, {text!r} is a folder")
    try:
        check_key(path.name)
    except InvalidValueError as error:
        raise SettingsError(f"the movie can't be called {path.name!r:.80}: {error}") from None
    return Path(os.path.abspath(path)), path.name  # noqa: PTH100
