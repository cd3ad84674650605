"""Everything in the gallery looks as it was stored, and does so in whatever order frames are asked for."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib
import numpy as np
import pytest

import bazaar_nb as bz
from tests.draw.test_text import needs_fonts
from tests.gallery_checks import check_any_order, check_sheet
from tests.words.gallery import STILLS, draw_sheet, stored_sheet
from tests.words.gallery_words import EXAMPLES, code_of, example, with_code

VOCABULARY = (Path(__file__).parents[2] / "docs/reference/vocabulary.md").read_text()
WITH_FONTS = [pytest.param(name, marks=needs_fonts) if name == "any_script" else name for name in EXAMPLES]
older = pytest.mark.skipif(
    matplotlib.__version_info__ < (3, 10), reason="the stills are of a newer matplotlib, with other formulas"
)
AS_STORED = [
    pytest.param(name, marks=older) if isinstance(name, str) and name.startswith("math_") else name
    for name in WITH_FONTS
]


@pytest.mark.parametrize("name", AS_STORED)
def test_looks_as_it_was_stored(name: str) -> None:
    again = f"python -m tests.words.gallery stills {name}"
    check_sheet(draw_sheet(name), stored_sheet(name), again)


def test_no_sheet_is_left_of_an_example_that_is_gone() -> None:
    assert set(STILLS.glob("*.webp")) == {stored_sheet(name) for name in EXAMPLES}


@pytest.mark.parametrize("name", WITH_FONTS)
def test_any_frame_alone_is_the_same_frame_in_a_row_bit_for_bit(name: str) -> None:
    check_any_order(example(name))


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
