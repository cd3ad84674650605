"""Workspaces take what they are given, else what the environment says, else the defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

import bazaar_nb as bz
from bazaar_nb import workspace as workspace_module
from bazaar_nb.render.engines.local import LocalEngine
from tests.texts import refused_or_read, texts


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ROOT", "USER", "PROJECT", "ENGINE", "WORKERS"):
        monkeypatch.delenv(f"BAZAAR_{name}", raising=False)
    monkeypatch.setattr(workspace_module, "_default", None)
    monkeypatch.chdir(tmp_path)


def test_defaults(tmp_path: Path) -> None:
    where = bz.Workspace()
    assert where.root == tmp_path / "bazaar"
    assert (where.project, where.engine.name) == ("default", "local")
    assert where.user
    assert list(tmp_path.iterdir()) == []


def test_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = {"ROOT": "films", "USER": "ada", "PROJECT": "q3", "WORKERS": "3"}
    for name, value in given.items():
        monkeypatch.setenv(f"BAZAAR_{name}", value)
    where = bz.Workspace()
    assert (where.root, where.user, where.project) == (tmp_path / "films", "ada", "q3")
    assert isinstance(where.engine, LocalEngine)
    assert where.engine.workers == 3
    mine = bz.Workspace("other", user="bob", project="q4", workers=1)
    assert (mine.root, mine.user, mine.project, mine.engine.workers) == (tmp_path / "other", "bob", "q4", 1)
    monkeypatch.setenv("BAZAAR_ENGINE", "inline")
    assert bz.Workspace().engine.name == "inline"


def test_an_engine_may_be_given() -> None:
    engine = bz.InlineEngine()
    assert bz.Workspace(engine=engine).engine is engine
    assert bz.Workspace(engine="inline").engine.workers == 1


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (
            {"engine": "cloud"},
            "`engine` must be one of local, inline, dask, lithops or an address as 'tcp://host:8786', got",
        ),
        ({"engine": 3}, "`engine` must be an engine, a Dask client, cluster or address, or one of"),
        ({"engine": "inline", "workers": 2}, "`workers` goes with engine='local'"),
        ({"engine": bz.InlineEngine(), "workers": 2}, "`workers` goes with engine='local'"),
        ({"workers": 0}, "`workers` must be a whole number, at least 1, got 0"),
        ({"user": " "}, "`user` must be text"),
        ({"project": 5}, "`project` must be text, got 5"),
        ({"root": ""}, "`root` must be a folder"),
    ],
)
def test_bad_values(wanted: dict[str, Any], message: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=message):
        bz.Workspace(**wanted)


def test_bad_workers_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAZAAR_WORKERS", "many")
    with pytest.raises(bz.InvalidValueError, match=r"BAZAAR_WORKERS must be a whole number, .* got 'many'"):
        bz.Workspace()


def test_one_workspace_is_the_default(tmp_path: Path) -> None:
    scene = bz.scene(duration=0.1)(lambda frame: bz.Fill("red"))
    film = bz.Composition([scene()], width=64, height=36)
    mine = bz.use(bz.Workspace(tmp_path / "mine", engine="inline"))
    render = film.export(progress=False)
    assert render.path.is_relative_to(tmp_path / "mine")
    assert bz.history()["render_id"].tolist() == [render.id]
    assert bz.history(bz.Workspace("elsewhere", engine="inline")).empty
    assert workspace_module.default_workspace() is mine
    with pytest.raises(bz.InvalidValueError, match="expected a Workspace"):
        bz.use("films")  # type: ignore[arg-type]


def test_it_works_again_after_close(tmp_path: Path) -> None:
    scene = bz.scene(duration=0.1)(lambda frame: bz.Fill("red"))
    film = bz.Composition([scene()], width=64, height=36)
    where = bz.Workspace(tmp_path, workers=1)
    for quality in ("low", "high"):
        assert film.export(quality=quality, workspace=where, progress=False).segments_cached == 0
        where.close()
    assert where.history()["status"].tolist() == ["succeeded", "succeeded"]
    assert repr(where).startswith(f"<Workspace '{tmp_path}': user")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts("ada", "inline", "s3://bucket/team", "4"))
@example("²")
@example("٣")
@example("9" * 5000)
def test_any_text_is_of_a_workspace_or_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    for name in ("user", "project", "engine", "root"):
        given: dict[str, Any] = {"root": tmp_path, name: text}
        refused_or_read(lambda: repr(bz.Workspace(**given)))  # noqa: B023 - called at once
    try:
        monkeypatch.setenv("BAZAAR_WORKERS", text)
        monkeypatch.setenv("BAZAAR_CACHE", text)
    except ValueError:  # no variable can hold it
        return
    refused_or_read(lambda: bz.Workspace(tmp_path))
    refused_or_read(lambda: bz.Workspace("s3://bucket/team"))
