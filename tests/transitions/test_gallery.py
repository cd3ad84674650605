"""Transitions look as they were stored; each is in the documentation's gallery."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bazaar_nb as bz
from tests.gallery_checks import check_any_order, check_sheet
from tests.transitions.gallery import STILLS, draw_sheet, stored_sheet
from tests.transitions.gallery_transitions import EXAMPLES, code_of, example, with_code

VOCABULARY = (Path(__file__).parents[2] / "docs/reference/vocabulary.md").read_text()


@pytest.mark.parametrize("name", EXAMPLES)
def test_looks_as_it_was_stored(name: str) -> None:
    again = f"python -m tests.transitions.gallery stills {name}"
    check_sheet(draw_sheet(name), stored_sheet(name), again)


@pytest.mark.parametrize("name", EXAMPLES)
def test_any_frame_alone_is_the_same_frame_in_a_row_bit_for_bit(name: str) -> None:
    check_any_order(example(name), moving=9)


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
