from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bazaar_nb.errors import ElementError
from bazaar_nb.scene.elements import AnyElement, Column, Ellipse, Figure, Fill, Group, Rect, Row, Text
from bazaar_nb.scene.elements import Path as Outline
from bazaar_nb.scene.paint import ConicGradient, LinearGradient, Shadow, Stroke
from bazaar_nb.scene.tree import FrameTree
from tests.draw.stage import RGB, Stage
from tests.scene.element_strategies import elements

drawings = st.lists(elements, min_size=1, max_size=3)
relaxed = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@relaxed
@given(first=drawings, second=drawings)
def test_caches_and_old_pixels_never_change_a_picture(
    stage: Stage, first: list[AnyElement], second: list[AnyElement]
) -> None:
    one, other = stage.tree(*first), stage.tree(*second)
    for scale in (1.0, 0.5, 1.7):
        stage.forget()
        alone = stage.draw_tree(one, scale=scale, dirt=0)
        stage.draw_tree(other, scale=scale)
        again = stage.draw_tree(one, scale=scale, dirt=255)
        assert np.array_equal(alone, again)
        stage.forget()
        stage.draw_tree(other, scale=scale)
        assert np.array_equal(alone, stage.draw_tree(one, scale=scale))


@relaxed
@given(drawn=drawings)
def test_a_pinned_tree_is_drawn_the_same_after_msgpack_and_json(
    stage: Stage, drawn: list[AnyElement]
) -> None:
    tree = stage.tree(*drawn)
    assert FrameTree.from_msgpack(tree.to_msgpack()) == tree
    read = FrameTree.from_json(tree.to_json())
    assert read == tree
    assert read.to_msgpack() == tree.to_msgpack()
    assert np.array_equal(stage.draw_tree(read), stage.draw_tree(tree))


def halved(picture: RGB) -> RGB:
    height, width = picture.shape[:2]
    means = picture.astype(np.float64).reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(1, 3))
    smaller: RGB = (means + 0.5).astype(np.uint8)
    return smaller


SCENES: dict[str, list[AnyElement]] = {
    "shapes": [
        Fill(LinearGradient(("navy", "#4c1d95"), angle=30)),
        Rect(width=90, height=40, fill="#ffffff30", shadow=Shadow(12, 3, 5), stroke=Stroke("gold", 2)),
        Ellipse(width=33, x=31, y=28, fill=ConicGradient(("red", "lime", "blue", "red")), rotation=20),
        Outline("M0 0 C 20 -30 40 30 60 0", x=80, y=70, stroke=Stroke("white", 4, cap="round", dash=(8, 6))),
        Rect(width=30, height=20, x=130, y=20, fill="red", blur=4),
    ],
    "text": [Fill("#113"), Text("Hello there\nsecond", size=22, weight=700, shadow=Shadow(6, 2, 2, "red"))],
    "stacks": [
        Row((Rect(width=20, height=30), Column((Text("a", size=20), Text("bcd", size=12)))), gap=7),
        Group((Ellipse(width=20, x="20%", fill="red"), Ellipse(width=20, x="30%", fill="blue")), opacity=0.5),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SCENES)
def test_half_the_size_is_the_same_picture(stage: Stage, name: str) -> None:
    tree = stage.tree(*SCENES[name])
    full, half = stage.draw_tree(tree), stage.draw_tree(tree, scale=0.5)
    difference = np.abs(halved(full).astype(int) - half)
    assert difference.mean() < 2
    assert np.quantile(difference, 0.99) <= 40


def test_figures_are_drawn_once_for_each_of_their_values(stage: Stage) -> None:
    log = str(stage.folder / "calls")

    def plot(figure: object, level: float) -> None:
        with open(log, "a") as file:  # noqa: PTH123 (a list would be part of what the figure depends on)
            file.write(f"{level} ")
        axes = figure.add_axes((0, 0, 1, 1))  # type: ignore[attr-defined]
        axes.axis("off")
        axes.axhspan(0, level, color="red")
        axes.set(ylim=(0, 1), xlim=(0, 1))

    drawing: Any = plot  # the field holds its name then

    def frame(level: float, x: float) -> RGB:
        return stage.draw(Figure(drawing, (level,), width=80, height=60, x=x))

    low, moved, high = frame(0.25, 80), frame(0.25, 70), frame(0.75, 80)
    assert Path(log).read_text() == "0.25 0.75 "
    assert low[70, 80].tolist() == [255, 0, 0]
    assert low[45, 80].tolist() == [255, 255, 255]
    assert high[45, 80].tolist() == [255, 0, 0]
    assert np.array_equal(low[:, 45:115], moved[:, 35:105])


def test_what_a_figure_raises_says_where(stage: Stage) -> None:
    def plot(figure: object) -> None:
        raise KeyError("sales")

    drawing: Any = plot

    with pytest.raises(ElementError, match=r"`plot` of the figure raised KeyError: 'sales'") as caught:
        stage.draw(Fill(), Group((Rect(), Figure(drawing))))
    assert caught.value.element == "Group[1] > Figure[1]"
    assert caught.value.field == "plot"


@pytest.mark.parametrize("data", ["M0 0 L foo", "hello", "M0 0 L1e300 5", "L 5 5"])
def test_bad_path_data(stage: Stage, data: str) -> None:
    with pytest.raises(ElementError, match="`d` ") as caught:
        stage.tree(Fill(), Outline(data))
    assert (caught.value.element, caught.value.field) == ("Path[1]", "d")
    with pytest.raises(ElementError) as caught:
        stage.tree(Group((Rect(clip=Outline(data)),)))
    assert (caught.value.element, caught.value.field) == ("Group[0] > Rect[0]", "clip")


def test_many_elements_and_deep_groups_are_drawn(stage: Stage) -> None:
    many = tuple(Rect(width=2, height=2, x=i % 160, y=i // 160, fill="red") for i in range(14_400))
    assert (stage.draw(Group(many)) == (255, 0, 0)).all()
    deep: AnyElement = Rect(fill="blue")
    for _ in range(60):
        deep = Group((deep,))
    assert (stage.draw(deep) == (0, 0, 255)).all()


def test_functions_in_json_are_only_names(stage: Stage, tmp_path: Path) -> None:
    written = (
        f'{{"width": 4, "height": 4, "elements": [{{"kind": "figure", "plot": "open(\'{tmp_path}/x\')"}}]}}'
    )
    drawing = written.replace('"figure", "plot": "', '"drawing", "draw": "function:')
    for text in (written, drawing):
        with pytest.raises(ElementError, match="holds no functions"):
            stage.draw_tree(FrameTree.from_json(text))
    assert not (tmp_path / "x").exists()
