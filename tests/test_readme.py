"""The README: its first lines run and make the picture that it shows, its names and verbs are there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

import bazaar_nb as bz

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
    targets = [one for one in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in one]
    assert len(targets) > 4
    for target in targets:
        assert (ROOT / target).is_file(), target
    section = README.partition("## Scenes")[2].partition("## ")[0]
    names = set(re.findall(r"`(\w+)(?:\([\d.]*\))?`s?", section.partition("\n|")[2]))
    assert {"Fill", "Figure", "spring", "ease_out", "fade"} <= names
    assert [name for name in names if not hasattr(bz, name)] == []


def test_its_verbs_are_those_of_make() -> None:
    verbs = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    told = re.findall(r"^\| `make ([a-z-]+)`", README, re.MULTILINE)
    assert told == [verb for verb in verbs if verb != "help"]


def test_errors_read_as_it_says() -> None:
    @bz.scene(duration=1)
    def title(_frame: bz.Frame) -> list[bz.Fill | bz.Text]:
        return [bz.Fill("navy"), bz.Text("a", size=-5)]

    film = bz.Composition([title()])
    with pytest.raises(bz.ElementError) as bad_element:
        film.frame(0)
    with pytest.raises(bz.SettingsError) as bad_settings:
        film.export("review.mp4", codec="vp9")
    for error in (bad_element, bad_settings):
        assert f"{error.type.__name__}: {error.value}\n" in README
