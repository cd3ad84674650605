"""The docstrings: every public name has one, with an example, and all examples run."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
from PIL import Image as PilImage

import bazaar_nb as bz

NO_EXAMPLE = {
    "ExportPanel", "HistoryDashboard", "Player", "tune",  # shown in a notebook: tests/widgets, tests/lab
}  # fmt: skip


def public() -> Iterator[tuple[str, Any]]:
    for name in bz.__all__:
        value = getattr(bz, name)
        if inspect.ismodule(value):
            yield from ((f"{name}.{part}", getattr(value, part)) for part in value.__all__)
        else:
            yield name, value


def test_every_public_function_and_class_has_a_docstring_with_an_example() -> None:
    of_code = {name: value for name, value in public() if inspect.isroutine(value) or inspect.isclass(value)}
    assert len(of_code) > 150
    assert [name for name, value in of_code.items() if not inspect.getdoc(value)] == []
    without = {name for name, value in of_code.items() if ">>>" not in (inspect.getdoc(value) or "")}
    assert sorted(without - NO_EXAMPLE) == []


def with_examples() -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder()
    found = {}
    for module in pkgutil.walk_packages(bz.__path__, "bazaar_nb."):
        if not module.name.endswith("__main__"):
            for test in finder.find(importlib.import_module(module.name)):
                if test.examples:
                    found[test.name] = test
    return [found[name] for name in sorted(found)]


@pytest.fixture(scope="module")
def film_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a root where something was rendered."""
    root = tmp_path_factory.mktemp("history")
    film = bz.Composition([bz.Scene(lambda _: bz.Fill("navy"), duration=1)], width=320, height=180)
    film.export("first.mp4", progress=False, workspace=bz.Workspace(root, engine="inline"))
    return root


@pytest.mark.parametrize("test", with_examples(), ids=lambda test: test.name.removeprefix("bazaar_nb."))
def test_examples_run(
    test: doctest.DocTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, film_history: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    PilImage.new("RGB", (64, 36), "teal").save("photo.jpg")
    PilImage.new("RGB", (64, 64), "teal").save("face.png")
    before = bz.workspace.default_workspace()
    root = film_history if ".analysis." in test.name else tmp_path / "bazaar"
    bz.use(bz.Workspace(root, engine="inline"))
    told: list[str] = []
    try:
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        assert runner.run(test, out=told.append).failed == 0, "".join(told)
    finally:
        bz.use(before)
        bz.charts.use_theme("light")
        plt.close("all")
