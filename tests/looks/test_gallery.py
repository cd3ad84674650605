"""Looks look as they were stored, and do so in whatever order frames are asked for."""

from __future__ import annotations

import random
import re
from pathlib import Path

import cloudpickle
import numpy as np
import pytest
from PIL import Image as PilImage

import bazaar_nb as bz
from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.damage import KeptFrame
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.render.still import name_file, named_file
from tests.charts.gallery import differences
from tests.charts.test_gallery import MEAN_LEVELS, WORST_LEVELS
from tests.looks.gallery import STILLS, draw_sheet, stored_sheet
from tests.looks.gallery_looks import EXAMPLES, code_of, example, with_code

SIZE = (320, 180)
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
            f"`python -m tests.looks.gallery stills {name}`"
        )


def test_no_sheet_is_left_of_an_example_that_is_gone() -> None:
    assert set(STILLS.glob("*.webp")) == {stored_sheet(name) for name in EXAMPLES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_any_frame_alone_is_the_same_frame_in_a_row_bit_for_bit(name: str) -> None:
    """Frames in a row, each drawn over the one before; some alone, in any order, of a copy of the film."""
    film = bz.Composition([example(name)], width=SIZE[0], height=SIZE[1], fps=15)
    pinner = Pinner(name_file)
    kept = KeptFrame(np.zeros((SIZE[1], SIZE[0], 4), np.uint8))
    renderer = Renderer(*SIZE, named_file)
    in_a_row = []
    for index in range(film.frames):
        renderer.redraw(pinner.pin(film.frame(index)), kept)
        in_a_row.append(kept.pixels.copy())
    assert len({pixels.tobytes() for pixels in in_a_row}) > 8  # it moves
    other: bz.Composition = cloudpickle.loads(cloudpickle.dumps(film))
    alone = Renderer(*SIZE, named_file)
    for index in random.Random(name).sample(range(film.frames), 15):
        pixels = np.full((SIZE[1], SIZE[0], 4), 77, np.uint8)
        alone.draw(pinner.pin(other.frame(index)), pixels)
        assert (pixels == in_a_row[index]).all(), index


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_is_a_few_statements_and_films_show_them(name: str) -> None:
    lines = [line for line in code_of(name).splitlines() if not line.startswith((" ", ")"))]
    assert len(lines) <= 4
    without, film = (bz.Composition([make(name)], width=640, height=360) for make in (example, with_code))
    pictures = [np.asarray(one.still(60).crop((0, 220, 640, 360)).convert("L")) for one in (without, film)]
    assert (pictures[0] != pictures[1]).mean() > 0.15


def test_the_vocabulary_tells_of_each() -> None:
    section = VOCABULARY.partition("## Looks")[2].partition("\n## ")[0]
    told = set(re.findall(r"bz\.(?:looks\.)?(\w+)\(", section))
    assert {name for name in bz.looks.__all__ if name[0].islower()} <= told
    assert [name for name in told if not hasattr(bz, name) and not hasattr(bz.looks, name)] == []
