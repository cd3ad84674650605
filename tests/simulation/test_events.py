"""What a simulated render takes, where that can be told by hand; and how scaling bends."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.render.plan import cut_film
from bazaar_nb.simulation.events import simulate
from bazaar_nb.simulation.figures import Figures
from bazaar_nb.simulation.film_shape import FilmShape, read_film
from bazaar_nb.simulation.machines import Machines
from bazaar_nb.simulation.scaling import predict

EXACT = Figures(
    frame_s=0.1, pixel_power=1.0, spread=(1.0,), segment_s=0.0, dispatch_s=0.0, start_s=2.0, start_spread=0.0,
    begin_s=0.0, end_s=0.0, join_segment_s=0.0, join_bytes_s=1e18, request_s=0.0, store_bytes_s=1e18,
)  # fmt: skip
FILM = FilmShape(Fraction(40), 1920, 1080, has_sound=False)  # 16 segments of 75 frames, of 7.5 s each


@pytest.mark.parametrize(("workers", "seconds"), [(1, 122), (2, 62), (3, 47), (16, 9.5), (64, 9.5)])
def test_workers_take_segments_in_turns(workers: int, seconds: float) -> None:
    assert simulate(FILM, Machines(workers=workers), EXACT).movie_s == pytest.approx(seconds)


def test_cores_are_shared() -> None:
    for workers, seconds in ((1, 122), (2, 62), (4, 62)):
        machines = Machines(workers=workers, cores=2)
        assert simulate(FILM, machines, EXACT).movie_s == pytest.approx(seconds)


def test_a_quota_holds_workers_back() -> None:
    assert simulate(FILM, Machines(workers=16, most_at_once=2), EXACT).movie_s == pytest.approx(62)


def test_the_joiner_waits_for_sound_and_for_the_segment_before() -> None:
    sounding = replace(FILM, has_sound=True)
    slow_sound = replace(EXACT, sound_rate=0.4)
    outcome = simulate(sounding, Machines(workers=16), slow_sound)
    assert outcome.sound_s == pytest.approx(100)
    assert outcome.movie_s == pytest.approx(100)
    joining = replace(EXACT, join_segment_s=1.0)
    # In a bucket while others are rendered, in a folder after the last one.
    assert simulate(FILM, Machines(workers=1), joining).movie_s == pytest.approx(123)
    assert simulate(FILM, Machines(workers=1, is_remote=False), joining).movie_s == pytest.approx(138)
    assert simulate(FILM, Machines(workers=16), joining).movie_s == pytest.approx(9.5 + 16)


def test_a_coordinator_that_plans_is_the_ceiling() -> None:
    slow = replace(EXACT, plan_frame_s=0.2)  # 15 s a segment
    machines = Machines(workers=16, plans_at_home=True)
    assert simulate(FILM, machines, slow).movie_s == pytest.approx(16 * 15 + 7.5, rel=0.05)


def test_late_segments_are_run_a_second_time() -> None:
    film = replace(FILM, duration_s=Fraction(400))
    late = Machines(workers=20, straggler_share=0.1, straggler_factor=20.0)
    without = simulate(film, replace(late, second_runs=False), EXACT, seed=3).movie_s
    assert simulate(film, late, EXACT, seed=3).movie_s < 0.8 * without


def test_the_same_seed_gives_the_same_time() -> None:
    figures, machines = Figures(), Machines(workers=7, straggler_share=0.05)
    film = read_film("3min@720p")
    assert simulate(film, machines, figures, 4) == simulate(film, machines, figures, 4)
    assert simulate(film, machines, figures, 4) != simulate(film, machines, figures, 5)


def test_segments_are_those_of_a_film() -> None:
    @bz.scene
    def empty(frame: bz.Frame) -> list[bz.Element]:
        return []

    for seconds, fps in ((1, 30), (7, 24), (61.5, 25), (300, 60)):
        film = bz.Composition([empty(duration=seconds)], fps=fps)
        shape = FilmShape(Fraction(str(seconds)), 1920, 1080, Fraction(fps))
        assert shape.segments() == [stop - first for first, stop in cut_film(film, 0, film.frames)]


def test_where_scaling_bends() -> None:
    scaling = predict(FILM, Machines(workers=1), EXACT, [16, 1, 4, 32, 4])
    assert [step.workers for step in scaling.steps] == [1, 4, 16, 32]
    assert [step.held_by for step in scaling.steps] == ["", *["start of workers"] * 3]
    assert scaling.steps[0].efficiency == 1
    assert scaling.steps[2].efficiency == pytest.approx(122 / 9.5 / 16)
    assert 4 <= scaling.bend < 32
    text = str(scaling)
    assert "16 segments" in text
    assert "Scaling bends at" in text
    assert "a frame of 1080p: 100.0 ms" in text


@pytest.mark.parametrize("text", ["2h", "2h@5k", "@4k", "0s@4k", "1e9h@4k", "999h@4k", "", "2 h@4k@4k"])
def test_what_is_no_film(text: str) -> None:
    with pytest.raises(InvalidValueError, match="`film`"):
        read_film(text)
