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


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(1, 70) | st.sampled_from([128, 144, 256, 270, 272, 500, 1040]),
    height=st.sampled_from([2, 33, 34, 35, 36, 66, 90, 91, 200]),
    seed=st.integers(0, 1000),
    cuts=st.lists(
        st.lists(st.tuples(*[st.integers(0, 1040), st.integers(0, 200)] * 2), max_size=3),
        min_size=1,
        max_size=4,
    ),
)
def test_converting_what_changed_gives_what_converting_all_gives(
    width: int, height: int, seed: int, cuts: list[list[tuple[int, int, int, int]]]
) -> None:
    source = av.VideoFrame(width, height, "bgr0")
    view, chance = view_of(source), np.random.default_rng(seed)
    view[:] = chance.integers(0, 256, view.shape, np.uint8)
    converter = YuvConverter(source)
    converter.convert([(0, 0, width, height)])
    for cut in cuts:
        changed = []
        for x0, y0, x1, y1 in cut:
            (left, right), (top, bottom) = (
                sorted((x0 % width, x1 % width)),
                sorted((y0 % height, y1 % height)),
            )
            changed.append((left, top, right + 1, bottom + 1))
            part = view[top : bottom + 1, left : right + 1]
            part[:] = chance.integers(0, 256, part.shape, np.uint8)
        kept = converter.convert(changed)
        whole = YuvConverter(source).convert()
        for plane, wanted in zip(planes(kept), planes(whole), strict=True):
            np.testing.assert_array_equal(plane, wanted)


def test_what_lies_elsewhere_is_left_alone() -> None:
    source = av.VideoFrame(640, 400, "bgr0")
    view = view_of(source)
    view[:] = 40
    converter = YuvConverter(source)
    before = planes(converter.convert())
    view[:] = 200
    after = planes(converter.convert([(200, 100, 250, 120)]))
    assert (before[0][100:120, 200:250] != after[0][100:120, 200:250]).all()
    for plane, old, half in zip(after, before, (1, 2, 2), strict=True):
        changed = plane != old
        changed[100 // half : 132 // half, 192 // half : 320 // half] = False
        assert not changed.any()


def test_most_of_a_picture_is_converted_as_a_whole() -> None:
    source = av.VideoFrame(64, 400, "bgr0")
    view_of(source)[:] = 40
    converter = YuvConverter(source)
    first = converter.convert()
    assert converter.convert([(0, 10, 64, 30)]) is first
    assert converter.convert([(0, 10, 64, 390)]) is not first
