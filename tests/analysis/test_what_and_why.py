"""Errors, and what is rendered most."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb import analysis
from bazaar_nb.errors import InvalidValueError
from tests.analysis.samples import T0, history, many, render


def test_errors_are_counted_by_class() -> None:
    later = T0 + dt.timedelta(hours=5)
    bad = {"status": "failed", "error_class": "SceneError"}
    renders = history(
        render(0, **bad, error_message="first", user="ada"),
        render(1, **bad, error_message="newest", user="bob", created=later),
        render(2, **bad, error_message="first", user=None, created=T0 - dt.timedelta(hours=1)),
        render(3, status="lost", error_class="StoreError"),
        render(4, status="failed"),
        render(5, status="cancelled", error_class="RenderCancelledError", error_message="was cancelled"),
        render(6),
        render(7, status="started"),
    )
    table = analysis.errors(renders)
    assert table["error_class"].tolist() == ["SceneError", "process lost", "unknown"]
    assert table["renders"].tolist() == [3, 1, 1]
    assert table["share"].tolist() == [0.6, 0.2, 0.2]
    assert (table["users"][0], table["projects"][0]) == (2, 1)
    assert (table["first_seen"][0], table["last_seen"][0]) == (T0 - dt.timedelta(hours=1), later)
    assert (table["example_message"][0], table["example_render_id"][0]) == ("newest", "r1")
    assert table["example_message"][1] == "the process that ran it is gone"
    with_cancelled = analysis.errors(renders, cancelled=True).set_index("error_class")
    assert with_cancelled["renders"]["RenderCancelledError"] == 1
    assert analysis.errors(history(render(0))).empty


def test_popular_counts_all_and_measures_what_succeeded() -> None:
    renders = history(
        render(0, duration_s=10.0, size_bytes=100),
        render(1, duration_s=20.0, size_bytes=200),
        render(2, status="failed", duration_s=90.0),
        render(3, format="gif", quality=None),
    )
    table = analysis.popular(renders)
    assert table["format"].tolist() == ["mp4", "gif"]
    assert table["renders"].tolist() == [3, 1]
    assert table["share"].tolist() == [0.75, 0.25]
    assert (table["succeeded"][0], table["duration_s"][0], table["size_bytes"][0]) == (2, 30, 300)
    assert analysis.popular(renders, by="quality")["quality"].tolist() == ["medium", "custom"]


def test_keys_that_are_told_from_several_columns() -> None:
    sizes = [(1920, 1080), (1080, 1920), (3840, 2160), (320, 240), (500, 481), (9000, 8000), (None, None)]
    renders = history(
        *(render(i, width=w, height=h, fps=[30, 29.97, None][i % 3], has_sound=[True, False, None][i % 3])
          for i, (w, h) in enumerate(sizes))
    )  # fmt: skip
    by_class = analysis.popular(renders, by="resolution").set_index("resolution")["renders"].to_dict()
    assert by_class == {"1080p": 2, "4k": 1, "240p": 1, "720p": 1, "8k": 1, "unknown": 1}
    assert set(analysis.popular(renders, by="size")["size"]) >= {"1920x1080", "1080x1920", "unknown"}
    assert set(analysis.popular(renders, by="fps")["fps"]) == {"30", "29.97", "unknown"}
    assert set(analysis.popular(renders, by="sound")["sound"]) == {"with sound", "silent", "unknown"}
    assert set(analysis.popular(renders, by="workers")["workers"]) == {"2"}
    assert analysis.popular(renders, by=["month", "codec"])["month"].tolist() == [T0.replace(day=1, hour=0)]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 60), st.sampled_from(analysis.KEYS), st.none() | st.integers(1, 4))
def test_shares_add_up_to_one(count: int, by: str, top: int | None) -> None:
    table = analysis.popular(many(count), by=by, top=top)
    assert table["renders"].sum() == count
    assert table["share"].sum() == pytest.approx(1 if count else 0)
    first = table.iloc[:top]
    assert first["renders"].is_monotonic_decreasing
    assert len(table) <= (top or count) + 1
    assert list(table.index) == list(range(len(table)))


def test_the_rest_is_others() -> None:
    renders = history(*(render(i, user=user) for i, user in enumerate("aaabbcd")))
    table = analysis.popular(renders, by="user", top=2)
    assert table["user"].tolist() == ["a", "b", "others"]
    assert table["renders"].tolist() == [3, 2, 2]
    assert analysis.popular(renders, by="user", top=4)["user"].tolist() == ["a", "b", "c", "d"]
    for bad in (0, True, "3"):
        with pytest.raises(InvalidValueError, match="`top`"):
            analysis.popular(renders, by="user", top=bad)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="goes with one key"):
        analysis.popular(renders, by=["user", "codec"], top=2)


def test_columns_as_other_tools_write_them() -> None:
    # What comes back from a CSV file or a plain parquet reader: objects, floats instead of whole numbers.
    renders = many(120)
    plain = renders.astype(
        {name: "object" for name, dtype in renders.dtypes.items() if str(dtype) in ("category", "string")}
    )
    plain = plain.astype({name: "float64" for name, dtype in renders.dtypes.items() if str(dtype) == "Int64"})
    for function in (analysis.outcomes, analysis.popular, analysis.speed, analysis.stages, analysis.errors):
        table, other = function(renders), function(plain)
        assert table.astype("str").equals(other.astype("str"))
    assert analysis.prometheus(renders) == analysis.prometheus(plain)
