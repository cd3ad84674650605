"""What goes on at the same time: uploads beside drawing, parts beside parts, colleagues on one bucket."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import bazaar_nb as bz
from bazaar_nb.store.lifecycle import lifecycle_rules
from bazaar_nb.store.store import Store
from tests.render.films import bars, counting, numbers_in
from tests.s3.bad_network import BadNetwork
from tests.s3.server import Server
from tests.s3.test_faults import options_of
from tests.s3.test_store import PART


def test_segments_go_up_while_others_are_drawn(store: Store, options: dict[str, Any], tmp_path: Path) -> None:
    """A colleague then finds them all, on another machine and under another name."""
    seen: list[int] = []

    @bz.scene(duration=0.5)
    def looking(frame: bz.Frame, first: int) -> list[Any]:
        if not seen or frame.index == 0:
            seen.append(len(list(store.list("segments/"))))
        return bars(first + frame.index, frame)

    scenes = [*(counting(15 * place, duration=0.5) for place in range(3)), *(looking(15 * p) for p in (3, 4))]
    film = bz.Composition(scenes, width=64, height=36, fps=30)
    where = bz.Workspace(store.url, storage_options=options, engine="inline", user="ann")
    render = film.export("film.mp4", workspace=where, progress=False)
    assert seen[-1] >= 1  # before the last scene's first frame was asked for
    assert numbers_in(render.path) == list(range(75))

    elsewhere = {**options, "cache_folder": str(tmp_path / "elsewhere")}
    colleague = bz.Workspace(store.url, storage_options=elsewhere, engine="inline", user="bob")
    again = film.export("film.mp4", workspace=colleague, progress=False)
    assert (again.segments_cached, again.frames_drawn) == (again.segments, 0)
    assert again.path.read_bytes() == render.path.read_bytes()


class Counting(BadNetwork):
    """Passes all on, late, and counts how many parts are under way at the same time."""

    at_once = most = 0

    async def _pass_on(self, head: bytes, body: bytes) -> bytes:
        is_part = b"partNumber=" in head.partition(b"\r\n")[0]
        self.at_once += is_part
        self.most = max(self.most, self.at_once)
        try:
            await asyncio.sleep(0.1 * is_part)
            return await super()._pass_on(head, body)
        finally:
            self.at_once -= is_part


def test_parts_go_up_beside_each_other(store: Store, server: Server) -> None:
    content = os.urandom(4 * PART)
    with Counting(server.url, share=0) as network:
        given = {**options_of(server), "endpoint_url": network.url, "part_bytes": PART, "concurrency": 3}
        Store(store.url, given).write_bytes("projects/p/r/film.mp4", content)
        assert 2 <= network.most <= 3
    assert store.read_bytes("projects/p/r/film.mp4") == content


def test_a_bucket_takes_the_lifecycle_rules(bucket: str, server: Server) -> None:
    client = server.client()
    rules = lifecycle_rules(f"s3://{bucket}/team", 45)
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=rules)
    kept = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    days = {rule["Filter"]["Prefix"]: rule.get("Expiration", {}).get("Days") for rule in kept}
    assert days == {"team/segments/": 45, "team/assets/": 45, "team/scratch/": 8, "team/": None}
