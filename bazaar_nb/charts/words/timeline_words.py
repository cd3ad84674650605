"""Words of events on a timeline: their lines and pictures as elements, and where call-outs point at them."""

from __future__ import annotations

from typing import Any, NamedTuple

from bazaar_nb.charts.parts.name_images import NameImages
from bazaar_nb.charts.parts.room import Room
from bazaar_nb.charts.words.timeline_places import Block, BlockPlace
from bazaar_nb.scene.elements import Anchor, AnyElement, Image, Text

LINE = 1.2


class EventWords(NamedTuple):
    """What is written at an event, in lines, and how large it is."""

    date: str
    name: tuple[str, ...]
    text: tuple[str, ...]
    block: Block
    pictures: NameImages
    key: str


class PlacedEvent(NamedTuple):
    """An event as it is seen: its place on the line, its stem and words; the dot alone without room."""

    x: float
    y: float
    stem: AnyElement | None
    words: tuple[Text | Image, ...]
    shift: float


def write_event(
    room: Room, words: EventWords, place: BlockPlace, size: float, inset: float, date_x: float | None = None
) -> tuple[Text | Image, ...]:
    """Give a block's lines as elements; `inset` keeps them away from the stem."""
    small = max(room.letters(0.0), 0.84 * size)
    block, theme = words.block, room.theme
    x = {
        "left": place.left + inset,
        "right": place.left + block.width - inset,
        "center": place.left + block.width / 2,
    }
    anchor: Any = {"left": "top-left", "right": "top-right", "center": "top"}[place.align]
    at, y = x[place.align], place.top
    elements: list[Text | Image] = []
    if date_x is None:
        elements.append(
            room.text(words.date, small, theme.soft, x=at, y=y, anchor=anchor, weight=500, tabular=True)
        )
        y += LINE * small
    else:
        elements.append(
            room.text(
                words.date,
                small,
                theme.soft,
                x=date_x,
                y=y + 0.62 * size,
                anchor="right",
                weight=500,
                tabular=True,
            )
        )
    pictures, beside = words.pictures, words.pictures.room
    if place.align == "center" and words.name:
        wide = beside + room.width_of(words.name[0], size, 600)
        elements += pictures.draw(words.key, at - wide / 2, y + 0.5 * LINE * size)
    else:
        side: Anchor = "right" if place.align == "right" else "left"
        elements += pictures.draw(words.key, at, y + 0.5 * LINE * size, anchor=side)
    shift = beside * {"left": 1.0, "right": -1.0, "center": 0.5}[place.align]
    for line in words.name:
        elements.append(room.text(line, size, x=at + shift, y=y, anchor=anchor, weight=600))
        y += LINE * size
    for line in words.text:
        elements.append(room.text(line, small, theme.soft, x=at, y=y, anchor=anchor))
        y += LINE * small
    return tuple(elements)


def end_of_words(room: Room, event: PlacedEvent) -> tuple[float, float]:
    """Give where an event's words end: away from the line, or in a column behind its name."""
    boxes = [room.box_of(words) for words in event.words if isinstance(words, Text)]
    if not boxes:
        return event.x, event.y
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    if room.shape == "tall":
        return boxes[1].right + 0.3 * room.label_size, boxes[1].middle[1]
    top, bottom = min(box.top for box in boxes), max(box.bottom for box in boxes)
    return (left + right) / 2, bottom if top > event.y else top
