"""What a render will take, from renders that were like it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.jobs.estimate import Like, Wanted, estimate, read_like
from bazaar_nb.jobs.export_request import ExportOptions, make_request

WANTED = Wanted("review", "h264", "medium", None, 1280, 720, 300, 10.0, False, 2)
LIKE = Like("review", "h264", "medium", 1280, 720, 300, 300, 2, 6.0, 2_000_000)


def test_nothing_like_it_says_so() -> None:
    for earlier in (
        [],
        [replace(LIKE, codec="vp9"), replace(LIKE, quality="high"), replace(LIKE, frames=6, rendered=6)],
    ):
        found = estimate(WANTED, earlier)
        assert (found.time_s, found.size_bytes, found.renders) == (None, None, 0)
        assert (found.time_words, found.size_words, found.source_words) == (
            "no similar render yet",
            "no similar render yet",
            "",
        )


def test_words_are_a_range_and_say_where_it_is_from() -> None:
    found = estimate(WANTED, [LIKE, replace(LIKE, render_s=9.0, size_bytes=2_400_000)])
    assert found.time_words == "about 5–11 s"
    assert found.size_words == "about 1.6–3 MB"
    assert found.source_words == "from 2 similar renders of this film"
    other = estimate(WANTED, [replace(LIKE, composition="else")])
    assert other.source_words == "from 1 similar render of other films"
    assert other.time_s is not None
    alone = estimate(WANTED, [LIKE])
    assert alone.time_s is not None
    assert other.time_s[0] < alone.time_s[0] < alone.time_s[1] < other.time_s[1]


def test_words_change_their_unit() -> None:
    assert estimate(WANTED, [replace(LIKE, render_s=80)]).time_words == "about 53 s to 2 min"
    assert estimate(WANTED, [replace(LIKE, size_bytes=900_000)]).size_words == "about 600 kB to 1.4 MB"
    assert estimate(WANTED, [replace(LIKE, render_s=0.2)]).time_words == "about 1 s"


def test_the_own_film_counts_more_than_others() -> None:
    found = estimate(WANTED, [replace(LIKE, composition="else", render_s=100.0), LIKE])
    assert found.same_film
    assert found.time_s is not None
    assert found.time_s[1] < 10


def test_what_was_there_already_tells_the_size_alone() -> None:
    found = estimate(WANTED, [replace(LIKE, rendered=0, render_s=0.4)])
    assert found.time_s is None
    assert found.size_bytes is not None
    elsewhere = estimate(replace(WANTED, workers=8), [LIKE])
    assert elsewhere.time_s is None


def test_a_bit_rate_tells_the_size_at_most() -> None:
    wanted = replace(WANTED, quality="custom", bit_rate=4_000_000)
    found = estimate(wanted, [])
    assert found.size_bytes == pytest.approx((4.25e6, 5.75e6))
    still = estimate(wanted, [replace(LIKE, quality="custom", size_bytes=100_000)])
    assert still.size_bytes is not None
    assert still.size_bytes[0] < 100_000 < 5e6 < still.size_bytes[1]


@given(
    frames=st.integers(40, 3000),
    width=st.sampled_from([480, 640, 1280, 1920]),
    grown=st.floats(1.0, 3.0),
    overhead_s=st.floats(0.0, 1.0),
    rate=st.floats(1e-9, 1e-7),
)
def test_a_render_that_keeps_its_pace_is_in_the_range(
    frames: int, width: int, grown: float, overhead_s: float, rate: float
) -> None:
    """Whatever part of the time doesn't grow with the work, up to half of it."""
    height = width * 9 // 16
    pixels = width * height * frames * rate
    fixed = overhead_s * pixels
    like = replace(LIKE, width=width, height=height, frames=frames, rendered=frames, render_s=fixed + pixels)
    more = round(frames * grown)
    found = estimate(replace(WANTED, width=width, height=height, frames=more), [like])
    assert found.time_s is not None
    low, high = found.time_s
    assert 0 < low <= fixed + pixels * more / frames <= high


def test_reads_the_history(tmp_path: Path) -> None:
    @bz.scene(duration=1)
    def plain(frame: bz.Frame) -> bz.Fill:
        return bz.Fill("#204060")

    where = bz.Workspace(tmp_path, engine="inline")
    film = bz.Composition([plain()], width=64, height=36, fps=30, name="review")
    film.export("one.mp4", progress=False, workspace=where)
    film.export("again.mp4", progress=False, workspace=where)
    with pytest.raises(bz.LimitError):
        film.export(
            "no.mp4",
            progress=False,
            workspace=bz.Workspace(tmp_path, engine="inline", limits=bz.Limits(fps=1)),
        )
    like = read_like(where.history())
    assert [(one.composition, one.codec, one.quality, one.frames, one.rendered) for one in like] == [
        ("review", "h264", "medium", 30, 30),
        ("review", "h264", "medium", 30, 0),
    ]
    found = estimate(Wanted.of(make_request(film, None, ExportOptions(), where)), like)
    assert (found.renders, found.same_film) == (2, True)
    assert found.size_bytes is not None
    assert found.size_bytes[0] < like[0].size_bytes < found.size_bytes[1]
