"""A claim is one process's, and holds as long as that gives signs: by the clock of who looks, no other."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb.detached import leases, worker
from bazaar_nb.detached.leases import LEASE_S, Lease, LeaseWatch, read_claims, try_claim
from bazaar_nb.detached.presence import Presence
from bazaar_nb.detached.worker import DetachedWorker
from bazaar_nb.render.engines.engine import InlineEngine
from bazaar_nb.store.key_layout import DETACHED
from bazaar_nb.store.store import Store
from tests.detached.working import WITHIN_S, eventually
from tests.render.films import counting_film, numbers_in

RENDER = "20261128-120000-abcdef"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Any) -> Store:
    return Store(tmp_path)


def test_one_of_many_gets_a_claim(store: Store) -> None:
    together = threading.Barrier(8)
    got: list[Lease | None] = []

    def claim(number: int) -> None:
        together.wait()
        got.append(try_claim(store, RENDER, 1, f"process {number}"))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([lease for lease in got if lease is not None]) == 1


def test_a_claim_holds_as_long_as_there_are_new_signs(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    watch = LeaseWatch(store, clock)
    assert watch.is_free(RENDER, read_claims(store, RENDER))
    with monkeypatch.context() as patch:
        patch.setattr(leases, "host_name", lambda: "elsewhere")
        lease = try_claim(store, RENDER, 1, "x")
    assert lease is not None
    for _ in range(3):
        lease.sign()
        assert not watch.is_free(RENDER, read_claims(store, RENDER))
        clock.now += LEASE_S - 1
    clock.now += 2
    assert watch.is_free(RENDER, read_claims(store, RENDER))
    late = LeaseWatch(store, clock)  # who comes later looks as long itself
    assert not late.is_free(RENDER, read_claims(store, RENDER))
    lease.sign()
    assert not watch.is_free(RENDER, read_claims(store, RENDER))
    lease.release()
    assert watch.is_free(RENDER, read_claims(store, RENDER))
    assert late.is_free(RENDER, read_claims(store, RENDER))


def test_a_dead_process_of_this_host_holds_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = LeaseWatch(store)
    assert try_claim(store, RENDER, 1, "x")
    assert not watch.is_free(RENDER, read_claims(store, RENDER))
    monkeypatch.setattr(leases, "is_gone", lambda pid, started: True)
    assert watch.is_free(RENDER, read_claims(store, RENDER))


class _Stuck(InlineEngine):
    """Gives no segment before it is let; as if on another machine, so that it has a queue of its own."""

    is_remote = True

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def submit(self, task: Any) -> Any:
        self.go_on.wait(WITHIN_S)
        return super().submit(task)


def test_a_worker_that_was_away_finds_that_another_has_its_render(
    inline: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a network's fault, or a laptop's sleep: it stops, and the render has one end."""
    monkeypatch.setattr(leases, "LEASE_S", 1.0)
    monkeypatch.setattr(worker, "BEAT_S", 0.2)
    Presence(inline.store, "inline").renew()
    job = counting_film(2).submit("movie.mp4", detach=True, workspace=inline)
    away, real = threading.Event(), Lease.sign

    def sign(lease: Lease) -> None:
        if lease.number > 1:
            real(lease)
        else:
            away.set()

    monkeypatch.setattr(Lease, "sign", sign)
    monkeypatch.setattr(leases, "is_gone", lambda pid, started: False)
    stuck = _Stuck()
    first, second = DetachedWorker(inline.store, stuck), DetachedWorker(inline.store, InlineEngine())
    threads = [
        threading.Thread(target=one.run, kwargs={"once": False}, daemon=True) for one in (first, second)
    ]
    threads[0].start()
    assert away.wait(WITHIN_S)
    threads[1].start()
    render = job.result(WITHIN_S)
    stuck.go_on.set()
    for one in (first, second):
        one.stop()
    for thread in threads:
        thread.join(WITHIN_S)
    assert numbers_in(render.path) == list(range(60))
    rows = inline.history()
    assert list(rows["status"]) == ["succeeded"]
    eventually(lambda: not [*inline.store.list(DETACHED)], "nothing is left")


def test_a_render_that_ends_its_workers_fails_in_the_end(inline: bz.Workspace) -> None:
    Presence(inline.store, "inline").renew()
    job = counting_film(0.2).submit("movie.mp4", detach=True, workspace=inline)
    for number in range(1, 6):
        lease = try_claim(inline.store, job.id, number, "x")
        assert lease is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leases, "is_gone", lambda pid, started: True)
        assert DetachedWorker(inline.store, InlineEngine()).run(once=True) == 1
    with pytest.raises(bz.RenderError, match="5 workers ended while they rendered it"):
        job.result(WITHIN_S)
