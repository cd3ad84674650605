"""The player's kernel side, asked as a browser asks."""

from __future__ import annotations

import io
import math
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
import traitlets
from av.container import InputContainer
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.widgets.player import Player
from bazaar_nb.widgets.protocol import REQUESTS
from tests.widgets.screen import Message, Screen

drawn: list[int] = []
state: dict[str, Any] = {}


@bz.scene(duration=2)
def counting(frame: bz.Frame, hue: float = 0.0) -> list[Any]:
    """The frame's number as a bar of 8 bits, over a colour that can be changed."""
    drawn.append(frame.index)
    if frame.index == state.get("fails_at"):
        raise ValueError("<img src=x onerror=alert(1)> no such thing")
    bits = [
        bz.Rect(
            x=40 * bit + 20, y=20, width=40, height=40, fill="white" if frame.index >> bit & 1 else "black"
        )
        for bit in range(8)
    ]
    return [bz.Fill(state.get("fill", "#204060")), *bits]


@bz.scene(duration=3)
def still(frame: bz.Frame, text: str = "held") -> list[Any]:
    return [bz.Fill("navy"), bz.Text(text, size=60)]


def make_film(*scenes: Any, **more: Any) -> bz.Composition:
    return bz.Composition(scenes or [counting(), still()], width=320, height=180, fps=30, **more)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    drawn.clear()
    state.clear()
    yield
    # Nobody looks any more: the thread ends.
    for _ in range(100):
        if not any(thread.name.startswith("bazaar-preview") for thread in threading.enumerate()):
            return
        time.sleep(0.05)
    raise AssertionError(threading.enumerate())


@pytest.fixture
def screen() -> Iterator[Screen]:
    player = Player(make_film(), scale=1.0)
    yield Screen(player)
    player.close()


def decoded(data: bytes) -> list[np.ndarray[Any, Any]]:
    with cast(InputContainer, av.open(io.BytesIO(data))) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def number_in(picture: np.ndarray[Any, Any]) -> int:
    return sum(int(picture[20, 40 * bit + 20].mean() > 128) << bit for bit in range(8))


def psnr(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    error = float(np.mean((one.astype(float) - other.astype(float)) ** 2))
    return 10 * math.log10(255**2 / max(error, 1e-9))


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
    screen.open(frame=4500)
    screen.wait_for("segment")
    screen.quiet()
    assert 4500 - 7 * 30 < min(drawn) < 4500 < max(drawn) < 4500 + 23 * 30

    since = len(screen.messages)
    screen.ask("playhead", frame=9 * 30, playing=False, rate=1.0)
    first = screen.wait_for("segment", since)
    edges = screen.messages[0].content["film"]["edges"]
    index = first.content["index"]
    assert edges[index] <= 270 < edges[index + 1]
    player.close()


def test_a_seek_while_a_part_is_made_comes_first() -> None:
    @bz.scene(duration=60)
    def slow(frame: bz.Frame) -> list[Any]:
        time.sleep(0.02)
        drawn.append(frame.index)
        return [bz.Fill(f"rgb({frame.index % 256}, 0, 0)")]

    player = Player(make_film(slow()), scale=0.2)
    screen = Screen(player)
    screen.open()
    screen.wait_for("segment", index=0)
    drawn.clear()
    answer = screen.ask("still", frame=1500, width=64, format="jpeg", idle=False)
    assert answer.kind == "reply"
    assert drawn.index(1500) < 20  # not after the 30 frames of the part that was being made
    screen.ask("playhead", frame=1500, playing=False, rate=1.0)
    since = len(screen.messages)
    edges = screen.messages[0].content["film"]["edges"]
    index = screen.wait_for("segment", since).content["index"]
    assert edges[index] <= 1500 < edges[index + 1]
    player.close()


def test_two_views_share_their_parts(screen: Screen) -> None:
    screen.open()
    screen.wait_for("segment", index=len(screen.messages[0].content["film"]["edges"]) - 2)
    count = len(drawn)
    other = Screen(screen.player, name="view-2")
    other.open()
    assert other.wait_for("segment", index=2).buffers == screen.wait_for("segment", index=2).buffers
    other.quiet()
    assert len(drawn) == count + 1  # the second view's first picture


def test_an_edit_sends_the_picture_first_and_only_what_changed(screen: Screen) -> None:
    screen.open(frame=40)
    screen.wait_for("segment", index=5)
    screen.quiet()
    since = len(screen.messages)
    state["fill"] = "#aa2020"
    screen.player.refresh()
    picture = screen.wait_for("picture", since)
    assert picture.content["frame"] == 40
    assert np.asarray(Image.open(io.BytesIO(picture.buffers[0])))[100, 100, 0] > 150
    screen.quiet()
    edges = screen.messages[0].content["film"]["edges"]
    changed = sorted(message.content["index"] for message in screen.of("segment", since))
    assert changed == [i for i in range(len(edges) - 1) if edges[i] < 60]
    assert screen.messages.index(picture) < screen.messages.index(screen.of("segment", since)[0])

    since = len(screen.messages)
    screen.player.refresh()
    screen.quiet()
    assert screen.messages[since:] == []


def test_another_film_takes_the_place(screen: Screen) -> None:
    screen.open(frame=140)
    screen.wait_for("segment")
    screen.quiet()
    since = len(screen.messages)
    screen.player.film = make_film(counting())
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


def test_sound_comes_in_pieces_without_a_seam(tmp_path: Path) -> None:
    rate = 48000
    tone = np.sin(np.arange(12 * rate) * 2 * np.pi * 440 / rate) * 12000
    with wave.open(str(tmp_path / "tone.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(tone.astype("<i2").tobytes())
    player = Player(make_film(still(duration=12), sound=[bz.Sound(str(tmp_path / "tone.wav"))]), scale=0.1)
    screen = Screen(player)
    assert screen.open().content["film"]["sound_mime"] == 'audio/mp4; codecs="mp4a.40.2"'
    chunks = [screen.wait_for("sound", index=index) for index in range(3)]
    end_s = float(chunks[0].content["offset_s"])
    assert -0.05 < end_s < 0
    for chunk in chunks:
        assert chunk.content["offset_s"] == pytest.approx(end_s, abs=1e-6)
        with cast(InputContainer, av.open(io.BytesIO(chunk.buffers[0]))) as container:
            stream = container.streams.audio[0]
            packets = [packet for packet in container.demux(stream) if packet.size]
            end_s += float(sum((packet.duration or 0) * packet.time_base for packet in packets))
            heard = [frame.to_ndarray() for packet in packets for frame in packet.decode()]
            assert 0.2 < float(np.abs(np.concatenate(heard, axis=1)).max()) < 0.6
    assert end_s == pytest.approx(12, abs=0.05)
    player.close()


def test_a_sound_that_is_not_there_is_told(tmp_path: Path) -> None:
    player = Player(make_film(sound=[bz.Sound(str(tmp_path / "none.wav"))]), scale=0.1)
    screen = Screen(player)
    screen.open()
    assert "none.wav" in screen.wait_for("problem").content["problem"]["message"]
    screen.wait_for("segment", index=0)
    player.close()


def test_what_was_forgotten_is_sent_again(screen: Screen) -> None:
    screen.open()
    first = screen.wait_for("segment", index=1)
    screen.quiet()
    since, count = len(screen.messages), len(drawn)
    screen.ask("forget", segments=[1], sounds=[])
    assert screen.wait_for("segment", since, index=1).buffers == first.buffers
    assert len(drawn) <= count + 30


def test_a_closed_view_stops_its_rendering(screen: Screen) -> None:
    screen.open()
    screen.ask("close")
    screen.quiet()
    count = len(screen.messages)
    time.sleep(0.3)
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
        name = data.draw(st.sampled_from(["frame", "range", "rate", "shape", "no"]))
        player.set_state({name: data.draw(anything)})
        assert screen.ask("alive").kind in ("reply", "error")
        assert screen.open(video=None).kind == "reply"
        assert 0 <= player.frame < player.film.frames


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
