"""A connection to a Dask scheduler, made anew when it breaks."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.render.engines.engine import EngineError

CONNECT_S = 10.0
_SILENT_S = 60.0
"""How long a scheduler may answer nothing before it is taken to be gone."""
_CLOSE_S = 5.0


class Scheduler(NamedTuple):
    """Where a scheduler is, and how to speak to it."""

    address: str
    security: Any = None


def is_cluster(given: Any) -> bool:
    """Tell whether something is a client of Dask or one of its clusters, or looks like it."""
    return hasattr(given, "scheduler_address") or (hasattr(given, "scheduler") and hasattr(given, "submit"))


def scheduler_of(given: Any, security: Any = None) -> Scheduler:
    """Give the scheduler of a client, a cluster or an address.

    Raises
    ------
    InvalidValueError
        If it is none of these, or a client that is not connected.
    """
    if isinstance(given, str):
        if not given.strip() or any(letter.isspace() for letter in given):
            raise InvalidValueError(
                f"an address like 'tcp://host:8786' is wanted, got {given!r} (DaskEngine)"
            )
        return Scheduler(given, security)
    security = security or getattr(given, "security", None)
    address = getattr(given, "scheduler_address", None)  # of a cluster
    if isinstance(address, str) and address:
        return Scheduler(address, security)
    of_client = getattr(given, "scheduler", None)
    if of_client is not None and hasattr(given, "submit"):
        return Scheduler(str(of_client.address), security)
    if is_cluster(given):
        raise InvalidValueError(
            f"a client or cluster that runs is wanted, got {given!r:.80}: it is not connected (DaskEngine)"
        )
    raise InvalidValueError(
        f"a dask.distributed client, a cluster or an address is wanted, got {given!r:.60} (DaskEngine)"
    )


def workers_at(scheduler: Scheduler) -> int:
    """Ask a scheduler how many workers it has now.

    Raises
    ------
    EngineError
        If there is no scheduler, or it refuses.
    """
    connection = Connection(scheduler, "bazaar", lambda _event: None)
    connection.open()
    try:
        return len(connection.client.scheduler_info(n_workers=-1)["workers"])
    finally:
        connection.close()


class Connection:
    """A client of our own, from `open` to `close`; whoever gave us theirs keeps it.

    Parameters
    ----------
    topic : str
        Of the events that are wanted.
    on_event : function
        Is given each, in the client's thread.
    """

    def __init__(self, scheduler: Scheduler, topic: str, on_event: Callable[[Any], None]) -> None:
        self._scheduler = scheduler
        self._topic, self._on_event = topic, on_event
        self._client: Any = None
        self._answered = 0.0
        self._asked: Future[Any] | None = None

    @property
    def client(self) -> Any:
        """The client."""
        return self._client

    def open(self, within_s: float = CONNECT_S) -> None:
        """Connect.

        Raises
        ------
        EngineError
            If there is no scheduler, or it refuses.
        """
        security = {} if self._scheduler.security is None else {"security": self._scheduler.security}
        try:
            client = _client_class()(
                self._scheduler.address, timeout=within_s, set_as_default=False,
                name="bazaar", **security,
            )  # fmt: skip
        except Exception as error:  # whatever its protocol says
            reason = str(error) or type(error).__name__
            raise EngineError(
                f"no Dask scheduler answers at {self._scheduler.address} within {within_s:g} s: "
                f"{reason[:300]}; check the address, whether the scheduler runs, and TLS (`security`)"
            ) from error
        client.subscribe_topic(self._topic, lambda event: self._on_event(event[1]))
        self._client, self._answered, self._asked = client, time.monotonic(), None

    @property
    def is_lost(self) -> bool:
        """Whether the scheduler can't be reached any more."""
        client = self._client
        if client is None:
            return True
        return client.status != "running" or time.monotonic() - self._answered > _SILENT_S

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Have something done in the client's thread."""
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._client.loop.asyncio_loop)
        except Exception as error:
            coroutine.close()
            failed: Future[Any] = Future()
            failed.set_exception(error)
            return failed

    def call(self, coroutine: Coroutine[Any, Any, Any], within_s: float, check: Callable[[], None]) -> Any:
        """Have something done, and wait for what it gives.

        Raises
        ------
        EngineError
            If that fails, or takes too long.
        """
        future = self.run(coroutine)
        stop = time.monotonic() + within_s
        try:
            while True:
                check()
                try:
                    return future.result(0.05)
                except FutureTimeoutError as error:
                    if future.done():
                        raise _unanswered(self._scheduler, error) from error
                    if time.monotonic() > stop:
                        raise EngineError(
                            f"the Dask scheduler at {self._scheduler.address} doesn't answer any more: see "
                            "whether it runs; finished segments are found again by the next render"
                        ) from None
                except Exception as error:
                    raise _unanswered(self._scheduler, error) from error
        finally:
            future.cancel()

    def ask_workers(self, on_answer: Callable[[dict[str, int]], None]) -> None:
        """Ask for the workers' addresses and threads, unless that is asked already."""
        if self._asked is not None and not self._asked.done():
            return

        def answered(future: Future[Any]) -> None:
            with suppress(BaseException):  # asked again soon
                found = future.result()
                self._answered = time.monotonic()
                on_answer({str(address): int(threads) for address, threads in found.items()})

        self._asked = self.run(self._client.scheduler.ncores())
        self._asked.add_done_callback(answered)

    def ask_for_worker(self) -> Any:
        """Hand in a task that does nothing, and give it: an adaptive cluster starts workers for tasks."""
        with suppress(Exception):  # it breaks at this moment
            return self._client.submit(int, key=f"waits for a worker-{secrets.token_hex(6)}x", pure=False)

    def close(self, *, wait: bool = True) -> None:
        """Let the client go; it takes a moment."""
        client, self._client = self._client, None
        if client is None:
            return

        def end() -> None:
            with suppress(Exception):
                client.close(timeout=_CLOSE_S)

        thread = threading.Thread(target=end, name="bazaar-dask-close", daemon=True)
        thread.start()
        if wait:
            thread.join(2 * _CLOSE_S)


@lru_cache(maxsize=1)
def _client_class() -> Any:
    import distributed

    base: Any = distributed.Client

    class Client(base):  # type: ignore[misc]  # which has no types
        """One that ends by itself where it can't connect; distributed's would wait for an answer later."""

        def start(self, **options: Any) -> Any:
            try:
                return super().start(**options)
            except BaseException:
                self._loop_runner.stop()
                raise

        def __del__(self) -> None:
            pass

    return Client


def _unanswered(scheduler: Scheduler, error: BaseException) -> EngineError:
    reason = str(error) or type(error).__name__
    return EngineError(f"the Dask scheduler at {scheduler.address} could not do it: {reason[:300]}")
