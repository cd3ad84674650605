"""Cores of this machine, shared by all kernels and scripts of a person that render on it.

Each core is a file that a render locks while it uses the core; the operating
system lets go of the locks of a process that dies, however it dies. A render
takes what is free, gives the surplus back between two segments as soon as
another one wants cores too, and always keeps one, so that each that has begun
goes on. Those that wait for their first core get it in the order in which they
came: a batch of short films would keep others waiting for ever.
"""

from __future__ import annotations

import logging
import math
import os
import secrets
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import loky
from filelock import BaseFileLock, FileLock, Timeout

from bazaar_nb.render.engines.engine import Engine
from bazaar_nb.render.segment_run import Share

_LOOK_S = 0.2
"""How often a render looks whether cores came free, or are wanted."""
_DOOR_S = 2.0
"""How long to wait for another one that looks; longer than that it has stopped."""

_TURN_S = 5.0
"""How long a render that waits comes before later ones without a sign of life: it may have been frozen."""

_log = logging.getLogger(__name__)


class Slots:
    """The cores of this machine.

    Parameters
    ----------
    folder : Path, optional
        Where the lock files are; one of this user by default, and of no other.
    cores : int, optional
        How many there are; as many as this process may use by default.
    """

    def __init__(self, folder: Path | None = None, cores: int | None = None) -> None:
        self.folder = folder or lock_folder()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.cores = cores or loky.cpu_count()

    def share(self, most: int) -> SharedCores:
        """Give a render's share of the cores: at most as many as it has workers."""
        return SharedCores(self.folder, self.cores, most)


class SharedCores(Share):
    """A render's share of the cores of this machine, from `begin` to `end`.

    Parameters
    ----------
    folder : Path
        Where the lock files are.
    total : int
        How many cores there are.
    most : int
        How many the render can use.
    """

    def __init__(self, folder: Path, total: int, most: int) -> None:
        super().__init__(0)
        self._folder = folder
        self._total = total
        self._most = most
        self._held: list[BaseFileLock] = []
        self._looked_at = 0.0
        self._lock = threading.Lock()  # the render's own thread, and whoever ends it
        self._door = _lock_of(folder / "door.lock")
        self._turn: BaseFileLock | None = None
        self._present = _lock_of(folder / f"render-{os.getpid()}-{secrets.token_hex(4)}.lock")

    def wait(self, check: Callable[[], None]) -> None:
        """Wait until there is a core for this render.

        Parameters
        ----------
        check : function
            Called several times a second; may raise to stop waiting.
        """
        check()
        try:
            while self.balance(0) < 1:
                self._take_turn()
                time.sleep(_LOOK_S / 2)
                check()
        finally:
            self._leave_turn()

    def balance(self, busy: int) -> int:
        """Take free cores and give back those that others should have; give how many segments may run."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked_at >= _LOOK_S or not self._held:
                self._looked_at = now
                try:
                    self._settle(busy)
                    # Who asked for more workers than there are cores has them when nobody else renders.
                    self.cores = self._most if len(self._held) == self._total else len(self._held)
                except OSError:
                    self.cores = self._most  # no locks in this folder any more: sharing is a courtesy
            return max(self.cores, busy)

    def _settle(self, busy: int) -> None:
        with self._door.acquire(timeout=_DOOR_S):  # else a file might go between being made and being locked
            fair = max(1, self._total // (1 + self._others()))
            is_late = not self._held and self._is_late()
        while len(self._held) > max(fair, busy):
            self._held.pop().release()
        if len(self._held) < min(self._most, fair) and not is_late:
            self._take(min(self._most, fair))

    def _take(self, wanted: int) -> None:
        taken = {lock.lock_file for lock in self._held}
        for core in range(self._total):
            if len(self._held) >= wanted:
                return
            lock = _lock_of(self._folder / f"core-{core}.lock")
            if lock.lock_file not in taken and _try(lock):
                self._held.append(lock)

    def _others(self) -> int:
        """Count the renders that want cores, and take away the files of dead ones."""
        paths = (path for path in self._folder.glob("render-*.lock") if path != Path(self._present.lock_file))
        return sum(not _is_left_behind(path) for path in paths)

    def _is_late(self) -> bool:
        """Tell whether another render waits for its first core, and has waited for longer."""
        own = Path(self._turn.lock_file).name if self._turn else None
        for path in sorted(self._folder.glob("turn-*.lock")):
            if own is not None and path.name >= own:
                return False
            if not _is_left_behind(path) and _age_s(path) < _TURN_S:
                return True
        return False

    def _take_turn(self) -> None:
        """Let others know since when this render waits, and that it still does."""
        if self._turn is not None:
            with suppress(OSError):
                os.utime(self._turn.lock_file)
            return
        with (
            suppress(OSError),
            self._door.acquire(timeout=_DOOR_S),
        ):  # without it, whoever looks first is first
            turn = _lock_of(self._folder / f"turn-{time.time_ns():020}-{secrets.token_hex(4)}.lock")
            turn.acquire(timeout=0)
            self._turn = turn

    def _leave_turn(self) -> None:
        if self._turn is not None:
            self._turn.release()
            with suppress(OSError):  # gone already, or another one is just looking at it
                Path(self._turn.lock_file).unlink()
            self._turn = None

    def begin(self) -> None:
        """Let others know that this render wants cores.

        Raises
        ------
        OSError
            If there can be no locks in the folder.
        """
        with self._door.acquire(timeout=_DOOR_S):
            self._present.acquire(timeout=0)

    def end(self) -> None:
        """Give all cores back."""
        with self._lock:
            while self._held:
                self._held.pop().release()
            self._present.release()
            with suppress(OSError):  # gone already, or another one is just looking at it
                Path(self._present.lock_file).unlink()


@contextmanager
def cores_for(
    engine: Engine, check: Callable[[], None], on_wait: Callable[[], None] = lambda: None
) -> Iterator[Share]:
    """Give what may use an engine its share of this machine's cores, once there is one.

    Parameters
    ----------
    check : function
        Called several times a second while there is no core; may raise to stop waiting.
    on_wait : function
        Called if there is no core now.
    """
    shared = None
    if takes_cores(engine):
        try:
            shared = Slots().share(engine.workers)
            shared.begin()
        except OSError as error:  # sharing is a courtesy: no reason not to render
            _log.info("cores are not shared with other kernels: %s", error)
            shared = None
    if shared is None:
        yield Share()
        return
    try:
        if shared.balance(0) < 1:
            on_wait()
            shared.wait(check)
        yield shared
    finally:
        shared.end()


def takes_cores(engine: Engine) -> bool:
    """Tell whether an engine runs segments on this machine."""
    return not engine.is_remote


def lock_folder() -> Path:
    """Give the folder of this person's lock files on this machine, made if need be.

    Raises
    ------
    PermissionError
        If somebody else made it.
    """
    # Not the home folder: it may be on a network, where locks are slow or don't work.
    base = os.environ.get("XDG_RUNTIME_DIR")
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    if base and Path(base).is_dir():
        folder = Path(base, "bazaar")
    else:
        folder = Path(tempfile.gettempdir(), f"bazaar-{user}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if hasattr(os, "getuid") and (not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid()):
        raise PermissionError(f"{folder} belongs to another user")
    return folder


def _lock_of(path: Path) -> BaseFileLock:
    # Not bound to a thread: a render's end may be seen by another one.
    return FileLock(path, thread_local=False)


def _is_left_behind(path: Path) -> bool:
    """Tell whether nobody holds a lock any more, whose process died; its file is taken away."""
    try:
        told = path.stat().st_mtime_ns
    except OSError:  # it is gone already
        return True
    lock = _lock_of(path)
    if not _try(lock):
        # Its owner's sign of life: to try alone changes it, with filelock before version 4.
        with suppress(OSError):
            os.utime(path, ns=(told, told))
        return False
    path.unlink(missing_ok=True)
    lock.release()
    return True


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:  # it is gone: its render has its core
        return math.inf


def _try(lock: BaseFileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True
