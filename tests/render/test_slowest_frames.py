"""What a render says of its slowest frames: so that an author finds what costs."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.render.frame_costs import FrameClock, FrameCost, slowest
from bazaar_nb.widgets.panel.job_facts import describe_row

_SLEEP_S = 0.25


@bz.scene(duration=1)
def quick(frame: bz.Frame) -> Any:
    return bz.Rect(width=20 + frame.index, height=20)


@bz.scene(duration=1)
def thoughtful(frame: bz.Frame) -> Any:
    if frame.index == 7:
        time.sleep(_SLEEP_S)
    return bz.Rect(width=20, height=20 + frame.index)


@bz.scene(duration=1)
def heavy(frame: bz.Frame) -> Any:
    plain = bz.Rect(width=9, height=9, x=frame.index)
    if frame.index != 4:
        return plain
    across, down = np.random.default_rng(3).random((2, 60_000)) * 300
    return [plain, bz.Group((plain, bz.Points(across, down, size=9, opacity=0.5)))]


def film() -> bz.Composition:
    scenes = [quick(), thoughtful(), heavy()]
    return bz.Composition(scenes, width=320, height=180, fps=10, background="navy")


@pytest.mark.parametrize("engine", ["inline", "local"])
def test_the_slowest_frames_name_scene_and_element(engine: str, request: Any, tmp_path: Any) -> None:
    where: bz.Workspace = request.getfixturevalue(engine)
    render = film().export(tmp_path / "film.mp4", workspace=where, progress=False)
    table = render.slowest_frames
    assert len(table) == 10
    assert table["total_s"].is_monotonic_decreasing
    slept = table[table["frame"] == 17].iloc[0]
    assert (slept["scene"], slept["scene_frame"], slept["time_s"]) == ("thoughtful", 7, 1.7)
    assert slept["evaluate_s"] >= _SLEEP_S
    drawn = table[table["frame"] == 24].iloc[0]
    assert (drawn["scene"], drawn["scene_frame"]) == ("heavy", 4)
    assert drawn["element"] == "Group[1] > Points[1]"
    assert 0.5 * drawn["draw_s"] < drawn["element_s"] <= drawn["draw_s"]

    row = where.history().iloc[0]
    assert row["slowest_frame"] == table["frame"][0]
    assert row["slowest_frame_s"] == pytest.approx(table["total_s"][0])
    shown = {name for name, *_ in describe_row({str(name): value for name, value in row.items()})}
    assert {"slowest_frame", "slowest_scene", "slowest_element_s"} <= shown
    segments = where.history.segments()
    assert set(segments["slowest_scene"]) == {"quick", "thoughtful", "heavy"}
    assert segments.set_index("slowest_scene")["slowest_element"]["heavy"] == "Group[1] > Points[1]"

    again = film().export(tmp_path / "again.mp4", workspace=where, progress=False)
    assert again.slowest_frames.empty
    assert list(again.slowest_frames.columns) == list(table.columns)
    assert where.history.segments()["slowest_frame"].isna().sum() == 3


def test_a_segment_tells_its_five_slowest() -> None:
    clock = FrameClock(100, [0.001 * number for number in range(8)])
    clock.drawn(2, 0.5, "Text[1]", 0.4)
    clock.drawn(2, 0.3, "Text[1]", 0.2)  # drawn again: that counts
    costs = clock.slowest()
    assert [cost.frame for cost in costs] == [102, 107, 106, 105, 104]
    assert costs[0] == FrameCost(102, 0.002, 0.3, "Text[1]", 0.2)
    assert slowest(costs, 1) == costs[:1]
