"""Parts of a drawing that elements can't show: documents of their own, drawn by resvg."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from bazaar_nb.draw.svg import svg_ink
from bazaar_nb.draw.svg_reading import HREFS, href_of, local_name
from bazaar_nb.scene.elements import Image
from bazaar_nb.scene.picture_elements import OBJECT
from bazaar_nb.vectors.svg.styles import declarations

_SVG = "{http://www.w3.org/2000/svg}"
_ALREADY = ("opacity", "clip-path", "mask", "filter", "mix-blend-mode", "display")
_URL = re.compile(r"url\(\s*[\"']?#([^)\"']*)")
_GRID = 20  # parts of the drawing's width
_KINDS_LEFT_OUT = ("script", "foreignObject")

ElementTree.register_namespace("", _SVG[1:-1])
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def picture_of(
    root: Element, shown: Iterable[Element], ids: Mapping[str, Element], size: tuple[float, float]
) -> Image | None:
    """Draw some elements of a drawing as a picture in their place; None if nothing is seen of them.

    Parameters
    ----------
    root : Element
        The whole drawing.
    size : (float, float)
        Its width and height in pixels.

    Raises
    ------
    AssetError
        When they can't be drawn.
    """
    chosen = {id(element) for element in shown}
    kept = _kept(root, chosen)
    assert kept is not None
    _add_referenced(kept, ids)
    kept.attrib.update(width=f"{size[0]:.9g}", height=f"{size[1]:.9g}", x="0", y="0", overflow="hidden")
    ink = svg_ink(_cut(kept, (0.0, 0.0, *size)))
    if ink is None:
        return None
    ink = _on_grid(ink, size)
    left, top, right, bottom = ink
    return Image(
        OBJECT, data=_cut(kept, ink), x=left, y=top, width=right - left, height=bottom - top, fit="fill",
        anchor="top-left",
    )  # fmt: skip


def _on_grid(
    box: tuple[float, float, float, float], size: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Let a box begin and end where whole pixels are at most sizes: what stands still is then sharp."""
    step = size[0] / _GRID
    left, top = (math.floor(edge / step) * step for edge in box[:2])
    right, bottom = (
        min(math.ceil(edge / step) * step, whole) for edge, whole in zip(box[2:], size, strict=True)
    )
    return left, top, right, bottom


def _cut(kept: Element, box: tuple[float, float, float, float]) -> bytes:
    left, top, right, bottom = box
    width, height = f"{right - left:.9g}", f"{bottom - top:.9g}"
    whole = Element(
        _SVG + "svg",
        {"width": width, "height": height, "viewBox": f"{left:.9g} {top:.9g} {width} {height}"},
    )
    whole.append(kept)
    return ElementTree.tostring(whole)


def _kept(element: Element, chosen: set[int]) -> Element | None:
    """Copy an element with only what leads to those that are chosen."""
    if id(element) in chosen:
        return _without_scripts(copy.deepcopy(element))
    inside = [found for child in element if (found := _kept(child, chosen)) is not None]
    if not inside:
        return None
    made = Element(
        element.tag, {name: value for name, value in element.attrib.items() if name not in _ALREADY}
    )
    if "style" in made.attrib:
        said = declarations(made.attrib["style"])
        made.set("style", ";".join(f"{name}:{value}" for name, value in said.items() if name not in _ALREADY))
    made.extend(inside)
    return made


def _without_scripts(element: Element) -> Element:
    for parent in list(element.iter()):
        for child in list(parent):
            if local_name(child) in _KINDS_LEFT_OUT:
                parent.remove(child)
    return element


def _add_referenced(kept: Element, ids: Mapping[str, Element]) -> None:
    """Add what is referred to, and what that refers to."""
    there = {element.get("id") for element in kept.iter()}
    added = Element(_SVG + "defs")
    waiting = _references(kept)
    while waiting:
        name = waiting.pop()
        target = ids.get(name)
        if name in there or target is None:
            continue
        made = _without_scripts(copy.deepcopy(target))
        there.update(element.get("id") for element in made.iter())
        added.append(made)
        waiting |= _references(made)
    if len(added):
        kept.insert(0, added)


def _references(element: Element) -> set[str]:
    found: set[str] = set()
    for one in element.iter():
        for name, value in one.attrib.items():
            if "url(" in value:
                found.update(_URL.findall(value))
            elif name in HREFS and value.strip().startswith("#"):
                found.add(href_of(one)[1:])
    return found
