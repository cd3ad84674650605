"""A browser that is none: what a player sends is kept, and can be waited for."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bazaar_nb.widgets.player.widget import Player

WAIT_S = 180.0


@dataclass
class Message:
    """What a player sent."""

    content: dict[str, Any]
    buffers: list[bytes]

    @property
    def kind(self) -> str:
        return str(self.content["kind"])


@dataclass
class Screen:
    """The browser side of one view, in this process.

    Sending goes through the player's own comm callback, so that all checks are
    those that a browser meets.
    """

    player: Player
    name: str = "view-1"
    messages: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._arrived = threading.Condition()
        self._numbers = itertools.count(1_000_001)  # no number that a test thinks of
        sends = self.player.send

        def send(content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
            sends(content, buffers)
            with self._arrived:
                if content.get("view") in (self.name, None):
                    self.messages.append(Message(content, list(buffers or [])))
                    self._arrived.notify_all()

        self.player.send = send

    def post(self, content: object, buffers: list[bytes] | None = None) -> None:
        """Send anything at all."""
        message = {
            "content": {"data": {"method": "custom", "content": content}},
            "buffers": buffers or [],
        }
        self.player._handle_msg(message)

    def ask(self, kind: str, **fields: Any) -> Message:
        """Send a request and give its answer."""
        number = next(self._numbers)
        self.post({"id": number, "kind": kind, "view": self.name, **fields})
        return self.wait(lambda m: m.content.get("id") == number)

    def open(self, frame: int = 0, video: str | None = "h264", sound: str | None = "aac") -> Message:
        """Open the view."""
        return self.ask("open", frame=frame, video=[video] if video else [], sound=[sound] if sound else [])

    def wait(self, wanted: Callable[[Message], bool], since: int = 0) -> Message:
        """Give the first message that is wanted, now or when it comes."""

        def find() -> Message | None:
            return next((m for m in self.messages[since:] if wanted(m)), None)

        with self._arrived:
            assert self._arrived.wait_for(find, WAIT_S), [m.content for m in self.messages[since:]]
            found = find()
        assert found is not None
        return found

    def wait_for(self, kind: str, since: int = 0, **fields: Any) -> Message:
        """Give the first message of a kind with these fields."""
        return self.wait(
            lambda m: m.kind == kind and all(m.content.get(k) == v for k, v in fields.items()), since
        )

    def wait_parts(self, indices: Iterable[int], since: int = 0) -> None:
        """Wait until these parts of the film have come."""
        for index in indices:
            self.wait_for("segment", since, index=index)

    def of(self, kind: str, since: int = 0) -> list[Message]:
        """Give the messages of a kind that have come."""
        return [message for message in self.messages[since:] if message.kind == kind]

    def quiet(self, for_s: float = 0.4) -> None:
        """Wait until nothing has come for a while."""
        with self._arrived:
            while True:
                count = len(self.messages)
                if not self._arrived.wait_for(lambda count=count: len(self.messages) > count, for_s):  # type: ignore[misc]
                    return
