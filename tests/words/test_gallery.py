"""Everything in the gallery looks as it was stored, and does so in whatever order frames are asked for."""

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
from tests.draw.test_text import needs_fonts
from tests.words.gallery import STILLS, draw_sheet, stored_sheet
from tests.words.gallery_words import EXAMPLES, code_of, example, with_code

SIZE = (320, 180)
VOCABULARY = (Path(__file__).parents[2] / "docs/reference/vocabulary.md").read_text()
WITH_FONTS = [pytest.param(name, marks=needs_fonts) if name == "any_script" else name for name in EXAMPLES]


@pytest.mark.parametrize("name", WITH_FONTS)
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
            f"`python -m tests.words.gallery stills {name}`"
        )


def test_no_sheet_is_left_of_an_example_that_is_gone() -> None:
    assert set(STILLS.glob("*.webp")) == {stored_sheet(name) for name in EXAMPLES}


@pytest.mark.parametrize("name", WITH_FONTS)
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
    other: bz.Composition = cloudpickle.loads(cloudpickle.dumps(film))
    alone = Renderer(*SIZE, named_file)
    for index in random.Random(name).sample(range(film.frames), 15):
        pixels = np.full((SIZE[1], SIZE[0], 4), 77, np.uint8)
        alone.draw(pinner.pin(other.frame(index)), pixels)
        assert (pixels == in_a_row[index]).all(), index


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_is_three_statements(name: str) -> None:
    statements = compile(
        f"async def f():\n{' ' + code_of(name).replace(chr(10), chr(10) + ' ')}", name, "exec"
    )
    assert statements
    lines = [line for line in code_of(name).splitlines() if not line.startswith((" ", ")"))]
    assert len(lines) <= 3


def test_films_show_the_code_below() -> None:
    film = bz.Composition([with_code("rise")], width=640, height=360)
    below = np.asarray(film.still(60).crop((0, 220, 640, 360)).convert("L"))
    assert (below < 20).mean() > 0.2


def test_the_vocabulary_tells_of_each() -> None:
    told = set(re.findall(r"(?:bz|words|frame|code|formula)\.(\w+)\(", VOCABULARY))
    assert {name for name in bz.words.__all__ if name[0].islower()} - {
        "split",
        "staggered",
        "measure_letters",
    } <= told
    assert [name for name in re.findall(r"bz\.words\.(\w+)", VOCABULARY) if not hasattr(bz.words, name)] == []
