"""An SVG document as parts made of elements; what elements can't show becomes a picture in its place."""

from __future__ import annotations

from dataclasses import replace as with_changes
from typing import Any, Literal
from xml.etree.ElementTree import Element

import numpy as np

from bazaar_nb.draw.svg_reading import href_of, local_name
from bazaar_nb.errors import AssetError, InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Path
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.vectors.contours import bounds, mapped, write_data
from bazaar_nb.vectors.svg.clips import read_clip
from bazaar_nb.vectors.svg.coordinates import (
    IDENTITY,
    Floats,
    NotElementsError,
    fraction,
    inverse,
    length,
    similarity,
    times,
    transform,
    view_box,
    view_matrix,
)
from bazaar_nb.vectors.svg.nodes import Node, joined_box, under
from bazaar_nb.vectors.svg.paints import Painted, Paints, StretchedError
from bazaar_nb.vectors.svg.pictures import picture_of
from bazaar_nb.vectors.svg.shapes import SHAPES, shape_outline
from bazaar_nb.vectors.svg.styles import Style, computed, declared, take_in_sheets

_HOLDS = frozenset({"svg", "g", "a", "switch"})
_PICTURES = frozenset({"text", "image"})
_MOST_NODES = 50_000
_MOST_USES = 16  # of one another
_LABEL = "{http://www.inkscape.org/namespaces/inkscape}label"


class _WholeError(Exception):
    """The drawing can only be shown as one picture."""


class Conversion:
    """Turns a document into parts.

    Attributes
    ----------
    whole : Node
    pictured : dict of str to str
        Names of parts that are within a picture, and why that is one.
    """

    def __init__(self, root: Element, size: tuple[float, float]) -> None:
        take_in_sheets(root)
        self._root = root
        self._size = size
        self._ids: dict[str, Element] = {}
        for element in root.iter():
            if "id" in element.attrib:
                self._ids.setdefault(element.attrib["id"], element)
        self._paints = Paints(self._ids)
        self._count = 0
        self.pictured: dict[str, str] = {}
        box = view_box(root)
        self._viewport = (box[2], box[3]) if box else size
        matrix = view_matrix(box, root.get("preserveAspectRatio", ""), *size)
        try:
            node = self._children(root, computed(root, {}), matrix, ())
            self.whole = self._with_effects(root, declared(root), matrix, node)
        except (_WholeError, NotElementsError) as reason:
            self._note(root, str(reason))
            picture = picture_of(root, [root], self._ids, size)
            parts: tuple[AnyElement, ...] = () if picture is None else (picture,)
            self.whole = Node((), parts, (0.0, 0.0, *size), frozenset())

    def _note(self, element: Element, why: str) -> None:
        for one in element.iter():
            for name in _names(one):
                self.pictured.setdefault(name, why)

    def _children(self, element: Element, style: Style, matrix: Floats, uses: tuple[str, ...]) -> Node:
        parts: list[Node | AnyElement] = []
        boxes = []
        waiting: list[Element] = []

        def put_picture() -> None:
            if waiting:
                picture = self._picture(waiting)
                if picture is not None:
                    parts.append(picture)
                    boxes.append(picture.box)
                waiting.clear()

        for child in _shown_children(element):
            try:
                node = self._node(child, style, matrix, uses)
            except NotElementsError as reason:
                if uses:  # what is used stands elsewhere in the document: the use becomes the picture
                    raise
                self._note(child, str(reason))
                if _names(child):
                    put_picture()
                waiting.append(child)
                if _names(child):
                    put_picture()
                continue
            if node is not None and (node.parts or node.names):
                put_picture()
                parts.append(node)
                boxes.append(node.box)
        put_picture()
        known = frozenset().union(*(part.known for part in parts if isinstance(part, Node)))
        return Node((), tuple(parts), joined_box(boxes), known)

    def _picture(self, elements: list[Element]) -> Node | None:
        try:
            picture = picture_of(self._root, elements, self._ids, self._size)
        except AssetError as error:
            raise _WholeError(str(error)) from None
        names = _names(elements[0])
        for name in names:
            self.pictured.pop(name, None)
        if picture is None:
            return Node(names, (), None, frozenset(names)) if names else None
        left, top = float(picture.x), float(picture.y)  # type: ignore[arg-type]
        box = left, top, left + float(picture.width), top + float(picture.height)  # type: ignore[arg-type]
        return Node(names, (picture,), box, frozenset(names))

    def _node(self, element: Element, around: Style, matrix: Floats, uses: tuple[str, ...]) -> Node | None:
        self._count += 1
        if self._count > _MOST_NODES:
            raise InvalidValueError(
                f"the SVG shows more than {_MOST_NODES:,} elements, by what it uses again and again"
            )
        kind = local_name(element)
        if kind not in _HOLDS and kind not in SHAPES and kind not in _PICTURES and kind != "use":
            return None
        style = computed(element, around)
        if style.get("display") == "none":
            return None
        if style.get("mix-blend-mode", "normal") != "normal":
            raise _WholeError("it mixes with what is below it")
        for effect in ("mask", "filter"):
            if style.get(effect, "none") != "none":
                raise NotElementsError(f"a {effect}")
        if "transform" in element.get("style", "") or "transform-origin" in style:
            raise NotElementsError("a transform in its style")
        if kind in _PICTURES:
            raise NotElementsError({"text": "text", "image": "an image"}[kind])
        matrix = times(matrix, transform(element.get("transform")))
        if kind in SHAPES:
            node = self._shape(element, style, matrix)
        elif kind == "use":
            node = self._use(element, style, matrix, uses)
        elif kind == "svg":
            node = self._inner_svg(element, style, matrix, uses)
        else:
            node = self._children(element, style, matrix, uses)
        node = self._with_effects(element, style, matrix, node)
        names = () if uses else _names(element)
        return with_changes(node, names=names, known=node.known | set(names)) if names else node

    def _with_effects(self, element: Element, style: Style, matrix: Floats, node: Node) -> Node:
        """Give a part with its opacity and clip."""
        opacity = fraction(style.get("opacity"))
        clip = None
        if style.get("clip-path", "none") != "none":
            clip = read_clip(style["clip-path"], self._ids, matrix, self._viewport, element)
        if opacity == 1.0 and clip is None:
            return node
        if node.opacity < 1.0 or node.clip is not None:
            node = Node((), (node,), node.box, node.known)
        return with_changes(node, opacity=opacity, clip=clip)

    def _use(self, element: Element, style: Style, matrix: Floats, uses: tuple[str, ...]) -> Node:
        name = href_of(element).removeprefix("#")
        target = self._ids.get(name)
        if target is None:
            return Node((), (), None, frozenset())
        if name in uses or any(one is target for one in _ancestors(self._root, element)):
            raise InvalidValueError(f"the SVG's <use> of {name!r} holds itself: it has no end")
        if len(uses) >= _MOST_USES:
            raise InvalidValueError(f"the SVG's <use>s hold one another more than {_MOST_USES} times")
        x = length(element.get("x"), 0.0, self._viewport[0])
        y = length(element.get("y"), 0.0, self._viewport[1])
        moved = times(matrix, np.array([[1.0, 0.0, x], [0.0, 1.0, y]]))
        deeper = (*uses, name)
        if local_name(target) in ("symbol", "svg"):
            inner = computed(target, style)
            width = length(element.get("width", target.get("width")), self._viewport[0], self._viewport[0])
            height = length(element.get("height", target.get("height")), self._viewport[1], self._viewport[1])
            box = view_box(target)
            if target.get("overflow", "hidden") not in ("visible", "auto") and box is not None:
                fit = view_matrix(box, target.get("preserveAspectRatio", ""), width, height)
                node = self._children(target, inner, times(moved, fit), deeper)
                return self._within(node, moved, width, height)
            fit = view_matrix(box, target.get("preserveAspectRatio", ""), width, height)
            return self._children(target, inner, times(moved, fit), deeper)
        return self._node(target, style, moved, deeper) or Node((), (), None, frozenset())

    def _inner_svg(self, element: Element, style: Style, matrix: Floats, uses: tuple[str, ...]) -> Node:
        x = length(element.get("x"), 0.0, self._viewport[0])
        y = length(element.get("y"), 0.0, self._viewport[1])
        width = length(element.get("width"), self._viewport[0], self._viewport[0])
        height = length(element.get("height"), self._viewport[1], self._viewport[1])
        moved = times(matrix, np.array([[1.0, 0.0, x], [0.0, 1.0, y]]))
        fit = view_matrix(view_box(element), element.get("preserveAspectRatio", ""), width, height)
        node = self._children(element, style, times(moved, fit), uses)
        return self._within(node, moved, width, height)

    def _within(self, node: Node, matrix: Floats, width: float, height: float) -> Node:
        """Clip what reaches beyond a viewport."""
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
        edge = corners @ matrix[:, :2].T + matrix[:, 2]
        (left, top), (right, bottom) = edge.min(axis=0), edge.max(axis=0)
        box = node.box
        slack = 1e-3 * max(right - left, bottom - top)
        if box is None or (
            box[0] >= left - slack and box[1] >= top - slack and box[2] <= right + slack
            and box[3] <= bottom + slack
        ):  # fmt: skip
            return node
        words = " L".join(f"{px:.7g} {py:.7g}" for px, py in edge.tolist())
        return Node((), (node,), node.box, node.known, clip=Path(f"M{words}Z"))

    def _shape(self, element: Element, style: Style, matrix: Floats) -> Node:
        nothing = Node((), (), None, frozenset())
        if style.get("visibility", "visible") != "visible":
            return nothing
        outline = shape_outline(element, self._viewport)
        if outline is None:
            return nothing
        if local_name(element) in ("path", "line", "polyline", "polygon") and any(
            style.get(f"marker-{place}", "none") != "none" for place in ("start", "mid", "end")
        ):
            raise NotElementsError("markers")
        drawn = mapped(outline, matrix)
        box = bounds(drawn)
        if max(map(abs, box)) > 1e6:
            raise NotElementsError("it is too far away")
        user = bounds(outline)
        painted = Painted(user, box, matrix, self._viewport)
        fills = self._filled(outline, style, painted)
        strokes = self._stroked(element, outline, style, painted)
        first_stroke = style.get("paint-order", "normal").split()[:1] == ["stroke"]
        parts = (*strokes, *fills) if first_stroke else (*fills, *strokes)
        if len(parts) == 2 and not first_stroke:
            parts = _as_one(parts)
        return Node((), parts, box if parts else None, frozenset())

    def _filled(self, outline: Any, style: Style, painted: Painted) -> tuple[AnyElement, ...]:
        rule: Literal["evenodd", "nonzero"] = "evenodd" if style.get("fill-rule") == "evenodd" else "nonzero"
        value, opacity = style.get("fill", "black"), fraction(style.get("fill-opacity"))
        try:
            fill = self._paints.read(value, style, opacity, painted)
            matrix = IDENTITY
            drawn = mapped(outline, painted.matrix)
        except StretchedError as where:  # drawn where the gradient is a circle
            left, top, right, bottom = painted.drawn
            middle = [(left + right) / 2, (top + bottom) / 2]
            matrix = np.column_stack([where.matrix[:, :2], middle])
            drawn = mapped(outline, times(inverse(matrix), painted.matrix))
            box = bounds(drawn)
            if max(map(abs, box)) > 1e6:
                raise NotElementsError("a gradient that is too flat") from None
            there = painted._replace(drawn=box, matrix=times(inverse(matrix), painted.matrix))
            fill = self._paints.read(value, style, opacity, there)
        if fill is None:
            return ()
        path = Path(write_data(drawn), fill=fill, stroke=None, fill_rule=rule)
        return (path,) if matrix is IDENTITY else (under(matrix, path),)

    def _stroked(
        self, element: Element, outline: Any, style: Style, painted: Painted
    ) -> tuple[AnyElement, ...]:
        value = style.get("stroke", "none")
        diagonal = ((self._viewport[0] ** 2 + self._viewport[1] ** 2) / 2) ** 0.5
        width = length(style.get("stroke-width"), 1.0, diagonal)
        if value == "none" or width <= 0:
            return ()
        if style.get("vector-effect", "none") != "none":
            raise NotElementsError("a stroke that doesn't scale")
        scale = similarity(painted.matrix)
        if abs(np.linalg.det(painted.matrix[:, :2])) < 1e-12:
            return ()
        local = scale is None  # it is stretched with the shape
        where = painted._replace(matrix=IDENTITY, drawn=painted.user) if local else painted
        color = self._paints.read(value, style, fraction(style.get("stroke-opacity")), where)
        if color is None:
            return ()
        factor = 1.0 if scale is None else scale
        stroke = Stroke(color, width * factor, **self._line_style(element, style, factor, diagonal))
        drawn = outline if local else mapped(outline, painted.matrix)
        path = Path(write_data(drawn), fill=None, stroke=stroke)
        return (under(painted.matrix, path),) if local else (path,)

    def _line_style(self, element: Element, style: Style, factor: float, diagonal: float) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if style.get("stroke-linecap") in ("round", "square"):
            found["cap"] = style["stroke-linecap"]
        if style.get("stroke-linejoin") in ("round", "bevel"):
            found["join"] = style["stroke-linejoin"]
        limit = length(style.get("stroke-miterlimit"), 4.0, 1.0)
        found["miter_limit"] = min(100.0, max(1.0, limit))
        given = style.get("stroke-dasharray", "none").replace(",", " ").split()
        if given and given != ["none"]:
            dashes = [length(one, 0.0, diagonal) * factor for one in given]
            if "pathLength" in element.attrib:
                raise NotElementsError("a length of its own for dashes")
            if min(dashes) >= 0 and sum(dashes) > 0:
                dashes = dashes if len(dashes) % 2 == 0 else dashes * 2
                found["dash"] = tuple(max(1e-3 * factor, dash) for dash in dashes)
                found["dash_offset"] = length(style.get("stroke-dashoffset"), 0.0, diagonal) * factor
        return found


def _as_one(parts: tuple[AnyElement, ...]) -> tuple[AnyElement, ...]:
    """Give a fill and a stroke of one outline as one path."""
    fill, stroke = parts
    if isinstance(fill, Path) and isinstance(stroke, Path) and fill.d == stroke.d:
        return (Path(fill.d, fill=fill.fill, stroke=stroke.stroke, fill_rule=fill.fill_rule),)
    return parts


def _names(element: Element) -> tuple[str, ...]:
    found = (element.get("id"), element.get(_LABEL))
    return tuple(dict.fromkeys(name for name in found if name))


def _shown_children(element: Element) -> list[Element]:
    children = [child for child in element if isinstance(child.tag, str)]
    if local_name(element) != "switch":
        return children
    for child in children:  # the first that we can show, in English where it asks
        languages = child.get("systemLanguage", "en")
        if "requiredExtensions" not in child.attrib and local_name(child) != "foreignObject" and any(
            one.strip().startswith("en") for one in languages.split(",")
        ):  # fmt: skip
            return [child]
    return []


def _ancestors(root: Element, element: Element) -> list[Element]:
    """Give an element and all that hold it."""
    found: list[Element] = []

    def look(one: Element) -> bool:
        if one is element or any(look(child) for child in one):
            found.append(one)
            return True
        return False

    look(root)
    return found
