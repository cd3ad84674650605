"""Looks look as they were stored, and do so in whatever order frames are asked for."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import bazaar_nb as bz
from tests.gallery_checks import check_any_order, check_sheet
from tests.looks.gallery import STILLS, draw_sheet, stored_sheet
from tests.looks.gallery_looks import EXAMPLES, code_of, example, with_code

VOCABULARY = (Path(__file__).parents[2] / "docs/reference/vocabulary.md").read_text()


@pytest.mark.parametrize("name", EXAMPLES)
def test_looks_as_it_was_stored(name: str) -> None:
    again = f"python -m tests.looks.gallery stills {name}"
    check_sheet(draw_sheet(name), stored_sheet(name), again)


def test_no_sheet_is_left_of_an_example_that_is_gone() -> None:
    assert set(STILLS.glob("*.webp")) == {stored_sheet(name) for name in EXAMPLES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_any_frame_alone_is_the_same_frame_in_a_row_bit_for_bit(name: str) -> None:
    check_any_order(example(name), moving=9)


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
