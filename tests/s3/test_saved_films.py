"""Saved films and detached renders in a bucket."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import bazaar_nb as bz
from bazaar_nb.detached.presence import count_workers
from bazaar_nb.detached.worker import DetachedWorker
from bazaar_nb.render.engines.engine import InlineEngine
from bazaar_nb.store.key_layout import ASSETS, DETACHED, WORKERS
from bazaar_nb.store.store import Store
from tests.detached.working import WITHIN_S, eventually
from tests.render.films import counting_film, numbers_in
from tests.saved_films.kept import everything_film


def test_a_colleague_opens_what_was_saved(store: Store, options: dict[str, Any], tmp_path: Path) -> None:
    where = bz.Workspace(store.url, storage_options=options, engine="inline", user="ann")
    film = everything_film(tmp_path)
    render = film.export("review.mp4", workspace=where, progress=False)
    assert [film.save("review", workspace=where, progress=False).version for _ in range(2)] == [1, 2]
    for name in ("logo.png", "voice.wav"):
        (tmp_path / name).unlink()
    store.remove_all([*store.list(ASSETS)])

    elsewhere = {**options, "cache_folder": str(tmp_path / "elsewhere")}
    colleague = bz.Workspace(store.url, storage_options=elsewhere, engine="inline", user="bob")
    assert list(bz.films(workspace=colleague, versions=True)["version"]) == [1, 2]
    opened = bz.open_film("review", workspace=colleague)
    again = opened.export("again.mp4", workspace=colleague, progress=False)
    assert again.segments_cached == again.segments
    assert again.path.read_bytes() == render.path.read_bytes()


def test_detached_renders_of_a_bucket(store: Store, options: dict[str, Any]) -> None:
    where = bz.Workspace(store.url, storage_options=options, engine="inline", user="ann")
    worker = DetachedWorker(Store(store.url, options), InlineEngine())
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    eventually(lambda: count_workers(store), "a worker is there")
    job = counting_film(1).submit("movie.mp4", detach=True, workspace=where)
    assert numbers_in(job.result(WITHIN_S).path) == list(range(30))
    worker.stop()
    thread.join(WITHIN_S)
    assert [*store.list(DETACHED), *store.list(WORKERS)] == []
    assert where.history()["status"].tolist() == ["succeeded"]
