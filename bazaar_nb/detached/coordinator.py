"""Detached renders on a Dask cluster: a task of it coordinates the render, from one of its workers.

The coordinator does what `bazaar work` does, for one render: it takes it by the
same leases, and has the cluster's workers make its segments. Should it die with
its worker, Dask begins it again elsewhere; should the whole cluster go, any
`bazaar work` may take the render.
"""

from __future__ import annotations

import logging
import threading
import time

import msgspec

from bazaar_nb.detached.order import Order, read_order
from bazaar_nb.detached.worker import DetachedWorker
from bazaar_nb.errors import StoreError, UnknownRenderError
from bazaar_nb.jobs.status import read_status
from bazaar_nb.render.engines.dask import DaskEngine
from bazaar_nb.render.engines.dask_connection import workers_at
from bazaar_nb.render.engines.dask_errand import on_errand
from bazaar_nb.render.engines.engine import EngineError
from bazaar_nb.store.options import StorageOptions
from bazaar_nb.store.store import Store

_LOOK_S = 0.5
_LOOK_REMOTE_S = 5.0
_SILENT_S = 600.0
"""How long a store may be out of reach before the coordinator ends."""

_turns = threading.BoundedSemaphore(2)
"""Of the renders that this process coordinates, at work at the same time: each has a film in memory."""

_log = logging.getLogger("bazaar_nb.work")


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """What a coordinator is told; what shows it shows nothing of the store's keys.

    Attributes
    ----------
    memory_bytes, priority, resources, wait_s
        Of the `DaskEngine` that it renders with.
    """

    render_id: str
    store_url: str
    storage_options: StorageOptions
    memory_bytes: int
    priority: int
    resources: dict[str, float]
    wait_s: float

    def __repr__(self) -> str:
        return f"<detached render {self.render_id}>"

    __str__ = __repr__


def prepare_cluster(engine: DaskEngine, store: Store) -> None:
    """Check that a cluster is there, and that its workers can use the store; if it has workers now.

    Raises
    ------
    EngineError
        If there is no scheduler, or none of its workers can do it.
    """
    if workers_at(engine.scheduler):
        engine.prepare(store, lambda: None)


def hand_over(engine: DaskEngine, store: Store, order: Order) -> None:
    """Have a render coordinated by a cluster, unless it is already.

    Raises
    ------
    EngineError
        If the cluster can't be reached, or doesn't take it.
    """
    wanted = engine.wanted
    handover = Handover(
        render_id=order.render_id, store_url=store.url, storage_options=store.storage_options,
        memory_bytes=wanted.memory_bytes, priority=wanted.priority, resources=wanted.resources,
        wait_s=wanted.wait_s,
    )  # fmt: skip
    movie = order.name.replace("-", "_")  # a dashboard shows keys up to their first dash
    key = f"coordinates {movie}-{order.render_id}"
    engine.send_errand(coordinate, handover, key, priority=order.priority, store=store)


def coordinate(handover: Handover) -> None:
    """Render in this Dask worker's process, with segments on all workers, until the render has ended."""
    store = Store(handover.store_url, handover.storage_options)
    stopping = threading.Event()
    worker: DetachedWorker | None = None

    def stop() -> None:
        stopping.set()
        if worker is not None:
            worker.stop()

    with on_errand(stop) as scheduler:
        engine = DaskEngine(
            scheduler.address, security=scheduler.security, memory=handover.memory_bytes or None,
            priority=handover.priority, resources=handover.resources, wait_s=handover.wait_s,
        )  # fmt: skip
        worker = DetachedWorker(store, engine)
        try:
            _work_on(handover.render_id, store, worker, stopping)
        finally:
            engine.close()


def _work_on(render_id: str, store: Store, worker: DetachedWorker, stopping: threading.Event) -> None:
    """Take a render whenever nobody has it, until it has ended, whoever ends it."""
    silent_since: float | None = None
    while not stopping.is_set():
        try:
            order = read_order(store, render_id)
            silent_since = None
            if order is None:
                _check_ended(render_id, store)
                return
            if _turns.acquire(blocking=False):
                try:
                    worker.take(order)
                finally:
                    _turns.release()
        except StoreError as error:  # a network that is away for a while
            silent_since = silent_since or time.monotonic()
            if time.monotonic() - silent_since > _SILENT_S:
                raise
            _log.warning("render %s can't be looked at: %s", render_id, error)
        stopping.wait(_LOOK_REMOTE_S if store.is_remote else _LOOK_S)


def _check_ended(render_id: str, store: Store) -> None:
    """Check that a render without an order is one that was there."""
    try:
        read_status(store, render_id)
    except UnknownRenderError:
        raise EngineError(
            f"the render {render_id} is not in {store.root} as this worker sees it: a folder must be on a "
            "disk that all machines share; else use a bucket"
        ) from None
