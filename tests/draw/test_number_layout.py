"""Numbers look as skia's paragraphs have them, to the last bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bazaar_nb.draw import number_layout
from bazaar_nb.draw.number_layout import GlyphLine
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.draw.text_layout import Lines, TextSetter
from bazaar_nb.scene.elements import Fill, Group, Text
from bazaar_nb.scene.tree import FrameTree

strings = st.text(alphabet=sorted(number_layout._LETTERS), min_size=1, max_size=9)
tabular_strings = st.text(alphabet=sorted(number_layout._TABULAR_LETTERS), min_size=1, max_size=9)


def drawn(text: Text, turn: float, texts_before: int) -> tuple[Lines, NDArray[np.uint8]]:
    """Give a text's layout and picture, where its style counts as known after so many texts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(number_layout, "_WORTH_MEASURING", texts_before)
        pixels = np.empty((80, 240, 4), np.uint8)
        tree = FrameTree(240, 80, (Fill("#123"), Group((text,), rotation=turn)))
        Renderer(240, 80, Path).draw(tree, pixels)
        return TextSetter(Path).lay_out(text, 240), pixels


@settings(max_examples=100, deadline=None)
@given(
    either=strings.map(lambda string: (string, False)) | tabular_strings.map(lambda string: (string, True)),
    size=st.sampled_from([12, 28, 40, 48, 100]) | st.floats(1, 100),
    weight=st.sampled_from([300, 400, 500, 600, 700, 800, 900]),
    color=st.sampled_from(["white", "#e2e8f0", "#ff000060"]),
    line_height=st.sampled_from([1.2, 0.7]) | st.floats(0.1, 3),
    x=st.floats(0, 240),
    y=st.floats(0, 80),
    turn=st.sampled_from([0, 0, 20]),
)
def test_a_number_is_the_same_with_and_without_a_paragraph(
    either: tuple[str, bool], size: float, weight: int, color: str, line_height: float, x: float, y: float,
    turn: float,
) -> None:  # fmt: skip
    string, tabular = either
    text = Text(
        string, size=size, weight=weight, color=color, line_height=line_height, x=x, y=y, tabular=tabular
    )
    shaped, wanted = drawn(text, turn, 10**9)
    quick, pixels = drawn(text, turn, 0)
    assert isinstance(quick.pieces[0].paragraph, GlyphLine)
    assert not isinstance(shaped.pieces[0].paragraph, GlyphLine)
    assert quick[:3] == shaped[:3]
    np.testing.assert_array_equal(pixels, wanted)


@pytest.mark.parametrize("weight", [300, 400, 500, 600, 700, 800, 900])
@pytest.mark.parametrize("size", [11.3, 28.0, 64.0])
@pytest.mark.parametrize("tabular", [False, True])
def test_only_pairs_that_are_said_to_be_kerned_are(weight: int, size: float, tabular: bool) -> None:
    setter = TextSetter(Path)
    letters = sorted(number_layout._TABULAR_LETTERS if tabular else number_layout._LETTERS)

    def width(string: str) -> np.float32:
        text = Text(string, size=size, weight=weight, tabular=tabular)
        return np.float32(setter._measure_line(text).width)

    alone = {letter: width(letter) for letter in letters}
    kerned = {a + b for a in letters for b in letters if width(a + b) != alone[a] + alone[b]}
    known = {a + b for a, after in number_layout._KERNED.items() for b in after}
    assert kerned <= (set() if tabular else known)
