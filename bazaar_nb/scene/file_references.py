"""Which files the elements of a frame name, and the same elements with other names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from bazaar_nb.scene.clip import Clip
from bazaar_nb.scene.elements import AnyElement, Column, Group, Image, Row, Span, Text
from bazaar_nb.scene.picture_elements import OBJECT
from bazaar_nb.scene.tree import Elements

_FONTS = ("font", "fallback")


class FileReference(NamedTuple):
    """A name of a file in an element.

    Attributes
    ----------
    element : str
        Where it stands, as ``Group[1] > Image[0]``.
    field : str
    source : str
        A path, an address, ``given:<digest>.<ext>`` or ``asset:…``; of a font maybe a family.
    """

    element: str
    field: str
    source: str


def file_references(elements: Iterable[AnyElement], within: str = "") -> Iterator[FileReference]:
    """Give all names of files and fonts among elements, those in groups, rows and columns too."""
    for number, element in enumerate(elements):
        place = f"{within}{type(element).__name__}[{number}]"
        if isinstance(element, Group | Row | Column):
            yield from file_references(element.children, f"{place} > ")
        elif isinstance(element, Clip) or (isinstance(element, Image) and element.source != OBJECT):
            yield FileReference(place, "source", element.source)
        elif isinstance(element, Text):
            spans = element.text if isinstance(element.text, tuple) else ()
            fonts = [("font", element.font), *(("fallback", font) for font in element.fallback)]
            fonts += [("font", span.font) for span in spans]
            yield from (FileReference(place, field, font) for field, font in fonts if font is not None)


def with_sources(elements: Elements, rename: Callable[[str], str]) -> Elements:
    """Give elements in which each name of a file or font is another one; the same where none changes."""
    made: Elements = _renamed_all(elements, rename)
    return made


def _renamed_all(values: Any, rename: Callable[[str], str]) -> Any:
    made = tuple(_renamed(value, rename) for value in values)
    return values if all(one is other for one, other in zip(made, values, strict=True)) else made


def _renamed(value: Any, rename: Callable[[str], str]) -> Any:
    changed: dict[str, Any] = {}
    if isinstance(value, Group | Row | Column):
        changed["children"] = _renamed_all(value.children, rename)
    elif isinstance(value, Clip) or (isinstance(value, Image) and value.source != OBJECT):
        changed["source"] = rename(value.source)
    elif isinstance(value, Text | Span):
        if value.font is not None:
            changed["font"] = rename(value.font)
        if isinstance(value, Text):
            changed["fallback"] = _renamed_all(value.fallback, rename)
            if isinstance(value.text, tuple):
                changed["text"] = _renamed_all(value.text, rename)
    elif isinstance(value, str):
        return rename(value)
    changed = {name: made for name, made in changed.items() if made != getattr(value, name)}
    return replace(value, **changed) if changed else value
