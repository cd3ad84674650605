"""Calling functions through lithops: its configuration, its executor, and what it leaves in its storage."""

from __future__ import annotations

import copy
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from bazaar_nb.errors import InvalidValueError, MissingLibraryError
from bazaar_nb.render.engines.engine import EngineError

_LOCAL = "localhost"
_TRIES = 3
_BACKOFF_S = (1.0, 4.0)
_MARGIN_S = 5.0  # before the cloud ends a function, lithops does, and says so
_JOBS = "lithops.jobs"


class Configuration(NamedTuple):
    """A configuration of lithops, read.

    Attributes
    ----------
    settings : dict
        All of it, as its executor takes it.
    backend : str
        Who runs functions.
    time_limit_s : float or None
        How long one may take.
    """

    settings: dict[str, Any]
    backend: str
    workers: int
    memory_mb: int | None
    time_limit_s: float | None

    @property
    def is_local(self) -> bool:
        """Whether functions are processes of this machine."""
        return self.backend == _LOCAL


def require_lithops() -> Any:
    """Import lithops.

    Raises
    ------
    MissingLibraryError
        If it isn't here; the message has the command that installs it.
    """
    try:
        import lithops
    except ImportError as error:
        raise MissingLibraryError(
            f"functions in a cloud need lithops ({error}): run `pip install 'bazaar_nb[serverless]'`",
            name=error.name,
            path=error.path,
        ) from error
    # What it warns of, this engine says in its own words; whoever listens to its logger is told all the same.
    logging.getLogger("lithops").addHandler(logging.NullHandler())
    return lithops


def read_configuration(
    config: Mapping[str, Any] | str | os.PathLike[str] | None,
    *,
    workers: int | None,
    memory_mb: int | None,
    time_limit_s: float | None,
) -> Configuration:
    """Read a configuration of lithops, and change in it what was given beside it.

    Raises
    ------
    MissingLibraryError
        When lithops, or what it needs for a backend, isn't here.
    InvalidValueError
        When it can't be used.
    """
    require_lithops()
    from lithops.config import default_config, load_config

    for name, value, least in (("workers", workers, 1), ("memory_mb", memory_mb, 128)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            raise InvalidValueError(
                f"`{name}` must be a whole number, at least {least}, got {value!r:.60} (LithopsEngine)"
            )
    if time_limit_s is not None and not (_is_number(time_limit_s) and time_limit_s >= 1):
        raise InvalidValueError(
            f"`time_limit_s` must be seconds, at least 1, got {time_limit_s!r:.60} (LithopsEngine)"
        )
    try:
        settings = (
            copy.deepcopy(dict(config))
            if isinstance(config, Mapping)
            else load_config(None if config is None else str(Path(config).expanduser()))
        )
        backend = _backend(settings)
        section = settings[backend] = dict(settings.get(backend) or {})
        if backend == _LOCAL:
            section.setdefault("runtime", sys.executable)  # it calls `python` from the path
        settings["lithops"]["data_cleaner"] = False  # cleaned here, when the last of a film is done
        _put(section, backend, workers, memory_mb, time_limit_s)
        whole = default_config(config_data=settings)
    except MissingLibraryError:
        raise
    except ImportError as error:
        raise MissingLibraryError(
            f"lithops lacks {error.name} for this configuration: run `pip install 'lithops[all]'`, "
            "or the extra of its backend",
            name=error.name,
        ) from error
    except Exception as error:  # lithops raises plain ones
        raise InvalidValueError(
            f"the configuration of lithops can't be used: {error} (LithopsEngine; docs/serverless.md)"
        ) from error
    section = whole[backend]
    limit, most = time_limit_s, section.get("worker_processes" if backend == _LOCAL else "max_workers")
    if limit is None and section.get("runtime_timeout"):
        limit = max(1.0, float(section["runtime_timeout"]) - _MARGIN_S)
    memory = memory_mb or section.get("runtime_memory")
    return Configuration(whole, backend, workers or int(most or 1), memory, limit)


def _backend(settings: dict[str, Any]) -> str:
    """Give who runs functions, as lithops finds it from the mode."""
    from lithops.config import get_default_backend

    chosen = settings["lithops"] = dict(settings.get("lithops") or {})
    backend = chosen.get("backend") or get_default_backend(chosen.get("mode") or _LOCAL)
    chosen["backend"] = backend
    return str(backend)


def _put(
    section: dict[str, Any],
    backend: str,
    workers: int | None,
    memory_mb: int | None,
    time_limit_s: float | None,
) -> None:
    if workers is not None:
        section["worker_processes" if backend == _LOCAL else "max_workers"] = workers
    if memory_mb is not None and backend != _LOCAL:
        section["runtime_memory"] = memory_mb
    if time_limit_s is not None and backend != _LOCAL:
        section["runtime_timeout"] = int(time_limit_s + _MARGIN_S)


def is_killed(error: BaseException) -> bool:
    """Tell whether lithops says of a function that its process ended without a word."""
    return isinstance(error, MemoryError | RuntimeError) and "function process" in str(error)


def checked_seconds(name: str, value: object) -> float:
    """Give a number of seconds, or say what it must be."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
        raise InvalidValueError(f"`{name}` must be seconds, more than 0, got {value!r:.60} (LithopsEngine)")
    return float(value)


class Answer:
    """What a function will have answered."""

    def __init__(self, future: Any, storage: Any) -> None:
        self._future = future
        self._storage = storage

    @property
    def job(self) -> str:
        """Of lithops: what was called together."""
        return str(self._future.job_key)

    def is_there(self) -> bool:
        """Tell whether it has answered or failed."""
        return bool(self._future.ready or self._future.success or self._future.done)

    def result(self) -> bytes:
        """Give it.

        Raises
        ------
        TimeoutError
            When it took too long.
        MemoryError, RuntimeError
            When it was killed.
        Exception
            Whatever else it raised.
        """
        hook = sys.excepthook
        try:
            answer: bytes = self._future.result(internal_storage=self._storage)
        finally:
            sys.excepthook = hook  # lithops sets its own
        return answer


class Functions:
    """Calls functions; what calls leave in lithops' storage is taken away when they have ended.

    Code travels in that storage, which is the author's own, and in it alone.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._lock = threading.Lock()
        self._executor: Any = None
        self.is_closed = False
        self._open: dict[str, int] = {}

    def call(self, function: Callable[[bytes], bytes], messages: Sequence[bytes]) -> list[Answer]:
        """Call a function with each message.

        Raises
        ------
        EngineError
            When that can't be done.
        """
        with self._lock:
            if self.is_closed:
                raise EngineError("this LithopsEngine was closed: make a new one, or a new Workspace")
            for number in range(_TRIES):
                try:
                    return self._call(function, messages)
                except Exception as error:  # of lithops, or of the cloud's own library
                    if number == _TRIES - 1 or isinstance(error, TypeError | ImportError):
                        raise EngineError(
                            f"functions on {self._configuration.backend} can't be called: "
                            f"{type(error).__name__}: {error}"
                        ) from error
                    time.sleep(_BACKOFF_S[number])
        raise AssertionError

    def _call(self, function: Callable[[bytes], bytes], messages: Sequence[bytes]) -> list[Answer]:
        if self._executor is None:
            self._executor = require_lithops().FunctionExecutor(
                config=self._configuration.settings, log_level=None
            )
        executor, limit = self._executor, self._configuration.time_limit_s
        futures = executor.map(
            function, list(messages), chunksize=1, include_modules=None,
            timeout=None if limit is None else max(1, int(limit)),
        )  # fmt: skip
        answers = [Answer(future, executor.internal_storage) for future in futures]
        self._open[answers[0].job] = len(answers)
        executor.futures.clear()  # it would keep all that there ever were
        return answers

    def forget(self, answers: Iterable[Answer]) -> None:
        """Take away what calls have left, when all that were called together have ended."""
        with self._lock:
            for answer in answers:
                left = self._open.get(answer.job, 0) - 1
                self._open[answer.job] = left
                if left <= 0:
                    del self._open[answer.job]
                    self._remove(f"{_JOBS}/{answer.job}/")
            if not self._open:
                self._remove_functions()

    def close(self) -> None:
        """End what runs where that can be done, and take away all that is left."""
        self.is_closed = True
        with self._lock:
            executor = self._executor
            if executor is None:
                return
            with suppress(Exception):
                executor.__exit__(None, None, None)
            for job in list(self._open):
                self._remove(f"{_JOBS}/{job}/")
            self._open.clear()
            self._remove_functions()
            self._executor = None

    def _remove_functions(self) -> None:
        """Take away the functions themselves, and films with them."""
        from lithops.job.job import invalidate_function_cache

        executor = self._executor.executor_id
        invalidate_function_cache(executor)
        self._remove(f"{_JOBS}/{executor}/")

    def _remove(self, prefix: str) -> None:
        with suppress(Exception):  # what is left is no reason to lose a segment; docs/serverless.md says more
            storage = self._executor.internal_storage
            keys = storage.storage.list_keys(storage.bucket, prefix)
            if keys:
                storage.storage.delete_objects(storage.bucket, keys)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
