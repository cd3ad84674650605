"""One cluster for a file of tests: a scheduler and two workers of one thread, in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dask
import pytest
from distributed import LocalCluster

from bazaar_nb.history.engagement_collector import collector
from bazaar_nb.render.engines.dask import DaskEngine
from tests.s3.conftest import bucket, options, server, store

__all__ = ["bucket", "options", "server", "store"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give all tests of a run one cache: workers that are there have their own."""
    monkeypatch.setenv("BAZAAR_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    yield
    collector.flush(30)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("dask")
    with dask.config.set({"temporary-directory": str(folder)}):
        cluster: Any = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2, threads_per_worker=1, dashboard_address=":0", memory_limit="4GiB"
        )
        with cluster:
            yield cluster


@pytest.fixture
def engine(cluster: Any) -> Iterator[DaskEngine]:
    engine = DaskEngine(cluster)
    yield engine
    engine.close()
