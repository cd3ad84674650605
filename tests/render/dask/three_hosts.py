"""Three hosts of which one is cut off and comes back: ``python -m tests.render.dask.three_hosts``, as root.

The hosts are network namespaces on a bridge, each with one worker; the
scheduler and the S3 server are reached over the bridge. In the middle of a
film one host's link goes down for twenty seconds.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import bazaar_nb as bz
from bazaar_nb.render.engines.dask import DaskEngine
from tests.render.dask.chaos import BUCKET, chaos_film
from tests.render.dask.machines import Gate, Machines
from tests.s3.server import Server

_HERE = f"bz{os.getpid() % 10_000}"
_NET = f"10.{200 + os.getpid() % 50}.{os.getpid() // 50 % 250}"
CUT_S = 20.0
SCENES = 30


def ip(*arguments: str) -> None:
    """Change the network; say what could not be done."""
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


@contextlib.contextmanager
def three_hosts() -> Iterator[list[tuple[str, str]]]:
    """Give three namespaces and their addresses; this host has ``.1`` of the same network."""
    bridge = f"{_HERE}br"
    names = [f"{_HERE}h{number}" for number in range(3)]
    try:
        ip("link", "add", bridge, "type", "bridge")
        ip("addr", "add", f"{_NET}.1/24", "dev", bridge)
        ip("link", "set", bridge, "up")
        hosts = []
        for number, name in enumerate(names):
            address = f"{_NET}.{10 + number}"
            ip("netns", "add", name)
            ip("link", "add", f"{name}v", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", f"{name}v", "master", bridge, "up")
            ip("-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
            hosts.append((name, address))
        yield hosts
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", bridge], check=False, capture_output=True)


def run(folder: Path, server: Server) -> str:
    """Render while a host is cut off; give what happened in words.

    Raises
    ------
    AssertionError
        If something was lost, or came twice.
    """
    plain = bz.Workspace(folder / "plain", engine="inline")
    wanted = chaos_film(0, SCENES).export("movie.mp4", workspace=plain, progress=False)
    key, secret = server.owner
    with three_hosts() as hosts, Gate(int(urlsplit(server.url).port or 0), f"{_NET}.1") as store_gate:
        options = {"endpoint_url": store_gate.address.replace("tcp", "http"), "key": key, "secret": secret}
        environment = {"BAZAAR_CACHE": str(folder / "cache")}
        with Machines(
            folder / "machines", 3, environment=environment, host=f"{_NET}.1", hosts=hosts
        ) as machines:
            engine = DaskEngine(machines.address)
            where = bz.Workspace(f"s3://{BUCKET}/three", storage_options=options, engine=engine)
            engine.prepare(where.store, lambda: None)
            while engine.workers < 3:
                time.sleep(0.1)
            link = f"{hosts[1][0]}v"
            cut = threading.Event()

            def cut_off() -> None:
                while len(list(where.store.list("segments/"))) < 4:
                    time.sleep(0.1)
                ip("link", "set", link, "down")
                cut.set()
                time.sleep(CUT_S)
                ip("link", "set", link, "up")

            thread = threading.Thread(target=cut_off)
            thread.start()
            began = time.monotonic()
            render = chaos_film(0, SCENES, 0.05).export("movie.mp4", workspace=where, progress=False)
            taken_s = time.monotonic() - began
            thread.join()
            assert cut.is_set()
            assert render.store.read_bytes(render.key) == Path(wanted.location).read_bytes()
            assert list(where.history()["status"]) == ["succeeded"]
            assert len(list(where.store.list("segments/"))) == SCENES
            again = chaos_film(1, 12, 0.05).export("more.mp4", workspace=where, progress=False)
            hosts_used = engine.workers
            engine.close()
        retried = where.history().iloc[0]["segments_retried"]
    return (
        f"{SCENES} segments on three hosts, one cut off for {CUT_S:.0f} s: {taken_s:.1f} s, byte-identical, "
        f"{retried} retried; afterwards {again.segments} segments on {hosts_used} hosts"
    )


def main() -> None:
    """Run it, and say how it went."""
    if os.geteuid() != 0:
        sys.exit("network namespaces need root")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["BAZAAR_CACHE"] = f"{folder}/cache"
        server = Server(Path(folder) / "s3")
        server.start()
        server.client().create_bucket(Bucket=BUCKET)
        try:
            print(run(Path(folder), server), flush=True)
        finally:
            server.remove()


if __name__ == "__main__":
    main()
