"""Lists with bullets or numbers: rows of a column, so that `stagger` brings them in one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Anchor, AnyElement, Column, Row, Span, Text
from bazaar_nb.scene.shapes import Length
from bazaar_nb.values.color import Color

_MARKERS = ("•", "–", "◦")
_INDENT_EM, _GAP_EM = 1.15, 0.45
_MOST, _DEEPEST = 500, 8


class SubList(list[Any]):
    """What belongs to an item, with a marker of its own."""

    marker: str | None = None


def bullets(
    items: Sequence[Any],
    *,
    width: float,
    size: float = 48.0,
    color: Color = "white",
    accent: Color | None = None,
    marker: str | None = None,
    gap: float = 0.45,
    weight: int = 400,
    font: str | None = None,
    x: Length | None = None,
    y: Length | None = None,
    anchor: Anchor = "center",
) -> Column:
    """Give a list with bullets or numbers.

    Parameters
    ----------
    items : sequence of str, tuple of Span, Text or list
        A list after an item is what belongs to it, and is set further in.
    width : float
        Pixels that the list takes; items are wrapped.
    size : float
        Of the letters, in pixels.
    color : colour
    accent : colour, optional
        Of bullets and numbers.
    marker : str, optional
        What stands before items; with ``1`` in it, as ``"1."``, they are counted. By default bullets, and
        dashes further in.
    gap : float
        Between items, as a multiple of the size.
    weight : int
    font : str, optional
    x, y : float or str, optional
        Where the list's anchor is put; in the middle by default.
    anchor : str

    Returns
    -------
    Column
        Of a row for each item.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> points = ["Write what a frame shows", ["as data"], "See it at once", "Export"]
    >>> @bz.scene(duration=4)
    ... def agenda(frame):
    ...     return bz.stagger(bz.words.bullets(points, width=1200, size=64), frame, each=0.5)
    """
    if not width > 0 or not size > 0:
        raise InvalidValueError(
            f"`width` and `size` must be pixels above 0, got {width!r}, {size!r} (bullets)"
        )
    if isinstance(items, str) or not isinstance(items, Sequence):
        raise InvalidValueError(f"bullets takes a list of texts, got {items!r:.60}")
    plain = Text("", size=size, color=color, weight=weight, font=font, align="left")
    rows = [
        _row(plain, item, label, level, width, accent or color)
        for item, label, level in _numbered(items, marker, 0)
    ]
    if len(rows) > _MOST:
        raise InvalidValueError(f"a list has at most {_MOST} items, got {len(rows)} (bullets)")
    return Column(tuple(rows), gap=gap * size, align="start", x=x, y=y, anchor=anchor)


def _numbered(items: Sequence[Any], marker: str | None, level: int) -> Iterator[tuple[Any, str, int]]:
    if level > _DEEPEST:
        raise InvalidValueError(f"lists are nested at most {_DEEPEST} deep (bullets)")
    count = 0
    for item in items:
        if isinstance(item, list):
            own = item.marker if isinstance(item, SubList) else marker
            yield from _numbered(item, own, level + 1)
            continue
        count += 1
        label = _MARKERS[min(level, len(_MARKERS) - 1)] if marker is None else marker.replace("1", str(count))
        yield item, label, level


def _row(plain: Text, item: Any, label: str, level: int, width: float, accent: Color) -> AnyElement:
    size = plain.size
    gap = _GAP_EM * size
    before = _INDENT_EM * size * (level + 1) + (0.55 * size * (len(label) - 1) if len(label) > 2 else 0.0)
    room = width - before - gap
    if room < size:
        raise InvalidValueError(
            f"`width` {width:g} px leaves no room for items at level {level + 1} (bullets)"
        )
    if isinstance(item, Text):
        words = replace(item, width=room, align="left", x=None, y=None)
    elif isinstance(item, str) or (isinstance(item, tuple) and all(isinstance(span, Span) for span in item)):
        words = replace(plain, text=item, width=room)
    else:
        raise InvalidValueError(
            f"an item is text, a tuple of Span, a Text, or a list, got {item!r:.60} (bullets)"
        )
    bullet = replace(plain, text=label, width=before, align="right", color=accent, tabular=plain.font is None)
    return Row((bullet, words), gap=gap, align="start")
