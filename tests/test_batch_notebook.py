"""The notebook about batches and clusters, run headless: on this machine's cores, and on a Dask cluster."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

import bazaar_nb as bz
from tests.headless import check_committed, outputs, run_copy

NOTEBOOK = "05_cluster_and_batch.ipynb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder where the notebook ran."""
    folder = tmp_path_factory.mktemp("batch")
    run_copy(folder, NOTEBOOK)
    return folder


def test_films_are_made_once_here_and_on_the_cluster(folder: Path) -> None:
    here, there = (bz.Workspace(folder / "bazaar" / name) for name in ("batch-demo", "cluster-demo"))
    history = here.history()
    # Six good rows, two put right, one changed; and one that `bazaar work` made.
    assert history["status"].tolist() == ["succeeded"] * 10
    assert set(history["engine"]) == {"local"}
    far = there.history()
    assert far["status"].tolist() == ["succeeded"] * 8
    assert set(far["engine"]) == {"dask"}
    for location in far["location"]:
        with av.open(str(location)) as movie:
            assert sum(1 for _ in movie.decode(video=0)) == 45
    # The same films have the same content, whoever drew them.
    assert set(far["content_key"]) <= set(history["content_key"])


def test_it_complains_of_nothing(folder: Path) -> None:
    assert any("8 of 8 films" in str(output) for output in outputs(folder, NOTEBOOK))


def test_the_notebook_is_committed_without_outputs() -> None:
    check_committed(NOTEBOOK)
