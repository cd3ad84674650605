"""The notebook about the history, run headless: real films, real answers, a year that is generated."""

from __future__ import annotations

import re
from pathlib import Path

import av
import nbformat
import pandas as pd
import pytest

import bazaar_nb as bz
from tests.headless import NOTEBOOKS, check_committed, executed_cells, files_left, of_kind, outputs, run_copy

NOTEBOOK = "04_history_and_analysis.ipynb"
EXECUTED = "04_history_and_analysis.executed.ipynb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder where the notebook ran."""
    folder = tmp_path_factory.mktemp("history")
    told = run_copy(folder, NOTEBOOK)
    assert re.search(r"films: 100% █+ 32/32", told)
    return folder


@pytest.fixture(scope="module")
def demo(folder: Path) -> bz.Workspace:
    return bz.Workspace(folder / "bazaar" / "history-demo")


@pytest.fixture(scope="module")
def year(folder: Path) -> bz.Workspace:
    return bz.Workspace(folder / "bazaar" / "generated-year")


def test_the_films_of_the_demo_are_really_rendered(demo: bz.Workspace) -> None:
    history = demo.history()
    assert history.groupby("status", observed=True).size().to_dict() == {
        "succeeded": 36, "failed": 3, "cancelled": 1,
    }  # fmt: skip
    made = history[history["status"] == "succeeded"]
    assert set(made["codec"]) == {"h264", "vp9", "gif"}
    assert made["user"].nunique() == made["project"].nunique() == 5
    for row in made.itertuples():
        with av.open(str(row.location)) as movie:
            video = movie.streams.video[0]
            assert (video.width, video.height) == (row.width, row.height)
            assert sum(1 for _ in movie.decode(video)) == row.frames
    again = made["project"] == "board"
    assert (made[again]["frames_cached"] == made[again]["frames"]).all()
    assert not made[~again]["frames_cached"].any()
    errors = history.dropna(subset="error_class")["error_class"].value_counts()
    assert {name: errors[name] for name in ("SceneError", "ElementError")} == {
        "SceneError": 2, "ElementError": 1,
    }  # fmt: skip


def test_the_demo_is_told_of_segments_downloads_and_links(demo: bz.Workspace) -> None:
    segments = demo.history.segments(project="board")
    assert len(segments) == 4
    assert segments["cached"].all()
    events = demo.history.engagement()
    assert events["kind"].value_counts().to_dict() == {"download": 4, "link": 4}
    assert set(events["render_id"]) <= set(demo.history(project="board")["render_id"])


def test_what_is_generated_says_so_and_is_in_no_other_history(demo: bz.Workspace, year: bz.Workspace) -> None:
    generated = year.history()
    assert len(generated) == 100_000
    assert generated["host"].str.startswith("generated").all()
    assert (generated["version"] == "generated").all()
    assert generated["render_id"].str.startswith("generated").all()
    assert generated["location"].isna().all()
    views = year.history.engagement()
    assert len(views) == 60_000
    assert views["event_id"].str.startswith("generated").all()
    assert not demo.history()["render_id"].str.startswith("generated").any()


def test_every_picture_of_the_generated_year_is_called_so(folder: Path) -> None:
    drawn = [cell for cell in executed_cells(folder, NOTEBOOK) if "bz.analysis.plot_" in cell.source]
    generated = [cell for cell in drawn if "generated_" in cell.source]
    assert len(drawn) >= 8
    assert len(generated) >= 5
    assert all("show_generated(" in cell.source for cell in generated)


def test_the_analysis_finds_what_was_hidden_in_the_year(folder: Path) -> None:
    said = {cell.id: cell.outputs for cell in executed_cells(folder, NOTEBOOK) if cell.cell_type == "code"}
    errors = of_kind(said["generated-errors"], "text/plain")[0]
    assert errors.splitlines()[1].split()[1] == "SceneError"
    hosts = of_kind(said["generated-host"], "text/plain")[0]
    assert hosts.splitlines()[2].split()[0] == "generated-3"


def test_the_outputs_are_whole_and_nothing_is_left_behind(folder: Path) -> None:
    found = outputs(folder, NOTEBOOK)
    assert "".join(of_kind(found, "text/html")).count("<video") == 1
    assert len(of_kind(found, "image/png")) >= 9  # a still and the pictures
    tables = [html for html in of_kind(found, "text/html") if "<table" in html]
    assert len(tables) >= 15
    assert all("<tbody>" in table and table.count("<tr") >= 2 for table in tables)
    shown = of_kind(found, "application/vnd.jupyter.widget-view+json")
    assert len(shown) == 2  # the bar of the films, and the dashboard
    assert {path.name for path in folder.iterdir()} == {NOTEBOOK, EXECUTED, "bazaar"}
    assert {path.suffix for path in files_left(folder / "bazaar")} <= {
        ".mp4", ".webm", ".gif", ".mkv", ".parquet", ".jpg", ".png",
    }  # fmt: skip
    whole = pd.read_parquet(folder / "bazaar" / "history-demo.parquet")
    assert len(whole) == 40


def test_a_saved_notebook_holds_no_links(folder: Path) -> None:
    text = (folder / EXECUTED).read_text()
    assert not re.search(r"[?&](token|X-Amz-\w+|Signature)=", text)


def test_the_notebook_is_committed_without_outputs() -> None:
    check_committed(NOTEBOOK)
    notebook = nbformat.read(NOTEBOOKS / NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    headings = re.findall(r"^## (.+)$", "\n".join(cell.source for cell in notebook.cells), re.MULTILINE)
    assert "A generated year, for scale" in headings
