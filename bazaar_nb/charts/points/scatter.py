"""`Scatter`: two measures of many things as points, with a third as size and a fourth as colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import NAMES, CallOut
from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.parts.annotation_marks import draw_placed_references, reference_boxes
from bazaar_nb.charts.parts.axis import room_for_words
from bazaar_nb.charts.parts.category_colors import check_colors
from bazaar_nb.charts.parts.legend import draw_legend
from bazaar_nb.charts.parts.marks import Dot, Mark
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.plane import AxisPlan, Plane, moment_axis, ticks_that_fit, value_axis
from bazaar_nb.charts.parts.plane_words import PlaneWords, Pointed
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.scale_legends import color_bar
from bazaar_nb.charts.parts.table import Columns, Moments, Problems
from bazaar_nb.charts.points.point_colors import PointColors
from bazaar_nb.charts.points.point_labels import PointLabel, covered_places, place_point_labels, point_boxes
from bazaar_nb.charts.points.point_sizes import PointSizes
from bazaar_nb.charts.points.trend_line import draw_trend, find_trend
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrays import ColorArray
from bazaar_nb.scene.elements import AnyElement, Points
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_STAGGER_S = 0.5  # from the first point to the last
_EASE_STEPS = 64
_TREND_S = 0.8


@dataclass(frozen=True)
class _Layout:
    plane: Plane
    still: tuple[AnyElement, ...]
    points: Floats
    """Shape (n, 2), in pixels."""
    radii: Floats
    colors: ColorArray
    opacity: float
    delays: Floats
    """Seconds by which points come in after the first."""
    ease: Floats
    """The theme's easing at even steps."""
    labels: tuple[PointLabel, ...]
    pictures: NameImages
    trend: Floats | None
    """Two points in pixels."""
    callouts: PointCallOuts
    order: Any
    """Of points, the lowest first."""
    whole: Points
    """All points once they have come in."""


class Scatter(Chart[_Layout]):
    """Two measures of many things as points; more measures as sizes and colours.

    Rows that lack x, y or size are left out.

    Parameters
    ----------
    table : DataFrame or table
        A row for each point.
    x, y : str
        Columns of numbers; x may be dates, too.
    name : str, optional
        Column of the points' names; none may come twice.
    size : str, optional
        Column of numbers that areas stand for.
    color : str, optional
        Column of numbers (a colormap), or of words (a colour each).
    group : str, optional
        Column of words, or of numbers that are names: a colour each.
    colors : dict, optional
        Of groups.
    labels : sequence of str or str, optional
        Names that are written; ``"all"`` writes those that there is room for, the largest first. Who is
        highlighted has a name in any case.
    trend : bool
        Whether there is a straight line through the points (least squares; on log axes of the logarithms).
    log_x, log_y : bool
        Whether equal ratios are equal steps on an axis.
    **options
        Those of every `Chart`; `highlight` takes names and groups.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> tea = {"country": ["Kenya", "Turkey", "Chile"], "cups": [1.2, 3.2, 0.7], "price": [2, 3, 4]}
    >>> points = bz.charts.Scatter(tea, x="price", y="cups", name="country", labels="all", duration=3)
    >>> bz.Composition([points]).frames
    90
    """

    usual_duration = 5.0
    annotated = frozenset(NAMES) - {"events"}

    def __init__(
        self,
        table: Any,
        *,
        x: str,
        y: str,
        name: str | None = None,
        size: str | None = None,
        color: str | None = None,
        group: str | None = None,
        colors: Mapping[str, str] | None = None,
        labels: Sequence[str] | str | None = None,
        trend: bool = False,
        log_x: bool = False,
        log_y: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if color is not None and group is not None:
            raise InvalidValueError("`color` and `group` are both colours: give one of them (Scatter)")
        problems = start_problems(self)
        columns = Columns(table, problems)
        columns.require(x=x, y=y, name=name, size=size, color=color, group=group)
        self.log_x, self.log_y, self.has_trend = log_x, log_y, trend
        moments = None if columns.is_number(x) else columns.moments(x)
        if moments is not None and moments.kind != "date":
            moments = None
        at_x = columns.numbers(x, positive=log_x) if moments is None else moments.values
        at_y = columns.numbers(y, positive=log_y)
        sizes = columns.numbers(size) if size is not None else np.ones(columns.rows)
        for row in np.flatnonzero(sizes < 0).tolist():
            problems.add("must not be negative", column=size, row=row)
        keys = columns.keys(name) if name is not None else [f"row {row}" for row in range(columns.rows)]
        _check_once(keys, name, problems)
        kept = np.flatnonzero(~(np.isnan(at_x) | np.isnan(at_y) | np.isnan(sizes)))
        problems.raise_any()
        if not len(kept):
            problems.add(f"no row has {x!r} and {y!r}")
        problems.raise_any()
        self.has_names = name is not None
        self.x, self.y = at_x[kept], at_y[kept]
        self.point_sizes = PointSizes(sizes[kept], size)
        self.keys = tuple(keys[row] for row in kept.tolist())
        self.moments = None if moments is None else Moments(self.x, moments.kind)
        self.colors = PointColors.read(columns, color, group, dict(colors or {}), kept)
        self.labels = self._chosen(labels, problems)
        self._check_names([*self.keys, *self.colors.groups], problems)
        check_colors(colors or {}, self.colors.groups, "Scatter")
        self.words = PlaneWords.read(self.annotations, problems, x=self.moments)
        self.pointed = [
            one for said in self.annotations.callouts if (one := self._point_at(said, problems)) is not None
        ]
        problems.raise_any()

    def _chosen(self, labels: Sequence[str] | str | None, problems: Problems) -> tuple[int, ...]:
        """Give the points that have a name, the most important first."""
        if not self.has_names:
            if labels is not None:
                problems.add("`labels` needs `name`, the column of names")
            return ()
        place = {key: number for number, key in enumerate(self.keys)}
        first = [place[key] for key in self.highlight if key in place]
        if labels == "all":
            rest = np.argsort(-self.point_sizes.values, kind="stable").tolist()[:400]
        else:
            wanted = [] if labels is None else [labels] if isinstance(labels, str) else list(labels)
            for one in wanted:
                if str(one) not in place:
                    problems.add(f"`labels` names {str(one)!r:.60}, which is not there")
            rest = [place[str(one)] for one in wanted if str(one) in place]
        pointed = {one.key for one in self.annotations.callouts}
        return tuple(n for n in dict.fromkeys([*first, *rest]) if self.keys[n] not in pointed)

    def _point_at(self, callout: CallOut, problems: Problems) -> Pointed | None:
        at = callout.at if callout.at is not None else self.phases.move_start + 0.6 * self.phases.pace
        if callout.key is not None:
            if callout.key not in self.keys:  # told by `_check_names`
                return None
            number = self.keys.index(callout.key)
            return Pointed(callout, float(self.x[number]), float(self.y[number]), at)
        try:
            x = self.moments.place(callout.x) if self.moments is not None else float(callout.x)
            return Pointed(callout, x, float(callout.y), at)
        except (InvalidValueError, TypeError, ValueError):
            problems.add(f"`callouts` {callout.text!r:.40} needs `key`, or `x` and `y`")
            return None

    def _pointed_at(self) -> list[int]:
        return [self.keys.index(one.callout.key) for one in self.pointed if one.callout.key in self.keys]

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        radii = self.point_sizes.radii(room)
        legend, used = self._legend(room, area, radii)
        area = area.inset(top=used)
        up = self._axis(self.y, "y", self.log_y, ticks_that_fit(room, area.height, 2.6))
        across = self._axis(self.x, "x", self.log_x, ticks_that_fit(room, area.width, 4.5))
        left = room_for_words(room, up.words, "left")
        inner = self.words.make_room(room, area, across, left, 0.0)
        plane = Plane.around(
            room, inner, across, up, is_crossed=True, right=min(0.02 * room.side, radii.max())
        )
        points = np.column_stack([plane.x(self.x), plane.y(self.y)])
        from_left = np.argsort(points[:, 0], kind="stable")
        delays = np.empty(len(points))
        lasting = min(0.04 * (len(points) - 1), _STAGGER_S) * self.phases.pace
        delays[from_left] = np.linspace(0.0, lasting, len(points)) if self.phases.enters else 0.0
        references = self.words.place_references(room, plane, covered_places(room, points, radii))
        lines = draw_placed_references(room, references)
        named = [self.keys[number] for number in self.labels]
        pictures = NameImages.beside(room, self.images, named, room.label_size)
        labels = place_point_labels(
            room,
            plane.area,
            self.labels,
            self.keys,
            points,
            radii,
            self._pointed_at(),
            pictures=pictures,
            boxes=reference_boxes(room, references),
        )
        colors, order = self.colors.of_points(self.theme), self._order()
        opacity = 0.82 if len(points) <= 200 else 0.6 if len(points) <= 2000 else 0.35
        ease = np.array([room.theme.enter(step / _EASE_STEPS) for step in range(_EASE_STEPS + 1)])
        return _Layout(
            plane=plane,
            still=(*legend, *plane.elements, *self.words.titles(room, plane, area.left), *lines),
            points=points,
            radii=radii,
            colors=colors,
            opacity=opacity,
            delays=delays,
            ease=ease,
            labels=tuple(labels),
            pictures=pictures,
            trend=find_trend(points, plane.area) if self.has_trend else None,
            callouts=self.words.lay_out_call_outs(
                room,
                plane,
                self.pointed,
                points,
                [*(one.box for one in labels), *point_boxes(room, points, radii)],
                self._gaps(radii),
            ),
            order=order,
            whole=self._points(room, order, points, radii, colors, np.full(len(points), opacity)),
        )

    def _gaps(self, radii: Floats) -> list[float]:
        """Give what the points take that call-outs point at: their radii, and nothing at a bare place."""
        places = {key: number for number, key in enumerate(self.keys)}
        numbers = [places.get(one.callout.key or "") for one in self.pointed]
        return [0.0 if number is None else float(radii[number]) for number in numbers]

    def _legend(self, room: Room, area: Area, radii: Floats) -> tuple[tuple[AnyElement, ...], float]:
        size, sizes = room.label_size, self.point_sizes.legend(room, area, radii, self.number)
        beside = area.inset(right=sizes.width + 1.5 * size if sizes.width else 0.0)
        colors: Sequence[AnyElement] = ()
        used = 0.0
        if self.colors.groups:
            colors, used = draw_legend(room, beside, list(self.colors.of_groups(self.theme).items()))
        elif self.colors.measure is not None:
            title = room.shorten(self.colors.title, size, 0.3 * area.width)
            bar = color_bar(room, beside, room.theme.colormap, self.colors.limits, self.number, title)
            colors, used = bar.elements, bar.height
        used = max(used, sizes.height)
        return (*colors, *sizes.elements), used + (0.5 * size if used else 0.0)

    def _axis(self, values: Floats, axis: str, is_log: bool, most: int) -> AxisPlan:
        if axis == "x" and self.moments is not None:
            return moment_axis(self.moments, self.locale, most)
        is_years = values.min() >= 1000 and values.max() < 3000 and (values == np.round(values)).all()
        if axis == "x" and is_years and not is_log and values.min() < values.max():
            return moment_axis(Moments(values, "number"), self.locale, most)
        low, high = self.words.holds(axis, float(values.min()), float(values.max()))
        return value_axis(low, high, self.number, is_log=is_log, most=most, is_tight=True)

    def _seen(self, layout: _Layout, time: float) -> tuple[Floats, Floats]:
        """Give how far points have come in, and their opacity."""
        phases = self.phases
        if not phases.enters:
            entered = np.ones(len(self.x))
        else:
            lasting = phases.move_start - phases.enter_start
            part = np.clip((time - phases.enter_start - layout.delays) / max(1e-9, lasting), 0.0, 1.0)
            entered = np.interp(part * _EASE_STEPS, np.arange(_EASE_STEPS + 1), layout.ease)
        opacity = np.full(len(self.x), layout.opacity)
        if self.highlight:
            told = np.array(
                [
                    key in self.highlight or group in self.highlight
                    for key, group in zip(self.keys, self.colors.group_of, strict=True)
                ]
            )
            rest = self._emphasis(time, "")
            opacity = np.where(told, opacity + (1 - opacity) * (1 - rest), opacity * rest)
        return entered, opacity

    def _marks(self, room: Room, layout: _Layout, time: float) -> list[Mark]:
        """Give the points of a moment by their keys, the lowest first."""
        del room
        entered, opacity = self._seen(layout, time)
        colors = ["#" + "".join(f"{part:02x}" for part in row[:3]) for row in layout.colors.values().tolist()]
        places, radii = layout.points.tolist(), (layout.radii * entered).tolist()
        return [
            Mark(self.keys[n], Dot(places[n][0], places[n][1], radii[n]), colors[n], float(opacity[n]))
            for n in layout.order.tolist()
        ]

    def _order(self) -> Any:
        """Give points from the lowest: small ones lie on large ones, the highlighted on all."""
        told = np.array([key in self.highlight for key in self.keys]) if self.highlight else 0
        return np.lexsort((-self.point_sizes.values, told * np.ones(len(self.point_sizes.values))))

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        elements = list(layout.still)
        done = self.phases.move_start + float(layout.delays.max())
        if time >= done and (not self.highlight or time <= self.highlight_at):
            elements.append(layout.whole)
        else:
            entered, opacity = self._seen(layout, time)
            there = layout.order[entered[layout.order] > 0.01]
            if len(there):
                radii = layout.radii * entered
                elements.append(self._points(room, there, layout.points, radii, layout.colors, opacity))
        pace = self.phases.pace
        grown = eased(time, self.phases.move_start + 0.2 * pace, _TREND_S * pace, room.theme.move)
        return [
            *elements,
            *draw_trend(room, layout.trend, grown),
            *self._draw_words(room, layout, time),
        ]

    def _points(
        self, room: Room, there: Any, points: Floats, radii: Floats, colors: ColorArray, opacity: Floats
    ) -> Points:
        edge = None
        if len(self.x) <= 300 and isinstance(room.theme.background, str):
            edge = Stroke(room.theme.background, 1.5 * room.unit)
        own: Any = opacity[there]
        return Points(
            points[there, 0], points[there, 1], size=2 * radii[there],
            color=ColorArray((len(there), 4), colors.values()[there].tobytes()), opacity=own, stroke=edge,
        )  # fmt: skip

    def _draw_words(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        elements: list[AnyElement] = []
        phases, size, edge = self.phases, room.label_size, room.halo
        for place, one in enumerate(layout.labels):
            start = phases.move_start - 0.2 * phases.pace if phases.enters else 0.0
            seen = eased(
                time, start + min(0.04 * place, 0.5) * phases.pace, 0.3 * phases.pace, room.theme.enter
            )
            key, group = self.keys[one.number], self.colors.group_of[one.number]
            if self.highlight and not (key in self.highlight or group in self.highlight):
                seen *= self._emphasis(time, "")
            if seen > 0.004:
                shown = round(min(1.0, seen), 3)
                elements += layout.pictures.draw(key, one.box.left, one.box.middle[1], opacity=shown)
                elements.append(
                    room.text(
                        one.words, size, weight=600, x=one.x, y=one.y, anchor=one.anchor,
                        opacity=shown, outline=edge,
                    )
                )  # fmt: skip
        return elements + layout.callouts.draw(room, time, phases, room.theme)


def _check_once(keys: Sequence[str], column: str | None, problems: Problems) -> None:
    first: dict[str, int] = {}
    for row, key in enumerate(keys):
        if key and first.setdefault(key, row) != row:
            problems.add(
                f"{key!r:.60} comes a second time (first in row {first[key]})", column=column, row=row
            )
