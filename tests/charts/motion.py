"""How far the parts of a chart move from one moment to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import bazaar_nb as bz
from bazaar_nb.scene.elements import AnyElement, Rect, Text


def texts(elements: Sequence[Any]) -> Iterator[Text]:
    """Give all texts, also those in groups."""
    for element in elements:
        if isinstance(element, Text):
            yield element
        elif isinstance(element, bz.Group):
            yield from texts(element.children)


def words(elements: Sequence[Any]) -> list[str]:
    """Give what all texts say."""
    return [str(text.text) for text in texts(elements)]


def place_of(elements: Sequence[Any], said: str) -> tuple[float, float]:
    """Give where a text stands."""
    (found,) = [text for text in texts(elements) if text.text == said]
    assert isinstance(found.x, float)
    assert isinstance(found.y, float)
    return found.x, found.y


def bars(elements: Sequence[AnyElement]) -> list[Rect]:
    """Give the bars."""
    return [element for element in elements if isinstance(element, Rect)]
