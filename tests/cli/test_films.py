"""``bazaar films``: listed, and deleted with what nothing else needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb import workspace
from bazaar_nb.cli import main
from bazaar_nb.errors import StoreError, UnknownFilmError
from bazaar_nb.saved_films import film_capture, film_versions
from bazaar_nb.saved_films.deletion import delete_versions


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(workspace, "_default", None)
    monkeypatch.setenv("BAZAAR_ROOT", str(tmp_path / "root"))
    monkeypatch.setenv("BAZAAR_ENGINE", "inline")
    return tmp_path / "root"


def film(color: str, name: str = "red") -> bz.Composition:
    @bz.scene(duration=1)
    def shown(frame: bz.Frame) -> list[Any]:
        return [bz.Fill(color), bz.Rect(width=10, height=10, x=frame.index, fill="white")]

    return bz.Composition([shown()], width=64, height=36, fps=10, name=name)


def files(root: Path) -> set[str]:
    return {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and "history" not in path.parts
    }


def test_they_are_listed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["films"]) == 0
    assert capsys.readouterr().out == f"no saved films in {root}\n"
    film("red").save(project="team", progress=False)
    film("maroon").save(project="team", progress=False)
    assert main(["films"]) == 0
    header, line = capsys.readouterr().out.splitlines()
    assert header.split()[:2] == ["film", "version"]
    assert line.split()[:2] == ["team/red", "2"]
    assert main(["films", "--versions", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["films"]
    assert [(one["name"], one["version"], one["duration"]) for one in found] == [
        ("red", 1, 1.0),
        ("red", 2, 1.0),
    ]


def test_a_version_goes_and_the_others_stay(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film("red").save(project="team", progress=False)
    before = bz.open_film("team/red").frame(5)
    film("maroon").save(project="team", progress=False)
    film("blue", "other").save(project="team", progress=False)
    assert main(["films", "delete", "team/red", "--version", "2", "--yes"]) == 0
    assert capsys.readouterr().out.startswith("deleted version 2 of team/red: ")
    assert bz.open_film("team/red").frame(5) == before
    assert main(["films", "delete", "team/red", "--yes", "--json"]) == 0
    gone = json.loads(capsys.readouterr().out)
    assert gone["versions"] == [1]
    assert gone["files"] > 0
    assert list(bz.films()["name"]) == ["other"]
    assert not any("red" in one for one in files(root))
    assert main(["films", "delete", "team/red", "--yes"]) == 1
    assert "has no saved film 'red'" in capsys.readouterr().err
    with pytest.raises(UnknownFilmError):
        bz.open_film("team/red")


def test_it_asks_and_heeds_who_is_in_a_project(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    film("red").save(project="team", progress=False)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    assert main(["films", "delete", "team/red"]) == 130
    assert list(bz.films()["name"]) == ["red"]
    bz.Workspace(root, user="ada").set_project_members(owners=["ada"], project="team")
    assert main(["films", "delete", "team/red", "--yes", "--user", "bob"]) == 4
    assert "'bob' is not in project 'team'" in capsys.readouterr().err
    assert main(["films", "delete", "team/red", "--yes", "--user", "ada"]) == 0
    assert bz.films().empty


def test_what_is_deleted_while_it_is_saved_is_no_film(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = bz.Workspace(root, project="team")
    film("red").save(progress=False, workspace=where)
    capture = film_capture.capture_film

    def captured(*args: Any, **kwargs: Any) -> Any:
        done = capture(*args, **kwargs)  # it finds all its content there
        delete_versions(where.store, "team", "red")
        return done

    monkeypatch.setattr(film_versions, "capture_film", captured)
    with pytest.raises(StoreError, match=r"was deleted while it was being saved .* save it again"):
        film("red").save(progress=False, workspace=where)
    monkeypatch.undo()
    assert bz.films(workspace=where).empty
    film("red").save(progress=False, workspace=where)
    assert bz.open_film("team/red", workspace=where).frames == 10
