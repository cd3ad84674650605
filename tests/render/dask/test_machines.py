"""A cluster of processes that come late, lack something, freeze, die, or whose scheduler is gone."""

from __future__ import annotations

import contextlib
import os
import re
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import bazaar_nb as bz
from bazaar_nb.draw.fonts import system_faces
from bazaar_nb.errors import StoreError
from bazaar_nb.render.engines import dask_attempts
from bazaar_nb.render.engines import dask_dispatcher as engine_module
from bazaar_nb.render.engines.dask import DaskEngine
from bazaar_nb.render.engines.engine import EngineError
from tests.render.dask.chaos import chaos_film, run_chaos
from tests.render.dask.machines import Machines
from tests.render.dask.test_films import quietly, row_of, slow_film
from tests.render.films import counting_film
from tests.render.gates import until
from tests.s3.server import Server
from tests.s3.test_policy import grant


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    with Machines(tmp_path_factory.mktemp("machines"), workers=0) as machines:
        yield machines


@pytest.fixture
def workers(machines: Machines) -> None:
    """Have two workers there, also for a test that is run alone."""
    for _ in range(2 - len(machines.worker_pids())):
        machines.add_worker()


@pytest.fixture
def where(machines: Machines, tmp_path: Path) -> Iterator[bz.Workspace]:
    engine = DaskEngine(machines.address)
    yield bz.Workspace(tmp_path / "root", engine=engine)
    engine.close()


def test_a_cluster_without_a_worker_is_waited_for(
    machines: Machines, where: bz.Workspace, tmp_path: Path
) -> None:
    soon = bz.Workspace(tmp_path / "root", engine=DaskEngine(machines.address, wait_s=1))
    with pytest.raises(EngineError, match=r"no worker of .* came within 1 s: start some"):
        counting_film(0.2).export("never.mp4", workspace=soon, progress=False)
    soon.close()
    job = counting_film(0.2).submit("late.mp4", workspace=where)
    until(lambda: job.progress.waits_for == f"waits for the first worker of {machines.address}, up to 5 min")
    machines.add_worker()
    machines.add_worker()
    assert job.result().frames == 6
    assert job.progress.waits_for == ""
    until(lambda: where.engine.workers == 2)


@pytest.mark.usefixtures("workers")
def test_a_worker_that_lacks_the_films_fonts_is_left_out_of_that_film(
    machines: Machines, where: bz.Workspace
) -> None:
    family = next(face.family for face in system_faces() if face.weight == 400 and not face.italic)
    pids = {pid for pid, _ in machines.nannies()}
    machines.add_worker({"XDG_DATA_DIRS": "/nowhere", "XDG_DATA_HOME": "/nowhere", "HOME": "/nowhere"})
    try:
        with quietly() as said:
            counting_film(0.2, 0.3).export("plain.mp4", workspace=where, progress=False)
            until(lambda: where.engine.workers == 3)

        def film(pause_s: float) -> bz.Composition:
            @bz.scene(duration=0.2)
            def words(frame: bz.Frame, number: int) -> Any:
                time.sleep(pause_s)
                return bz.Text(f"{number}.{frame.index}", font=family, size=20)

            return bz.Composition([words(number) for number in range(24)], width=64, height=36)

        with quietly() as told:
            made = film(0.05).export("words.mp4", workspace=where, progress=False)
        assert said == []
        assert len([text for text in told if f"for {family} it has no font" in text]) == 1
        row = row_of(where)
        assert row["frames_evaluated_by_workers"] == made.frames
        inline = bz.Workspace(where.root.parent / "inline", engine="inline")
        wanted = film(0.0).export("words.mp4", workspace=inline, progress=False)
        assert Path(made.location).read_bytes() == Path(wanted.location).read_bytes()
    finally:
        machines.remove_workers(but=pids)
    until(lambda: where.engine.workers == 2)


@pytest.mark.usefixtures("workers")
def test_a_store_that_workers_can_not_reach_is_said_before_the_start(
    machines: Machines, server: Server, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With keys of this process's own, which workers lack."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", server.owner[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", server.owner[1])
    where = bz.Workspace(
        f"s3://{bucket}/team", storage_options={"endpoint_url": server.url}, engine=machines.address
    )
    with quietly(), pytest.raises(EngineError, match="it can't use the store s3://") as caught:
        counting_film(0.2).export("a.mp4", workspace=where, progress=False)
    assert server.owner[1] not in str(caught.value)
    assert list(where.store.list("segments/")) == []
    assert list(where.store.list("scratch/")) == []
    assert row_of(where)["error_class"] == "EngineError"
    where.close()


@pytest.mark.usefixtures("workers")
def test_a_frozen_worker_is_not_waited_for(
    machines: Machines, where: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_attempts, "_SILENT_S", 3.0)
    job = slow_film(7).submit("frozen.mp4", workspace=where)
    until(lambda: job.progress.evaluated > 5)
    frozen = psutil.Process(machines.worker_pids()[0])
    frozen.suspend()
    try:
        assert job.result().frames == 90
        assert row_of(where)["segments"] == 2
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            frozen.resume()


@pytest.mark.usefixtures("workers")
def test_the_scheduler_is_gone(
    machines: Machines, where: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_GONE_S", 3.0)
    monkeypatch.setattr(engine_module, "CONNECT_S", 2.0)
    film = chaos_film(-1, 8, 0.05)
    job = film.submit("gone.mp4", workspace=where)
    until(lambda: len(list(where.store.list("segments/"))) >= 2)
    machines.kill_scheduler()
    with pytest.raises(EngineError, match=r"the Dask scheduler at .* has been gone for \d+ s; segments"):
        job.result()
    statuses = list(where.history()["status"])
    assert statuses == ["failed"]
    made = len(list(where.store.list("segments/")))
    machines.start_scheduler()
    again = film.export("gone.mp4", workspace=where, progress=False)
    assert again.segments_cached >= min(made, 2)
    assert again.frames == 120


@pytest.mark.usefixtures("workers")
def test_credentials_that_expire_in_the_middle(machines: Machines, server: Server, bucket: str) -> None:
    """What they allow is taken away while segments are made, and given back."""
    key, secret = server.stranger
    grant(server, bucket, "member", None)
    engine = DaskEngine(machines.address)
    where = bz.Workspace(
        f"s3://{bucket}/team",
        storage_options={"endpoint_url": server.url, "key": key, "secret": secret},
        engine=engine,
    )
    film = chaos_film(-1, 12, 0.05)
    job = film.submit("expired.mp4", workspace=where)
    until(lambda: job.progress.frames >= 45)
    server.client().delete_bucket_policy(Bucket=bucket)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that its row can't be written either
        with pytest.raises(StoreError, match="access denied") as caught:
            job.result()
    assert secret not in str(caught.value)
    grant(server, bucket, "member", None)
    made = film.export("expired.mp4", workspace=where, progress=False)
    assert made.segments_cached >= 2
    assert row_of(where)["status"] == "succeeded"
    engine.close()


def test_chaos(tmp_path: Path, server: Server) -> None:
    server.client().create_bucket(Bucket="films")
    said = run_chaos(tmp_path, server, int(os.environ.get("BAZAAR_SEED", "3")), scenes=20)
    assert re.match(r"seed \d+: \d+ s, \d+ kills", said)
