"""What all rows of the history share: an id, a time, a render, and what a column means."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, NamedTuple

import msgspec

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.ids import event_clock, new_event_id

MOST_MESSAGE = 2000
"""Characters of an error message that are kept."""

MOST_TEXT = 1000
"""Characters of any other text that are kept: names of people, films and places."""


class Doc(NamedTuple):
    """What a column means, and how it is kept."""

    meaning: str
    unit: str = ""
    category: bool = False
    """True for text with few different values."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One row of one of the history's tables; its fields are the table's columns.

    Times are aware and are kept in UTC; text that is too long is cut.

    Attributes
    ----------
    table : str
        Of a kind of events: the name of its table.

    Raises
    ------
    InvalidValueError
        For a time without a time zone.
    """

    table: ClassVar[str]

    event_id: Annotated[str, Doc("the event; sorts by time")] = ""
    event_time: Annotated[dt.datetime, Doc("when the event happened")] = msgspec.field(
        default_factory=event_clock
    )
    render_id: Annotated[str, Doc("the render; sorts by the time it was created")]

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, dt.datetime):
                if value.tzinfo is None:
                    raise InvalidValueError(
                        f"`{name}` must have a time zone, got {value!r} (render {self.render_id})"
                    )
                set_field(self, name, value.astimezone(dt.UTC))
            elif isinstance(value, str) and (len(value) > MOST_TEXT or not value.isascii()):
                most = MOST_MESSAGE if name == "error_message" else MOST_TEXT
                set_field(self, name, storable(value, most))
        if not self.event_id:
            set_field(self, "event_id", new_event_id(self.event_time))


def set_field(event: Event, name: str, value: object) -> None:
    """Put a field right while an event is being made."""
    msgspec.structs.force_setattr(event, name, value)


def storable(text: str, most: int = MOST_TEXT) -> str:
    """Cut a text that is too long, and replace halves of characters, which no file takes."""
    return text[:most].encode("utf-8", "replace").decode()
