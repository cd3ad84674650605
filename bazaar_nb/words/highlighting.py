"""Words told apart while they stand: marked as with a pen, underlined, boxed, coloured."""

from __future__ import annotations

from typing import Literal

import numpy as np
from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import Easing, cubic, ease_in_out
from bazaar_nb.scene.elements import AnyElement, Rect, Text
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.color import Color, parse_color
from bazaar_nb.words.staggering import check_seconds, staggered
from bazaar_nb.words.text_parts import (
    Part,
    as_text,
    bare,
    boxes_of,
    change,
    find_part,
    in_box,
    measure_letters,
    own_colors,
)

Mark = Literal["marker", "underline", "box", "color"]
_MARKS = ("marker", "underline", "box", "color")
_EVENLY = ease_in_out(cubic)


def highlight(
    text: Text | str,
    frame: Frame,
    part: Part,
    *,
    mark: Mark = "marker",
    color: Color = "#facc15",
    start: float = 0.0,
    duration: float = 0.6,
    easing: Easing = _EVENLY,
    leave: float | None = None,
) -> AnyElement:
    """Mark a part of a text, as with a pen that goes along its lines.

    Parameters
    ----------
    text : Text or str
        Also what `rise`, `fade` or another of these gave.
    frame : Frame
    part : str, re.Pattern, slice or int
        What it says (all places where it does), letters from … to, or the number of a word.
    mark : str
        ``marker`` below the letters, half transparent; ``underline``; ``box`` around them; ``color`` of the
        letters themselves.
    color : colour
    start : float
        When it begins, in seconds.
    duration : float
        How long it takes, all lines together.
    easing : function
    leave : float, optional
        When it goes back, in seconds.

    Raises
    ------
    InvalidValueError
        When the part isn't in the text.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def shown(frame):
    ...     return bz.words.highlight("This is what matters", frame, "what matters", start=0.5)
    >>> picture = bz.Composition([shown()], width=1280, height=720).still(30)
    """
    given = as_text(text, "highlight")
    if mark not in _MARKS:
        raise InvalidValueError(f"`mark` must be {', '.join(_MARKS[:-1])} or {_MARKS[-1]}, got {mark!r}")
    rgba = parse_color(color)
    letters = find_part(given, part)
    check_seconds(duration, "duration")
    (progress,) = staggered(
        1, frame.time, start=start, duration=duration, easing=easing, leave=leave
    ).tolist()
    if progress == 0.0 or not len(letters):
        return given
    if mark == "color":
        colors = own_colors(given)
        # The letters turn one after the other: each in a third of the time.
        share = np.clip(progress * 1.5 - 0.5 * np.arange(len(letters)) / max(1, len(letters) - 1), 0, 1)
        colors[letters] += (np.array(rgba) - colors[letters]) * share[:, np.newaxis]
        return change(given, color=colors)
    layout = measure_letters(given, frame)
    boxes = boxes_of(layout, letters)
    done = progress * sum(right - left for left, _, right, _ in boxes)
    below: list[AnyElement] = []
    above: list[AnyElement] = []
    for left, top, right, bottom in boxes:
        width, size = min(right - left, done), (bottom - top) / 1.2
        done -= width
        if width <= 0:
            break
        if mark == "underline":
            below.append(_bar(left, bottom - 0.14 * size, width, max(2.0, 0.07 * size), color))
        elif mark == "marker":
            x, y = left - 0.08 * size, top + 0.06 * size
            pen = _bar(x, y, width + 0.16 * size, bottom - top - 0.1 * size, color, radius=0.12 * size)
            below.append(replace(pen, opacity=0.55))
        else:
            x, y = left - 0.14 * size, top - 0.02 * size
            edge = _bar(x, y, width + 0.28 * size, bottom - top + 0.04 * size, color, radius=0.16 * size)
            stroke = Stroke(color, max(2.0, 0.055 * size))
            above.append(replace(edge, fill=None, stroke=stroke, opacity=min(1.0, 3 * progress)))
    return in_box(given, layout, [*below, bare(given, layout), *above])


def _bar(x: float, y: float, width: float, height: float, color: Color, radius: float = 1e6) -> Rect:
    radius = min(radius, width / 2, height / 2)
    return Rect(x=x, y=y, width=width, height=height, anchor="top-left", radius=radius, fill=color)
