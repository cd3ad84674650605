from __future__ import annotations

from typing import cast

import av
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bazaar_nb.media.yuv_conversion import YuvConverter


def view_of(frame: av.VideoFrame) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    rows = np.frombuffer(cast("memoryview", plane), np.uint8).reshape(frame.height, plane.line_size // 4, 4)
    return rows[:, : frame.width]


def planes(frame: av.VideoFrame) -> list[NDArray[np.uint8]]:
    return [
        np.frombuffer(cast("memoryview", plane), np.uint8)
        .reshape(plane.height, plane.line_size)[:, : plane.width]
        .copy()
        for plane in frame.planes
    ]


@settings(max_examples=40, deadline=None)
@given(
    width=st.integers(1, 70),
    height=st.sampled_from([2, 33, 34, 35, 36, 66, 90, 91, 200]),
    seed=st.integers(0, 1000),
    cuts=st.lists(st.lists(st.integers(0, 200), max_size=4), min_size=1, max_size=4),
)
def test_converting_what_changed_gives_what_converting_all_gives(
    width: int, height: int, seed: int, cuts: list[list[int]]
) -> None:
    source = av.VideoFrame(width, height, "bgr0")
    view, chance = view_of(source), np.random.default_rng(seed)
    view[:] = chance.integers(0, 256, view.shape, np.uint8)
    converter = YuvConverter(source)
    converter.convert([(0, height)])
    for cut in cuts:
        edges = sorted({min(edge, height) for edge in cut})
        changed = list(zip(edges[::2], edges[1::2], strict=False))
        for first, stop in changed:
            view[first:stop] = chance.integers(0, 256, (stop - first, width, 4), np.uint8)
        kept = converter.convert(changed)
        whole = YuvConverter(source).convert()
        for plane, wanted in zip(planes(kept), planes(whole), strict=True):
            np.testing.assert_array_equal(plane, wanted)


def test_other_rows_are_left_alone() -> None:
    source = av.VideoFrame(64, 400, "bgr0")
    view = view_of(source)
    view[:] = 40
    converter = YuvConverter(source)
    before = planes(converter.convert())
    view[:] = 200
    after = planes(converter.convert([(100, 120)]))
    assert (before[0][100:120] != after[0][100:120]).all()
    for plane, old, half in zip(after, before, (1, 2, 2), strict=True):
        assert np.array_equal(plane[: 100 // half], old[: 100 // half])
        assert np.array_equal(plane[132 // half :], old[132 // half :])


def test_most_of_a_picture_is_converted_as_a_whole() -> None:
    source = av.VideoFrame(64, 400, "bgr0")
    view_of(source)[:] = 40
    converter = YuvConverter(source)
    first = converter.convert()
    assert converter.convert([(10, 30)]) is first
    assert converter.convert([(10, 390)]) is not first
