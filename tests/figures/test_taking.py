"""What plotting libraries make, given to `Figure` and `Image`."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
import textwrap
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as MatplotlibFigure
from PIL import Image as PilImage

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError
from tests.draw.stage import Stage

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40">'
    '<rect width="80" height="40" fill="#00ff00"/><text x="5" y="30" font-size="24">Hi</text></svg>'
)


def png(color: str = "orange") -> bytes:
    target = io.BytesIO()
    PilImage.new("RGB", (30, 60), color).save(target, "PNG")
    return target.getvalue()


def shows(**methods: Any) -> Any:
    """An object that shows itself in a notebook."""
    return type(
        "Chart", (), {name: lambda self, *_, value=value, **__: value for name, value in methods.items()}
    )()


def drawing(title: str = "Results") -> MatplotlibFigure:
    fig = MatplotlibFigure(figsize=(2, 1), dpi=80, facecolor="yellow")
    fig.subplots().plot([1, 3, 2])
    fig.suptitle(title)
    return fig


def figure(value: Any, **how: Any) -> bz.Figure:
    return bz.Figure(value, **how)


def image_of(value: Any, **how: Any) -> bz.Image:
    return bz.Image(value, **how)


def test_a_finished_figure_is_drawn_by_matplotlib_at_the_size_that_is_needed() -> None:
    fig = drawing()
    stage_size = (320, 320)
    film = bz.Composition([bz.Scene(lambda frame: figure(fig), duration=1)], width=320, height=320)
    seen = np.asarray(film.still(0))
    assert seen.shape[:2] == stage_size
    assert seen[2, 2].tolist() == seen[78, 2].tolist() == [0, 0, 0]  # it keeps its shape
    larger = MatplotlibFigure(figsize=(2, 1), dpi=160, facecolor="yellow")
    larger.subplots().plot([1, 3, 2])
    larger.suptitle("Results")
    canvas = FigureCanvasAgg(larger)
    canvas.draw()  # type: ignore[no-untyped-call]
    wanted = np.asarray(canvas.buffer_rgba())[:, :, :3]  # type: ignore[no-untyped-call]
    assert np.array_equal(seen[80:240], wanted)


def test_it_is_shown_as_it_was_when_it_was_given() -> None:
    fig = drawing()
    first = figure(fig)
    assert figure(fig) == first
    fig.axes[0].set_ylim(0, 9)
    assert figure(fig) != first
    assert figure(drawing()) == first  # by what it looks like
    assert figure(fig.axes[0]) == figure(fig)


def test_its_key_is_the_same_in_every_process() -> None:
    script = textwrap.dedent("""
        import matplotlib.pyplot as plt
        import bazaar_nb as bz
        fig, axes = plt.subplots(figsize=(2, 1))
        axes.scatter([1, 2], [3, 4], label="a"); axes.legend()
        print(bz.Figure(fig).plot)
    """)
    names = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "MPLBACKEND": "agg"},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(names) == 1


def test_svg_is_drawn_sharp_with_its_text_and_fits(stage: Stage) -> None:
    for value in (shows(_repr_svg_=SVG), shows(_repr_svg_=(SVG, {})), SVG.encode(),
                  shows(_repr_mimebundle_={"image/svg+xml": SVG, "text/plain": "x"})):  # fmt: skip
        seen = stage.draw(figure(value))
        assert seen[7, 2].tolist() == seen[83, 2].tolist() == [0, 255, 0]
        assert seen[2, 80].tolist() == [0, 0, 0]  # 160 x 80 of 160 x 90
        assert (seen[:, :80].sum(axis=2) == 0).sum() > 100  # letters
    (image,) = stage.tree(bz.Image(shows(_repr_svg_=SVG))).elements
    assert isinstance(image, bz.Image)
    assert stage.draw(image).any(axis=2).sum() < 80 * 40  # its own size
    whole = stage.draw(image_of(SVG.encode(), width="100%", height="100%", fit="cover"))
    assert whole[0, 0].tolist() == whole[89, 159].tolist() == [0, 255, 0]


def test_svg_files_are_images(stage: Stage) -> None:
    path = stage.folder / "logo.svg"
    path.write_text(SVG)
    assert stage.draw(image_of(path, width=160))[45, 2].tolist() == [0, 255, 0]
    path.write_text("<svg")
    with pytest.raises(bz.ElementError, match="SVG is broken"):
        stage.tree(image_of(path))


def test_pixels_are_taken_where_there_is_no_svg(stage: Stage) -> None:
    values = (
        shows(_repr_png_=png()),
        shows(_repr_png_=base64.b64encode(png()).decode()),
        shows(_repr_svg_=None, _repr_png_=(png(), {})),
        png(),
        PilImage.open(io.BytesIO(png())),
    )
    for value in values:
        seen = stage.draw(figure(value))
        assert seen[45, 80].tolist() == [255, 165, 0]
        assert seen[45, 50].tolist() == [0, 0, 0]
        assert stage.draw(image_of(value)).any(axis=2).sum() == 30 * 60


def test_trees_with_them_are_data(stage: Stage) -> None:
    large = SVG.replace("</svg>", f"<!-- {'x' * 70_000} --></svg>")
    for element in (figure(SVG.encode()), figure(large.encode()), image_of(large.encode())):
        tree = stage.tree(element)
        assert bz.FrameTree.from_msgpack(tree.to_msgpack()) == tree
        assert bz.FrameTree.from_json(tree.to_json()) == tree
        assert len(tree.to_msgpack()) < 2000
        assert stage.draw_tree(tree).any()


def test_seaborn_gives_figures_and_drawings(stage: Stage) -> None:
    seaborn: Any = pytest.importorskip("seaborn")
    objects: Any = pytest.importorskip("seaborn.objects")
    table = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 4, 2, 3], "c": list("xyxy")})
    grid = seaborn.FacetGrid(table, col="c", height=2)
    assert figure(grid).size == (400, 200)
    plot = objects.Plot(table, x="a", y="b", color="c").add(objects.Dot())
    first = figure(plot)
    assert first.data.startswith(b"<?xml")
    assert figure(plot) == first  # ids in it are not random
    assert stage.draw(first).mean() > 100


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.zeros((2, 2)), r"a ndarray can't be taken as a picture: bz.Pixels\(array\)"),
        (pd.DataFrame({"a": [1]}), "a DataFrame can't be taken as a picture: bz.charts show tables"),
        (shows(_repr_html_="<p>"), "shows itself as a web page only; save it as SVG or PNG"),
        (object(), "wanted is a figure, or what has _repr_svg_ or _repr_png_"),
        (b"no picture", "what the bytes (shows of itself|holds) can't be read"),
    ],
)  # fmt: skip
def test_what_can_not_be_taken_is_refused_with_what_works(value: Any, said: str) -> None:
    for element in (bz.Figure, bz.Image):
        if element is bz.Image and isinstance(value, np.ndarray):  # that it takes
            continue
        with pytest.raises(InvalidValueError, match=said):
            element(value)


def test_animations_and_plotly_are_told_their_way(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.animation import ArtistAnimation

    fig = drawing()
    FigureCanvasAgg(fig)
    animation: Any = ArtistAnimation(fig, [fig.axes[0].lines])
    animation._draw_was_started = True
    with pytest.raises(InvalidValueError, match=r"bz.from_animation\(animation\) makes a scene"):
        figure(animation)
    plotly = type("Figure", (), {"__module__": "plotly.graph_objs._figure"})()
    monkeypatch.setattr("bazaar_nb.figures.taking.find_spec", lambda name: None)
    with pytest.raises(InvalidValueError, match=r"write_image\(\"chart.svg\"\).*bz.Image\(\"chart.svg\"\)"):
        figure(plotly)
    altair = type("Chart", (), {"__module__": "altair.vegalite.v5.api"})()
    with pytest.raises(InvalidValueError, match="pip install vl-convert-python"):
        bz.Image(altair)
    with pytest.raises(InvalidValueError, match="`args` go to a function"):
        figure(fig, args=(1,))
