"""Functions and a bucket: nothing is shared but the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb.render.engines.engine import EngineError
from bazaar_nb.render.engines.lithops import LithopsEngine
from bazaar_nb.store.store import Store
from tests.render.test_lithops import LOCAL, in_the_middle, slow_film

pytest.importorskip("lithops")


def test_a_film_on_a_bucket_is_the_same_with_a_function_killed(
    bucket: str, options: dict[str, Any], tmp_path: Path
) -> None:
    film = slow_film(2, pids=tmp_path / "pids")
    alone = bz.Workspace(tmp_path / "alone", engine="inline")
    expected = Path(film.export(tmp_path / "expected.mp4", progress=False, workspace=alone).location)
    engine = LithopsEngine(LOCAL, workers=2)
    where = bz.Workspace(f"s3://{bucket}/team", storage_options=options, engine=engine)
    try:
        job = film.submit("movie.mp4", workspace=where)
        in_the_middle(tmp_path / "pids").kill()
        render = job.result(300)
        wrong = Store(f"s3://{bucket}/team", {**options, "secret": "wrong", "attempts": 1})
        with pytest.raises(EngineError, match="functions on localhost can't use s3://"):
            engine.prepare(wrong, lambda: None)
    finally:
        engine.close()
    assert where.store.local(render.key).read_bytes() == expected.read_bytes()
    assert list(where.store.list("scratch/")) == []
    stored = list(where.store.list("segments/"))
    assert len(stored) == 2
    assert sorted(where.history.segments()["tries"]) == [1, 2]
