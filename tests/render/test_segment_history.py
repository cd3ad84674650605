"""The history's rows of segments: they add up to the render's own row, however it ended."""

from __future__ import annotations

import pytest

import bazaar_nb as bz
from bazaar_nb.errors import StoreError
from bazaar_nb.render import rendering
from bazaar_nb.workspace import Workspace
from tests.render.films import counting_film, ends


def test_they_add_up_to_the_renders_row(inline: Workspace) -> None:
    film = counting_film(4, 2)
    render = film.export("a.mp4", workspace=inline, progress=False)
    rows = inline.history.segments(render_id=render.id)
    (row,) = inline.history().to_dict("records")
    assert rows["number"].tolist() == list(range(row["segments"]))
    assert rows["first_frame"].tolist() == [0, *rows["frames"].cumsum().tolist()[:-1]]
    for name in ("frames_drawn", "frames_held"):
        assert rows[name].sum() == row[name]
    assert rows["frames"].sum() == row["frames"]
    for name in ("draw_s", "convert_s", "encode_s", "store_s"):
        assert rows[name].sum() == pytest.approx(row[name])
    for name in ("user", "project", "codec", "width", "height", "engine", "host"):
        assert rows[name].unique().tolist() == [row[name]]
    assert rows["event_time"].between(row["started"], row["finished"]).all()
    assert rows["tries"].eq(1).all()
    assert not rows["cached"].any()
    sizes = {key.rpartition("/")[2][:40]: inline.store.size(key) for key in inline.store.list("segments/")}
    assert dict(zip(rows["segment"], rows["size_bytes"], strict=True)) == sizes

    again = film.export("b.mp4", workspace=inline, progress=False)
    cached = inline.history.segments(render_id=again.id)
    assert cached["cached"].all()
    assert cached[["draw_s", "size_bytes", "tries"]].isna().all(axis=None)
    assert cached["segment"].tolist() == rows["segment"].tolist()
    assert len(list(inline.store.list("history/segments/"))) == 2


def test_a_render_that_fails_has_rows_of_what_was_finished(inline: Workspace) -> None:
    @bz.scene(duration=1)
    def broken(frame: bz.Frame) -> object:
        return bz.Fill(1 / 0)  # type: ignore[arg-type]

    film = bz.Composition([counting_film(1)._items[0], broken()], width=64, height=36)
    with pytest.raises(bz.SceneError):
        film.export(workspace=inline, progress=False)
    assert inline.history.segments()["number"].tolist() == [0]


def test_statistics_are_no_reason_to_lose_a_movie(inline: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("full")

    monkeypatch.setattr(rendering, "record_all", full)
    assert counting_film(1).export("a.mp4", workspace=inline, progress=False).path.exists()
    assert ends(inline) == [("succeeded", None)]
