"""`Map`: areas coloured by their values, and points, on a projection that keeps areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Unpack

import msgspec
import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.maps.color_legend import Legend, color_legend
from bazaar_nb.charts.maps.color_steps import SHADES_A_STEP, ColorSteps, standing_out
from bazaar_nb.charts.maps.geojson import read_areas
from bazaar_nb.charts.maps.map_around import clock_words, draw_clock, lay_around
from bazaar_nb.charts.maps.map_outlines import fit
from bazaar_nb.charts.maps.map_points import MapPoints, PlacedPoints
from bazaar_nb.charts.maps.map_shapes import PlacedShapes, place_shapes
from bazaar_nb.charts.maps.map_values import MapValues, read_map_values
from bazaar_nb.charts.maps.map_view import MapView
from bazaar_nb.charts.maps.point_legend import point_legend
from bazaar_nb.charts.maps.projections import Projection
from bazaar_nb.charts.parts.marks import Dot, Mark
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns, Missing, Problems
from bazaar_nb.charts.parts.time_label import TimeLabel
from bazaar_nb.scene.elements import AnyElement
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.colormaps import Colormap
from bazaar_nb.values.oklab import mix_colors

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Layout:
    box: Area
    shapes: PlacedShapes
    land: tuple[AnyElement, ...]
    empty_land: tuple[AnyElement, ...]
    steps: tuple[tuple[AnyElement, ...], ...]
    around: tuple[AnyElement, ...]
    points: PlacedPoints | None
    clock: tuple[float, float]
    callouts: PointCallOuts


class Map(Chart[_Layout]):
    """A map: areas coloured by their values, or points; areas keep their sizes.

    Parameters
    ----------
    table : DataFrame or table
        A row for each area (and moment), or for each point. A GeoDataFrame brings its shapes along.
    shapes : GeoJSON, optional
        A dict, a file, or a GeoDataFrame; in degrees of longitude and latitude. Holes, many polygons an area
        and outlines that cross 180 degrees or go around a pole are fine.
    name, value : str, optional
        Columns: which area a row is of, and its value.
    shape_name : str, optional
        The shapes' property that `name` holds, or ``id``; by default the one that fits best.
    time : str, optional
        Column of moments. Areas change their colours with time; points appear at their moment and stay.
    x, y : str, optional
        Columns of points: longitude and latitude in degrees.
    size, color, label : str, optional
        Columns of points: a number that their areas stand for, a category, words beside the largest of them.
    steps : int, sequence of float or None
        How many colours there are, about, or the edges of their values; None for a scale without steps.
    colormap : str, sequence of colour or colormap, optional
        From low to high; by default the theme's, or with `middle` its diverging one.
    middle : float, optional
        A value that is told apart from both sides, as 0 is for changes.
    projection : str or projection
        ``equal-earth`` (the world), ``lambert`` (a region), ``auto``.
    region : (west, south, east, north) or sequence of str, optional
        What is seen, in degrees; or the names of areas that fill the picture.
    legend : str, optional
        The title of the legend; by default the name of the column.
    no_data : str
        What the legend says of areas without a value.
    missing : str
        What an area shows between and after its values: ``hold`` the last one, ``gap`` none, ``leave`` joins
        values by a straight line and shows none after the last.
    **options
        Those of every `Chart`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> square = {"type": "Polygon", "coordinates": [[[5, 45], [15, 45], [15, 55], [5, 55], [5, 45]]]}
    >>> shapes = {"type": "Feature", "properties": {"name": "Here"}, "geometry": square}
    >>> table = {"place": ["Here"], "people": [80]}
    >>> chart = bz.charts.Map(table, shapes, name="place", value="people", duration=3)
    >>> bz.Composition([chart]).frames
    90
    """

    usual_duration = 5.0
    annotated = frozenset({"callouts"})

    def __init__(
        self,
        table: Any,
        shapes: Any = None,
        *,
        name: str | None = None,
        value: str | None = None,
        shape_name: str | None = None,
        time: str | None = None,
        x: str | None = None,
        y: str | None = None,
        size: str | None = None,
        color: str | None = None,
        label: str | None = None,
        steps: int | Sequence[float] | None = 5,
        colormap: Colormap | None = None,
        middle: float | None = None,
        projection: Literal["auto", "equal-earth", "lambert"] | Projection = "auto",
        region: Sequence[float] | Sequence[str] | str | None = None,
        legend: str | None = None,
        no_data: str = "No data",
        missing: Missing = "hold",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        problems = start_problems(self)
        if shapes is None and hasattr(table, "__geo_interface__") and x is None:
            shapes = table
        has_points = x is not None or y is not None
        if has_points == (value is not None) or (x is None) != (y is None):
            problems.add("give `name` and `value` for areas, or `x` and `y` for points")
            problems.raise_any()
        columns = Columns(table, problems)
        self.areas = [] if shapes is None else read_areas(shapes, problems)
        self.colors: ColorSteps | None = None
        self.clock: TimeLabel | None = None
        self.points: MapPoints | None = None
        self.values: MapValues | None = None
        self.levels = np.zeros((1, 0))
        self.no_data = no_data
        self.legend = (value or size or "") if legend is None else legend
        if has_points:
            self.points = MapPoints.read(
                columns,
                self.theme,
                x=str(x),
                y=str(y),
                name=name,
                size=size,
                color=color,
                label=label,
                time=time,
            )
            moments = None if time is None else columns.moments(time)
        else:
            if not self.areas:
                problems.add("`shapes` is missing: a GeoJSON (a dict, a file) or a GeoDataFrame")
            if name is None:
                problems.add("`name` is missing: the column that says which area a row is of")
            problems.raise_any()
            self.values = read_map_values(
                columns, self.areas, name=str(name), value=str(value), time=time, shape_name=shape_name,
                missing=missing,
            )  # fmt: skip
            chosen = colormap or (self.theme.colormap if middle is None else self.theme.diverging)
            ends = (
                (0.0, 1.0)
                if colormap is not None
                else standing_out(self.theme, is_diverging=middle is not None)
            )
            self.colors = ColorSteps.of(self.values.matrix, steps, chosen, ends, middle, "Map")
            self.shades = self.colors.shades()
            self.levels = self.values.levels(self.colors, self.phases)
            moments = self.values.moments
        self.moments = None if moments is None else moments.values
        if moments is not None:
            self.clock = TimeLabel.for_moments(moments, self.locale)
        self.keys = () if self.values is None else self.values.keys
        self.places = () if self.values is None else self.values.places
        self._check_map(problems)
        valued = {place for places in self.places for place in places}
        others = None if self.points is None else self.points.degrees
        self.view = MapView.of(self.areas, valued, others, region, projection, shape_name, problems)

    def _check_map(self, problems: Problems) -> None:
        self._check_names(self.keys if self.points is None else self.points.keys, problems)
        if self.images and (self.points is None or not any(self.points.labels)):
            problems.add("it has no place for `images`: they stand beside the `label` of points")
        self._check_call_outs("areas and points", problems)
        problems.raise_any()

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        view = self.view
        projected = view.project(self.areas)
        plane = view.plane(projected)
        seen = [plane]
        if self.points is not None:
            seen.append(np.stack(view.projection(*self.points.degrees.T), axis=1))
        words = [] if self.clock is None else clock_words(self.clock, self.moments)
        around = lay_around(
            room, area, self._legend(room, area.width), words, np.concatenate(seen), is_whole=view.is_whole
        )
        box = around.map
        inset = 0.04 * room.side if self.points is not None and not view.shown else 0.0
        placed = fit(plane, *box.inset(inset, inset, inset, inset))
        shapes = place_shapes(projected, placed, box, self._border(room), room.unit)
        land = room.theme.faint
        valued = {place for places in self.places for place in places}
        rest = [number for number in view.shown if number not in valued]
        steps = tuple(
            tuple(self._colored(shapes, np.flatnonzero(self.levels[-1] == number), color))
            for number, color in enumerate(self.colors.colors if self.colors is not None else ())
        )
        points = (
            None
            if self.points is None
            else self.points.place(room, box, view.projection, placed, self.highlight, self.images)
        )
        return _Layout(
            box,
            shapes,
            tuple(shapes.group(view.shown, land, dots=False)),
            tuple(shapes.group(rest, land, dots=False)) + self._unknown(shapes, land),
            steps,
            around.elements,
            points,
            around.clock,
            self._lay_out_call_outs(room, box, shapes, points),
        )

    def _legend(self, room: Room, width: float) -> Legend:
        """Give the legend: standing where there is room beside the map, else lying below it."""
        stands = room.shape == "wide"
        width = 0.24 * width if stands else width
        if self.points is not None or self.colors is None:
            assert self.points is not None
            return point_legend(room, self.points, self.legend, self.number, width=width, stands=stands)
        valued = {place for places in self.places for place in places}
        is_missing = bool(np.isnan(self.levels).any()) or any(one not in valued for one in self.view.shown)
        return color_legend(
            room, self.colors, self.legend, self.number, self.no_data if is_missing else None,
            room.theme.faint,
            width=width, stands=stands,
        )  # fmt: skip

    def _clock(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        """Give the moment that is shown, in words."""
        if self.clock is None or self.moments is None:
            return []
        low, high = float(self.moments.min()), float(self.moments.max())
        words = self.clock.words(low + (high - low) * self.phases.moved(time))
        return [draw_clock(room, words, *layout.clock)]

    def _lay_out_call_outs(
        self, room: Room, box: Area, shapes: PlacedShapes, points: PlacedPoints | None
    ) -> PointCallOuts:
        """Have call-outs point at areas' middles, or at points."""
        if not self.annotations.callouts:
            return PointCallOuts(box)
        if points is not None:
            places = dict(zip(points.points.keys, map(tuple, points.places.tolist()), strict=True))
        else:
            places = {
                key: center
                for key, (first, *_) in zip(self.keys, self.places, strict=True)
                if (center := shapes.centers[first]) is not None
            }
        shown = [one for one in self.annotations.callouts if one.key in places]
        spots = [places[str(one.key)] for one in shown]
        dots = np.empty((0, 2)) if points is None else points.places
        avoid = np.concatenate([shapes.land, dots])
        return PointCallOuts.lay_out(room, box, shown, spots, avoid=avoid)

    def _border(self, room: Room) -> Stroke:
        background = room.theme.background
        color = background if isinstance(background, str) else room.theme.faint
        return Stroke(color, 1.2 * room.unit, join="round")

    def _colored(
        self, shapes: PlacedShapes, keys: NDArray[np.int64], color: str, opacity: float = 1.0
    ) -> list[AnyElement]:
        numbers = (place for key in keys.tolist() for place in self.places[key])
        return shapes.group(numbers, color, opacity)

    def _unknown(self, shapes: PlacedShapes, land: str) -> tuple[AnyElement, ...]:
        """Give the areas of keys that have no value."""
        if len(self.levels) > 1:
            return ()
        return tuple(self._colored(shapes, np.flatnonzero(np.isnan(self.levels[-1])), land))

    @property
    def marks_stand_in(self) -> bool:
        """Whether the marks are not what is drawn: for a morph, areas are circles as large as they are."""
        return self.points is None

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:
        if layout.points is not None:
            return layout.points.marks(self._shown_points(room, time), self._emphasis, time)
        shapes = layout.shapes
        level = self.levels[round(self.phases.moved(time) * (len(self.levels) - 1))]
        return [
            Mark(
                key,
                Dot(*center, max(3 * room.unit, shapes.radii[first])),
                self.shades[round(float(step) * SHADES_A_STEP)],
                self._emphasis(time, key),
            )
            for key, (first, *_), step in zip(self.keys, self.places, level.tolist(), strict=True)
            if step == step and (center := shapes.centers[first]) is not None
        ]

    def _shown_points(self, room: Room, time: float) -> Floats:
        assert self.points is not None
        return self.points.shown(self.phases, room.theme.enter, time)

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        above = [*layout.around, *self._clock(room, layout, time)]
        above += layout.callouts.draw(room, time, self.phases, self.theme)
        if layout.points is not None:
            shown = self._shown_points(room, time)
            dots = layout.points.draw(shown, self._emphasis, time)
            return [*layout.land, *dots, *above]
        is_entering = self.phases.enters and time < self.phases.move_start + 0.5 * self.phases.pace
        elements = [*(layout.land if is_entering else layout.empty_land)]
        if len(self.levels) > 1:
            elements += self._draw_moving(room, layout, time, is_entering=is_entering)
        else:
            elements += self._draw_steps(room, layout, time)
        return [*elements, *above]

    def _draw_steps(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        """Give the areas of each step, which come in from the lowest to the highest."""
        assert self.colors is not None
        elements: list[AnyElement] = []
        told, dimmed = self._told(), self._emphasis(time, "")
        for number, group in enumerate(layout.steps):
            entered = self.phases.entered(time, room.theme.enter, number, len(layout.steps))
            if entered <= 0:
                continue
            if dimmed < 1:
                here = self.levels[-1] == number
                group = tuple(self._split(layout.shapes, here, told, self.colors.colors[number], dimmed))
            elements += group if entered >= 1 else [_seen(one, entered) for one in group]
        return elements

    def _draw_moving(
        self, room: Room, layout: _Layout, time: float, *, is_entering: bool
    ) -> list[AnyElement]:
        """Give the areas in the colours of a moment."""
        assert self.colors is not None
        level = self.levels[round(self.phases.moved(time) * (len(self.levels) - 1))]
        shades, land = self.shades, room.theme.faint
        told, dimmed = self._told(), self._emphasis(time, "")
        entered = self.phases.entered(time, room.theme.enter) if is_entering else 1.0
        codes = np.where(np.isnan(level), -1, np.round(np.nan_to_num(level) * SHADES_A_STEP)).astype(np.int64)
        elements: list[AnyElement] = []
        for code in np.unique(codes).tolist():
            color = land if code < 0 else shades[code]
            if entered < 1:
                color = mix_colors(land, color, entered)
            elements += self._split(layout.shapes, codes == code, told, color, dimmed)
        return elements

    def _told(self) -> NDArray[np.bool_]:
        """Give which keys are told apart."""
        return np.array([key in self.highlight for key in self.keys], bool)

    def _split(
        self,
        shapes: PlacedShapes,
        here: NDArray[np.bool_],
        told: NDArray[np.bool_],
        color: str,
        dimmed: float,
    ) -> Sequence[AnyElement]:
        """Give areas of one colour, those that are not told apart dimmed."""
        if dimmed >= 1:
            return self._colored(shapes, np.flatnonzero(here), color)
        rest = self._colored(shapes, np.flatnonzero(here & ~told), color, round(dimmed, 3))
        return rest + self._colored(shapes, np.flatnonzero(here & told), color)


def _seen(element: Any, opacity: float) -> AnyElement:
    made: AnyElement = msgspec.structs.replace(element, opacity=round(opacity * element.opacity, 3))
    return made
