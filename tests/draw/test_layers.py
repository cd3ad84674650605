"""`Mask`, `Filter`, `Average`, `Perspective`: what they make of the elements in them."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bazaar_nb.draw.filters.cube_tables import as_cube, look_up, look_up_table, read_cube
from bazaar_nb.errors import ElementError, InvalidValueError
from bazaar_nb.scene import elements, filter_steps
from bazaar_nb.scene.elements import AnyElement, Ellipse, Fill, Rect, Text
from bazaar_nb.scene.paint import LinearGradient
from bazaar_nb.scene.tree import check_elements
from tests.draw.stage import Stage

made: Any = SimpleNamespace(**vars(elements) | vars(filter_steps))  # authors give lists and arrays
GRAY = made.ColorMatrix((0.25, 0.5, 0.25, 0) * 3)
LEFT: Any = Rect(x=0, anchor="left", width="50%", fill="red")


def test_a_mask_shows_what_it_covers(stage: Stage) -> None:
    half = Rect(x=0, anchor="left", width=40, fill="#00000080")
    shown = stage.draw(made.Mask(Fill("red"), by=half))
    assert shown[45, 20].tolist() == [128, 0, 0]
    assert shown[45, 60].tolist() == [0, 0, 0]
    turned = stage.draw(made.Mask(Fill("red"), by=half, inverted=True))
    assert turned[45, 20].tolist() == [127, 0, 0]
    assert turned[45, 60].tolist() == [255, 0, 0]


def test_a_luma_mask_shows_what_is_bright(stage: Stage) -> None:
    bright = [Fill("black"), LEFT, Rect(x=160, anchor="right", width=40)]
    shown = stage.draw(made.Mask(Fill("white"), by=bright, mode="luma"))
    assert shown[45, [20, 100, 140]].tolist() == [[55] * 3, [0] * 3, [255] * 3]  # 0.2126 of 255
    turned = stage.draw(made.Mask(Fill("white"), by=bright, mode="luma", inverted=True))
    assert turned[45, [20, 100, 140]].tolist() == [[200] * 3, [255] * 3, [0] * 3]


def test_a_mask_of_nothing_shows_nothing(stage: Stage) -> None:
    nothing: Any = []
    assert not stage.draw(made.Mask(Fill("red"), by=nothing)).any()
    assert (stage.draw(made.Mask(Fill("red"), by=nothing, inverted=True)) == (255, 0, 0)).all()
    assert not stage.draw(made.Mask(nothing, by=Fill())).any()
    assert not stage.draw(made.Mask(Fill("red"), by=Rect(width=0, height=0))).any()
    with pytest.raises(InvalidValueError, match=r"what is seen and a mask"):
        made.Mask(Fill("red"))
    with pytest.raises(InvalidValueError, match=r"`by` of Mask: .*'dark'; bz\.Text"):
        made.Mask(Fill("red"), by="dark")


def test_colors_are_changed_and_opacities_left(stage: Stage) -> None:
    shown = stage.draw(
        made.Filter([LEFT, Rect(x=160, anchor="right", width=40, fill="#ff000080")], steps=[GRAY])
    )
    assert shown[45, [20, 100, 140]].tolist() == [[64] * 3, [0] * 3, [32] * 3]
    inverted = made.Filter([Rect(width=40, fill="#00ff00")], steps=[made.ColorCurves(np.array([1.0, 0.0]))])
    assert stage.draw(inverted)[45, [80, 20]].tolist() == [[255, 0, 255], [0, 0, 0]]
    lifted = made.ColorMatrix((0, 0, 0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0))  # what is added to nothing is nothing
    half = stage.draw(made.Filter([Rect(width=40, fill="#00ff0080")], steps=[lifted]))
    assert half[45, [80, 20]].tolist() == [[64, 0, 0], [0, 0, 0]]
    nothing = stage.draw(Fill("navy"), made.Filter([], steps=[lifted]))
    assert (nothing == stage.draw(Fill("navy"))).all()


def test_a_table_of_colors_is_looked_up_to_a_level() -> None:
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (300, 400, 4)).astype(np.uint8)
    pixels[:, :, 3] = 255
    side = np.linspace(0, 1, 17, dtype=np.float32)
    blue, green, red = np.meshgrid(side, side, side, indexing="ij")
    same = np.stack([red, green, blue], axis=-1)
    assert np.array_equal(look_up(pixels, look_up_table(same, 1.0)), pixels)
    swapped = np.stack([0.2 + 0.6 * blue, red, 1 - green], axis=-1).reshape(-1, 3)
    found = look_up(pixels, look_up_table(as_cube(swapped), 1.0)).astype(int)
    b, g, r = (pixels[:, :, channel].astype(float) for channel in range(3))
    wanted = np.stack([255 - g, r, 51 + 0.6 * b], axis=-1)
    assert np.abs(found[:, :, :3] - wanted).max() <= 1.5
    half = look_up(pixels, look_up_table(as_cube(swapped), 0.5)).astype(int)
    assert np.abs(half[:, :, :3] - (wanted + pixels[:, :, :3]) / 2).max() <= 2


CUBE = "TITLE x\n# made by hand\nLUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0\n"
ROWS = [f"{r} {g} {b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)]


def test_a_cube_file_is_read(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "look.cube"
    path.write_text(CUBE + "\n".join(f"{row.split()[2]} 0.5 0" for row in ROWS))
    shown = stage.draw(made.Filter([Fill("#ff4080")], steps=[made.ColorCube(str(path))]))
    assert np.abs(shown[45, 45].astype(int) - (128, 128, 0)).max() <= 1
    path.write_text("LUT_1D_SIZE 3\n0 0 0\n1 1 1\n0 0 0\n")
    shown = stage.draw(made.Filter([Fill("#ff0080")], steps=[made.ColorCube(str(path))]))
    assert np.abs(shown[45, 45].astype(int) - (0, 0, 254)).max() <= 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\x89PNG\r\n", "is no text"),
        ("", "no LUT_3D_SIZE"),
        (CUBE + "\n".join(ROWS[:5]), "5 rows of colours where its size says 8: it is cut off"),
        (CUBE + "\n".join([*ROWS, *ROWS]), "16 rows of colours where its size says 8"),
        (CUBE + "\n".join([*ROWS[:7], "1 nan 0"]), "'1 nan 0', which is no colour"),
        (CUBE + "\n".join([*ROWS[:7], "1 x 0"]), r"'1 x 0' as its colour 7, wanted 3 numbers"),
        ("LUT_3D_SIZE 4000\n1 1 1", "has a size of 4000, wanted 2 to 65"),
        ("LUT_3D_SIZE 1\n1 1 1", "has a size of 1, wanted 2 to 65"),
        (CUBE.replace("0 0 0", "-1 0 0") + "\n".join(ROWS), "for colours from"),
    ],
)
def test_a_file_that_is_no_table_says_why(stage: Stage, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.cube"
    path.write_text(text, "latin-1")
    with pytest.raises(ElementError, match=said) as caught:
        stage.tree(Fill(), made.Group([made.Filter([Fill("red")], steps=[made.ColorCube(str(path))])]))
    assert (caught.value.element, caught.value.field) == ("Group[1] > Filter[0]", "steps")
    if not text.startswith("\x89"):
        return
    path.write_bytes(b"0" * 33_000_000)
    with pytest.raises(InvalidValueError, match="33,000,000 bytes"):
        read_cube(path)
    path.unlink()
    with pytest.raises(ElementError, match="does not exist"):
        stage.tree(made.Filter([Fill("red")], steps=[made.ColorCube(str(path))]))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: made.ColorMatrix((1.0, 2.0)), r"steps\[0\]\.values|`values`"),
        (lambda: made.ColorMatrix((float("nan"),) * 12), "NaN|number"),
        (lambda: made.ColorCurves(np.array([1.0, np.nan])), "row 1 is NaN"),
        (lambda: made.ColorCurves(np.zeros((4, 2))), r"shape \(n,\) or \(n, 3\)"),
        (lambda: made.ColorCube(values=np.zeros((7, 3))), r"n \* n \* n"),
        (lambda: made.Glow(radius=-1), "radius|steps"),
        (lambda: made.Grain(size=0), "size|steps"),
        (lambda: made.Grain(seed=-4), "seed|steps"),
    ],
)
def test_steps_that_are_wrong_say_so(make: Any, said: str) -> None:
    with pytest.raises((ElementError, InvalidValueError), match=said) as caught:
        check_elements((made.Filter([Fill()], steps=[make()]),), scene="s", frame=3)
    if isinstance(caught.value, ElementError):
        assert (caught.value.element, caught.value.frame) == ("Filter[0]", 3)


def test_grain_is_that_of_its_seed_and_as_strong_as_asked(stage: Stage) -> None:
    def grained(seed: int, scale: float = 1.0, **fields: Any) -> Any:
        step = made.Grain(amount=0.1, seed=seed, **fields)
        tree = stage.tree(made.Filter([Fill("#808080")], steps=[step]))
        return stage.draw_tree(tree, scale=scale).astype(float)

    assert np.array_equal(grained(5), grained(5))
    assert not np.array_equal(grained(5), grained(6))
    assert abs(grained(5, size=1).std() - 25.5) < 2
    assert abs(grained(5).mean() - 128) < 2
    grain = grained(5, size=6)
    halved = grain[: 90 // 2 * 2].reshape(45, 2, 80, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved - grained(5, 0.5, size=6)).mean() < 4  # a preview has the same grain


def test_a_glow_shines_beyond_what_it_comes_from(stage: Stage) -> None:
    lamp = made.Filter([Rect(width=20, height=20, fill="#ffcc00")], steps=[made.Glow(8, 1.0, 0.2)])
    shown = stage.draw(lamp)
    assert shown[45, 95, 0] > shown[45, 100, 0] > 0
    assert shown[45, 95, 2] == 0
    assert not shown[45, 140].any()
    dark = made.Filter([Rect(width=20, height=20, fill="#333")], steps=[made.Glow(8, 1.0, 0.5)])
    assert (stage.draw(dark) == stage.draw(Rect(width=20, height=20, fill="#333"))).all()


def test_an_average_mixes_in_equal_parts(stage: Stage) -> None:
    shown = stage.draw(Fill("blue"), made.Average([Fill("red"), LEFT, made.Group(), made.Group()]))
    assert shown[45, 40].tolist() == [128, 0, 127]  # two of four
    assert shown[45, 120].tolist() == [64, 0, 191]
    with pytest.raises(InvalidValueError, match="at most 256 children, got 300"):
        made.Average([Fill("red")] * 300)
    many = stage.draw(made.Average([Fill("#ffffff")] * 256))
    assert (many == 255).all()


def test_a_plane_that_is_not_turned_is_as_it_is(stage: Stage) -> None:
    card = Rect(width=80, height=50, radius=4, fill="#38bdf8")
    flat = stage.draw(card).astype(int)
    assert np.abs(stage.draw(made.Perspective([card])).astype(int) - flat).mean() < 0.5
    moved = made.Perspective([card], x=100, y=40)
    assert np.abs(stage.draw(moved).astype(int) - stage.draw(made.Group([card], x=100, y=40))).mean() < 0.5


def test_what_turns_away_is_smaller(stage: Stage) -> None:
    card = Rect(width=80, height=50)

    def rows(column: int, picture: Any) -> int:
        return int((picture[:, column, 0] > 127).sum())

    shown = stage.draw(made.Perspective([card], rotate_y=50, distance=200))
    across = np.flatnonzero(shown[45, :, 0] > 127)
    assert len(across) < 60
    assert rows(across[2], shown) > 52 > 46 > rows(across[-3], shown)  # left nearer, right away
    # A point 40 px right of the middle: x' = 40 cos 50, z' = -40 sin 50, times 200 / (200 - z').
    angle = np.radians(50)
    edge = 80 + 40 * np.cos(angle) * 200 / (200 + 40 * np.sin(angle))
    assert abs(across[-1] + 1 - edge) <= 1
    tipped = stage.draw(made.Perspective([card], rotate_x=50, distance=200))
    down = np.flatnonzero(tipped[:, 80, 0] > 127)
    assert (tipped[down[2], :, 0] > 127).sum() < (tipped[down[-3], :, 0] > 127).sum()


def test_a_plane_is_seen_from_behind_and_from_its_edge(stage: Stage) -> None:
    card = [Rect(width=80, height=50, fill="blue"), Rect(x=60, width=20, height=20, fill="red")]
    shown = stage.draw(made.Perspective(card, rotate_y=180))
    assert shown[45, 100].tolist() == [255, 0, 0]
    assert stage.draw(made.Perspective(card, rotate_y=90)).sum() < 200 * 255
    assert not stage.draw(made.Perspective([], rotate_y=30)).any()


@pytest.mark.parametrize("angle", [0, 60, 85, 120])
def test_what_is_too_near_to_the_eye_is_cut_off(stage: Stage, angle: float) -> None:
    wall = made.Perspective([Fill(LinearGradient(("red", "blue"), angle=0))], rotate_y=angle, distance=5)
    shown = stage.draw(wall)
    if angle == 0:
        assert (
            np.abs(shown.astype(int) - stage.draw(Fill(LinearGradient(("red", "blue"), angle=0)))).mean() < 2
        )
    elif angle < 90:
        assert not shown[:, 120:].any() or shown[:, 120:, 2].max() > shown[:, 120:, 0].max()


def test_fifty_layers_deep_is_drawn_in_bounded_memory(stage: Stage) -> None:
    deep: AnyElement = made.Group([Ellipse(width=60, fill="red"), Text("deep", size=20)])
    kinds: list[Any] = [
        lambda inner: made.Filter([inner], steps=[GRAY]),
        lambda inner: made.Mask([inner], by=Rect()),
        lambda inner: made.Average([inner]),
        lambda inner: made.Perspective([inner], rotate_y=1),
        lambda inner: made.Filter([inner], steps=[made.Glow(4, 0.01)]),
    ]
    for number in range(50):
        deep = kinds[number % len(kinds)](deep)
    tracemalloc.start()
    shown = stage.draw(Fill("#111"), deep)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert shown[45, 60].max() > 40
    assert peak < 50 * 5 * (4 * 160 * 90)
