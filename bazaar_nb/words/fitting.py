"""Text in a box: as large as fits, at its top, middle or bottom."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Anchor, Group, Span, Text
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.shapes import Length
from bazaar_nb.words.text_parts import as_text, split

Vertical = Literal["top", "center", "bottom"]
_VERTICAL: dict[str, tuple[str, Anchor]] = {
    "top": ("0%", "top"),
    "center": ("50%", "center"),
    "bottom": ("100%", "bottom"),
}
_REFERENCE = 100.0  # pixels of letters that words are measured at: widths grow with the size
_STEPS = 12  # halvings: finer than half a pixel


def fit(
    text: Text | str,
    frame: Frame,
    width: float,
    height: float,
    *,
    smallest: float = 8.0,
    largest: float = 400.0,
) -> Text:
    """Give a text in the largest letters with which it fits into a box, in lines that break between words.

    Parameters
    ----------
    text : Text or str
        Its spans keep their sizes in proportion.
    frame : Frame
    width, height : float
        Of the box, in pixels.
    smallest, largest : float
        Sizes of letters, in pixels.

    Returns
    -------
    Text
        As wide as the box.

    Raises
    ------
    InvalidValueError
        When it doesn't fit in the smallest letters.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def quote(frame, words="Any words, of any length"):
    ...     return bz.words.fit(bz.Text(words, weight=700), frame, frame.width * 0.8, frame.height * 0.6)
    """
    given = as_text(text, "fit")
    for name, value in (("width", width), ("height", height), ("smallest", smallest), ("largest", largest)):
        if not 0 < value < 1e6:
            raise InvalidValueError(f"`{name}` must be pixels above 0, got {value!r} (fit)")
    widest = max((_width_at_reference(given, word, frame) for word in _longest_words(given)), default=0.0)
    high = min(float(largest), width / widest * _REFERENCE * 0.998 if widest else float(largest))

    def fits(size: float) -> bool:
        return frame.measure(_sized(given, size, width)).height <= height

    if high < smallest or not fits(smallest):
        raise InvalidValueError(
            f"{''.join(split(given))!r:.60} doesn't fit into {width:g}x{height:g} px in letters of "
            f"{smallest:g} px: give it more room, fewer words or a smaller `smallest` (fit)"
        )
    if fits(high):
        return _sized(given, high, width)
    low = float(smallest)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return _sized(given, low, width)


def block(
    text: Text | str,
    *,
    width: float,
    height: float,
    vertical: Vertical = "center",
    x: Length | None = None,
    y: Length | None = None,
    anchor: Anchor = "center",
) -> Group:
    """Put a text into a box: wrapped to its width, at its top, middle or bottom.

    Parameters
    ----------
    text : Text or str
        Its `align` says where lines are across the box: left, center, right, justify.
    width, height : float
        Of the box, in pixels.
    vertical : str
    x, y : float or str, optional
        Where the box's anchor is put; in the middle by default.
    anchor : str

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def shown(frame):
    ...     return bz.words.block("In a box, at its top", width=600, height=300, vertical="top")
    >>> picture = bz.Composition([shown()], width=1280, height=720).still(30)
    """
    given = as_text(text, "block")
    if vertical not in _VERTICAL:
        raise InvalidValueError(f"`vertical` must be top, center or bottom, got {vertical!r} (block)")
    at, point = _VERTICAL[vertical]
    inner = replace(given, width=float(width), x="50%", y=at, anchor=point)
    return Group((inner,), width=width, height=height, x=x, y=y, anchor=anchor)


def _sized(text: Text, size: float, width: float) -> Text:
    spans = text.text
    if not isinstance(spans, str):
        factor = size / text.size
        spans = tuple(span if span.size is None else replace(span, size=span.size * factor) for span in spans)
    return replace(text, text=spans, size=size, width=width)


def _longest_words(text: Text) -> list[str]:
    """Give the words that may be the widest: measuring all of a long text would take long."""
    return sorted({word.strip() for word in split(text, "word")}, key=len, reverse=True)[:8]


def _width_at_reference(text: Text, word: str, frame: Frame) -> float:
    largest = max((span.size or text.size for span in text.text if isinstance(span, Span)), default=text.size)
    one = replace(text, text=word, size=_REFERENCE * largest / text.size, width=None)
    return frame.measure(one).width
