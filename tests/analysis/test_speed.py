"""Speed, stages and renders that are slower than their like."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb import analysis
from bazaar_nb.errors import InvalidValueError
from tests.analysis.samples import T0, history, many, render


def test_speed_counts_only_frames_that_were_rendered() -> None:
    renders = history(
        render(0, frames=300, frames_cached=0, render_s=10.0),  # 30 frames/s
        render(1, frames=300, frames_cached=100, render_s=2.0),  # 100 frames/s
        render(2, frames=300, frames_cached=300, render_s=0.2),
        render(3, frames=300, frames_cached=None, render_s=5.0),  # 60 frames/s
        render(4, status="failed", render_s=5.0),
        render(5, status="started"),
        render(6, codec="h265", duration_s=10.0, frames=600, render_s=20.0),
    )
    table = analysis.speed(renders)
    assert table["codec"].tolist() == ["h264", "h265"]
    assert table["renders"].tolist() == [3, 1]
    assert table["frames_rendered"].tolist() == [800, 600]
    assert table["frames_per_s"].tolist() == [60, 30]
    assert (table["frames_per_s_q1"][0], table["frames_per_s_q3"][0]) == (45, 80)
    assert table["realtime"].tolist() == [2, 0.5]
    single = analysis.speed(renders, by="render")
    assert single["render_id"].tolist() == ["r0", "r1", "r3", "r6"]
    assert single["frames_per_s"].tolist() == [30, 100, 60, 30]
    assert single["resolution"].tolist() == ["1080p"] * 4
    assert single["realtime"][3] == 0.5
    assert analysis.speed(renders, by=["user"])["user"].tolist() == ["ada"]


def test_stages_are_shares_of_the_work() -> None:
    renders = history(
        render(0),
        render(1, status="failed", draw_s=2.0, encode_s=None),
        render(2, status="queued"),
    )
    table = analysis.stages(renders).set_index("stage")
    assert list(table.index) == ["plan", "draw", "convert", "encode", "sound", "join", "store"]
    assert table["renders"].to_dict() == {
        "plan": 1, "draw": 2, "convert": 1, "encode": 1, "sound": 1, "join": 1, "store": 1,
    }  # fmt: skip
    assert table["work_s"]["draw"] == 6
    assert (table["mean_s"]["draw"], table["median_s"]["draw"]) == (3, 3)
    assert table["share"]["encode"] == pytest.approx(8 / 16.5)
    assert analysis.stages(history()).empty
    nothing = analysis.stages(history(render(0, status="queued")))
    assert nothing["share"].isna().all()
    assert nothing["work_s"].tolist() == [0] * 7
    by = analysis.stages(many(100), by=["codec", "quality"])
    assert by.groupby(["codec", "quality"], observed=True)["share"].sum().to_numpy() == pytest.approx(1)


def alike(factors: list[float]) -> list[dict[str, object]]:
    return [render(i, render_s=10.0 * f, created=T0 + dt.timedelta(hours=i)) for i, f in enumerate(factors)]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.87, 1.15), min_size=8, max_size=30), st.floats(2.5, 50), st.data())
def test_one_that_is_slow_is_found_and_none_of_its_like(
    factors: list[float], slow: float, data: st.DataObject
) -> None:
    assert analysis.anomalies(history(*alike(factors))).empty
    place = data.draw(st.integers(0, len(factors) - 1))
    factors[place] = slow
    found = analysis.anomalies(history(*alike(factors)))
    assert found["render_id"].tolist() == [f"r{place}"]
    assert found["alike"].tolist() == [len(factors)]
    assert found["expected_s"][0] == pytest.approx(10, rel=0.16)
    assert found["factor"][0] == pytest.approx(slow, rel=0.16)


def test_what_is_compared_with_what() -> None:
    usual = alike([1, 1.1, 0.9, 1, 1.05, 0.95, 1])
    slow = {"render_s": 40.0}
    expected = analysis.anomalies(history(*usual, render(99, **slow)))
    assert expected["score"][0] == pytest.approx(
        math.log(4) / 0.1, rel=0.1
    )  # they differ by a tenth at least
    assert (expected["resolution"][0], expected["sound"][0], expected["workers"][0]) == (
        "1080p",
        "silent",
        "2",
    )
    assert analysis.anomalies(history(*usual[1:], render(99, **slow))).empty  # too few
    for other in (
        {"codec": "vp9"}, {"quality": "high"}, {"width": 640, "height": 360}, {"has_sound": True},
        {"engine": "inline"}, {"workers": 4}, {"frames": 5}, {"frames_cached": 170}, {"status": "failed"},
    ):  # fmt: skip
        assert analysis.anomalies(history(*usual, render(99, **{**slow, **other}))).empty, other
    # Fast ones are no anomaly, and a film twice as long takes twice the time.
    assert analysis.anomalies(history(*usual, render(99, render_s=0.1))).empty
    assert analysis.anomalies(history(*usual, render(99, frames=600, render_s=20.0))).empty
    # So does one of larger pictures of the same class.
    assert analysis.anomalies(history(*usual, render(99, width=3840, height=1080, render_s=20.0))).empty
    assert len(analysis.anomalies(history(*usual, render(99, **slow)), score=20)) == 0
    for wrong in ({"least": 2}, {"least": 2.5}, {"score": 0}, {"score": float("nan")}):
        with pytest.raises(InvalidValueError, match=r"`least`|`score`"):
            analysis.anomalies(history(), **wrong)


def test_the_slowest_come_first() -> None:
    renders = many(900)
    rows = np.flatnonzero((renders["status"] == "succeeded") & (renders["codec"] == "h264"))[::40]
    renders.loc[rows, "render_s"] *= np.linspace(5, 40, len(rows))
    found = analysis.anomalies(renders)
    assert found["score"].is_monotonic_decreasing
    assert len(found) >= 5
    assert (found["factor"] == found["render_s"] / found["expected_s"]).all()
