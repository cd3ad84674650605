"""What all charts share: a table is read once, laid out once a size, and shown at any moment.

`Chart` does what is common: words around the chart, its time, its box. A kind of chart reads its table in
its constructor (`prepare`), and has two functions, both pure: `_lay_out` (once for a size) and `_draw`
(arrays in, elements out, nothing kept from one call to the next).
"""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, Literal, TypedDict, TypeVar, Unpack, cast

from bazaar_nb.charts.annotations import (
    CallOut,
    Event,
    Events,
    Reference,
    References,
    read_annotations,
)
from bazaar_nb.charts.parts.ghost import Ghost, find_ghost
from bazaar_nb.charts.parts.heading import Heading, set_heading
from bazaar_nb.charts.parts.phases import Phases, eased
from bazaar_nb.charts.parts.room import Area, Measuring, Room
from bazaar_nb.charts.parts.table import Problems, near_names
from bazaar_nb.charts.theme import Theme, as_theme
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.formats import NumberFormat
from bazaar_nb.scene.elements import Anchor, AnyElement, Element, Fill, Group
from bazaar_nb.scene.frame import Frame, Size
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.scene import Scene
from bazaar_nb.scene.time import Seconds

Layout = TypeVar("Layout")
ChartKind = TypeVar("ChartKind", bound="Chart[Any]")
_KEPT_LAYOUTS = 4


class Options(TypedDict, total=False):
    """What every chart takes; see `Chart`."""

    title: str | None
    subtitle: str | None
    source: str | None
    theme: Theme | str | None
    background: Paint | Literal["theme"] | None
    duration: Seconds
    scene_name: str | None
    locale: str
    number: NumberFormat | str | None
    enter: bool
    leave: bool
    images: Mapping[str, str] | None
    highlight: str | Sequence[str] | None
    highlight_at: float | None
    x_title: str | None
    y_title: str | None
    references: References | Reference | float | None
    callouts: Sequence[CallOut] | CallOut | None
    events: Events | Event | None


class Chart(ABC, Generic[Layout]):
    """A table as a picture that moves: a scene by itself, and a part of other scenes.

    Parameters
    ----------
    title, subtitle, source : str, optional
        Above the chart, and below it.
    theme : Theme or str, optional
        ``"light"``, ``"dark"`` or one of your own; by default what `use_theme` said.
    background : colour, gradient or None
        Where the chart is a scene by itself; None is transparent. The theme's by default.
    duration : seconds
        Of the scene; its phases fit into it.
    scene_name : str, optional
        Of the scene, in errors and the player's marks.
    locale : str
        Of numbers and dates, as ``de`` or ``pt_BR``.
    number : NumberFormat or str, optional
        How values are written: ``"plain"``, ``"compact"``, ``"percent"``, ``"currency"``.
    enter, leave : bool
        Whether marks come in at the start, and all fades at the end.
    images : dict, optional
        Picture files by name: flags, logos. They stand beside names, as high as letters.
    highlight : str or sequence of str, optional
        Keys that are told apart: the rest goes to 35% opacity.
    highlight_at : float, optional
        Seconds at which that happens; by default in the middle of the chart's time.
    x_title, y_title : str, optional
        Of the axes.
    references : sequence of Reference, optional
        Lines across the chart at values, or marks on bars, rings and legends of colours; also numbers, and
        pairs of value and label.
    callouts : sequence of CallOut, optional
        Words with an arrow at a data point.
    events : sequence of Event, optional
        Moments that have a name; also pairs, or a dict, of moments and words.

    Raises
    ------
    InvalidValueError
        With all that is wrong with the table, by column and row; for what the kind of chart has no
        place for, such as `events` where there is no axis of time.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> import pandas as pd
    >>> table = pd.DataFrame({"name": ["Ada", "Bob", "Cy"], "value": [3, 5, 2]})
    >>> chart = bz.charts.Bars(table, name="name", value="value", duration=4)
    >>> isinstance(chart, bz.charts.Chart), chart.duration
    (True, 4.0)
    """

    usual_duration: ClassVar[float] = 6.0
    annotated: ClassVar[frozenset[str]] = frozenset()
    """Those of x_title, y_title, references, callouts and events that the kind of chart draws."""
    refused: ClassVar[frozenset[str]] = frozenset()
    """Other options that the kind of chart has no use for: `images` where nothing has a name."""

    rest: ClassVar[float] = 0.0
    """Seconds before the first movement of marks that are there from the start."""
    has_ghost: ClassVar[bool] = True
    """Whether marks are faintly there in the first frame, before they come in: races have their own way."""

    def __init__(self, **options: Unpack[Options]) -> None:
        kind = type(self).__name__
        unknown = [name for name in options if name not in Options.__annotations__]
        if unknown:
            raise TypeError(f"{kind} has no option `{unknown[0]}`")
        self.title = _words(options.get("title"), "title", kind)
        self.subtitle = _words(options.get("subtitle"), "subtitle", kind)
        self.source = _words(options.get("source"), "source", kind)
        self.theme = as_theme(options.get("theme"))
        background = options.get("background", "theme")
        self.background = self.theme.background if background == "theme" else background
        self.locale = options.get("locale", "en")
        self.number = _as_format(options.get("number"), self.locale, kind)
        for option in sorted(self.refused):
            if options.get(option):
                raise InvalidValueError(f"{kind}: it has no place for `{option}`")
        self.images: dict[str, str] = {str(k): str(v) for k, v in (options.get("images") or {}).items()}
        self.annotations = read_annotations(options, self.annotated, kind)
        highlight = options.get("highlight")
        self.highlight: tuple[str, ...] = (
            ()
            if highlight is None
            else (highlight,)
            if isinstance(highlight, str)
            else tuple(map(str, highlight))
        )
        self._scene = Scene(
            self._scene_elements,
            duration=options.get("duration", self.usual_duration),
            name=options.get("scene_name") or kind,
        )
        duration = cast(Any, self._scene.duration)
        enters, leaves = options.get("enter", True), options.get("leave", False)
        self.phases = Phases(float(duration), enters, leaves, self.rest)
        at = options.get("highlight_at")
        middle = self.phases.move_start + 0.4 * (self.phases.leave_start - self.phases.move_start)
        self.highlight_at = middle if at is None else float(at)
        self._layouts: OrderedDict[tuple[float, float, bool], tuple[Room, Heading, Layout]] = OrderedDict()
        self._ghosts: dict[tuple[float, float, bool], Ghost | None] = {}

    @abstractmethod
    def _lay_out(self, room: Room, area: Area) -> Layout:
        """Find scales and places for a size; `area` is what the words around leave."""

    @abstractmethod
    def _draw(self, room: Room, layout: Layout, time: float) -> list[AnyElement]:
        """Give the elements of a moment, the lowest first."""

    @property
    def duration(self) -> float:
        """Seconds that the chart lasts as a scene."""
        return self.phases.duration

    def to_scene(self) -> Scene:
        """Give the chart as a scene; a `Composition` takes the chart itself, too."""
        return self._scene

    def at(
        self,
        time: float,
        width: float = 1920,
        height: float = 1080,
        *,
        x: float | str | None = None,
        y: float | str | None = None,
        anchor: Anchor = "center",
    ) -> Group:
        """Give what the chart shows at a moment, in a box.

        Parameters
        ----------
        time : float
            Seconds from the chart's start; before and after it, its first and last picture stand still.
        width, height : float
            Of the box in pixels. Letters and gaps are shares of its shorter side.
        x, y : float or str, optional
            Where the box's anchor is put; in the middle by default.
        anchor : str

        Returns
        -------
        Group
            Without a background.
        """
        if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
            raise InvalidValueError(f"`width` and `height` must be above 0, got {width!r}, {height!r} (at)")
        elements = self._elements(float(time), float(width), float(height), is_frame=False)
        return Group(tuple(elements), width=width, height=height, x=x, y=y, anchor=anchor)

    def _scene_elements(self, frame: Frame) -> list[AnyElement]:
        return self._backdrop(frame.time) + self._elements(
            frame.time, frame.width, frame.height, is_frame=True
        )

    def _backdrop(self, time: float) -> list[AnyElement]:  # noqa: ARG002
        """Give what lies below the chart where it is a scene by itself."""
        return [] if self.background is None else [Fill(self.background)]

    def _elements(self, time: float, width: float, height: float, *, is_frame: bool) -> list[AnyElement]:
        time = min(max(time, 0.0), self.duration)
        room, heading, layout = self._laid_out(width, height, is_frame)
        drawn = self._draw(room, layout, time)
        if self.has_ghost and self.phases.enters and time < self._told_at():
            ghost = self._ghost(room, layout)
            if ghost is not None:
                drawn = ghost.put_below(drawn, self.phases, time, self._told_at())
        elements = [*heading.elements, *drawn]
        gone = self.phases.gone(time)
        return elements if gone == 1.0 else [Group(tuple(elements), opacity=gone)]

    def _told_at(self) -> float:
        """Give the moment at which marks have come in: until then their ghost fades."""
        return self.phases.enter_stop

    def _entered_picture(self, room: Room, layout: Layout) -> list[AnyElement]:
        """Give the picture in which marks have come in and nothing has moved yet."""
        twin = entered(self)
        return twin._draw(room, layout, twin.phases.move_start - self.phases.move_start)

    def _ghost(self, room: Room, layout: Layout) -> Ghost | None:
        key = (room.width, room.height, room.is_frame)
        if key not in self._ghosts:
            halfway = (self.phases.enter_start + self.phases.move_start) / 2
            first, coming = (self._draw(room, layout, time) for time in (0.0, halfway))
            self._ghosts[key] = find_ghost(first, coming, self._entered_picture(room, layout))
        return self._ghosts[key]

    def _laid_out(self, width: float, height: float, is_frame: bool) -> tuple[Room, Heading, Layout]:
        key = (width, height, is_frame)
        found = self._layouts.get(key)
        if found is None:
            room = Room(width, height, self.theme, _measuring(width, height), is_frame)
            heading = set_heading(room, self.title, self.subtitle, self.source)
            found = self._layouts[key] = (room, heading, self._lay_out(room, heading.area))
            if len(self._layouts) > _KEPT_LAYOUTS:
                oldest, _ = self._layouts.popitem(last=False)
                self._ghosts.pop(oldest, None)
        return found

    def _check_names(self, keys: Sequence[str], problems: Problems) -> None:
        """Complain of highlights, call-outs and images of keys that the table doesn't have, with near names.

        Images may be of more names than the table has, such as all flags.
        """
        told = [("highlight", name) for name in self.highlight]
        told += [("callouts", one.key) for one in self.annotations.callouts if one.key is not None]
        there = set(keys)
        if self.images and keys and not there & self.images.keys():
            told.append(("images", next(iter(self.images))))
        for option, name in told:
            if name not in there:
                problems.add(f"`{option}` names {name!r:.60}, which is not there{near_names(name, keys)}")

    def _check_call_outs(self, what: str, problems: Problems) -> None:
        """Complain of call-outs without a key, where they point at bars, parts or the like by that alone."""
        for one in self.annotations.callouts:
            if one.key is None:
                problems.add(f"`callouts` point at {what} by their `key`, {one.text!r:.40} has none")

    def _emphasis(self, time: float, key: str) -> float:
        """Give the opacity of a mark: 1, or less once others are highlighted."""
        if not self.highlight or key in self.highlight:
            return 1.0
        return 1.0 - 0.65 * eased(time, self.highlight_at, 0.3 * self.phases.pace, self.theme.move)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is found again: a chart is its data and its options."""
        return {**vars(self), "_layouts": OrderedDict(), "_ghosts": {}}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.title!r}, {self.duration:g} s>"


def entered(chart: ChartKind) -> ChartKind:
    """Give a chart whose marks are there from its start."""
    twin = copy.copy(chart)
    twin.phases = replace(chart.phases, enters=False)
    return twin


def start_problems(chart: Chart[Any]) -> Problems:
    """Give what collects complaints about a chart's table."""
    return Problems(type(chart).__name__)


def _measuring(width: float, height: float) -> Measuring:
    def measure(element: Element) -> Size:
        from bazaar_nb.render.still import (
            measure_element,
        )  # drawing's libraries: only who lays out needs them

        return measure_element(element, max(1, round(width)), max(1, round(height)))

    return measure


def _words(value: object, name: str, kind: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise InvalidValueError(f"`{name}` must be text, got {value!r:.60} ({kind})")


def _as_format(value: NumberFormat | str | None, locale: str, kind: str) -> NumberFormat:
    if isinstance(value, NumberFormat):
        return value
    if value is None or value in ("plain", "compact", "percent", "currency"):
        return NumberFormat(value or "compact", locale=locale)  # type: ignore[arg-type]
    raise InvalidValueError(
        "`number` must be plain, compact, percent, currency or a bz.scales.NumberFormat, "
        f"got {value!r:.60} ({kind})"
    )
