"""The history in a bucket: compaction's contract, and who may add to it and not tidy it."""

from __future__ import annotations

import pytest

from bazaar_nb.store.store import Store
from tests.history.compaction_contract import CompactionContract


class TestCompactionInABucket(CompactionContract):
    @pytest.fixture
    def store(self, store: Store) -> Store:
        return store
