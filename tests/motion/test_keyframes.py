from __future__ import annotations

import math
import pickle
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import cubic, ease_out
from bazaar_nb.motion.interpolate import interpolate
from bazaar_nb.motion.keyframes import keyframes

number = st.floats(-1e6, 1e6)


@given(pins=st.dictionaries(number, number, min_size=2), t=number)
def test_it_passes_through_every_pin_and_is_interpolate_between(pins: dict[float, float], t: float) -> None:
    curve = keyframes(pins, easing=cubic)
    assert [curve(time) for time in pins] == list(pins.values())
    times = sorted(pins)
    assert curve(t) == interpolate(t, times, [pins[time] for time in times], easing=cubic)


def test_a_frame_means_its_time_and_the_order_of_writing_means_nothing() -> None:
    fade = keyframes({2: "black", 0: "white"})
    assert fade(SimpleNamespace(time=2.0)) == "black"
    assert fade(0) == "white"


def test_it_keeps_its_own_copy_and_can_be_sent_to_a_worker() -> None:
    place = [0.0, 0.0]
    pins: dict[float, Any] = {0: place, 1: (10, 20)}
    path = keyframes(pins, easing=[cubic])
    place[0], pins[1] = 99.0, (0, 0)
    assert path(0) == (0.0, 0.0)
    assert path(1) == (10.0, 20.0)
    assert pickle.loads(pickle.dumps(path)) == path
    assert hash(path) == hash(keyframes({0: (0, 0), 1: (10, 20)}, easing=[cubic]))


@pytest.mark.parametrize(
    ("pins", "keywords", "message"),
    [
        ([(0, 1), (1, 2)], {}, "a mapping of seconds to values is wanted, got"),
        ({0: 1}, {}, r"must have at least 2 numbers, got \[0\] \(keyframes\)"),
        ({0: 1, math.nan: 2}, {}, r"times must be numbers of seconds, got \[0, nan\]"),
        ({0: 1, "1s": 2}, {}, r"times must be numbers of seconds, got \[0, '1s'\]"),
        ({0: 1, None: 2}, {}, r"times must be numbers of seconds, got \[0, None\]"),
        ({0: 1, math.inf: 2}, {}, r"must be finite numbers, got \[0, inf\]"),
        ({0: 1, 1: "red"}, {}, r"`outputs` must be .* got \[1, 'red'\] \(keyframes\)"),
        ({0: 1, 1: 2}, {"easing": [cubic, ease_out(cubic)]}, "one for each of the 1 intervals"),
    ],
)
def test_bad_pins_are_refused_when_they_are_given(pins: Any, keywords: Any, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        keyframes(pins, **keywords)


def test_a_bad_moment_is_refused() -> None:
    with pytest.raises(
        InvalidValueError, match=r"a frame or a number of seconds is wanted, got nan \(keyframes\)"
    ):
        keyframes({0: 1, 1: 2})(math.nan)
