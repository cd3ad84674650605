"""Outlines that are drawn before one's eyes, one after the other, and then filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.render.still import outline_letters
from bazaar_nb.scene.elements import (
    AnyElement,
    Box,
    Column,
    Ellipse,
    Group,
    Letters,
    Line,
    Path,
    Polygon,
    Polyline,
    Rect,
    Row,
    Text,
    as_elements,
)
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.number import plain_number
from bazaar_nb.vectors.contours import Outline, bounds, box_outline, element_outline, write_data
from bazaar_nb.vectors.path_places import outline_places

_FILLING = 0.2  # of the time: how long an outline takes to be filled
_THIN = 2.0  # pixels: the pen where an element has no stroke
_OTHER = 100.0  # pixels of outline: what is no outline takes as long as so many to come
_FREE = Line | Path | Polygon | Polyline


class _Turn(NamedTuple):
    """How far the pen is on one outline, and how far it is filled; both 0 to 1."""

    pen: float
    filled: float

    @property
    def is_done(self) -> bool:
        return self.pen >= 1 and self.filled >= 1


def draw_on(
    element: AnyElement,
    progress: float,
    frame: Frame | None = None,
    *,
    pen: Stroke | None = None,
    overlap: float = 0.0,
) -> AnyElement:
    """Draw the outlines in an element, one after the other; each is filled when it is done.

    Parameters
    ----------
    element : element
        A shape, path or text, or a Group, Row, Column or Svg of them. What has no outline, as a picture,
        fades in when it is its turn.
    progress : float
        0 shows nothing, 1 the very element. The pen goes at one pace.
    frame : Frame, optional
        Wanted for texts whose width is a share of the frame's.
    pen : Stroke, optional
        For what is only filled; by default thin, in the colour of what it outlines. It goes when that is
        filled.
    overlap : float
        0 begins each outline when the one before is done, 1 begins all at once.

    Returns
    -------
    element

    Raises
    ------
    InvalidValueError
        For a shape whose size is a share of what is around it, as its outline isn't known.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=3)
    ... def title(frame):
    ...     return bz.draw_on(bz.Text("by hand", size=160, weight=700), frame.progress)
    """
    share = plain_number(progress)
    if share is None or not -10 <= share <= 10:
        raise InvalidValueError(f"`progress` must be a share from 0 to 1, got {progress!r:.60} (draw_on)")
    if plain_number(overlap) is None or not 0 <= overlap <= 1:
        raise InvalidValueError(f"`overlap` must be a number from 0 to 1, got {overlap!r:.60} (draw_on)")
    found = as_elements(element)
    whole = found[0] if len(found) == 1 else Group(found)
    if share >= 1:
        return whole
    try:
        plan = _Plan(whole, frame)
        return plan.drawn(float(max(0.0, share)), float(overlap), pen)
    except InvalidValueError as error:
        raise InvalidValueError(f"{error} (draw_on)") from None


class _Plan:
    """The outlines in an element, in order."""

    def __init__(self, whole: AnyElement, frame: Frame | None) -> None:
        self._whole = whole
        self._frame = frame
        self._lengths: list[float] = []
        self._fills = False
        self._texts: dict[int, tuple[float, float, tuple[str, ...]]] = {}
        self._look(whole)

    def drawn(self, share: float, overlap: float, pen: Stroke | None) -> AnyElement:
        """Give the element as it is at a share of the time."""
        lengths = np.array(self._lengths or [1.0])
        total = max(float(lengths.sum()), 1e-9)
        starts = (np.cumsum(lengths) - lengths) / total * (1 - overlap)
        spans = np.maximum(lengths / total * (1 - overlap) + overlap, 1e-9)
        filling = _FILLING if self._fills else 0.0
        pens = np.clip((share / (1 - filling) - starts) / spans, 0, 1)
        fills = (
            np.clip((share - (starts + spans) * (1 - filling)) / filling, 0, 1)
            if filling
            else (pens >= 1).astype(float)
        )
        turns = iter([_Turn(*turn) for turn in zip(pens.tolist(), fills.tolist(), strict=True)])
        made = self._part(self._whole, turns, pen, in_stack=False)
        return Group(()) if made is None else made

    def _look(self, element: AnyElement) -> None:
        """Take note of how long the outlines in an element are."""
        if isinstance(element, Group | Row | Column):
            for child in element.children:
                self._look(child)
        elif isinstance(element, Text):
            self._fills = True
            self._lengths += [_length_of(data) for data in self._letters(element)[2]]
        elif isinstance(element, _FREE | Rect | Ellipse):
            self._fills = self._fills or getattr(element, "fill", None) is not None
            self._lengths.append(_length(_own_outline(element)))
        else:
            self._lengths.append(_OTHER)

    def _letters(self, text: Text) -> tuple[float, float, tuple[str, ...]]:
        known = self._texts.get(id(text))
        if known is None:
            frame = self._frame
            if isinstance(text.width, str) and frame is None:
                raise InvalidValueError(
                    f"a text whose width is {text.width!r} wants the frame: draw_on(text, progress, frame)"
                )
            size = (1, 1) if frame is None else (frame.width, frame.height)
            known = self._texts[id(text)] = outline_letters(text, *size)
        return known

    def _part(
        self, element: AnyElement, turns: Iterator[_Turn], pen: Stroke | None, *, in_stack: bool
    ) -> AnyElement | None:
        if isinstance(element, Group | Row | Column):
            stacked = isinstance(element, Row | Column)
            parts = [self._part(child, turns, pen, in_stack=stacked) for child in element.children]
            if stacked:  # each keeps its place, seen or not
                parts = [
                    replace(child, opacity=0.0) if part is None else part
                    for child, part in zip(element.children, parts, strict=True)
                ]
            return replace(element, children=tuple(part for part in parts if part is not None))
        if isinstance(element, Text):
            return self._text(element, turns, pen)
        turn = next(turns)
        if turn.is_done:
            return element
        if isinstance(element, _FREE):
            return _free_shape(element, turn, pen, in_stack=in_stack)
        if isinstance(element, Rect | Ellipse):
            return _box_shape(element, turn, pen)
        return replace(element, opacity=_clipped(element.opacity) * turn.pen) if turn.pen else None

    def _text(self, text: Text, turns: Iterator[_Turn], pen: Stroke | None) -> AnyElement | None:
        width, height, letters = self._letters(text)
        mine = [next(turns) for _ in letters]
        if all(turn.is_done for turn in mine):
            return text
        line = pen or text.outline or Stroke(_pen_color(text.color), _THIN, join="round")
        outlines = [
            Path(data, stroke=line, end=turn.pen, opacity=1.0 if text.outline else 1 - turn.filled)
            for data, turn in zip(letters, mine, strict=True)
            if data and turn.pen > 0 and (turn.filled < 1 or text.outline)
        ]
        parts: list[AnyElement] = [*outlines]
        if any(turn.filled > 0 for turn in mine):
            box: dict[str, Any] = {name: getattr(text, name) for name in Text.__struct_fields__}
            box |= {name: getattr(Box(), name) for name in Box.__struct_fields__}
            box |= {"x": 0.0, "y": 0.0, "anchor": "top-left", "outline": None}
            if isinstance(text.width, str):
                box["width"] = width
            parts.insert(0, Letters(**box, letter_opacity=[turn.filled for turn in mine]))
        placed: dict[str, Any] = {name: getattr(text, name) for name in Box.__struct_fields__}
        return Group(tuple(parts), width=width, height=height, **placed)


def _clipped(opacity: float) -> float:
    return min(1.0, max(0.0, opacity))


def _own_outline(element: AnyElement) -> Outline:
    """Give an outline wherever its element is put."""
    if isinstance(element, Rect | Ellipse):
        return element_outline(replace(element, x=0.0, y=0.0, anchor="top-left"))
    if isinstance(element, Path | Polygon):
        return element_outline(replace(element, x=0.0, y=0.0))
    if isinstance(element, Polyline):
        return element_outline(replace(element, dx=0.0, dy=0.0))
    return element_outline(element)


def _length_of(data: str) -> float:
    return _length(element_outline(Path(data))) if data else 0.0


def _length(outline: Outline) -> float:
    try:
        return outline_places(outline).length
    except InvalidValueError:  # a point: there at once
        return 0.0


def _pen_color(fill: object) -> Any:
    return fill if fill is not None else "white"


def _lines(element: Any, turn: _Turn, pen: Stroke | None) -> tuple[Stroke, float]:
    """Give the stroke that an outline is drawn with, and how much of it is seen."""
    if element.stroke is not None and element.stroke.width > 0:
        return element.stroke, 1.0
    return pen or Stroke(_pen_color(element.fill), _THIN, join="round"), 1 - turn.filled


def _free_shape(
    element: Line | Path | Polygon | Polyline, turn: _Turn, pen: Stroke | None, *, in_stack: bool
) -> AnyElement | None:
    if turn.pen == 0:
        return None
    stop = element.start + (element.end - element.start) * turn.pen
    if isinstance(element, Line | Polyline):
        return replace(element, end=stop)
    stroke, seen = _lines(element, turn, pen)
    line = replace(element, fill=None, stroke=stroke, end=stop, opacity=_clipped(element.opacity) * seen)
    if turn.filled == 0 or element.fill is None:
        return line
    filled = replace(element, stroke=None, opacity=_clipped(element.opacity) * turn.filled)
    parts = (filled, replace(line, shadow=None))
    if not in_stack:
        return Group(parts, x=0.0, y=0.0, anchor="top-left")
    left, top, right, bottom = bounds(_own_outline(element))
    return Group(
        tuple(replace(part, x=-left, y=-top) for part in parts), width=right - left, height=bottom - top
    )


def _box_shape(element: Rect | Ellipse, turn: _Turn, pen: Stroke | None) -> AnyElement | None:
    if turn.pen == 0:
        return None
    width = float(element.width)
    height = width if element.height is None else float(element.height)
    data = write_data(box_outline(element, width, height))
    stroke, seen = _lines(element, turn, pen)
    parts = [Path(data, stroke=stroke, end=turn.pen, opacity=seen)]
    if element.fill is not None and turn.filled > 0:
        parts.insert(0, Path(data, fill=element.fill, stroke=None, opacity=turn.filled))
    placed: dict[str, Any] = {name: getattr(element, name) for name in Box.__struct_fields__}
    return Group(tuple(parts), width=width, height=height, **placed)
