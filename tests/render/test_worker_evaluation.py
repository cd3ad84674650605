"""Films evaluated by the workers that render them: the same film, the same errors, the same output."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bazaar_nb as bz
from bazaar_nb.render.carried_film import MOST_BYTES, Carrier, open_film
from bazaar_nb.render.engines.local import LocalEngine
from bazaar_nb.render.rendering import Rendering
from bazaar_nb.render.segment_claims import Claim, segment_claims
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.repeatability import fingerprints
from bazaar_nb.workspace import Workspace
from tests.render.everything import everything
from tests.render.films import bars, counting_film, ends, numbers_in, segments_of


@pytest.fixture
def warm(local: Workspace, local_engine: LocalEngine) -> Workspace:
    """Give a workspace whose workers have started, so that they evaluate all."""
    counting_film(0.1, width=80).export(workspace=local, progress=False)
    assert local_engine.is_ready
    return local


def last(workspace: Workspace) -> Any:
    """Give the newest render's row."""
    return workspace.history().sort_values("created").iloc[-1]


def carried(film: Film) -> Film:
    """Give a film as a worker has it."""
    with Carrier(film.frozen()) as carrier:
        assert carrier.reason == ""
        assert carrier.file is not None
        return open_film(carrier.file).film


def test_a_carried_film_has_the_same_frames_and_keys(tmp_path: Path) -> None:
    film = everything(tmp_path)
    there = carried(film)
    for index in range(0, film.frames, 7):
        assert there.frame(index).to_msgpack() == film.frame(index).to_msgpack()
    assert [s.key for s in segments_of(there)] == [s.key for s in segments_of(film)]


def test_a_film_of_data_keeps_its_keys_when_it_travels(tmp_path: Path) -> None:
    @bz.scene(duration=1)
    def shown(frame: bz.Frame) -> Any:
        return [bz.Text("Hello", x=frame.index), bz.Group((bz.Rect(width=9), bz.Ellipse(width=8)), x=5)]

    film = bz.Composition([shown(), bz.fade(0.2), shown()], width=64, height=36, background="black")
    read = bz.Composition.from_json(film.to_json())
    for one in (film, read, film.at_fps(12)):
        assert [s.key for s in segments_of(carried(one))] == [s.key for s in segments_of(one)]


def test_a_figure_that_the_notebook_holds_is_drawn_by_workers(warm: Workspace) -> None:
    inch = {"b": 0.4}

    def plot(fig: Any, place: float) -> None:
        fig.text(place, 0.5, "čísla 数字", fontsize=8)
        fig.add_axes((0.1, 0.1, inch["b"], 0.3))

    held = bz.Figure(plot, args=(0.2,), width=160, height=90)  # type: ignore[arg-type]

    @bz.scene(duration=6)
    def shown(frame: bz.Frame) -> Any:
        return [bz.Fill("white"), bz.Group((held,), x=80 + frame.index % 9, y=45, width=160, height=90)]

    film = bz.Composition([shown()], width=160, height=90, fps=10)
    render = film.export(workspace=warm, progress=False)
    assert last(warm)["frames_evaluated_by_workers"] > 0
    again = film.export(workspace=warm, progress=False)  # the keys are those of home
    assert (render.segments, again.segments_cached) == (render.segments, render.segments)


def test_workers_evaluate_each_frame_once(warm: Workspace, tmp_path: Path) -> None:
    asked = tmp_path / "asked"

    @bz.scene(duration=4, name="noted")
    def noted(frame: bz.Frame) -> Any:
        with asked.open("a") as file:
            file.write(f"{frame.index} {os.getpid()}\n")
        return bars(frame.index, frame)

    film = bz.Composition([noted()], width=64, height=36)
    render = film.export(workspace=warm, progress=False)
    assert numbers_in(render.path) == list(range(120))
    lines = [line.split() for line in asked.read_text().splitlines()]
    elsewhere = [int(index) for index, pid in lines if int(pid) != os.getpid()]
    assert sorted(elsewhere) == list(range(120))
    assert 1 <= len(lines) - len(elsewhere) <= 3  # what is looked at twice
    row = last(warm)
    assert row["frames_evaluated_by_workers"] == 120
    assert pd.isna(row["home_reason"])
    again = film.export(workspace=warm, progress=False)
    assert (again.segments_cached, again.frames_drawn) == (2, 0)


def test_equal_segments_are_made_once(warm: Workspace) -> None:
    @bz.scene(duration=10)
    def still(frame: bz.Frame) -> Any:
        return bz.Fill("#123456")

    render = bz.Composition([still()], width=64, height=36).export(workspace=warm, progress=False)
    assert (render.segments, render.segments_cached, render.frames_drawn) == (4, 3, 1)


def test_what_a_scene_says_is_said_at_home(warm: Workspace, capfd: pytest.CaptureFixture[str]) -> None:
    @bz.scene(duration=1)
    def chatty(frame: bz.Frame) -> Any:
        if frame.index == 7:
            print("seven")
            print("oh", file=sys.stderr)
            warnings.warn("that is odd", FutureWarning, stacklevel=1)
        return bz.Fill("navy")

    with pytest.warns(FutureWarning, match="that is odd") as caught:
        bz.Composition([chatty()], width=64, height=36).export(workspace=warm, progress=False)
    assert [warning.filename for warning in caught] == [__file__]
    said = capfd.readouterr()
    assert (said.out, said.err) == ("seven\n", "oh\n")


def test_a_warning_that_is_an_error_at_home_is_one_in_workers(warm: Workspace) -> None:
    @bz.scene(duration=1)
    def odd(frame: bz.Frame) -> Any:
        warnings.warn("that is odd", UserWarning, stacklevel=1)
        return bz.Fill("navy")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(bz.SceneError, match="UserWarning: that is odd"):
            bz.Composition([odd()], width=64, height=36).export(workspace=warm, progress=False)


def test_errors_are_those_of_home(warm: Workspace) -> None:
    @bz.scene(duration=2, name="broken")
    def broken(frame: bz.Frame) -> Any:
        sizes = [3, 2, 1, 1, 0]
        return bz.Rect(width=6 / sizes[frame.index // 12])

    with pytest.raises(bz.SceneError, match=r"'broken' failed at frame 48 .* line \d+: return bz") as caught:
        bz.Composition([broken()], width=64, height=36).export(workspace=warm, progress=False)
    assert (caught.value.scene, caught.value.frame) == ("broken", 48)
    cause = caught.value.__cause__
    assert isinstance(cause, ZeroDivisionError)
    assert cause.__traceback__ is not None
    trace = cause.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    assert trace.tb_frame.f_locals["sizes"] == [3, 2, 1, 1, 0]
    assert ends(warm)[-1] == ("failed", "SceneError")

    @bz.scene(duration=1)
    def wrong(frame: bz.Frame) -> Any:
        return bz.Image("/not/there.png")

    with pytest.raises(bz.ElementError, match=r"not/there\.png.*\(scene 'wrong', frame 0\)"):
        bz.Composition([wrong()], width=64, height=36).export(workspace=warm, progress=False)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (threading.Lock, "can't be sent: TypeError"),
        (lambda: np.zeros(MOST_BYTES + 1, np.uint8), "more than 32 MB"),
        (lambda: ["x" * 1000] * 10 + [os.urandom(MOST_BYTES)], "more than 32 MB"),
    ],
)
def test_what_can_not_travel_is_evaluated_at_home(warm: Workspace, data: Any, reason: str) -> None:
    held = data()

    @bz.scene(duration=1)
    def shown(frame: bz.Frame) -> Any:
        assert held is not None
        return bars(frame.index, frame)

    render = bz.Composition([shown()], width=64, height=36).export(workspace=warm, progress=False)
    assert numbers_in(render.path) == list(range(30))
    row = last(warm)
    assert (row["frames_evaluated_by_workers"], reason in row["home_reason"]) == (0, True)


def test_a_module_that_was_changed_keeps_the_film_at_home(
    warm: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)  # it tells what was imported
    (tmp_path / "palette_of_films.py").write_text("COLOR = 'red'\n")
    palette: Any = importlib.import_module("palette_of_films")

    @bz.scene(duration=1)
    def shown(frame: bz.Frame) -> Any:
        return bz.Fill(palette.COLOR)

    film = bz.Composition([shown()], width=64, height=36)
    film.export(workspace=warm, progress=False)
    row = last(warm)
    assert pd.isna(row["home_reason"]), row["home_reason"]
    assert row["frames_evaluated_by_workers"] == 30

    # What is set at home alone is seen when a frame is looked at twice.
    palette.COLOR = "blue"
    render = film.export(workspace=warm, progress=False)
    assert "shows something else in a worker" in last(warm)["home_reason"]
    assert render.frames_drawn == 1

    (tmp_path / "palette_of_films.py").write_text("COLOR = 'yellow'\n")
    film.export(workspace=warm, quality="low", progress=False)
    assert "palette_of_films was changed" in last(warm)["home_reason"]
    sys.modules.pop("palette_of_films")


def test_files_are_found_from_where_the_notebook_is(
    warm: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "word.txt").write_text("7")
    monkeypatch.chdir(tmp_path)

    @bz.scene(duration=1)
    def read(frame: bz.Frame) -> Any:
        return bars(int(Path("word.txt").read_text()), frame)

    render = bz.Composition([read()], width=64, height=36).export(workspace=warm, progress=False)
    assert numbers_in(render.path) == [7] * 30
    assert last(warm)["frames_evaluated_by_workers"] == 30


def test_a_scene_that_kills_its_worker_is_told_with_its_frame(warm: Workspace) -> None:
    @bz.scene(duration=0.2)
    def deadly(frame: bz.Frame) -> Any:
        if frame.index == 4 and os.getpid() != home:
            os._exit(9)
        return bars(frame.index, frame)

    home = os.getpid()
    with pytest.raises(bz.RenderError, match="frame 4 of the film can't be drawn: a worker process died"):
        bz.Composition([deadly()], width=64, height=36).export(workspace=warm, progress=False)


def test_a_cancel_stops_the_evaluation_at_the_next_frame(warm: Workspace, tmp_path: Path) -> None:
    asked = tmp_path / "asked"

    @bz.scene(duration=2)
    def slow(frame: bz.Frame) -> Any:
        with asked.open("a") as file:
            file.write("x")
        time.sleep(0.05)
        return bars(frame.index, frame)

    job = bz.Composition([slow()], width=64, height=36).submit(workspace=warm)
    while not asked.exists():
        time.sleep(0.01)
    job.cancel()
    with pytest.raises(bz.RenderCancelledError):
        job.result(180)
    seen = asked.stat().st_size
    time.sleep(0.3)
    assert asked.stat().st_size == seen < 60


def test_arrays_of_a_whole_segment_do_not_stay_in_memory(warm: Workspace) -> None:
    @bz.scene(duration=0.5)
    def noise(frame: bz.Frame) -> Any:
        return bz.Pixels(np.full((1200, 1600, 4), 255 * (frame.index % 2), np.uint8))  # type: ignore[arg-type]

    film = bz.Composition([noise()], width=64, height=36)
    render = film.export(workspace=warm, progress=False)
    assert numbers_in(render.path) == [0, 255] * 7 + [0]
    assert list((warm.root / "scratch").rglob("*.raw")) == []


def test_arrays_of_a_film_that_stays_at_home(warm: Workspace) -> None:
    at_home = threading.Lock()

    @bz.scene(duration=0.5)
    def noise(frame: bz.Frame) -> Any:
        with at_home:
            large = np.full((600, 800, 4), 255 * (frame.index % 2), np.uint8)
        return [bz.Pixels(large), bz.Figure(lambda fig: None, width=2, height=2)]  # type: ignore[arg-type]

    film = bz.Composition([noise()], width=64, height=36)
    render = film.export(workspace=warm, progress=False)
    assert numbers_in(render.path) == [0, 255] * 7 + [0]
    assert last(warm)["frames_evaluated_by_workers"] == 0
    again = film.export(workspace=warm, progress=False)
    assert (again.segments_cached, again.segments) == (1, 1)


def test_an_array_that_can_not_be_kept_ends_the_render(
    warm: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_home = threading.Lock()

    @bz.scene(duration=0.5, name="noise")
    def noise(frame: bz.Frame) -> Any:
        with at_home:
            return bz.Pixels(np.full((600, 800, 4), frame.index, np.uint8))  # type: ignore[arg-type]

    def full(*_: object, **__: object) -> None:
        raise bz.StoreError(28, "No space left on device")

    monkeypatch.setattr(Rendering, "_put_pixels", full)
    with pytest.raises(bz.ElementError, match=r"`array` of Pixels\[0\]: .*No space left.*'noise', frame 0"):
        bz.Composition([noise()], width=64, height=36).export(workspace=warm, progress=False)
    assert ends(warm)[-1] == ("failed", "ElementError")


def test_of_two_that_make_the_same_one_waits() -> None:
    with segment_claims() as claims:
        places = [claims.place() for _ in range(3)]
        one, two, other = (Claim(claims.path, place) for place in places)
        assert two.make("ab" * 20)
        assert not one.make("ab" * 20)
        assert other.make("cd" * 20)
        two.close()
        assert one.make("ab" * 20)
        claims.give_back(places[0])  # its worker died
        again = Claim(claims.path, places[1])
        assert again.make("ab" * 20)
    assert not Path(claims.path).exists()


def test_fingerprints_tell_elements_apart() -> None:
    @bz.scene(duration=1)
    def shown(frame: bz.Frame) -> Any:
        return [bz.Rect(width=5), bz.Rect(width=5 + frame.index)]

    film = bz.Composition([shown()], width=64, height=36)
    before, after = (fingerprints(film.frame(index)) for index in (0, 1))
    assert (before[1], before[2] == after[2]) == (after[1], False)
