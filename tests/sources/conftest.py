"""A cache of its own for each test, and a server of files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bazaar_nb.sources.fetch_limits import use_fetch_limits
from bazaar_nb.sources.fetching import forget_fetched
from tests.sources.servers import FileServer


@pytest.fixture(autouse=True)
def own_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("BAZAAR_CACHE", str(tmp_path / "cache"))
    forget_fetched()
    yield
    use_fetch_limits()
    forget_fetched()


@pytest.fixture
def server() -> Iterator[FileServer]:
    server = FileServer()
    yield server
    server.stop()
