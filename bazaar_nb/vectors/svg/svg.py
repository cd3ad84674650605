"""`Svg`: a drawing whose parts have names, can be moved, and drawn on."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, NamedTuple

import numpy as np

from bazaar_nb.draw.svg import is_svg, svg_size
from bazaar_nb.draw.svg_reading import read_svg
from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.scene.elements import Anchor, AnyElement, Group, Path, Rect
from bazaar_nb.scene.shapes import Box, Length
from bazaar_nb.values.number import plain_number
from bazaar_nb.vectors.contours import Outline, element_outline, linear_of, mapped, write_data
from bazaar_nb.vectors.svg.conversion import Conversion
from bazaar_nb.vectors.svg.nodes import Built, Changes, Node, check_changes

_MOST_TOLD = 24  # names in a message
_LOOKS = tuple(name for name in Box.__struct_fields__ if name not in ("x", "y", "anchor"))


class _Drawing(NamedTuple):
    size: tuple[float, float]
    whole: Node
    pictured: dict[str, str]
    nodes: dict[str, Node]


class Svg:
    """A drawing in SVG, as elements: put it into a scene like any of them.

    Shapes become paths with their colours, gradients, transforms and clips, groups become groups; so parts
    can be moved, and outlines be drawn on. What elements can't show (text, filters, masks, patterns, markers,
    images) becomes a picture in its place, as does a drawing that mixes with what is below it. No script of
    it is run, and nothing is fetched. A file is read when the Svg is made: make it outside of the scene, and
    it goes along to workers that don't have the file.

    Parameters
    ----------
    source : str, path or bytes
        A file, or the drawing itself.
    width, height : float, optional
        In pixels; one follows the other, and with both it is as large as fits. By default its own size.
    x, y : float or str, optional
        Where its anchor is put; in the middle by default.
    anchor : str
    parts : dict of str to dict, optional
        What is changed of parts, by their ids or Inkscape's labels: `rotation`, `scale`, `skew` (around their
        middles, or `around` a point in the drawing's pixels, or a share of the part's box, as
        ``("50%", "0%")``), `dx` and `dy` in pixels, `opacity`, `blur`, `shadow`, `blend`, `fill` and `stroke`
        where there are some, and `start` and `end` of strokes.
    **fields
        Of the whole: ``opacity``, ``rotation``, ``scale``, ``shadow`` and so on.

    Raises
    ------
    AssetError
        When it is broken or too large, or refers to what isn't in it.
    InvalidValueError
        For a part that isn't there, with those that are; when it uses itself.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> fan = '''<svg viewBox="0 0 100 100"><circle cx="50" cy="50" r="45" fill="teal"/>
    ...   <path id="blade" d="M50 50L40 10H60Z" fill="white"/></svg>'''
    >>> @bz.scene(duration=2)
    ... def turning(frame):
    ...     turn = {"rotation": 360 * frame.progress, "around": (50, 50)}
    ...     return bz.Svg(fan, width=400, parts={"blade": turn})
    """

    def __init__(
        self,
        source: str | FilePath | bytes,
        *,
        width: float | None = None,
        height: float | None = None,
        x: Length | None = None,
        y: Length | None = None,
        anchor: Anchor = "center",
        parts: Mapping[str, Changes] | None = None,
        **fields: Any,
    ) -> None:
        self.data = _read(source)
        for name, value in (("width", width), ("height", height)):
            number = None if value is None else plain_number(value)
            if value is not None and (number is None or not 0 < number <= 1e6):
                raise InvalidValueError(f"`{name}` of an Svg must be pixels above 0, got {value!r:.60}")
        for name in fields:
            if name not in _LOOKS:
                near = difflib.get_close_matches(name, _LOOKS, n=1)
                hint = f"; did you mean `{near[0]}`?" if near else "."
                raise InvalidValueError(f"Svg has no field `{name}`{hint} It has: {', '.join(_LOOKS)}")
        self.width, self.height = width, height
        self.x, self.y, self.anchor = x, y, anchor
        self.fields = fields
        self.parts = check_changes(parts or {})
        for name in self.parts:
            self._find(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The parts' names, in the order in which they are drawn."""
        return tuple(self._drawing.nodes)

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height as it is shown, in pixels."""
        width, height = self._drawing.size
        scale = self._scale
        return width * scale, height * scale

    def as_element(self) -> Group:
        """Give its elements."""
        drawing = self._drawing
        inside = Built(drawing.size, self._scale, self.parts).elements(drawing.whole)
        return self._sized(inside, (0.0, 0.0, *drawing.size), _edge(drawing), self.x, self.y, self.anchor)

    def part(
        self, name: str, *, x: Length | None = None, y: Length | None = None, anchor: Anchor = "center",
        **changes: Any,
    ) -> Group:  # fmt: skip
        """Give one part alone, as an element with the part's box.

        Parameters
        ----------
        name : str
        x, y, anchor
            Where it is put; in the middle by default.
        **changes
            Of the element, as ``rotation=30``, and of what it shows, as ``fill="red"``.
        """
        node = self._find(name)
        drawing = self._drawing
        shown = {key: value for key, value in changes.items() if key not in _LOOKS}
        own = check_changes({**self.parts, name: {**self.parts.get(name, {}), **shown}})
        inside = Built(drawing.size, self._scale, own).elements(node)
        box = node.box or (0.0, 0.0, 0.0, 0.0)
        looks = {key: value for key, value in changes.items() if key in _LOOKS}
        return self._sized(inside, box, None, x, y, anchor, looks)

    def path(self, name: str | None = None) -> Path:
        """Give the outlines of a part, or of all, as one path in the drawing's pixels as they are shown.

        It goes into `morph_path`, `along` and `draw_on`, and looks like the first of them.
        """
        node = self._drawing.whole if name is None else self._find(name)
        found: list[Path] = []
        outline: list[Any] = []
        matrix = np.array([[self._scale, 0.0, 0.0], [0.0, self._scale, 0.0]])
        for element in Built(self._drawing.size, 1.0, {}).elements(node):
            for path, part in _outlines(element):
                found.append(path)
                outline += mapped(part, matrix)
        if not found:
            raise InvalidValueError(f"part {name!r} of the SVG has no outlines")
        first = found[0]
        return Path(write_data(outline), fill=first.fill, stroke=first.stroke, fill_rule=first.fill_rule)

    def _find(self, name: str) -> Node:
        drawing = self._drawing
        if name in drawing.nodes:
            return drawing.nodes[name]
        if name in drawing.pictured:
            raise InvalidValueError(
                f"part {name!r} of the SVG is within a picture, because of {drawing.pictured[name]}, and "
                "can't be told apart"
            )
        near = difflib.get_close_matches(str(name), drawing.nodes, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        known = list(map(repr, drawing.nodes))
        more = f" and {len(known) - _MOST_TOLD} more" if len(known) > _MOST_TOLD else ""
        told = f"It has: {', '.join(known[:_MOST_TOLD])}{more}" if known else "None of its parts has a name"
        raise InvalidValueError(f"the SVG has no part {name!r}{hint}. {told} (Svg)")

    @property
    def _drawing(self) -> _Drawing:
        return _converted(self.data)

    @property
    def _scale(self) -> float:
        width, height = self._drawing.size
        scales = [
            float(given) / own
            for given, own in ((self.width, width), (self.height, height))
            if given is not None
        ]
        return min(scales, default=1.0)

    def _sized(
        self,
        inside: tuple[AnyElement, ...],
        box: tuple[float, float, float, float],
        clip: Rect | None,
        x: Length | None,
        y: Length | None,
        anchor: Anchor,
        looks: Mapping[str, Any] | None = None,
    ) -> Group:
        left, top, right, bottom = box
        scale, (width, height) = self._scale, self._drawing.size
        drawn = Group(
            inside, x=-left, y=-top, anchor="top-left", width=width, height=height, clip=clip,
        )  # fmt: skip
        scaled = Group((drawn,), x=0.0, y=0.0, anchor="top-left", width=0.0, height=0.0, scale=scale)
        return Group(
            (scaled,), x=x, y=y, anchor=anchor, width=(right - left) * scale, height=(bottom - top) * scale,
            **(self.fields if looks is None else looks),
        )  # fmt: skip

    def __repr__(self) -> str:
        width, height = self.size
        return f"<Svg of {width:.4g}x{height:.4g} pixels, {len(self.names)} parts with names>"


def _read(source: object) -> bytes:
    if isinstance(source, bytes):
        return source
    if isinstance(source, str) and source.lstrip("\ufeff \t\r\n").startswith("<"):
        return source.encode()
    if not isinstance(source, str | FilePath):
        raise InvalidValueError(f"an Svg is a file, text or bytes, got {source!r:.60}")
    path = FilePath(source)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise AssetError(f"SVG {str(path)!r} is not there") from None
    except (OSError, ValueError) as error:
        raise AssetError(f"SVG {str(path)!r} can't be read: {error}") from None
    if data[:2] == b"\x1f\x8b":
        raise AssetError(f"SVG {str(path)!r} is packed (.svgz): unpack it with gunzip")
    return data


@lru_cache(maxsize=32)
def _converted(data: bytes) -> _Drawing:
    root = read_svg(data)
    if not is_svg(data) and root.tag.rpartition("}")[2] != "svg":
        raise AssetError(f"this is no SVG: it begins with {data[:40]!r}")
    size = svg_size(data)
    conversion = Conversion(root, size)
    nodes: dict[str, Node] = {}
    _collect(conversion.whole, nodes)
    return _Drawing(size, conversion.whole, conversion.pictured, nodes)


def _collect(node: Node, into: dict[str, Node]) -> None:
    for name in node.names:
        into.setdefault(name, node)
    for part in node.parts:
        if isinstance(part, Node):
            _collect(part, into)


def _edge(drawing: _Drawing) -> Rect | None:
    """Give what clips the drawing to its own box, where something of it reaches beyond."""
    box, (width, height) = drawing.whole.box, drawing.size
    if box is None or (
        box[0] >= -1e-3 and box[1] >= -1e-3 and box[2] <= width + 1e-3 and box[3] <= height + 1e-3
    ):
        return None
    return Rect()


def _outlines(element: AnyElement) -> list[tuple[Path, Outline]]:
    if isinstance(element, Path):
        return [(element, element_outline(element))]
    if isinstance(element, Group):
        matrix = _matrix_of(element)
        return [
            (path, mapped(outline, matrix))
            for child in element.children
            for path, outline in _outlines(child)
        ]
    return []


def _matrix_of(group: Group) -> Any:
    """Give the map of a group that stands at pixels; those that turn have no size."""
    linear = linear_of(group)
    return np.column_stack([linear, np.array([float(group.x or 0.0), float(group.y or 0.0)])])
