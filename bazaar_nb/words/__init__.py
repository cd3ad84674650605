"""Words that move: components that take a text and a frame, and return elements.

All are pure functions of their arguments and the frame's time. A text that has come to rest is the very
`Text` that was given; on its way it is a `Letters`, whose letters stand where the whole text puts them.
"""

from __future__ import annotations

from bazaar_nb.scene.letter_layout import LetterLayout as LetterLayout
from bazaar_nb.words.captions.caption import Caption as Caption
from bazaar_nb.words.captions.captions import Captions as Captions
from bazaar_nb.words.code.code import Code as Code
from bazaar_nb.words.entrances import fade as fade
from bazaar_nb.words.entrances import pop as pop
from bazaar_nb.words.entrances import reveal as reveal
from bazaar_nb.words.entrances import rise as rise
from bazaar_nb.words.entrances import wave as wave
from bazaar_nb.words.fitting import block as block
from bazaar_nb.words.fitting import fit as fit
from bazaar_nb.words.formulas.math import Math as Math
from bazaar_nb.words.formulas.typst_blocks import Table as Table
from bazaar_nb.words.formulas.typst_blocks import Typst as Typst
from bazaar_nb.words.highlighting import highlight as highlight
from bazaar_nb.words.lists import bullets as bullets
from bazaar_nb.words.markdown import markdown as markdown
from bazaar_nb.words.path_text import on_path as on_path
from bazaar_nb.words.staggering import stagger as stagger
from bazaar_nb.words.staggering import staggered as staggered
from bazaar_nb.words.text_parts import measure_letters as measure_letters
from bazaar_nb.words.text_parts import split as split
from bazaar_nb.words.typewriter import typewriter as typewriter

__all__ = [
    "Caption",
    "Captions",
    "Code",
    "LetterLayout",
    "Math",
    "Table",
    "Typst",
    "block",
    "bullets",
    "fade",
    "fit",
    "highlight",
    "markdown",
    "measure_letters",
    "on_path",
    "pop",
    "reveal",
    "rise",
    "split",
    "stagger",
    "staggered",
    "typewriter",
    "wave",
]
