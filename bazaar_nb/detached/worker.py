"""`bazaar work`: takes detached renders of a root, one after the other, until it is told to stop.

Any number of them share a root, on any machines. What one leaves when it is
killed another takes over, and finds the segments that were made.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from bazaar_nb.detached.leases import (
    BEAT_S,
    LEASE_S,
    Claims,
    Lease,
    LeaseWatch,
    claim_key,
    read_claims,
    try_claim,
)
from bazaar_nb.detached.order import Order, detached_renders, read_order, remove_order, request_of
from bazaar_nb.detached.presence import EVERY_S, Presence, forget_dead_workers
from bazaar_nb.errors import BazaarError, RenderError, StoreError, UnknownRenderError
from bazaar_nb.history.render_event import ENDED
from bazaar_nb.history.writer import record
from bazaar_nb.jobs.export_request import ExportRequest
from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.queue import queue_of
from bazaar_nb.jobs.status import read_event, read_status
from bazaar_nb.render.engines.engine import Engine
from bazaar_nb.render.rendering import Rendering
from bazaar_nb.store.key_layout import detached_prefix, order_key, scratch_prefix
from bazaar_nb.store.store import Store

_LOOK_S = 1.0
_LOOK_REMOTE_S = 5.0
_LEFTOVER_S = 24 * 3600.0
_HEED_S = 0.2
_MOST_DEATHS = 5
"""How many workers may end over a render without a word, before it is taken to be the render's doing."""

log = logging.getLogger("bazaar_nb.work")


class DetachedWorker:
    """Takes detached renders of a root.

    Parameters
    ----------
    engine : Engine
        Who runs their segments.
    """

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store = store
        self._engine = engine
        self._watch = LeaseWatch(store)
        self._token = secrets.token_hex(8)
        self._stopping = threading.Event()
        self._told: set[str] = set()
        self._job: Job | None = None

    def stop(self) -> None:
        """Take no more, and give up what is at work, for others to go on with; from any thread."""
        self._stopping.set()
        job = self._job
        if job is not None:
            job.give_up()

    def run(self, *, once: bool = False) -> int:
        """Work; give how many renders were ended.

        Parameters
        ----------
        once : bool
            Until nothing is left that could be taken; else until `stop` is called.
        """
        presence = Presence(self._store, self._engine.name)
        saying = threading.Thread(target=self._say, args=(presence,), name="bazaar-presence", daemon=True)
        done = 0
        try:
            presence.renew()
            forget_dead_workers(self._store)
            saying.start()
            log.info("working for %s with the %s engine", self._store.root, self._engine.name)
            while not self._stopping.is_set():
                try:
                    taken = self._take_next()
                except StoreError as error:  # a network that is away for a while
                    self._say_once(f"can't look for renders: {error}")
                    taken = None
                if taken is not None:
                    done += taken
                elif once:
                    break
                else:
                    self._stopping.wait(_LOOK_REMOTE_S if self._store.is_remote else _LOOK_S)
        finally:
            self._stopping.set()
            if saying.is_alive():
                saying.join()
            with suppress(StoreError):
                presence.end()
            log.info("stopped, after %d renders", done)
        return done

    def _say(self, presence: Presence) -> None:
        while not self._stopping.wait(EVERY_S):
            with suppress(StoreError):
                presence.renew()

    def _say_once(self, what: str) -> None:
        if what not in self._told:
            self._told.add(what)
            log.warning(what)

    def _take_next(self) -> int | None:
        """Take a render and end it; give how many were ended, or None if there is none to take."""
        orders = []
        for render_id in detached_renders(self._store):
            try:
                order = read_order(self._store, render_id)
            except StoreError as error:
                self._say_once(str(error))
                continue
            if order is not None:
                orders.append(order)
            else:
                self._tidy_leftover(render_id)
        for order in sorted(orders, key=lambda order: (-order.priority, order.render_id)):
            if self._stopping.is_set():
                return None
            ended = self.take(order)
            if ended is not None:
                return ended
        return None

    def take(self, order: Order) -> int | None:
        """Take a render, if nobody has it, and end it.

        Returns
        -------
        int or None
            1 if it has ended, 0 if others go on with it; None if somebody else has it.

        Raises
        ------
        StoreError
            If the store can't be read or written.
        """
        claims = read_claims(self._store, order.render_id)
        if not self._watch.is_free(order.render_id, claims):
            return None
        lease = try_claim(self._store, order.render_id, claims.number + 1, self._token)
        return None if lease is None else self._work(order, lease, claims)

    def _work(self, order: Order, lease: Lease, before: Claims) -> int:
        """Render what was claimed; give 1 if it has ended, 0 if others go on with it."""
        store, render_id = self._store, order.render_id
        if not store.exists(order_key(render_id)):  # it ended while it was looked at
            remove_order(store, render_id)
            return 0
        try:
            if read_status(store, render_id).row["status"] in ENDED:  # its worker died just after that
                remove_order(store, render_id)
                return 1
        except UnknownRenderError:
            self._say_once(f"render {render_id} has no row in the history; it is rendered all the same")
        again = f", claimed {before.number} times before" if before.number else ""
        log.info(
            "took render %s (%s, %d frames, for %s)%s", render_id, order.name, order.frames, order.user, again
        )
        try:
            self._tidy(render_id)
            request = self._request(order, before)
        except BazaarError as error:
            self._end_badly(order, error)
            return 1
        rendering = Rendering(request, render_id=render_id, created=order.created, is_detached=True)
        rendering.most_bytes = order.most_bytes
        if before.is_cancelled:
            rendering.cancel()
        job = Job(request, queue_of(self._engine), priority=order.priority, taken=rendering)
        return self._render(order, lease, job, rendering)

    def _request(self, order: Order, before: Claims) -> ExportRequest:
        deaths = before.number - len(before.released)
        if deaths >= _MOST_DEATHS:
            raise RenderError(
                f"{deaths} workers ended while they rendered it, without a word: maybe it takes more memory "
                "than they have"
            )
        return request_of(order, self._store, self._engine)

    def _render(self, order: Order, lease: Lease, job: Job, rendering: Rendering) -> int:
        self._job = job
        ended = threading.Event()
        holding = threading.Thread(
            target=self._hold, args=(order.render_id, lease, job, ended), name="bazaar-lease", daemon=True
        )
        holding.start()
        try:
            began = time.monotonic()
            job.queue.submit(job)
            if self._stopping.is_set():
                job.give_up()
            # Not without a limit: a signal that another thread is given, as after a stop, doesn't wake
            # this one, which alone can heed it.
            while not job.wait(_HEED_S):
                pass
        finally:
            ended.set()
            holding.join()
            self._job = None
        if rendering.is_given_up:
            log.info("gave up render %s (%s)", order.render_id, order.name)
            with suppress(StoreError):  # then others take it when the lease has run out
                if not lease.is_lost:
                    lease.release()
            return 0
        took = time.monotonic() - began
        if job.error is None:
            log.info("finished render %s (%s) in %.1f s", order.render_id, order.name, took)
        else:
            log.warning("render %s (%s) %s: %s", order.render_id, order.name, job.status, job.error)
        self._remove(order.render_id)
        return 1

    def _hold(self, render_id: str, lease: Lease, job: Job, ended: threading.Event) -> None:
        """Give signs, and look whether the render is still ours, and wanted."""
        last = time.monotonic()
        while not ended.wait(BEAT_S):
            try:
                claims = read_claims(self._store, render_id)
                if claims.number != lease.number:
                    log.warning("render %s was taken over by another worker", render_id)
                    lease.is_lost = True
                    job.give_up()
                    return
                if claims.is_cancelled:
                    job.cancel()
                lease.sign()
                last = time.monotonic()
            except StoreError as error:
                if time.monotonic() - last > LEASE_S / 2:  # others may think that we are gone
                    log.warning("render %s is given up: the store can't be reached: %s", render_id, error)
                    job.give_up()
                    return

    def _tidy(self, render_id: str) -> None:
        """Take away what a dead worker needed only while it ran: a sweep would take ours with it."""
        prefix = scratch_prefix(render_id)
        self._store.remove_all([*self._store.list(prefix)])
        self._store.remove_folder(prefix)

    def _tidy_leftover(self, render_id: str) -> None:
        """Take away what was handed over by halves long ago, or written after a render's end."""
        limit = self._store.now() - _LEFTOVER_S
        if all(entry.modified < limit for entry in self._store.entries(detached_prefix(render_id))):
            remove_order(self._store, render_id)

    def _end_badly(self, order: Order, error: BazaarError) -> None:
        log.warning("render %s (%s) failed: %s", order.render_id, order.name, error)
        event = read_event(self._store, order.render_id)
        record(
            self._store,
            event.then("failed", error_class=type(error).__name__, error_message=str(error)),
        )
        self._remove(order.render_id)

    def _remove(self, render_id: str) -> None:
        self._watch.forget(render_id)
        try:
            remove_order(self._store, render_id)
        except StoreError as error:
            log.warning("what render %s needed could not be taken away: %s", render_id, error)


def cancel_unclaimed(store: Store, render_id: str, token: str) -> bool:
    """End a render as cancelled that nobody has; tell whether it was so."""
    claims = read_claims(store, render_id)
    if claims.number and claims.number not in claims.released:
        return False
    if try_claim(store, render_id, claims.number + 1, token) is None:
        return False
    if not store.exists(order_key(render_id)):
        store.remove(claim_key(render_id, claims.number + 1))
        return False
    event = read_event(store, render_id)
    message = f"render {render_id} was cancelled before its turn"
    record(store, event.then("cancelled", error_class="RenderCancelledError", error_message=message))
    remove_order(store, render_id)
    return True


def work(store: Store, engine: Engine, *, once: bool, on_stop: Callable[[Callable[[], None]], None]) -> int:
    """Work for a root until it is told to stop; give how many renders were ended.

    Parameters
    ----------
    on_stop : function
        Is given what stops it, to be called when it shall: on a signal.
    """
    worker = DetachedWorker(store, engine)
    on_stop(worker.stop)
    try:
        return worker.run(once=once)
    finally:
        engine.close()


def log_plainly(*, as_json: bool = False) -> None:
    """Have what the worker does written to the terminal, a line each, with its time.

    Parameters
    ----------
    as_json : bool
        Each line as an object with ``time`` (UTC), ``pid``, ``level`` and ``message``.
    """
    handler = logging.StreamHandler()
    plain = logging.Formatter(f"%(asctime)s bazaar work [{os.getpid()}]: %(message)s")
    handler.setFormatter(_JsonLines() if as_json else plain)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        said = {"time": time, "pid": os.getpid(), "level": record.levelname.lower()}
        return json.dumps({**said, "message": record.getMessage()}, ensure_ascii=False)
