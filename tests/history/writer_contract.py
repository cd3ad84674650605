"""What writing events promises in every kind of store; a test class of each adds how it is made."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bazaar_nb.errors import InvalidValueError, StoreError
from bazaar_nb.history.compaction import compact
from bazaar_nb.history.event import Event, set_field
from bazaar_nb.history.history import History
from bazaar_nb.history.writer import record, record_all
from bazaar_nb.store.store import Store
from tests.history.events import life, plays, render, segments


def named(event: Event, name: str) -> Event:
    """Give an event an id as it may have that was made without our code, by some library."""
    set_field(event, "event_id", name)
    return event


class WriterContract:
    """Inherit from it and give the fixture `store`."""

    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    def test_whole_lives_stay(self, store: Store) -> None:
        """Each event has a file of its own, also where `msgspec.structs.replace` forgets what makes ids."""
        for name in ("r1", "r2", "r3"):
            event = render(name, status="queued")
            record(store, event)
            for status in ("started", "succeeded"):
                event = event.then(status)
                record(store, event)
        assert len(list(store.list("history/"))) == 9
        assert History(store)()["status"].tolist() == ["succeeded"] * 3

    @pytest.mark.parametrize("name", ["", "a/b", "merged-0123456789", " x"])
    def test_no_event_without_a_name_is_written(self, store: Store, name: str) -> None:
        for events in (life("r1"), segments("r1"), plays("r1")):
            named(events[-1], name)
            with pytest.raises(InvalidValueError, match=r"`event_id` must be the name of a file, got .*r1"):
                record_all(store, events)
        with pytest.raises(InvalidValueError, match="`event_id` must be of one event, got 'same' twice"):
            record_all(store, [named(event, "same") for event in segments("r1", 2)])
        assert list(store.list()) == []

    def test_no_event_takes_the_place_of_another(self, store: Store) -> None:
        key = record(store, render("r1", event_id="same", user="ada"))
        with pytest.raises(StoreError, match=r"can't write to .*same\.parquet: another file is there"):
            record(store, render("r1", event_id="same", user="bob"))
        assert History(store)()["user"].tolist() == ["ada"]
        # To write the same again is no harm: who doesn't know whether it was written, does.
        assert record(store, render("r1", event_id="same", user="ada")) == key
        assert list(store.list("history/")) == [key]

    def test_of_several_at_once_all_but_one_are_told(self, store: Store) -> None:
        writers = 6
        together = Barrier(writers)

        def write(user: str) -> str | None:
            together.wait(180)
            try:
                record(store, render("r1", event_id="same", user=user))
            except StoreError:
                return None
            return user

        with ThreadPoolExecutor(writers) as threads:
            done = [user for user in threads.map(write, map(str, range(writers))) if user]
        assert History(store)()["user"].tolist() == done

    def test_what_was_merged_can_be_written_again(self, store: Store) -> None:
        events = life("r1")
        for event in events:
            record(store, event)
        compact(store, grace_s=0)
        before = History(store)()
        record(store, events[-1])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert History(store)().equals(before)
            assert compact(store, grace_s=0).removed == 1
            assert History(store)().equals(before)
