"""Captions broken into lines of about one length, at places where one breathes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_BREATH = ",;:.!?…—–，。、；：！？"
_ARTICLES_AND_PREPOSITIONS = """
a an the of to in on at by for with from and or but as is are my your his her its our their this that
le la les un une des de du et der die das den dem ein eine und zu im am el los las y con por
"""
_CLINGING = frozenset(_ARTICLES_AND_PREPOSITIONS.split())
_STRANDED, _AFTER_CLINGING, _NO_BREATH = 0.12, 0.26, 0.16  # in squared shares of the line's room


def break_lines(
    words: Sequence[str], width_of: Callable[[Sequence[int]], float], room: float, most_lines: int
) -> list[list[list[int]]]:
    """Break words into pages of lines.

    Parameters
    ----------
    words : sequence of str
    width_of : function
        Gives the pixels that words take in a line, by their numbers.
    room : float
        The pixels that a line may take.
    most_lines : int
        In a page.

    Returns
    -------
    list of pages of lines of words' numbers
        As few lines as it takes, of about one length; a word that is too wide has a line of its own.
    """
    lines = _fewest(range(len(words)), width_of, room)
    pages = -(-len(lines) // most_lines)
    if pages <= 1:
        return [_balanced(words, range(len(words)), width_of, room, max(1, len(lines)))]
    # As many words in each page as its share of the letters: pages of one length are easiest to read.
    lengths = [len(word) + 1 for word in words]
    whole, done = sum(lengths), 0
    split: list[list[int]] = [[] for _ in range(pages)]
    for number, length in enumerate(lengths):
        split[min(pages - 1, int((done + length / 2) * pages / whole))].append(number)
        done += length
    found = []
    for page in split:
        if page:
            needs = len(_fewest(page, width_of, room))
            found.extend(
                [_balanced(words, page, width_of, room, needs)]
                if needs <= most_lines
                else [_balanced(words, part, width_of, room, most_lines) for part in _halves(page)]
            )
    return found


def _halves(page: list[int]) -> list[list[int]]:
    middle = max(1, len(page) // 2)
    return [part for part in (page[:middle], page[middle:]) if part]


def _fewest(
    numbers: Sequence[int], width_of: Callable[[Sequence[int]], float], room: float
) -> list[list[int]]:
    lines: list[list[int]] = []
    for number in numbers:
        if lines and width_of([*lines[-1], number]) <= room:
            lines[-1].append(number)
        else:
            lines.append([number])
    return lines


def _balanced(
    words: Sequence[str],
    numbers: Sequence[int],
    width_of: Callable[[Sequence[int]], float],
    room: float,
    count: int,
) -> list[list[int]]:
    """Break into so many lines with the least cost: uneven lengths, and breaks where one doesn't breathe."""
    numbers = list(numbers)
    if count == 1 or len(numbers) <= count:
        return [numbers] if count == 1 else [[number] for number in numbers]
    whole = width_of(numbers) / count
    scale = max(whole, 1.0)
    best: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {(0, 0): (0.0, ())}
    for line in range(1, count + 1):
        for stop in range(line, len(numbers) + 1):
            options = []
            for start in range(line - 1, stop):
                before = best.get((line - 1, start))
                if before is None:
                    continue
                width = width_of(numbers[start:stop])
                over = max(0.0, width - room) / scale
                cost = before[0] + ((width - whole) / scale) ** 2 + 100 * over
                if stop < len(numbers):
                    cost += _break_cost(words[numbers[stop - 1]])
                if stop - start == 1 and stop == len(numbers) and len(numbers) > count:
                    cost += _STRANDED
                options.append((cost, (*before[1], stop)))
            if options:
                best[line, stop] = min(options)
    stops = best[count, len(numbers)][1]
    return [numbers[start:stop] for start, stop in zip((0, *stops), stops, strict=False)]


def _break_cost(word: str) -> float:
    if word[-1] in _BREATH:
        return 0.0
    return _AFTER_CLINGING if word.lower() in _CLINGING else _NO_BREATH
