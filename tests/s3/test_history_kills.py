"""A server that is killed in the middle of a write of the history, and started again or not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb.errors import StoreError
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.writer import record
from bazaar_nb.store.store import Store
from tests.render.films import counting_film, numbers_in
from tests.s3.bad_network import BadNetwork
from tests.s3.server import Server
from tests.s3.test_faults import doing, fragile, options_of
from tests.s3.test_store import objects_in

__all__ = ["fragile"]


class Killer(BadNetwork):
    """Passes all on, until it is told to strike: then half of a render's event gets through, and no more."""

    def __init__(self, server: Server, *, restarts: bool) -> None:
        super().__init__(server.url, share=0)
        self._victim = server
        self.strikes: list[Callable[[bytes], bool]] = []
        """Which of the events' bodies are not to arrive, the next first."""
        self.struck = 0
        self.restarts = restarts

    async def _pass_on(self, head: bytes, body: bytes) -> bytes:
        if not (self.strikes and head.startswith(b"PUT ") and b"/history/renders/" in head):
            return await super()._pass_on(head, body)
        if not self.strikes[0](body):
            return await super()._pass_on(head, body)
        self.strikes.pop(0)
        _, writer = await asyncio.open_connection(*self._to)
        writer.write(head.replace(b"Expect: 100-continue\r\n", b"") + body[: len(body) // 2])
        await writer.drain()
        await asyncio.sleep(0.05)  # so that it has begun to take it
        await asyncio.to_thread(self._victim.kill)
        writer.close()
        self.struck += 1
        if self.restarts:
            await asyncio.to_thread(self._victim.start)
        raise ConnectionError("the server was killed")


def says(status: str) -> Callable[[bytes], bool]:
    """Find events by their status: they are not compressed."""
    return lambda body: status.encode() in body


def test_killed_in_the_middle_of_a_history_write(fragile: Server, tmp_path: Path) -> None:
    """With the first event of a render, and with its last: it completes, with one row; nothing is lost."""
    direct = Store("s3://films/team", options_of(fragile, attempts=12))
    film = counting_film(0.5, 0.5)
    acknowledged: list[str] = []
    under_way, ended = threading.Event(), threading.Event()

    def write_on() -> None:
        """Add events all the time, past the proxy; note those that the server said it has."""
        while not ended.is_set():
            render_id = f"other-{len(acknowledged):04}"
            record(direct, RenderEvent(render_id=render_id, status="cancelled", user="bob"))
            acknowledged.append(render_id)
            if len(acknowledged) == 10:
                under_way.set()
            ended.wait(0.02)

    with Killer(fragile, restarts=True) as proxy:
        options = options_of(fragile, attempts=8) | {"endpoint_url": proxy.url}
        where = bz.Workspace("s3://films/team", storage_options=options, engine="inline", user="ann")
        proxy.strikes += [says("started"), says("succeeded")]
        with doing(write_on) as raised:
            try:
                assert under_way.wait(180)
                render = film.export("film.mp4", workspace=where, progress=False)
            finally:
                ended.set()
        assert raised == []
        assert proxy.struck == 2
    rows = bz.Workspace(direct.url, storage_options=direct.storage_options).history()
    mine, others = rows[rows["user"] == "ann"], rows[rows["user"] == "bob"]
    assert mine[["render_id", "status"]].to_dict("records") == [
        {"render_id": render.id, "status": "succeeded"}
    ]
    assert len(acknowledged) >= 10
    assert set(others["render_id"]) >= set(acknowledged)
    assert others["render_id"].is_unique
    assert numbers_in(direct.download(render.key, tmp_path / "film.mp4")) == list(range(30))
    events = [name for name in objects_in(fragile, direct) if "/history/renders/" in name]
    assert len(events) == 2 + len(others)
    assert all(direct.size(key) == len(direct.read_bytes(key)) for key in direct.list())


def test_killed_and_gone_for_good(fragile: Server, tmp_path: Path) -> None:
    """The export ends with an error that says what can't be written; its row is what was said last."""
    with Killer(fragile, restarts=False) as proxy:
        options: dict[str, Any] = options_of(fragile, attempts=2) | {"endpoint_url": proxy.url}
        where = bz.Workspace("s3://films/team", storage_options=options, engine="inline")
        first = counting_film(0.5).export("first.mp4", workspace=where, progress=False)
        proxy.strikes.append(says("succeeded"))
        job = counting_film(0.4).submit("second.mp4", workspace=where)
        with pytest.raises(StoreError, match=r"can't write to s3://films/team/history/renders/.*no answer"):
            job.result(180)
        assert (job.status, job.render) == ("failed", None)
        fragile.start()
        rows = where.history()
        assert rows["render_id"].tolist() == [first.id, job.id]
        assert rows["status"].tolist() == ["succeeded", "started"]  # read as lost when this process has ended
        names = objects_in(fragile, where.store)
        assert [name for name in names if name.startswith("begun: ")] == []
        assert len([name for name in names if "/history/renders/" in name]) <= 4
        # What was rendered is there for the next one.
        again = job.retry().result(180)
        assert again.segments_cached == again.segments == 1
        assert numbers_in(again.path) == list(range(12))
        with suppress(bz.BazaarError):
            where.close()
