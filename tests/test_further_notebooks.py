"""The notebooks about exporting, coming from elsewhere, and what is wrong: they show what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

import bazaar_nb as bz
from tests.headless import check_committed, executed_cells, of_kind, outputs, run_copy

EXPORTING = "07_export_jobs_and_sharing.ipynb"
COMING = "08_coming_from_elsewhere.ipynb"
WRONG = "09_when_something_is_wrong.ipynb"


def test_exporting_makes_each_file_that_it_names(tmp_path: Path) -> None:
    run_copy(tmp_path, EXPORTING)
    printed = "".join(
        out["text"]
        for cell in executed_cells(tmp_path, EXPORTING)
        for out in cell.get("outputs", ())
        if "text" in out
    )
    assert "limit `duration_s` is 2 s" in printed
    history = bz.history(bz.Workspace(tmp_path / "bazaar/export-demo"))
    assert sorted(history["format"]) == ["gif", "mp4", "mp4", "mp4", "mp4", "webm"]
    assert set(history["status"]) == {"succeeded"}
    movies = history[history["format"] == "mp4"]
    assert (movies["segments_cached"] == movies["segments"]).sum() == 1  # the one that was exported again


def test_coming_from_elsewhere_plays_and_exports(tmp_path: Path) -> None:
    run_copy(tmp_path, COMING)
    found = outputs(tmp_path, COMING)
    assert len(of_kind(found, "application/vnd.jupyter.widget-view+json")) >= 4
    history = bz.history(bz.Workspace(tmp_path / "bazaar"))
    assert sorted(history["format"]) == ["mp4", "webm"]
    assert list(history["status"]) == ["succeeded"] * 2
    assert list(history["frames"]) == [90, 90]


def test_what_is_wrong_is_told_as_the_notebook_says(tmp_path: Path) -> None:
    run_copy(tmp_path, WRONG)
    cells = executed_cells(tmp_path, WRONG)
    printed = "".join(out["text"] for cell in cells for out in cell.get("outputs", ()) if "text" in out)
    for beginning in (
        "ElementError: `size` of Text[1]:",
        "SceneError: scene 'bars' failed at frame 12",
        "ElementError: `source` of Image[0]: image 'holiday.jpg'",
        "SettingsError: codec 'vp9' does not go into mp4",
        "SettingsError: `fps` of a gif is at most 50",
        "SettingsError: `quality` must be one of low, medium, high",
        "scene 'confetti' shows something else",
        "LimitError: limit `duration_s` is 0.5 s",
        "Inter, 9 faces",  # the doctor's
    ):
        assert beginning in printed
    history = bz.history(bz.Workspace(tmp_path / "bazaar/troubleshooting"))
    assert sorted(history["status"]) == ["failed", "failed", "succeeded"]


@pytest.mark.parametrize("notebook", [EXPORTING, COMING, WRONG])
def test_the_notebook_is_committed_without_outputs(notebook: str) -> None:
    check_committed(notebook)
