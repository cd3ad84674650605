"""The player's sound, as the kernel sends it."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from av.container import InputContainer

import bazaar_nb as bz
from bazaar_nb.widgets.player.widget import Player
from tests.widgets.counting import make_film, still
from tests.widgets.screen import Screen

pytestmark = pytest.mark.usefixtures("nobody_left")

RATE = 48_000


def write_tone(path: Path, seconds: int) -> None:
    tone = np.sin(np.arange(seconds * RATE) * 2 * np.pi * 440 / RATE) * 12000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(tone.astype("<i2").tobytes())


def test_sound_comes_in_pieces_without_a_seam(tmp_path: Path) -> None:
    write_tone(tmp_path / "tone.wav", 12)
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


def test_a_sound_that_is_not_there_is_told_once_and_found_when_it_is(tmp_path: Path) -> None:
    path = tmp_path / "late.wav"
    player = Player(make_film(sound=[bz.Sound(str(path))]), scale=0.1)
    screen = Screen(player)
    film = screen.open().content["film"]
    problem = screen.wait_for("problem").content["problem"]
    assert problem["code"] == "sound"  # the browser goes on without
    assert "late.wav" in problem["message"]
    screen.wait_parts(range(len(film["edges"]) - 1))
    screen.quiet()
    player.refresh()
    screen.quiet()
    assert (len(screen.of("problem")), screen.of("solved")) == (1, [])

    since = len(screen.messages)
    write_tone(path, 5)
    player.refresh()
    assert screen.wait_for("film", since).content["film"]["sound_key"] != film["sound_key"]
    screen.wait_for("solved", since)
    screen.wait_for("sound", since, index=0)
    player.close()
