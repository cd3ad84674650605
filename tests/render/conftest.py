"""One pool of workers for all tests: starting one takes a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bazaar_nb.render.engine import InlineEngine
from bazaar_nb.render.local import LocalEngine
from bazaar_nb.workspace import Workspace


@pytest.fixture(scope="session")
def local_engine() -> Iterator[LocalEngine]:
    engine = LocalEngine(2)
    yield engine
    engine.close()


@pytest.fixture
def inline(tmp_path: Path) -> Workspace:
    """Give a workspace whose renders run in this process."""
    return Workspace(tmp_path / "root", user="tester", engine=InlineEngine())


@pytest.fixture
def local(tmp_path: Path, local_engine: LocalEngine) -> Workspace:
    """Give a workspace whose renders run in two worker processes."""
    return Workspace(tmp_path / "root", user="tester", engine=local_engine)
