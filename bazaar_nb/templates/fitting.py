"""Words of any length in a box: broken into lines, made smaller, and at last cut with an ellipsis."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from bazaar_nb.charts.parts.room import Room

_WIDE = r"\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff"
_CLOSING = "、。，．！？」』）】》：；…ー々"  # never first in a line
_PIECES = re.compile(rf"\s+|[{_WIDE}][{_CLOSING}]*|[^\s{_WIDE}]+")
_REFERENCE = 100.0  # pixels of letters that pieces are measured at: widths grow with the size
_SHRINK = 0.955
_CUT_BELOW = 0.55  # of the largest size: a word that is still too wide is broken, not made smaller yet
_ELLIPSIS = "…"
_MOST = 4000  # characters that are looked at


class Fitted(NamedTuple):
    """Words in lines that fit.

    Attributes
    ----------
    lines : tuple of str
    size : float
        Of the letters, in pixels.
    width, height : float
        Of the box that the lines take, in pixels.
    leading : float
        From line to line, as a multiple of the size.
    leftwards : bool
        Whether they are read from the right, as Arabic is.
    """

    lines: tuple[str, ...]
    size: float
    width: float
    height: float
    leading: float
    leftwards: bool


class _Piece(NamedTuple):
    words: str
    width: float  # at the reference size
    space: float  # before it


def fit_words(
    room: Room,
    words: str,
    width: float,
    height: float,
    largest: float,
    smallest: float,
    *,
    weight: int = 400,
    leading: float = 1.2,
    most_lines: int = 99,
) -> Fitted:
    """Give words in the largest letters that fit into a box; with an ellipsis if not even the smallest do.

    Parameters
    ----------
    width, height : float
        Of the box, in pixels.
    largest, smallest : float
        Sizes of letters, in pixels.
    most_lines : int
    """
    paragraphs = [_measured(room, text, weight) for text in words[:_MOST].strip().split("\n")]
    if not any(paragraphs):
        return Fitted((), largest, 0.0, 0.0, leading, False)
    size = largest
    while True:
        lines = _broken(
            paragraphs, width / size * _REFERENCE, cut_words=size <= max(smallest, _CUT_BELOW * largest)
        )
        fits = len(lines) <= most_lines and len(lines) * leading * size <= height + 0.5
        if fits and all(_width(line) * size / _REFERENCE <= width + 0.5 for line in lines):
            break
        if size <= smallest:
            lines = _cut(
                room,
                lines,
                max(1, min(most_lines, int(height / (leading * size) + 0.01))),
                size,
                width,
                weight,
            )
            break
        size = max(smallest, size * _SHRINK)
    if len(lines) > 1 and _text(lines[-1])[-1:] != _ELLIPSIS:
        lines = _balanced(paragraphs, lines, size, width)
    texts = tuple(_text(line) for line in lines)
    widest = max(room.width_of(text, size, weight) for text in texts)
    return Fitted(
        texts, round(size, 2), widest, len(texts) * leading * size, leading, starts_leftwards(words)
    )


def starts_leftwards(words: str) -> bool:
    """Tell whether words are read from the right: Arabic, Hebrew and the like."""
    for letter in words:
        direction = unicodedata.bidirectional(letter)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def _measured(room: Room, text: str, weight: int) -> list[_Piece]:
    space = room.width_of("n n", _REFERENCE, weight) - room.width_of("nn", _REFERENCE, weight)
    pieces: list[_Piece] = []
    before = 0.0
    for found in _PIECES.findall(text):
        if found.isspace():
            before = space
            continue
        pieces.append(_Piece(found, room.width_of(found, _REFERENCE, weight), before))
        before = 0.0
    return pieces


def _broken(paragraphs: list[list[_Piece]], width: float, *, cut_words: bool) -> list[list[_Piece]]:
    """Break pieces into lines of a width at the reference size; words that are wider too, if asked to."""
    lines: list[list[_Piece]] = []
    for pieces in paragraphs:
        line: list[_Piece] = []
        used = 0.0
        for whole in pieces:
            parts = _split(whole, width) if cut_words and whole.width > width else [whole]
            for piece in parts:
                if line and used + piece.space + piece.width > width:
                    lines.append(line)
                    line, used = [], 0.0
                used += piece.width + (piece.space if line else 0.0)
                line.append(piece)
        lines.append(line)
    return lines


def _split(piece: _Piece, width: float) -> list[_Piece]:
    """Cut a long word into parts, never within a letter and its marks."""
    letters: list[str] = []
    for letter in piece.words:
        joined = (
            unicodedata.combining(letter) or letter in "\u200d\ufe0f" or unicodedata.category(letter) == "Mn"
        )
        if letters and (joined or letters[-1].endswith("\u200d")):
            letters[-1] += letter
        else:
            letters.append(letter)
    each = piece.width / len(letters)
    count = max(1, int(0.9 * width / each))
    parts = ["".join(letters[start : start + count]) for start in range(0, len(letters), count)]
    return [
        _Piece(part, each * min(count, len(letters) - number * count), piece.space if number == 0 else 0.0)
        for number, part in enumerate(parts)
    ]


def _balanced(
    paragraphs: list[list[_Piece]], lines: list[list[_Piece]], size: float, width: float
) -> list[list[_Piece]]:
    """Give as many lines, as even as they can be: a last word alone looks lost."""
    high = width / size * _REFERENCE
    low = high / 3
    best = lines
    for _ in range(9):
        middle = (low + high) / 2
        tried = _broken(paragraphs, middle, cut_words=False)
        if len(tried) <= len(lines) and all(_width(line) <= middle for line in tried):
            high, best = middle, tried
        else:
            low = middle
    return best


def _cut(
    room: Room, lines: list[list[_Piece]], most: int, size: float, width: float, weight: int
) -> list[list[_Piece]]:
    if len(lines) <= most:
        return lines
    kept, rest = lines[: most - 1], lines[most - 1]
    words = _text(rest)
    while words and room.width_of(words + _ELLIPSIS, size, weight) > width:
        words = words[:-1].rstrip()
    words = words.rstrip(" ,;:.–-") + _ELLIPSIS
    return [*kept, [_Piece(words, room.width_of(words, _REFERENCE, weight), 0.0)]]


def _width(line: list[_Piece]) -> float:
    return sum(piece.width for piece in line) + sum(piece.space for piece in line[1:])


def _text(line: list[_Piece]) -> str:
    return "".join((" " if piece.space and number else "") + piece.words for number, piece in enumerate(line))
