"""Letters that matplotlib's own font lacks: system fonts that have them, and a word where none has.

matplotlib draws in DejaVu Sans, in which Chinese, Japanese and Korean are boxes,
and goes on to other fonts only if it is told which. It knows those that were
installed when its list was made; here they are given to it by their files.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bazaar_nb.draw.fonts import Face, find_face_for, load_typeface, missing_letters, remembers_faces
from bazaar_nb.draw.libraries import font_fix

if TYPE_CHECKING:
    from matplotlib.artist import Artist

OWN_FONT = "DejaVu Sans"  # comes with matplotlib
_MOST_FACES = 8
_MOST_NAMED = 5

_told: set[str] = set()  # letters


@remembers_faces(1024)
def figure_faces(letters: str) -> tuple[tuple[Face, ...], str]:
    """Give system faces for those of some letters that matplotlib's own font lacks, and what no face has."""
    missing, without = missing_letters((load_typeface(_own_font()),), letters), ""
    faces: list[Face] = []
    while missing:
        face = find_face_for(missing[0], 400, False)
        if face is None or len(faces) == _MOST_FACES or not _has_outlines(face.path):
            without, missing = without + missing[0], missing[1:]
            continue
        faces.append(face)
        missing = missing_letters((load_typeface(face.path, face.number),), missing)
    return tuple(faces), without


def say_missing(letters: str, fix: str | None = None) -> None:
    """Say once that matplotlib draws some letters as boxes here, and what helps."""
    new = [letter for letter in letters if letter not in _told]
    if not new:
        return
    _told.update(new)
    shown = ", ".join(f"{letter!r} (U+{ord(letter):04X})" for letter in new[:_MOST_NAMED])
    more = f" and {len(new) - _MOST_NAMED} more" if len(new) > _MOST_NAMED else ""
    if fix is None:
        pictures = any(find_face_for(letter, 400, False) is not None for letter in new)
        known = "the fonts that have them hold pictures, as of emoji, which it can't draw"
        fix = known if pictures else f"no font on this system has them; {font_fix()}"
    warnings.warn(f"matplotlib draws boxes for {shown}{more}: {fix}", stacklevel=3)


def family_of(path: str, number: int = 0) -> str:
    """Give the name under which matplotlib draws with a font file; of its own, so that it means this file."""
    from matplotlib import font_manager

    name = f"bazaar_nb {path}#{number}"
    entries = font_manager.fontManager.ttflist
    if not any(entry.name == name for entry in reversed(entries)):
        fields = {field.name for field in dataclasses.fields(font_manager.FontEntry)}
        face = {"index": number} if "index" in fields else {}  # matplotlib 3.10 knows the first face alone
        # One file for all weights: matplotlib would say each time that there is no bold one.
        entries.extend(
            font_manager.FontEntry(
                fname=path, name=name, style="normal", variant="normal", weight=weight, stretch="normal",
                size="scalable", **face,
            )
            for weight in range(100, 1000, 100)
        )  # fmt: skip
    return name


def fall_back(artist: Artist, families: Sequence[str]) -> None:
    """Let all texts below an artist go on to these families where their own font lacks a letter."""
    from matplotlib.text import Text

    for text in artist.findobj(Text):
        own = list(text.get_fontfamily())
        text.set_fontfamily([*own, *(name for name in families if name not in own)])


def undrawn_letters(artist: Artist, files: Iterable[tuple[str, int]]) -> str:
    """Give what of the texts below an artist is in matplotlib's own font and not in it, nor in some files."""
    from matplotlib.text import Text

    texts = [text for text in artist.findobj(Text) if not text.get_text().isascii()]
    letters = "".join(text.get_text() for text in texts if text.get_fontname() == OWN_FONT)
    if not letters:
        return ""
    faces = [load_typeface(_own_font()), *(load_typeface(path, number) for path, number in files)]
    return missing_letters(tuple(faces), letters)


@lru_cache(maxsize=1)
def _own_font() -> str:
    import matplotlib as mpl

    return str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")


@lru_cache(maxsize=64)
def _has_outlines(path: str) -> bool:
    """Tell a font that matplotlib can draw from one of pictures, as those of emoji are."""
    from matplotlib.ft2font import FT2Font

    try:
        return bool(FT2Font(path).scalable)
    except (RuntimeError, OSError):
        return False
