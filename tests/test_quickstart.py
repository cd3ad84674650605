"""The quickstart notebook, run headless as `make demo` runs it: real movies, rows, nothing left behind."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import nbformat
import pytest

import bazaar_nb as bz

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
QUICKSTART = "01_quickstart.ipynb"


def run(folder: Path, notebook: str) -> subprocess.CompletedProcess[str]:
    """Run a notebook that lies in a folder."""
    command = [sys.executable, str(NOTEBOOKS / "run.py"), notebook]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Give a folder where the quickstart ran, and what that printed."""
    folder = tmp_path_factory.mktemp("notebooks")
    shutil.copy(NOTEBOOKS / QUICKSTART, folder)
    shutil.copytree(NOTEBOOKS / "data", folder / "data")
    done = run(folder, QUICKSTART)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return folder, done.stdout


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
    executed = nbformat.read(folder / "01_quickstart.executed.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    outputs = [output for cell in executed.cells for output in cell.get("outputs", ())]
    assert {output.output_type for output in outputs} <= {"execute_result", "display_data", "stream"}
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    shown = "".join(output.data.get("text/html", "") for output in outputs if "data" in output)
    assert shown.count("<video") == 3
    assert sum("image/png" in output.data for output in outputs if "data" in output) >= 6
    assert {path.name for path in folder.iterdir()} == {
        QUICKSTART, "01_quickstart.executed.ipynb", "data", "bazaar",
    }  # fmt: skip
    inside = [path for path in (folder / "bazaar").rglob("*") if path.is_file()]
    assert {path.suffix for path in inside} <= {
        ".mp4", ".webm", ".gif", ".mkv", ".wav", ".m4a", ".ogg", ".parquet", ".jpg",
    }  # fmt: skip
    assert not [path for path in inside if "scratch" in path.parts or path.name.startswith((".", "tmp"))]


def test_the_notebook_is_committed_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOKS / QUICKSTART, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


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
    executed = nbformat.read(tmp_path / "bad.executed.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    assert executed.cells[0].outputs[0].text.strip() == sys.executable
    assert executed.cells[2].outputs == []
    assert run(tmp_path, "none.ipynb").returncode == 2
