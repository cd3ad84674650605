"""Parts of formulas: glyphs as few outlines, where a part is, what stays from one formula to the next."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from bazaar_nb.scene.elements import Path
from bazaar_nb.values.color import Color
from bazaar_nb.words.formulas.typeset import EM, RULE, Glyph, Typeset


@lru_cache(maxsize=128)
def joined(whole: Typeset, colors: tuple[Color, ...]) -> tuple[Path, ...]:
    """Give glyphs as paths, those of one colour as one: a formula at rest is few elements."""
    groups: dict[Color, list[Glyph]] = defaultdict(list)
    for glyph, color in zip(whole.glyphs, colors, strict=True):
        groups[color].append(glyph)
    return tuple(
        Path("".join(map(_absolute, glyphs)), fill=color, stroke=None) for color, glyphs in groups.items()
    )


@lru_cache(maxsize=4096)
def _absolute(glyph: Glyph) -> str:
    """Give a glyph's outline in the formula's coordinates."""

    def moved(step: re.Match[str]) -> str:
        values = [float(value) for value in step[2].split()]
        shifted = [value + (glyph.x, glyph.y)[number % 2] for number, value in enumerate(values)]
        return step[1] + " ".join(f"{value:.6g}" for value in shifted)

    return re.sub("([MLQCZ])([^MLQCZ]*)", moved, glyph.d)


def find_places(whole: Typeset, wanted: Sequence[Glyph]) -> tuple[tuple[int, ...], ...]:
    """Find glyphs that follow one another as wanted, and the rules among them."""
    keys = [glyph.key for glyph in whole.glyphs if glyph.key != RULE]
    sought = [glyph.key for glyph in wanted if glyph.key != RULE]
    rules = sum(glyph.key == RULE for glyph in wanted)
    places, at = [], 0
    while sought and at <= len(keys) - len(sought):
        if keys[at : at + len(sought)] == sought:
            numbers = tuple(range(at, at + len(sought)))
            places.append((*numbers, *_rules_among(whole, numbers, rules)))
            at += len(sought)
        else:
            at += 1
    return tuple(places)


def _rules_among(whole: Typeset, numbers: Sequence[int], count: int) -> list[int]:
    boxes = [whole.glyphs[number].box for number in numbers]
    left, top = min(box[0] for box in boxes) - 0.1 * EM, min(box[1] for box in boxes) - 0.4 * EM
    right, bottom = max(box[2] for box in boxes) + 0.1 * EM, max(box[3] for box in boxes) + 0.1 * EM
    inside = [
        number
        for number, glyph in enumerate(whole.glyphs)
        if glyph.key == RULE
        and left <= (glyph.box[0] + glyph.box[2]) / 2 <= right
        and top <= glyph.box[1]
        and glyph.box[3] <= bottom
    ]
    return inside[:count]


@lru_cache(maxsize=64)
def pair_glyphs(before: Typeset, after: Typeset) -> tuple[tuple[int, int], ...]:
    """Pair the glyphs that stay: runs in order first, then those of one shape wherever they went."""
    old, new = ([glyph.key for glyph in whole.glyphs] for whole in (before, after))
    pairs: list[tuple[int, int]] = []
    for i, k, count in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        pairs.extend((i + n, k + n) for n in range(count))
    left = [number for number in range(len(old)) if number not in {i for i, _ in pairs}]
    for number in (number for number in range(len(new)) if number not in {k for _, k in pairs}):
        found = next((i for i in left if old[i] == new[number]), None)
        if found is not None:
            left.remove(found)
            pairs.append((found, number))
    return tuple(pairs)
