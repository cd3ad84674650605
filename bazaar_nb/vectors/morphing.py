"""One outline becomes another."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Element, Path
from bazaar_nb.scene.paint import Stroke
from bazaar_nb.values.color import format_color, parse_color
from bazaar_nb.values.number import plain_number
from bazaar_nb.vectors.contour_pairs import pair_contours
from bazaar_nb.vectors.contours import Outline, PathLike, read_outline, write_data

_LOOK = ("opacity", "blur", "shadow", "blend", "clip")


def morph_path(a: PathLike, b: PathLike, progress: float, **fields: Any) -> Path:
    """Give the outline on the way from one to another.

    Contours are paired, outer ones with outer ones and holes with holes, by size and place, turned the
    same way round and to the start where they have least to go, and walked at equal shares of their
    length; corners of both stay corners. What has no partner grows from a point, or shrinks to one.

    Parameters
    ----------
    a, b : Path or another shape, str, or array of shape (n, 2)
        Elements that stand at pixels, SVG path data, or points. Colours, opacities and widths of
        elements are mixed.
    progress : float
        0 is `a`, 1 is `b`, exactly. A spring may carry it beyond.
    **fields
        Of the path that is given: ``fill="tomato"``, ``stroke=None``.

    Returns
    -------
    Path

    Raises
    ------
    InvalidValueError
        For what has no outline, as an empty path.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def turning_round(frame):
    ...     square = bz.Rect(width=300, height=300, x=640, y=360, fill="tomato")
    ...     disk = bz.Ellipse(width=400, x=640, y=360, fill="gold")
    ...     return bz.morph_path(square, disk, bz.ease_in_out(bz.cubic)(frame.progress))
    """
    share = plain_number(progress)
    if share is None or not -10 <= share <= 10:
        raise InvalidValueError(f"`progress` must be a share from 0 to 1, got {progress!r:.60} (morph_path)")
    first, last = (read_outline(path, "morph_path") for path in (a, b))
    d = write_data(_at(first, last, float(share)))
    styled = {**_mixed_look(a, b, min(1.0, max(0.0, float(share)))), **fields}
    return Path(**{"d": d, **styled})


def _at(first: Outline, last: Outline, share: float) -> Outline:
    if share == 0.0:
        return first
    if share == 1.0:
        return last
    return pair_contours(first, last).at(share)


def _mixed_look(a: object, b: object, share: float) -> dict[str, Any]:
    """Give the look between two elements; data and points have that of a new `Path`."""
    one, other = _look(a), _look(b)
    if one is None or other is None:
        return one or other or {}
    look: dict[str, Any] = {name: (one if share < 0.5 else other).get(name) for name in ("shadow", "blend")}
    for name in ("opacity", "blur"):
        look[name] = one[name] + (other[name] - one[name]) * share
    look["clip"] = (one if share < 1 else other)["clip"]
    look["fill"] = mixed_color(one["fill"], other["fill"], share)
    look["stroke"] = _mixed_stroke(one["stroke"], other["stroke"], share)
    return look


def _look(path: object) -> dict[str, Any] | None:
    if hasattr(path, "as_element"):
        path = path.as_element()
    if not isinstance(path, Element):
        return None
    look = {name: getattr(path, name) for name in _LOOK}
    return {**look, "fill": getattr(path, "fill", None), "stroke": getattr(path, "stroke", None)}


def mixed_color(one: Any, other: Any, share: float) -> Any:
    """Mix two colours; None is one that isn't seen, and of gradients the nearer is taken."""
    if one == other:
        return one
    if one is None or other is None:
        known, seen = (other, share) if one is None else (one, 1 - share)
        if not isinstance(known, str):
            return known if seen > 0 else None
        red, green, blue, alpha = parse_color(known)
        return format_color((red, green, blue, alpha * seen))
    if not (isinstance(one, str) and isinstance(other, str)):
        return one if share < 0.5 else other
    pairs = zip(parse_color(one), parse_color(other), strict=True)
    red, green, blue, alpha = (a + (b - a) * share for a, b in pairs)
    return format_color((red, green, blue, alpha))


def _mixed_stroke(one: Stroke | None, other: Stroke | None, share: float) -> Stroke | None:
    if one is None or other is None:
        known, seen = (other, share) if one is None else (one, 1 - share)
        return None if known is None or seen == 0 else replace(known, width=known.width * seen)
    color = mixed_color(one.color, other.color, share)
    nearer = one if share < 0.5 else other
    return replace(nearer, color=color, width=one.width + (other.width - one.width) * share)
