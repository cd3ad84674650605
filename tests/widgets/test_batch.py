"""The kernel side of a batch's view, asked as a browser asks."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import bazaar_nb as bz
from bazaar_nb.batches import export_all as export_module
from bazaar_nb.batches.batch import Batch
from bazaar_nb.widgets.batch.widget import BatchView
from tests.batches.cards import card, rows
from tests.render.gates import gate, until
from tests.widgets.screen import Screen


@pytest.fixture
def views(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BatchView]]:
    """Have batches shown as in a notebook."""
    shown: list[BatchView] = []

    def show(batch: Batch) -> bool:
        shown.append(BatchView(batch))
        return True

    monkeypatch.setattr(export_module, "_displayed", show)
    yield shown
    for view in shown:
        view.close()


def test_a_view_sees_films_come_and_can_end_them(tmp_path: Path, views: list[BatchView]) -> None:
    where = bz.Workspace(tmp_path / "root", engine="inline")
    with gate() as waits:

        def film(row: Any) -> bz.Composition:
            if row.number == 1:
                raise ValueError("<b>no</b>")
            return waits.film if row.number == 4 else card(row.text)

        thread = threading.Thread(
            target=lambda: bz.export_all(film, rows(6), "{number}.mp4", on_bad_rows="skip", workspace=where)
        )
        thread.start()
        assert waits.reached.wait(60)
        (view,) = views
        screen = Screen(view)
        facts = screen.ask("open").content["batch"]
        assert (facts["stage"], facts["films"], facts["total"], facts["counts"]["made"]) == (
            "rendering", 4, 6, 3,
        )  # fmt: skip
        assert [one["name"] for one in facts["finished"]] == ["3.mp4", "2.mp4", "0.mp4"]
        assert facts["failures"][0]["number"] == 1
        assert "ValueError: <b>no</b>" in facts["failures"][0]["why"]
        assert str(tmp_path) not in repr(facts)
        picture = screen.wait_for("picture", number=3)
        assert Image.open(io.BytesIO(picture.buffers[0])).size == (160, 90)
        assert view.saved == "not finished"
        assert screen.ask("cancel").kind == "reply"
        screen.wait(lambda m: m.kind == "batch" and m.content["batch"]["stage"] == "cancelling")
        waits.opened.set()
        thread.join(60)
    done = screen.wait(lambda m: m.kind == "batch" and m.content["batch"]["stage"] == "done")
    assert done.content["batch"]["counts"] == {
        "made": 3, "kept": 0, "failed": 0, "cancelled": 1, "refused": 1, "left": 1,
    }  # fmt: skip
    until(lambda: view.saved.startswith("3 of 6 films"))
    for number in (0, 2, 3):
        screen.wait_for("picture", number=number)
    view.close()
    until(lambda: not any(thread.name == "bazaar-batch-watch" for thread in threading.enumerate()))


def test_a_batch_of_bad_rows_ends(tmp_path: Path, views: list[BatchView]) -> None:
    where = bz.Workspace(tmp_path / "root", engine="inline")
    with pytest.raises(bz.BadRowsError):
        bz.export_all(card, [{"number": 1, "text": 7}], "{number}.mp4", workspace=where)
    facts = Screen(views[0]).ask("open").content["batch"]
    assert (facts["stage"], facts["total"]) == ("done", 1)
    assert facts["note"].startswith("1 of 1 rows are wrong")


@pytest.mark.parametrize(
    "content",
    [
        None, 7, {}, {"kind": "open"}, {"kind": "x", "id": 1, "view": "v"},
        {"kind": "cancel", "id": 1, "view": "other"}, {"kind": "open", "id": -1, "view": "v"},
        {"kind": "open", "id": 1, "view": "v", "more": 1},
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_and_does_nothing(content: object) -> None:
    batch = Batch("card", bz.Workspace("unused"))
    view = BatchView(batch)
    try:
        screen = Screen(
            view, "other" if isinstance(content, dict) and content.get("view") == "other" else "v"
        )
        screen.post(content)
        assert screen.wait_for("error").content["problem"]["message"]
        assert batch.progress.stage == "checking"
        batch.check_cancelled()
    finally:
        batch.end()
        view.close()
