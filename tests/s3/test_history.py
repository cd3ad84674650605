"""The history in a bucket: what writing and compaction promise, also over a bad network."""

from __future__ import annotations

import pytest

from bazaar_nb.history.writer import record
from bazaar_nb.store.store import Store
from tests.history.compaction_contract import CompactionContract
from tests.history.events import render
from tests.history.writer_contract import WriterContract
from tests.s3.bad_network import BadNetwork
from tests.s3.server import Server
from tests.s3.test_faults import options_of


class TestCompactionInABucket(CompactionContract):
    @pytest.fixture
    def store(self, store: Store) -> Store:
        return store


class TestWriterInABucket(WriterContract):
    @pytest.fixture
    def store(self, store: Store) -> Store:
        return store


def test_an_event_whose_answer_is_lost_is_written_once(store: Store, server: Server) -> None:
    """The second try finds what the first one wrote, which is no other event."""
    with BadNetwork(server.url, share=0.5, faults=("drop",), seed=2) as network:
        shaky = Store(store.url, {**options_of(server), "endpoint_url": network.url, "attempts": 12})
        keys = [record(shaky, render(f"r{number}")) for number in range(10)]
        assert network.seen["drop"] > 3
    assert sorted(store.list("history/")) == sorted(keys)
