"""Several files of one film, asked for together: what has one size and one frame rate is drawn once.

Each file is a job of its own, with its row in the history. Whoever draws a
segment for the first of them encodes it for those that come after, too, and
puts all into the store: there they find it. So a file's bytes are the same
whether it was asked for alone or with others, and one that is cancelled or
fails takes none of the others with it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from bazaar_nb.errors import SettingsError
from bazaar_nb.jobs.admission import Admission
from bazaar_nb.jobs.export_request import ExportOptions, ExportRequest, RenderPlace, make_request
from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.queue import make_job
from bazaar_nb.media.settings import Settings
from bazaar_nb.scene.film import Film

Name = str | os.PathLike[str]


def make_jobs(
    film: Film, names: Sequence[Name], options: ExportOptions, where: RenderPlace, priority: int = 0
) -> list[Job]:
    """Make a job for each of some files with the same options: `make_jobs_of`."""
    return make_jobs_of(film, [(name, options) for name in names], where, priority)


def make_jobs_of(
    film: Film, files: Sequence[tuple[Name, ExportOptions]], where: RenderPlace, priority: int = 0
) -> list[Job]:
    """Make a job for each of some files, in their order; none is in the queue yet.

    Raises
    ------
    SettingsError
        When settings of any don't go together, or two are the same file.
    AccessError, LimitError
        When any of them is not allowed; then none is made.
    """
    if not files:
        raise SettingsError("expected the names of one file or more, got an empty list")
    whole = film.frozen()
    requests = [make_request(whole, name, options, where) for name, options in files]
    places = [str(request.target or request.name) for request in requests]
    twice = next((place for place in places if places.count(place) > 1), None)
    if twice is not None:
        raise SettingsError(f"each file has a name of its own, got {twice!r} more than once")
    admission = Admission(where)
    for request in requests:
        admission.check(request)
    return [
        make_job(film, name, options, where, priority, also=_drawn_alike(request, requests[number + 1 :]))
        for number, ((name, options), request) in enumerate(zip(files, requests, strict=True))
    ]


def _drawn_alike(request: ExportRequest, later: Sequence[ExportRequest]) -> tuple[Settings, ...]:
    """Give the settings of those that come later and show the same frames in the same size."""
    if request.settings.is_sound:
        return ()
    mine = _drawing(request)
    alike = {other.settings.fingerprint(): other.settings for other in later if _drawing(other) == mine}
    alike.pop(request.settings.fingerprint(), None)  # AV1 in mp4 and webm is the same segments
    return tuple(alike.values())


def _drawing(request: ExportRequest) -> tuple[object, ...]:
    settings = request.settings
    return settings.is_sound, settings.width, settings.height, settings.fps, request.first, request.stop
