"""Events on their way into the history: none without an id, none in the place of another."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.store.store import Store
from tests.history.events import render
from tests.history.writer_contract import WriterContract


class TestWriterInAFolder(WriterContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return Store(tmp_path)


def test_the_next_event_is_an_event_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is checked and has its id, whatever `msgspec.structs.replace` does."""
    monkeypatch.setattr(msgspec.structs, "replace", None)
    first = render("r1", status="queued", composition="film")
    second = first.then("started", location="s3://bucket/film.mp4?X-Amz-Signature=secret")
    assert second.event_id > first.event_id
    assert (second.render_id, second.composition, second.created) == ("r1", "film", first.created)
    assert second.location == "s3://bucket/film.mp4"
    assert RenderEvent(**msgspec.structs.asdict(second)) == second
    with pytest.raises(InvalidValueError, match="`status` must be one of"):
        first.then("done")  # type: ignore[arg-type]
