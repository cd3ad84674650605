from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

import bazaar_nb as bz
from bazaar_nb.magics import _options
from bazaar_nb.scene.cell_definitions import follow_cells
from tests.texts import texts


@pytest.fixture
def shell() -> Iterator[Any]:
    InteractiveShell.clear_instance()
    shell: Any = InteractiveShell.instance()
    shell.run_cell("%load_ext bazaar_nb").raise_error()
    yield shell
    InteractiveShell.clear_instance()
    follow_cells(None)


def run(shell: Any, code: str, cell: str = "a") -> Any:
    result = shell.run_cell(code, cell_id=cell)
    result.raise_error()
    return result.result


def failure(shell: Any, code: str) -> BaseException:
    result = shell.run_cell(code, cell_id="a")
    error = result.error_in_exec or result.error_before_exec
    assert isinstance(error, BaseException)
    return error


def word(film: bz.Composition, index: int = 0) -> str:
    text = film.frame(index).elements[-1]
    assert isinstance(text, bz.Text)
    return str(text.text)


def test_a_cell_is_a_scene_with_the_notebooks_names(shell: Any) -> None:
    run(shell, "greeting = 'Hello'")
    film = run(
        shell,
        "%%scene hello --duration 1.5 --size 640x360 --fps 25 --background 'rgb(1, 2, 3)'\n"
        "\n"
        "words = [greeting, str(frame.index)]\n"
        "[bz.Fill('navy'), bz.Text(' '.join(words))]\n",
    )
    assert (film.name, film.frames, film.width, film.height, film.fps) == ("hello", 38, 640, 360, 25)
    assert (word(film), word(film, 7)) == ("Hello 0", "Hello 7")
    run(shell, "greeting = 'Bye'")
    assert word(film) == "Bye 0"
    other = run(shell, "bz.Composition([hello(), hello(duration=0.5)], fps=10)", "b")
    assert [mark.name for mark in other.marks] == ["hello", "hello"]
    run(shell, "%%scene hello --duration 3\nbz.Text('edited')")
    assert (word(film), film.frames, other.frames) == ("edited", 75, 35)


def test_the_last_line_gives_the_elements(shell: Any) -> None:
    returned = run(shell, "%%scene\nif frame.index:\n    return bz.Text('later')\nreturn bz.Text('first')")
    assert (word(returned), word(returned, 1)) == ("first", "later")
    assert shell.user_ns["scene_cell"]().name == "scene_cell"
    branches = run(shell, "%%scene\nif frame.index > 3:\n    bz.Text('later')\nelse:\n    bz.Text('first')")
    assert (word(branches), word(branches, 4)) == ("first", "later")
    for cell in ("x = bz.Text('Hello')", "# nothing", "for x in 'ab':\n    bz.Text(x)"):
        with pytest.raises(UsageError, match="a cell ends with its elements"):
            raise failure(shell, f"%%scene broken\n{cell}")
    assert "broken" not in shell.user_ns


@pytest.mark.parametrize("above", ["", "\n\n"])
def test_errors_name_the_cells_own_line(shell: Any, above: str) -> None:
    at = len(above)
    error = failure(shell, above + "%%scene broken\nx = 1\ny = = 2\n[bz.Text('a')]")
    assert isinstance(error, SyntaxError)
    assert (error.lineno, error.text) == (3 + at, "y = = 2\n")
    error = failure(shell, above + "%%scene broken\nx = 1\nyield x\nawait x\nx")
    assert isinstance(error, SyntaxError)
    assert error.lineno == 4 + at
    film = run(shell, above + "%%scene broken\ntable = {}\nbz.Text(table['sales'])")
    with pytest.raises(bz.SceneError) as caught:
        film.frame(3)
    assert f"KeyError: 'sales', line {3 + at}: bz.Text(table['sales'])" in str(caught.value)
    assert "bz.Text(table['sales'])" in caught.value.scene_traceback


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("two words", "unrecognized arguments: words"),
        ("1st", "expected a Python name for the scene, got '1st'"),
        ("class", "expected a Python name for the scene, got 'class'"),
        ("--duration", "expected one argument"),
        ("--duration 0", "`duration` must be positive, got '0'"),
        ("--duration long", "`duration` must be a number of seconds, got 'long'"),
        ("--size 1280", "expected width and height in pixels as 1280x720, got '1280'"),
        ("--size 0x720", "`width` must be a whole number"),
        ("--fps 0", "`fps` must be positive, got '0'"),
        ("--background balck", "did you mean 'black'"),
        ("--colour red", r"unrecognized arguments: --colour; it is used as %%scene \[name\] \["),
        ("'unclosed", "No closing quotation"),
    ],
)
def test_bad_options_say_what_is_wanted(shell: Any, line: str, said: str) -> None:
    before = run(shell, "%%scene\nbz.Text('before')")
    with pytest.raises(UsageError, match=f"%%scene: .*{said}"):
        raise failure(shell, f"%%scene {line}\nbz.Text('after')")
    assert word(before) == "before"


def test_it_needs_no_import(shell: Any) -> None:
    shell.user_ns.pop("bz", None)
    assert word(run(shell, "%%scene\nbz.Text('here')")) == "here"


@given(texts("title --duration 3 --size 1280x720 --fps 30 --background black", "a --size=16x16", "'a b'"))
def test_any_line_is_options_or_said_to_be_none(line: str) -> None:
    with suppress(UsageError):
        _options(line)
