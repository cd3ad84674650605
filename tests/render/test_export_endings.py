"""Processes that end while they render, and the places from which films are exported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, example, given, settings

import bazaar_nb as bz
from bazaar_nb.jobs.export_request import ExportOptions, make_request
from bazaar_nb.render.engines.engine import InlineEngine
from bazaar_nb.workspace import Workspace
from tests.render.films import counting_film, numbers_in
from tests.render.gates import until
from tests.texts import refused_or_read, texts

# No guard for __main__: notebooks and quick scripts have none.
FILM = """
import os, sys, time
import bazaar_nb as bz

def plot(fig, index, pause=float(sys.argv[2])):
    time.sleep(pause)

@bz.scene(duration=1)
def scene(frame, first):
    number = first + frame.index
    bars = [bz.Rect(x=8 * bit, y=0, anchor="top-left", width=8) for bit in range(8) if number >> bit & 1]
    return [bz.Figure(plot, args=(number,), opacity=0.01, width=4, height=4), *bars]

film = bz.Composition([scene(first) for first in (0, 30, 60, 90)], width=64, height=36)
where = bz.Workspace(sys.argv[1], workers=2)
"""
EXPORT = FILM + "film.export(os.path.join(sys.argv[1], 'out', 'film.mp4'), workspace=where)\n"


def start(root: Path, slow_s: float = 0.03) -> subprocess.Popen[str]:
    """Start a program that exports, in a process group of its own, as a terminal does."""
    return subprocess.Popen(
        [sys.executable, "-c", EXPORT, str(root), str(slow_s)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def group(pid: int) -> list[psutil.Process]:
    """Give the living processes of a session."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == pid and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def segments(root: Path) -> list[Path]:
    return [path for path in (root / "segments").rglob("*.mp4") if not path.name.startswith(".")]


def hidden(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.startswith(".") or "scratch" in path.parts[-2:-1]]


@pytest.mark.parametrize("whom", ["group", "parent"])
def test_an_interrupt_ends_all_and_leaves_what_is_finished(tmp_path: Path, whom: str) -> None:
    process = start(tmp_path)
    until(lambda: len(segments(tmp_path)) >= 1)
    if whom == "group":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in errors
    until(lambda: group(process.pid) == [])
    assert hidden(tmp_path) == []
    assert list((tmp_path / "out").glob("*")) == []
    where = Workspace(tmp_path)
    assert where.history()["status"].tolist() == ["cancelled"]
    assert where.history()["error_class"].tolist() == ["KeyboardInterrupt"]
    there = len(segments(tmp_path))
    if whom == "parent":
        return

    again = start(tmp_path)
    again.communicate(timeout=300)
    assert again.returncode == 0
    rows = where.history()
    assert rows["status"].tolist() == ["cancelled", "succeeded"]
    assert rows["segments_cached"].tolist()[1] == there >= 1
    assert numbers_in(tmp_path / "out" / "film.mp4") == list(range(120))


def test_a_killed_process_takes_its_workers_along(tmp_path: Path) -> None:
    process = start(tmp_path)
    until(lambda: len(segments(tmp_path)) >= 1)
    process.kill()
    process.communicate(timeout=300)
    until(lambda: group(process.pid) == [])
    there = len(segments(tmp_path))
    assert there < 4  # they did not draw on
    assert counters_of(process.pid)
    where = Workspace(tmp_path)
    assert where.history()["status"].tolist() == ["lost"]

    again = start(tmp_path, 0.03)
    again.communicate(timeout=300)
    assert again.returncode == 0
    rows = where.history()
    assert rows["status"].tolist() == ["lost", "succeeded"]
    assert rows["segments_cached"].tolist()[1] == there
    assert numbers_in(tmp_path / "out" / "film.mp4") == list(range(120))
    assert hidden(tmp_path) == []
    assert counters_of(process.pid) == []


def counters_of(pid: int) -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"bazaar-counters-*~{pid}"))


@pytest.mark.parametrize("how", ["-c", "stdin", "script"])
def test_programs_need_no_guard(tmp_path: Path, how: str) -> None:
    program = tmp_path / "film script.py"
    program.write_text(EXPORT)
    source, given = {
        "-c": (["-c", EXPORT], None),
        "stdin": (["-"], EXPORT),
        "script": ([str(program)], None),
    }[how]
    done = subprocess.run(
        [sys.executable, *source, str(tmp_path), "0"],
        input=given, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("120/120") >= 1
    assert numbers_in(tmp_path / "out" / "film.mp4") == list(range(120))


def test_two_processes_export_into_one_root(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", FILM + f"film.export('{name}.mp4', workspace=where, progress=False)",
             str(tmp_path), "0.01"],
            stderr=subprocess.PIPE, text=True,
        )
        for name in "ab"
    ]  # fmt: skip
    for process in processes:
        _, errors = process.communicate(timeout=300)
        assert (process.returncode, errors) == (0, "")
    a, b = (next(tmp_path.rglob(f"{name}.mp4")) for name in "ab")
    assert numbers_in(a) == list(range(120))
    assert a.read_bytes() == b.read_bytes()
    assert Workspace(tmp_path).history()["status"].tolist() == ["succeeded"] * 2
    assert hidden(tmp_path) == []


def test_the_working_directory_may_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    where = Workspace("films", engine=InlineEngine())
    monkeypatch.chdir(tmp_path / "b")
    named = counting_film(0.1).export("named.mp4", workspace=where, progress=False)
    placed = counting_film(0.1).export("sub/placed.mp4", workspace=where, progress=False)
    assert named.path.is_relative_to(tmp_path / "a" / "films" / "projects" / "default")
    assert placed.path == tmp_path / "b" / "sub" / "placed.mp4"
    assert numbers_in(placed.path) == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("film.mp4", "film.mp4"),
        ("no suffix", "no suffix.mp4"),
        ("FILM.MP4", "FILM.MP4"),
        ("Müller Übersicht.mp4", "Müller Übersicht.mp4"),
        ("<img src=x onerror=alert(1)>.mp4", None),
        ("x" * 300 + ".mp4", None),
        ("con.mp4", None),
        (".hidden.mp4", None),
        (None, "Q3.2026-plan.mp4"),
    ],
)
def test_names(inline: Workspace, name: str | None, shown: str | None) -> None:
    film = counting_film(0.1)
    film.name = "Q3.2026/plan"
    render = film.export(name, workspace=inline, progress=False)
    folder = inline.root / "projects" / "default" / render.id
    assert render.path.parent == folder
    assert [path.name for path in folder.iterdir()] == [render.path.name]
    assert render.path.suffix.lower() == ".mp4"
    assert not set("<>/\\:\0") & set(render.path.name)
    assert len(render.path.name.encode()) <= 120
    if shown is not None:
        assert render.path.name == shown
    assert "<img src" not in render._repr_html_()


def test_paths(inline: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here" / "below").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here" / "below")
    film = counting_film(0.1)
    for asked, place in (
        ("../../x.mp4", tmp_path / "x.mp4"),
        (tmp_path / "new" / "folder" / "y.webm", tmp_path / "new" / "folder" / "y.webm"),
        (Path("z"), tmp_path / "here" / "below" / "z.mp4"),
        ("./v1.2/q.gif", tmp_path / "here" / "below" / "v1.2" / "q.gif"),
    ):
        render = film.export(asked, workspace=inline, progress=False)
        assert render.path == place
        assert [path.name for path in place.parent.iterdir() if path.is_file()] == [place.name]
    assert inline.history()["location"].tolist()[0] == str(tmp_path / "x.mp4")


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("a\0b.mp4", "expected a path or a name"),
        ("", "expected a path or a name"),
        ("out/", "is a folder"),
        (".", "is a folder"),
        (Path("there"), "is a folder"),
        ("out/" + "x" * 300 + ".mp4", "more than 255 bytes"),
        ("out/.hidden.mp4", "starts with a dot"),
        (b"film.mp4", "expected a path or a name"),
    ],
)
def test_bad_paths(
    inline: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: Any, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    with pytest.raises(bz.SettingsError, match=message):
        counting_film(0.1).export(bad, workspace=inline, progress=False)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(texts("a.mp4", "x/y.webm", "./a.gif", "~/a.mp4", "~root/b.mp4", "a film"))
@example("~nobody.of.this.name/a.mp4")
@example("./\ud800/a.mp4")
def test_any_text_is_a_movie_or_an_error(inline: bz.Workspace, text: str) -> None:
    film = counting_film(3)
    refused_or_read(lambda: make_request(film, text, {}, inline))
    refused_or_read(lambda: make_request(film, Path(text), {}, inline))
    options: dict[str, Any] = dict.fromkeys(ExportOptions.__annotations__, text)
    for name in options:
        wrong: Any = {name: text}
        refused_or_read(lambda: make_request(film, None, wrong, inline))  # noqa: B023 - called at once
