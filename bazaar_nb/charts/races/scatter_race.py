"""A scatter race: bubbles of two measures that wander while time passes, as Gapminder made them known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.parts.annotation_marks import (
    draw_axis_titles,
    draw_references,
    place_references,
    reference_boxes,
    room_for_titles,
)
from bazaar_nb.charts.parts.axis import Tick, draw_grid, draw_tick_words, room_for_words, thin_out
from bazaar_nb.charts.parts.call_outs import PlacedCallOut, draw_call_out, place_call_outs
from bazaar_nb.charts.parts.category_colors import check_colors, color_categories
from bazaar_nb.charts.parts.growing_axis import STEPS_A_SECOND
from bazaar_nb.charts.parts.legend import draw_legend
from bazaar_nb.charts.parts.marks import Dot, Mark
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns, Missing, Problems, fill_gaps, pivot
from bazaar_nb.charts.parts.time_label import TimeLabel
from bazaar_nb.charts.races.measure_axis import MeasureAxis, words_of_ticks
from bazaar_nb.charts.races.moving_labels import at_step, sampled, spread_over_time
from bazaar_nb.charts.races.paths import Paths
from bazaar_nb.charts.races.race_options import check_choice
from bazaar_nb.charts.races.race_words import Said, draw_events, time_call_outs, time_events
from bazaar_nb.charts.races.trails import draw_trails
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.scales import Linear, Log
from bazaar_nb.scene.array_elements import Points
from bazaar_nb.scene.elements import AnyElement
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.color import parse_color

Floats = NDArray[np.float64]
_LARGEST = 0.06  # of the shorter side: half the largest bubble's width
_SMALLEST = 0.006
_USUAL = 0.011  # where no column tells sizes
_SEEN = 0.88


@dataclass(frozen=True)
class _Layout:
    plot: Area
    left: float
    below: float
    x: Linear | Log
    y: Linear | Log
    px: Floats
    py: Floats
    radii: Floats
    still: tuple[AnyElement, ...]
    named: tuple[int, ...]
    names: tuple[str, ...]
    pictures: NameImages
    labels: Floats
    callouts: tuple[tuple[Said, PlacedCallOut, int], ...]


class ScatterRace(Chart[_Layout]):
    """Bubbles that wander over two measures while time passes, with trails and names of the chosen.

    Parameters
    ----------
    table : DataFrame or table
        A row for each moment and name.
    x, y : str
        Columns of numbers. Axes hold all of the time, so that they stand still.
    time : str
        Column of moments: numbers, dates, periods, or words in their order. Uneven ones stay uneven.
    name : str
        Column of names: equal ones are one bubble that moves.
    size : str, optional
        Column of numbers from 0 that the bubbles' areas tell.
    color : str, optional
        Column of words by which bubbles share a colour, with a legend.
    colors : dict, optional
        Of what `color` holds, or of names.
    log : str
        Axes on which equal ratios are equal steps: ``"x"``, ``"y"``, ``"xy"``, or none, ``""``.
    labels : int or sequence of str
        Names that are seen: those that are told, or those of so many largest bubbles. What `highlight`
        names is always among them.
    trails : bool or sequence of str
        Whose way is drawn: True for those of `highlight`.
    missing : str
        Between and after a name's values: ``leave`` joins them and lets the bubble go after the last,
        ``hold`` keeps the last, ``gap`` hides the bubble meanwhile.
    **options
        Those of every `Chart`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = {"year": [2000, 2010, 2000, 2010], "land": ["A", "A", "B", "B"],
    ...          "income": [900, 4000, 30000, 41000], "years": [52, 61, 78, 81], "people": [9, 12, 60, 64]}
    >>> race = bz.charts.ScatterRace(
    ...     table, x="income", y="years", time="year", name="land", size="people", log="x", duration=4)
    >>> bz.Composition([race]).frames
    120
    """

    usual_duration = 10.0
    rest = 0.3
    has_ghost = False  # who is there at the start stands in its place
    annotated: ClassVar[frozenset[str]] = frozenset(
        {"x_title", "y_title", "references", "callouts", "events"}
    )

    def __init__(
        self,
        table: Any,
        *,
        x: str,
        y: str,
        time: str,
        name: str,
        size: str | None = None,
        color: str | None = None,
        colors: Mapping[str, str] | None = None,
        log: Literal["", "x", "y", "xy"] = "",
        labels: int | Sequence[str] = 5,
        trails: bool | Sequence[str] = True,
        missing: Missing = "leave",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        check_choice("missing", missing, ("leave", "hold", "gap"), "ScatterRace")
        check_choice("log", log, ("", "x", "y", "xy"), "ScatterRace")
        problems = start_problems(self)
        columns = Columns(table, problems)
        columns.require(x=x, y=y, time=time, name=name, size=size, color=color)
        self.moments = columns.moments(time)
        keys = columns.keys(name)
        measures = {
            "x": (x, columns.numbers(x, positive="x" in log)),
            "y": (y, columns.numbers(y, positive="y" in log)),
        }
        if size is not None:
            measures["size"] = (size, columns.numbers(size))
            for row in np.flatnonzero(measures["size"][1] < 0).tolist():
                problems.add("a size can't be below 0", column=size, row=row)
        groups = columns.texts(color) if color is not None else []
        problems.raise_any()
        self.log, self.x_name, self.y_name = log, x, y
        matrices: dict[str, Floats] = {}
        for measure, (column, values) in measures.items():
            self.times, self.keys, found = pivot(self.moments.values, keys, values, problems, column)
            problems.raise_any()
            matrices[measure] = found
        self._check_choice(labels, trails, problems)
        self.said_events = time_events(self.annotations.events, self.moments, self.phases, problems)
        self.said_call_outs = time_call_outs(self.annotations.callouts, self.moments, self.phases, problems)
        problems.raise_any()
        self._move(matrices, missing)
        self._color(dict(zip(keys, groups, strict=True)) if groups else {}, colors or {})
        self.clock = TimeLabel.for_moments(self.moments, self.locale)

    def _check_choice(
        self, labels: int | Sequence[str], trails: bool | Sequence[str], problems: Problems
    ) -> None:
        """Find whose names and ways are seen."""
        self._check_names(self.keys, problems)
        self.label_count = labels if isinstance(labels, int) else 0
        told = () if isinstance(labels, int) else (labels,) if isinstance(labels, str) else tuple(labels)
        trailing = (
            self.highlight if trails is True else () if trails is False
            else (trails,) if isinstance(trails, str) else tuple(trails)
        )  # fmt: skip
        for option, names in (("labels", told), ("trails", trailing)):
            for one in names:
                if one not in self.keys:
                    problems.add(f"`{option}` names {one!r:.60}, which is not there")
        self.trailing = tuple(self.keys.index(one) for one in trailing if one in self.keys)
        self.told = tuple(
            self.keys.index(one) for one in dict.fromkeys((*self.highlight, *told)) if one in self.keys
        )

    def _move(self, matrices: dict[str, Floats], missing: Missing) -> None:
        """Find where bubbles are at each step of the film's time."""
        phases = self.phases
        self.steps = max(2, round(max(0.0, phases.move_stop - phases.move_start) * STEPS_A_SECOND) + 1)
        filled = {measure: fill_gaps(self.times, matrix, missing) for measure, matrix in matrices.items()}
        self.paths = Paths.through(self.times, filled, self.steps, tuple(self.log))
        self.where, self.there = self.paths.measures, self.paths.there
        if not self.there.any():
            raise InvalidValueError("ScatterRace: no name has a value of each column at any moment")
        biggest = self.where["size"] if "size" in self.where else self.where["y"]
        weight = np.where(self.there, biggest, -np.inf).max(axis=0)
        order = np.argsort(-weight, kind="stable").tolist()
        more = [one for one in order if one not in self.told][: max(0, self.label_count - len(self.told))]
        self.named = (*self.told, *more)
        self.chosen = np.isin(np.arange(len(self.keys)), self.told)
        self.order = np.array(order)  # small ones over large ones

    def _color(self, groups: dict[str, str], colors: Mapping[str, str]) -> None:
        check_colors(colors, [*self.keys, *groups.values()], "ScatterRace")
        names = list(dict.fromkeys(one for one in groups.values() if one))
        by_group = color_categories(names, self.theme.palette, colors)
        plain = self.theme.palette[0]
        self.colors = tuple(colors.get(key, by_group.get(groups.get(key, ""), plain)) for key in self.keys)
        self.legend = tuple(by_group.items())
        self.rgb = np.array(
            [[round(255 * part) for part in parse_color(one)[:3]] for one in self.colors], np.uint8
        )

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        size = room.label_size
        still, legend = draw_legend(room, area, self.legend)
        y_title = self.annotations.y_title or self.y_name
        x_title = self.annotations.x_title or self.x_name
        above, below_title = room_for_titles(room, x_title, y_title)
        below = 1.7 * size
        area = area.inset(top=legend + above + 0.6 * size, bottom=below + below_title)
        across, up = self._axis("x"), self._axis("y")
        y_values = up.ticks(max(3, int(area.height / (4 * size))))
        y_words = words_of_ticks(self.number, y_values)
        words = [y_words(value) for value in y_values.tolist()]
        plot = area.inset(left=room_for_words(room, words, "left") + 0.4 * size, right=0.6 * size)
        x, y = across.scale(plot.left, plot.right), up.scale(plot.bottom, plot.top)
        x_values = across.ticks(max(3, min(8, int(plot.width / (4.5 * size)))))
        x_words = words_of_ticks(self.number, x_values)
        ticks_x = thin_out(room, [Tick(float(x(v)), x_words(v)) for v in x_values.tolist()])
        ticks_y = [Tick(float(y(value)), word) for value, word in zip(y_values.tolist(), words, strict=True)]
        still += [
            *draw_grid(room, plot, "left", ticks_y), *draw_grid(room, plot, "bottom", ticks_x),
            *draw_tick_words(room, plot, "left", ticks_y), *draw_tick_words(room, plot, "bottom", ticks_x),
            *draw_axis_titles(room, plot, x_title, y_title, left=area.left, below=below),
        ]  # fmt: skip
        most = 0.28 * plot.width
        names = tuple(room.shorten(self.keys[number], size, most, 600) for number in self.named)
        pictures = NameImages.beside(room, self.images, [self.keys[number] for number in self.named], size)
        layout = _Layout(
            plot, area.left, below, x, y, np.asarray(x(self.where["x"])), np.asarray(y(self.where["y"])),
            self._radii(room), tuple(still), self.named, names, pictures, np.zeros((1, 1)), (),
        )  # fmt: skip
        layout = _Layout(**{**vars(layout), "labels": self._place_names(room, layout)})
        return _Layout(**{**vars(layout), "callouts": self._place_call_outs(room, layout)})

    def _axis(self, measure: str) -> MeasureAxis:
        told = [float(one.value) for one in self.annotations.references if (one.axis or "y") == measure]
        return MeasureAxis.around(self.where[measure][self.there], told, is_log=measure in self.log)

    def _radii(self, room: Room) -> Floats:
        """Give bubbles' radii in pixels at each step: their areas are as the sizes."""
        if "size" not in self.where:
            return np.full(self.there.shape, _USUAL * room.side)
        sizes = self.where["size"]
        largest = float(sizes[self.there].max())
        share = np.sqrt(np.clip(sizes / largest, 0, 1)) if largest > 0 else np.zeros_like(sizes)
        return np.asarray(np.maximum(_LARGEST * share, _SMALLEST) * room.side)

    def _place_names(self, room: Room, layout: _Layout) -> Floats:
        """Find how high names stand at each sample of the time: apart from one another."""
        mine = list(layout.named)
        if not mine:
            return np.zeros((1, 0))
        ys = sampled(layout.py[:, mine])
        there = sampled(self.there[:, mine].astype(np.float64)) > 0.5
        height = 1.15 * room.label_size
        return spread_over_time(
            ys, there, height, layout.plot.top, layout.plot.bottom, self.phases.pace,
            self._beside(room, layout, mine),
        )  # fmt: skip

    def _beside(self, room: Room, layout: _Layout, mine: list[int]) -> NDArray[np.bool_]:
        """Tell which names are beside each other at each sample, and so must keep apart."""
        xs, radii = sampled(layout.px[:, mine]), sampled(layout.radii[:, mine])
        widths = np.array([room.width_of(name, room.label_size, 600) for name in layout.names])
        widths += [layout.pictures.room_of(self.keys[number]) for number in mine]
        left, right = xs + radii, xs + radii + widths + 1.4 * room.label_size
        beside: NDArray[np.bool_] = (left[:, :, None] < right[:, None, :]) & (
            left[:, None, :] < right[:, :, None]
        )
        return beside

    def _place_call_outs(self, room: Room, layout: _Layout) -> tuple[tuple[Said, PlacedCallOut, int], ...]:
        boxes = reference_boxes(
            room, place_references(room, layout.plot, self.annotations.references, x=layout.x, y=layout.y)
        )
        found = []
        for said in self.said_call_outs:
            assert said.callout is not None
            number, step = self.keys.index(str(said.callout.key)), said.part * (self.steps - 1)
            px, py, radii, there = self._now(layout, step)
            if there[number] > 0.5:
                points = np.stack([px, py], axis=1)
                at, gap = (float(px[number]), float(py[number])), float(radii[number])
                placed = place_call_outs(room, layout.plot, [said.callout], [at], points, boxes, [gap])[0]
                found.append((said, placed, number))
        return tuple(found)

    def _now(self, layout: _Layout, step: float) -> tuple[Floats, Floats, Floats, Floats]:
        """Give places and radii in pixels, and presence, at a step; between two counts too."""
        first = min(int(step), self.steps - 2)
        part = step - first
        px, py, radii, there = (
            table[first] * (1 - part) + table[first + 1] * part
            for table in (layout.px, layout.py, layout.radii, self.paths.present)
        )
        return px, py, radii, there

    def _seen(self, room: Room, time: float, there: Floats) -> tuple[Floats, NDArray[np.intp]]:
        """Give the opacity of bubbles, and those that are seen, the lowest first."""
        opacity = there * (_SEEN * self.phases.colored(time, room.theme.enter))
        if self.highlight:
            opacity *= np.where(self.chosen, 1.0, self._emphasis(time, ""))
        return opacity, self.order[opacity[self.order] > 0.004]

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:
        """Give the bubbles of a moment by key, the lowest first."""
        px, py, radii, there = self._now(layout, self.phases.moved(time) * (self.steps - 1))
        opacity, seen = self._seen(room, time, there)
        return [
            Mark(
                self.keys[number], Dot(float(px[number]), float(py[number]), float(radii[number])),
                self.colors[number], round(float(opacity[number]), 3),
            )
            for number in seen.tolist()
        ]  # fmt: skip

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        phases, plot = self.phases, layout.plot
        step = phases.moved(time) * (self.steps - 1)
        moment = float(self.times[0] + phases.moved(time) * (self.times[-1] - self.times[0]))
        px, py, radii, there = self._now(layout, step)
        elements: list[AnyElement] = [*self.clock.draw(room, plot, moment), *layout.still]
        appeared = phases.colored(time, room.theme.enter)
        opacity, seen = self._seen(room, time, there)
        passed = int(np.searchsorted(self.times, moment, side="right"))
        elements += draw_trails(
            room, self.trailing, self.colors, (layout.px, layout.py), (px, py), self.paths, step, passed,
            appeared,
        )  # fmt: skip
        if len(seen):
            paint = np.empty((len(seen), 4), np.uint8)
            paint[:, :3], paint[:, 3] = self.rgb[seen], 255 * opacity[seen] + 0.5
            edge = room.theme.background if isinstance(room.theme.background, str) else None
            elements.append(
                Points(
                    px[seen], py[seen], size=2 * radii[seen], color=paint,
                    stroke=Stroke(edge, 1.5 * room.unit) if edge else None,
                )
            )  # fmt: skip
        elements += draw_references(room, plot, self.annotations.references, x=layout.x, y=layout.y)
        elements += self._names(room, layout, step, px, radii, opacity / _SEEN)
        if self.said_events:
            at = plot.right, plot.bottom - 1.15 * self.clock.size(room, plot)
            elements += draw_events(room, self.said_events, time, phases.pace, at, 0.4 * plot.width)
        for said, placed, number in layout.callouts:
            shown = said.seen(time, phases.pace, room.theme.enter) * float(there[number])
            gap = float(radii[number])
            elements += draw_call_out(room, plot, placed, float(px[number]), float(py[number]), shown, gap)
        return elements

    def _names(
        self, room: Room, layout: _Layout, step: float, px: Floats, radii: Floats, opacity: Floats
    ) -> list[AnyElement]:
        size, theme = room.label_size, room.theme
        heights = at_step(layout.labels, step).tolist()
        elements: list[AnyElement] = []
        for place, number in enumerate(layout.named):
            if opacity[number] > 0.004:
                color = theme.legible(self.colors[number]) if self.legend else theme.ink
                key, x = self.keys[number], float(px[number] + radii[number]) + 0.3 * size
                shown = round(float(min(1.0, opacity[number])), 3)
                wide = layout.pictures.room_of(key) + room.width_of(layout.names[place], size, 600)
                x = min(x, max(layout.plot.left, room.width - 0.5 * size - wide))  # over its bubble, not cut
                elements += layout.pictures.draw(key, x, heights[place], opacity=shown)
                elements.append(
                    room.text(
                        layout.names[place], size, color, weight=600, outline=room.halo, anchor="left",
                        x=x + layout.pictures.room_of(key), y=heights[place], opacity=shown,
                    )
                )  # fmt: skip
        return elements
