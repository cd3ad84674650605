"""Formulas written as in LaTeX, set by matplotlib's mathtext."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.words.formulas.typeset import EM, RULE, Glyph, Outline, Typeset, finish

_COMMANDS = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}
_POINTS = {1: 1, 2: 1, 3: 2, 4: 3, 79: 1}  # how many rows a step takes in matplotlib's paths


@lru_cache(maxsize=256)
def set_mathtext(source: str, family: str) -> Typeset:
    """Set a formula.

    Parameters
    ----------
    family : str
        ``stix``, ``cm``, ``dejavuserif`` or another of mathtext's.

    Raises
    ------
    InvalidValueError
        When it doesn't parse, with where.
    """
    import matplotlib as mpl
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    setter: Any = TextToPath()
    display = _in_display_style(source)
    try:
        with mpl.rc_context(
            {"mathtext.default": mpl.rcParamsDefault["mathtext.default"]}
        ):  # whatever a notebook has set
            found, outlines, rules = setter.get_glyphs_mathtext(
                FontProperties(math_fontfamily=family), f"${display}$"
            )
    except ValueError as error:
        said = str(error)
        try:  # places are told of what was given
            setter.get_glyphs_mathtext(FontProperties(math_fontfamily=family), f"${source}$")
        except ValueError as plain:
            said = str(plain)
        raise InvalidValueError(_explained(source, said)) from None
    factor = EM / setter.FONT_SCALE
    glyphs: list[Glyph] = []
    for name, x, y, scale in found:
        glyph = _outline(*outlines[name]).placed(
            name, float(x) * factor, -float(y) * factor, scale * factor, up=True
        )
        if glyph is not None:
            glyphs.append(glyph)
    for points, codes in rules:
        glyph = _outline(points, codes).placed(RULE, 0.0, 0.0, factor, up=True)
        if glyph is not None:
            glyphs.append(glyph)
    return finish(glyphs)


def _in_display_style(source: str) -> str:
    """Have the outermost fractions as large as in a line of their own: mathtext sets all as in a text."""
    parts, depth = [], 0
    for part in re.split(r"(\\frac(?![a-zA-Z])|\\.|[{}])", source):
        depth += (part == "{") - (part == "}")
        parts.append(r"\dfrac" if part == r"\frac" and depth == 0 else part)
    return "".join(parts)


def _outline(points: Any, codes: Any) -> Outline:
    outline, row = Outline(), 0
    codes = [int(code) for code in codes]
    while row < len(codes):
        code = codes[row]
        if code in _COMMANDS:
            count = _POINTS[code]
            outline.add(_COMMANDS[code], () if code == 79 else points[row : row + count])
            row += count
        else:
            row += 1
    return outline


def _explained(source: str, said: str) -> str:
    """Give mathtext's complaint with the formula and a mark at where it stopped."""
    place = re.search(r"\(at char (\d+)\)", said)
    what = re.sub(r"^.*?Exception:\s*", "", said.strip().splitlines()[-1])
    what = re.sub(r"\s*\(at char.*\)$", "", what)
    if place is None:
        return f"the formula {source!r:.80} doesn't parse: {what} (Math)"
    at = int(place[1])
    shown = source[max(0, at - 30) : at] + "▸" + source[at : at + 30]
    return f"the formula doesn't parse at letter {at + 1}, {shown!r}: {what} (Math)"
