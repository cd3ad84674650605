"""What a render will take, from renders that were like it."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.analysis import Prices
from bazaar_nb.jobs.estimation import Place, estimate, layout_s, read_history
from bazaar_nb.jobs.export_request import ExportOptions, make_request
from bazaar_nb.jobs.similar_renders import EarlierRender, Wanted, read_earlier

MEDIUM = "medium, superfast"
WANTED = Wanted("review", "h264", MEDIUM, None, 1280, 720, 300, 10.0, False, "local", 2, (75,) * 4)
LIKE = EarlierRender(
    render_id="one", composition="review", codec="h264", setting=MEDIUM, width=1280, height=720, frames=300,
    made=300, segments_made=4, engine="local", workers=2, work_s=9.0, store_s=0.1, serial_s=0.2, join_s=0.1,
    render_s=5.5, size_bytes=2_000_000, peak_memory_bytes=240_000_000,
)  # fmt: skip


@bz.scene(duration=1)
def plain(frame: bz.Frame) -> list[Any]:
    return [bz.Fill("#204060"), bz.Text(str(frame.index), size=20)]


def film_of(seconds: float) -> bz.Composition:
    return bz.Composition([plain(duration=seconds)], width=128, height=72, fps=30, name="review")


def test_nothing_like_it_is_said_and_the_range_is_wide() -> None:
    found = estimate(WANTED, [])
    assert (found.renders, found.time_words, found.size_words) == (
        0, "no similar render yet", "no similar render yet"
    )  # fmt: skip
    assert found.source_words == ""
    assert "nothing like it was rendered" in found.notes[0]
    assert found.time_s.high > 5 * found.time_s.low > 0
    assert found.size_bytes.high > 10 * found.size_bytes.low > 0


def test_words_are_a_range_and_say_where_it_is_from() -> None:
    found = estimate(WANTED, [LIKE, replace(LIKE, work_s=12.0, render_s=7.0, size_bytes=2_400_000)])
    assert found.time_words == "about 3–13 s"
    assert found.size_words == "about 1.1–4.5 MB"
    assert found.source_words == "from 2 similar renders of this film"
    assert "likely" in repr(found)
    assert "300 frames in 4 segments, local engine, 2 workers" in repr(found)


def test_the_nearer_the_renders_the_narrower_the_range() -> None:
    """Of this film, of this film at another size, with other settings, of other films, of none."""
    kinds = [
        LIKE,
        replace(LIKE, width=640, height=360, work_s=3.0),
        replace(LIKE, codec="h265", work_s=20.0),
        replace(LIKE, composition="else"),
    ]
    widths = []
    wanted = replace(
        WANTED, frames=3000, duration_s=100.0, lengths=(75,) * 40
    )  # starting is a small part of it
    for one in kinds:
        found = estimate(wanted, [one])
        assert found.renders == 1
        widths.append([around.high / around.low for around in (found.time_s, found.size_bytes, found.cost)])
    nothing = estimate(wanted, [])
    widths.append([around.high / around.low for around in (nothing.time_s, nothing.size_bytes, nothing.cost)])
    for near, far in itertools.pairwise(widths):
        assert all(less <= more for less, more in zip(near, far, strict=True))


def test_the_own_film_counts_more_than_others() -> None:
    found = estimate(WANTED, [replace(LIKE, composition="else", work_s=300.0, render_s=200.0), LIKE])
    assert found.same_film
    assert found.time_s.likely < 12


def test_what_was_found_in_the_store_tells_nothing_of_time() -> None:
    found = estimate(WANTED, [replace(LIKE, made=0, work_s=0.0, render_s=0.4)])
    assert found.renders == 0


def test_renders_there_correct_what_is_modelled() -> None:
    """A machine on which everything takes twice as long as its parts say."""
    slow = [replace(LIKE, render_id=str(number), render_s=11.0) for number in range(5)]
    assert estimate(WANTED, slow).time_s.likely > 1.6 * estimate(WANTED, [LIKE]).time_s.likely


def test_a_bit_rate_tells_the_size_at_most() -> None:
    wanted = replace(WANTED, setting="4000000 bit/s, superfast", bit_rate=4_000_000)
    found = estimate(wanted, [])
    assert (found.size_bytes.low, found.size_bytes.high) == pytest.approx((4.25e6, 5.75e6))
    assert found.size_words == "about 4.2–5.8 MB"
    still = estimate(wanted, [replace(LIKE, setting=wanted.setting, size_bytes=100_000)])
    assert still.size_bytes.low < 100_000 < 5e6 < still.size_bytes.high


@given(lengths=st.lists(st.floats(0.01, 10), min_size=1, max_size=60), workers=st.integers(1, 80))
def test_a_layout_is_between_its_bounds(lengths: list[float], workers: int) -> None:
    taken = layout_s(lengths, workers)
    assert max(max(lengths), sum(lengths) / workers) - 1e-9 <= taken <= sum(lengths) + 1e-9
    if workers == 1:
        assert taken == pytest.approx(sum(lengths))


def test_more_workers_take_less_time_until_each_has_one_segment() -> None:
    wanted = replace(WANTED, frames=7500, duration_s=250.0, lengths=(75,) * 100, engine="dask")
    times = [estimate(replace(wanted, workers=count), [LIKE]).time_s.likely for count in (1, 4, 20, 100)]
    assert times == sorted(times, reverse=True)
    assert times[0] > 15 * times[-1]
    many = estimate(replace(wanted, workers=1000), [LIKE])
    assert many.time_s.likely == pytest.approx(times[-1], rel=0.01)
    assert "100 segments keep 100 of 1000 workers busy" in many.notes


def test_functions_cost_by_their_memory_time_and_calls() -> None:
    """The arithmetic of AWS Lambda's bill, done by hand with round prices."""
    prices = Prices(
        function_gb_s=1.0, function_calls_million=1e6, put_1000=0, get_1000=0, egress_gb=0, gb_month=0
    )
    wanted = replace(WANTED, engine="lithops", workers=4)
    two, four = (
        estimate(
            wanted, [replace(LIKE, engine="lithops", workers=4)], Place(prices, memory, True)
        ).cost.likely
        for memory in (2.0, 4.0)
    )
    busy_s = 9.0 + 4 * 0.1 / 4
    starts_s = 4 * 0.7 + 4 * 5.0
    assert two == pytest.approx(2 * (busy_s + starts_s) + 4, rel=0.02)
    assert four == pytest.approx(4 * (busy_s + starts_s) + 4, rel=0.02)


def test_a_bucket_costs_requests_storage_and_what_is_fetched() -> None:
    prices = Prices(cpu_hour=0, put_1000=1000, get_1000=0, egress_gb=2**30 / 1e6, gb_month=2**30 / 1e6)
    costs = estimate(WANTED, [LIKE], Place(prices, is_remote=True)).costs
    assert costs["compute"].high == 0
    assert costs["requests"].likely == 12  # 4 segments and their rows, the movie, 3 events
    assert costs["egress"].low == 0
    assert costs["egress"].likely == pytest.approx(2, rel=0.1)
    assert costs["month"].likely == pytest.approx(4, rel=0.1)
    assert not any(any(part) for name, part in estimate(WANTED, [LIKE]).costs.items() if name != "compute")


def test_what_can_not_be_estimated_is_said(tmp_path: Path) -> None:
    where, film = bz.Workspace(tmp_path, engine="inline"), film_of(1)
    wrong: list[tuple[dict[str, Any], str]] = [
        (
            {"engine": "cluster"},
            "or one of inline, local, dask, lithops, got 'cluster'",
        ),
        ({"engine": 3}, "`engine` must be an engine"),
        ({"engine": "dask"}, "engine 'dask' wants `workers`"),
        ({"engine": "local", "workers": 0}, "`workers` must be a whole number, at least 1, got 0"),
        ({"engine": "inline", "workers": 2}, "engine 'inline' has one worker, got `workers`=2"),
        (
            {"engine": "lithops", "workers": 9, "memory_gb": 64},
            "`memory_gb` must be from 0.125 to 10, got 64",
        ),
        ({"prices": 0.04}, "`prices` must be Prices"),
        ({"format": "avi"}, "avi"),
    ]
    for options, message in wrong:
        with pytest.raises(bz.InvalidValueError) as caught:
            film.estimate(workspace=where, **options)
        assert message in str(caught.value)
    with pytest.raises(TypeError, match="there is no colour"):
        film.estimate(workspace=where, colour=1)  # type: ignore[call-arg]
    assert not any(tmp_path.iterdir())


def test_a_film_is_estimated_from_what_was_rendered(tmp_path: Path) -> None:
    where = bz.Workspace(tmp_path, engine="inline")
    assert film_of(1).estimate(workspace=where).renders == 0
    render = film_of(2).export("one.mp4", progress=False, workspace=where)
    film_of(2).export("again.mp4", progress=False, workspace=where)  # all of it is there
    found = film_of(4).estimate("two.mp4", workspace=where)
    assert (found.renders, found.same_film, found.frames, found.segments) == (1, True, 120, 2)
    assert found.size_bytes.low < 2 * render.size_bytes < 1.5 * found.size_bytes.high
    request = make_request(film_of(4), None, ExportOptions(), where)
    (one, again) = read_history(where.store, Wanted.of(request, "inline", 1))
    work = (
        where.history.segments()[["evaluate_s", "draw_s", "convert_s", "encode_s"]].astype(float).sum(axis=1)
    )
    assert (one.made, again.made) == (60, 0)
    assert one.work_s == pytest.approx(float(work.max()), rel=0.05)  # inline evaluates at home: not in it
    assert one.render_s is not None
    assert 0 < one.serial_s < one.render_s
    assert one.peak_memory_bytes > 10e6
    longer = film_of(60).estimate(workspace=where, engine="lithops", workers=10)
    assert longer.cost.low > 0
    assert longer.costs["requests"].likely > 0
    assert math.isfinite(longer.time_s.high)
    assert read_earlier(where.history())[0].slowest == 1.3  # which the renders' rows alone don't tell


def test_the_price_table_is_dated_and_has_sources() -> None:
    table = Prices().table()
    assert set(table.index) == {name for name in Prices.__dataclass_fields__ if name != "currency"}
    assert table["source"].str.startswith("https://").all()
    assert (table["as_of"].str.fullmatch(r"\d{4}-\d{2}")).all()
    own = Prices(cpu_hour=0.0).table()
    assert tuple(own.loc["cpu_hour", ["price", "as_of", "source"]]) == (0.0, "", "given")
