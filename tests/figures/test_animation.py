"""matplotlib animations as scenes: what frame i shows is what matplotlib saves."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.animation import Animation, ArtistAnimation, FuncAnimation
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.figures.animation import AnimationScene, from_animation
from bazaar_nb.scene import repeatability

SIZE = (200, 150)


def new_figure() -> tuple[Any, Any, Any]:
    fig = Figure(figsize=(2, 1.5), dpi=100)
    FigureCanvasAgg(fig)
    axes = fig.subplots()
    axes.set(xlim=(0, 10), ylim=(-1, 1))
    return fig, axes, axes.plot([], [], "r")[0]


def plain() -> Animation:
    fig, axes, line = new_figure()

    def show(x: float) -> None:
        line.set_data([0, x], [0, np.sin(x)])
        axes.set_title(f"{x:.1f}")

    return FuncAnimation(fig, show, frames=np.linspace(0, 10, 12), interval=40)


def growing() -> Animation:
    """Each frame builds on those before it."""
    fig, _, line = new_figure()
    xs: list[float] = []

    def show(x: float, factor: float) -> Any:
        xs.append(x)
        line.set_data(xs, np.sin(np.array(xs) * factor))
        return (line,)

    return FuncAnimation(fig, show, frames=12, fargs=(2.0,), blit=True, interval=40)


def generated() -> Animation:
    fig, _, line = new_figure()

    def numbers() -> Iterator[int]:
        yield from range(12)

    def start() -> Any:
        line.set_data([], [])
        return (line,)

    frames: Any = numbers
    return FuncAnimation(
        fig, lambda n: line.set_data([0, n], [0, 1]), frames, init_func=start, save_count=12, interval=40
    )


def artists() -> Animation:
    fig, axes, _ = new_figure()
    shown = [axes.plot([0, n], [0, 1], f"C{n}") for n in range(12)]
    return ArtistAnimation(fig, shown, interval=40, blit=True)


KINDS: list[Callable[[], Animation]] = [plain, growing, generated, artists]


def saved(animation: Any) -> list[NDArray[np.uint8]]:
    """What matplotlib saves of an animation."""
    frames: list[NDArray[np.uint8]] = []
    animation._fig.canvas.mpl_disconnect(animation._first_draw_id)  # as `save` does
    animation._init_draw()
    for data in animation.new_saved_frame_seq():
        animation._draw_next_frame(data, blit=False)
        target = io.BytesIO()
        animation._fig.savefig(target, format="rgba", dpi=100)
        frames.append(np.frombuffer(target.getvalue(), np.uint8).reshape(*SIZE[::-1], 4)[:, :, :3])
    return frames


def film_of(scene: Any, fps: Any = 25) -> bz.Composition:
    return bz.Composition([scene], width=SIZE[0], height=SIZE[1], fps=fps)


@pytest.mark.parametrize("kind", KINDS)
def test_each_frame_is_what_matplotlib_saves_in_any_order(kind: Callable[[], Animation]) -> None:
    animation = kind()
    scene = from_animation(animation)
    assert (float(scene.fps), scene.frames, float(scene.duration or 0)) == (25, 12, 0.48)
    assert scene.size == SIZE
    film, wanted = film_of(scene), saved(animation)
    assert len(wanted) == film.frames == 12
    assert not np.array_equal(wanted[0], wanted[11])
    for index in (7, 0, 11, 8, 3, 3):
        assert np.array_equal(np.asarray(film.still(index)), wanted[index]), index


def test_it_is_taken_as_it_is_and_left_alone() -> None:
    fig, _, line = new_figure()
    animation: Any = FuncAnimation(fig, lambda n: line.set_data([0, n], [0, 1]), frames=5)
    film = film_of(from_animation(animation))
    before = film.still(3)
    line.set_color("blue")
    assert film.still(3) == before
    assert film_of(from_animation(animation)).still(3) != before
    assert len(list(animation.new_frame_seq())) == 5


def test_a_film_of_another_rate_and_shape_shows_what_is_on_then() -> None:
    scene = from_animation(plain(), background="navy")
    film = bz.Composition([scene], width=400, height=150, fps=50)
    assert film.frames == 24
    assert film.frame(6) == film.frame(7) != film.frame(8)
    assert film.still(0).getpixel((10, 75)) == (0, 0, 128)
    assert film.still(0).getpixel((110, 10)) == (255, 255, 255)  # as large as fits, in the middle
    assert from_animation(plain(), fps=10, duration=3).duration == 3


def keys(source: str) -> list[str]:
    """The frames' trees, made in another process."""
    script = textwrap.dedent("""
        import numpy as np
        from matplotlib.animation import FuncAnimation
        from matplotlib.figure import Figure
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        import bazaar_nb as bz
        fig = Figure(figsize=(2, 1.5)); FigureCanvasAgg(fig)
        axes = fig.subplots(); line, = axes.plot([], [], "r", label="a"); axes.legend()
        frames = [0, 1, 2]
        def show(n):
            line.set_data([0, n], [0, 1])
        EDIT
        film = bz.Composition([bz.from_animation(FuncAnimation(fig, show, frames=frames))])
        for index in (0, 6, 12):
            print(film.frame(index).to_msgpack().hex())
    """)
    outputs = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script.replace("EDIT", source)],
            env={**os.environ, "PYTHONHASHSEED": seed, "MPLBACKEND": "agg"},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    (output,) = outputs
    return output.split()


def test_keys_are_the_same_in_every_process_and_change_with_what_is_shown() -> None:
    first = keys("")
    assert len(set(first)) == 3
    assert keys("# a word")[0] == first[0]
    for edit in ("line.set_color('b')", "axes.set_xlim(0, 5)", "line.set_data = print"):
        assert not set(keys(edit)) & set(first), edit
    longer = keys("frames = [0, 1, 9]")
    assert longer[:2] == first[:2]  # each frame is known by those up to it
    assert longer[2] != first[2]


def test_workers_go_through_the_frames_before_their_own(tmp_path: Path) -> None:
    fig, _, line = new_figure()
    xs: list[float] = []

    def show(n: int) -> None:
        xs.append(n / 10)
        line.set_data(xs, np.sin(xs))

    film = film_of(from_animation(FuncAnimation(fig, show, frames=120, interval=40)))
    where = bz.Workspace(tmp_path, engine="local", workers=2)
    try:
        first = film.export("film.mp4", workspace=where, progress=False, quality="high")
        again = film.export("film.mp4", workspace=where, progress=False, quality="high")
    finally:
        where.close()
    assert first.segments > 1
    assert (first.segments_cached, again.segments_cached) == (0, first.segments)
    import av

    with av.open(str(first.path)) as movie:
        seen = [frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)]
    for index in (0, 59, 60, 119):
        wanted = np.asarray(film.still(index)).astype(int)
        assert np.abs(seen[index] - wanted).mean() < 3, index
        assert (
            np.abs(seen[index] - np.asarray(film.still((index + 40) % 120)).astype(int)).mean()
            > np.abs(seen[index] - wanted).mean()
        )


def test_chance_is_told_once_by_the_scenes_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeatability, "_told_figures", set())
    fig, axes, _ = new_figure()
    fresh = FuncAnimation(fig, lambda n: axes.set_title(str(np.random.random())), frames=12, interval=40)
    film = film_of(from_animation(fresh, name="dice"))
    where = bz.Workspace(tmp_path, engine="inline")
    with pytest.warns(UserWarning, match="scene 'dice' shows an animation that is another one each time"):
        film.export("film.mp4", workspace=where, progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        film.export("film.webm", workspace=where, progress=False)


def test_styles_are_those_of_where_it_was_made() -> None:
    with mpl.rc_context({"font.size": 20}):
        large = film_of(from_animation(plain()))
    assert large.still(3) != film_of(from_animation(plain())).still(3)
    assert large.still(3) == large.still(3)


def test_what_can_not_be_shown_says_so() -> None:
    fig, _, line = new_figure()

    def show(_: object) -> None:
        line.set_data([0], [0])

    def of(*args: Any, **options: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            animation: Any = FuncAnimation(fig, show, *args, **options)
            animation._draw_was_started = True
            return animation

    endless = of(None)
    with pytest.raises(InvalidValueError, match=r"no end.*`frames` \(animation 'show'\)"):
        from_animation(endless)
    assert from_animation(endless, frames=7).frames == 7
    assert from_animation(of(range(9)), frames=7).frames == 7
    with pytest.raises(InvalidValueError, match="no frames"):
        from_animation(of([]))
    with pytest.raises(InvalidValueError, match="`interval` is 0: give `fps`"):
        from_animation(of(range(3), interval=0))
    wrong: Any = fig
    with pytest.raises(
        InvalidValueError, match="takes a matplotlib FuncAnimation or ArtistAnimation, got <Fig"
    ):
        from_animation(wrong)
    lock = threading.Lock()

    def waits(_: object) -> None:
        lock.acquire()

    fails: Any = FuncAnimation(fig, waits, frames=3)
    fails._draw_was_started = True
    with (
        pytest.warns(UserWarning, match="drawn anew"),
        pytest.raises(InvalidValueError, match=r"can't be sent to a worker: TypeError.*lock"),
    ):
        from_animation(fails)


def test_an_error_of_its_function_names_the_scene_and_the_line() -> None:
    fig, _, _ = new_figure()

    def show(n: int) -> None:
        if n == 2:
            raise ZeroDivisionError("no two")

    scene: AnimationScene = from_animation(FuncAnimation(fig, show, frames=4, interval=40))
    film = film_of(scene)
    film.still(1)
    with pytest.raises(
        bz.ElementError, match=r"ZeroDivisionError: no two, line \d+ of show\(\).*scene 'show', frame 2"
    ):
        film.still(2)
