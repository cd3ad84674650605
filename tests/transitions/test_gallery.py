"""Transitions look as they were stored; each is in the documentation's gallery."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image as PilImage

import bazaar_nb as bz
from tests.charts.gallery import differences
from tests.charts.test_gallery import MEAN_LEVELS, WORST_LEVELS
from tests.transitions.gallery import STILLS, draw_sheet, stored_sheet
from tests.transitions.gallery_transitions import EXAMPLES, code_of, with_code

VOCABULARY = (Path(__file__).parents[2] / "docs/reference/vocabulary.md").read_text()


@pytest.mark.parametrize("name", EXAMPLES)
def test_looks_as_it_was_stored(name: str) -> None:
    drawn = draw_sheet(name)
    stored = PilImage.open(stored_sheet(name)).convert("RGB")
    assert drawn.size == stored.size
    mean, worst, picture = differences(drawn, stored)
    if mean > MEAN_LEVELS or worst > WORST_LEVELS:
        folder = STILLS / "differences"
        folder.mkdir(exist_ok=True)
        for what, image in (("drawn", drawn), ("stored", stored), ("differs", picture)):
            image.save(folder / f"{name}-{what}.png")
        pytest.fail(
            f"{name} differs by {mean:.2f} levels (at most {MEAN_LEVELS}), in one place by {worst:.0f} "
            f"(at most {WORST_LEVELS}): look at {folder}; if it is meant, "
            f"`python -m tests.transitions.gallery stills {name}`"
        )


def test_no_sheet_is_left_of_an_example_that_is_gone() -> None:
    assert set(STILLS.glob("*.webp")) == {stored_sheet(name) for name in EXAMPLES}


def test_each_transition_has_an_example_and_is_told_of() -> None:
    shown = {name for example in EXAMPLES for name in re.findall(r"transitions\.(\w+)\(", code_of(example))}
    assert shown == set(bz.transitions.__all__) - {"cut"}
    told = VOCABULARY.partition("## One scene becomes the next")[2].partition("\n## ")[0]
    assert shown <= set(re.findall(r"[`.](\w+)\(", told))
    assert all(len(code_of(name).splitlines()) <= 4 for name in EXAMPLES)


def test_films_show_the_code_below() -> None:
    film = bz.Composition([with_code("wipe")], width=320, height=180, fps=10)
    assert film.frames == 26
    film.still(13)
