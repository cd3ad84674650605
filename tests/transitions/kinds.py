"""Every transition, with what it takes, and strategies of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

import bazaar_nb as bz

T = bz.transitions
KINDS: dict[str, Callable[..., Any]] = {
    "dissolve": lambda **given: T.dissolve(1, **given),
    "fade": lambda **given: T.fade(1, **given),
    "fade_through": lambda **given: T.fade(1, through="#fff", **given),
    "slide": lambda **given: T.slide(1, **given),
    "slide_away": lambda **given: T.slide(1, 215, away=True, **given),
    "push": lambda **given: T.push(1, "up", **given),
    "zoom": lambda **given: T.zoom(1, center=(0.3, 0.6), **given),
    "zoom_out": lambda **given: T.zoom(1, 0.5, **given),
    "wipe": lambda **given: T.wipe(1, 30, **given),
    "wipe_hard": lambda **given: T.wipe(1, "left", soft=0, **given),
    "iris": lambda **given: T.iris(1, (0.3, 0.4), **given),
    "iris_hard": lambda **given: T.iris(1, soft=0, **given),
    "iris_closes": lambda **given: T.iris(1, closes=True, **given),
    "clock": lambda **given: T.clock(1, **given),
    "clock_hard": lambda **given: T.clock(1, start=90, soft=0, counterclockwise=True, **given),
    "flip": lambda **given: T.flip(1, **given),
    "flip_up": lambda **given: T.flip(1, "up", **given),
    "blur": lambda **given: T.blur(1, 9, **given),
}
durations = st.sampled_from([0.2, 0.3, 0.4])
directions = st.integers(0, 359) | st.sampled_from(["left", "down"])
softness = st.sampled_from([0, 0.05, 0.5])
centers = st.sampled_from([(0.5, 0.5), (0.1, 1.0)])
transitions: st.SearchStrategy[Any] = st.one_of(
    st.builds(T.dissolve, durations),
    st.builds(T.fade, durations, through=st.sampled_from([None, "red"])),
    st.builds(T.slide, durations, directions, away=st.booleans()),
    st.builds(T.push, durations, directions),
    st.builds(T.zoom, durations, st.sampled_from([0.4, 1.5, 3.0]), centers),
    st.builds(T.blur, durations, st.floats(0, 20)),
    st.builds(T.wipe, durations, directions, soft=softness),
    st.builds(T.iris, durations, centers, soft=softness, closes=st.booleans()),
    st.builds(
        T.clock,
        durations,
        start=st.integers(-90, 90),
        center=centers,
        soft=softness,
        counterclockwise=st.booleans(),
    ),
    st.builds(T.flip, durations, st.sampled_from(["left", "right", "up", "down"])),
)
