"""The README: its lines run and make the picture that it shows, it is short, what it refers to is there."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PilImage

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
FIRST_BLOCK = re.search(r"```python\n(.*?)```", README, re.DOTALL)


def frames(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as movie:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in movie.decode(video=0)]


def test_the_first_lines_make_the_picture(tmp_path: Path) -> None:
    assert FIRST_BLOCK is not None
    code = FIRST_BLOCK[1]
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    assert README[: FIRST_BLOCK.end()].count("\n") < 30
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert {path.name for path in tmp_path.iterdir()} == {"hello.gif", "bazaar"}
    made, shown = frames(tmp_path / "hello.gif"), frames(ROOT / "notebooks/images/hello.gif")
    assert len(made) == len(shown) == 50
    for one, other in zip(made, shown, strict=True):
        assert np.abs(one.astype(float) - other).mean() < 3


def test_it_refers_to_what_is_there() -> None:
    targets = [one.partition("#")[0] for one in re.findall(r"\]\(([^)]+)\)", README) if "://" not in one]
    assert len(targets) > 20
    for target in targets:
        assert (ROOT / target).is_file(), target


def test_it_is_short() -> None:
    assert README.count("\n") <= 150


def test_the_picture_at_its_top_is_what_the_script_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    (shown,) = re.findall(r"\]\(notebooks/images/(reel\.\w+)\)", README)
    monkeypatch.syspath_prepend(str(ROOT / "notebooks"))
    film = importlib.import_module("reel").reel()
    with PilImage.open(ROOT / "notebooks/images" / shown) as stored:
        assert getattr(stored, "n_frames", 1) / 15 > 0.7 * film.duration  # pictures that stay are in it once
        first = np.asarray(stored.convert("RGB"), float)
    assert (ROOT / "notebooks/images" / shown).stat().st_size < 2e6
    drawn = np.asarray(film.still(0).convert("RGB").resize(first.shape[1::-1]), float)
    assert np.abs(first - drawn).mean() < 4
