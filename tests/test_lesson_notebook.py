"""The notebook of a lesson, run headless: every part plays, and a film of one minute comes out."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

import bazaar_nb as bz
from tests.headless import check_committed, of_kind, outputs, run_copy

NOTEBOOK = "06_words_and_mathematics.ipynb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder where the notebook ran."""
    folder = tmp_path_factory.mktemp("lesson")
    run_copy(folder, NOTEBOOK)
    return folder


def test_every_part_and_the_whole_play(folder: Path) -> None:
    assert len(of_kind(outputs(folder, NOTEBOOK), "application/vnd.jupyter.widget-view+json")) >= 6


def test_it_is_a_film_of_one_minute_with_captions_to_turn_on(folder: Path) -> None:
    history = bz.history(bz.Workspace(folder / "bazaar"))
    assert list(history["status"]) == ["succeeded"]
    with av.open(str(history["location"].iloc[0])) as movie:
        video, words = movie.streams.video[0], movie.streams.subtitles[0]
        assert sum(packet.pts is not None and packet.size > 0 for packet in movie.demux(video)) == 60 * 30
        assert words.metadata["language"] == "eng"


def test_the_notebook_is_committed_without_outputs() -> None:
    check_committed(NOTEBOOK)
