"""Code on its way from one state to the next: lines and words that stay move, the rest goes and comes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from bazaar_nb.motion.easing import cubic, ease_in_out
from bazaar_nb.scene.elements import AnyElement, Span
from bazaar_nb.words.code.page import Page
from bazaar_nb.words.code.tokens import Line

_EVENLY = ease_in_out(cubic)
_GONE, _COMING = 0.35, 0.55  # of the time: when what goes is gone, when what comes begins
_WORD = re.compile(r"\s+|\w+|.", re.DOTALL)
_ALIKE = 0.5  # two lines have so much in common if one became the other


class _Piece(NamedTuple):
    """A piece of a line, and the row and column that it begins at; None where it isn't."""

    spans: Line
    before: tuple[int, int] | None
    after: tuple[int, int] | None


def change_code(
    mine: Page, theirs: Page, before: Sequence[Line], after: Sequence[Line], share: float
) -> tuple[list[AnyElement], float, float]:
    """Give what is between two states of code, and the panel's size there.

    Parameters
    ----------
    share : float
        Of the time, between 0 and 1.
    """
    moved = _EVENLY(share)
    gone = max(0.0, 1.0 - share / _GONE)
    come = max(0.0, (share - _COMING) / (1 - _COMING))
    size = mine.size + (theirs.size - mine.size) * moved
    elements: list[AnyElement] = []
    for piece in _pieces(tuple(before), tuple(after)):
        start = None if piece.before is None else _place(mine, before, piece.before)
        stop = None if piece.after is None else _place(theirs, after, piece.after)
        if start is not None and stop is not None:
            x, y = (a + (b - a) * moved for a, b in zip(start, stop, strict=True))
            elements.append(replace(theirs.text(0, piece.spans), x=x, y=y, size=size))
        elif start is not None and gone > 0:
            elements.append(replace(mine.text(0, piece.spans), x=start[0], y=start[1], opacity=_EVENLY(gone)))
        elif stop is not None and come > 0:
            elements.append(
                replace(theirs.text(0, piece.spans), x=stop[0] - (1 - _EVENLY(come)) * 0.5 * size, y=stop[1],
                        opacity=_EVENLY(come))
            )  # fmt: skip
    for row in range(max(len(mine.numbers), len(theirs.numbers))):
        pair = [page.numbers[row] for page in (mine, theirs) if row < len(page.numbers)]
        places = [(float(one.x), float(one.y)) for one in pair]  # type: ignore[arg-type]
        x, y = (a + (b - a) * moved for a, b in zip(places[0], places[-1], strict=True))
        shown = 1.0 if len(pair) == 2 else _EVENLY(gone if row < len(mine.numbers) else come)
        if shown > 0:
            elements.append(replace(pair[-1], x=x, y=y, size=size, opacity=shown))
    width, height = (
        a + (b - a) * moved for a, b in ((mine.width, theirs.width), (mine.height, theirs.height))
    )
    return elements, width, height


def _place(page: Page, lines: Sequence[Line], at: tuple[int, int]) -> tuple[float, float]:
    row, column = at
    return page.left + page.width_of(_first(lines[row], column)), page.top + row * page.leading


def _first(line: Line, count: int) -> Line:
    found: list[Span] = []
    for span in line:
        if count <= 0:
            break
        found.append(span if len(span.text) <= count else Span(span.text[:count], color=span.color))
        count -= len(span.text)
    return tuple(found)


@lru_cache(maxsize=32)
def _pieces(before: tuple[Line, ...], after: tuple[Line, ...]) -> tuple[_Piece, ...]:
    return tuple(_find_pieces(before, after))


def _find_pieces(before: tuple[Line, ...], after: tuple[Line, ...]) -> Iterator[_Piece]:
    old, new = ([_words_of(line) for line in lines] for lines in (before, after))
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            for row, other in zip(range(i, j), range(k, m), strict=True):
                if after[other]:
                    yield _Piece(after[other], (row, 0), (other, 0))
            continue
        pairs = _alike(old[i:j], new[k:m])
        for row in range(i, j):
            if row - i not in pairs and before[row]:
                yield _Piece(before[row], (row, 0), None)
        taken = set(pairs.values())
        for other in range(k, m):
            if other - k not in taken and after[other]:
                yield _Piece(after[other], None, (other, 0))
        for row, other in pairs.items():
            yield from _line_pieces(before[i + row], after[k + other], i + row, k + other)


def _alike(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Find lines that became others, in order."""
    pairs: dict[int, int] = {}
    begin = 0
    for row, words in enumerate(old):
        ratios = [
            (SequenceMatcher(None, words, new[other], autojunk=False).ratio(), -other)
            for other in range(begin, len(new))
        ]
        best, other = max(ratios, default=(0.0, 0))
        if best > _ALIKE:
            pairs[row] = -other
            begin = -other + 1
    return pairs


def _line_pieces(before: Line, after: Line, row: int, other: int) -> Iterator[_Piece]:
    """Compare two lines word by word."""
    old, new = _WORD.findall(_words_of(before)), _WORD.findall(_words_of(after))
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        start, stop = len("".join(old[:i])), len("".join(new[:k]))
        gone, come = len("".join(old[i:j])), len("".join(new[k:m]))
        if kind == "equal":
            yield _Piece(_between(after, stop, come), (row, start), (other, stop))
            continue
        if gone:
            yield _Piece(_between(before, start, gone), (row, start), None)
        if come:
            yield _Piece(_between(after, stop, come), None, (other, stop))


def _between(line: Line, start: int, count: int) -> Line:
    found: list[Span] = []
    for span in _first(line, start + count):
        rest = span.text[start:] if start > 0 else span.text
        start -= len(span.text)
        if rest:
            found.append(Span(rest, color=span.color))
    return tuple(found)


def _words_of(line: Line) -> str:
    return "".join(span.text for span in line)
