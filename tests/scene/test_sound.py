import json
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.sound import Sound
from bazaar_nb.scene.time import as_fps, as_seconds, frames_to_seconds, seconds_to_frames
from tests.texts import refused_or_read, texts

RATES = [as_fps(rate) for rate in (23.976, 24, 25, 29.97, 30, 50, 59.94, 60, 119.88, 120)]
TIMES = st.floats(0, 1e6)


@st.composite
def sounds(draw: st.DrawFn) -> Sound:
    trim_start = draw(TIMES.filter(lambda time: time < 1e6))
    return Sound(
        draw(st.text(min_size=1).filter(lambda text: "\0" not in text)),
        start=draw(TIMES),
        trim_start=trim_start,
        trim_end=draw(st.none() | st.floats(trim_start, 1e6, exclude_min=True)),
        gain_db=draw(st.floats(-120, 60)),
        fade_in=draw(TIMES),
        fade_out=draw(TIMES),
        loop=draw(st.booleans()),
    )


@given(sounds())
def test_survives_json_and_msgpack(sound: Sound) -> None:
    assert msgspec.json.decode(msgspec.json.encode(sound), type=Sound) == sound
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(sound), type=Sound) == sound


@given(st.sampled_from(RATES), st.integers(0, 5 * 3600 * 120))
def test_every_frame_falls_on_its_sample(fps: Fraction, frame: int) -> None:
    exact = frames_to_seconds(frame, fps)
    kept = msgspec.json.decode(msgspec.json.encode(Sound("a.wav", start=exact)), type=Sound).start
    assert seconds_to_frames(as_seconds(kept), Fraction(48000)) == seconds_to_frames(exact, Fraction(48000))


def test_takes_paths_and_any_kind_of_time() -> None:
    sound = Sound(
        Path("music") / "a.wav", start=Decimal("2.5"), trim_end="1/4", fade_in=Fraction(1, 2), fade_out=1
    )
    assert sound == Sound(str(Path("music") / "a.wav"), start=2.5, trim_end=0.25, fade_in=0.5, fade_out=1.0)
    assert json.loads(msgspec.json.encode(sound))["trim_end"] == 0.25


@pytest.mark.parametrize("name", ["start", "trim_start", "trim_end", "gain_db", "fade_in", "fade_out"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "soon", True, [1], -1000, 10**400])
def test_refuses_what_is_no_sensible_number(name: str, value: object) -> None:
    fields: dict[str, Any] = {name: value}
    with pytest.raises(InvalidValueError, match=rf"`{name}` must be .*\(Sound 'voice.wav'\)"):
        Sound("voice.wav", **fields)


def test_says_what_was_given_and_what_is_wanted() -> None:
    with pytest.raises(InvalidValueError) as raised:
        Sound("voice.wav", fade_in=-1)
    assert str(raised.value) == "`fade_in` must be at least 0, got -1 (Sound 'voice.wav')"
    with pytest.raises(InvalidValueError, match="must be after `trim_start`, got 2 s and 3 s"):
        Sound("voice.wav", trim_start=3, trim_end=2)


@pytest.mark.parametrize("source", ["", 7, None, "a\0.wav"])
def test_refuses_a_source_that_is_no_path(source: Any) -> None:
    with pytest.raises(InvalidValueError, match="`source` must be the path or address of a sound file"):
        Sound(source)


@pytest.mark.parametrize("loop", [1, "yes", None])
def test_refuses_a_loop_that_is_no_bool(loop: Any) -> None:
    with pytest.raises(InvalidValueError, match="`loop` must be True or False"):
        Sound("a.wav", loop=loop)


def test_nothing_but_the_source_is_positional() -> None:
    arguments: list[Any] = ["a.wav", 1.0]
    with pytest.raises(TypeError):
        Sound(*arguments)
    with pytest.raises(TypeError, match=r"Sound has no field `volume`\. It has: source, start, .*gain_db"):
        Sound("a.wav", volume=1)  # type: ignore[call-arg]
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(b'{"source": "a.wav", "volume": 1}', type=Sound)


@given(texts("voice.wav", "2.5", "1/3", "-6"))
def test_any_text_is_a_placement_or_an_error(text: str) -> None:
    refused_or_read(lambda: Sound(text).label)
    for name in ("start", "trim_start", "trim_end", "gain_db", "fade_in", "fade_out", "loop"):
        wrong: dict[str, Any] = {name: text}
        refused_or_read(lambda: Sound("voice.wav", **wrong))  # noqa: B023 - called at once
