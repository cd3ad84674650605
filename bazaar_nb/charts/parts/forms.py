"""Forms between two forms: bars, sectors and dots become each other without twisting.

A sector is a bar that is bent: its middle line is an arc. So every form is told by the place, turn, length
and sweep of its middle line, its thickness and its corners (`_Bent`), and what lies between two forms is the
mean of these. Nothing is mirrored on the way and no edge crosses another, which points of two outlines that
are joined by straight lines don't promise.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bazaar_nb.charts.parts.marks import Bar, Dot, Form, Mark, Sector, mark_element
from bazaar_nb.scene.elements import AnyElement, Polygon
from bazaar_nb.values.oklab import mix_colors

Floats = NDArray[np.float64]
_ALONG, _CORNER = 24, 6  # points of a long side and of a corner: off by less than 1/20 px where pictures are
_ROUND_ABOUT = 1.3  # sides whose ratio is smaller may change places, where that is less of a turn


class Outline(NamedTuple):
    """A form of its own, for a moment between two others: its corners in pixels, shape (n, 2)."""

    points: Floats


class _Bent(NamedTuple):
    """A bar around a middle line that is an arc.

    `x, y` is the middle of the middle line, in pixels; `turn` the direction there, in radians clockwise
    from the right; `sweep` the angle of the arc, 0 for a straight line.
    `radii` are of the corners: for a turn of 0
    top left, top right, bottom right, bottom left.
    """

    x: float
    y: float
    turn: float
    length: float
    thick: float
    sweep: float
    radii: tuple[float, float, float, float]


def form_between(start: Form, stop: Form, part: float) -> Form | Outline:
    """Give the form at a part of the way between two.

    Parameters
    ----------
    start, stop : Bar, Dot or Sector
    part : float
        At 0 and below exactly `start`, at 1 and above exactly `stop`.

    Returns
    -------
    Bar, Dot, Sector or Outline
        Two of a kind stay of that kind; a bar and a dot are a bar with round corners.
    """
    if part <= 0:
        return start
    if part >= 1:
        return stop
    if isinstance(start, Bar | Dot) and isinstance(stop, Bar | Dot):
        if isinstance(start, Dot) and isinstance(stop, Dot):
            return Dot(*_mixed(start, stop, part))
        one, other = _as_bar(start), _as_bar(stop)
        radius: Any = tuple(_mixed(one.radius, other.radius, part))
        left, top, right, bottom = _mixed(one[:4], other[:4], part)
        return Bar(left, top, right, bottom, radius)
    if isinstance(start, Sector) and isinstance(stop, Sector):
        return Sector(*_mixed(start, stop, part))
    if isinstance(start, Sector):
        assert not isinstance(stop, Sector)
        return Outline(_outline(*_bent_pair(stop, start), 1 - part))
    assert isinstance(stop, Sector)
    return Outline(_outline(*_bent_pair(start, stop), part))


def mark_between(start: Mark, stop: Mark, part: float) -> AnyElement:
    """Give the element of a mark that is on its way to another; at 0 and 1 exactly the ends."""
    if part <= 0:
        return mark_element(start)
    if part >= 1:
        return mark_element(stop)
    form = form_between(start.form, stop.form, part)
    color = start.color if start.color == stop.color else mix_colors(start.color, stop.color, part)
    opacity = start.opacity + (stop.opacity - start.opacity) * part
    if isinstance(form, Outline):
        return Polygon(form.points, fill=color, opacity=opacity)
    return mark_element(Mark(start.key, form, color, opacity))


def form_middle(form: Form) -> tuple[float, float]:
    """Give the point in the middle of a form, in pixels."""
    if isinstance(form, Bar):
        return (form.left + form.right) / 2, (form.top + form.bottom) / 2
    if isinstance(form, Dot):
        return form.x, form.y
    bent = _bent_sector(form)
    return bent.x, bent.y


def shrunken(form: Form) -> Form:
    """Give the form out of which one comes that wasn't there: a bar from its foot, a dot from its middle."""
    if isinstance(form, Dot):
        return form._replace(radius=0.0)
    if isinstance(form, Sector):
        middle = (form.start + form.stop) / 2
        return form._replace(start=middle, stop=middle)
    x, y = form_middle(form)
    tl, tr, br, bl = form.radius
    if tl + bl < tr + br:  # rounded at the right: stands on its left
        return form._replace(right=form.left)
    if tl + bl > tr + br:
        return form._replace(left=form.right)
    if tl + tr > bl + br:
        return form._replace(top=form.bottom)
    if tl + tr < bl + br:
        return form._replace(bottom=form.top)
    return Bar(x, y, x, y)


def divided(form: Form, count: int) -> list[Form]:
    """Give a form as so many equal pieces: of a bar along its longer side, of a sector along its arc."""
    if count <= 1 or isinstance(form, Dot):
        return [form] * count
    edges = np.linspace(0.0, 1.0, count + 1).tolist()
    pieces = list(pairwise(edges))
    if isinstance(form, Sector):
        sweep = form.stop - form.start
        return [form._replace(start=form.start + a * sweep, stop=form.start + b * sweep) for a, b in pieces]
    left, top, right, bottom, _ = form
    width, height = right - left, bottom - top
    if width >= height:
        return [Bar(left + a * width, top, left + b * width, bottom) for a, b in pieces]
    return [Bar(left, top + a * height, right, top + b * height) for a, b in pieces]


def _mixed(start: Any, stop: Any, part: float) -> list[float]:
    return [one + (other - one) * part for one, other in zip(start, stop, strict=True)]


def _as_bar(form: Bar | Dot) -> Bar:
    if isinstance(form, Bar):
        # a radius is drawn no larger than half of the sides; one that is too large would shrink late
        most = max(0.0, min(form.right - form.left, form.bottom - form.top) / 2)
        tl, tr, br, bl = (min(one, most) for one in form.radius)
        return form._replace(radius=(tl, tr, br, bl))
    x, y, radius = form
    return Bar(x - radius, y - radius, x + radius, y + radius, (radius,) * 4)


@lru_cache(maxsize=512)  # the same two in every frame of a change
def _bent_pair(straight: Bar | Dot, sector: Sector) -> tuple[_Bent, _Bent]:
    bent = _bent_sector(sector)
    return _straightened(straight, bent), bent


def _bent_sector(form: Sector) -> _Bent:
    middle, radius = (form.start + form.stop) / 2, (form.inner + form.outer) / 2
    sweep = form.stop - form.start
    return _Bent(
        form.x + radius * math.sin(middle), form.y - radius * math.cos(middle), middle, radius * sweep,
        form.outer - form.inner, sweep, (0.0, 0.0, 0.0, 0.0),
    )  # fmt: skip


def _straightened(form: Bar | Dot, like: _Bent) -> _Bent:
    """Give a straight form, with the one of its four sides as the first that has the least to turn."""
    bar = _as_bar(form)
    x, y = form_middle(bar)
    width, height = bar.right - bar.left, bar.bottom - bar.top
    if isinstance(form, Dot):  # a circle doesn't turn
        return _Bent(x, y, like.turn, width, height, 0.0, bar.radius)
    quarters = round(like.turn / (math.pi / 2))
    long, thick = max(width, height), min(width, height)
    is_plain = long < _ROUND_ABOUT * thick or max(like.length, like.thick) < _ROUND_ABOUT * min(
        like.length, like.thick
    )
    lies_along = (width >= height) == (like.length >= like.thick)
    if not is_plain and lies_along == bool(quarters % 2):
        rest = like.turn / (math.pi / 2) - quarters
        quarters += 1 if rest >= 0 else -1
    if quarters % 2:
        width, height = height, width
    corners = bar.radius
    radii = tuple(corners[(number + quarters) % 4] for number in range(4))
    return _Bent(x, y, quarters * math.pi / 2, width, height, 0.0, radii)  # type: ignore[arg-type]


def _outline(straight: _Bent, bent: _Bent, part: float) -> Floats:
    """Give the corners of what lies between a straight form and a bent one, shape (n, 2)."""
    x, y, turn, length, thick = _mixed(straight[:5], bent[:5], part)
    sweep = bent.sweep * part
    if thick > 0:  # no tighter than the inner edge allows: it would cross itself
        sweep = min(sweep, 2 * length / thick)
    radii = [min(one * (1 - part), length / 2, thick / 2) for one in straight.radii]
    along, across = _ALONG_BOX @ np.array([length, *radii]), _ACROSS_BOX @ np.array([thick, *radii])
    # a point so far along the middle line lies at this angle of the arc, whose radius is length / sweep
    angle = along * (sweep / length if length > 0 else 0.0)
    sine, cosine = np.sin(angle), np.cos(angle)
    if abs(sweep) > 1e-4:
        forward, aside = (length / sweep) * sine, (length / sweep) * (1 - cosine)
    else:
        forward, aside = along, along * angle / 2
    forward, aside = forward - across * sine, aside + across * cosine
    right, down = math.cos(turn), math.sin(turn)
    points = np.empty((len(angle), 2))
    points[:, 0] = x + forward * right - aside * down
    points[:, 1] = y + forward * down + aside * right
    return points


def _unit_box() -> tuple[Floats, Floats]:
    """Give the corners of a box around 0 with round corners as sums of its sides and radii, clockwise.

    Both arrays have shape (n, 5): how much of the length (of the thickness, across) and of each corner's
    radius makes up a point's place.
    """
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    along: list[list[float]] = []
    across: list[list[float]] = []
    for number, (right, down) in enumerate(signs):
        for angle in np.linspace(np.pi + number * np.pi / 2, 1.5 * np.pi + number * np.pi / 2, _CORNER):
            for row, sign, turned in ((along, right, np.cos(angle)), (across, down, np.sin(angle))):
                of_radius = np.eye(4)[number] * (turned - sign)
                row.append([sign / 2, *of_radius])
        if down != right:  # a short side follows
            continue
        ahead = (number + 1) % 4
        for part in np.linspace(0, 1, _ALONG, endpoint=False)[1:]:
            of_radius = np.eye(4)[number] * (-right * (1 - part)) + np.eye(4)[ahead] * (right * part)
            along.append([right / 2 * (1 - 2 * part), *of_radius])
            across.append([down / 2, 0.0, 0.0, 0.0, 0.0])
    return np.array(along), np.array(across)


_ALONG_BOX, _ACROSS_BOX = _unit_box()
