"""Where previews are cut, and how large they are."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.preview.segmentation import MAX_SIDE, preview_edges, preview_size


@bz.scene(duration=1)
def plain(frame: bz.Frame) -> list[Any]:
    return [bz.Fill("navy")]


@settings(deadline=None)
@given(
    lengths=st.lists(st.fractions(Fraction(1, 10), 5), min_size=1, max_size=5),
    fps=st.sampled_from([1, 24, 30, Fraction(30000, 1001), 60, 120]),
    fade=st.booleans(),
)
def test_parts_are_short_cover_the_film_and_end_with_its_scenes(
    lengths: list[Fraction], fps: Fraction | int, fade: bool
) -> None:
    scenes: list[Any] = [plain(duration=length) for length in lengths]
    if fade and len(scenes) > 1 and min(lengths) > 1:
        scenes.insert(1, bz.fade(0.5))
    film = bz.Composition(scenes, width=64, height=64, fps=fps)
    edges = preview_edges(film)
    assert (edges[0], edges[-1]) == (0, film.frames)
    steps = [after - before for before, after in itertools.pairwise(edges)]
    assert all(0 < step <= max(Fraction(1), film.fps) for step in steps)
    assert steps[0] <= max(Fraction(1), film.fps / 5 + 1)
    assert {span.stop for span in film.timeline.spans} <= set(edges)


@settings(deadline=None)
@given(st.integers(2, 8192), st.integers(2, 8192), st.floats(0.05, 1))
def test_sizes_are_even_and_bounded(width: int, height: int, scale: float) -> None:
    size = preview_size(width, height, scale)
    assert all(side % 2 == 0 and 16 <= side <= MAX_SIDE for side in size)
