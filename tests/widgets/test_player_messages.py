"""What a player does with what a browser sends: good, late, or made to harm."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import Any

import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.widgets.player.protocol import REQUESTS
from bazaar_nb.widgets.player.widget import Player
from tests.widgets.counting import counting, make_film
from tests.widgets.screen import Message, Screen

pytestmark = pytest.mark.usefixtures("nobody_left")

BROWSERS = ("frame", "playing", "rate", "volume", "muted", "loop", "range")
TRAITS = (*BROWSERS, "shape", "fallback", "_esm", "layout", "no")


def test_a_closed_view_stops_its_rendering(screen: Screen) -> None:
    screen.open()
    screen.ask("close")
    screen.quiet()
    count = len(screen.messages)
    screen.quiet()
    assert len(screen.messages) == count
    answer = screen.ask("playhead", frame=1, playing=False, rate=1.0)
    assert answer.content["problem"]["code"] == "unknown-view"
    assert screen.open().kind == "reply"


def test_events_reach_python_and_a_failing_callback_harms_nobody(screen: Screen) -> None:
    heard: list[tuple[str, int]] = []

    def fail(player: Player, frame: int) -> None:
        raise RuntimeError("not my day")

    screen.player.on("pause", fail)
    forget = screen.player.on("pause", lambda player, frame: heard.append(("pause", frame)))
    screen.open()
    assert screen.ask("event", name="pause", frame=12).kind == "reply"
    forget()
    screen.ask("event", name="pause", frame=13)
    assert heard == [("pause", 12)]
    with pytest.raises(InvalidValueError, match="must be one of play, pause"):
        screen.player.on("stop", fail)  # type: ignore[arg-type]


def test_values_that_make_no_sense_are_refused(screen: Screen) -> None:
    player = screen.player
    with pytest.raises(traitlets.TraitError, match="frame 150 is not in the film"):
        player.frame = 150
    with pytest.raises(traitlets.TraitError, match=r"`range` must be \(first, stop\)"):
        player.range = (20, 10)
    with pytest.raises(InvalidValueError, match="expected a Composition"):
        Player("film.mp4")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="`scale` must be between"):
        Player(make_film(), scale=0)
    player.set_state({"frame": 10**9, "rate": "fast", "volume": 0.5, "_esm": "evil()", "shape": [0, 0]})
    assert (player.frame, player.rate, player.volume, player.shape) == (0, 1.0, 0.5, (320, 180))
    assert "evil" not in str(player._esm)


def test_a_player_has_only_so_many_views(screen: Screen) -> None:
    views = [Screen(screen.player, name=f"view-{number}") for number in range(33)]
    kinds = [view.open(video=None).kind for view in views]
    assert kinds == ["reply"] * 32 + ["error"]
    assert views[0].open(video=None).kind == "reply"  # again
    views[1].ask("close")
    assert views[-1].open(video=None).kind == "reply"


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers() | anything,
        "view": st.sampled_from(["fuzz", "view-1"]) | anything,
        "frame": st.integers() | anything,
        "video": st.lists(st.sampled_from(["h264", "vp9", "h265"]), max_size=3) | anything,
        "sound": st.lists(st.sampled_from(["aac", "opus"]), max_size=3) | anything,
        "playing": st.booleans() | anything,
        "rate": st.floats() | anything,
        "width": st.integers(-10, 9000) | anything,
        "format": st.sampled_from(["jpeg", "png", "exe"]) | anything,
        "idle": st.booleans() | anything,
        "segments": st.lists(st.integers(), max_size=3) | anything,
        "sounds": st.lists(st.integers(), max_size=3) | anything,
        "name": st.sampled_from(["play", "rm"]) | anything,
        "extra": anything,
    },
)


# As a comm brings them; what ipywidgets makes no sense of shows as a traceback below some cell.
paths = st.lists(st.lists(st.sampled_from(TRAITS) | st.integers(), max_size=3), max_size=3)
messages = st.fixed_dictionaries(
    {"method": st.sampled_from(["update", "custom", "request_state", "echo_update"])},
    optional={
        "state": st.dictionaries(st.sampled_from(TRAITS), anything, max_size=4) | anything,
        "buffer_paths": paths | anything,
        "content": anything,
    },
)


class Complaints(logging.Handler):
    """What ipywidgets logs instead of raising."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.heard.append(record.getMessage())


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_message_raises_and_each_request_has_one_answer(data: st.DataObject) -> None:
    with closing(Player(make_film(counting(duration=0.2)), scale=0.1)) as player:
        screen = Screen(player, name="fuzz")
        screen.open(video=None)
        for _ in range(data.draw(st.integers(1, 4))):
            content = data.draw(anything | fields)
            if isinstance(content, dict) and data.draw(st.booleans()):
                content |= {"kind": data.draw(st.sampled_from(REQUESTS)), "id": 77, "view": "fuzz"}
            screen.post(content, data.draw(st.sampled_from([[], [b"\x00"]])))
        player._handle_msg(data.draw(st.dictionaries(st.sampled_from(["content", "buffers"]), anything)))
        assert screen.ask("alive").kind in ("reply", "error")
        assert screen.open(video=None).kind == "reply"
        assert 0 <= player.frame < player.film.frames


def test_no_message_of_a_comm_raises_or_changes_what_is_not_the_browsers(screen: Screen) -> None:
    player, complaints = screen.player, Complaints()
    before = {name: value for name, value in player.get_state().items() if name not in BROWSERS}

    @settings(max_examples=300, deadline=None)
    @given(messages, st.lists(st.binary(max_size=4), max_size=3))
    def send(data: dict[str, Any], buffers: list[bytes]) -> None:
        player._handle_msg({"content": {"data": data}, "buffers": buffers, "metadata": {}})
        assert complaints.heard == []
        assert 0 <= player.frame < player.film.frames
        assert 0.25 <= player.rate <= 4

    player.log.addHandler(complaints)
    try:
        send()
    finally:
        player.log.removeHandler(complaints)
    assert {name: value for name, value in player.get_state().items() if name not in BROWSERS} == before


def test_each_request_has_one_answer(screen: Screen) -> None:
    screen.open()
    asked: list[Message] = [
        screen.ask("playhead", frame=3, playing=True, rate=2.0),
        screen.ask("still", frame=999, width=64, format="jpeg", idle=False),
        screen.ask("still", frame=3, width=64, format="gif", idle=False),
        screen.ask("nonsense"),
        screen.ask("close"),
    ]
    screen.quiet()
    numbers = [int(m.content["id"]) for m in screen.messages if m.kind in ("reply", "error")]
    assert sorted(numbers) == sorted({m.content["id"] for m in asked} | {1_000_001})
