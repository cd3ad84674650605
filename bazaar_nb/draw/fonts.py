"""Typefaces: the one that comes with the package, files, and this system's families."""

from __future__ import annotations

import difflib
import os
import sys
import unicodedata
from collections.abc import Callable
from functools import _lru_cache_wrapper, lru_cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from bazaar_nb.draw.skia_import import skia
from bazaar_nb.errors import FontError

DEFAULT_FAMILY = "Inter"
TABULAR_FAMILY = "Inter Tabular"
FONT_FOLDER = Path(__file__).parent.parent / "fonts"
_CJK_REGIONS = ("SC", "JP", "KR", "TC", "HK")  # which forms shared Chinese characters get, the first here
FONT_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")


T = TypeVar("T")


class Face(NamedTuple):
    """One typeface of this system.

    Attributes
    ----------
    weight : int
        100 to 900.
    number : int
        Which of the typefaces in the file (a .ttc holds several).
    """

    path: str
    number: int
    family: str
    weight: int
    italic: bool


class FaceQuestion(NamedTuple):
    """What was asked of this system's fonts.

    Attributes
    ----------
    kind : str
        ``family`` for the nearest face of one, ``faces`` for all of them, ``letter`` for a face that has it,
        ``emoji`` for those in colour.
    text : str
        The family or letter.
    """

    kind: str
    text: str = ""
    weight: int = 400
    italic: bool = False


_asked: dict[FaceQuestion, tuple[Face, ...]] = {}
_remembering: list[Callable[[], None]] = []


def remembers_faces(maxsize: int) -> Callable[[Callable[..., T]], _lru_cache_wrapper[T]]:
    """Give a decorator as `lru_cache`, for what looks for system fonts: see `forget_asked_faces`."""

    def decorate(function: Callable[..., T]) -> _lru_cache_wrapper[T]:
        cached = lru_cache(maxsize)(function)
        _remembering.append(cached.cache_clear)
        return cached

    return decorate


def asked_faces() -> dict[FaceQuestion, tuple[Face, ...]]:
    """Give what this process has asked of its system's fonts since `forget_asked_faces`, and the answers."""
    return dict(_asked)


def forget_asked_faces() -> None:
    """Have all that is asked from now on told by `asked_faces`, though it was asked before."""
    _asked.clear()
    for forget in _remembering:
        forget()


def answer_question(question: FaceQuestion) -> tuple[Face, ...]:
    """Give what this system's fonts answer; nothing where they have none."""
    found: Face | None
    if question.kind == "faces":
        return faces_of(question.text)
    if question.kind == "family":
        try:
            found = find_face(*question[1:])
        except FontError:
            found = None
    else:
        found = find_emoji_face() if question.kind == "emoji" else find_face_for(*question[1:])
    return () if found is None else (found,)


@lru_cache(maxsize=64)
def load_typeface(path: str, number: int = 0) -> skia.Typeface:
    """Load a font file.

    Raises
    ------
    FontError
        When it is missing or no font.
    """
    if not os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises for a name that is too long
        raise FontError(f"font file {path!r} is not there")
    typeface = _read_typeface(path, number)
    if typeface is None:
        raise FontError(f"{path!r} is not a font that can be read (.ttf, .otf, .ttc)")
    return typeface


@lru_cache(maxsize=1)
def default_typefaces() -> tuple[skia.Typeface, ...]:
    """Give Inter, in all the weights that come with the package."""
    return tuple(load_typeface(str(path)) for path in sorted(FONT_FOLDER.glob("*.ttf")))


@lru_cache(maxsize=1)
def tabular_typefaces() -> tuple[skia.Typeface, ...]:
    """Give the digits and signs of Inter that are all of one width."""
    return tuple(load_typeface(str(path)) for path in sorted((FONT_FOLDER / "tabular").glob("*.ttf")))


@lru_cache(maxsize=1)
def system_faces() -> tuple[Face, ...]:
    """Find this system's fonts, in an order that is the same on machines with the same fonts."""
    faces = []
    for folder in _system_folders():
        for root, folders, files in os.walk(folder):
            folders.sort()
            for name in sorted(files):
                if name.lower().endswith(FONT_SUFFIXES):
                    faces.extend(_read_faces(str(Path(root) / name)))
    return tuple(sorted(faces, key=lambda face: (face.family, face.weight, face.italic, face.path)))


def find_face(family: str, weight: int, italic: bool) -> Face:
    """Give the face of a system family that is nearest to a style.

    Raises
    ------
    FontError
        When there is no such family; the message has near names.
    """
    question = FaceQuestion("family", family, weight, italic)
    faces = [face for face in system_faces() if face.family.lower() == family.lower()]
    if not faces:
        _asked[question] = ()
        families = {face.family.lower(): face.family for face in system_faces()}
        near = [families[name] for name in difflib.get_close_matches(family.lower(), families, n=3)]
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "give a font file instead."
        raise FontError(
            f"no font family {family!r} on this system ({len(families)} families): {hint} "
            f"Without `font` the text is drawn in {DEFAULT_FAMILY}, which comes with bazaar_nb."
        )
    found = min(faces, key=lambda face: (face.italic != italic, abs(face.weight - weight), face.path))
    _asked[question] = (found,)
    return found


def faces_of(family: str) -> tuple[Face, ...]:
    """Give all faces of a system family, by its exact name."""
    found = tuple(face for face in system_faces() if face.family == family)
    _asked[FaceQuestion("faces", family)] = found
    return found


def find_face_for(letter: str, weight: int, italic: bool) -> Face | None:
    """Give a system face that has a letter: Noto's if there, the plainest of them."""

    def rank(face: Face) -> tuple[object, ...]:
        noto = face.family.startswith("Noto Sans") or face.family == "Noto Color Emoji"
        region = _CJK_REGIONS.index(face.family[-2:]) if face.family[-2:] in _CJK_REGIONS else 0
        return (not noto, "Mono" in face.family, face.italic != italic, abs(face.weight - weight),
                region, len(face.family), face.path)  # fmt: skip

    covering = [face for face in system_faces() if _has_letter(face.path, face.number, letter)]
    found = min(covering, key=rank, default=None)
    _asked[FaceQuestion("letter", letter, weight, italic)] = () if found is None else (found,)
    return found


@remembers_faces(1)
def find_emoji_face() -> Face | None:
    """Give this system's colour emoji; None where it has none."""
    faces = [face for face in system_faces() if "emoji" in face.family.lower()]
    found = min(faces, key=lambda face: ("color" not in face.family.lower(), face.family), default=None)
    _asked[FaceQuestion("emoji")] = () if found is None else (found,)
    return found


def missing_letters(typefaces: tuple[skia.Typeface, ...], text: str) -> str:
    """Give the letters of a text that none of the typefaces has, each once, in order."""
    wanted = [letter for letter in dict.fromkeys(text) if not _is_invisible(letter)]
    for typeface in typefaces:
        if not wanted:
            break
        glyphs = typeface.unicharsToGlyphs([ord(letter) for letter in wanted])
        wanted = [letter for letter, glyph in zip(wanted, glyphs, strict=True) if glyph == 0]
    return "".join(wanted)


def _is_invisible(letter: str) -> bool:
    if letter <= "~":  # quick: the default font has all of ASCII
        return letter < "!"
    category = unicodedata.category(letter)
    return (
        category in ("Cc", "Cf")
        or category[0] == "Z"
        or "\ufe00" <= letter <= "\ufe0f"
        or "\U000e0100" <= letter <= "\U000e01ef"
    )


@lru_cache(maxsize=8192)
def _has_letter(path: str, number: int, letter: str) -> bool:
    typeface = _read_typeface(path, number)
    return typeface is not None and typeface.unicharToGlyph(ord(letter)) != 0


@lru_cache(maxsize=1)
def _reader() -> skia.FontMgr:
    """Give a font manager that reads files and asks no fontconfig, which bare machines lack."""
    return skia.FontMgr.New_Custom_Empty()


@lru_cache(maxsize=256)
def _read_typeface(path: str, number: int) -> skia.Typeface | None:
    return _reader().makeFromFile(path, number)


def _read_faces(path: str) -> list[Face]:
    faces = []
    for number in range(32 if path.lower().endswith(("ttc", "otc")) else 1):
        typeface = _read_typeface(path, number)
        if typeface is None:
            break
        style = typeface.fontStyle()
        italic = style.slant() != skia.FontStyle.kUpright_Slant
        faces.append(Face(path, number, typeface.getFamilyName(), style.weight(), italic))
    return faces


def _system_folders() -> list[str]:
    home = Path.home()
    if sys.platform == "darwin":
        folders = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    elif sys.platform == "win32":
        folders = [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    else:
        data = os.environ.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":")
        own = Path(os.environ.get("XDG_DATA_HOME", home / ".local/share"))
        folders = [own / "fonts", home / ".fonts", *(Path(folder) / "fonts" for folder in data if folder)]
    return [str(folder) for folder in folders if folder.is_dir()]
