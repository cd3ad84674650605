"""What a root says of renders, read from a bucket: all of it at once, and what counts first is said first."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb.jobs.limits import LIMITS_KEY
from bazaar_nb.jobs.members import members_key
from bazaar_nb.jobs.notices import NOTICES_KEY
from bazaar_nb.store.store import Store
from tests.render.films import counting_film

WAIT_S = 180.0


@pytest.fixture
def where(store: Store, options: dict[str, Any]) -> bz.Workspace:
    return bz.Workspace(store.url, storage_options=options, engine="inline", user="ann", project="q3")


def test_they_are_read_at_the_same_time(where: bz.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    together, read_bytes = threading.Barrier(3), Store.read_bytes
    asked: list[str] = []

    def reading(store: Store, key: str) -> bytes:
        if key in (LIMITS_KEY, NOTICES_KEY, members_key("q3")):
            asked.append(key)
            together.wait(WAIT_S)  # each comes back when all have been asked for
        return read_bytes(store, key)

    monkeypatch.setattr(Store, "read_bytes", reading)
    assert counting_film(0.1).export("film.mp4", workspace=where, progress=False).size_bytes
    assert sorted(asked) == sorted((LIMITS_KEY, NOTICES_KEY, members_key("q3")))


def test_the_first_reason_is_told_and_nothing_of_the_others(where: bz.Workspace) -> None:
    film = counting_film(0.5)
    where.store.write_bytes(NOTICES_KEY, b"url = 5")
    where.store.write_bytes(members_key("q3"), b'{"owners": ["bob"]}')
    where.store.write_bytes(LIMITS_KEY, b"duration_s = 0.2")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of notices, which can't be understood
        with pytest.raises(bz.LimitError, match="`duration_s`"):
            film.export("film.mp4", workspace=where, progress=False)
        where.store.remove(LIMITS_KEY)
        with pytest.raises(bz.AccessError, match="'ann' is not in project 'q3'"):
            film.export("film.mp4", workspace=where, progress=False)
        where.store.write_bytes(LIMITS_KEY, b"duration_s = []")
        with pytest.raises(bz.InvalidValueError, match=r"limits\.toml can't be used"):
            film.export("film.mp4", workspace=where, progress=False)
    where.store.remove(LIMITS_KEY)
    where.store.remove(members_key("q3"))
    with pytest.warns(UserWarning, match="nobody will be told of renders"):
        assert film.export("film.mp4", workspace=where, progress=False).size_bytes
