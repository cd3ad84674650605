"""Asking functions, before a render, what there is where they run, and whether they can use the store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from uuid import uuid4

import msgspec

from bazaar_nb.render.engines.engine import EngineError
from bazaar_nb.render.engines.lithops_calls import Functions
from bazaar_nb.render.engines.lithops_function import Probe, ProbeAnswer, probe
from bazaar_nb.render.engines.worker_profile import WorkerProfile, own_profile
from bazaar_nb.store.store import Store

_LOOK_S = 0.1
_PREFIX = "scratch/probe/"


class Probes:
    """What functions have answered; a store is asked about once.

    Parameters
    ----------
    backend : str
        Who runs functions; for messages.
    limit_s : float
        How long an answer may take.
    """

    def __init__(self, backend: str, limit_s: float) -> None:
        self._backend = backend
        self._limit_s = limit_s
        self._lock = threading.Lock()
        self._asked: dict[Store | None, Future[ProbeAnswer]] = {}

    @property
    def are_answered(self) -> bool:
        """Whether a function has answered."""
        return any(_is_good(asked) for asked in list(self._asked.values()))

    @property
    def waits_for(self) -> str:
        """What is waited for, and for how long, for people; empty if for nothing."""
        if all(asked.done() for asked in list(self._asked.values())):
            return ""
        return f"waiting up to {self._limit_s:.0f} s for a first function on {self._backend}"

    def ask(self, functions: Functions, store: Store | None = None) -> Future[ProbeAnswer]:
        """Ask a function, unless one was asked; one that failed is asked again."""
        with self._lock:
            known = self._asked.get(store)
            if known is not None and (not known.done() or _is_good(known)):
                return known
            asked: Future[ProbeAnswer] = Future()
            self._asked[store] = asked
        question = Probe()
        if store is not None:
            question = Probe(store.url, store.storage_options, f"{_PREFIX}{uuid4().hex[:16]}")
        threading.Thread(
            target=self._wait, args=(functions, question, asked), name="bazaar-lithops-probe", daemon=True
        ).start()
        return asked

    def require(self, functions: Functions, store: Store, check: Callable[[], None]) -> None:
        """Wait until it is known that functions can work for a store.

        Raises
        ------
        EngineError
            When they can't.
        """
        where = f"functions on {self._backend}"
        began = time.monotonic()
        for asked in [self.ask(functions), self.ask(functions, store)]:
            while not asked.done():
                check()
                if time.monotonic() - began > self._limit_s:
                    raise EngineError(
                        f"no function on {self._backend} answered within {self._limit_s:.0f} s: see its logs "
                        "there; `start_limit_s` of LithopsEngine says how long to wait"
                    )
                time.sleep(0.05)
            answer = asked.result()
            differences = _kind(answer.profile).differences(_kind(own_profile()))
            if differences:
                raise EngineError(
                    f"{where} make other bytes than this machine: they have {', '.join(differences)}; build "
                    "their runtime with the versions of here (docs/serverless.md)"
                )
            if answer.store_fault:
                self.forget()
                raise EngineError(f"{where} can't use {store.root}: {answer.store_fault}")

    def forget(self) -> None:
        """Forget all answers: functions may be others by now."""
        with self._lock:
            self._asked = {}

    def _wait(self, functions: Functions, question: Probe, asked: Future[ProbeAnswer]) -> None:
        try:
            (answer,) = functions.call(probe, [msgspec.msgpack.encode(question)])
            while not answer.is_there():
                if functions.is_closed:
                    asked.set_exception(EngineError("the engine was closed"))
                    return
                time.sleep(_LOOK_S)
            asked.set_result(msgspec.msgpack.decode(answer.result(), type=ProbeAnswer))
            functions.forget([answer])
        except EngineError as error:
            asked.set_exception(error)
        except BaseException as error:
            asked.set_exception(
                EngineError(
                    f"functions on {self._backend} can't run segments: {type(error).__name__}: {error}; does "
                    "their runtime have bazaar_nb (docs/serverless.md)?"
                )
            )


def _is_good(asked: Future[ProbeAnswer]) -> bool:
    return asked.done() and asked.exception() is None


def _kind(profile: WorkerProfile) -> WorkerProfile:
    """Leave out a processor's vector units, which nobody can choose for functions.

    A scene that shows something else for them is found as it is anywhere else, and evaluated at home.
    """
    system_and_machine = " ".join(profile.processor.split()[:2])
    return msgspec.structs.replace(profile, processor=system_and_machine)
