"""Clip paths of SVG (https://www.w3.org/TR/css-masking-1/#ClipPathElement) as one outline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

import numpy as np

from bazaar_nb.draw.svg_reading import href_of, local_name
from bazaar_nb.scene.elements import Path
from bazaar_nb.vectors.contours import Contour, Outline, bounds, mapped, write_data
from bazaar_nb.vectors.svg.coordinates import Floats, NotElementsError, times, transform
from bazaar_nb.vectors.svg.shapes import SHAPES, shape_outline
from bazaar_nb.vectors.svg.styles import computed, declared

_URL = re.compile(r"url\(\s*[\"']?#([^)\"']*?)[\"']?\s*\)$")
_NOWHERE = "M-1 -1"


def read_clip(
    value: str, ids: Mapping[str, Element], matrix: Floats, viewport: tuple[float, float], clipped: Element
) -> Path | None:
    """Give a clip as an outline in the drawing's pixels; None for none.

    Raises
    ------
    NotElementsError
        For what is no outline, or a union of outlines that can't be told by their directions.
    """
    linked = _URL.match(value.strip())
    if linked is None:
        raise NotElementsError("a clip that is no clipPath")
    clip = ids.get(linked[1])
    if clip is None or local_name(clip) != "clipPath":
        return None
    if declared(clip).get("clip-path", "none") != "none":
        raise NotElementsError("a clip that is clipped")
    matrix = times(matrix, transform(clip.get("transform")))
    if clip.get("clipPathUnits") == "objectBoundingBox":
        outline = shape_outline(clipped, viewport) if local_name(clipped) in SHAPES else None
        if outline is None:
            raise NotElementsError("a clip by a group's box")
        left, top, right, bottom = bounds(outline)
        matrix = times(matrix, np.array([[right - left, 0.0, left], [0.0, bottom - top, top]]))
    around = computed(clip, {})
    found: list[tuple[Outline, str]] = []
    for child in clip:
        own = matrix
        if local_name(child) == "use":
            target = ids.get(href_of(child).removeprefix("#"))
            if target is None:
                continue
            own = times(own, transform(child.get("transform")))
            x, y = (float(child.get(name, 0) or 0) for name in ("x", "y"))
            own = times(own, np.array([[1.0, 0.0, x], [0.0, 1.0, y]]))
            child = target
        if not isinstance(child.tag, str) or local_name(child) in ("title", "desc", "metadata"):
            continue
        style = computed(child, around)
        if local_name(child) not in SHAPES or style.get("clip-path", "none") != "none":
            raise NotElementsError("a clip that is no shape")
        if style.get("display") == "none" or style.get("visibility", "visible") != "visible":
            continue
        outline = shape_outline(child, viewport)
        if outline is not None:
            drawn = mapped(outline, times(own, transform(child.get("transform"))))
            found.append((drawn, "evenodd" if style.get("clip-rule") == "evenodd" else "nonzero"))
    if not found:
        return Path(_NOWHERE)
    if len(found) == 1:
        outline, rule = found[0]
        return Path(write_data(outline), fill_rule=rule)  # type: ignore[arg-type]
    if any(len(outline) > 1 for outline, _ in found):
        raise NotElementsError("a clip of several outlines")
    # All in one direction: what lies in any of them is inside.
    return Path(write_data([_clockwise(outline[0]) for outline, _ in found]))


def _clockwise(contour: Contour) -> Contour:
    x, y = np.concatenate([contour.start[np.newaxis], contour.curves[:, 3]]).T
    if float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) >= 0 or not len(contour.curves):
        return contour
    return contour._replace(
        curves=contour.curves[::-1, ::-1], straight=contour.straight[::-1], start=contour.curves[-1, 3]
    )
