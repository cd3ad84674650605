"""A folder with films to be named, in which commands run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

FILMS = '''
import bazaar_nb as bz
from palette import BACK

print("films.py is run")

@bz.scene(duration=1)
def words(frame, text, color):
    y = f"{30 + 40 * frame.progress}%"
    return [bz.Fill(BACK), bz.Text(text, size=frame.height / 4, color=color, y=y)]

review = bz.Composition([words("review", "white")], width=128, height=72, fps=10, name="review")

@bz.film
def card(title: str, tags: list[str] = [], color: bz.parameters.Color = "gold") -> bz.Composition:
    """Give a card."""
    shown = words(" ".join([title, *tags]), color)
    return bz.Composition([shown], width=128, height=72, fps=10, name="card")
'''

CELLS = (
    ("%load_ext bazaar_nb\nimport bazaar_nb as bz", ()),
    ('title = "numbers"\nseconds = 1', ("parameters",)),
    (
        "@bz.scene(duration=seconds)\n"
        "def shown(frame):\n"
        "    return [bz.Fill('navy'), bz.Text(title, size=20, x=f'{100 * frame.progress}%')]",
        (),
    ),
    (
        "print('a cell prints')\ndraft = bz.Composition([shown()], width=64, height=36, fps=10)",
        (),
    ),
    ("film = bz.Composition([shown()], width=128, height=72, fps=10, name=title)\nfilm", ()),
)


Cells = Sequence[tuple[str, tuple[str, ...]]]


def write_notebook(path: Path, cells: Cells = CELLS) -> None:
    """Write a notebook of cells, each a source and tags."""
    made: list[dict[str, object]] = [
        {"cell_type": "code", "source": source, "metadata": {"tags": list(tags)}, "outputs": [],
         "execution_count": None, "id": f"c{number}"}
        for number, (source, tags) in enumerate(cells)
    ]  # fmt: skip
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with films, where commands run in this process, with an engine in it."""
    (tmp_path / "films.py").write_text(FILMS)
    (tmp_path / "palette.py").write_text('BACK = "navy"\n')
    write_notebook(tmp_path / "numbers.ipynb")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAZAAR_ROOT", str(tmp_path / "root"))
    monkeypatch.setenv("BAZAAR_ENGINE", "inline")
    return tmp_path
