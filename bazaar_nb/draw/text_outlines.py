"""The outlines of a text's letters as SVG path data, for those who draw them as paths."""

from __future__ import annotations

from typing import NamedTuple

from bazaar_nb.draw.skia_import import skia
from bazaar_nb.draw.text_layout import TextSetter
from bazaar_nb.scene.elements import Text

_COMMANDS = {
    skia.Path.Verb.kMove_Verb: ("M", 0), skia.Path.Verb.kLine_Verb: ("L", 1),
    skia.Path.Verb.kQuad_Verb: ("Q", 1), skia.Path.Verb.kCubic_Verb: ("C", 1),
    skia.Path.Verb.kClose_Verb: ("Z", 1),
}  # fmt: skip
"""The letter of each step, and how many of its points are where the step before ended."""


class TextOutlines(NamedTuple):
    """A text as outlines.

    Attributes
    ----------
    width, height : float
        Of the text's box in pixels.
    letters : tuple of str
        The outline of each letter, from the box's corner; empty for what has none, such as spaces and emoji,
        and for letters that are drawn with the one before, as in a ligature.
    """

    width: float
    height: float
    letters: tuple[str, ...]


def text_outlines(setter: TextSetter, text: Text, whole: float) -> TextOutlines:
    """Give the outlines of a text's letters.

    Parameters
    ----------
    whole : float
        Width of the box that the text is in.
    """
    lines = setter.lay_out(text, whole)
    found = setter.lay_out_letters(text, whole)
    return TextOutlines(
        lines.width, lines.height, tuple("" if path is None else _data(path) for path in found.outlines)
    )


def _data(path: skia.Path) -> str:
    words: list[str] = []
    for verb, points in path:
        if verb == skia.Path.Verb.kDone_Verb:
            break
        command, known = _COMMANDS[verb]
        shown = () if command == "Z" else points[known:]
        words.append(
            command + " ".join(f"{value:.7g}" for point in shown for value in (point.x(), point.y()))
        )
    return "".join(words)
