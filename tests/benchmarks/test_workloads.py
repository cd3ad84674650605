"""The benchmarks' films can be drawn, exported and encoded alone. Times are not looked at."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import bazaar_nb as bz
from tests.benchmarks import drawing, plain_loop, workloads
from tests.benchmarks.encode_only import decoded_frames, encode_alone, luma, ready_frames
from tests.benchmarks.measures import ARRAY_SCENES, array_frame_ms
from tests.benchmarks.quality_front import luma_ssim
from tests.benchmarks.tables import Table


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workloads")


@pytest.fixture(autouse=True)
def small_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workloads, "PHOTO_SIZE", (400, 300))


@pytest.mark.parametrize("name", workloads.WORKLOADS)
def test_each_film_is_as_described(name: str, folder: Path) -> None:
    film = workloads.WORKLOADS[name](folder)
    assert (film.frames, film.fps, film.width, film.height) == (300, Fraction(30), 1920, 1080)
    changes = sum(film.frame(i) != film.frame(i + 1) for i in range(299))
    assert changes == (0 if name == "hold" else 299)
    assert bool(film.sound) == (name == "montage")
    low, high = np.percentile(np.asarray(film.still(150, 0.25).convert("L")), [0.5, 99.5])
    assert high - low > 60


@pytest.mark.parametrize("name", workloads.WORKLOADS)
def test_a_few_frames_export_to_what_is_encoded_alone(name: str, folder: Path, tmp_path: Path) -> None:
    film = workloads.WORKLOADS[name](folder)
    short = bz.Composition(
        [bz.Scene(lambda frame: film.frame(frame.index).elements, duration=Fraction(6, 30))],
        fps=30,
        sound=film.sound,
    )
    workspace = bz.Workspace(tmp_path / "root", engine="inline")
    render = short.export(tmp_path / "film.mp4", crf=23, preset="medium", workspace=workspace, progress=False)
    frames = ready_frames(short)
    alone = encode_alone(frames, tmp_path / "alone.mp4", short.fps)
    assert alone.size_bytes == (tmp_path / "alone.mp4").stat().st_size
    exported, encoded = (list(decoded_frames(path)) for path in (render.path, tmp_path / "alone.mp4"))
    assert len(frames) == len(exported) == len(encoded) == render.frames == 6
    for drawn, *movies in zip(frames, exported, encoded, strict=True):
        for shown in movies:
            assert shown.colorspace == 1  # BT.709
            assert luma_ssim(luma(drawn), luma(shown)) > 0.9


@pytest.mark.parametrize("name", ARRAY_SCENES)
def test_each_chart_of_arrays_moves_and_is_timed(name: str) -> None:
    film = bz.Composition([ARRAY_SCENES[name][0](duration=0.1)], fps=30)
    one, other = (np.asarray(film.still(index, 0.25).convert("L"), int) for index in (0, 2))
    assert np.percentile(one, 99.5) - np.percentile(one, 0.5) > 60
    assert np.count_nonzero(one != other) > 1000
    plan_ms, draw_ms = array_frame_ms(film)
    assert plan_ms > 0
    assert draw_ms > 0


def test_sound_is_stereo_and_as_long_as_the_film(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    workloads.write_sound(path, 2)
    assert path.stat().st_size == 44 + 2 * 48_000 * 4
    again = tmp_path / "again.wav"
    workloads.write_sound(again, 2)
    assert path.read_bytes() == again.read_bytes()


def test_table_lines_are_equally_long_and_cells_are_counted() -> None:
    table = Table("Title", ["a", "value"])
    table.add("first", "1.00")
    assert len({len(line) for line in str(table).splitlines()[2:]}) == 1
    with pytest.raises(ValueError, match="3 cells for 2 columns"):
        table.add("1", "2", "3")


def test_the_plain_loop_shows_the_same_chart(folder: Path) -> None:
    film = workloads.chart(folder)
    fonts = plain_loop.chart_fonts()
    for index in (0, 200, 299):
        ours = np.asarray(film.still(index).convert("RGB")).astype(int)
        theirs = np.asarray(plain_loop.draw_chart(index, *fonts)).astype(int)
        assert np.abs(ours - theirs).mean() < 3


def test_drawing_over_a_frame_is_measured_beside_drawing_it_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "_FRAMES", 6)
    costs = drawing.drawing_costs(workloads.chart(folder), (320, 180))
    assert len(costs.whole) == len(costs.over) == 3
    assert 0 < max(costs.areas) < 0.8
    assert drawing.array_draw_ms((320, 180), 3) > 0
