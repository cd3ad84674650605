"""What is said when: captions and their words, from lists and tables."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.values.graphemes import split_graphemes
from bazaar_nb.values.number import is_missing, plain_number

_MOST = 20_000
_PAUSE_S = 0.7  # between words: a new caption
_MOST_LETTERS = 74  # of a caption made of words: two lines
_MOST_S = 6.0
_WIDE = r"\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff"
_CLOSING = "、。，．！？」』）】》：；…ー々"  # never first in a line
_PIECES = re.compile(rf"[{_WIDE}][{_CLOSING}]*|[^{_WIDE}]+")  # Chinese and Japanese have no spaces
_ENDS = ".!?…。！？؟"


class Word(NamedTuple):
    """A word of a caption, with the seconds at which it is said, and whether a space is before it."""

    text: str
    start: float
    end: float
    spaced: bool = True


class Caption(NamedTuple):
    r"""Words that are shown together.

    Attributes
    ----------
    start, end : float
        Seconds; end is after start.
    text : str
        ``\n`` breaks the line.
    words : tuple of Word
        Where it is known when each is said; else their times are taken from their lengths.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> captions = bz.words.Captions([bz.words.Caption(0.5, 2, "Hello there")])
    """

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()


def read_captions(value: object) -> tuple[Caption, ...]:
    """Take captions: `Caption`s, (start, end, text), or a table with columns start, end and text or word.

    Captions come in any order; words make captions of two lines at most, new after a pause or a full stop.

    Raises
    ------
    InvalidValueError
        With all that is wrong, by number.
    """
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        rows, are_words = [_row(item) for item in value], False
    else:
        rows, are_words = _table(value)
    if len(rows) > _MOST:
        raise InvalidValueError(f"at most {_MOST:,} captions can be shown, got {len(rows):,} (Captions)")
    problems: list[str] = []
    captions = [_checked(row, number, problems) for number, row in enumerate(rows, 1)]
    if problems:
        more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
        raise InvalidValueError("; ".join(problems[:5]) + more + " (Captions)")
    found = sorted(
        (caption for caption in captions if caption is not None), key=lambda one: (one.start, one.end)
    )
    return _grouped(found) if are_words else tuple(found)


def _row(item: object) -> tuple[Any, Any, Any, Any]:
    if isinstance(item, Caption):
        return item.start, item.end, item.text, item.words
    if isinstance(item, Mapping) and {"start", "end"} <= item.keys():
        return item["start"], item["end"], item.get("text", item.get("word")), ()
    if isinstance(item, Sequence) and not isinstance(item, str) and len(item) == 3:
        return item[0], item[1], item[2], ()
    raise InvalidValueError(f"a caption is (start, end, text), in seconds, got {item!r:.60} (Captions)")


def _table(value: object) -> tuple[list[tuple[Any, Any, Any, Any]], bool]:
    import narwhals.stable.v1 as nw

    if isinstance(value, Mapping):
        columns = {str(name): list(column) for name, column in value.items()}
    else:
        try:
            frame: Any = nw.from_native(value, eager_only=True)
            columns = {str(name): frame[name].to_list() for name in frame.columns}
        except TypeError:
            raise InvalidValueError(
                "captions are a file (.srt, .vtt), a list of (start, end, text) or a table, "
                f"got {value!r:.60} (Captions)"
            ) from None
    said = next((name for name in ("word", "text") if name in columns), None)
    if said is None or not {"start", "end"} <= columns.keys():
        raise InvalidValueError(
            "a table of captions has columns start, end and text, one of words start, end and word, "
            f"got {', '.join(columns)} (Captions)"
        )
    lengths = {len(columns[name]) for name in ("start", "end", said)}
    if len(lengths) > 1:
        rows_of = ", ".join(f"{name} has {len(columns[name])}" for name in ("start", "end", said))
        raise InvalidValueError(f"columns of captions have as many rows each, here {rows_of} (Captions)")
    rows = [
        (a, b, words, ()) for a, b, words in zip(columns["start"], columns["end"], columns[said], strict=True)
    ]
    return rows, said == "word"


def _checked(row: tuple[Any, Any, Any, Any], number: int, problems: list[str]) -> Caption | None:
    start, end = (_seconds(value) for value in row[:2])
    text = row[2]
    if start is None or end is None:
        problems.append(f"caption {number} has no times: {row[0]!r:.20} to {row[1]!r:.20}, wanted seconds")
        return None
    if start < 0 or end < start:
        problems.append(f"caption {number} ends before it starts: {start:g} to {end:g} s" if end < start
                        else f"caption {number} starts before the film, at {start:g} s")  # fmt: skip
        return None
    if text is None or is_missing(text):
        problems.append(f"caption {number} at {start:g} s has no text")
        return None
    said = "\n".join(" ".join(line.split()) for line in str(text).strip().splitlines())
    if not said:
        return None
    return Caption(start, end, said, tuple(row[3]))


def _seconds(value: object) -> float | None:
    if hasattr(value, "total_seconds"):
        value = value.total_seconds()
    number = plain_number(value)
    if number is None or isinstance(number, bool) or not math.isfinite(number):
        return None
    return float(number)


def _grouped(words: Iterable[Caption]) -> tuple[Caption, ...]:
    """Put words that are said together into captions."""
    captions: list[Caption] = []
    group: list[Word] = []

    def close() -> None:
        if group:
            text = " ".join(word.text for word in group)
            captions.append(Caption(group[0].start, max(word.end for word in group), text, tuple(group)))
            group.clear()

    for caption in words:
        word = Word(" ".join(caption.text.split()), caption.start, caption.end)
        letters = sum(len(one.text) + 1 for one in group) + len(word.text)
        if group and (
            word.start - group[-1].end > _PAUSE_S
            or letters > _MOST_LETTERS
            or word.end - group[0].start > _MOST_S
            or (group[-1].text[-1] in _ENDS and letters > _MOST_LETTERS / 3)
        ):
            close()
        group.append(word)
    close()
    return tuple(captions)


def words_of(caption: Caption) -> tuple[Word, ...]:
    """Give a caption's words with times; where those aren't known, they follow the words' lengths."""
    if caption.words and join_words(caption.words) == " ".join(caption.text.split()):
        return caption.words
    said = [
        (piece, number == 0)
        for word in caption.text.split()
        for number, piece in enumerate(_PIECES.findall(word))
    ]
    # And a little for the pause after a word.
    weights = [len(split_graphemes(word)) + (2 if spaced else 0) for word, spaced in said]
    whole, at = sum(weights), caption.start
    words = []
    for (word, spaced), weight in zip(said, weights, strict=True):
        end = at + (caption.end - caption.start) * weight / whole
        words.append(Word(word, at, end, spaced))
        at = end
    return tuple(words)


def join_words(words: Sequence[Word]) -> str:
    """Give the text of words in a line."""
    return "".join(
        f" {word.text}" if word.spaced and number else word.text for number, word in enumerate(words)
    )
