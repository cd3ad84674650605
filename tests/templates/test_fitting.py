from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.charts.parts.room import Room
from bazaar_nb.charts.theme import LIGHT
from bazaar_nb.scene.elements import Text
from bazaar_nb.scene.frame import Size
from bazaar_nb.templates.fitting import fit_words, starts_leftwards


def measure(text: Text) -> Size:
    """Measure as if each letter were half as wide as high."""
    return Size(0.5 * text.size * len(str(text.text)), 1.2 * text.size)


ROOM = Room(1920, 1080, LIGHT, measure)


def test_short_words_stay_large() -> None:
    found = fit_words(ROOM, "Less, but better.", 900, 500, 100, 20)
    assert found.lines == ("Less, but better.",)
    assert (found.size, found.width, found.height) == (100, 850, 120)


def test_longer_words_are_broken_evenly_and_made_smaller() -> None:
    found = fit_words(ROOM, "one two three four five six seven eight nine ten", 600, 240, 100, 20)
    assert 20 < found.size < 100
    assert " ".join(found.lines) == "one two three four five six seven eight nine ten"
    lengths = [len(line) for line in found.lines]
    assert min(lengths) > 0.5 * max(lengths)


def test_what_does_not_fit_ends_with_an_ellipsis() -> None:
    found = fit_words(ROOM, "many words, " * 200, 600, 120, 100, 40)
    assert found.size == 40
    assert found.lines[-1].endswith("words…")
    one = fit_words(ROOM, "a b c d e f g h", 60, 500, 20, 20, most_lines=1)
    assert one.lines == ("a b c…",)


def test_scripts_without_spaces_and_endless_words_are_broken() -> None:
    found = fit_words(ROOM, "我们看见的不是事物，而是我们自己。" * 2, 250, 900, 50, 50)
    assert "".join(found.lines) == "我们看见的不是事物，而是我们自己。" * 2
    assert not any(line[0] in "，。" for line in found.lines)
    endless = fit_words(ROOM, "x" * 100, 300, 900, 50, 10)
    assert "".join(endless.lines) == "x" * 100
    assert 10 < endless.size < 50


def test_direction_and_line_breaks_are_kept() -> None:
    assert fit_words(ROOM, "one\n\ntwo", 900, 900, 50, 20).lines == ("one", "", "two")
    assert fit_words(ROOM, "", 900, 900, 50, 20).lines == ()
    assert starts_leftwards("«مرحبا»")
    assert not starts_leftwards("(Ada) مرحبا")


@given(
    words=st.text(max_size=300) | st.lists(st.text("abc，é中 ", max_size=40)).map(" ".join),
    width=st.floats(30, 2000),
    height=st.floats(30, 2000),
    lines=st.integers(1, 20),
)
@pytest.mark.parametrize("smallest", [10, 60])
def test_all_words_fit(words: str, width: float, height: float, lines: int, smallest: float) -> None:
    found = fit_words(ROOM, words, width, height, 60, smallest, most_lines=lines)
    assert smallest - 0.01 <= found.size <= 60.01
    assert len(found.lines) <= max(lines, 1)
    if found.lines and len(found.lines) > 1:
        assert found.height <= height + 1
    if width > smallest:
        assert all(measure(Text(line, size=found.size)).width <= width * 1.01 + 1 for line in found.lines)
