"""`Drawing`: what a function draws on a canvas, and what it can't do to the frame."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skia

import bazaar_nb as bz
from tests.draw.stage import Stage


def cross(canvas: Any, size: Any, thick: float = 4) -> None:
    paint = skia.Paint(AntiAlias=True, Color=skia.ColorRED, StrokeWidth=thick)
    canvas.drawLine(0, 0, *size, paint)
    canvas.drawLine(0, size.height, size.width, 0, paint)


def drawing(function: Any, *args: Any, **how: Any) -> bz.Drawing:
    return bz.Drawing(function, args, **how)


def test_it_draws_in_its_own_box_in_pixels_of_the_composition(stage: Stage) -> None:
    element = drawing(cross, 4, x=80, y=45, width=60, height=60)
    small, large = stage.draw(element), stage.draw(element, scale=2)
    red = np.argwhere(small[:, :, 0] > 128)
    assert (red.min(axis=0).tolist(), red.max(axis=0).tolist()) == ([15, 50], [74, 109])
    assert 3.6 < (large[:, :, 0] > 128).sum() / (small[:, :, 0] > 128).sum() < 4.4


def test_nothing_that_it_leaves_behind_reaches_the_frame(stage: Stage) -> None:
    def rude(canvas: Any, size: Any) -> None:
        for _ in range(5):
            canvas.restore()
        canvas.resetMatrix()
        canvas.clear(skia.ColorBLUE)
        canvas.save()
        canvas.translate(500, 500)
        canvas.clipRect(skia.Rect.MakeWH(1, 1))

    corner = bz.Rect(x=0, y=0, width=10, height=10, anchor="top-left", fill="lime")
    picture = stage.draw(bz.Fill("white"), drawing(rude, x=80, y=45, width=20, height=20), corner)
    assert picture[45, 80].tolist() == [0, 0, 255]
    assert picture[45, 60].tolist() == picture[80, 5].tolist() == [255, 255, 255]
    assert picture[5, 9].tolist() == [0, 255, 0]


def test_opacity_holds_for_the_whole(stage: Stage) -> None:
    half = stage.draw(drawing(cross, 20, width=60, height=60, opacity=0.5))
    assert abs(int(half[45, 80, 0]) - 128) <= 1  # where both lines lie


def test_what_a_function_raises_is_told_with_its_line_and_place() -> None:
    def broken(canvas: Any, size: Any, what: str) -> None:
        canvas.drawLine(what)

    @bz.scene(duration=1)
    def scene(frame: bz.Frame) -> Any:
        return [bz.Fill("white"), bz.Group((drawing(broken, "here"),))]

    with pytest.raises(bz.ElementError, match="`draw` of the drawing raised TypeError") as caught:
        bz.Composition([scene()], width=64, height=36).still(0)
    said = str(caught.value)
    assert "line" in said
    assert "of broken()" in said
    assert caught.value.element == "Group[1] > Drawing[0]"
    assert caught.value.field == "draw"


@pytest.mark.parametrize("given", ["circle", None, 3, [cross]])
def test_what_is_no_function_is_refused(given: Any) -> None:
    with pytest.raises(bz.InvalidValueError, match=r"`draw` of a Drawing must be a function"):
        bz.Drawing(given)


def test_arguments_must_be_plain(stage: Stage) -> None:
    with pytest.raises(bz.ElementError, match="args"):
        stage.draw(drawing(cross, object()))


def test_workers_draw_it_and_an_edit_is_another_segment(tmp_path: Path) -> None:
    def film_of(function: Any) -> bz.Composition:
        held = drawing(function, 4)  # made before: it travels with its function

        @bz.scene(duration=0.5)
        def scene(frame: bz.Frame) -> Any:
            return [bz.Fill("white"), held, drawing(function, 2 + frame.index, width="50%")]

        return bz.Composition([scene()], width=64, height=36, fps=10)

    def thicker(canvas: Any, size: Any, thick: float) -> None:
        cross(canvas, size, thick * 2)

    inline, local = (
        bz.Workspace(tmp_path / name, engine=name, **how)  # type: ignore[arg-type]
        for name, how in (("inline", {}), ("local", {"workers": 1}))
    )
    for workspace in (inline, local):
        film_of(cross).export(tmp_path / f"{workspace.engine}.mp4", workspace=workspace, progress=False)
    one, two = (tmp_path / f"{workspace.engine}.mp4" for workspace in (inline, local))
    assert one.read_bytes() == two.read_bytes()
    again = film_of(cross).export(tmp_path / "again.mp4", workspace=inline, progress=False)
    other = film_of(thicker).export(tmp_path / "other.mp4", workspace=inline, progress=False)
    assert (again.segments_cached, other.segments_cached) == (again.segments, 0)


def test_who_draws_nothing_needs_no_skia() -> None:
    code = "import sys, bazaar_nb as bz; bz.Drawing(lambda canvas, size: None); print('skia' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
