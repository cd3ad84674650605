"""A Dask cluster of real processes that can be killed, and a network before its scheduler that can be cut.

Workers that end are started again, as whoever runs a cluster does.
"""

from __future__ import annotations

import contextlib
import os
import random
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import psutil

_LOOK_S = 0.05


class Gate:
    """Passes connections on to an address, until it is cut.

    Attributes
    ----------
    address : str
        Where to connect to.
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._to = ("127.0.0.1", port)
        self._listener = socket.create_server((host, 0))
        self.address = f"tcp://{host}:{self._listener.getsockname()[1]}"
        self._selector = selectors.DefaultSelector()
        self._peers: dict[socket.socket, socket.socket] = {}
        self._open = threading.Event()
        self._open.set()
        self._reset = False
        self._ended = False
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._selector.register(self._listener, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended = True
        self._open.set()
        self._thread.join()
        self._drop_all()
        self._listener.close()

    def cut(self, seconds: float, *, reset: bool) -> None:
        """Let nothing through for some time; connections are broken, or wait as where packets are lost."""
        self._reset = reset
        self._open.clear()
        time.sleep(seconds)
        self._reset = False
        self._open.set()

    def _pass_on(self) -> None:
        while not self._ended:
            if self._reset:
                self._drop_all()
            if not self._open.is_set():
                if self._reset:  # who knocks is turned away
                    self._refuse()
                time.sleep(0.02)
                continue
            for key, _ in self._selector.select(_LOOK_S):
                if key.fileobj is self._listener:
                    self._take()
                elif isinstance(key.fileobj, socket.socket):
                    self._move(key.fileobj)

    def _take(self) -> None:
        near, _ = self._listener.accept()
        try:
            far = socket.create_connection(self._to, 5)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            one.settimeout(20)
            self._peers[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _move(self, source: socket.socket) -> None:
        if source not in self._peers:
            return
        try:
            data = source.recv(1 << 20)
            if data:
                self._peers[source].sendall(data)
                return
        except OSError:
            pass
        self._drop(source)

    def _refuse(self) -> None:
        self._listener.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            self._listener.accept()[0].close()
        self._listener.setblocking(True)

    def _drop(self, one: socket.socket) -> None:
        for end in (one, self._peers.get(one)):
            if end is not None and self._peers.pop(end, None) is not None:
                self._selector.unregister(end)
                end.close()

    def _drop_all(self) -> None:
        for one in list(self._peers):
            self._drop(one)


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


class Machines:
    """A scheduler, and workers of one thread, each below a nanny.

    Parameters
    ----------
    folder : Path
        For logs and what workers keep.
    host : str
        Where the scheduler is reached.
    hosts : sequence of (str, str)
        Of each worker the network namespace that it runs in, and its address there.
    """

    def __init__(
        self, folder: Path, workers: int = 2, *, environment: dict[str, str] | None = None,
        host: str = "127.0.0.1", hosts: Sequence[tuple[str, str]] = (),
    ) -> None:  # fmt: skip
        self._folder = folder
        self._count = workers
        self._hosts = hosts
        self._environment = {**os.environ, **(environment or {}), "DASK_DISTRIBUTED__WORKER__DAEMON": "True"}
        self._port = free_port()
        self._scheduler: subprocess.Popen[bytes] | None = None
        self._workers: dict[int, subprocess.Popen[bytes]] = {}
        self._ended = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self.gate = Gate(self._port, host)
        self.address = self.gate.address

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.start_scheduler()
        self.gate.__enter__()
        for number in range(self._count):
            self._start_worker(number)
        self._keeper.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended.set()
        self._keeper.join()
        for process in (*self._workers.values(), self._scheduler):
            if process is not None:
                kill_all(process.pid)
                process.wait()
        self.gate.__exit__()

    def start_scheduler(self) -> None:
        """Start the scheduler, and wait until it listens."""
        self._scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", str(self._port), "--no-dashboard", "--no-show",
        )  # fmt: skip
        stop = time.monotonic() + 120
        while time.monotonic() < stop:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(_LOOK_S)
        raise RuntimeError((self._folder / "scheduler.log").read_text()[-2000:])

    def kill_scheduler(self) -> None:
        """End the scheduler, and all that it knows."""
        if self._scheduler is not None:
            kill_all(self._scheduler.pid)
            self._scheduler.wait()
            self._scheduler = None

    def worker_pids(self) -> list[int]:
        """Give the processes that run tasks: those below the nannies."""
        found = []
        for process in list(self._workers.values()):
            with contextlib.suppress(psutil.Error):
                for child in psutil.Process(process.pid).children(recursive=True):
                    line = " ".join(child.cmdline())
                    if "spawn_main" in line or "forkserver" in line:
                        found.append(child.pid)
        return found

    def kill_worker(self, chance: random.Random) -> int | None:
        """Kill a worker; its nanny starts another."""
        pids = self.worker_pids()
        if not pids:
            return None
        pid = chance.choice(pids)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 9)
        return pid

    def add_worker(self, environment: dict[str, str] | None = None) -> None:
        """Start one more."""
        self._start_worker(max(self._workers, default=-1) + 1, environment)

    def nannies(self) -> list[tuple[int, int]]:
        """Give the processes that look after workers, with their numbers."""
        return [(process.pid, number) for number, process in self._workers.items()]

    def remove_workers(self, but: set[int] = frozenset()) -> None:  # type: ignore[assignment]
        """End workers and their nannies, but those of some processes."""
        for pid, number in self.nannies():
            if pid not in but:
                process = self._workers.pop(number)
                kill_all(pid)
                process.wait()

    def _keep(self) -> None:
        while not self._ended.wait(0.2):
            for number, process in list(self._workers.items()):
                if process.poll() is not None and number in self._workers:
                    self._start_worker(number)

    def _start_worker(self, number: int, environment: dict[str, str] | None = None) -> None:
        namespace, host = self._hosts[number] if self._hosts else ("", "127.0.0.1")
        self._workers[number] = self._start(
            "worker", self.address, "--nthreads", "1", "--no-dashboard",
            "--memory-limit", "3GiB", "--death-timeout", "60",
            "--local-directory", str(self._folder / f"worker-{number}"), "--host", host,
            environment=environment, namespace=namespace,
        )  # fmt: skip

    def _start(
        self, what: str, *arguments: str, environment: dict[str, str] | None = None, namespace: str = ""
    ) -> subprocess.Popen[bytes]:
        within = ["ip", "netns", "exec", namespace] if namespace else []
        with (self._folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(
                [*within, sys.executable, "-m", "distributed.cli.dask_" + what, *arguments],
                env={**self._environment, **(environment or {})}, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip


def kill_all(pid: int) -> None:
    """Kill a process and all below it."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (*process.children(recursive=True), process):
            with contextlib.suppress(psutil.Error):
                one.kill()


@contextlib.contextmanager
def beside(work: threading.Thread, ended: threading.Event) -> Iterator[None]:
    """Have a thread work until the block ends."""
    work.start()
    try:
        yield
    finally:
        ended.set()
        work.join()
