"""Each kind of element is registered once, with all that drawing asks of it."""

from __future__ import annotations

from typing import get_args

import pytest

import bazaar_nb as bz
from bazaar_nb.draw import elements
from bazaar_nb.draw.elements.registry import KINDS, Kind
from bazaar_nb.scene.elements import AnyElement, Box, Element

TYPES = get_args(AnyElement)


def test_every_element_has_a_kind_and_a_public_name() -> None:
    assert elements.__all__ == sorted(elements.__all__)
    assert set(KINDS) == set(TYPES)
    assert [kind.__name__ for kind in TYPES if getattr(bz, kind.__name__, None) is not kind] == []


@pytest.mark.parametrize("element", TYPES)
def test_a_kind_says_all_that_drawing_asks(element: type[Element]) -> None:
    kind: Kind[Element] = KINDS[element]
    assert kind.draw is not None or kind.arrange is not None
    assert kind.place is not None or issubclass(element, Box)
    assert (kind.arrange is not None) == hasattr(element, "children")
    # What opacity must hold for as a whole is told by those that have more than one thing to draw.
    several = {"fill", "stroke"} <= set(_fields(element)) or kind.arrange is not None
    assert (kind.steps is not None) == several
    assert not kind.pin_field or kind.pin_field in _fields(element)


def _fields(element: type[Element]) -> tuple[str, ...]:
    return element.__struct_fields__
