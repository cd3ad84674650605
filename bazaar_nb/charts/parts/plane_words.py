"""What is said about data in a plane: titles, references, events and call-outs, by the values of its axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import Annotations, CallOut, Reference
from bazaar_nb.charts.parts.annotation_marks import (
    PlacedEvent,
    PlacedReference,
    draw_axis_titles,
    draw_events,
    place_events,
    place_references,
    reference_boxes,
    room_for_titles,
)
from bazaar_nb.charts.parts.cell_values import as_number
from bazaar_nb.charts.parts.plane import AxisPlan, Plane
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Moments, Problems
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement

Floats = NDArray[np.float64]


class Pointed(NamedTuple):
    """A call-out at a data point: its values on both axes, and when it appears."""

    callout: CallOut
    x: float
    y: float
    at: float


class PlaneWords(NamedTuple):
    """What is said in a plane, as its axes have it.

    Attributes
    ----------
    annotations : Annotations
    references : tuple of Reference
        Their values are numbers.
    events : tuple of (float, str)
    """

    annotations: Annotations
    references: tuple[Reference, ...]
    events: tuple[tuple[float, str], ...]

    @classmethod
    def read(
        cls, said: Annotations, problems: Problems, x: Moments | None = None, y: Moments | None = None
    ) -> PlaneWords:
        """Find the values of what is said; an axis without moments is one of numbers."""
        references, events = [], []
        for one in said.references:
            value = _value_of(one.value, x if one.axis == "x" else y, "references", problems)
            if value is not None:
                references.append(replace(one, value=value))
        for event in said.events:
            moment = _value_of(event.moment, x, "events", problems)
            if moment is not None:
                events.append((moment, event.words))
        return cls(said, tuple(references), tuple(events))

    def holds(self, axis: str, low: float, high: float) -> tuple[float, float]:
        """Give the ends of an axis with the references on it."""
        values = [one.value for one in self.references if (one.axis or "y") == axis]
        return min([low, *values]), max([high, *values])

    def make_room(self, room: Room, area: Area, plan: AxisPlan, left: float, right: float) -> Area:
        """Give what titles and the words of events leave of an area."""
        above, below = room_for_titles(room, self.annotations.x_title, self.annotations.y_title)
        inner = area.inset(left=left, right=right)
        scale = plan.scale(inner.left, inner.right)
        placed, rows = place_events(room, inner, [(float(scale(at)), words) for at, words in self.events])
        del placed
        return area.inset(top=above + rows, bottom=below)

    def titles(self, room: Room, plane: Plane, left: float) -> list[AnyElement]:
        """Give the titles of the axes."""
        said, size = self.annotations, room.label_size
        _, rows = self.placed_events(room, plane)
        upper = plane.area.inset(top=-rows)
        elements = draw_axis_titles(room, upper, None, said.y_title, left=left, below=0.0)
        return elements + draw_axis_titles(room, plane.area, said.x_title, None, left=left, below=1.7 * size)

    def place_references(self, room: Room, plane: Plane, avoid: Floats) -> list[PlacedReference]:
        """Find where reference lines stand, and their words, which cover as few points as can be."""
        return place_references(room, plane.area, self.references, x=plane.x, y=plane.y, avoid=avoid)

    def placed_events(self, room: Room, plane: Plane) -> tuple[list[PlacedEvent], float]:
        """Give the events where the plane puts them, and the pixels that their words take above it."""
        return place_events(room, plane.area, [(float(plane.x(at)), words) for at, words in self.events])

    def lay_out_call_outs(
        self,
        room: Room,
        plane: Plane,
        pointed: Sequence[Pointed],
        avoid: Floats,
        taken: Sequence[Area] = (),
        gaps: Sequence[float] | float = 0.0,
    ) -> PointCallOuts:
        """Find where the words of call-outs stand; `gaps` are what the marks of their data points take."""
        points = [(float(plane.x(one.x)), float(plane.y(one.y))) for one in pointed]
        boxes = [*reference_boxes(room, self.place_references(room, plane, avoid)), *taken]
        return PointCallOuts.lay_out(
            room, plane.area, [one.callout for one in pointed], points, avoid=avoid, boxes=boxes, gaps=gaps,
            starts=[one.at for one in pointed],
        )  # fmt: skip


def draw_plane_events(
    room: Room, plane: Plane, events: Sequence[PlacedEvent], front: float = np.inf
) -> list[AnyElement]:
    """Give the events that a front in pixels has come to; they appear while it passes."""
    if not events:
        return []
    soft = 2.0 * room.label_size
    seen = [
        one._replace(opacity=round(min(1.0, max(0.0, (front - one.place) / soft + 0.5)), 3)) for one in events
    ]
    if front >= plane.area.right - 0.01:
        seen = [one._replace(opacity=1.0) for one in events]
    return draw_events(room, plane.area, seen)


def _value_of(value: object, moments: Moments | None, option: str, problems: Problems) -> float | None:
    if moments is None:
        number = as_number(value)
        if isinstance(number, str) or not np.isfinite(number):
            problems.add(f"`{option}` wants a number on this axis, got {value!r:.40}")
            return None
        return number
    try:
        return moments.place(value)
    except InvalidValueError as error:
        problems.add(f"`{option}`: {error}")
        return None
