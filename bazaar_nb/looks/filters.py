"""Filters put around elements; a filter of a filter becomes one with more steps."""

from __future__ import annotations

import math

from msgspec.structs import replace

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Filter, as_elements
from bazaar_nb.scene.filter_steps import FilterStep
from bazaar_nb.values.number import plain_number

_MOST_STEPS = 64


def filtered(elements: object, *steps: FilterStep) -> Filter:
    """Give elements whose pixels go through steps.

    Parameters
    ----------
    elements : element or sequence of elements
        All of them together: a whole scene's, as a rule.
    *steps : ColorMatrix, ColorCurves, ColorCube, Glow, Grain

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.looks.sepia(bz.looks.contrast(bz.Fill("teal"), 1.2)).children
    (Fill(paint='teal'),)
    """
    children = as_elements(elements)
    if len(children) == 1 and type(children[0]) is Filter:
        inner = children[0]
        if replace(inner, steps=()) == Filter(inner.children) and len(inner.steps) < _MOST_STEPS:
            return replace(inner, steps=(*inner.steps, *steps))
    return Filter(children, steps=steps)


def check_amount(value: object, name: str, what: str, low: float = 0.0, high: float = 1.0) -> float:
    """Check a number.

    Raises
    ------
    InvalidValueError
        When it is none, or not within the limits.
    """
    number = plain_number(value)
    if number is None or not math.isfinite(number) or not low <= number <= high:
        raise InvalidValueError(
            f"`{name}` must be a number from {low:g} to {high:g}, got {value!r:.40} ({what})"
        )
    return float(number)
