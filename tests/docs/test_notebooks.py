"""The notebooks: numbered without gaps; each says what one will have at its end, and shows it unrun."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from tests.headless import NOTEBOOKS

ALL = sorted(path for path in NOTEBOOKS.glob("[0-9]*.ipynb") if ".executed" not in path.suffixes)


def test_they_are_numbered_without_gaps_and_listed() -> None:
    assert [path.name[:2] for path in ALL] == [f"{number:02}" for number in range(1, len(ALL) + 1)]
    page = (NOTEBOOKS.parent / "docs/tutorial/notebooks.md").read_text()
    assert re.findall(r"/notebooks/([\w.]+)\)", page) == [path.name for path in ALL]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_each_ends_with_what_comes_next(path: Path) -> None:
    last = nbformat.read(path, as_version=4).cells[-1]  # type: ignore[no-untyped-call]
    assert last.source.startswith("Next: ")
    targets = re.findall(r"\]\(([^)]+)\)", last.source)
    assert targets
    assert all((NOTEBOOKS / target).is_file() for target in targets)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_each_begins_with_what_one_will_have(path: Path) -> None:
    first = nbformat.read(path, as_version=4).cells[0]  # type: ignore[no-untyped-call]
    assert first.cell_type == "markdown"
    assert re.match(r"# [^\n]+\n\nAt the end of this notebook ", first.source)
    shown = re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", first.source)
    assert shown
    assert all((NOTEBOOKS / picture).is_file() for picture in shown)
    assert path.stat().st_size < 50_000
