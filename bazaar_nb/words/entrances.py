"""Texts that come in by letters, words or lines, and go again: rising, fading, popping up; waves."""

from __future__ import annotations

import math
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import Easing, back, ease_out
from bazaar_nb.scene.elements import Text, letters_of
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.letter_layout import Counts, Floats, LetterLayout
from bazaar_nb.words.staggering import SETTLE, Order, check_seconds, staggered
from bazaar_nb.words.text_parts import By, as_text, change, measure_letters, numbers_of

_EACH_S = {"letter": 0.03, "word": 0.08, "line": 0.2}
_POP = ease_out(back())


class Timing(TypedDict, total=False):
    """When letters, words or lines come in; see `reveal`."""

    by: By
    start: float
    each: float | None
    duration: float
    easing: Easing
    order: Order
    leave: float | None


def reveal(
    text: Text | str,
    frame: Frame,
    *,
    dx: float = 0.0,
    dy: float = 0.0,
    opacity: float = 0.0,
    scale: float = 1.0,
    rotation: float = 0.0,
    **timing: Unpack[Timing],
) -> Text:
    """Have a text come in by letters, words or lines, from another place, size, turn or opacity.

    The text is laid out once, as a whole: letters keep their kerning and their line on the way.

    Parameters
    ----------
    text : Text or str
    frame : Frame
    dx, dy : float
        Where letters come from, in pixels from their places.
    opacity, scale, rotation : float
        What letters have at first.
    by : str
        ``letter`` (as it stands), ``word`` or ``line``.
    start : float
        When the first begins, in seconds.
    each : float, optional
        How much later each next one begins; by default 0.03 s by letters, 0.08 by words, 0.2 by lines.
    duration : float
        How long each takes, in seconds.
    easing : function
    order : str
        ``forward``, ``backward``, ``center``, ``edges`` or ``random``.
    leave : float, optional
        When the first begins to go the same way back, in seconds.

    Returns
    -------
    Text
        The text as it was given, once it is all there; `Letters` before.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def title(frame):
    ...     return bz.words.reveal(bz.Text("From the left", size=120), frame, dx=-80, by="word")
    """
    given = as_text(text, "reveal")
    unknown = sorted(timing.keys() - Timing.__annotations__)
    if unknown:
        raise TypeError(f"no option is called {unknown[0]!r}; there are {', '.join(Timing.__annotations__)}")
    by = timing.get("by", "letter")
    numbers = numbers_of(given, by, frame)
    each = timing.get("each")
    progress = staggered(
        int(numbers.max(initial=-1)) + 1,
        frame.time,
        start=timing.get("start", 0.0),
        each=_EACH_S[by] if each is None else each,
        duration=timing.get("duration", 0.5),
        easing=timing.get("easing", SETTLE),
        order=timing.get("order", "forward"),
        leave=timing.get("leave"),
    )
    if (progress == 1.0).all():
        return given
    p = progress[numbers]
    away = 1.0 - p
    sizes, turns = scale + (1.0 - scale) * p, rotation * away
    right, down = dx * away, dy * away
    if by != "letter" and (scale != 1.0 or rotation != 0.0):
        layout = measure_letters(given, frame)
        shown = ~np.array([letter.isspace() for letter in letters_of(given.text)])
        right, down = _around_middles(layout, numbers, shown, sizes, turns, right, down)
    return change(
        given,
        dx=right if right.any() else None,
        dy=down if down.any() else None,
        scale=sizes if scale != 1.0 else None,
        rotation=turns if rotation else None,
        opacity=np.clip(opacity + (1.0 - opacity) * p, 0.0, 1.0) if opacity != 1.0 else None,
    )


def _around_middles(
    layout: LetterLayout,
    numbers: Counts,
    shown: NDArray[np.bool_],
    sizes: Floats,
    turns: Floats,
    right: Floats,
    down: Floats,
) -> tuple[Floats, Floats]:
    """Have words and lines grow and turn around their own middle, not each letter around its."""
    middle = (layout.left + layout.right) / 2
    count = int(numbers.max(initial=-1)) + 1
    start, stop = np.full(count, 1e9), np.full(count, -1e9)
    np.minimum.at(start, numbers[shown], layout.left[shown])
    np.maximum.at(stop, numbers[shown], layout.right[shown])
    away = np.where(shown, middle - ((start + stop) / 2)[numbers], 0.0)
    angle = np.radians(turns)
    return right + away * (sizes * np.cos(angle) - 1.0), down + away * sizes * np.sin(angle)


def rise(text: Text | str, frame: Frame, *, distance: float | None = None, **timing: Unpack[Timing]) -> Text:
    """Have letters, words or lines rise into their places.

    Parameters
    ----------
    distance : float, optional
        From how far below, in pixels; by default 0.6 of the letters' size.
    **timing
        As for `reveal`: by, start, each, duration, easing, order, leave.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def shown(frame):
    ...     return bz.words.rise(bz.Text("Words that rise", size=90), frame, by="word")
    >>> picture = bz.Composition([shown()], width=1280, height=720).still(30)
    """
    given = as_text(text, "rise")
    return reveal(given, frame, dy=0.6 * given.size if distance is None else distance, **timing)


def fade(text: Text | str, frame: Frame, **timing: Unpack[Timing]) -> Text:
    """Have letters, words or lines appear where they stand; options as for `reveal`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def shown(frame):
    ...     return bz.words.fade("One after the other", frame, each=0.1)
    >>> picture = bz.Composition([shown()], width=1280, height=720).still(30)
    """
    return reveal(as_text(text, "fade"), frame, **timing)


def pop(text: Text | str, frame: Frame, **timing: Unpack[Timing]) -> Text:
    """Have letters, words or lines grow out of their middle, a little too far at first; as `reveal`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def shown(frame):
    ...     return bz.words.pop("Pop! Pop!", frame, by="word", each=0.4)
    >>> picture = bz.Composition([shown()], width=1280, height=720).still(30)
    """
    return reveal(as_text(text, "pop"), frame, scale=0.0, **_with_easing(timing, _POP))


def _with_easing(timing: Timing, easing: Easing) -> Timing:
    changed = timing.copy()
    changed.setdefault("easing", easing)
    return changed


def wave(
    text: Text | str,
    frame: Frame,
    *,
    height: float | None = None,
    period: float = 1.6,
    letters: float = 12.0,
    start: float = 0.0,
    stop: float | None = None,
) -> Text:
    """Have a wave run through a text's letters.

    Parameters
    ----------
    height : float, optional
        How far letters go up and down, in pixels; by default 0.12 of their size.
    period : float
        Seconds for one letter to go up and down.
    letters : float
        How many letters a wave is long.
    start, stop : float
        When it begins and ends, in seconds; it swells and ebbs within half a period.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def shown(frame):
    ...     return bz.words.wave("waves run through it", frame)
    >>> picture = bz.Composition([shown()], width=1280, height=720).still(30)
    """
    given = as_text(text, "wave")
    if check_seconds(period, "period") == 0 or letters <= 0:
        raise InvalidValueError(
            f"`period` and `letters` must be above 0, got {period!r} and {letters!r} (wave)"
        )
    high = 0.12 * given.size if height is None else float(height)
    strength = min(1.0, max(0.0, 2 * (frame.time - start) / period))
    if stop is not None:
        strength *= min(1.0, max(0.0, 2 * (stop - frame.time) / period))
    if strength == 0.0:
        return given
    turns = (frame.time - start) / period - np.arange(len(letters_of(given.text))) / letters
    return change(given, dy=-high * strength * np.sin(2 * math.pi * turns))
