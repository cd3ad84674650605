"""``bazaar simulate``: without a history, with one, and what it says of what can't be."""

from __future__ import annotations

from pathlib import Path

import pytest

import bazaar_nb as bz
from bazaar_nb.cli import main
from tests.render.films import counting_film


def test_without_a_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BAZAAR_ROOT", raising=False)
    command = ["simulate", "--workers", "1,64", "--film", "5min@720p", "--fps", "25", "--silent"]
    assert main([*command, "--join-mb-s", "50", "--cold-start", "0.5", "--quota", "32"]) == 0
    told = capsys.readouterr().out
    assert "5.0 min at 1280x720, 25 frames a second, silent: 7,500 frames in 180 segments" in told
    assert "built in" in told
    assert "joining: 50 MB/s and" in told
    assert "given by --join-mb-s" in told
    assert list(tmp_path.iterdir()) == []


def test_from_a_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = bz.Workspace(tmp_path, engine="inline")
    film = counting_film(1, 1, 1, 1, fps=10)
    film.export("film.mp4", workspace=where, progress=False)
    root = ["--root", str(tmp_path), "--workers", "1,4"]
    assert main(["simulate", *root]) == 0
    assert f"4 segments of 1 renders in the history of {tmp_path}" in capsys.readouterr().out
    assert main(["simulate", *root, "--like", film.name]) == 0
    assert f"of {film.name!r}" in capsys.readouterr().out
    assert main(["simulate", *root, "--like", "another"]) == 1
    assert "of 'another' has 0 segments that were rendered" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--film", "long"], "a length and a size like 2h@4k"),
        (["--stragglers", "2"], "a share from 0 to 1"),
        (["--join-mb-s", "0"], "must be more than 0"),
        (["--workers", "1000000"], "numbers from 1 to 20,000"),
        (["--fps", "0"], "fps"),
    ],
)
def test_what_can_not_be(given: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", *given]) == 1
    assert message in capsys.readouterr().err
