"""What becomes of each piece of one view in another: it stands still, glides, changes, comes or goes.

In stages, as Heer and Robertson found that people follow best (Animated Transitions in Statistical Data
Graphics, IEEE TVCG 13(6), 2007, https://doi.org/10.1109/TVCG.2007.70539): first the axes, then the marks,
then the labels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import numpy as np

from bazaar_nb.charts.morphs.views import Label, View, center_of, labels_of, ticks_of
from bazaar_nb.charts.parts.forms import divided, shrunken
from bazaar_nb.charts.parts.marks import Bar, Dot, Mark
from bazaar_nb.scene.elements import AnyElement, Text

_GROUP = " / "  # between the name and the group of a mark of both


class Span(NamedTuple):
    """A part of the change's time, 0 to 1."""

    start: float
    stop: float

    def at(self, part: float) -> float:
        """Give how far it is, 0 to 1."""
        return min(1.0, max(0.0, (part - self.start) / (self.stop - self.start)))


LABELS_GO = Span(0.0, 0.14)
TITLE_GOES, TITLE_COMES = Span(0.0, 0.12), Span(0.1, 0.26)
AXES = Span(0.1, 0.34)
MARKS_GO, MARKS, MARKS_COME = Span(0.12, 0.32), Span(0.3, 0.8), Span(0.72, 0.9)
LABELS_COME = Span(0.82, 1.0)


@dataclass(frozen=True)
class Fade:
    """What is in one view only."""

    element: Any
    span: Span
    comes: bool


@dataclass(frozen=True)
class Change:
    """What becomes of a mark: two or three marks that it is in turn."""

    stops: tuple[Mark, ...]
    span: Span
    number: int


@dataclass(frozen=True)
class Glide:
    """What is in both views, elsewhere: a tick and its line, or a label that goes with its mark."""

    stops: tuple[Any, ...]
    change: Change | None = None


def find_changes(start: Sequence[Mark], stop: Sequence[Mark]) -> list[Change]:
    """Pair marks by key; where one side has more of a key, those of the other are told several times."""
    ours, theirs = _by_key(start), _by_key(stop)
    _join_groups(ours, theirs)
    _join_groups(theirs, ours)
    stages = _stages(ours, theirs)
    found: list[Change] = []
    for key, marks in ours.items():
        if key not in theirs:
            for mark in marks:
                found.append(Change((mark, mark._replace(opacity=0.0)), MARKS_GO, 0))
    number = 0
    for key, others in theirs.items():
        marks = ours.get(key, [])
        if not marks:
            for mark in others:
                first = mark._replace(form=shrunken(mark.form), opacity=mark.opacity if _grows(mark) else 0.0)
                found.append(Change((first, mark), MARKS_COME, 0))
            continue
        count = max(len(marks), len(others))
        for one, other in zip(_divided(marks, count), _divided(others, count), strict=True):
            between = () if stages is None else (_halfway(one, other, *stages),)
            found.append(Change((one, *between, other), MARKS, number))
        number += 1
    return found


def _divided(marks: Sequence[Mark], count: int) -> list[Mark]:
    """Give marks of one key as so many: each in equal pieces."""
    shares = [
        count * (number + 1) // len(marks) - count * number // len(marks) for number in range(len(marks))
    ]
    return [
        mark._replace(form=form)
        for mark, share in zip(marks, shares, strict=True)
        for form in divided(mark.form, share)
    ]


def _grows(mark: Mark) -> bool:
    return isinstance(mark.form, Bar | Dot)


def _by_key(marks: Sequence[Mark]) -> dict[str, list[Mark]]:
    found: dict[str, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.key, []).append(mark)
    return found


def _join_groups(ours: dict[str, list[Mark]], theirs: dict[str, list[Mark]]) -> None:
    """Take marks of groups ("Tea / 2020") for those of their name, where the other view has that alone."""
    names = set(ours)
    for key in [key for key in ours if key not in theirs and _GROUP in key]:
        name = key.partition(_GROUP)[0]
        if name in theirs and name not in names:
            ours.setdefault(name, []).extend(ours.pop(key))


def _stages(ours: dict[str, list[Mark]], theirs: dict[str, list[Mark]]) -> tuple[bool, bool] | None:
    """Tell whether bars that get new lengths and places at once do so in two steps.

    Returns
    -------
    (bool, bool) or None
        Whether they are rows, and whether the places come first: so where a stack is taken apart.
    """
    shared = [key for key in ours if key in theirs and len(ours[key]) == len(theirs[key]) == 1]
    pairs = [(ours[key][0].form, theirs[key][0].form) for key in shared]
    if len(pairs) < 2 or not all(isinstance(a, Bar) and isinstance(b, Bar) for a, b in pairs):
        return None
    boxes = np.array([[form[:4] for form in pair] for pair in pairs], np.float64)  # (keys, views, sides)
    sizes = boxes[:, :, 2:] - boxes[:, :, :2]
    for along, foot in ((0, 0), (1, 3)):
        across = 1 - along
        if np.ptp(sizes[:, :, across], axis=0).max() > 0.5 or np.ptp(sizes[:, :, along], axis=0).max() <= 0.5:
            continue
        feet = np.ptp(boxes[:, :, foot], axis=0) > 0.5  # of each view: whether bars stand on others
        if feet[0] != feet[1]:
            return along == 0, bool(feet[0])
        middles = boxes[:, :, across] + sizes[:, :, across] / 2
        is_sorted = (
            np.argsort(middles[:, 0], kind="stable") == np.argsort(middles[:, 1], kind="stable")
        ).all()
        lengths = sizes[:, :, along] / np.maximum(1e-9, sizes[:, :, along].max(axis=0))
        if not is_sorted and np.abs(lengths[:, 0] - lengths[:, 1]).max() > 0.01:
            return along == 0, False
    return None


def _halfway(start: Mark, stop: Mark, is_row: bool, place_first: bool) -> Mark:
    """Give a bar with its new length in its old place, or the other way round."""
    one, other = start.form, stop.form
    assert isinstance(one, Bar)
    assert isinstance(other, Bar)
    if place_first:
        one, other = other, one
    form = (
        other._replace(top=one.top, bottom=one.bottom)
        if is_row
        else other._replace(left=one.left, right=one.right)
    )
    return Mark(stop.key, form, stop.color, stop.opacity)


def find_pieces(start: View, stop: View, changes: Sequence[Change]) -> tuple[list[Any], list[Any]]:
    """Pair what is no mark: what is the same stands still, words and ticks that are elsewhere glide."""
    same = set(start.picture) & set(stop.picture)
    below: list[Any] = [one for one in start.ground if one in same]
    above: list[Any] = [one for one in (*start.words, *start.heading) if one in same]
    glides, gone, come = _glides(start, stop, changes, same)
    for glide in glides:
        (above if glide.change is not None else below).append(glide)
    for element in start.ground:
        if element not in same and element not in gone:
            below.append(Fade(element, AXES, comes=False))
    for element in stop.ground:
        if element not in same and element not in come:
            below.append(Fade(element, MARKS_COME if stop.stands_in else AXES, comes=True))
    for elements, taken, span, comes in (
        (start.words, gone, LABELS_GO, False),
        (stop.words, come, LABELS_COME, True),
        (start.heading, gone, TITLE_GOES, False),
        (stop.heading, come, TITLE_COMES, True),
    ):
        above += [Fade(one, span, comes) for one in elements if one not in same and one not in taken]
    return below, above


def _glides(
    start: View, stop: View, changes: Sequence[Change], same: set[AnyElement]
) -> tuple[list[Glide], set[AnyElement], set[AnyElement]]:
    """Pair ticks and labels; give also which of both views are taken."""
    found: list[Glide] = []
    gone: set[AnyElement] = set()
    come: set[AnyElement] = set()

    def take(one: Any, other: Any, stops: tuple[Any, ...], change: Change | None = None) -> None:
        gone.add(one)
        come.add(other)
        found.append(Glide(stops, change))

    ours, theirs = ticks_of(start), ticks_of(stop)
    for tick, (text, line) in ours.items():
        if tick not in theirs:
            continue
        other_text, other_line = theirs[tick]
        if line not in same and other_line not in same:
            take(line, other_line, (line, other_line))
        ends = center_of(start, text), center_of(stop, other_text)
        if text not in same and other_text not in same and ends[0] and ends[1]:
            take(text, other_text, (_put(text, *ends[0]), _put(other_text, *ends[1])))
    by_key = {change.stops[0].key: change for change in changes if change.span == MARKS}
    names, others = labels_of(start), labels_of(stop)
    for label, one in names.items():
        other, change = others.get(label), by_key.get(label[0])
        if other is None or change is None or one.text in gone or other.text in come:
            continue
        if one.text in same or other.text in same:
            continue
        if math.dist(one.aside, other.aside) > 0.6 * one.text.size:  # it would cross its mark on the way
            continue
        stops = [_put(one.text, *one.center), _put(other.text, *other.center)]
        if len(change.stops) == 3:
            stops.insert(1, _put(other.text, *_turning_point(change, one, other)))
        take(one.text, other.text, tuple(stops), change)
    return found, gone, come


def _turning_point(change: Change, one: Label, other: Label) -> tuple[float, float]:
    """Give where a label is when its bar has its new length in its old place."""
    first, middle = change.stops[0].form, change.stops[1].form
    assert isinstance(first, Bar)
    assert isinstance(middle, Bar)
    keeps_y = first.top == middle.top and first.bottom == middle.bottom
    return (other.center[0], one.center[1]) if keeps_y else (one.center[0], other.center[1])


def _put(text: Text, x: float, y: float) -> Text:
    return msgspec.structs.replace(text, x=x, y=y, anchor="center")
