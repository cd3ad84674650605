"""Figures that are kept from frame to frame, and texts that are remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as MatplotlibFigure

import bazaar_nb as bz
from bazaar_nb.draw import figure_canvas, live_figure
from bazaar_nb.draw.figure_canvas import FigureCanvas
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene import repeatability
from bazaar_nb.scene.elements import Figure
from tests.draw.stage import RGB, Stage


def set_up(fig: Any) -> Any:
    axes = fig.subplots()
    axes.set_ylim(0, 10)
    return axes, axes.bar(["a", "b"], [1, 1])


def steady(made: Any, height: float) -> None:
    axes, bars = made
    bars[0].set_height(height)
    axes.set_title(f"{height:.1f}")


def late(made: Any, height: float) -> None:
    """Leave what it has set once."""
    made[1][0].set_height(height)
    if height > 3:
        made[0].set_title("late")


def adds(made: Any, height: float) -> None:
    made[0].plot([0, 1], [height, height])


def figure(update: Any, height: float, **how: Any) -> Figure:
    return Figure(setup=set_up, update=update, args=(height,), dpi=50, **how)  # type: ignore[arg-type]


def alone(update: Any, height: float, folder: Path) -> RGB:
    return Stage(folder).draw(figure(update, height))


def test_a_kept_figure_is_what_it_is_alone_and_made_once(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    make = live_figure.make_pair

    def count(*args: Any, **how: Any) -> Any:
        made.append(1)
        return make(*args, **how)

    monkeypatch.setattr(live_figure, "make_pair", count)
    seen = {height: stage.draw(figure(steady, height)).copy() for height in (2.0, 9.0, 0.5, 2.0, 5.0)}
    assert len(made) == 1
    for height, picture in seen.items():
        assert np.array_equal(picture, alone(steady, height, tmp_path))
    assert not np.array_equal(seen[2.0], seen[9.0])
    stage.draw(figure(steady, 2.0), scale=2)
    assert len(made) == 1 + len(seen) + 1  # of another size it is another one


@pytest.mark.parametrize("update", [adds, late])
def test_one_that_depends_on_the_frames_before_is_found_out_and_then_drawn_alone(
    stage: Stage, tmp_path: Path, update: Any
) -> None:
    renderer: Any = None
    for height in (1.0, 5.0, 2.0):
        stage.draw(figure(update, height))
        (renderer,) = stage._renderers.values()
    assert set(renderer.check_figures().values()) <= {"order"}
    for height in (1.0, 5.0, 2.0):
        assert np.array_equal(stage.draw(figure(update, height)), alone(update, height, tmp_path))
    assert renderer.check_figures() == {}  # told once


def test_an_export_draws_it_right_and_tells_once_by_the_scenes_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeatability, "_told_figures", set())

    @bz.scene(duration=1.2)
    def sales(frame: bz.Frame) -> Figure:
        return figure(late, 4 * frame.progress)

    film = bz.Composition([sales()], width=160, height=90, fps=10)
    where = bz.Workspace(tmp_path, engine="inline")
    with pytest.warns(UserWarning, match="scene 'sales' has a Figure whose picture depends on") as caught:
        render = film.export("film.mp4", workspace=where, progress=False, crf=1)
    assert len([one for one in caught if "depends on" in str(one.message)]) == 1
    import av

    with av.open(str(render.path)) as movie:
        seen = [frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)]
    for index in range(film.frames):
        wanted = np.asarray(film.still(index)).astype(int)
        assert np.abs(seen[index] - wanted).mean() < 2, index


def test_both_functions_and_nothing_else_are_wanted() -> None:
    function: Any = steady
    with pytest.raises(InvalidValueError, match="`update` of a Figure must be a function, got ''"):
        Figure(setup=function)
    with pytest.raises(InvalidValueError, match="takes `plot`, or `setup` and `update`"):
        Figure(function, setup=function, update=function)
    with pytest.raises(InvalidValueError, match="wants a function `plot`"):
        Figure()


def test_an_error_names_the_function_and_the_line(stage: Stage) -> None:
    def fails(made: Any, height: float) -> None:
        raise KeyError("no such bar")

    with pytest.raises(bz.ElementError, match=r"`update` of the figure raised KeyError.*line \d+ of fails"):
        stage.draw(figure(fails, 1.0))


def test_remembered_texts_have_the_pixels_of_drawn_ones() -> None:
    figure_canvas._texts.clear()

    def fill(fig: Any, number: int) -> None:
        axes = fig.subplots()
        axes.set_title("Größe $x^{\\frac{1}{2}}$", color=(1, 0, 0, 0.5))
        axes.text(0.5, 0.5, "turned\ntwice", rotation=33, bbox={"fc": "yellow"})
        axes.text(0.1 + number / 100, 0.2, f"{number}", alpha=0.4, fontweight="bold")
        axes.set_ylabel("upwards")

    for number in (1, 1, 2):
        plain, remembering = (MatplotlibFigure(figsize=(3, 2), dpi=90) for _ in range(2))
        fill(plain, number)
        fill(remembering, number)
        canvas: Any = FigureCanvasAgg(plain)
        canvas.draw()
        seen = FigureCanvas(remembering, saving=False).pixels()
        assert np.array_equal(np.asarray(canvas.buffer_rgba()), seen)
        known = len(figure_canvas._texts)
        assert known > 5
    assert known < 5 + 2 * 16
