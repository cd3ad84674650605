"""The player's kernel side, asked as a browser asks: what it makes, and when."""

from __future__ import annotations

import io
import threading
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

import bazaar_nb as bz
from bazaar_nb.widgets.player.widget import Player
from tests.widgets.counting import counting, decoded, drawn, make_film, number_in, psnr, state
from tests.widgets.screen import WAIT_S, Screen

pytestmark = pytest.mark.usefixtures("nobody_left")

STILL = {"kind": "still", "width": 64, "format": "jpeg", "idle": False}


def test_first_the_picture_then_parts_that_are_the_film(screen: Screen) -> None:
    film = screen.open().content["film"]
    assert (film["frames"], film["fps"], film["preview"]) == (150, [30, 1], [320, 180])
    assert film["marks"] == [["counting", 0, 60], ["still", 60, 150]]
    assert film["edges"][:2] == [0, 6]
    assert 60 in film["edges"]

    picture = screen.wait_for("picture")
    assert screen.messages.index(picture) < screen.messages.index(screen.wait_for("segment"))
    shown = np.asarray(Image.open(io.BytesIO(picture.buffers[0])))
    assert psnr(shown, np.asarray(screen.player.film.still(0))) > 34  # type: ignore[attr-defined]

    for index, (first, stop) in enumerate(zip(film["edges"][:-1], film["edges"][1:], strict=True)):
        frames = decoded(screen.wait_for("segment", index=index).buffers[0])
        assert len(frames) == stop - first
        for frame in range(first, min(stop, 60)):
            assert number_in(frames[frame - first]) == frame
            exact = np.asarray(screen.player.film.still(frame))  # type: ignore[attr-defined]
            assert psnr(frames[frame - first], exact) > 34


@pytest.mark.parametrize(
    ("video", "container"), [("h264", "mov,mp4,m4a,3gp,3g2,mj2"), ("vp9", "matroska,webm")]
)
def test_the_codec_is_the_browsers(screen: Screen, video: str, container: str) -> None:
    screen.open(video=video)
    data = screen.wait_for("segment", index=0).buffers[0]
    with av.open(io.BytesIO(data)) as file:
        assert file.format.name == container
        assert file.streams.video[0].codec_context.name == video
    assert len(decoded(data)) == 6


def test_without_video_only_stills_are_made(screen: Screen) -> None:
    assert screen.open(video=None).content["film"]["video_mime"] is None
    screen.wait_for("picture")
    answer = screen.ask("still", frame=37, width=320, format="png", idle=False)
    exact = np.asarray(screen.player.film.still(37))  # type: ignore[attr-defined]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(answer.buffers[0]))), exact)
    screen.quiet()
    assert screen.of("segment") == []


def test_only_what_is_near_the_playhead_is_evaluated() -> None:
    player = Player(make_film(counting(duration=300)), scale=0.1)
    screen = Screen(player)
    edges = screen.open(frame=4500).content["film"]["edges"]

    def near(frame: int) -> list[int]:
        ahead, behind = frame + 20 * 30, frame - 5 * 30
        return [i for i in range(len(edges) - 1) if behind < edges[i + 1] and edges[i] < ahead]

    screen.wait_parts(near(4500))
    screen.quiet()
    assert 4500 - 7 * 30 < min(drawn) < 4500 < max(drawn) < 4500 + 23 * 30

    since = len(screen.messages)
    screen.ask("playhead", frame=9 * 30, playing=False, rate=1.0)
    index = screen.wait_for("segment", since).content["index"]
    assert edges[index] <= 270 < edges[index + 1]
    screen.wait_parts(near(270), since)
    player.close()


def test_a_seek_while_a_part_is_made_comes_first() -> None:
    arrived, go_on = threading.Event(), threading.Event()

    @bz.scene(duration=60)
    def gated(frame: bz.Frame) -> list[Any]:
        drawn.append(frame.index)
        if frame.index == 10:
            arrived.set()
            go_on.wait(WAIT_S)
        return [bz.Fill(f"rgb({frame.index % 256}, 0, 0)")]

    player = Player(make_film(gated()), scale=0.2)
    screen = Screen(player)
    edges = screen.open().content["film"]["edges"]
    assert arrived.wait(WAIT_S)  # in the middle of the second part
    drawn.clear()
    since = len(screen.messages)
    screen.post(
        {
            "id": 7,
            "kind": "still",
            "view": "view-1",
            "frame": 1500,
            "width": 64,
            "format": "jpeg",
            "idle": False,
        }
    )
    screen.post({"id": 8, "kind": "playhead", "view": "view-1", "frame": 900, "playing": False, "rate": 1.0})
    go_on.set()
    assert screen.wait(lambda m: m.content.get("id") == 7).kind == "reply"
    index = screen.wait_for("segment", since).content["index"]
    assert edges[index] <= 900 < edges[index + 1]
    # The part that was begun is left: it is not near any more.
    assert drawn[0] == 1500
    assert set(drawn[1 : edges[index + 1] - edges[index]]) <= set(range(edges[index], edges[index + 1]))
    player.close()


def test_thumbnails_wait_for_what_is_needed_soon() -> None:
    arrived, go_on = threading.Event(), threading.Event()

    @bz.scene(duration=10)
    def gated(frame: bz.Frame) -> list[Any]:
        drawn.append(frame.index)
        if frame.index == 10:
            arrived.set()
            go_on.wait(WAIT_S)
        return [bz.Fill("red")]

    player = Player(make_film(gated()), scale=0.2)
    screen = Screen(player)
    screen.open()
    assert arrived.wait(WAIT_S)
    thumbnail = {"view": "view-1", **STILL, "frame": 250, "idle": True}
    screen.post({"id": 7, **thumbnail})
    go_on.set()
    answer = screen.wait(lambda m: m.content.get("id") == 7)
    assert screen.messages.index(screen.wait_for("segment", index=1)) < screen.messages.index(answer)
    edges = screen.messages[0].content["film"]["edges"]
    assert screen.messages.index(answer) < screen.messages.index(
        screen.wait_for("segment", index=len(edges) - 2)
    )
    screen.ask("close")
    screen.post({"id": 8, **thumbnail})  # nothing is made any more, but each request is answered
    assert screen.wait(lambda m: m.content.get("id") == 8).kind == "error"
    player.close()


def test_two_views_share_their_parts(screen: Screen) -> None:
    screen.open()
    screen.wait_for("segment", index=len(screen.messages[0].content["film"]["edges"]) - 2)
    count = len(drawn)
    other = Screen(screen.player, name="view-2")
    other.open()
    assert other.wait_for("segment", index=2).buffers == screen.wait_for("segment", index=2).buffers
    other.wait_for("picture")
    other.quiet()
    assert len(drawn) == count + 1  # the second view's first picture


def test_an_edit_sends_the_picture_first_and_only_what_changed(screen: Screen) -> None:
    edges = screen.open(frame=40).content["film"]["edges"]
    screen.wait_parts(range(len(edges) - 1))
    since = len(screen.messages)
    state["fill"] = "#aa2020"
    screen.player.refresh()
    picture = screen.wait_for("picture", since)
    assert picture.content["frame"] == 40
    assert np.asarray(Image.open(io.BytesIO(picture.buffers[0])))[100, 100, 0] > 150
    changed = [i for i in range(len(edges) - 1) if edges[i] < 60]
    screen.wait_parts(changed, since)
    screen.quiet()
    assert sorted(message.content["index"] for message in screen.of("segment", since)) == changed
    assert screen.messages.index(picture) < screen.messages.index(screen.of("segment", since)[0])

    since = len(screen.messages)
    screen.player.refresh()
    screen.quiet()
    assert screen.messages[since:] == []


def test_another_film_takes_the_place(screen: Screen) -> None:
    edges = screen.open(frame=140).content["film"]["edges"]
    screen.wait_parts(range(len(edges) - 1))
    screen.player.frame, screen.player.range = 140, (100, 150)
    since = len(screen.messages)
    screen.player.film = make_film(counting())
    assert [screen.player.frame, screen.player.range] == [59, None]
    film = screen.wait_for("film", since).content["film"]
    assert (film["frames"], film["generation"]) == (60, 1)
    assert screen.wait_for("picture", since).content["frame"] == 59
    data = screen.wait_for("segment", since).buffers[0]
    assert number_in(decoded(data)[-1]) == 59


def test_a_failing_scene_is_told_and_recovers(screen: Screen) -> None:
    state["fails_at"] = 40
    screen.open()
    screen.wait_for("segment", index=0)
    screen.ask("playhead", frame=40, playing=False, rate=1.0)
    problem = screen.wait_for("problem").content["problem"]
    assert (problem["code"], problem["scene"], problem["frame"]) == ("scene", "counting", 40)
    assert "<img src=x onerror=alert(1)> no such thing" in problem["message"]
    assert any("raise ValueError" in line for line in problem["lines"])
    error = screen.ask("still", frame=40, width=64, format="jpeg", idle=False)
    assert error.kind == "error"
    assert error.content["problem"]["scene"] == "counting"

    since = len(screen.messages)
    del state["fails_at"]
    screen.player.refresh()
    screen.wait_for("solved", since)
    edges = screen.messages[0].content["film"]["edges"]
    screen.wait(
        lambda m: m.kind == "segment" and edges[m.content["index"]] <= 40 < edges[m.content["index"] + 1],
        since,
    )


def test_what_was_forgotten_is_sent_again(screen: Screen) -> None:
    edges = screen.open().content["film"]["edges"]
    screen.wait_parts(range(len(edges) - 1))
    first = screen.wait_for("segment", index=1)
    since, count = len(screen.messages), len(drawn)
    screen.ask("forget", segments=[1], sounds=[])
    assert screen.wait_for("segment", since, index=1).buffers == first.buffers
    assert len(drawn) <= count + 30
