"""Engine on a Dask cluster: any scheduler, by its address, its cluster or a client (distributed).

Tasks go through the scheduler, segments never: workers put them into the store.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import msgspec

from bazaar_nb.errors import MissingLibraryError
from bazaar_nb.render.engines.dask_attempts import Order
from bazaar_nb.render.engines.dask_connection import scheduler_of
from bazaar_nb.render.engines.dask_dispatcher import Dispatcher, period
from bazaar_nb.render.engines.dask_errand import send_errand
from bazaar_nb.render.engines.dask_inspection import Inspection, Wanted
from bazaar_nb.render.engines.engine import EngineError
from bazaar_nb.render.task import SegmentResult, SegmentTask
from bazaar_nb.store.store import Store

_MOST_ROOM = 2000


class DaskEngine:
    """Runs segments on a Dask cluster.

    Workers need bazaar_nb, in the same versions as here, and the store; one
    that differs, or can't reach the store, is named in a warning and left out.
    A worker renders one segment at a time, however many threads it has: start
    one worker a core, with one thread.

    Parameters
    ----------
    cluster : distributed.Client, cluster or str
        A client, a cluster object (LocalCluster, dask-jobqueue, dask-kubernetes, Coiled …) or a
        scheduler's address. It is used, and never closed.
    security : distributed.Security, optional
        For TLS, where an address is given.
    memory : int or str, optional
        That a segment needs, as ``"4GB"``: workers that may take less are left out, and where workers were
        started with a resource ``MEMORY``, so much of it is taken.
    priority : int
        Of its tasks among those of the cluster; higher is earlier.
    resources : mapping of str to float, optional
        That each task takes of what workers were started with, as ``{"render": 1}``.
    wait_s : float
        How long to wait for the first worker.

    Raises
    ------
    InvalidValueError
        For what is no cluster, and for options that can't be.
    MissingLibraryError
        Without `distributed`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> engine = bz.DaskEngine("tcp://scheduler:8786", memory="4GB", resources={"render": 1})
    >>> team = bz.Workspace("s3://bucket/team", engine=engine)
    """

    name = "dask"
    evaluates = True
    is_remote = True
    is_isolated = True

    def __init__(
        self,
        cluster: Any,
        *,
        security: Any = None,
        memory: int | str | None = None,
        priority: int = 0,
        resources: Mapping[str, float] | None = None,
        wait_s: float = 300.0,
    ) -> None:
        _require_distributed()
        self.wanted = Wanted.of(memory, priority, resources, wait_s)
        """What its tasks ask of workers."""
        self.scheduler = scheduler_of(cluster, security)
        """Where it is."""
        self._inspection = Inspection(self.scheduler.address, self.wanted)
        self._dispatcher = Dispatcher(self.scheduler, self.wanted, self._inspection)
        self._waits_for = ""

    def __repr__(self) -> str:
        return f"DaskEngine({self.scheduler.address!r}, {len(self._dispatcher.workers)} workers)"

    @property
    def workers(self) -> int:
        """How many segments run at the same time: one a worker; 1 as long as there is none."""
        return max(1, len(self._dispatcher.usable()))

    @property
    def room(self) -> int:
        """How many segments of a render to hand in at once: many, by which adaptive clusters grow."""
        return min(_MOST_ROOM, 32 * (self.workers + 1))

    @property
    def is_ready(self) -> bool:
        """Whether a worker would begin with a segment at once."""
        return bool(self._dispatcher.usable())

    @property
    def waits_for(self) -> str:
        """What is waited for before anything can run, and for how long, for people; empty if for nothing."""
        return self._waits_for or self._dispatcher.waits_for

    def warm(self) -> None:
        """Connect, without waiting for it."""
        self._dispatcher.start()

    def prepare(self, store: Store, check: Callable[[], None]) -> None:
        """Wait for the first worker, and find out which workers can do it.

        Raises
        ------
        EngineError
            If there is no scheduler, no worker in time, or none that can.
        """
        dispatcher, address = self._dispatcher, self.scheduler.address
        dispatcher.start()
        stop = time.monotonic() + self.wanted.wait_s
        asked: Any = None
        try:
            while not dispatcher.workers:
                check()
                if dispatcher.failure is not None:
                    raise EngineError(str(dispatcher.failure)) from dispatcher.failure
                left_s = stop - time.monotonic()
                if left_s < 0:
                    raise EngineError(
                        f"no worker of {address} came within {self.wanted.wait_s:g} s: start some, or give "
                        "DaskEngine a longer `wait_s`"
                    )
                connection = dispatcher.connection
                if connection is not None and asked is None:
                    asked = connection.ask_for_worker()
                what = "" if connection is None else "the first worker of "
                self._waits_for = f"waits for {what}{address}, up to {period(left_s)}"
                time.sleep(0.02)
            connection = dispatcher.connection
            if connection is None or connection.client is None:
                return  # it breaks at this moment: workers are looked at again by each task
            self._inspection.inspect(connection, dict(dispatcher.workers), store, check)
        finally:
            self._waits_for = ""
            if asked is not None:
                asked.release()

    def submit(self, task: SegmentTask) -> Future[SegmentResult]:
        """Run a segment as soon as a worker is free."""
        future: Future[SegmentResult] = Future()
        future.set_running_or_notify_cancel()
        self._dispatcher.submit(Order(task, msgspec.msgpack.encode(task), future))
        return future

    def send_errand(
        self, function: Callable[[Any], None], argument: Any, key: str, *, priority: int = 0, store: Store
    ) -> None:
        """Have a function run by one worker, which goes on with it when this process is gone.

        Raises
        ------
        EngineError
            If there is no scheduler, or it doesn't take it.
        """
        usable = self._dispatcher.usable(store.url)
        priority += self.wanted.priority
        send_errand(self.scheduler, function, argument, key, priority=priority, workers=usable)

    def close(self) -> None:
        """Cancel what runs, and disconnect; the cluster stays as it is."""
        self._dispatcher.close()


def _require_distributed() -> None:
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise MissingLibraryError(
            f"DaskEngine needs dask.distributed ({error}): run `pip install 'bazaar_nb[dask]'`",
            name=error.name,
            path=error.path,
        ) from error
