"""Detached renders of a workspace with a Dask cluster: it finishes them, and nobody else is needed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import msgspec
import pytest

import bazaar_nb as bz
from bazaar_nb.detached.coordinator import Handover
from bazaar_nb.detached.leases import Holder, claim_key, read_claims
from bazaar_nb.render.engines.engine import EngineError
from bazaar_nb.store.key_layout import DETACHED
from bazaar_nb.store.store import Store
from bazaar_nb.widgets.panel.export_form import ExportForm, first_choice
from tests.detached.test_detached import numbered
from tests.detached.working import WITHIN_S, eventually
from tests.render.dask.machines import Machines, free_port
from tests.render.films import counting_film, numbers_in
from tests.s3.conftest import bucket, options, server, store

__all__ = ["bucket", "options", "server", "store"]


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("machines")
    cache = {"BAZAAR_CACHE": str(tmp_path_factory.getbasetemp() / "cache")}
    with Machines(folder, workers=2, environment=cache) as machines:
        yield machines


@pytest.fixture
def where(machines: Machines, tmp_path: Path) -> Iterator[bz.Workspace]:
    engine = bz.DaskEngine(machines.address)
    yield bz.Workspace(tmp_path / "root", user="tester", engine=engine)
    engine.close()


def lasting(first: int, seconds: float = 40.0) -> bz.Composition:
    """Give a film that takes two workers some seconds."""
    return numbered(first, seconds, width=1280, height=720)


def coordinator(where: bz.Workspace, render_id: str) -> Holder | None:
    """Give the process that has a render."""
    number = read_claims(where.store, render_id).number
    if number == 0:
        return None
    return msgspec.json.decode(where.store.read_bytes(claim_key(render_id, number)), type=Holder)


def submitted_by_one_who_is_killed(where: bz.Workspace, address: str, first: int) -> str:
    """Hand a film over in a process that is killed as soon as it has its id; give that."""
    notebook = f"""
        import os, signal
        import bazaar_nb as bz
        from tests.detached.test_on_cluster import lasting
        workspace = bz.Workspace({where.store.root!r}, engine={address!r}, user="somebody")
        job = lasting({first}).submit("review-1.mp4", detach=True, workspace=workspace, quality="low")
        print(job.id, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(notebook)], stdout=subprocess.PIPE, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    return done.stdout.strip()


def test_the_cluster_finishes_a_film_whose_notebook_was_killed(
    machines: Machines, where: bz.Workspace
) -> None:
    attached = bz.attach(submitted_by_one_who_is_killed(where, machines.address, 3), where)
    again = bz.attach(attached.id, bz.Workspace(where.store.root, engine="inline"))
    seen: list[int] = []
    attached.on_progress(lambda one: seen.append(one.progress.frames))
    eventually(lambda: coordinator(where, attached.id), "it is taken")
    assert getattr(coordinator(where, attached.id), "pid", 0) in machines.worker_pids()
    render = attached.result(WITHIN_S)
    assert numbers_in(render.path) == [(3 + n) % 256 for n in range(960)]
    assert again.result(WITHIN_S) == render
    assert seen == sorted(seen)
    assert any(0 < frames < 960 for frames in seen), seen
    (row,) = where.history().to_dict("records")
    assert (row["status"], row["engine"], row["user"]) == ("succeeded", "dask", "somebody")
    assert row["detached"]
    eventually(lambda: not [*where.store.list(DETACHED)], "nothing is left of it")


def test_the_worker_that_coordinates_is_killed(machines: Machines, where: bz.Workspace) -> None:
    job = lasting(50).submit("review.mp4", detach=True, workspace=where)
    eventually(lambda: job.progress.frames > 0, "frames are there")
    holder = coordinator(where, job.id)
    assert holder is not None
    os.kill(holder.pid, signal.SIGKILL)
    eventually(lambda: read_claims(where.store, job.id).number == 2, "it is begun again")
    render = job.result(WITHIN_S)
    assert numbers_in(render.path) == [(50 + n) % 256 for n in range(960)]
    assert render.segments_cached > 0
    assert list(where.history()["status"]) == ["succeeded"]
    made = where.history.segments()
    made = made[~made["cached"].astype(bool)]
    assert not made.duplicated("segment").any()


def test_the_worker_that_coordinates_is_asked_to_end(machines: Machines, where: bz.Workspace) -> None:
    """As an adaptive cluster does with workers that it has too many of."""
    job = lasting(130).submit("review.mp4", detach=True, workspace=where)
    eventually(lambda: job.progress.frames > 0, "frames are there")
    holder = coordinator(where, job.id)
    assert holder is not None
    client: Any
    with distributed.Client(machines.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        (address,) = [at for at, pid in client.run(os.getpid).items() if pid == holder.pid]
        client.retire_workers([address])
    assert numbers_in(job.result(WITHIN_S).path) == [(130 + n) % 256 for n in range(960)]
    assert list(where.history()["status"]) == ["succeeded"]  # once, and never cancelled meanwhile


def test_another_cluster_goes_on_when_the_first_is_gone(
    machines: Machines, where: bz.Workspace, tmp_path: Path
) -> None:
    job = lasting(170).submit("review.mp4", detach=True, workspace=where)
    eventually(lambda: job.progress.frames > 0, "frames are there")
    machines.kill_scheduler()
    eventually(lambda: job.status == "queued", "nobody has it")
    with Machines(tmp_path / "others", workers=1) as others:
        elsewhere = bz.Workspace(where.store.root, user="tester", engine=bz.DaskEngine(others.address))
        render = bz.attach(job.id, elsewhere).result(WITHIN_S)
        elsewhere.close()
    machines.start_scheduler()
    assert render.segments_cached > 0
    assert numbers_in(render.path) == [(170 + n) % 256 for n in range(960)]
    assert list(where.history()["status"]) == ["succeeded"]


def test_keys_of_a_bucket_go_along_and_are_not_shown(
    machines: Machines, store: Store, options: dict[str, Any]
) -> None:
    """Workers have no other keys."""
    engine = bz.DaskEngine(machines.address)
    where = bz.Workspace(store.url, storage_options=options, engine=engine, user="ann")
    job = counting_film(1).submit("movie.mp4", detach=True, workspace=where)
    assert numbers_in(job.result(WITHIN_S).path) == list(range(30))
    assert where.history()["status"].tolist() == ["succeeded"]
    where.close()
    handover = Handover(
        render_id=job.id, store_url=store.url, storage_options=store.storage_options,
        memory_bytes=0, priority=0, resources={}, wait_s=1,
    )  # fmt: skip
    assert options["secret"] not in f"{handover!r} {handover}"


def test_a_cluster_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    where = bz.Workspace(tmp_path / "root", engine=bz.DaskEngine(f"tcp://127.0.0.1:{free_port()}"))
    form = ExportForm(counting_film(0.2), where)
    choice = msgspec.structs.replace(first_choice(form.describe()), detach=True)
    assert form.check(choice)["refusal"] is None  # it needs no `bazaar work`
    with pytest.raises(EngineError, match="no Dask scheduler answers"):
        form.submit(choice)
    assert where.history().empty
    assert [*where.store.list("")] == []


def test_it_is_cancelled_by_who_is_attached(where: bz.Workspace) -> None:
    job = lasting(90, 120.0).submit("long.mp4", detach=True, workspace=where)
    eventually(lambda: job.progress.frames > 0, "frames are there")
    assert bz.attach(job.id, where).cancel()
    assert job.wait(WITHIN_S)
    assert job.status == "cancelled"
    assert list(where.history()["status"]) == ["cancelled"]
    eventually(lambda: not [*where.store.list(DETACHED)], "nothing is left of it")
