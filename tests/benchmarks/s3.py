"""What an export to a bucket takes of what one to a folder takes: a real S3 server on this machine."""

from __future__ import annotations

import tempfile
from statistics import median

import bazaar_nb as bz
from tests.benchmarks.measures import Bench, cpu_seconds, export
from tests.benchmarks.tables import Table, mark
from tests.benchmarks.workloads import WORKLOADS
from tests.s3.server import Server

FILMS = ("title", "chart", "montage", "hold")
TARGET = 1.15
_BUCKET = "films"


def measure_s3(bench: Bench) -> list[Table]:
    """Export each film into a new folder and into a new prefix, in turns."""
    server = Server(bench.folder / "s3")
    server.start()
    server.client().create_bucket(Bucket=_BUCKET)
    key, secret = server.owner
    options = {
        "endpoint_url": server.url,
        "key": key,
        "secret": secret,
        "cache_folder": str(bench.folder / "s3-cache"),
    }
    try:
        return _measure(bench, options)
    finally:
        server.remove()


def _measure(bench: Bench, options: dict[str, str]) -> list[Table]:
    ratios = Table(
        "Export at 1080p to S3 on this machine / to a folder, medians",
        ["film", "folder s", "S3 s", "ratio", "target", "", "CPU ratio"],
    )
    stages = Table(
        "The same: stages in s, medians; storing is summed over workers",
        ["film", "where", "plan", "store", "join"],
    )
    count = 0

    def run(name: str, *, remote: bool) -> tuple[float, float, bz.Render]:
        """Give the seconds by the clock, those of CPU time (not the server's), and the movie."""
        nonlocal count
        count += 1
        film = WORKLOADS[name](bench.folder)
        with tempfile.TemporaryDirectory(dir=bench.folder) as root:
            given = options if remote else None
            place = f"s3://{_BUCKET}/{count}" if remote else root
            where = bz.Workspace(place, storage_options=given, engine=bench.engine)
            before_s = cpu_seconds(bench.engine)
            seconds, render = export(film, where)
            return seconds, cpu_seconds(bench.engine) - before_s, render

    for name in FILMS:
        for remote in (False, True):  # what is needed once is there: connections, the photo, imports
            run(name, remote=remote)
        taken: dict[bool, list[tuple[float, float, bz.Render]]] = {False: [], True: []}
        for pair in range(bench.repeat):
            for remote in (pair % 2 == 0, pair % 2 == 1):
                taken[remote].append(run(name, remote=remote))
        folder_s, s3_s = (median(seconds for seconds, *_ in taken[remote]) for remote in (False, True))
        pairs = list(zip(taken[False], taken[True], strict=True))
        ratio = median(s3[0] / folder[0] for folder, s3 in pairs)
        cpu = median(s3[1] / folder[1] for folder, s3 in pairs)
        seen = (f"{folder_s:.2f}", f"{s3_s:.2f}", f"{ratio:.3f}")
        ratios.add(name, *seen, f"{TARGET}", mark(ratio <= TARGET), f"{cpu:.3f}")
        for remote in (False, True):
            spent = [render.timings for *_, render in taken[remote]]
            plan, store, join = (
                median(one[stage] for one in spent) for stage in ("plan_s", "store_s", "join_s")
            )
            stages.add(name, "S3" if remote else "folder", f"{plan:.3f}", f"{store:.3f}", f"{join:.3f}")
    return [ratios, stages]
