"""Text that types itself."""

from __future__ import annotations

import math

import numpy as np

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Rect, Text, letters_of
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.letter_layout import LetterLayout
from bazaar_nb.scene.paint import Paint
from bazaar_nb.values.color import Color
from bazaar_nb.words.staggering import check_seconds
from bazaar_nb.words.text_parts import as_text, bare, change, in_box, measure_letters

_BLINK_S = 0.5


def typewriter(
    text: Text | str,
    frame: Frame,
    *,
    rate: float = 18.0,
    start: float = 0.0,
    caret: Color | bool = True,
    caret_after: float = 1.5,
) -> AnyElement:
    """Have a text type itself, with a caret; its lines are broken as they will be in the end.

    Parameters
    ----------
    text : Text or str
    frame : Frame
    rate : float
        Letters a second, spaces too.
    start : float
        When it begins, in seconds; before, there is the caret alone.
    caret : bool or colour
        True is the text's own colour.
    caret_after : float
        Seconds for which the caret blinks on once all is typed.

    Returns
    -------
    element
        The text as it was given, once all is typed and the caret is gone.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def shown(frame):
    ...     return bz.words.typewriter("It types itself", frame, rate=24)
    >>> picture = bz.Composition([shown()], width=1280, height=720).still(30)
    """
    given = as_text(text, "typewriter")
    if not (math.isfinite(rate) and rate > 0):
        raise InvalidValueError(f"`rate` must be above 0 letters a second, got {rate!r} (typewriter)")
    count = len(letters_of(given.text))
    # A letter is there with the frame in which its time has come, whatever floats make of it.
    typed = math.floor((frame.time - check_seconds(start, "start", None)) * rate + 1e-6)
    typed = min(count, max(0, typed))
    end = start + count / rate + check_seconds(caret_after, "caret_after")
    if typed == count and (not caret or frame.time >= end):
        return given
    if not count:
        return given
    layout = measure_letters(given, frame)
    numbers = np.arange(count)
    now = layout.line[min(typed, count - 1)]
    # The lines that are done stay the same element from letter to letter: only the line below is drawn anew.
    done, going = layout.line < now, (layout.line == now) & (numbers < typed)
    children: list[AnyElement] = [
        bare(change(given, opacity=shown.astype(float)), layout) for shown in (done, going) if shown.any()
    ]
    waiting = (
        frame.time - start if typed == 0 else frame.time - start - count / rate if typed == count else 0.0
    )
    if caret and math.floor(abs(waiting) / _BLINK_S + 1e-6) % 2 == 0:
        children.append(_caret(layout, typed, given.color if caret is True else caret))
    return in_box(given, layout, children)


def _caret(layout: LetterLayout, typed: int, color: Paint) -> Rect:
    """Give the caret after so many letters: at their end, or where the next one begins a line."""
    last, count = typed - 1, len(layout.line)
    letter, before = max(last, 0), typed == 0
    if typed < count and (before or (layout.line[typed] != layout.line[last])):
        letter, before = typed, True
    neighbour = letter + 1 if letter + 1 < count else letter - 1
    same_line = neighbour >= 0 and layout.line[neighbour] == layout.line[letter]
    leftwards = same_line and (layout.left[neighbour] < layout.left[letter]) == (neighbour > letter)
    x = layout.left[letter] if before != leftwards else layout.right[letter]
    size, base = float(layout.size[letter]), float(layout.baseline[letter])
    width = max(2.0, 0.06 * size)
    return Rect(
        x=float(x) + (-width if leftwards else 0.0), y=base - 0.82 * size, width=width, height=size,
        anchor="top-left", fill=color,
    )  # fmt: skip
