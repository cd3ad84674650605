"""What is said about a chart's data within it: reference lines, call-outs with an arrow, events.

They are data: a chart knows where its values and moments stand, and `annotation_marks` and `call_outs` make
elements of them there. A chart tells by `annotated` which of them it has a place for; the others it refuses.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.values.color import parse_color

Direction = Literal["top", "bottom", "left", "right", "top-left", "top-right", "bottom-left", "bottom-right"]
_DIRECTIONS = ("top", "bottom", "left", "right", "top-left", "top-right", "bottom-left", "bottom-right")


@dataclass(frozen=True)
class Reference:
    """A line across a chart at a value, such as a mean or a target.

    Parameters
    ----------
    value : float, or a moment
        As the axis has it.
    label : str
        Beside the line.
    axis : str, optional
        ``x`` or ``y``, where a chart has both; by default the one of the chart's values.
    color : colour, optional
        The theme's accent by default.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> import pandas as pd
    >>> table = pd.DataFrame({"name": ["Ada", "Bob", "Cy"], "value": [3, 5, 2]})
    >>> chart = bz.charts.Bars(table, name="name", value="value", references=[bz.charts.Reference(4, "goal")])
    """

    value: Any
    label: str = ""
    axis: Literal["x", "y"] | None = None
    color: str | None = None

    def __post_init__(self) -> None:
        _check_text("label", self.label, "Reference")
        if self.axis not in (None, "x", "y"):
            raise InvalidValueError(f"`axis` must be x or y, got {self.axis!r} (Reference)")
        if isinstance(self.value, float) and not math.isfinite(self.value):
            raise InvalidValueError(f"`value` must be finite, got {self.value!r} (Reference)")
        _check_color(self.color, "Reference")


@dataclass(frozen=True)
class CallOut:
    """Words beside a data point, with an arrow to it.

    Parameters
    ----------
    text : str
    key : str, optional
        The data point's name.
    moment : optional
        Its moment, where the chart has more than one of that name; the last by default. In a heatmap the
        column of a cell, whose row is the key.
    x, y : optional
        A place by values instead, in a chart with two axes.
    at : float, optional
        Seconds of the chart at which it appears; by default when its data point is there.
    until : float, optional
        Seconds at which it goes.
    side : str, optional
        Where the words stand from the data point, as ``top-left``; by default where there is room.
    color : colour, optional
        Of the arrow; the theme's ink by default.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> import pandas as pd
    >>> table = pd.DataFrame({"name": ["Ada", "Bob", "Cy"], "value": [3, 5, 2]})
    >>> most = bz.charts.CallOut("the most", key="Bob")
    >>> chart = bz.charts.Bars(table, name="name", value="value", callouts=[most])
    """

    text: str
    key: str | None = None
    moment: Any = None
    x: Any = None
    y: Any = None
    at: float | None = None
    until: float | None = None
    side: Direction | None = None
    color: str | None = None

    def __post_init__(self) -> None:
        _check_text("text", self.text, "CallOut")
        if not self.text.strip():
            raise InvalidValueError(f"`text` must have a letter, got {self.text!r} (CallOut)")
        if self.key is not None and not isinstance(self.key, str):
            object.__setattr__(self, "key", str(self.key))
        if self.key is None and self.moment is None and self.x is None and self.y is None:
            raise InvalidValueError(
                f"{self.text!r:.40} points at nothing: give `key`, or `x` and `y` (CallOut)"
            )
        for name, value in (("at", self.at), ("until", self.until)):
            if value is not None and not (_is_number(value) and 0 <= value < math.inf):
                raise InvalidValueError(f"`{name}` must be seconds from 0, got {value!r} (CallOut)")
        if self.side is not None and self.side not in _DIRECTIONS:
            raise InvalidValueError(
                f"`side` must be one of {', '.join(_DIRECTIONS)}, got {self.side!r} (CallOut)"
            )
        _check_color(self.color, "CallOut")


@dataclass(frozen=True)
class Event:
    """A moment that has a name: a line on an axis of time, or words while a race passes it.

    Parameters
    ----------
    moment : number, date or text
        As the chart's column of time has it.
    words : str

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> import pandas as pd
    >>> table = pd.DataFrame({"year": [2000, 2010, 2020], "a": [1, 3, 4]})
    >>> chart = bz.charts.Lines(table, time="year", events=[bz.charts.Event(2010, "the law")])
    """

    moment: Any
    words: str

    def __post_init__(self) -> None:
        _check_text("words", self.words, "Event")
        if self.moment is None or (isinstance(self.moment, float) and math.isnan(self.moment)):
            raise InvalidValueError(f"`moment` of {self.words!r:.40} is missing (Event)")


References: TypeAlias = Sequence[Reference | float | tuple[Any, str]]
Events: TypeAlias = Sequence[Event | tuple[Any, str]] | Mapping[Any, str]


@dataclass(frozen=True)
class Annotations:
    """All that a chart is told to say about its data."""

    x_title: str | None = None
    y_title: str | None = None
    references: tuple[Reference, ...] = ()
    callouts: tuple[CallOut, ...] = ()
    events: tuple[Event, ...] = ()


NAMES = ("x_title", "y_title", "references", "callouts", "events")
_PLACES = {
    "x_title": "axis of that direction", "y_title": "axis of that direction",
    "references": "axis of values", "callouts": "data points to point at", "events": "axis of time",
}  # fmt: skip


def read_annotations(given: Mapping[str, Any], allowed: frozenset[str], chart: str) -> Annotations:
    """Check what a chart is told to say.

    Parameters
    ----------
    given : mapping
        The chart's options, with others.
    allowed : frozenset of str
        What the kind of chart has a place for.
    chart : str
        Its name, for messages.

    Raises
    ------
    InvalidValueError
        For what it has no place for, by name, and for wrong types.
    """
    there = {name: given[name] for name in NAMES if given.get(name) is not None}
    refused = [f"no {_PLACES[name]} for `{name}`" for name in there if name not in allowed]
    if refused:
        raise InvalidValueError(f"{chart}: it has {', and '.join(refused)}")
    for name in ("x_title", "y_title"):
        if name in there and not isinstance(there[name], str):
            raise InvalidValueError(f"`{name}` must be text, got {there[name]!r:.60} ({chart})")
    return Annotations(
        there.get("x_title"),
        there.get("y_title"),
        tuple(_as_reference(one, chart) for one in _sequence(there, "references", Reference, chart)),
        tuple(_as_call_out(one, chart) for one in _sequence(there, "callouts", CallOut, chart)),
        tuple(_as_event(one, chart) for one in _sequence(there, "events", Event, chart)),
    )


def _sequence(there: Mapping[str, Any], name: str, kind: type, chart: str) -> Sequence[Any]:
    found = there.get(name, ())
    if isinstance(found, Mapping):
        return [(key, words) for key, words in found.items()]
    if isinstance(found, kind) or (name == "references" and _is_number(found)):
        return [found]
    if isinstance(found, str | bytes) or not isinstance(found, Sequence):
        raise InvalidValueError(
            f"`{name}` must be a list of bz.charts.{kind.__name__}, got {found!r:.60} ({chart})"
        )
    return found


def _as_reference(one: Any, chart: str) -> Reference:
    if isinstance(one, Reference):
        return one
    if isinstance(one, tuple) and len(one) == 2 and isinstance(one[1], str):
        return Reference(*one)
    if _is_number(one):
        return Reference(float(one))
    raise InvalidValueError(
        f"`references` takes bz.charts.Reference, numbers and pairs (value, label), got {one!r:.60} ({chart})"
    )


def _as_call_out(one: Any, chart: str) -> CallOut:
    if isinstance(one, CallOut):
        return one
    raise InvalidValueError(f"`callouts` takes bz.charts.CallOut, got {one!r:.60} ({chart})")


def _as_event(one: Any, chart: str) -> Event:
    if isinstance(one, Event):
        return one
    if isinstance(one, tuple) and len(one) == 2 and isinstance(one[1], str):
        return Event(*one)
    raise InvalidValueError(
        f"`events` takes bz.charts.Event, pairs (moment, words) or a dict of them, got {one!r:.60} ({chart})"
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_text(name: str, value: object, kind: str) -> None:
    if not isinstance(value, str):
        raise InvalidValueError(f"`{name}` must be text, got {value!r:.60} ({kind})")


def _check_color(color: str | None, kind: str) -> None:
    if color is None:
        return
    try:
        parse_color(color)
    except InvalidValueError as error:
        raise InvalidValueError(f"`color`: {error} ({kind})") from None
