"""Code: coloured, typed, told apart by lines, changed from one state to the next."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from tests.words.stage import film_of, pixels, shown_at

SOURCE = """
    def double(x):
        # twice
        return 2 * x
"""
Code: Any = bz.words.Code


def words_of(group: Any) -> list[str]:
    """Give the lines that are seen, by where they are, without numbers."""
    lines: list[Any] = [
        child for child in group.children if isinstance(child, bz.Text) and not isinstance(child.text, str)
    ]
    return ["".join(span.text for span in line.text) for line in sorted(lines, key=lambda line: line.y)]


def test_lines_lose_what_all_are_indented_by_and_have_colours() -> None:
    shown = shown_at(lambda frame: Code(SOURCE).show(frame), 0)
    assert words_of(shown) == ["def double(x):", "    # twice", "    return 2 * x"]
    colors = {span.color for line in Code(SOURCE).lines for span in line}
    assert len(colors) >= 4
    assert len({span.color for line in Code(SOURCE, "text").lines for span in line}) == 1


@pytest.mark.parametrize("shape", [(640, 360), (360, 640), (400, 400)])
def test_a_page_fits_into_any_frame(shape: tuple[int, int]) -> None:
    long = "\n".join(f"row_{i} = compute(row_{i - 1}, 'a rather long argument', {i})" for i in range(30))
    film = film_of(lambda frame: Code(long).show(frame), width=shape[0], height=shape[1], background="red")
    edges = np.asarray(film.still(0))
    assert (edges[[0, -1]] == edges[0, 0]).all()
    assert (edges[:, [0, -1]] == edges[0, 0]).all()


def test_typing_shows_letters_in_time_and_indents_at_once() -> None:
    def typed(time: float) -> list[str]:
        return words_of(
            shown_at(lambda frame: Code(SOURCE).type(frame, rate=10, caret=False), time, seconds=9)
        )

    assert typed(0.3) == ["def"]
    assert typed(1.5) == ["def double(x):"]
    assert typed(1.7) == ["def double(x):", "    # "]
    whole = shown_at(lambda frame: Code(SOURCE).show(frame), 0)
    assert shown_at(lambda frame: Code(SOURCE).type(frame, rate=10), 8.0, seconds=9) == whole
    assert shown_at(lambda frame: Code("").type(frame), 1.0) is not None


def test_lines_are_told_apart_one_after_the_other() -> None:
    code = Code(SOURCE, first_line=10)

    def light(time: float) -> list[float]:
        shown = shown_at(lambda frame: code.highlight(frame, {0: 10, 1: (11, 12), 2: None}), time)
        return [child.opacity for child in shown.children if isinstance(child, bz.Text)]

    assert light(0.9)[0] == 1
    assert max(light(0.9)[1:]) < 0.5
    assert light(1.9)[0] < 0.5
    assert light(1.9)[1:] == [1, 1]
    assert light(2.9) == [1, 1, 1]


def test_lines_that_stay_move_and_the_ends_are_the_states_themselves() -> None:
    other = Code("import math\n\ndef double(x, times=2):\n    return times * x")
    code = Code(SOURCE)

    def at(time: float) -> Any:
        return shown_at(lambda frame: code.become(other, frame, start=0.5, duration=1), time)

    assert at(0.5) == shown_at(lambda frame: code.show(frame), 0)
    assert at(1.5) == shown_at(lambda frame: other.show(frame), 0)
    heights: list[Any] = [
        next(
            child.y
            for child in at(time).children
            if isinstance(child, bz.Text) and "double" in str(child.text)
        )
        for time in (0.6, 1.0, 1.4)
    ]
    assert heights == sorted(heights)
    assert heights[0] < heights[-1]
    early, late = (" ".join(words_of(at(time))) for time in (0.6, 1.4))
    assert ("twice" in early, "import" in early, "twice" in late, "import" in late) == (
        True,
        False,
        False,
        True,
    )


def test_numbers_stand_before_the_lines_that_are_typed() -> None:
    film = film_of(lambda frame: Code(SOURCE, line_numbers=True).type(frame, rate=20, caret=False))
    assert pixels(film, 2).sum() < pixels(film, 25).sum()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Code("x", "pyhton"),
            "`language` 'pyhton' is none that pygments knows: did you mean 'python'",
        ),
        (lambda: Code("x", theme="gihtub-dark"), "`theme` 'gihtub-dark'.*did you mean 'github-dark'"),
        (lambda: Code(3), "code is text, got 3"),
        (lambda: Code("x\n" * 3000 + "x"), "at most 2,000 lines"),
        (
            lambda: shown_at(lambda frame: Code("x").highlight(frame, 4), 1),
            "there is no line 4: the code has 1 to 1",
        ),
        (lambda: shown_at(lambda frame: Code("x").highlight(frame, "a"), 1), "lines are numbers"),
        (lambda: shown_at(lambda frame: Code("x").become("y", frame), 1), "code becomes code"),
    ],
)
def test_bad_input_is_told(make: Any, message: str) -> None:
    with pytest.raises(bz.BazaarError, match=message):
        make()
