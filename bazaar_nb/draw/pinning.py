"""Trees made independent of the machine that they were written on.

A scene names files and fonts as its author does. Before a frame is keyed, sent
to a worker or drawn, each name is replaced by the digest of what it stands for:
``asset:<digest>.<ext>``. Equal pictures then have equal trees on every machine,
and a changed file changes the tree.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path as FilePath

from msgspec.structs import replace

from bazaar_nb.draw.figure_fonts import figure_faces, say_missing
from bazaar_nb.draw.fonts import (
    DEFAULT_FAMILY,
    FONT_SUFFIXES,
    Face,
    default_typefaces,
    find_emoji_face,
    find_face,
    find_face_for,
    load_typeface,
    missing_letters,
)
from bazaar_nb.draw.images import check_picture
from bazaar_nb.draw.libraries import font_fix
from bazaar_nb.draw.svg_path import parse_path
from bazaar_nb.errors import AssetError, BazaarError, ElementError, InvalidValueError
from bazaar_nb.scene.elements import (
    AnyElement,
    Column,
    Figure,
    Group,
    Image,
    Path,
    Pixels,
    Row,
    Span,
    Text,
)
from bazaar_nb.scene.function_registry import letters_of
from bazaar_nb.scene.tree import Elements, FrameTree

PutFile = Callable[[FilePath], str]
"""Takes a file and gives its asset's name, ``asset:<digest>.<ext>``."""
PutPixels = Callable[[bytes], str]
"""Takes pixels and gives their asset's name."""

_MAX_FALLBACKS = 8
_AS_EMOJI = "\ufe0f"  # VARIATION SELECTOR-16: the letter before it is meant as an emoji


class Pinner:
    """Replaces the names of files and fonts in trees by digests.

    Parameters
    ----------
    put_file, put_pixels : function
        Keep what an element refers to and give its name. Without the second
        one arrays stay in their trees.
    """

    def __init__(self, put_file: PutFile, put_pixels: PutPixels | None = None) -> None:
        self._put_file = put_file
        self._put_pixels = put_pixels
        self.functions: set[str] = set()

    def pin(self, tree: FrameTree) -> FrameTree:
        """Give a tree without references to this machine.

        Also fills `functions` with the names of the functions that it draws with.

        Raises
        ------
        ElementError
            When something that it refers to is missing, broken or too large.
        """
        elements = self._pin_all(tree.elements)
        return tree if elements is tree.elements else replace(tree, elements=elements)

    def _pin_all(self, elements: Elements) -> Elements:
        pinned = None
        for number, element in enumerate(elements):
            kind = type(element)
            if kind not in _REFERRING and element.clip is None:
                continue
            try:
                changed = self._pin(element)
            except ElementError as error:
                error.element = f"{kind.__name__}[{number}]" + (
                    f" > {error.element}" if error.element else ""
                )
                raise
            except BazaarError as error:
                raise ElementError(
                    str(error), element=f"{kind.__name__}[{number}]", field=_FIELDS.get(kind)
                ) from error
            if changed is not element:
                pinned = list(elements) if pinned is None else pinned
                pinned[number] = changed
        return elements if pinned is None else tuple(pinned)

    def _pin(self, element: AnyElement) -> AnyElement:
        if isinstance(element.clip, Path):
            try:
                parse_path(element.clip.d)
            except InvalidValueError as error:
                raise ElementError(str(error), field="clip") from None
        if isinstance(element, Group | Row | Column):
            children = self._pin_all(element.children)
            return element if children is element.children else replace(element, children=children)
        if isinstance(element, Text):
            return self._pin_text(element)
        if isinstance(element, Image):
            return self._pin_image(element)
        if isinstance(element, Pixels):
            return self._pin_pixels(element)
        if isinstance(element, Figure):
            self.functions.add(element.plot)
            return self._pin_figure(element)
        if isinstance(element, Path):
            parse_path(element.d)
        return element

    def _pin_image(self, image: Image) -> Image:
        if image.source.startswith("asset:"):
            return image
        path = FilePath(image.source)
        _check(str(path), _stamp(path))
        return replace(image, source=self._put_file(path))

    def _pin_pixels(self, pixels: Pixels) -> Pixels:
        if pixels.asset:
            return pixels
        height, width, channels = pixels.shape
        if height * width * channels != len(pixels.array) or channels not in (1, 3, 4) or height <= 0:
            raise InvalidValueError(
                f"`shape` {pixels.shape} does not fit {len(pixels.array)} bytes of pixels"
            )
        if self._put_pixels is None:
            return pixels
        return replace(pixels, array=b"", asset=self._put_pixels(pixels.array))

    def _pin_figure(self, figure: Figure) -> Figure:
        if figure.drawn_by:
            return figure
        faces, missing = figure_faces(letters_of(figure.plot) + _letters_in(figure.args))
        if missing:
            say_missing(missing)
        fonts = [self._pin_face(face.path, face.number) for face in faces]
        given = [name if name.startswith("asset:") else self._pin_face(name, 0) for name in figure.fonts]
        return replace(figure, fonts=(*given, *fonts), drawn_by=_matplotlib_version())

    def _pin_face(self, path: str, number: int) -> str:
        return self._put_file(FilePath(path)) + (f"#{number}" if number else "")

    def _pin_text(self, text: Text) -> Text:
        if text.tabular and text.font is not None:
            raise InvalidValueError(f"`tabular` digits come with Inter alone, `font` is {text.font!r}")
        if isinstance(text.text, str):
            if text.font is None and not text.fallback and text.text.isascii():
                return text
            spans: tuple[Span, ...] = (Span(text.text),)
        else:
            spans = text.text
        typefaces = [default_typefaces()[0]]

        def pin_font(name: str | None, weight: int, italic: bool) -> str | None:
            if name is None or name.lower() == DEFAULT_FAMILY.lower():
                return None
            if name.startswith("asset:"):
                return name
            path, number = _find_font(name, weight, italic)
            typefaces.append(load_typeface(path, number))
            return self._pin_face(path, number)

        font = pin_font(text.font, text.weight, text.italic)
        fallback = [
            pinned
            for name in text.fallback
            if (pinned := pin_font(name, text.weight, text.italic)) is not None
        ]
        pinned_spans = tuple(
            span
            if span.font is None
            else replace(
                span,
                font=pin_font(
                    span.font, span.weight or text.weight, text.italic if span.italic is None else span.italic
                ),
            )
            for span in spans
        )
        letters = "".join(span.text for span in spans)
        faces = list(_fallback_faces(missing_letters(tuple(typefaces), letters), text.weight, text.italic))
        emoji = find_emoji_face() if _AS_EMOJI in letters else None
        if emoji is not None and emoji not in faces:
            faces.append(emoji)
        fallback += [self._pin_face(face.path, face.number) for face in faces]
        return replace(
            text,
            text=text.text if isinstance(text.text, str) else pinned_spans,
            font=font,
            fallback=tuple(fallback),
        )


_REFERRING = {Text, Image, Pixels, Figure, Path, Group, Row, Column}
_FIELDS = {Text: "font", Image: "source", Pixels: "array", Path: "d"}


@lru_cache(maxsize=1)
def _matplotlib_version() -> str:
    return f"matplotlib {version('matplotlib')}"


def _letters_in(value: object) -> str:
    """Give the letters beyond ASCII in plain values."""
    if isinstance(value, str):
        return "" if value.isascii() else "".join(letter for letter in value if not letter.isascii())
    if isinstance(value, dict):
        return "".join(_letters_in(part) for item in value.items() for part in item)
    return "".join(map(_letters_in, value)) if isinstance(value, list | tuple) else ""


def _find_font(name: str, weight: int, italic: bool) -> tuple[str, int]:
    """Give the file of a font, and which of its typefaces."""
    if name.lower().endswith(FONT_SUFFIXES) or "/" in name or "\\" in name:
        return name, 0
    face = find_face(name, weight, italic)
    return face.path, face.number


@lru_cache(maxsize=1024)
def _fallback_faces(missing: str, weight: int, italic: bool) -> tuple[Face, ...]:
    """Give system faces that have all of these letters.

    Raises
    ------
    ElementError
        When no font of this system has one of them.
    """
    faces: list[Face] = []
    while missing:
        face = find_face_for(missing[0], weight, italic)
        if face is None or len(faces) == _MAX_FALLBACKS:
            shown = ", ".join(f"{letter!r} (U+{ord(letter):04X})" for letter in missing[:4])
            raise ElementError(
                f"no font on this system has {shown}: install fonts for it ({font_fix()}), "
                "or give a font file in `font` or `fallback`",
                field="text",
            )
        faces.append(face)
        missing = missing_letters((load_typeface(face.path, face.number),), missing)
    return tuple(faces)


def _stamp(path: FilePath) -> tuple[int, int]:
    """Give what changes when a file does."""
    try:
        info = path.stat()
    except FileNotFoundError:
        raise AssetError(f"image {str(path)!r} is not there") from None
    except (OSError, ValueError) as error:
        raise AssetError(f"image {str(path)!r} can't be read: {error}") from None
    return info.st_size, info.st_mtime_ns


@lru_cache(maxsize=256)
def _check(path: str, _stamp: tuple[int, int]) -> None:
    check_picture(FilePath(path))
