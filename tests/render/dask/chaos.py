"""A film of 60 segments on a cluster of which nothing stays up: ``python -m tests.render.dask.chaos``.

A random worker is killed every few seconds, once the scheduler's network is cut
for five seconds, and once the S3 server is restarted. The movie is then what
InlineEngine makes, to the byte, with one succeeded row, and each segment is
stored once. ``--seeds 10`` says how often, ``--first 7`` from which seed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import bazaar_nb as bz
from bazaar_nb.render.engines.dask import DaskEngine
from tests.render.dask.machines import Machines, beside
from tests.s3.server import Server

SCENES = 60
PAUSE_S = 0.04
BUCKET = "films"


@bz.scene(duration=0.5)
def numbered(frame: bz.Frame, number: int, seed: int, pause_s: float = 0.0) -> list[Any]:
    """Show a number that no other seed shows."""
    time.sleep(pause_s)
    return [
        bz.Fill("#0f172a"),
        bz.Rect(width=20 + number * 4, height=40, y="80%", fill="#38bdf8", opacity=0.5 + frame.progress / 2),
        bz.Text(f"{seed}: {number}", size=60, x=60 + 8 * frame.index, color="white"),
    ]


def chaos_film(seed: int, scenes: int = SCENES, pause_s: float = 0.0) -> bz.Composition:
    """Give a film of as many segments as scenes."""
    return bz.Composition(
        [numbered(number, seed, pause_s) for number in range(scenes)], width=320, height=180, name="chaos"
    )


def run_chaos(
    folder: Path, server: Server, seed: int, scenes: int = SCENES, *, kill_s: tuple[float, float] = (2, 5)
) -> str:
    """Render a film while everything goes wrong; give what happened in words.

    Raises
    ------
    AssertionError
        If something was lost, or came twice.
    """
    chance = random.Random(seed)
    key, secret = server.owner
    options = {"endpoint_url": server.url, "key": key, "secret": secret}
    plain = bz.Workspace(folder / "plain", engine="inline")
    wanted = chaos_film(seed, scenes).export("movie.mp4", workspace=plain, progress=False)
    happened: list[str] = []
    ended = threading.Event()

    def make_trouble(machines: Machines) -> None:
        began = time.monotonic()
        troubles = [chance.uniform(4, 8), chance.uniform(10, 18)]
        kinds = ["network", "store"]
        chance.shuffle(kinds)
        while not ended.wait(chance.uniform(*kill_s)):
            now = time.monotonic() - began
            if troubles and now > troubles[0]:
                troubles.pop(0)
                kind = kinds.pop()
                if kind == "network":
                    reset = chance.random() < 0.5
                    happened.append(f"network {'broken' if reset else 'silent'} at {now:.0f} s")
                    machines.gate.cut(5, reset=reset)
                else:
                    happened.append(f"store restarted at {now:.0f} s")
                    server.kill()
                    time.sleep(chance.uniform(0.5, 3))
                    server.start()
            elif machines.kill_worker(chance) is not None:
                happened.append("kill")

    environment = {"BAZAAR_CACHE": str(folder / "cache")}
    with Machines(folder / "machines", 2, environment=environment) as machines:
        engine = DaskEngine(machines.address)
        where = bz.Workspace(f"s3://{BUCKET}/{seed}", storage_options=options, engine=engine)
        trouble = threading.Thread(target=make_trouble, args=(machines,), daemon=True)
        began = time.monotonic()
        film = chaos_film(seed, scenes, PAUSE_S)
        try:
            engine.prepare(where.store, lambda: None)
            with beside(trouble, ended):
                render = film.export("movie.mp4", workspace=where, progress=False)
        finally:
            engine.close()
    taken_s = time.monotonic() - began
    assert render.store.read_bytes(render.key) == Path(wanted.location).read_bytes()
    rows = where.history()
    assert list(rows["status"]) == ["succeeded"]
    there = {entry.key: entry for entry in where.store.entries("segments/")}
    assert len(there) == scenes
    for name in there:
        made = hashlib.sha256(where.store.read_bytes(name)).digest()
        assert made == hashlib.sha256(plain.store.read_bytes(name)).digest()
    assert list(where.store.list("scratch/")) == []
    row = rows.iloc[0]
    return (
        f"seed {seed}: {taken_s:.0f} s, {happened.count('kill')} kills, "
        f"{', '.join(what for what in happened if what != 'kill') or 'nothing else'}; "
        f"{row['segments_retried']} segments retried, {row['frames_evaluated_by_workers']} frames by workers"
    )


def main() -> None:
    """Run some seeds, and say what each was like."""
    parser = argparse.ArgumentParser(prog="python -m tests.render.dask.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--scenes", type=int, default=SCENES)
    args = parser.parse_args()
    failed = 0
    for seed in range(args.first, args.first + args.seeds):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, warnings.catch_warnings():
            warnings.simplefilter("default")
            os.environ["BAZAAR_CACHE"] = f"{folder}/cache"
            server = Server(Path(folder) / "s3")
            server.start()
            server.client().create_bucket(Bucket=BUCKET)
            try:
                print(run_chaos(Path(folder), server, seed, args.scenes), flush=True)
            except BaseException as error:
                failed += 1
                print(f"seed {seed}: FAILED: {type(error).__name__}: {error}", flush=True)
                if isinstance(error, KeyboardInterrupt):
                    raise
            finally:
                server.remove()
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
