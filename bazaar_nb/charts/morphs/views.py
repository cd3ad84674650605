"""A chart's picture taken apart: heading, what lies below its marks, the marks, and what lies above.

So two pictures can be compared, piece by piece (`bazaar_nb.charts.morphs.morphs`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from bazaar_nb.charts.chart import Chart
from bazaar_nb.charts.parts.forms import form_middle
from bazaar_nb.charts.parts.marks import Bar, Dot, Form, Mark, mark_element
from bazaar_nb.charts.parts.room import Room
from bazaar_nb.scene.elements import AnyElement, Group, Line, Points, Text

VIEWS_OWN = frozenset(
    {"title", "subtitle", "source", "number", "images", "highlight", "highlight_at", "x_title", "y_title"}
)
"""Options that each view of a morph or story has for itself."""


class View(NamedTuple):
    """What a chart shows at a moment.

    Attributes
    ----------
    room : Room
    picture : tuple of elements
        All of it, as the chart draws it.
    heading, ground, words : tuple of elements
        Title and source; axes and what else lies below the marks; what lies above them.
    marks : tuple of Mark
        Of the data; none where a chart has none to tell by key.
    stands_in : bool
        Whether the marks are not what is drawn, but stand for it in a change: the areas of a map.
    """

    room: Room
    picture: tuple[AnyElement, ...]
    heading: tuple[AnyElement, ...]
    ground: tuple[AnyElement, ...]
    marks: tuple[Mark, ...]
    words: tuple[AnyElement, ...]
    stands_in: bool = False


def take_apart(chart: Chart[Any], time: float, room: Room) -> View:
    """Give a chart's view at a moment, in a box of a room's size."""
    width, height, is_frame = room.width, room.height, room.is_frame
    picture = chart._elements(time, width, height, is_frame=is_frame)
    laid_out, heading, layout = chart._laid_out(width, height, is_frame)
    time = min(max(time, 0.0), chart.duration)
    tell = getattr(chart, "_marks", None)
    marks: Sequence[Mark] = tell(laid_out, layout, time) if tell is not None else ()
    rest = [element for element in _flat(picture) if element not in heading.elements]
    if marks and getattr(chart, "marks_stand_in", False):
        return View(laid_out, tuple(picture), heading.elements, tuple(rest), tuple(marks), (), stands_in=True)
    drawn = {mark_element(mark) for mark in marks}
    places = [number for number, element in enumerate(rest) if element in drawn]
    if marks and not places:  # so many that they are drawn as one
        places = [
            number
            for number, element in enumerate(rest)
            if isinstance(element, Points) and element.rows == len(marks)
        ]
        drawn = {rest[number] for number in places}
    first = places[0] if places else 0
    if marks and not places:  # nothing to be seen of them yet
        marks, first = (), len(rest)
    return View(
        laid_out,
        tuple(picture),
        heading.elements,
        tuple(rest[:first]),
        tuple(marks),
        tuple(element for element in rest[first:] if element not in drawn),
    )


def _flat(elements: Sequence[AnyElement]) -> list[AnyElement]:
    """Give the elements of plain groups in their place: those that neither move, turn nor clip."""
    found: list[AnyElement] = []
    for element in elements:
        if isinstance(element, Group) and element == Group(element.children):
            found += _flat(element.children)
        else:
            found.append(element)
    return found


def center_of(view: View, text: Text) -> tuple[float, float] | None:
    """Give the middle of a text's box; None where its place is told in percent."""
    x, y = text.x, text.y
    if not isinstance(x, int | float) or not isinstance(y, int | float):
        return None
    width, height = view.room.measuring(text)
    anchor = text.anchor
    x += width / 2 if "left" in anchor else -width / 2 if "right" in anchor else 0.0
    y += height / 2 if "top" in anchor else -height / 2 if "bottom" in anchor else 0.0
    return float(x), float(y)


def ticks_of(view: View) -> dict[tuple[str, str], tuple[Text, AnyElement]]:
    """Give the words of axes with their grid lines, by direction and words."""
    lines: list[tuple[str, float, AnyElement]] = []
    for element in view.ground:
        if isinstance(element, Line):
            if element.x1 == element.x2:
                lines.append(("x", float(element.x1), element))
            elif element.y1 == element.y2:
                lines.append(("y", float(element.y1), element))
    found: dict[tuple[str, str], tuple[Text, AnyElement]] = {}
    for element in view.ground:
        if not isinstance(element, Text) or not isinstance(element.text, str):
            continue
        for direction, place, line in lines:
            at = element.x if direction == "x" else element.y
            if isinstance(at, int | float) and abs(at - place) < 0.5:
                found[direction, element.text] = (element, line)
                break
    return found


class Label(NamedTuple):
    """Words that belong to a mark: the middle of their box, and how far that is from the mark, in pixels."""

    text: Text
    center: tuple[float, float]
    aside: tuple[float, float]


def labels_of(view: View) -> dict[tuple[str, str], Label]:
    """Give words by the key of their mark and themselves; those that are there twice aren't told.

    Words that are a key belong to its mark, others to the nearest one.
    """
    if not view.marks:
        return {}
    boxes = np.array([_box(mark.form) for mark in view.marks])
    keys = {mark.key: number for number, mark in enumerate(view.marks)}
    found: dict[tuple[str, str], Label] = {}
    doubled = set()
    for text in (*view.ground, *view.words):
        if not isinstance(text, Text) or not isinstance(text.text, str):
            continue
        center = center_of(view, text)
        if center is None:
            continue
        x, y = center
        aside = np.stack(
            [x - np.clip(x, boxes[:, 0], boxes[:, 2]), y - np.clip(y, boxes[:, 1], boxes[:, 3])], 1
        )
        number = keys.get(text.text, int(np.argmin((aside**2).sum(axis=1))))
        label = (view.marks[number].key, text.text)
        if label in found:
            doubled.add(label)
        found[label] = Label(text, center, (float(aside[number, 0]), float(aside[number, 1])))
    return {label: one for label, one in found.items() if label not in doubled}


def _box(form: Form) -> tuple[float, float, float, float]:
    if isinstance(form, Bar):
        return form.left, form.top, form.right, form.bottom
    if isinstance(form, Dot):
        return form.x - form.radius, form.y - form.radius, form.x + form.radius, form.y + form.radius
    x, y = form_middle(form)
    half = (form.outer - form.inner) / 2
    return x - half, y - half, x + half, y + half
