"""Marks: what data points look like, by key, so that one view of a table can become another."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

from bazaar_nb.scene.elements import AnyElement, Ellipse, Path, Rect


class Bar(NamedTuple):
    """A box, in pixels; `radius` is of its corners: top left, top right, bottom right, bottom left."""

    left: float
    top: float
    right: float
    bottom: float
    radius: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


class Dot(NamedTuple):
    """A circle, in pixels."""

    x: float
    y: float
    radius: float


class Sector(NamedTuple):
    """A piece of a ring, in pixels; angles in radians, clockwise from the top."""

    x: float
    y: float
    inner: float
    outer: float
    start: float
    stop: float


Form: TypeAlias = Bar | Dot | Sector


class Mark(NamedTuple):
    """A data point as it is seen.

    Attributes
    ----------
    key : str
        Of the data point: equal keys are one thing that moves.
    """

    key: str
    form: Form
    color: str
    opacity: float = 1.0


def mark_element(mark: Mark) -> AnyElement:
    """Give a mark as an element."""
    form, color, opacity = mark.form, mark.color, mark.opacity
    if isinstance(form, Bar):
        width, height = max(0.0, form.right - form.left), max(0.0, form.bottom - form.top)
        radius = form.radius if any(form.radius) else 0.0
        return Rect(
            x=form.left, y=form.top, width=width, height=height, anchor="top-left", radius=radius,
            fill=color, opacity=opacity,
        )  # fmt: skip

    if isinstance(form, Dot):
        return Ellipse(x=form.x, y=form.y, width=2 * form.radius, fill=color, opacity=opacity)
    return Path(sector_path(form), stroke=None, fill=color, opacity=opacity)


def sector_path(form: Sector) -> str:
    """Give a sector's outline as SVG path data."""
    x, y, inner, outer, start, stop = form
    sweep = min(stop - start, 2 * math.pi - 1e-4)
    stop = start + sweep
    large = 1 if sweep > math.pi else 0

    def point(radius: float, angle: float) -> str:
        return f"{x + radius * math.sin(angle):.3f} {y - radius * math.cos(angle):.3f}"

    edge = f"M{point(outer, start)}A{outer:.3f} {outer:.3f} 0 {large} 1 {point(outer, stop)}"
    if inner <= 0:
        return f"{edge}L{x:.3f} {y:.3f}Z"
    return f"{edge}L{point(inner, stop)}A{inner:.3f} {inner:.3f} 0 {large} 0 {point(inner, start)}Z"
