"""Scenes that show something else when they are asked again are noticed; others never are."""

from __future__ import annotations

import itertools
import random
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bazaar_nb.motion.noise import noise
from bazaar_nb.motion.noise import random as seeded
from bazaar_nb.scene import repeatability as repeats
from bazaar_nb.scene.elements import Ellipse, Figure, Pixels, Text
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.repeatability import Repeats, frames_to_repeat
from bazaar_nb.scene.scene import Scene, scene
from bazaar_nb.scene.transition import fade


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "_told", set())


def look(film: Film, frames: frozenset[int] | None = None) -> list[str]:
    """What is said of a film whose frames are all asked for, as for an export."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check = Repeats(film, frames_to_repeat(film, 0, film.frames) if frames is None else frames)
        for index in range(film.frames):
            check.saw(index, film.frame(index))
        check.ask_again()
    return [str(warning.message) for warning in caught]


@scene(duration=1)
def chance(frame: Frame) -> Ellipse:
    return Ellipse(x=random.random(), width=5)


@scene(duration=1)
def steady(frame: Frame) -> list[object]:
    """Pure in all ways that are near to not being so."""
    own, numbers = random.Random(frame.index), np.random.default_rng(frame.index)
    random.seed(frame.index)
    names = {"b", "a", "c"}
    drawn: Any = np.where(numbers.random((4, 4)) > 0.5, 1.0, 0.25)
    return [
        Ellipse(x=own.random(), y=random.random(), width=5),
        Text("".join(sorted(names))),
        Pixels(drawn),
        Ellipse(x=seeded("x", frame.index), y=noise(frame.time), width=5),
        Figure(lambda fig, n: fig.text(0, n, frame.index), args=(frame.index, float("nan"))),  # type: ignore[arg-type]
    ]


def test_chance_is_noticed_once_at_the_line_that_defines_the_scene() -> None:
    film = Film([steady(), chance(), steady(name="again")], fps=10)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            check = Repeats(film, frames_to_repeat(film, 0, film.frames))
            for index in range(film.frames):
                check.saw(index, film.frame(index))
            check.ask_again()
    (warning,) = caught
    assert warning.category is UserWarning
    said = str(warning.message)
    assert said.startswith("scene 'chance' shows something else when it is asked for a frame again (frame 14")
    assert all(word in said for word in ("bz.random", "bz.noise", "frame.time"))
    lines = Path(warning.filename).read_text(encoding="utf-8").splitlines()
    assert "def chance" in "".join(lines[warning.lineno - 1 : warning.lineno + 1])


def test_a_clock_that_stands_still_for_a_while_is_noticed_in_a_layer() -> None:
    calls = itertools.count()

    @scene
    def clock(frame: Frame) -> Text:
        return Text(f"{next(calls) // 10}")

    said = look(Film([steady()], layers=[steady(name="low"), clock(), steady(name="top")], fps=10))
    assert [text.partition(" shows")[0] for text in said] == ["scene 'clock'"]


def test_each_of_two_is_named_and_where_it_cannot_be_told_all() -> None:
    film = Film(
        [Scene(lambda frame: Text("a"), duration=1)], layers=[chance(name="one"), chance(name="two")], fps=10
    )
    assert sorted(text.partition(" shows")[0] for text in look(film)) == ["scene 'one'", "scene 'two'"]

    calls = itertools.count()

    @scene(duration=1)
    def slow(frame: Frame) -> Text:
        return Text(f"{next(calls) // 10}")

    blended = Film([slow(), fade(0.9), steady()], fps=10)
    (said,) = look(blended, frozenset({4}))
    assert said.startswith("one of the scenes 'slow', 'steady' shows something else")


@pytest.mark.parametrize("after", [None, "nothing is left"])
def test_a_scene_that_fails_or_is_empty_the_second_time_is_noticed(after: str | None) -> None:
    shown = iter([Text("a")] * 10)

    @scene(duration=1)
    def used_up(frame: Frame) -> object:
        return next(shown, None) if after is None else next(shown)

    (said,) = look(Film([used_up()], fps=10))
    assert said.startswith("scene 'used_up' shows something else")


def test_pure_scenes_are_never_blamed() -> None:
    film = Film(
        [steady(duration=7), fade(0.5), steady(name="b", duration=2), fade(1)],
        layers=[steady(name="l")],
        fps=30,
    )
    every = frozenset(range(film.frames))
    assert look(film, every) == []


def test_a_function_that_has_no_name_of_its_own_is_not_the_scenes_fault() -> None:
    @scene(duration=1)
    def plots(frame: Frame) -> Figure:
        lines = (line for line in ("a", "b"))  # a generator's content can't be told
        return Figure(lambda fig: fig.text(0, 0, next(lines)))  # type: ignore[arg-type]

    said = look(Film([plots()], fps=10))
    assert [text for text in said if "shows something else" in text] == []
    assert any("can't be told from its code" in text for text in said)


def test_few_frames_are_asked_for_again() -> None:
    calls: list[int] = []

    def body(frame: Frame) -> Text:
        calls.append(frame.index)
        return Text("a")

    film = Film([Scene(body, duration=10, name="long")], fps=30)
    look(film)
    assert calls[300:] == [0, 149, 299]
    short = Film([Scene(body, duration=1, name=f"s{n}") for n in range(40)], fps=30)
    assert len(frames_to_repeat(short, 0, short.frames)) == 12
    chapters = Film([Scene(body, duration=1, name="s") for n in range(40)], fps=30)
    assert len(frames_to_repeat(chapters, 0, chapters.frames)) == 1
    assert frames_to_repeat(short, 31, 33) == {31}
    assert frames_to_repeat(Film.from_json(chapters.to_json()), 0, 1200) == frozenset()


def test_whoever_stops_is_not_asked_on() -> None:
    class StopError(BaseException):
        pass

    def stop() -> None:
        raise StopError

    film = Film([chance()], fps=10)
    check = Repeats(film, [3])
    check.saw(3, film.frame(3))
    with pytest.raises(StopError):
        check.ask_again(stop)
