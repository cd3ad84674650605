"""DaskEngine keeps what engines promise, and movies are what they are elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from bazaar_nb.render.engines import dask_dispatcher as engine_module
from bazaar_nb.render.engines.dask import DaskEngine
from bazaar_nb.render.engines.dask_worker import Envelope
from bazaar_nb.render.engines.engine import Engine
from tests.render.engine_contract import EngineContract


class TestDaskEngine(EngineContract):
    @pytest.fixture(autouse=True)
    def _of_this_cluster(self, cluster: Any) -> None:
        self.cluster = cluster

    @pytest.fixture
    def engine(self, cluster: Any) -> Any:
        engine = DaskEngine(cluster)
        yield engine
        engine.close()

    def make(self) -> Engine:
        return DaskEngine(self.cluster)

    def sent(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
        sent: list[tuple[object, ...]] = []

        def spy(**fields: Any) -> Envelope:
            sent.append((fields["message"],))
            return Envelope(**fields)

        monkeypatch.setattr(engine_module, "Envelope", spy)
        return sent
