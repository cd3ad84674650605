"""Which workers of a Dask cluster can do what a render asks for, and why others can't."""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bazaar_nb.errors import InvalidValueError, StoreError
from bazaar_nb.render.engines.dask_connection import Connection
from bazaar_nb.render.engines.dask_worker import Inspected, inspect_worker
from bazaar_nb.render.engines.engine import EngineError
from bazaar_nb.render.engines.worker_fonts import FontComparison
from bazaar_nb.render.engines.worker_profile import own_profile
from bazaar_nb.render.result import format_bytes
from bazaar_nb.store.key_layout import SCRATCH
from bazaar_nb.store.store import Store

_WITHIN_S = 90.0
_MEMORY = "MEMORY"
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """What tasks ask of workers.

    Attributes
    ----------
    memory_bytes : int
        0 for nothing.
    wait_s : float
        How long to wait for the first worker.
    """

    memory_bytes: int
    priority: int
    resources: dict[str, float]
    wait_s: float

    @classmethod
    def of(
        cls, memory: int | str | None, priority: int, resources: Mapping[str, float] | None, wait_s: float
    ) -> Wanted:
        """Check what was given to a `DaskEngine`."""
        from dask.utils import parse_bytes

        try:
            memory_bytes = 0 if memory is None else int(parse_bytes(memory))
        except (ValueError, TypeError):
            memory_bytes = -1
        if isinstance(memory, bool) or memory_bytes < 0:
            raise InvalidValueError(
                f"`memory` must be bytes or text as '4GB', got {memory!r:.60} (DaskEngine)"
            )
        if not isinstance(priority, int) or isinstance(priority, bool):
            raise InvalidValueError(f"`priority` must be a whole number, got {priority!r:.60} (DaskEngine)")
        given = dict(resources or {}) if isinstance(resources, Mapping | None) else None
        if given is None or not all(isinstance(name, str) and _is_amount(n) for name, n in given.items()):
            raise InvalidValueError(
                "`resources` must be numbers above 0 by name, as {'render': 1}, "
                f"got {resources!r:.80} (DaskEngine)"
            )
        if not _is_amount(wait_s):
            raise InvalidValueError(f"`wait_s` must be seconds above 0, got {wait_s!r:.60} (DaskEngine)")
        amounts = {name: float(amount) for name, amount in given.items()}
        return cls(memory_bytes, priority, amounts, float(wait_s))


@dataclass(slots=True)
class Inspection:
    """Looks at workers before a render begins, and keeps who is left out."""

    address: str
    wanted: Wanted
    _left_out: dict[tuple[str, str], str] = field(default_factory=dict)
    fonts: FontComparison = field(default_factory=FontComparison)
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _faults: dict[tuple[str, str], str] = field(default_factory=dict)
    _has_memory: bool = False
    _told_threads: bool = False

    def left_out(self, workers: Iterable[str], store_url: str = "", film: str = "") -> set[str]:
        """Give those of some workers that are not used, for a store and a film if these are given."""
        return {
            worker
            for worker in workers
            if ("", worker) in self._left_out
            or (film, worker) in self._left_out
            or (store_url, worker) in self._faults
        }

    def leave_out(self, worker: str, why: str, *, of: str = "") -> None:
        """Use a worker no more, or only not for a film, and say why; once."""
        if (of, worker) not in self._left_out:
            self._left_out[of, worker] = why
            warnings.warn(f"Dask worker {worker} is left out: {why}", stacklevel=2)

    def note_store_fault(self, store_url: str, worker: str, why: str) -> None:
        """Use a worker no more for renders into a store, until it is looked at again."""
        if (store_url, worker) not in self._faults:
            self._faults[store_url, worker] = why
            warnings.warn(f"Dask worker {worker} is left out: {why}", stacklevel=2)

    def has_seen(self, store_url: str) -> bool:
        """Tell whether workers were looked at for a store, as before each render."""
        return any(url == store_url for url, _ in self._seen)

    def resources(self) -> dict[str, float]:
        """Give what each task takes of what workers were started with."""
        memory = {_MEMORY: float(self.wanted.memory_bytes)} if self._has_memory else {}
        return {**memory, **self.wanted.resources}

    def forget(self) -> None:
        """Know nothing of workers any more: the cluster may be another one at the next render."""
        self._left_out.clear()
        self._seen.clear()
        self._faults.clear()

    def failure(self, workers: Iterable[str], store_url: str = "") -> EngineError:
        """Say that no worker can be used, and why."""
        reasons: dict[str, list[str]] = {}
        for worker in sorted(workers):
            why = self._left_out.get(("", worker)) or self._faults.get((store_url, worker), "it is gone")
            reasons.setdefault(why, []).append(worker)
        said = "; ".join(
            f"{', '.join(names[:_MOST_NAMED])}{' and more' * (len(names) > _MOST_NAMED)}: {why}"
            for why, names in list(reasons.items())[:_MOST_NAMED]
        )
        return EngineError(f"no worker of {self.address} can render this: {said}")

    def inspect(
        self, connection: Connection, workers: Mapping[str, int], store: Store, check: Callable[[], None]
    ) -> None:
        """Look at workers that have not been looked at for this store.

        Raises
        ------
        EngineError
            If none can be used.
        StoreError
            If the store can't be written from here.
        """
        for known in [known for known in self._faults if known[0] == store.url]:
            del self._faults[known]  # it may have been put right
        new = [worker for worker in workers if (store.url, worker) not in self._seen]
        if new:
            self._look(connection, new, store, check)
        if not set(workers) - self.left_out(workers, store.url):
            raise self.failure(workers, store.url)

    def _look(
        self, connection: Connection, workers: list[str], store: Store, check: Callable[[], None]
    ) -> None:
        probe, content = f"{SCRATCH}probe-{secrets.token_hex(8)}/", secrets.token_bytes(16)
        store.write_bytes(f"{probe}home", content)
        try:
            answers: dict[str, Any] = connection.call(
                connection.client._run(
                    inspect_worker, store.url, store.storage_options, probe, content,
                    workers=workers, on_error="return",
                ),
                _WITHIN_S, check,
            )  # fmt: skip
        finally:
            with suppress(StoreError):
                store.remove_all(list(store.list(probe)))
                store.remove_folder(probe)
        resources: set[str] = set()
        for worker, answer in answers.items():
            if isinstance(answer, OSError):  # it is gone
                continue
            if isinstance(answer, BaseException):
                self.leave_out(worker, f"bazaar_nb can't run there: {type(answer).__name__}: {answer}"[:300])
                continue
            inspected = msgspec.msgpack.decode(answer, type=Inspected)
            resources.update(inspected.resources)
            self._judge(worker, inspected, store)
        self._has_memory = self.wanted.memory_bytes > 0 and _MEMORY in resources

    def _judge(self, worker: str, inspected: Inspected, store: Store) -> None:
        differences = inspected.profile.differences(own_profile())
        wanted = self.wanted
        missing = [
            f"{name}={amount:g}"
            for name, amount in wanted.resources.items()
            if inspected.resources.get(name, 0.0) < amount
        ]
        if differences:
            self.leave_out(worker, ", ".join(differences))
        elif missing:
            self.leave_out(worker, f"it was not started with --resources {' '.join(missing)}")
        elif 0 < inspected.memory_bytes < wanted.memory_bytes:
            may, needs = format_bytes(inspected.memory_bytes), format_bytes(wanted.memory_bytes)
            self.leave_out(worker, f"it may take {may} of memory, less than {needs}")
        elif inspected.store_fault:
            folder = (
                ""
                if store.is_remote
                else " (a folder must be on a disk that all machines share; else use a bucket)"
            )
            why = f"it can't use the store {store.root}: {inspected.store_fault}{folder}"
            self.note_store_fault(store.url, worker, why)
            return
        self._seen.add((store.url, worker))
        if inspected.threads > 1 and not self._told_threads:
            self._told_threads = True
            warnings.warn(
                f"Dask worker {worker} has {inspected.threads} threads, of which one renders: start a worker "
                "for each core, with one thread (`dask worker --nthreads 1 --nworkers 8`, "
                "LocalCluster(n_workers=8, threads_per_worker=1))",
                stacklevel=2,
            )


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
