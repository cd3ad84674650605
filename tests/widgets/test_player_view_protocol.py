"""The protocol's two sides: `widgets/src/player/protocol.ts` and what the kernel checks and sends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

import bazaar_nb as bz
from bazaar_nb.preview.problem import Problem
from bazaar_nb.widgets.player.protocol import PUSHES, REQUESTS, PixelWidth, Rate, Request
from bazaar_nb.widgets.player.widget import EventName, Player
from bazaar_nb.widgets.protocol import Asked
from tests.widgets.screen import Screen


@bz.scene(duration=1)
def red(frame: bz.Frame) -> bz.Fill:
    return bz.Fill("red")


_TEXT = (Path(__file__).parents[2] / "widgets" / "src" / "player" / "protocol.ts").read_text()


def constant(name: str) -> list[str] | float:
    """A list of words, or a number, that the browser side exports."""
    found = re.search(rf"^export const {name} = (.+?);$", _TEXT, re.M | re.S)
    assert found, name
    words = re.findall(r'"([^"]+)"', found[1])
    return words or float(found[1])


def fields(interface: str) -> dict[str, str]:
    """An interface's own fields, by name, with their types."""
    found = re.search(rf"^(?:export )?interface {interface}\b.*? {{\n(.*?)^}}", _TEXT, re.M | re.S)
    assert found, interface
    return dict(re.findall(r"^  (\w+): (.+);$", found[1], re.M))


def limits(kind: Any) -> tuple[Any, Any]:
    (meta,) = kind.__metadata__
    return meta.ge, meta.le


def test_the_words_are_the_same() -> None:
    assert constant("REQUESTS") == list(REQUESTS)
    assert constant("PUSHES") == list(PUSHES)
    assert constant("EVENTS") == list(get_args(EventName))
    assert (constant("MIN_RATE"), constant("MAX_RATE")) == limits(Rate)
    assert (constant("MIN_STILL_WIDTH"), constant("MAX_STILL_WIDTH")) == limits(PixelWidth)
    codes = (Problem.__doc__ or "").split("code : str\n")[1].split("frame :")[0]
    assert constant("PROBLEM_CODES") == re.findall(r"``([\w-]+)``", codes)


@pytest.mark.parametrize("request_type", get_args(Request))
def test_requests_have_the_same_fields(request_type: type[msgspec.Struct]) -> None:
    ours = {field.name: field.type for field in msgspec.structs.fields(request_type)}
    theirs = fields(f"{request_type.__name__}Request")
    tag = request_type.__struct_config__.tag
    assert theirs.pop("kind") == f'"{tag}"'
    assert set(theirs) == set(ours) - {field.name for field in msgspec.structs.fields(Asked)}
    for name, written in theirs.items():
        words = re.findall(r'"(\w+)"', written)
        if words:
            assert sorted(words) == sorted(re.findall(r"'(\w+)'", str(ours[name]))), name


def test_answers_have_the_same_fields() -> None:
    assert set(fields("Problem")) == {field.name for field in msgspec.structs.fields(Problem)}
    player = Player(bz.Composition([red()], width=64, height=36))
    try:
        screen = Screen(player)
        opened = screen.open().content
        still = screen.ask("still", frame=0, width=32, format="jpeg", idle=False).content
        picture = screen.wait(lambda message: message.kind == "picture").content
        segment = screen.wait(lambda message: message.kind == "segment").content
        synced = set(player.get_state()) - set(Player.__base__().get_state())
    finally:
        player.close()
    assert set(opened) - {"kind", "id", "view"} == set(fields("OpenReply"))
    assert set(opened["film"]) == set(fields("FilmInfo"))
    assert set(still) - {"kind", "id", "view"} == set(fields("StillReply"))
    for message, name in ((picture, "PicturePush"), (segment, "SegmentPush")):
        assert set(message) == set(fields(name)) | set(fields("Push"))
    assert {name for name in synced if not name.startswith("_")} == set(fields("Traits"))
