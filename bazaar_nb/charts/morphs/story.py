"""`Story`: views of a table one after another, with morphs between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Unpack

from bazaar_nb.charts.chart import Chart, Options, entered
from bazaar_nb.charts.morphs.morphs import Morph
from bazaar_nb.charts.morphs.views import VIEWS_OWN
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement
from bazaar_nb.scene.frame import Frame

_CHANGE_S = 1.8


class Story(Chart[None]):
    """Charts that become each other: each is shown for a while, then changes into the next.

    Parameters
    ----------
    views : sequence of Chart
        At least one; each has its own title. The first comes in as it does alone, the others by a `morph`.
    pause : float or sequence of float, optional
        Seconds that each view is shown between the changes; by default each chart's own duration.
    change : float
        Seconds of each change.
    **options
        Those of every `Chart` that concern the scene; with `duration`, all is as much slower or quicker.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = {"source": ["Wind", "Sun", "Gas"], "TWh": [140, 72, 78]}
    >>> views = [
    ...     bz.charts.Share(table, name="source", value="TWh", title="Wind leads"),
    ...     bz.charts.Share(table, name="source", value="TWh", form="waffle", title="48 of 100 kWh"),
    ... ]
    >>> bz.charts.Story(views, pause=3).duration
    7.8
    """

    refused = VIEWS_OWN | {"leave"}

    def __init__(
        self,
        views: Sequence[Chart[Any]],
        *,
        pause: float | Sequence[float] | None = None,
        change: float = _CHANGE_S,
        **options: Unpack[Options],
    ) -> None:
        charts = list(views)
        _check(charts, pause, change)
        pauses = _pauses(charts, pause)
        natural = sum(pauses) + change * (len(charts) - 1)
        options.setdefault("duration", natural)
        options.setdefault("theme", charts[0].theme)
        options.setdefault("background", charts[0].background)
        options["enter"] = False
        super().__init__(**options)
        self.rate = natural / self.duration
        self.parts: list[Chart[Any]] = []
        self.starts: list[float] = []
        at = 0.0
        for number, (chart, lasting) in enumerate(zip(charts, pauses, strict=True)):
            self.parts.append(chart if number == 0 else entered(chart))
            self.starts.append(at)
            at += lasting
            if number + 1 < len(charts):
                self.parts.append(
                    Morph(self.parts[-1], charts[number + 1], start_at=lasting, duration=change)
                )
                self.starts.append(at)
                at += change

    def chapters(self) -> tuple[Chart[Any], ...]:
        """Give the story as scenes of its own, one a view: each with the change that leads to it.

        In a row they show what the story shows; a player then has a mark for each view, by its
        ``scene_name``, and other scenes can come before, between and after.

        Examples
        --------
        >>> import bazaar_nb as bz
        >>> table = {"source": ["Wind", "Sun", "Gas"], "TWh": [140, 72, 78]}
        >>> donut = bz.charts.Share(table, name="source", value="TWh", scene_name="shares")
        >>> bars = bz.charts.Bars(table, name="source", value="TWh", scene_name="amounts")
        >>> film = bz.Composition(bz.charts.Story([donut, bars], pause=3).chapters())
        >>> [mark.name for mark in film.marks]
        ['shares', 'amounts']
        """
        begin = [0.0, *(start / self.rate for start in self.starts[1::2]), self.duration]
        return tuple(
            _Chapter(
                self, start, duration=stop - start, scene_name=view.to_scene().name, theme=view.theme,
                background=self.background,
            )
            for view, (start, stop) in zip(self.parts[::2], pairwise(begin), strict=True)
        )  # fmt: skip

    def _part_at(self, time: float) -> tuple[Chart[Any], float]:
        told = time * self.rate
        number = bisect_right(self.starts, told + 1e-9) - 1
        part = self.parts[number]
        return part, min(max(0.0, told - self.starts[number]), part.phases.leave_start)

    def _scene_elements(self, frame: Frame) -> list[AnyElement]:
        return self._shown(frame.time, frame.width, frame.height)

    def _shown(self, at: float, width: float, height: float) -> list[AnyElement]:
        part, time = self._part_at(at)
        return part._backdrop(time) + part._elements(time, width, height, is_frame=True)

    def _elements(self, time: float, width: float, height: float, *, is_frame: bool) -> list[AnyElement]:
        part, told = self._part_at(min(max(time, 0.0), self.duration))
        return part._elements(told, width, height, is_frame=is_frame)

    def _lay_out(self, room: Room, area: Area) -> None:
        """Lay nothing out: each part does so itself."""

    def _draw(self, room: Room, layout: None, time: float) -> list[AnyElement]:  # noqa: ARG002
        return self._elements(time, room.width, room.height, is_frame=room.is_frame)


class _Chapter(Chart[None]):
    """A part of a story's time."""

    def __init__(self, story: Story, start: float, **options: Unpack[Options]) -> None:
        options["enter"] = False
        super().__init__(**options)
        self.story, self.start = story, start

    def _scene_elements(self, frame: Frame) -> list[AnyElement]:
        return self.story._shown(self._told(frame.time), frame.width, frame.height)

    def _elements(self, time: float, width: float, height: float, *, is_frame: bool) -> list[AnyElement]:
        return self.story._elements(self._told(time), width, height, is_frame=is_frame)

    def _told(self, time: float) -> float:
        return self.start + min(max(time, 0.0), self.duration)

    def _lay_out(self, room: Room, area: Area) -> None:
        """Lay nothing out: the story does so itself."""

    def _draw(self, room: Room, layout: None, time: float) -> list[AnyElement]:  # noqa: ARG002
        return self._elements(time, room.width, room.height, is_frame=room.is_frame)


def _check(charts: list[Chart[Any]], pause: Any, change: float) -> None:
    if not charts:
        raise InvalidValueError("`views` must have at least one chart, got none (Story)")
    for number, chart in enumerate(charts):
        if not isinstance(chart, Chart):
            raise InvalidValueError(f"`views[{number}]` must be a chart, got {chart!r:.60} (Story)")
    if not change > 0:
        raise InvalidValueError(f"`change` must be positive, got {change!r} (Story)")
    if pause is not None and not isinstance(pause, int | float) and len(pause) != len(charts):
        raise InvalidValueError(
            f"`pause` must be one number, or one for each of the {len(charts)} views, "
            f"got {len(pause)} (Story)"
        )


def _pauses(charts: list[Chart[Any]], pause: float | Sequence[float] | None) -> list[float]:
    if pause is None:
        found = [chart.phases.leave_start for chart in charts]
    elif isinstance(pause, int | float):
        found = [float(pause)] * len(charts)
    else:
        found = [float(one) for one in pause]
    if min(found) <= 0:
        raise InvalidValueError(f"`pause` must be positive, got {min(found)!r} (Story)")
    return found
