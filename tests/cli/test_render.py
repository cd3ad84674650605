"""``bazaar render``: every way to name a film, what goes where, and what wrong ones get."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb import workspace
from bazaar_nb.cli import main
from tests.cli.conftest import write_notebook

LONG_S = 300.0


@pytest.fixture(autouse=True)
def own_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave of what runs here nothing for other tests: no modules, no shell, no workspace in use."""
    from IPython.core.interactiveshell import InteractiveShell

    before, path, shell = set(sys.modules), list(sys.path), InteractiveShell.initialized()
    monkeypatch.setattr(workspace, "_default", None)
    main_module = sys.modules["__main__"]
    yield
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith("/tmp"):
            del sys.modules[name]
    for name in ("films", "palette"):
        sys.modules.pop(name, None)
    sys.path[:] = path
    sys.modules["__main__"] = main_module
    if InteractiveShell.initialized() and not shell:
        InteractiveShell.clear_instance()


def pixels(path: Path) -> NDArray[np.uint8]:
    with av.open(str(path)) as movie:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)])


def run(*arguments: str) -> int:
    return main(["render", "--quiet", *arguments])


def test_a_film_of_a_file_and_of_a_module(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("films.py:review", "-o", "review.mp4") == 0
    told = capsys.readouterr()
    assert told.out == f"{folder / 'review.mp4'}\n"
    assert "films.py is run" in told.err  # standard output has the results alone
    assert run("films:review", "-o", "again/") == 0
    assert capsys.readouterr().out == f"{folder / 'again' / 'review.mp4'}\n"
    assert (folder / "review.mp4").read_bytes() == (folder / "again" / "review.mp4").read_bytes()
    assert len(pixels(folder / "review.mp4")) == 10
    assert run("films.py:review", "-o", "frames/%04d.png") == 0
    assert capsys.readouterr().out == f"{folder / 'frames'}\n"
    assert len(list((folder / "frames").glob("*.png"))) == 10
    assert run("films.py:review", "-o", "%04d.png") == 1
    assert "have a folder of their own" in capsys.readouterr().err
    assert run("films.py:review", "--project", "team") == 0
    location = Path(capsys.readouterr().out.strip())
    assert location.relative_to(folder / "root" / "projects" / "team").name == "review.mp4"


def test_captions_are_a_track_or_burnt_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "talk.srt").write_text("1\n00:00:00,000 --> 00:00:00,900\nHello there\n")
    assert run("films.py:review", "-o", "a.mp4", "-o", "a.webm", "--captions", "deu=talk.srt") == 0
    assert capsys.readouterr().out == f"{folder / 'a.mp4'}\n{folder / 'a.webm'}\n"
    for name in ("a.mp4", "a.webm"):
        with av.open(str(folder / name)) as movie:
            assert [one.metadata["language"] for one in movie.streams.subtitles] == ["deu"]
    assert run("films.py:review", "-o", "b.gif", "--captions", "talk.srt", "--burn") == 0
    assert run("films.py:review", "-o", "c.gif") == 0
    assert (pixels(folder / "b.gif") != pixels(folder / "c.gif")).any()
    capsys.readouterr()
    assert run("films.py:review", "-o", "d.gif", "--captions", "talk.srt") == 1
    assert "a gif has no subtitle track" in capsys.readouterr().err
    assert run("films.py:review", "-o", "d.mp4", "--captions", "none.srt") == 3
    assert run("films.py:review", "-o", "d.mp4", "--burn") == 2


def test_parameters_are_checked_as_the_function_says(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ("-p", "title=A", "-p", "tags=b", "-p", "tags=c")
    assert run("films.py:card", "-o", "a.gif", "-o", "a.webm", *said, "--json") == 0
    told = json.loads(capsys.readouterr().out)["renders"]
    assert [Path(one["location"]).name for one in told] == ["a.gif", "a.webm"]
    assert [one["frames"] for one in told] == [10, 10]
    assert told[0].keys() >= {"id", "size_bytes", "render_s", "segments_cached"}
    # A film of a file is its only one that takes parameters.
    assert run("films.py", "-p", "title=A b c", "-o", "b.webm") == 0
    assert (folder / "a.webm").read_bytes() == (folder / "b.webm").read_bytes()
    assert run("films.py:card", "-p", "titel=A", "-p", "color=golf", "--json") == 3
    found = capsys.readouterr()
    error = json.loads(found.out.partition("\n")[2])["error"]
    assert (error["type"], error["exit_code"]) == ("ParameterError", 3)
    for hint in ("did you mean 'title'?", "did you mean 'gold'?"):
        assert hint in found.err


def test_a_table_is_read_from_its_file(folder: Path) -> None:
    (folder / "sums.py").write_text(
        "import bazaar_nb as bz\n"
        "from films import words\n"
        "@bz.film\n"
        "def sums(table: bz.parameters.Table, column: bz.parameters.Column) -> bz.Composition:\n"
        "    shown = words(str(sum(table[column])), 'red')\n"
        "    return bz.Composition([shown], width=64, height=36, fps=5)\n"
    )
    pd.DataFrame({"sold": [1, 2, 39]}).to_csv(folder / "sold.csv")
    assert run("sums.py", "-p", "table=sold.csv", "-p", "column=sold", "-o", "sums.gif") == 0
    assert run("sums.py", "-p", "table=sold.csv", "-p", "column=told", "-o", "sums.gif") == 3
    assert run("sums.py", "-p", "table=gone.csv", "-p", "column=sold", "-o", "sums.gif") == 3


def test_a_film_of_a_notebook(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("numbers.ipynb", "-o", "shown.mp4") == 0
    told = capsys.readouterr()
    assert told.out == f"{folder / 'shown.mp4'}\n"
    assert "a cell prints" in told.err
    assert "Composition" not in told.err  # what cells show is not printed
    assert run("numbers.ipynb:draft", "-o", "draft.mp4") == 0
    assert pixels(folder / "draft.mp4").shape == (10, 36, 64, 3)
    assert run("numbers.ipynb", "-p", "title=other", "-p", "seconds=2", "--json") == 0
    (render,) = json.loads(capsys.readouterr().out[len(f"{folder / 'draft.mp4'}\n") :])["renders"]
    assert (Path(render["location"]).name, render["frames"]) == ("other.mp4", 20)
    assert Path.cwd() == folder


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["numbers.ipynb", "-p", "seconds=long"], 3, "`seconds` must be a whole number, got 'long'"),
        (["numbers.ipynb", "-p", "titel=x"], 3, "no parameter of numbers.ipynb; did you mean 'title'?"),
        (["bare.ipynb", "-p", "title=x"], 3, "bare.ipynb takes no parameters, got title: tag the cell"),
        (["broken.ipynb"], 3, "cell 2 of broken.ipynb failed: ZeroDivisionError: division by zero, line 2"),
        (["odd.ipynb"], 3, "odd.ipynb is no notebook of format 4"),
        (["gone.py:film"], 3, "there is no file 'gone.py'"),
        (["filns.py:review"], 3, "did you mean 'films.py'?"),
        (["films.py:revue"], 3, "there is no 'revue'; did you mean 'review'?"),
        (["films.py"], 3, "films.py has 2 films, say which: films.py:review, films.py:card"),
        (["films.py:words"], 3, "words() is no film's function"),
        (["films.py:BACK"], 3, "must be a Composition, or a function that makes one, got 'navy'"),
        (["films.py:review", "-p", "a=b"], 3, "is a film without parameters, got a"),
        (["nowhere.at.all:film"], 3, "there is no module 'nowhere' in this folder"),
        (["raises.py:film"], 3, "raises.py failed: NameError: name 'oops' is not defined, line 2: oops"),
        (["grammar.py:film"], 3, "grammar.py failed: SyntaxError: '(' was never closed, line 1: film = ("),
        (["leaves.py:film"], 3, "leaves.py failed: it ended the program: 5"),
        (["json.py:film"], 3, "a module 'json' is there already"),
        (["review.json"], 3, "review.json is no film that `Composition.to_json` gave"),
        (["review.json:film"], 3, "a film in JSON has no names in it"),
        (["team/none"], 1, "project 'team' has no saved film 'none'"),
        (["s3://bucket/film"], 3, "expected notebook.ipynb, file.py:film"),
        (["films.py:review", "--version", "2"], 3, "is no saved film: it has no versions"),
        (["films.py:review", "-o", "review.avi"], 1, "avi"),
        (["films.py:review", "-o", "s3://review.mp4"], 1, "expected s3://bucket/films/review.mp4"),
        (["films.py:review", "-p", "title"], 2, "expected name=value, got 'title'"),
        (["films.py:review", "--frames", "3"], 2, "expected first:stop"),
        (["films.py:fails"], 3, "scene 'fails' failed at frame 0"),
    ],
)  # fmt: skip
def test_what_can_not_be_rendered(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    (folder / "raises.py").write_text("import bazaar_nb as bz\noops\n")
    (folder / "grammar.py").write_text("film = (\n")
    (folder / "leaves.py").write_text("raise SystemExit(5)\n")
    (folder / "json.py").write_text("film = 1\n")
    (folder / "review.json").write_text('{"width": 5}')
    (folder / "odd.ipynb").write_text("[]")
    write_notebook(folder / "bare.ipynb", [("x = 1", ())])
    write_notebook(folder / "broken.ipynb", [("a = 1", ()), ("b = 2\n1 / 0", ())])
    with (folder / "films.py").open("a") as file:
        file.write(
            "\n\n@bz.scene(duration=1)\ndef broken(frame):\n    return 1 / 0\n\n\n"
            "def _fails():\n    return bz.Composition([broken(name='fails')], width=64, height=36)\n\n"
            "class _Hidden:\n    fails = _fails()\n"
        )
    if arguments == ["films.py:fails"]:
        arguments = ["films.py:_Hidden.fails"]
    assert run(*arguments) == code
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""


def test_films_as_data(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = bz.scene(duration=1)(lambda frame: bz.Fill(f"rgb({frame.index * 20} 0 0)"))
    film = bz.Composition([shown()], width=64, height=36, fps=10)
    (folder / "red.json").write_text(film.to_json())
    assert run("red.json", "-o", "json.mp4") == 0
    film.save("red", project="team", progress=False)
    assert run("team/red", "-o", "saved.mp4", "--version", "1") == 0
    film.export("./straight.mp4", progress=False)
    assert (folder / "saved.mp4").read_bytes() == (folder / "straight.mp4").read_bytes()
    assert np.array_equal(pixels(folder / "json.mp4"), pixels(folder / "straight.mp4"))
    capsys.readouterr()
    assert run("team/red", "--estimate", "--json") == 0
    (estimate,) = json.loads(capsys.readouterr().out)["estimates"]
    assert len(estimate["time_s"]) == 3
    assert run("team/red", "--detach") == 1
    assert "nobody takes detached renders" in capsys.readouterr().err


def test_a_limit_is_its_own_exit_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "root").mkdir()
    (folder / "root" / "limits.toml").write_text("duration_s = 0.5\n")
    assert run("films.py:review") == 4
    assert "duration_s" in capsys.readouterr().err


def popen(folder: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bazaar_nb", *arguments]
    env = {**os.environ, "BAZAAR_WORKERS": "1", "BAZAAR_ENGINE": "local"}
    return subprocess.Popen(
        command, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )


def test_in_a_log_progress_is_lines(folder: Path) -> None:
    with popen(folder, "render", "films.py:review", "-o", "review.mp4") as process:
        out, err = process.communicate(timeout=LONG_S)
    assert process.returncode == 0, err
    assert out == f"{folder / 'review.mp4'}\n"
    assert "\r" not in err
    assert "\033" not in err
    assert re.search(r"review\.mp4: done: 100%.* 10/10 ", err)


def test_a_signal_to_end_cancels_the_render(folder: Path) -> None:
    (folder / "slow.py").write_text(
        "import pathlib, time\n"
        "import bazaar_nb as bz\n"
        "@bz.scene(duration=60)\n"
        "def slow(frame):\n"
        "    pathlib.Path('begun').touch()\n"
        "    time.sleep(0.05)\n"
        "    return bz.Fill(f'rgb({frame.index % 255} 0 0)')\n"
        "film = bz.Composition([slow()], width=64, height=36)\n"
    )
    with popen(folder, "render", "slow.py", "-o", "slow.mp4") as process:
        deadline = time.monotonic() + LONG_S
        while not (folder / "begun").exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=LONG_S)
    assert process.returncode == 143, err
    assert not (folder / "slow.mp4").exists()
    assert list(bz.Workspace(folder / "root").history()["status"]) == ["cancelled"]
