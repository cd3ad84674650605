"""SVG documents, read with care: they come from anywhere.

Nothing is fetched, no script is run, and a small text can't become a large document: entities that hold
others, or stand outside of the document, are refused, and what is read is bounded.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.parsers import expat

from bazaar_nb.errors import AssetError

_MOST_BYTES = 32_000_000
_MOST_ELEMENTS = 200_000
_DEEPEST = 200
_LONGEST_ENTITY = 10_000
_LINKED = {"image", "use", "feImage", "linearGradient", "radialGradient", "pattern", "filter", "textPath",
           "tref", "mpath", "cursor"}  # fmt: skip
HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_URL = re.compile(r"url\(\s*[\"']?\s*([^)\"'\s]*)", re.IGNORECASE)


def read_svg(data: bytes) -> ElementTree.Element:
    """Read an SVG document.

    Raises
    ------
    AssetError
        When it is broken, too large, or refers to what is not in it.
    """
    if len(data) > _MOST_BYTES:
        raise AssetError(
            f"the SVG has {len(data) / 1e6:.0f} MB, at most {_MOST_BYTES // 1_000_000} are drawn"
        )
    builder = _Builder()
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        said = str(error)
        if "amplification" in said:
            said = f"its entities grow beyond what is read ({said})"
        raise AssetError(f"the SVG is broken: {said}") from None
    except (LookupError, ValueError) as error:  # of encodings that Python doesn't have
        raise AssetError(f"the SVG is broken: {error}") from None
    if builder.root is None:
        raise AssetError("the SVG is broken: it has no element")
    return builder.root


class _Builder:
    """Makes elements of what the parser finds."""

    def __init__(self) -> None:
        self.root: ElementTree.Element | None = None
        self._open: list[ElementTree.Element] = []
        self._count = 0
        self._read = 0
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.ExternalEntityRefHandler = self._external

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > _MOST_ELEMENTS:
            raise AssetError(f"the SVG has more than {_MOST_ELEMENTS:,} elements")
        if len(self._open) >= _DEEPEST:
            raise AssetError(f"the SVG is nested deeper than {_DEEPEST} elements")
        self._take(sum(map(len, attributes.values())))
        element = ElementTree.Element(_name(name), {_name(key): value for key, value in attributes.items()})
        _check_references(element)
        if self._open:
            self._open[-1].append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._take(len(text))
        element = self._open[-1]
        if len(element):
            element[-1].tail = (element[-1].tail or "") + text
        else:
            element.text = (element.text or "") + text

    def _take(self, letters: int) -> None:
        self._read += letters
        if self._read > 2 * _MOST_BYTES:
            raise AssetError("the SVG's entities grow beyond what is read")

    def _entity(
        self,
        name: str,
        _parameter: bool,
        value: str | None,
        _base: object,
        system: str | None,
        *_more: object,
    ) -> None:
        if value is None:
            raise AssetError(
                f"the SVG's entity {name!r} is outside of it ({system!r:.60}): nothing is fetched"
            )
        if "&" in value or len(value) > _LONGEST_ENTITY:
            raise AssetError(f"the SVG's entity {name!r} holds other entities, or too much: that isn't read")

    def _external(self, _context: str, _base: object, system: str | None, _public: object) -> int:
        raise AssetError(f"the SVG refers to {system!r:.60}: nothing is fetched")


def _name(name: str) -> str:
    return "{" + name if "}" in name else name


def local_name(element: ElementTree.Element) -> str:
    """Give an element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def href_of(element: ElementTree.Element) -> str:
    """Give what an element refers to."""
    for name in HREFS:
        if name in element.attrib:
            return element.attrib[name].strip()
    return ""


def _check_references(element: ElementTree.Element) -> None:
    """Refuse what shows something that is not in the document: a picture without it would be a wrong one."""
    kind = local_name(element)
    if kind in _LINKED:
        link = href_of(element)
        if link and not link.startswith(("#", "data:")):
            raise AssetError(
                f"the SVG's <{kind}> refers to {link!r:.80}, which is not in it: nothing is fetched; "
                "embed it, or make it an element of its own, as bz.Image"
            )
    for name in ("fill", "stroke", "filter", "mask", "clip-path", "style", "marker-start", "marker-mid",
                 "marker-end"):  # fmt: skip
        for link in _URL.findall(element.attrib.get(name, "")):
            if not link.startswith(("#", "data:")):
                raise AssetError(
                    f"`{name}` of the SVG's <{kind}> refers to {link!r:.80}, which is not in it: "
                    "nothing is fetched"
                )
