"""Parts of a formula that are moved, turned, scaled, faded and coloured by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Group
from bazaar_nb.values.color import Color, parse_color
from bazaar_nb.values.number import finite_number
from bazaar_nb.words.formulas.parts import joined
from bazaar_nb.words.formulas.typeset import Typeset

Changes = Mapping[str, Any]
_NUMBERS = {"dx": 0.0, "dy": 0.0, "rotation": 0.0, "scale": 1.0, "opacity": 1.0}


def check_changes(part: str, changes: object) -> dict[str, Any]:
    """Check what is changed of a part.

    Raises
    ------
    InvalidValueError
        For what can't be changed, and for what is no number or colour.
    """
    where = f"moved[{part!r:.60}] of Math.show"
    if not isinstance(changes, Mapping) or not set(changes) <= {*_NUMBERS, "color"}:
        raise InvalidValueError(
            f"of a part {', '.join(_NUMBERS)} and color can be changed, got {changes!r:.80} ({where})"
        )
    checked = {name: finite_number(value, name, where) for name, value in changes.items() if name in _NUMBERS}
    if "color" in changes:
        parse_color(changes["color"])
        checked["color"] = changes["color"]
    return checked


def with_moved_parts(
    whole: Typeset,
    colors: Sequence[Color],
    parts: Sequence[tuple[Sequence[int], Mapping[str, Any]]],
    scale: float,
) -> list[AnyElement]:
    """Give a formula's outlines, in its own coordinates, with parts of it changed.

    Parameters
    ----------
    parts : sequence of (glyphs, changes)
        A glyph that is in several belongs to the first.
    scale : float
        How many pixels of the frame one of the formula's is.
    """
    left = set(range(len(whole.glyphs)))
    elements: list[AnyElement] = []
    for numbers, changes in parts:
        own = [number for number in numbers if number in left]
        left -= set(own)
        if own:
            elements.append(_changed(whole, colors, own, changes, scale))
    return [*_outlines(whole, colors, sorted(left)), *elements]


def _changed(
    whole: Typeset, colors: Sequence[Color], numbers: Sequence[int], changes: Mapping[str, Any], scale: float
) -> Group:
    boxes = [whole.glyphs[number].box for number in numbers]
    x, y = min(box[0] for box in boxes), min(box[1] for box in boxes)
    width, height = max(box[2] for box in boxes) - x, max(box[3] for box in boxes) - y
    dx, dy, rotation, larger, opacity = (changes.get(name, usual) for name, usual in _NUMBERS.items())
    color = changes.get("color")
    shown = colors if color is None else [color] * len(colors)
    inner = Group(_outlines(whole, shown, numbers), x=-x, y=-y, width=0, height=0, anchor="top-left")
    return Group(
        (inner,), x=x + width / 2 + dx / scale, y=y + height / 2 + dy / scale, width=width, height=height,
        rotation=rotation, scale=larger, opacity=min(1.0, max(0.0, opacity)),
    )  # fmt: skip


def _outlines(whole: Typeset, colors: Sequence[Color], numbers: Sequence[int]) -> tuple[AnyElement, ...]:
    part = Typeset(whole.width, whole.height, tuple(whole.glyphs[number] for number in numbers))
    return joined(part, tuple(colors[number] for number in numbers))
