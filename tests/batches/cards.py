"""Small films of rows, for the tests of batches."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

import bazaar_nb as bz


@bz.scene(duration=0.2)
def intro(frame: bz.Frame) -> object:
    return bz.Fill("navy")


@bz.scene(duration=0.2)
def words(frame: bz.Frame, text: str, color: str) -> object:
    return bz.Rect(width=8 + len(text), height=frame.index + 1, fill=color)


@bz.film
def card(
    text: str, color: bz.parameters.Color = "gold", number: Annotated[int, Meta(ge=0)] = 0
) -> bz.Composition:
    """Show a card, after what all cards begin with."""
    if text == "refused":
        raise ValueError("no card says that")
    return bz.Composition([intro(), words(text, color)], width=64, height=36, name=f"card {number}")


def rows(count: int) -> list[dict[str, Any]]:
    """Give rows of which each makes another card."""
    return [{"number": number, "text": "x" * (number + 1), "city": "Oslo"} for number in range(count)]
