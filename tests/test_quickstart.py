"""The quickstart notebook, run headless as `make demo` runs it: real movies, rows, nothing left behind."""

from __future__ import annotations

import re
import sys
from fractions import Fraction
from pathlib import Path

import av
import nbformat
import pytest

import bazaar_nb as bz
from tests.headless import check_committed, executed_cells, files_left, of_kind, outputs, run, run_copy

QUICKSTART = "01_quickstart.ipynb"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Give a folder where the quickstart ran, and what that printed."""
    folder = tmp_path_factory.mktemp("notebooks")
    return folder, run_copy(folder, QUICKSTART, "data")


def test_the_movies_are_what_was_asked_for(ran: tuple[Path, str]) -> None:
    history = bz.history(bz.Workspace(ran[0] / "bazaar"))
    assert list(history["status"]) == ["succeeded"] * 4
    wanted = [
        ("mp4", "h264", (1920, 1080), 30, 600, "aac"),
        ("webm", "vp9", (1280, 720), 30, 600, "opus"),
        ("gif", "gif", (640, 360), 15, 112, None),
        ("mp4", "h264", (1920, 1080), 30, 600, "aac"),
    ]
    for (_, row), (format_, codec, size, fps, frames, sound) in zip(history.iterrows(), wanted, strict=True):
        assert (row["format"], row["frames"]) == (format_, frames)
        with av.open(row["location"]) as movie:
            video = movie.streams.video[0]
            assert video.codec_context.name == codec
            assert (video.width, video.height) == size
            times = [frame.time for frame in movie.decode(video)]
            assert len(times) == frames
            # A GIF counts in hundredths of a second.
            assert times == pytest.approx([float(Fraction(i, fps)) for i in range(frames)], abs=0.0051)
            assert [stream.codec_context.name for stream in movie.streams.audio] == ([sound] if sound else [])
    first, again = history.iloc[0], history.iloc[3]
    assert first["segments_cached"] == 0
    assert 0 < again["segments"] - again["segments_cached"] <= 3
    assert again["frames_cached"] >= 500


def test_the_sound_is_heard_through_the_film_and_never_clips(ran: tuple[Path, str]) -> None:
    location = bz.history(bz.Workspace(ran[0] / "bazaar"))["location"].iloc[0]
    with av.open(location) as movie:
        blocks = [frame.to_ndarray() for frame in movie.decode(audio=0)]
        rate = movie.streams.audio[0].rate
    peaks = [float(abs(block).max()) for block in blocks]
    assert sum(block.shape[1] for block in blocks) / rate == pytest.approx(20, abs=0.05)
    assert max(peaks) < 0.99
    per_second = len(peaks) // 20
    assert all(max(peaks[second * per_second :][:per_second]) > 0.02 for second in range(19))


def test_it_tells_what_it_does_and_where_the_movies_are(ran: tuple[Path, str]) -> None:
    folder, told = ran
    exports = re.findall(r"^ +(\S+): done: 100% █+ (\d+)/(\d+) \[.* frames/s", told, re.MULTILINE)
    assert [(name, int(there)) for name, there, _ in exports] == [
        ("where-people-live.mp4", 600), ("where-people-live.webm", 600), ("race.gif", 112),
        ("where-people-live.mp4", 600),
    ]  # fmt: skip
    places = re.findall(r"^(bazaar/projects/\S+)", told, re.MULTILINE)
    assert len(places) == 4
    assert all((folder / place).is_file() for place in places)
    assert f"lab {QUICKSTART}" in told.splitlines()[-1]


def test_the_outputs_are_whole_and_nothing_is_left_behind(ran: tuple[Path, str]) -> None:
    folder, _ = ran
    found = outputs(folder, QUICKSTART)
    assert "".join(of_kind(found, "text/html")).count("<video") == 3
    assert len(of_kind(found, "image/png")) >= 6
    assert {path.name for path in folder.iterdir()} == {
        QUICKSTART, "01_quickstart.executed.ipynb", "data", "bazaar",
    }  # fmt: skip
    assert {path.suffix for path in files_left(folder / "bazaar")} <= {
        ".mp4", ".webm", ".gif", ".mkv", ".wav", ".m4a", ".ogg", ".parquet", ".jpg",
    }  # fmt: skip


def test_the_notebook_is_committed_without_outputs() -> None:
    check_committed(QUICKSTART)


def test_a_failing_cell_is_told_readably(tmp_path: Path) -> None:
    cells = ["import sys; print(sys.executable)", "people = {}\npeople['Chna']", "print('never')"]
    notebook = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],  # type: ignore[no-untyped-call]
        metadata={"kernelspec": {"name": "another-python", "display_name": "", "language": "python"}},
    )
    nbformat.write(notebook, tmp_path / "bad.ipynb")  # type: ignore[no-untyped-call]
    done = run(tmp_path, "bad.ipynb")
    assert done.returncode == 1
    assert "KeyError: 'Chna'" in done.stdout
    assert "bad.ipynb failed" in done.stdout.splitlines()[-1]
    assert "\x1b" not in done.stdout
    executed = executed_cells(tmp_path, "bad.ipynb")
    assert executed[0].outputs[0].text.strip() == sys.executable
    assert executed[2].outputs == []
    assert run(tmp_path, "none.ipynb").returncode == 2
