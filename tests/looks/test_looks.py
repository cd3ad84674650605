"""Looks: formulas, the camera's geometry, motion blur, and what wrong arguments get."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from bazaar_nb.draw.asset_pinning import Pinner
from bazaar_nb.draw.renderer import Renderer
from bazaar_nb.errors import InvalidValueError, SceneError
from bazaar_nb.scene.frame import Frame
from tests.looks.gallery_looks import EXAMPLES, example, street

WIDTH, HEIGHT = 320, 180
FRAME = bz.Composition([bz.Scene(street, duration=4)], width=WIDTH, height=HEIGHT)


def frame_at(time: float, seconds: float = 4.0) -> Frame:
    fps = FRAME.fps
    return Frame(round(time * fps), round(seconds * fps), fps, WIDTH, HEIGHT)


def drawn(shown: Any, index: int = 0) -> Any:
    """Draw elements, or what a function of the frame gives."""
    body: Any = shown if callable(shown) else lambda _frame: shown
    scene = shown if isinstance(shown, bz.Scene) else bz.Scene(body, duration=4)
    film = bz.Composition([scene], width=WIDTH, height=HEIGHT)
    return np.asarray(film.still(index).convert("RGB")).astype(int)


@pytest.mark.parametrize(
    ("look", "color", "wanted"),
    [
        (lambda e: bz.looks.brightness(e, 0.5), "#c86432", (100, 50, 25)),
        (lambda e: bz.looks.contrast(e, 2), "#c86432", (255, 73, 0)),
        (lambda e: bz.looks.saturation(e, 0), "#c86432", (118, 118, 118)),
        (lambda e: bz.looks.grayscale(e), "#ff0000", (54, 54, 54)),
        (lambda e: bz.looks.sepia(e), "#646464", (135, 120, 94)),
        (lambda e: bz.looks.invert(e), "#c86432", (55, 155, 205)),
        (lambda e: bz.looks.hue(e, 360), "#c86432", (200, 100, 50)),
        (lambda e: bz.looks.tint(e, "#ff0000", 1), "#ffffff", (255, 0, 0)),
        (lambda e: bz.looks.duotone(e, "#102030", "#ffeedd"), "#000000", (16, 32, 48)),
        (lambda e: bz.looks.duotone(e, "#102030", "#ffeedd"), "#ffffff", (255, 238, 221)),
        (lambda e: bz.looks.levels(e, 0.2, 0.8), "#336699", (0, 85, 170)),
        (lambda e: bz.looks.levels(e, highest=0.5), "#ffffff", (128, 128, 128)),
        (lambda e: bz.looks.curves(e, [(0, 1), (1, 0)]), "#c86432", (55, 155, 205)),
        (lambda e: bz.looks.curves(e, blue=[(0, 0.5), (1, 0.5)]), "#c86432", (200, 100, 128)),
        (lambda e: bz.looks.lut(e, [(0, 0, 0), (1, 1, 1)]), "#c86432", (200, 100, 50)),
        (lambda e: bz.looks.lut(e, [(1, 1, 1), (0, 0, 0)], 0.5), "#c86432", (128, 128, 128)),
    ],
)
def test_colors_become_what_the_formulas_say(
    look: Callable[[Any], Any], color: str, wanted: tuple[int, int, int]
) -> None:
    assert np.abs(drawn(look(bz.Fill(color)))[90, 160] - wanted).max() <= 1


def test_filters_of_filters_are_one_with_all_steps() -> None:
    shown = bz.looks.grain(bz.looks.sepia(bz.looks.contrast(bz.Fill("teal"))), frame_at(1))
    assert (len(shown.steps), shown.children) == (3, (bz.Fill("teal"),))
    moved = bz.Filter(bz.Fill("teal"), steps=shown.steps, x=10)  # type: ignore[arg-type]
    assert bz.looks.sepia(moved).children == (moved,)


def test_the_camera_keeps_things_where_they_were_put_until_it_moves() -> None:
    still = bz.looks.camera(street(frame_at(1)), frame_at(1), [bz.looks.Shot(0)])
    assert np.array_equal(drawn(still), drawn(street(frame_at(1))))
    mark = bz.Rect(width=20, height=20, x=240, y=60)
    (there,) = bz.looks.camera(mark, frame_at(1), [(0, 240, 60, 3.0)])
    rows, columns = np.nonzero(drawn(there)[:, :, 0] > 127)
    assert (columns.min(), columns.max() + 1, rows.min(), rows.max() + 1) == (130, 190, 60, 120)


def test_what_is_far_moves_less_and_what_is_passed_is_gone() -> None:
    shots = [bz.looks.Shot(0), bz.looks.Shot(1, x=200)]
    mark = bz.Rect(width=10, height=10, x=160)
    pieces = [bz.looks.Depth(mark, 2), mark, bz.looks.Depth(mark, 0.5), bz.looks.Depth(mark, float("inf"))]
    groups = bz.looks.camera(pieces, frame_at(2), shots)
    assert [160 if group.x is None else group.x for group in groups] == [140, 120, 80, 160]
    near = bz.looks.camera(bz.looks.Depth(mark, 0.4), frame_at(2), [bz.looks.Shot(0, zoom=4)])
    assert near == ()
    halfway = bz.looks.camera(mark, frame_at(1), [bz.looks.Shot(0), bz.looks.Shot(2, zoom=4)])
    assert halfway[0].scale == pytest.approx(2)  # as much larger each moment


def test_a_card_shows_its_front_then_its_back() -> None:
    sides = bz.Fill("red"), bz.Fill("blue")
    for time, wanted in ((0.5, (255, 0, 0)), (1.5, (255, 0, 0)), (2.6, (0, 0, 255)), (3.5, (0, 0, 255))):
        card = bz.looks.flip(*sides, frame_at(time), start=1, duration=2, easing=bz.linear)
        assert drawn(card)[90, 160].tolist() == list(wanted), time


def test_motion_is_blurred_and_what_stands_still_is_not() -> None:
    def ball(frame: bz.Frame) -> list[Any]:
        return [
            bz.Fill("navy"),
            bz.Rect(width=4, height=40, x=20 + 480 * frame.time),
            bz.Text("still", size=30),
        ]

    sharp, blurred = bz.Scene(ball, duration=1), bz.looks.motion_blur(bz.Scene(ball, duration=1), 360, 16)
    one, other = drawn(sharp, 6), drawn(blurred, 6)
    row = other[72, :, 0]  # above the text
    assert 16 <= np.count_nonzero(row > 5) <= 22  # 16 pixels a frame, and its own four
    assert row.max() < 90
    light = [picture[72, :200, 0].sum() for picture in (one, other)]
    assert abs(light[0] - light[1]) < 0.03 * light[0]
    tree = bz.Composition([blurred], width=WIDTH, height=HEIGHT).frame(6).elements
    assert [type(element).__name__ for element in tree] == ["Fill", "Fill", "Average", "Text"]
    quiet = bz.looks.motion_blur(bz.Scene(lambda _: bz.Text("still"), duration=1))
    assert quiet.elements(frame_at(0.2)) == (bz.Text("still"),)


def test_motion_blur_goes_through_arrangements_and_at_the_ends() -> None:
    def box(frame: bz.Frame) -> Any:
        assert 0 <= frame.progress <= 1
        return bz.Rect(width=20, height=20, x=300 * frame.progress)

    scene = bz.Scene(box, duration=1)
    film = bz.Composition(
        [bz.looks.motion_blur(bz.sequence(scene, bz.fade(0.2), bz.loop(bz.reverse(scene), 2)))],
        width=WIDTH, height=HEIGHT,
    )  # fmt: skip
    for index in range(0, film.frames, 7):
        film.frame(index)
    film.frame(-1)


def test_chance_in_a_scene_that_is_blurred_is_warned_of_and_ours_is_the_same_each_time(
    tmp_path: Path,
) -> None:
    """Blurred or not: it says so when the movie is made."""
    rng = np.random.default_rng()

    def dust(frame: bz.Frame) -> Any:
        return bz.Ellipse(width=9, x=rng.uniform(0, WIDTH))

    def snow(frame: bz.Frame) -> Any:
        return bz.Ellipse(width=9, x=WIDTH * bz.random("snow", frame.index))

    where = bz.Workspace(tmp_path, engine="inline")

    def film(body: Any) -> bz.Composition:
        blurred = bz.looks.motion_blur(bz.Scene(body, duration=0.4, name=body.__name__))
        return bz.Composition([blurred], width=WIDTH, height=HEIGHT)

    with pytest.warns(UserWarning, match=r"scene 'dust' shows something else .*bz\.random"):
        film(dust).export(workspace=where, progress=False)
    first = film(snow).export(workspace=where, progress=False)
    again = film(snow).export(workspace=where, progress=False)
    assert (first.frames_drawn, again.frames_drawn) == (first.frames, 0)


def test_a_scene_that_counts_frames_is_told_of_the_moments_between() -> None:
    table = list(range(200))
    blurred = bz.looks.motion_blur(bz.Scene(lambda frame: bz.Rect(width=table[frame.index]), duration=1))
    with pytest.raises(SceneError, match=r"moments between frames.*frame\.time") as caught:
        blurred.elements(frame_at(0.4))
    assert caught.value.scene == "<lambda>"


def test_a_look_over_a_scene_gets_its_elements() -> None:
    scene = bz.Scene(street, duration=4, moments={"turn": 1})
    seen = bz.looks.over(scene, lambda shown, frame: bz.looks.hue(shown, 90 * frame.progress))
    assert seen.duration == 4
    assert {**seen.moments} == {"turn": 1}
    assert not np.array_equal(drawn(seen, 60), drawn(scene, 60))
    with pytest.raises(SceneError, match=r"the look of scene 'street' failed at frame 0: ZeroDivisionError"):
        bz.looks.over(scene, lambda shown: 1 / 0).elements(frame_at(0))


@pytest.mark.parametrize("size", [(320, 180), (180, 320)])
def test_a_round_picture_is_filled_in_any_shape_of_frame(size: tuple[int, int]) -> None:
    def body(frame: bz.Frame) -> Any:
        speaker = bz.looks.picture_in_picture(
            bz.Fill("red"), frame, shape="circle", border=None, size=0.5, margin=0, duration=0
        )
        return [bz.Fill("blue"), speaker]

    still = np.asarray(bz.Composition([bz.Scene(body, duration=1)], width=size[0], height=size[1]).still(9))
    middle = still[-45, -88:-2, :3]
    assert (middle == (255, 0, 0)).all()


@pytest.mark.parametrize("name", ["grain", "vignette", "glow", "lut", "turn", "phone", "mask", "particles"])
def test_half_the_size_is_the_same_picture(name: str) -> None:
    film = bz.Composition([example(name)], width=640, height=360)
    full, half = (np.asarray(film.still(60, scale=scale)).astype(float) for scale in (1.0, 0.5))
    halved = full.reshape(180, 2, 320, 2, -1).mean(axis=(1, 3))
    assert np.abs(halved - half).mean() < 2.5


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "no number": (lambda: bz.looks.sepia(bz.Fill(), "much"), "`amount` must be a number from 0 to 1"),  # type: ignore[arg-type]
    "nan": (lambda: bz.looks.brightness(bz.Fill(), float("nan")), "`amount` .* got nan"),
    "no elements": (lambda: bz.looks.sepia("words"), "expected elements, got 'words'"),
    "levels": (lambda: bz.looks.levels(bz.Fill(), 0.5, 0.5), "`black` must be below `white`"),
    "curve": (lambda: bz.looks.curves(bz.Fill(), [(0, 0), (0, 1)]), "must rise"),
    "curve of one": (lambda: bz.looks.curves(bz.Fill(), red=[(0, 0)]), "`red` must be two or more points"),
    "table": (lambda: bz.looks.lut(bz.Fill(), np.zeros((4, 4, 3, 3))), r"shape \(n, n, n, 3\)"),
    "color": (lambda: bz.looks.tint(bz.Fill(), "blurple"), "blurple"),
    "size": (lambda: bz.looks.grain(bz.Fill(), size=0), "`size` must be a number from 0.25"),
    "shots": (lambda: bz.looks.camera(bz.Fill(), frame_at(0), []), "`shots` must have one at least"),
    "zoom": (lambda: bz.looks.camera(bz.Fill(), frame_at(0), [bz.looks.Shot(0, zoom=0)]), "`zoom` must be"),
    "place": (lambda: bz.looks.camera(bz.Fill(), frame_at(0), [(0, "far")]), "`x` must be pixels"),
    "axis": (lambda: bz.looks.flip(bz.Fill(), bz.Fill(), frame_at(0), axis="z"), "`axis`"),  # type: ignore[arg-type]
    "samples": (lambda: bz.looks.motion_blur(bz.Scene(street, duration=1), samples=0), "`samples`"),
    "duration": (lambda: bz.looks.motion_blur(bz.Scene(street)), "has no duration"),
    "corner": (lambda: bz.looks.picture_in_picture(bz.Fill(), frame_at(0), corner="top"), "`corner`"),  # type: ignore[arg-type]
    "device": (lambda: bz.looks.phone(bz.Fill(), 0), "`width` must be a number from 1"),
    "window": (lambda: bz.looks.browser(bz.Fill(), mode="sepia"), "'light' or 'dark'"),  # type: ignore[arg-type]
    "count": (lambda: bz.looks.particles(frame_at(0), 10**7), "`count` must be a number from 1 to 20000"),
    "colors": (lambda: bz.looks.gradient(frame_at(0), ["red"]), "`colors` must be 2 to 64"),
    "look": (lambda: bz.looks.over(bz.Scene(street, duration=1), 3), "`look` must be a function"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_are_told(case: str) -> None:
    make, said = WRONG[case]
    with pytest.raises(InvalidValueError, match=said):
        make()


def test_every_look_has_an_example() -> None:
    shown = {name for name in bz.looks.__all__ if name[0].islower()}
    code = "\n".join(EXAMPLES.values())
    assert {name for name in shown if not re.search(rf"looks\.{name}\(", code)} == set()


def test_a_background_comes_back_to_where_it_began() -> None:
    renderer, pinner = Renderer(WIDTH, HEIGHT, Path), Pinner(lambda _: "")
    film = bz.Composition(
        [bz.Scene(lambda frame: bz.looks.aurora(frame, period=2), duration=4)], width=WIDTH, height=HEIGHT
    )
    pictures = []
    for index in (0, 60):
        pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        renderer.draw(pinner.pin(film.frame(index)), pixels)
        pictures.append(pixels.astype(int))
    assert np.abs(pictures[0] - pictures[1]).max() <= 1
