from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.draw import line_paths
from bazaar_nb.draw.line_paths import line_path, split_at_gaps, thinned, trimmed


@given(st.lists(st.integers(2, 5), min_size=1, max_size=4), st.booleans())
def test_a_path_read_from_memory_is_the_one_that_calls_make(lengths: list[int], closed: bool) -> None:
    points = np.random.default_rng(sum(lengths)).uniform(-9, 9, (sum(lengths), 2)).astype(np.float32)
    starts = np.cumsum([0, *lengths[:-1]])
    assert line_paths._is_form_known()  # with the skia that the package is tested with
    fast = line_path(points, starts, closed=closed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_paths, "_is_form_known", lambda: False)
        slow = line_path(points, starts, closed=closed)
    assert fast == slow
    assert fast.countPoints() == len(points)


def test_gaps_split_lines_and_no_part_spans_two() -> None:
    nan = np.nan
    lines = np.array([[0, 1, nan, nan, 4], [nan, 1, nan, 3, 4]], np.float32)
    points = np.stack([np.broadcast_to(np.arange(5), (2, 5)), lines], axis=2).astype(np.float32)
    flat, starts = split_at_gaps(points)
    assert flat[:, 1].tolist() == [0, 1, 4, 1, 3, 4]
    assert starts.tolist() == [0, 2, 3, 4]
    assert split_at_gaps(points[:, :0])[0].shape == (0, 2)


@given(st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_the_part_of_a_line_is_as_long_as_it_says(start: float, end: float, gap: bool) -> None:
    points = np.random.default_rng(3).uniform(0, 100, (1, 20, 2)).astype(np.float32)
    if gap:
        points[0, [5, 6, 12]] = np.nan

    def length(part: line_paths.Floats, starts: np.ndarray[tuple[int], np.dtype[np.intp]]) -> float:
        return sum(
            float(np.hypot(*np.diff(line.astype(np.float64), axis=0).T).sum())
            for line in np.split(part, starts[1:])
        )

    whole = split_at_gaps(points)
    part, starts = trimmed(*whole, start, end)
    assert length(part, starts) == pytest.approx(max(0.0, end - start) * length(*whole), abs=1e-3)
    assert starts.tolist() == sorted(set(starts.tolist()))
    assert not len(starts) or (starts[0] == 0 and starts[-1] < len(part))


@given(st.integers(3, 400), st.integers(0, 9), st.sampled_from([0.0, 0.02, 3.0]))
def test_a_thinned_line_stays_where_it_was(count: int, seed: int, noise: float) -> None:
    rng = np.random.default_rng(seed)
    x = np.linspace(0, 100, count) if seed % 2 else np.sort(rng.uniform(0, 100, count))
    y = 20 * np.sin(x / 9) + rng.normal(0, noise, count)
    points = np.stack([x, y], axis=1).astype(np.float32)
    starts = np.unique([0, count // 3, count // 2])
    some, begins = thinned(points, starts, 0.02)
    assert len(begins) == len(starts)
    for part, whole in zip(np.split(some, begins[1:]), np.split(points, starts[1:]), strict=True):
        assert np.array_equal(part[[0, -1]], whole[[0, -1]])
        assert np.abs(np.interp(whole[:, 0], part[:, 0], part[:, 1]) - whole[:, 1]).max() <= 0.04 * 4  # steep
    if noise == 0.0 and count == 400 and seed % 2:
        assert len(some) < count / 2
