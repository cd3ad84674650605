"""`Code`: a page of source code, in a panel."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import cubic, ease_in_out
from bazaar_nb.scene.elements import Anchor, AnyElement, Group, Rect, Span, letters_of
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.shapes import Length
from bazaar_nb.words.code.code_change import change_code
from bazaar_nb.words.code.page import Page, lay_out_page
from bazaar_nb.words.code.tokens import Line, clean_source, color_lines, find_look, mono_font
from bazaar_nb.words.staggering import check_seconds

Lines: TypeAlias = "int | tuple[int, int] | Sequence[int] | None"
"""A line, from … to (both of them), or a list of lines; None is none."""
_EVENLY = ease_in_out(cubic)
_MOVE_S = 0.45
_BLINK_S = 0.5
_DIM = 0.32


class Code:
    r"""A page of source code, coloured by pygments, in a panel in the middle of what it is in.

    Parameters
    ----------
    source : str
        What all its lines are indented by is left out.
    language : str
        A name that pygments knows, as ``python``, ``sql``, ``rust``; ``text`` colours nothing.
    size : float, optional
        Of the letters, in pixels; by default as large as fits into 88% of the frame, at most 1/21 of its
        shorter side.
    theme : str
        ``dark``, ``light`` or the name of a style of pygments.
    font : str, optional
        A font file or a family on this system; by default DejaVu Sans Mono.
    line_numbers : bool
    first_line : int
        The number of the first line.
    panel : bool
        Whether there is a panel behind the code.
    x, y : float or str, optional
        Where the panel's anchor is put; in the middle by default.
    anchor : str

    Raises
    ------
    InvalidValueError
        For a language or theme that isn't known, with near names.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> code = bz.words.Code("def double(x):\n    return 2 * x")
    >>> @bz.scene(duration=4)
    ... def lesson(frame):
    ...     return code.type(frame, rate=20)
    """

    def __init__(
        self,
        source: str,
        language: str = "python",
        *,
        size: float | None = None,
        theme: str = "dark",
        font: str | None = None,
        line_numbers: bool = False,
        first_line: int = 1,
        panel: bool = True,
        x: Length | None = None,
        y: Length | None = None,
        anchor: Anchor = "center",
    ) -> None:
        if size is not None and not 0 < size <= 1000:
            raise InvalidValueError(f"`size` must be pixels above 0, got {size!r} (Code)")
        self.source = clean_source(source)
        self.language = language
        self.theme = theme
        self.size = size
        self.font = mono_font() if font is None else font
        self.line_numbers = line_numbers
        self.first_line = first_line
        self.panel = panel
        self.x, self.y, self.anchor = x, y, anchor
        self.look = find_look(theme)
        self.lines: tuple[Line, ...] = color_lines(self.source, language, theme)

    def show(self, frame: Frame) -> Group:
        """Give the code as it stands.

        Parameters
        ----------
        frame : Frame
            The code is fitted into it, unless it has a size.
        """
        page = self._page(frame)
        return self._group(page, page.texts)

    def type(
        self,
        frame: Frame,
        *,
        rate: float = 30.0,
        start: float = 0.0,
        caret: bool = True,
        caret_after: float = 1.5,
    ) -> Group:
        """Have the code type itself.

        Parameters
        ----------
        rate : float
            Letters a second; what lines are indented by comes with their first letter.
        start : float
            When it begins, in seconds.
        caret : bool
        caret_after : float
            Seconds for which the caret blinks on once all is typed.
        """
        if not (math.isfinite(rate) and rate > 0):
            raise InvalidValueError(f"`rate` must be above 0 letters a second, got {rate!r} (Code.type)")
        passed = frame.time - check_seconds(start, "start", None)
        left = max(0, math.floor(passed * rate + 1e-6))
        page = self._page(frame)
        shown: list[AnyElement] = []
        row, column, end = 0, 0, passed
        for row, (text, lengths) in enumerate(zip(page.texts, self._lengths(), strict=True)):
            column = min(left, len(lengths) - 1)
            if text is not None and column > 0:
                shown.append(
                    text
                    if column == len(lengths) - 1
                    else page.text(row, _cut(self.lines[row], lengths[column]))
                )
            left -= len(lengths)  # the line's break, too
            if left < 0:
                break
        done = left >= -1 and row == len(self.lines) - 1
        total = sum(map(len, self._lengths())) / rate
        end = passed - total if done else min(passed, 0.0)
        if caret and end < caret_after and math.floor(abs(end) / _BLINK_S + 1e-6) % 2 == 0:
            shown.append(page.caret(row, _cut(self.lines[row], self._lengths()[row][column]), self.look.ink))
        return self._group(page, shown, numbers=row + 1)

    def highlight(
        self,
        frame: Frame,
        lines: Lines | Mapping[float, Lines],
        *,
        start: float = 0.0,
        duration: float = _MOVE_S,
    ) -> Group:
        """Tell lines apart: the others fade, and a bar stands behind them.

        Parameters
        ----------
        lines : int, (int, int), list of int, or dict
            As they are numbered: one, from … to, or several; a dict has them by the seconds at which the bar
            goes there, None for all alike.
        start : float
            When it begins, in seconds, unless `lines` is a dict.
        duration : float
            For which the bar is on its way.

        Raises
        ------
        InvalidValueError
            For lines that the code hasn't.
        """
        steps = sorted(lines.items()) if isinstance(lines, Mapping) else [(start, lines)]
        check_seconds(duration, "duration")
        before: tuple[float, ...] = (0.0, 0.0, 0.0)  # the bar's first row, its last, its opacity
        rows_before: frozenset[int] = frozenset()
        light = np.ones(len(self.lines))
        for at, wanted in steps:
            passed = frame.time - check_seconds(at, "the time of lines", None)
            rows = self._rows(wanted)
            if passed < 0:
                break
            share = _EVENLY(min(1.0, passed / duration)) if duration > 0 else 1.0
            target = (min(rows), max(rows) + 1, 1.0) if rows else (before[0], before[1], 0.0)
            origin = before if rows_before else (target[0], target[1], before[2])
            goal = np.array([1.0 if not rows or row in rows else _DIM for row in range(len(self.lines))])
            light = light + (goal - light) * share
            before = tuple(a + (b - a) * share for a, b in zip(origin, target, strict=True))
            rows_before = rows
        page = self._page(frame)
        if before[2] == 0.0 and (light == 1.0).all():
            return self._group(page, page.texts)
        bar = page.bar(before[0], before[1], self.look.accent, 0.22 * before[2])
        dimmed = [
            None if text is None else page.dimmed(text, float(value))
            for text, value in zip(page.texts, light, strict=True)
        ]
        return self._group(page, dimmed, below=[bar])

    def become(self, other: Code, frame: Frame, *, start: float = 0.0, duration: float = 1.0) -> Group:
        """Have the code become another: lines that stay move, what is new comes, what is gone goes.

        Parameters
        ----------
        other : Code
        start : float
            When it begins, in seconds.
        duration : float
        """
        if not isinstance(other, Code):
            raise InvalidValueError(f"code becomes code, got {other!r:.60}: bz.words.Code(…) (Code.become)")
        passed = frame.time - check_seconds(start, "start", None)
        check_seconds(duration, "duration")
        share = min(1.0, max(0.0, passed / duration)) if duration > 0 else float(passed >= 0)
        if share in (0.0, 1.0):
            return (other if share else self).show(frame)
        mine, theirs = self._page(frame), other._page(frame)
        elements, width, height = change_code(mine, theirs, self.lines, other.lines, share)
        ground = [] if not self.panel else [_panel(width, height, mine.size, self.look.paper)]
        return Group((*ground, *elements), width=width, height=height, x=self.x, y=self.y, anchor=self.anchor)

    def _page(self, frame: Frame) -> Page:
        numbers = (self.first_line, self.look.faint) if self.line_numbers else None
        return lay_out_page(self.lines, self.font, self.size, numbers, self.panel, frame)

    def _group(
        self,
        page: Page,
        texts: Sequence[AnyElement | None],
        *,
        below: Sequence[AnyElement] = (),
        numbers: int | None = None,
    ) -> Group:
        ground: list[AnyElement] = []
        if self.panel:
            ground.append(_panel(page.width, page.height, page.size, self.look.paper))
        shown = [text for text in texts if text is not None]
        return Group(
            (*ground, *below, *page.numbers[:numbers], *shown),
            width=page.width, height=page.height, x=self.x, y=self.y, anchor=self.anchor,
        )  # fmt: skip

    def _lengths(self) -> list[list[int]]:
        """Give how many characters are there after each letter of each line, with the indent as one."""
        found = getattr(self, "_counted", None)
        if found is None:
            found = []
            for line in self.lines:
                words = "".join(span.text for span in line)
                indent = len(words) - len(words.lstrip(" "))
                ends = [0]
                at = indent
                for letter in letters_of(words[indent:]):
                    at += len(letter)
                    ends.append(at)
                found.append(ends)
            self._counted: list[list[int]] = found
        return found

    def _rows(self, lines: Lines) -> frozenset[int]:
        if lines is None:
            return frozenset()
        if isinstance(lines, tuple) and len(lines) == 2:
            wanted: Any = range(lines[0], lines[1] + 1)
        else:
            wanted = [lines] if isinstance(lines, int) else lines
        last = self.first_line + len(self.lines) - 1
        try:
            numbers = [int(number) for number in wanted]
        except (TypeError, ValueError):
            raise InvalidValueError(
                f"lines are numbers, (from, to) or a list, got {lines!r:.60} (Code)"
            ) from None
        for number in numbers:
            if not self.first_line <= number <= last:
                raise InvalidValueError(
                    f"there is no line {number}: the code has {self.first_line} to {last} (Code)"
                )
        return frozenset(number - self.first_line for number in numbers)

    def __repr__(self) -> str:
        return f"<Code {self.language}, {len(self.lines)} lines>"


def _panel(width: float, height: float, size: float, paper: str) -> Rect:
    return Rect(x=0, y=0, width=width, height=height, anchor="top-left", radius=0.55 * size, fill=paper)


def _cut(line: Line, count: int) -> Line:
    """Give the first characters of a line."""
    cut: list[Span] = []
    for span in line:
        if count <= 0:
            break
        cut.append(span if len(span.text) <= count else Span(span.text[:count], color=span.color))
        count -= len(span.text)
    return tuple(cut)
