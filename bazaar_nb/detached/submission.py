"""Handing a film over to a cluster, or to whoever works for its root: admitted, counted, stored as data."""

from __future__ import annotations

import os
import secrets
import warnings

from bazaar_nb.detached.coordinator import hand_over, prepare_cluster
from bazaar_nb.detached.leases import read_claims, try_claim
from bazaar_nb.detached.order import FORMAT, Order, read_order, remove_order, write_order
from bazaar_nb.detached.presence import check_somebody_works
from bazaar_nb.errors import SettingsError
from bazaar_nb.jobs.admission import admit
from bazaar_nb.jobs.export_request import ExportOptions, ExportRequest, RenderPlace, make_request
from bazaar_nb.render.engines.dask import DaskEngine
from bazaar_nb.render.engines.engine import EngineError
from bazaar_nb.render.rendering import Rendering
from bazaar_nb.render.sound import check_sounds
from bazaar_nb.saved_films.film_capture import capture_film
from bazaar_nb.scene.film import Film
from bazaar_nb.sources.finding import Finder
from bazaar_nb.store.key_layout import detached_prefix
from bazaar_nb.store.store import Store


def submit_detached(
    film: Film,
    path_or_name: str | os.PathLike[str] | None,
    options: ExportOptions,
    where: RenderPlace,
    priority: int = 0,
) -> str:
    """Have a film rendered by the cluster, or by those who work for the root; give the render's id.

    All frames are looked at before this returns: what is handed over is data.

    Raises
    ------
    SettingsError
        When the settings don't go together, or the movie would go to a place that workers may not have.
    NoWorkerError
        When the engine is no Dask cluster, and nobody works for the root.
    EngineError
        When the cluster can't be reached, or none of its workers can do it.
    AccessError, LimitError
        When the project is not yours, or a limit doesn't allow it.
    SceneError, ElementError, AssetError
        For what can't be made of the film.
    """
    request = make_request(film, path_or_name, options, where)
    store = where.store
    check_detached(request)
    cluster = request.engine if isinstance(request.engine, DaskEngine) else None
    if cluster is not None:
        prepare_cluster(cluster, store)
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
            check_sounds(request.film.sound, Finder(store, fetches=request.film.fetches))
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
            subtitles=request.subtitles, cluster="" if cluster is None else cluster.scheduler.address,
        )  # fmt: skip
        rendering.record_queued()
        write_order(store, order)
        if cluster is not None:
            _hand_over(cluster, store, order)
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
        When the engine is no Dask cluster, and nobody works for the root.
    """
    if request.target is not None:
        raise SettingsError(
            f"a detached render goes into its project, got the path {os.fspath(request.target)!r:.200}: "
            "give a name without a folder; job.result().download(…) copies the movie to where you want it"
        )
    if not isinstance(request.engine, DaskEngine):
        check_somebody_works(request.store)


def hand_over_again(where: RenderPlace, render_id: str) -> None:
    """Have the workspace's cluster coordinate a render that was handed to a cluster: it may be a new one.

    Nothing is done where it does so already, and for other renders and engines.
    """
    order = read_order(where.store, render_id)
    if order is None or not order.cluster or not isinstance(where.engine, DaskEngine):
        return
    try:
        hand_over(where.engine, where.store, order)
    except EngineError as error:
        warnings.warn(f"render {render_id} ({order.name}) can't be handed over: {error}", stacklevel=3)


def _hand_over(cluster: DaskEngine, store: Store, order: Order) -> None:
    """Give a render to a cluster, or take it back.

    Raises
    ------
    EngineError
        If the cluster doesn't take it, and nobody else has.
    """
    try:
        hand_over(cluster, store, order)
    except EngineError:
        number = read_claims(store, order.render_id).number + 1
        if number == 1 and try_claim(store, order.render_id, number, secrets.token_hex(8)):
            remove_order(store, order.render_id)
            raise
