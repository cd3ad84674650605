"""Many clips with sound, one after the other: the short form of `tests.benchmarks.many_clips`."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.many_clips import measure


def test_no_frame_drifts_and_no_click(tmp_path: Path) -> None:
    found = measure(tmp_path, seconds=16, count=8)
    assert found.frames == 16 * 25
    assert (found.wrong_frames, found.wrong_clicks) == (0, 0)
    assert found.growth < 1.5
