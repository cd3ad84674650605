"""The notebook about charts, run headless: every chart plays, and real movies come out."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

import bazaar_nb as bz
from tests.headless import check_committed, executed_cells, of_kind, outputs, run_copy

NOTEBOOK = "02_charts.ipynb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder where the notebook ran."""
    folder = tmp_path_factory.mktemp("charts")
    run_copy(folder, NOTEBOOK, "data")
    return folder


def test_every_chart_shows_its_picture_and_nothing_is_complained_of(folder: Path) -> None:
    found = outputs(folder, NOTEBOOK)
    assert len(of_kind(found, "application/vnd.jupyter.widget-view+json")) >= 8
    assert len(of_kind(found, "image/png")) + len(of_kind(found, "image/jpeg")) >= 10
    told = [out for cell in executed_cells(folder, NOTEBOOK) for out in cell.get("outputs", [])]
    assert [out["text"] for out in told if out.get("name") == "stderr" and "Warning" in out["text"]] == []


def test_the_films_are_what_was_asked_for(folder: Path) -> None:
    history = bz.history(bz.Workspace(folder / "bazaar"))
    assert list(history["status"]) == ["succeeded"] * 2
    for row, size in zip(history.itertuples(), ((1280, 720), (540, 960)), strict=True):
        with av.open(str(row.location)) as movie:
            video = movie.streams.video[0]
            assert (video.width, video.height) == size
            assert sum(1 for _ in movie.decode(video)) == row.frames


def test_the_notebook_is_committed_without_outputs() -> None:
    check_committed(NOTEBOOK)
