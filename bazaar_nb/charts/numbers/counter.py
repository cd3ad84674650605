"""`Counter`: a big number that counts, with what it is, how it changed, and its line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.annotations import CallOut
from bazaar_nb.charts.chart import Chart, Options, start_problems
from bazaar_nb.charts.numbers.change import Better, Change, tell_change, triangle
from bazaar_nb.charts.numbers.counting import Counting, size_that_fits
from bazaar_nb.charts.parts.cell_values import as_one_number
from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.occupied import points_along
from bazaar_nb.charts.parts.phases import eased
from bazaar_nb.charts.parts.point_call_outs import PointCallOuts
from bazaar_nb.charts.parts.room import Area, Room
from bazaar_nb.charts.parts.table import Columns, Moments, Problems
from bazaar_nb.charts.parts.time_label import TimeLabel
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scales.scales import Linear
from bazaar_nb.scene.elements import Anchor, AnyElement, Ellipse, Path, Polyline
from bazaar_nb.scene.paint import Stroke

Floats = NDArray[np.float64]
_COUNTS_S, _TELLS_S = 1.6, 0.4
_NUMBER_SHARE = 0.27  # of the shorter side
_LABEL_SHARE, _CHANGE_SHARE = 0.05, 0.042
_WEIGHT = 800
_WRITTEN_OUT = 100_000  # numbers below it: "1,234" says more than "1.2K"


@dataclass(frozen=True)
class _Layout:
    x: float
    is_left: bool
    number_right: float
    number_y: float
    number_size: float
    still: list[AnyElement]
    change_y: float
    change_size: float
    change_left: float
    line_x: Floats
    line_y: Floats
    callouts: PointCallOuts


class Counter(Chart[_Layout]):
    """A big number that counts up; of a table over time, it is the last value, and runs through all of them.

    Parameters
    ----------
    shown : number, DataFrame or table
    time, value : str, optional
        Columns of a table: moments, and the number at each.
    label : str, optional
        What the number is: ``"people"``.
    before : number, optional
        What it is compared with; the first value of a table by default.
    since : str, optional
        When that was: ``"since 2000"``.
    start : number
        Where counting begins, unless a table tells.
    sparkline : bool
        Whether a table's values are shown as a line.
    better : str, optional
        ``up`` or ``down``: whether a change is good news. By default it is neither.
    **options
        Those of every `Chart`. `images` has a picture of the label; call-outs point at moments of the line.

    Raises
    ------
    InvalidValueError
        With all that is wrong with the table, by column and row.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.charts.Counter(7.8e9, label="people", before=6.1e9, since="since 2000", duration=4)
    <Counter None, 4 s>
    """

    usual_duration = 4.0
    refused = frozenset({"highlight"})
    annotated = frozenset({"callouts"})

    def __init__(
        self,
        shown: Any,
        *,
        time: str | None = None,
        value: str | None = None,
        label: str | None = None,
        before: float | None = None,
        since: str | None = None,
        start: float = 0.0,
        sparkline: bool = True,
        better: Better | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        if better not in (None, "up", "down"):
            raise InvalidValueError(f"`better` must be up, down or None, got {better!r:.60} (Counter)")
        problems = start_problems(self)
        self.label, self.better = label, better
        self.times, self.values = np.zeros(0), np.zeros(0)
        self.moments: Moments | None = None
        single = as_one_number(shown)
        if single is not None:
            if not np.isfinite(single):
                problems.add(f"wants a finite number, got {shown!r:.40}")
            self.final, self.start = single, float(start)
        else:
            since = self._read(shown, time, value, since, problems)
            before = float(self.values[0]) if before is None and len(self.values) > 1 else before
            self.final = float(self.values[-1])
            self.start = float(self.values[0]) if len(self.values) > 1 else float(start)
        self.sparkline = sparkline and len(self.values) > 1
        self._check_names([self.label or ""], problems)
        self.pointed = [
            place
            for one in self.annotations.callouts
            if (place := self._moment_of(one, problems)) is not None
        ]
        problems.raise_any()
        self.since = since or ""
        largest = max(abs(self.final), float(np.nanmax(np.abs(self.values), initial=0.0)))
        if options.get("number") is None and largest < _WRITTEN_OUT:
            self.number = replace(self.number, style="plain")
        self.change: Change | None = None
        if before is not None:
            self.change = tell_change(float(before), self.final, self.number)
        self.counting = Counting.towards(self.number, [self.final])

    def _read(
        self, table: Any, time: str | None, value: str | None, since: str | None, problems: Problems
    ) -> str | None:
        """Take a table's values in the order of time; give when the first was."""
        columns = Columns(table, problems)
        if time is None or value is None:
            raise InvalidValueError(
                "Counter: wants a number, or a table with `time` and `value`, the names of its columns, "
                f"got a table with time={time!r:.60} and value={value!r:.60}"
            )
        columns.require(time=time, value=value)
        moments, values = columns.moments(time), columns.numbers(value)
        seen: dict[float, int] = {}
        for row, moment in enumerate(moments.values.tolist()):
            first = seen.setdefault(moment, row)
            if first != row:
                problems.add(
                    f"has a second row for one moment (the first is row {first})", column=time, row=row
                )
        there = np.flatnonzero(~np.isnan(values))
        if len(there) == 0:
            problems.add("has no value at all", column=value)
        problems.raise_any()
        self.moments = moments
        order = there[np.argsort(moments.values[there], kind="stable")]
        self.times, self.values = moments.values[order], values[order]
        clock = TimeLabel.for_moments(moments, self.locale)
        return f"since {clock.words(float(self.times[0]))}" if since is None else since

    def _moment_of(self, callout: CallOut, problems: Problems) -> float | None:
        """Find the moment of the line that a call-out points at."""
        told = callout.moment if callout.moment is not None else callout.x
        if not self.sparkline or self.moments is None:
            problems.add("`callouts` point at moments of the line, and there is none")
            return None
        if told is None:
            problems.add(f"`callouts` {callout.text!r:.40}: give its `moment`")
            return None
        try:
            place = self.moments.place(told)
        except InvalidValueError as error:
            problems.add(f"`callouts` {callout.text!r:.40}: {error}")
            return None
        if not self.times[0] <= place <= self.times[-1]:
            problems.add(f"`callouts`: {told!r:.40} lies outside of the table's moments")
        return place

    def _lay_out_call_outs(self, room: Room, area: Area, x: Floats, y: Floats) -> PointCallOuts:
        """Have call-outs point at the line; they appear as it passes."""
        if not self.pointed or not len(x):
            return PointCallOuts(area)
        points = [
            (float(np.interp(at, self.times, x)), float(np.interp(at, self.times, y))) for at in self.pointed
        ]
        span = float(self.times[-1] - self.times[0])
        first, last = self.phases.enter_start, self._count_stop()
        starts = [first + (last - first) * (at - float(self.times[0])) / span for at in self.pointed]
        return PointCallOuts.lay_out(
            room, area, self.annotations.callouts, points, avoid=points_along(x, y[:, None]),
            gaps=9 * room.unit, starts=starts,
        )  # fmt: skip

    def _count_stop(self) -> float:
        phases = self.phases
        if len(self.values) > 1:
            return phases.move_stop
        return min(phases.move_stop, phases.enter_start + _COUNTS_S * phases.pace)

    def _passed(self, time: float) -> float:
        """Give how far the counting is, 0 to 1: evenly through a table's time, else fast first."""
        start, stop = self.phases.enter_start, self._count_stop()
        if not self.phases.enters:
            return 1.0
        passed = min(1.0, max(0.0, (time - start) / max(1e-9, stop - start)))
        return passed if len(self.values) > 1 else self.theme.enter(passed)

    def _lay_out(self, room: Room, area: Area) -> _Layout:
        is_left = self.title is not None
        size = _NUMBER_SHARE * room.side
        ends = [
            self.final,
            self.start,
            *(self.values.tolist() if len(self.values) < 500 else self.values[::50].tolist()),
        ]
        width = self.counting.widest(room, ends, size, _WEIGHT)
        size = size_that_fits(size, width, area.width)
        size = max(room.letters(0.0), min(size, 0.5 * area.height))
        width = self.counting.widest(room, ends, size, _WEIGHT)
        label_size, change_size = room.letters(_LABEL_SHARE), room.letters(_CHANGE_SHARE)
        pictures = NameImages.beside(room, self.images, [self.label or ""], label_size)
        most = area.width - pictures.room
        lines = room.wrap(self.label, label_size, most, 2, 500) if self.label else []
        told = 1.5 * change_size if self.change else 0.0
        told += 2.5 * room.label_size if self.pointed else 0.0  # air above the line, for words
        taken = size * 1.02 + len(lines) * label_size * 1.25 + told
        line = 0.0
        if self.sparkline:
            line = min(0.3 * area.height, max(0.0, area.height - taken) * 0.8)
        gap = 0.06 * room.side if line > 4 * room.unit else 0.0
        top = area.top + max(0.0, (area.height - taken - line - gap) / (2.0 if not is_left else 2.6))
        x = area.left if is_left else area.middle[0]
        right = x + width if is_left else x + width / 2
        y = top + size * 0.51
        still: list[AnyElement] = []
        below = top + size * 1.02
        anchor: Anchor = "top-left" if is_left else "top"
        beside = pictures.room
        for number, words in enumerate(lines):
            at = x + beside if is_left else x + beside / 2
            if number == 0:
                picture_x = x if is_left else at - room.width_of(words, label_size, 500) / 2 - beside
                still += pictures.draw(self.label or "", picture_x, below + 0.6 * label_size)
            still.append(
                room.text(words, label_size, room.theme.soft, x=at, y=below, anchor=anchor, weight=500)
            )
            below += label_size * 1.25
        change_y = below + 0.85 * change_size
        below += told
        left = self._change_left(room, x, change_size, is_left)
        line_x, line_y = np.zeros(0), np.zeros(0)
        if gap:
            wide = area.width if is_left else min(area.width, max(width, 0.7 * area.width))
            start = x if is_left else x - wide / 2
            line_x = Linear((float(self.times[0]), float(self.times[-1])), (start, start + wide))(self.times)
            low, high = float(self.values.min()), float(self.values.max())
            line_y = Linear((low, high), (below + gap + line, below + gap))(self.values)
        return _Layout(
            x,
            is_left,
            right,
            y,
            size,
            still,
            change_y,
            change_size,
            left,
            np.asarray(line_x),
            np.asarray(line_y),
            self._lay_out_call_outs(
                room, area.inset(top=below - area.top), np.asarray(line_x), np.asarray(line_y)
            ),
        )

    def _change_left(self, room: Room, x: float, size: float, is_left: bool) -> float:
        if self.change is None or is_left:
            return x
        words = self._change_words()
        width = sum(room.width_of(one, size, weight) for one, weight in zip(words, (700, 400), strict=True))
        return x - (width + 1.0 * size + (0.3 * size if words[1] else 0.0)) / 2

    def _change_words(self) -> tuple[str, str]:
        return (self.change.words() if self.change else "", self.since)

    def _draw(self, room: Room, layout: _Layout, time: float) -> list[AnyElement]:
        theme, passed = room.theme, self._passed(time)
        elements = [*layout.still]
        value = self.start + (self.final - self.start) * passed
        if len(self.values) > 1:
            at = float(self.times[0] + (self.times[-1] - self.times[0]) * passed)
            value = float(np.interp(at, self.times, self.values))
            if len(layout.line_x):
                elements += self._line(room, layout, at)
        words = self.counting(value)
        elements.append(
            room.text(
                words, layout.number_size, x=layout.number_right, y=layout.number_y, anchor="right",
                weight=_WEIGHT, tabular=True, line_height=1.0,
            )
        )  # fmt: skip
        if self.change is not None:
            start, pace = self._count_stop() - 0.1 * self.phases.pace, self.phases.pace
            come = eased(time, start, _TELLS_S * pace, theme.enter) if self.phases.enters else 1.0
            if come > 0:
                elements += self._change(room, layout, self.change, come)
        return elements + layout.callouts.draw(room, time, self.phases, theme)

    def _line(self, room: Room, layout: _Layout, at: float) -> list[AnyElement]:
        upto = int(np.searchsorted(self.times, at, side="right"))
        x, y = np.interp(at, self.times, layout.line_x), np.interp(at, self.times, layout.line_y)
        color = room.theme.palette[0]
        stroke = Stroke(color, 5 * room.unit, cap="round", join="round")
        elements: list[AnyElement] = []
        if len(layout.line_x[:upto]) + 1 >= 2:
            elements.append(
                Polyline(
                    np.append(layout.line_x[:upto], x), np.append(layout.line_y[:upto], y), stroke=stroke
                )
            )
        elements.append(Ellipse(x=float(x), y=float(y), width=18 * room.unit, fill=color))
        return elements

    def _change(self, room: Room, layout: _Layout, change: Change, come: float) -> list[AnyElement]:
        size, y, x = layout.change_size, layout.change_y, layout.change_left
        color, (told, since) = room.theme.legible(change.color(room.theme, self.better)), self._change_words()
        elements: list[AnyElement] = []
        if change.direction:
            mark = triangle(x + 0.35 * size, y, 0.7 * size, change.direction)
            elements.append(Path(mark, fill=color, stroke=None, opacity=come))
            x += 1.0 * size
        elements.append(room.text(told, size, color, x=x, y=y, anchor="left", weight=700, opacity=come))
        if since:
            x += room.width_of(told, size, 700) + 0.3 * size
            elements.append(room.text(since, size, room.theme.soft, x=x, y=y, anchor="left", opacity=come))
        return elements
