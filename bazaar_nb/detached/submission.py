"""Handing a film over to whoever works for its root: admitted, counted, put into the store as data."""

from __future__ import annotations

import os
import warnings

from bazaar_nb.detached.order import FORMAT, Order, write_order
from bazaar_nb.detached.presence import check_somebody_works
from bazaar_nb.errors import SettingsError
from bazaar_nb.jobs.admission import admit
from bazaar_nb.jobs.export_request import ExportOptions, ExportRequest, RenderPlace, make_request
from bazaar_nb.render.rendering import Rendering
from bazaar_nb.render.sound import check_sounds
from bazaar_nb.saved_films.film_capture import capture_film
from bazaar_nb.scene.film import Film
from bazaar_nb.store.key_layout import detached_prefix


def submit_detached(
    film: Film,
    path_or_name: str | os.PathLike[str] | None,
    options: ExportOptions,
    where: RenderPlace,
    priority: int = 0,
) -> str:
    """Have a film rendered by those who work for the root; give the render's id.

    All frames are looked at before this returns: what is handed over is data.

    Raises
    ------
    SettingsError
        When the settings don't go together, or the movie would go to a place that workers may not have.
    NoWorkerError
        When nobody works for the root.
    AccessError, LimitError
        When the project is not yours, or a limit doesn't allow it.
    SceneError, ElementError, AssetError
        For what can't be made of the film.
    """
    request = make_request(film, path_or_name, options, where)
    store = where.store
    check_detached(request)
    if request.webhook is not None:
        warnings.warn(
            "a detached render tells those whom notices.toml of its root names, not those whom the workspace "
            "alone has as `notices`",
            stacklevel=3,
        )
    rendering = Rendering(request, is_detached=True)
    admit(rendering, request)
    try:
        if request.has_sound:
            check_sounds(request.film.sound)
        settings = request.settings
        captured = capture_film(
            request.film, store, detached_prefix(rendering.id),
            figure_size=(settings.width, settings.height),
        )  # fmt: skip
        order = Order(
            format=FORMAT, render_id=rendering.id, user=request.user, project=request.project,
            name=request.name, composition=request.film.name, settings=settings, first=request.first,
            stop=request.stop, content=captured.content, created=rendering.event.event_time,
            priority=priority, most_bytes=rendering.most_bytes, engagement=request.engagement,
            metadata=dict(request.metadata), has_sound=request.has_sound,
        )  # fmt: skip
        rendering.record_queued()
        write_order(store, order)
    except BaseException as error:
        rendering.end_badly(error)
        raise
    return rendering.id


def check_detached(request: ExportRequest) -> None:
    """Check that a render can go on without who asks for it.

    Raises
    ------
    SettingsError
        When the movie would go to a place that workers may not have.
    NoWorkerError
        When nobody works for the root.
    """
    if request.target is not None:
        raise SettingsError(
            f"a detached render goes into its project, got the path {os.fspath(request.target)!r:.200}: "
            "give a name without a folder; job.result().download(…) copies the movie to where you want it"
        )
    check_somebody_works(request.store)
