"""What joining 3,000 segments takes: memory of the one process that coordinates and joins, and its rate.

``python -m tests.benchmarks --only joining``. The film is rendered by an engine
whose workers answer at once: each segment is a copy of one of a few real ones,
so that planning, counting, joining and sending are what a film of that length
needs, on a real S3 server. Nothing is taken from copies on this machine, as
where workers are elsewhere.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import Future
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.measures import Bench
from tests.benchmarks.tables import Table, mark
from tests.s3.server import Server

SHORT, LONG = 300, 3_000
GROWTH_TARGET = 1.35
WAYS = {
    "copied by the service": {"sound": False, "megabytes": 6.4},
    "sent as it comes, with sound": {"sound": True, "megabytes": 2.0},
    "joined in a file, then sent": {"sound": True, "megabytes": 2.0, "file": True},
}
_FRAMES = 75
_KINDS = 8
_BUCKET = "films"


def joining_tables(bench: Bench) -> list[Table]:
    """Join a short and a long film in each way, each in a process of its own."""
    table = Table(
        f"Peak memory of the process that coordinates and joins, MB (long / short at most {GROWTH_TARGET})",
        [
            "way",
            "segments",
            "movie GB",
            "peak MB",
            "growth",
            "",
            "seconds",
            "MB/s",
            "CPU s",
            "join after render s",
        ],
    )
    for way, wanted in WAYS.items():
        short = 0.0
        for segments in (SHORT, SHORT if bench.quick else LONG):
            server = Server(bench.folder / f"s3-{len(table.rows)}")  # a new one: what it keeps is removed
            try:
                server.start()
                server.client().create_bucket(Bucket=_BUCKET)
                told = _in_fresh_process(server, bench.folder, segments, wanted)
            finally:
                server.remove()
            peak = told["peak_bytes"] / 1e6
            short = short or peak
            growth = peak / short
            rate = told["size_bytes"] / 1e6 / told["seconds"]
            table.add(
                way, str(segments), f"{told['size_bytes'] / 1e9:.1f}", f"{peak:.0f}", f"{growth:.2f}",
                mark(growth <= GROWTH_TARGET), f"{told['seconds']:.0f}",
                f"{rate:.0f}", f"{told['cpu_s']:.0f}", f"{told['join_s']:.1f}",
            )  # fmt: skip
    return [table]


def _in_fresh_process(
    server: Server, folder: Path, segments: int, wanted: dict[str, Any]
) -> dict[str, float]:
    key, secret = server.owner
    told = {
        "url": server.url,
        "key": key,
        "secret": secret,
        "folder": str(folder),
        "segments": segments,
        **wanted,
    }
    command = [sys.executable, "-m", "tests.benchmarks.joining"]
    done = subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, check=False)
    sys.stderr.write(done.stderr)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _main() -> None:
    import tempfile

    import msgspec

    import bazaar_nb as bz
    from bazaar_nb.media.export_options import resolve_settings
    from bazaar_nb.render import segment_files
    from bazaar_nb.render.engines.engine import InlineEngine
    from bazaar_nb.render.task import SegmentResult, SegmentTask
    from bazaar_nb.render.worker import peak_memory_bytes
    from bazaar_nb.store.bucket import Bucket
    from bazaar_nb.store.key_layout import segment_key_name
    from bazaar_nb.store.store import Store
    from tests.media.sound_files import write_wav

    given = json.load(sys.stdin)
    settings = resolve_settings((480, 270), Fraction(30), bitrate=int(given["megabytes"] * 8e6 / 2.5))

    class CopyingEngine(InlineEngine):
        """Answers at once with a segment that is there."""

        name = "copying"
        evaluates = True
        is_remote = True
        workers = 64
        room = 65

        def submit(self, task: SegmentTask) -> Future[SegmentResult]:
            key = f"{task.first_frame // _FRAMES % _KINDS:040x}"
            future: Future[SegmentResult] = Future()
            future.set_result(
                SegmentResult(key=key, size_bytes=sizes[key], drawn=_FRAMES, held=0, peak_memory_bytes=0)
            )
            return future

    @bz.scene
    def nothing(frame: bz.Frame) -> list[Any]:
        return [bz.Fill("black")]

    with tempfile.TemporaryDirectory(dir=given["folder"]) as folder:
        store = Store(
            f"s3://{_BUCKET}/team",
            {"endpoint_url": given["url"], "key": given["key"], "secret": given["secret"],
             "cache_folder": f"{folder}/workers"},
        )  # fmt: skip
        sizes = {}
        for number in range(_KINDS):
            path = Path(folder) / "segment.mp4"
            _encode(path, settings, number)
            key = f"{number:040x}"
            sizes[key] = path.stat().st_size
            store.put_file(path, segment_key_name(key, "mp4"))
        tone = write_wav(Path(folder) / "tone.wav", 0.3 * np.sin(np.arange(480_000) / 17))
        duration = given["segments"] * _FRAMES / 30
        sound = [bz.Sound(tone, loop=True)] if given["sound"] else []
        film = bz.Composition([nothing(duration=duration)], width=480, height=270, fps=30, sound=sound)
        options = msgspec.structs.replace(store.storage_options, cache_folder=f"{folder}/cache")
        where = bz.Workspace(store.url, storage_options=options, engine=CopyingEngine())
        segment_files._MOST_KEPT_BYTES = 0  # all are fetched, as if they were not the same few
        if given.get("file"):
            Bucket.assemble = lambda self, key: None  # type: ignore[method-assign]
        began, cpu = time.perf_counter(), time.process_time()
        bitrate = settings.bit_rate
        render = film.export("film.mp4", workspace=where, progress=False, bitrate=bitrate)
        seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
        assert render.frames == given["segments"] * _FRAMES
        assert where.store.size(render.key) == render.size_bytes
    figures = {"peak_bytes": peak_memory_bytes(), "size_bytes": render.size_bytes, "seconds": seconds,
               "cpu_s": cpu_s, "join_s": render.timings["join_s"]}  # fmt: skip
    print(json.dumps(figures))


def _encode(path: Path, settings: Any, seed: int) -> None:
    from bazaar_nb.media.segment import encode_segment

    chance = np.random.default_rng(seed)

    def draw(_: int, pixels: NDArray[np.uint8]) -> bool:
        pixels[...] = chance.integers(0, 256, pixels.shape, np.uint8)
        return True

    encode_segment(path, settings, _FRAMES, draw)


if __name__ == "__main__":
    _main()
