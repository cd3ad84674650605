"""What charts of distributions read: many values by name; and the rows that they stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import CallOut
from bazaar_nb.charts.parts.annotation_marks import (
    draw_axis_titles,
    draw_placed_references,
    place_references,
    reference_boxes,
    room_for_titles,
)
from bazaar_nb.charts.parts.axis import Tick, draw_grid, draw_tick_words, thin_out
from bazaar_nb.charts.parts.cell_values import as_one_number
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.plane import AxisPlan
from bazaar_nb.charts.parts.plane_words import PlaneWords
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns, Problems
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.scales import Linear, Log
from bazaar_nb.scene.elements import AnyElement

Floats = NDArray[np.float64]
Sort = Literal["value"] | None
_MOST_NAMES = 200


class Samples(NamedTuple):
    """Values by name.

    Attributes
    ----------
    keys : tuple of str
    values : tuple of array of shape (n,)
        Of each name, without those that are missing; at least one.
    """

    keys: tuple[str, ...]
    values: tuple[Floats, ...]

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest value of all."""
        return min(float(one.min()) for one in self.values), max(float(one.max()) for one in self.values)


def read_samples(
    columns: Columns, name: str | None, value: str | None, sort: Sort, *, is_log: bool = False
) -> Samples:
    """Read values by name.

    Parameters
    ----------
    name, value : str, optional
        Columns of a long table; with `value` alone all rows are one sample, without both
        each column of numbers is one.
    sort : str, optional
        ``value``: by the median, the largest first.
    is_log : bool
        Whether values must be above 0.

    Raises
    ------
    InvalidValueError
        With all that is wrong.
    """
    problems = columns.problems
    if sort not in (None, "value"):
        raise InvalidValueError(f"`sort` must be value or None, got {sort!r} ({problems._chart})")
    if name is not None and value is None:
        problems.add("`name` needs `value`, the column of numbers")
        problems.raise_any()
    columns.require(name=name, value=value)
    found: dict[str, Floats] = {}
    if value is None:
        for one in columns.names:
            if columns.is_number(one):
                found[one] = columns.numbers(one, positive=is_log)
        if not found:
            problems.add("no column has numbers: give `name` and `value` for a long table")
    elif name is None:
        found[value] = columns.numbers(value, positive=is_log)
    else:
        keys, numbers = np.array(columns.keys(name), object), columns.numbers(value, positive=is_log)
        found = {key: numbers[keys == key] for key in columns.order(name)}
    problems.raise_any()
    told = {key: values[~np.isnan(values)] for key, values in found.items()}
    told = {key: values for key, values in told.items() if len(values)}
    if not told:
        problems.add("has no value at all", column=value)
    if len(told) > _MOST_NAMES:
        problems.add(
            f"{len(told):,} names are too many, at most {_MOST_NAMES} can be told apart", column=name
        )
    problems.raise_any()
    order = list(told)
    if sort == "value":
        order.sort(key=lambda key: -float(np.median(told[key])))
    return Samples(tuple(order), tuple(told[key] for key in order))


def pointed_values(
    callouts: Sequence[CallOut], samples: Samples, problems: Problems
) -> list[tuple[int, float]]:
    """Find what call-outs point at: a row, and a value in it, which is its median unless `x` or `y` says."""
    found = []
    for one in callouts:
        told = one.x if one.x is not None else one.y
        if one.key is None and len(samples.keys) > 1:
            problems.add(f"`callouts` point at names by their `key`, {one.text!r:.40} has none")
        elif told is not None and as_one_number(told) is None:
            problems.add(f"`callouts` {one.text!r:.40}: wants a number, got {told!r:.40}")
        elif one.key is None or one.key in samples.keys:
            row = samples.keys.index(one.key) if one.key is not None else 0
            value = as_one_number(told)
            found.append((row, float(np.median(samples.values[row])) if value is None else value))
    return found


@dataclass(frozen=True)
class SampleRows:
    """Rows below each other, on one axis of values that runs to the right.

    Attributes
    ----------
    area : Area
        Where data are, in pixels.
    x : Linear or Log
    pitch : float
        From one row to the next, in pixels.
    names : tuple of (int, str)
        Those that there is room for: of which row.
    still : tuple of elements
        Grid, ticks, titles and references.
    references : list of Area
        Boxes of references' words.
    pictures : NameImages
        Between names and data.
    """

    area: Area
    x: Linear | Log
    pitch: float
    names: tuple[tuple[int, str], ...]
    still: tuple[AnyElement, ...]
    references: tuple[Area, ...]
    pictures: NameImages

    @classmethod
    def lay_out(
        cls,
        room: Room,
        area: Area,
        keys: Sequence[str],
        plan: AxisPlan,
        words: PlaneWords,
        images: Mapping[str, str],
        above: float = 0.0,
    ) -> SampleRows:
        """Put rows into an area.

        Parameters
        ----------
        above : float
            Rows that are kept free above the first, for what reaches up from it.
        """
        size = room.label_size
        said = words.annotations
        _, title_below = room_for_titles(room, said.x_title, None)
        labels = [one for one in words.references if one.label]
        room_above = 1.3 * size if labels else 0.0
        area = area.inset(bottom=title_below + 1.7 * size, top=room_above)
        step = max(1, int(np.ceil(1.2 * size * len(keys) / area.height)))
        most = (0.24 if room.shape == "wide" else 0.32) * area.width
        shown = [(n, room.shorten(keys[n], size, most, 500)) for n in range(0, len(keys), step)]
        pictures = NameImages.beside(room, images, [keys[n] for n, _ in shown], size)
        left = max(room.width_of(word, size, 500) for _, word in shown) + 0.8 * size + pictures.room
        last = room.width_of(plan.words[-1], size) / 2 if plan.words else 0.0
        inner = area.inset(left=left, right=last)
        scale = plan.scale(inner.left, inner.right)
        ticks = [
            Tick(float(scale(at)), word, is_base=at == 0 and plan.low < 0)
            for at, word in zip(plan.ticks, plan.words, strict=True)
        ]
        still = draw_grid(room, inner, "bottom", ticks)
        still += draw_tick_words(room, inner, "bottom", thin_out(room, ticks))
        still += draw_axis_titles(room, inner, said.x_title, None, left=area.left, below=1.7 * size)
        lines = place_references(room, inner.inset(top=-room_above), words.references, x=scale)
        still += draw_placed_references(room, lines)
        pitch = inner.height / (len(keys) + above)
        rows = inner.inset(top=above * pitch)
        boxes = tuple(reference_boxes(room, lines))
        return cls(rows, scale, pitch, tuple(shown), tuple(still), boxes, pictures)

    def middle(self, row: int) -> float:
        """Give the middle of a row in pixels."""
        return self.area.top + (row + 0.5) * self.pitch

    def draw_name(
        self,
        room: Room,
        key: str,
        words: str,
        y: float,
        opacity: float,
        weight: int,
        color: str | None = None,
    ) -> list[AnyElement]:
        """Give a row's name, with its picture between it and the data."""
        size = room.label_size
        x = self.area.left - 0.8 * size
        return [
            *self.pictures.draw(key, x, y, anchor="right", opacity=opacity),
            room.text(
                words, size, color, weight=weight, x=x - self.pictures.room, y=y, anchor="right",
                opacity=opacity,
            ),
        ]  # fmt: skip
