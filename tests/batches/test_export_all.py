"""Tables become films: good rows whatever the others do, nothing twice, and each row is told of."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

import bazaar_nb as bz
from bazaar_nb.batches import batch as batch_module
from bazaar_nb.batches.batch import Batch
from tests.batches import cards
from tests.batches.cards import card, rows
from tests.media.films import lumas
from tests.render.films import bars, numbers_in
from tests.render.gates import gate, until

pytestmark = pytest.mark.usefixtures("no_litter", "own_queue")


def made(table: Any, where: bz.Workspace, name: str = "{number}.mp4", **more: Any) -> pd.DataFrame:
    return bz.export_all(more.pop("function", card), table, name, progress=False, workspace=where, **more)


def statuses(result: pd.DataFrame) -> list[str]:
    return result["status"].astype(str).tolist()


def test_good_rows_are_films_and_bad_ones_are_listed(local: bz.Workspace) -> None:
    table = pd.DataFrame(rows(12), index=[f"r{number}" for number in range(12)])
    table.loc["r3", "text"] = None
    table["status"] = "new"
    result = made(table, local, "{number:02}-{city}.mp4", on_bad_rows="skip", quality="low")
    assert result.index.tolist() == table.index.tolist()
    assert result[table.columns].equals(table)
    good = result[result["film_status"] == "succeeded"]
    assert len(good) == 11
    assert result.loc["r3", "error"] == "`text`: got nothing, wanted text"
    assert result.loc["r4", "movie"] == "04-Oslo.mp4"
    for number, location in zip(good["number"], good["location"], strict=True):
        assert len(lumas(Path(location))) == good["frames"].iloc[0] == 12, number
    assert (good["render_s"] > 0).all()
    history = local.history().set_index("render_id").loc[good["render_id"]]
    assert history["location"].tolist() == good["location"].tolist()
    # What all begin with is drawn once: twice if two began at the same moment, and neither was there.
    assert history["frames_drawn"].sum() <= 11 * 6 + 1
    assert bz.links(result, workspace=local).dropna().tolist() == good["location"].tolist()


def test_a_plain_function_and_paths(inline: bz.Workspace, tmp_path: Path) -> None:
    @bz.scene(duration=0.1)
    def shown(frame: bz.Frame, number: int) -> object:
        return bars(number, frame)

    def film(row: Any) -> bz.Composition:
        return bz.Composition([shown(row.number)], width=64, height=36)

    table = pl.DataFrame({"number": [3, 5], "city": ["Oslo", "Rome"]})
    result = made(table, inline, f"{tmp_path}/out/{{city}}/{{number}}.mp4", function=film)
    assert result["location"].tolist() == [str(tmp_path / "out/Oslo/3.mp4"), str(tmp_path / "out/Rome/5.mp4")]
    assert numbers_in(tmp_path / "out/Rome/5.mp4") == [5] * 3


def test_running_again_makes_only_what_is_missing(
    inline: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = rows(4)
    first = made(table, inline)
    assert not first["kept"].any()
    again = made(table, inline)
    assert again["kept"].all()
    assert again["location"].tolist() == first["location"].tolist()
    assert len(inline.history()) == 4

    table[1]["color"] = "red"  # a row changed
    Path(first["location"][2]).unlink()  # a movie was removed
    Path(first["location"][3]).write_bytes(b"")  # and one destroyed
    changed = made(table, inline)
    assert changed["kept"].tolist() == [True, False, False, False]
    assert inline.history()["frames_drawn"].tolist()[4:] == [6, 0, 0]  # what is in the store is not drawn

    with monkeypatch.context() as patch:
        patch.setattr(cards, "intro", lambda: cards.words("other", "white"))  # the function changed
        assert not made(table, inline)["kept"].any()
    assert made(table, inline)["kept"].all()  # as it was, the movies of then are found
    assert not made(table, inline, quality="low")["kept"].any()
    assert not made(table, inline, again=True)["kept"].any()


def test_a_changed_picture_or_sound_is_another_film(inline: bz.Workspace, tmp_path: Path) -> None:
    from PIL import Image

    picture = tmp_path / "logo.png"
    Image.new("RGB", (8, 8), "red").save(picture)

    @bz.scene(duration=0.1)
    def shown(frame: bz.Frame) -> object:
        return bz.Image(str(picture))

    def film(row: Any) -> bz.Composition:
        return bz.Composition([shown()], width=64, height=36)

    assert made(rows(1), inline, function=film)["kept"].tolist() == [False]
    assert made(rows(1), inline, function=film)["kept"].tolist() == [True]
    Image.new("RGB", (8, 8), "blue").save(picture)
    assert made(rows(1), inline, function=film)["kept"].tolist() == [False]


def test_failures_do_not_stop_the_rest(local: bz.Workspace) -> None:
    @bz.scene(duration=0.2)
    def broken(frame: bz.Frame, number: int) -> object:
        if number == 1:
            raise ZeroDivisionError("one is too few")
        return bars(number, frame)

    def film(row: Any) -> bz.Composition:
        return bz.Composition([broken(row.number)], width=64, height=36)

    result = made(rows(3), local, function=film)
    assert statuses(result) == ["succeeded", "failed", "succeeded"]
    assert result["error_class"][1] == "SceneError"
    assert "one is too few" in result["error"][1]
    row = local.history(status="failed").iloc[0]
    assert row["render_id"] == result["render_id"][1]


def test_a_quota_in_the_middle_leaves_the_rest_with_why(local: bz.Workspace) -> None:
    where = bz.Workspace(local.root, engine=local.engine, limits=bz.Limits(renders_per_hour=3))
    result = made(rows(6), where)
    assert statuses(result) == ["succeeded"] * 3 + ["not begun"] * 3
    assert result["error"][5].startswith("limit `renders_per_hour` is 3")
    assert len(where.history()) == 3


def test_a_limit_on_running_renders_is_waited_for(
    local: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "_LIMIT_S", 0.05)
    where = bz.Workspace(local.root, engine=local.engine, limits=bz.Limits(running=1))
    assert statuses(made(rows(4), where)) == ["succeeded"] * 4
    none = bz.Workspace(local.root, engine=local.engine, limits=bz.Limits(running=0))
    assert statuses(made(rows(2), none, again=True)) == ["not begun"] * 2


def test_cancelling_ends_films_at_work_and_begins_no_other(
    inline: bz.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[Batch] = []
    check = Batch.saw_row

    def spy(batch: Batch, count: int) -> None:
        batches[:] = [batch]
        check(batch, count)

    monkeypatch.setattr(Batch, "saw_row", spy)
    results = []
    with gate() as waits:

        def film(row: Any) -> bz.Composition:
            return waits.film if row.number == 1 else card("x")

        def work() -> None:
            results.append(made(rows(4), inline, function=film))

        thread = threading.Thread(target=work)
        thread.start()
        assert waits.reached.wait(60)
        assert [job["name"] for _, job in bz.jobs().iterrows() if job["status"] == "rendering"] == ["1.mp4"]
        until(lambda: batches[0].progress.made == 1)
        batches[0].cancel()
        assert batches[0].progress.stage == "cancelling"
        waits.opened.set()
        thread.join(60)
    assert statuses(results[0]) == ["succeeded", "cancelled", "not begun", "not begun"]
    progress = batches[0].progress
    assert (progress.stage, progress.films, progress.made, progress.left) == ("done", 4, 1, 2)
    assert sorted(inline.history()["status"]) == ["cancelled", "succeeded"]


def test_many_rows_go_into_a_report(inline: bz.Workspace, tmp_path: Path) -> None:
    table = [{**row, "text": row["text"] if row["number"] % 2 else 7} for row in rows(6)]
    left = made(iter(table), inline, on_bad_rows="skip", report=tmp_path / "report.parquet")
    assert left["number"].tolist() == [0, 2, 4]
    report = pd.read_parquet(tmp_path / "report.parquet")
    assert report["number"].tolist() == list(range(6))
    assert report["status"].tolist() == ["refused", "succeeded"] * 3
    assert report["text"].tolist()[:2] == ["7", "xx"]  # a column of two kinds is text
    with pytest.raises(bz.InvalidValueError, match="is a folder"):
        made(rows(1), inline, report=tmp_path)
