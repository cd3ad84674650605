"""Scenes in a row, over and over, held, backwards, staggered; parts of a scene; moments with names."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import cloudpickle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.scene.frame import Frame


@bz.scene(moments={"half": 0.5})
def count(frame: bz.Frame, word: str) -> Any:
    return bz.Text(f"{word}{frame.index} of {frame.frames}")


@bz.scene
def plain(frame: bz.Frame, word: str) -> Any:
    return bz.Text(f"{word}{frame.index} of {frame.frames}")


def said(film: bz.Composition) -> list[str]:
    return [" ".join(str(element.text) for element in film.frame(i).elements[1:]) for i in range(film.frames)]  # type: ignore[union-attr]


def film_of(*scenes: Any, fps: Any = 4, **options: Any) -> bz.Composition:
    return bz.Composition(scenes, fps=fps, width=64, height=36, **options)


def test_scenes_follow_one_another_as_one() -> None:
    a, b = count("a", duration=0.5), count("b", duration=0.75)
    assert said(film_of(bz.sequence(a, b))) == said(film_of(a, b))
    assert film_of(bz.sequence(a, b)).frames == 5
    faded = bz.sequence(count("a", duration=1), bz.fade(0.5), count("b", duration=1))
    whole = film_of(count("a", duration=1), bz.fade(0.5), count("b", duration=1))
    inner = film_of(faded)
    assert [inner.frame(i) for i in range(inner.frames)] == [whole.frame(i) for i in range(whole.frames)]


def test_over_and_over_held_and_backwards() -> None:
    scene = count("", duration=0.75)
    assert said(film_of(bz.loop(scene, 2))) == ["0 of 3", "1 of 3", "2 of 3"] * 2
    assert said(film_of(bz.reverse(scene))) == ["2 of 3", "1 of 3", "0 of 3"]
    assert said(film_of(bz.hold(scene, 0.5))) == ["0 of 3", "1 of 3", *["2 of 3"] * 3]
    assert said(film_of(bz.hold(scene, 0.5, at=0.25))) == ["0 of 3", *["1 of 3"] * 3, "2 of 3"]
    assert said(film_of(bz.hold(scene, 0.5, at="start")))[:4] == ["0 of 3"] * 3 + ["1 of 3"]


def test_scenes_begin_one_after_the_other_over_one_another() -> None:
    both: Any = bz.stagger([count("a", duration=0.5), count("b", duration=0.5)], each=0.25)
    assert said(film_of(both)) == ["a0 of 2", "a1 of 2 b0 of 2", "a1 of 2 b1 of 2"]


@settings(max_examples=40)
@given(
    lengths=st.lists(st.fractions(Fraction(1, 20), 2), min_size=1, max_size=5),
    fps=st.sampled_from([24, 25, 29.97, 30, 60]),
    times=st.integers(1, 3),
)
def test_no_frame_is_lost_at_any_rate(lengths: list[Fraction], fps: float, times: int) -> None:
    """An arrangement has exactly the frames of its scenes, wherever their lengths are rounded."""
    scenes = [plain(str(i), duration=length) for i, length in enumerate(lengths)]
    expected = said(film_of(*scenes, fps=fps))
    assert said(film_of(bz.loop(bz.sequence(*scenes), times), fps=fps)) == expected * times
    assert said(film_of(bz.reverse(bz.sequence(*scenes)), fps=fps)) == expected[::-1]
    assert said(film_of(bz.reverse(bz.reverse(bz.sequence(*scenes))), fps=fps)) == expected


def test_arrangements_travel_and_follow_copies() -> None:
    film = film_of(bz.loop(bz.sequence(count("a", duration=1), count("b", duration=1)), 2))
    assert said(cloudpickle.loads(cloudpickle.dumps(film))) == said(film)
    assert film.at_fps(8).frames == 2 * film.frames


def frame(index: int, frames: int = 40, fps: int = 10) -> Frame:
    return Frame(index, frames, Fraction(fps), 64, 36)


def test_parts_of_a_scene_have_their_own_time() -> None:
    part = frame(15).part(1, 2)
    assert (part.index, part.frames, part.time, part.is_on) == (5, 20, 0.5, True)
    early, late = frame(5).part(1, 2), frame(35).part(1, 2)
    assert (early.index, early.progress, early.is_on) == (-5, 0.0, False)
    assert (late.time, late.progress, late.is_on) == (2.5, 1.0, False)
    assert [(part.index, part.is_on) for part in frame(25).sequence(1, 2, 1)] == [
        (25, False),
        (15, True),
        (-5, False),
    ]
    assert [frame(i).loop(0.3).index for i in range(5)] == [0, 1, 2, 0, 1]
    assert frame(0).reverse().index == 39
    assert [frame(i).hold(0.2, 0.2).index for i in range(6)] == [0, 1, 2, 2, 2, 3]


def test_moments_have_names_for_sounds_and_layers() -> None:
    note = plain("note", duration=0.25)
    film = film_of(
        count("a", duration=1, name="intro"),
        bz.sequence(count("b", duration=1, name="proof"), count("c", duration=1, name="end"), name="rest"),
        layers=[note.at("proof", 0.25)],
        sound=[bz.Sound("a.wav", at="intro.half"), bz.Sound("b.wav", at="end", start=0.1)],
    )
    assert film.moments == {
        "intro": 0, "intro.half": Fraction(1, 2), "rest": 1, "rest.proof": 1, "proof": 1,
        "rest.half": Fraction(3, 2), "rest.end": 2, "end": 2,
    }  # fmt: skip
    assert [sound.start for sound in film.sound] == [0.5, 2.1]
    assert [index for index, words in enumerate(said(film)) if "note" in words] == [5]
    assert bz.Composition.from_json(film.to_json()).sound == film.sound


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: bz.loop(count("a"), 2), "scene 'count' has no duration"),
        (lambda: bz.loop(count("a", duration=1), 0), "`times` must be a whole number from 1"),
        (lambda: bz.hold(count("a", duration=1), 1, at=3), "is held for 0 s or more, at 0 to 1 s"),
        (lambda: bz.sequence(), "at least one scene"),
        (lambda: bz.sequence(plain("a", duration=1), bz.fade(2), plain("b", duration=1)), "take 120 frames"),
        (lambda: bz.reverse(3), "expected a scene"),
        (lambda: bz.stagger([bz.Text("a")]), "elements and the frame, or scenes alone"),
        (lambda: frame(0).part(0, 0), "`duration` must be a frame at least"),
        (lambda: count("a", duration=1, moments={"late": 3}), "moment 'late' must be from 0"),
        (lambda: count("a", duration=1, moments={"a.b": 3}), "text without a dot"),
        (
            lambda: film_of(count("a", duration=1), sound=[bz.Sound("a.wav", at="cuont")]),
            "there is no moment 'cuont': did you mean 'count'",
        ),
        (
            lambda: film_of(*[count("a", duration=1)] * 2, sound=[bz.Sound("a.wav", at="count")]),
            "there are several moments 'count'",
        ),
        (lambda: film_of(count("a", duration=1), layers=[count("b").at("no")]), "no moment .no."),
    ],
)  # fmt: skip
def test_bad_input_is_told(make: Any, message: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=message):
        make()
