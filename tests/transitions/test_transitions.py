"""Transitions: what they show between two scenes, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cloudpickle
import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.scene.transition import Transition
from bazaar_nb.transitions.directions import way_out
from tests.transitions.kinds import KINDS

T: Any = bz.transitions  # what is refused is given on purpose
SIZE = (160, 90)


def one(_frame: bz.Frame) -> Any:
    return [bz.Fill("#123"), bz.Text("one", size=50, weight=900), bz.Rect(x=20, y=20, width=300, height=9)]


def two(frame: bz.Frame) -> Any:
    return bz.Group((bz.Fill("#fe9"), bz.Ellipse(x=60 + frame.index, y=40, width=50, fill="#a00")))


def film(kind: Any, *, ends: bool = False, **options: Any) -> bz.Composition:
    scenes = [bz.Scene(one, duration=2, name="one"), kind, bz.Scene(two, duration=2, name="two")]
    given = {"width": SIZE[0], "height": SIZE[1], "fps": 10, **options}
    return bz.Composition([kind, *scenes, kind] if ends else scenes, **given)


def shown(scene: bz.Composition, frame: int) -> np.ndarray[Any, Any]:
    return np.asarray(scene.still(frame), int)


@pytest.mark.parametrize("name", KINDS)
def test_it_begins_with_the_one_scene_alone_and_ends_with_the_other(name: str) -> None:
    ends: dict[float, Callable[[bz.Frame], Any]] = {0.0: one, 1.0: two}
    for progress, alone in ends.items():
        kind = KINDS[name]()
        kind.easing = lambda _t, progress=progress: progress
        mixed = film(kind)
        index = mixed.marks[1].start
        frame = index if progress == 0.0 else 0
        at = bz.Composition(
            [bz.Scene(alone, duration=2)], width=SIZE[0], height=SIZE[1], fps=10, background="black"
        )
        assert (shown(mixed, index) == shown(at, frame)).all(), progress


@pytest.mark.parametrize("name", KINDS)
def test_both_scenes_are_in_the_tree_all_the_time(name: str) -> None:
    """What is not seen for a moment is heard: clips are found in the tree."""
    mixed = film(KINDS[name]())
    for index in range(mixed.marks[1].start, mixed.marks[0].stop):
        text = mixed.frame(index).to_json()
        assert '"text":"one"' in text, index
        assert '"#a00"' in text, index


@pytest.mark.parametrize("name", KINDS)
def test_at_the_films_ends_there_is_its_background(name: str) -> None:
    ends = film(KINDS[name](), ends=True, background="#0a7")
    assert (shown(ends, 0) == shown(ends, ends.frames - 1)).all()
    assert (shown(ends, 0) == (0, 0xAA, 0x77)).all()


def test_a_dissolve_mixes_light_and_loses_none() -> None:
    same = bz.Scene(one, duration=2)
    still = bz.Composition([same, T.dissolve(1), same], width=SIZE[0], height=SIZE[1], fps=10)
    alone = shown(still, 0)
    for index in range(10, 20):
        assert np.abs(shown(still, index) - alone).max() <= 1, index
    mixed = film(T.dissolve(1))
    before, after = shown(mixed, 5), shown(film(T.dissolve(0)), 20 + 4)
    halfway = shown(mixed, 14)
    share = 5 / 11
    assert np.abs(halfway - (before * (1 - share) + after * share)).max() < 2


def test_a_fade_may_go_through_a_colour() -> None:
    mixed = film(bz.fade(0.9, through="white"))
    assert shown(mixed, 15).mean() > 254
    assert shown(mixed, 13).mean() > shown(mixed, 11).mean()


def test_a_slide_and_a_push_move_by_whole_pixels_and_hide_what_reaches_out() -> None:
    mixed = film(T.push(1))
    for index in range(11, 20):
        picture = shown(mixed, index)
        edge = int(np.argmax((picture[80] == (0xFF, 0xEE, 0x99)).all(axis=1)))
        assert (picture[80, edge:] == (0xFF, 0xEE, 0x99)).all(), "the rest of the row is the next scene"
        assert (picture[20, edge:] != 255).any(axis=1).all(), "the white bar ends with its scene"
    away = film(T.slide(1, "down", away=True))
    assert (shown(away, 18)[5, 150] == (0xFF, 0xEE, 0x99)).all()
    assert way_out(0, 160, 90) == (160, 0)
    assert way_out(90, 160, 90)[1] == pytest.approx(90)


def test_a_blur_keeps_the_edges_of_the_frame() -> None:
    mixed = film(T.blur(1, 12))
    assert np.abs(shown(mixed, 11)[88:, 155:] - (0x11, 0x22, 0x33)).max() <= 2


def test_all_take_an_easing() -> None:
    for name, make in KINDS.items():
        late = make(easing=bz.steps(1))
        assert (shown(film(late), 17) == shown(film(bz.cut()), 17)).all(), name


def test_one_of_ones_own_gets_two_elements_and_a_progress() -> None:
    told: list[Any] = []

    @bz.transition(duration=1, easing=bz.quad)
    def mine(a: Any, b: Any, progress: float, frame: bz.Frame, turn: float = 10) -> Any:
        told.append((progress, frame.index, frame.frames, turn))
        yield b
        yield bz.Group(a, rotation=turn * progress)

    mixed = film(mine(turn=30))
    assert mixed.frames == 30
    shown(mixed, 10)
    assert told[-1] == (pytest.approx((1 / 11) ** 2), 0, 10, 30)
    assert repr(mine(0.5)) == "mine(0.5)"
    assert film(mine).frames == 30
    assert film(mine(0.5)).frames == 35
    plain = bz.transition(lambda a, b, progress: b if progress > 0.5 else a, 1)
    assert (shown(film(plain), 19) == shown(film(bz.cut()), 29)).all()
    again = cloudpickle.loads(cloudpickle.dumps(mixed))
    assert again.frame(14) == mixed.frame(14)
    inner = bz.sequence(bz.Scene(one, duration=2), mine, bz.Scene(two, duration=2))
    assert inner.duration == 3


def test_what_goes_wrong_in_it_says_where() -> None:
    @bz.transition(duration=1)
    def broken(a: Any, b: Any, progress: float) -> Any:
        return [a, 1 / 0]

    with pytest.raises(bz.SceneError, match=r"'broken' failed at frame 3 \(0.3 s\): ZeroDivisionError"):
        film(broken()).frame(13)
    words = bz.transition(lambda a, b, progress: "words", 1)
    with pytest.raises(bz.ElementError, match="expected elements, got 'words'"):
        film(words()).frame(13)
    with pytest.raises(bz.SceneError, match="`progress` must be a finite number, got nan"):
        film(T.slide(1, easing=lambda t: float("nan"))).frame(13)


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: film(T.push(2.1)), "take 21 frames, but it has only 20"),
    (lambda: film(T.push("soon")), r"`duration` must be a number of seconds, got 'soon' \(push\)"),
    (lambda: film(T.push(-1)), r"`duration` must be at least 0, got -1 \(push\)"),
    (lambda: film(T.push), r"'push' is called to give a scene or a transition: push\(0.5\)"),
    (lambda: T.push(1, "sideways"), r"`direction` must be right, down, left, up or degrees, got 'sideways'"),
    (lambda: T.slide(1, float("nan")), "`direction` must be a finite number"),
    (lambda: T.slide(1, easing="cubic"), "`easing` must be a function such as bz.cubic, got 'cubic'"),
    (lambda: T.zoom(1, 0), "`scale` must be from 0.01 to 100, got 0"),
    (lambda: T.zoom(1, center=0.5), "`center` must be two fractions of the frame, got 0.5"),
    (lambda: T.zoom(1, center=(0.5, 3)), "`center` must be from 0 to 1, got 3"),
    (lambda: T.blur(1, -3), "`radius` must be from 0 to 1000, got -3"),
    (lambda: T.wipe(1, soft=2), "`soft` must be from 0 to 1, got 2"),
    (lambda: T.iris(1, (0.5,)), "`center` must be two fractions"),
    (lambda: T.clock(1, start=720), "`start` must be from -360 to 360, got 720"),
    (lambda: T.flip(1, 30), "`direction` must be left, right, up, down, got 30"),
    (lambda: bz.fade(1, through="blurple"), "`through`: .*'blurple'|'blurple'"),
    (lambda: bz.transition(lambda a, b: a, 1), "takes two elements, the progress"),
    (lambda: bz.transition(lambda a, b, progress: a)(), "has no duration"),
    (
        lambda: bz.transition(3),  # type: ignore[call-overload]
        "a transition is a function, got 3",
    ),
    (lambda: film([T.push(1)]), "expected a scene or a transition"),
]


@pytest.mark.parametrize(("make", "said"), REFUSED)
def test_what_can_not_be_is_refused(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=said):
        make()


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(TypeError, match="transition <lambda>: got an unexpected keyword argument 'turn'"):
        bz.transition(lambda a, b, progress: a, 1)(turn=3)


def test_a_class_of_ones_own_is_a_transition_too() -> None:
    class Drop(Transition):
        def blend(self, outgoing: Any, incoming: Any, progress: float, background: Any, frame: Any) -> Any:
            return [incoming, bz.Group(outgoing, y=frame.height * (0.5 + progress))]

    assert film(Drop(1)).frames == 30
    assert film(Drop(1)).frame(15).elements
