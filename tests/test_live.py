from __future__ import annotations

import gc
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

import bazaar_nb as bz
from bazaar_nb.scene.cell_definitions import follow_cells
from bazaar_nb.widgets import notebook_cells as live


@pytest.fixture
def shell() -> Iterator[Any]:
    """An IPython shell as a kernel has it; its cells run in a fresh ``__main__`` namespace."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.user_ns["bz"] = bz
    live.watch_cells()
    yield shell
    InteractiveShell.clear_instance()
    follow_cells(None)


def run(shell: Any, code: str, cell: str | None = None) -> Any:
    """Run a cell; gives its value."""
    result = shell.run_cell(code, cell_id=cell)
    result.raise_error()
    return result.result


def word(film: bz.Composition, index: int = 0) -> str:
    text = film.frame(index).elements[-1]
    assert isinstance(text, bz.Text)
    return str(text.text)


TITLE = "@bz.scene(duration=1)\ndef title(frame): return bz.Text({!r})"


def test_films_follow_the_cells_of_a_notebook(shell: Any) -> None:
    run(shell, TITLE.format("one"), "a")
    film = run(shell, "film = bz.Composition([title()])\nfilm", "b")
    assert word(film) == "one"
    run(shell, TITLE.format("two"), "a")
    assert word(film) == "two"
    run(shell, TITLE.format("other"), "c")
    assert word(film) == "two"
    shell.run_cell("1 /", cell_id="a")
    shell.run_cell("", cell_id="a")
    shell.run_cell("1 / 0", cell_id="a")
    assert word(film) == "two"
    run(shell, TITLE.format("three"), "a")
    assert word(film) == "three"


def test_films_follow_a_terminal_too(shell: Any) -> None:
    run(shell, TITLE.format("one"))
    film = run(shell, "film = bz.Composition([title()])\nfilm")
    run(shell, TITLE.format("two"))
    assert word(film) == "two"


def test_what_a_cell_runs_is_a_part_of_it(shell: Any) -> None:
    captured = "%%capture\n" + TITLE
    run(shell, captured.format("one"), "a")
    film = run(shell, "film = bz.Composition([title()])\nfilm", "b")
    run(shell, captured.format("two"), "c")
    assert word(film) == "one"
    run(shell, captured.format("three"), "a")
    assert word(film) == "three"
    shell.user_ns["live"] = live
    run(shell, "get_ipython().run_cell('1')\nseen = live.current_cell()", "d")
    run(shell, "get_ipython().run_cell('')\nget_ipython().run_cell('1 +')\nagain = live.current_cell()", "e")
    assert (shell.user_ns["seen"], shell.user_ns["again"], live.current_cell()) == ("d", "e", None)


def test_the_cell_that_imports_the_package_is_followed_too() -> None:
    code = f"""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
first = 'import bazaar_nb as bz\\n' + {TITLE!r}
shell.run_cell(first.format('one'), cell_id='a').raise_error()
shell.run_cell('film = bz.Composition([title()])', cell_id='b').raise_error()
shell.run_cell(first.format('two'), cell_id='a').raise_error()
print(shell.user_ns['film'].frame(0).elements[-1].text)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "two\n"


def test_a_render_shows_the_film_as_it_was_when_it_started(shell: Any, tmp_path: Path) -> None:
    colour = "@bz.scene(duration={})\ndef flat(frame):\n    touch(frame.index)\n    return bz.Fill({!r})"

    def touch(index: int) -> None:
        if index == 5 and shell.user_ns.pop("edit", None):
            shell.run_cell(colour.format(2, "black"), cell_id="a").raise_error()

    shell.user_ns.update(touch=touch, edit=True)
    run(shell, colour.format(1, "white"), "a")
    film = run(shell, "film = bz.Composition([flat()], width=64, height=36, fps=10)\nfilm", "b")
    place = bz.Workspace(tmp_path, engine=bz.InlineEngine())
    render = film.export(tmp_path / "film.mp4", progress=False, workspace=place)
    assert "edit" not in shell.user_ns
    with av.open(str(render.path), "r") as movie:
        frames = [frame.to_ndarray(format="gray") for frame in movie.decode(video=0)]
    assert [frame.mean() > 128 for frame in frames] == [True] * 10
    assert film.frames == 20
    assert np.asarray(film.still(0)).max() == 0


class Listener:
    def __init__(self) -> None:
        self.heard = 0

    def hear(self) -> None:
        self.heard += 1


def test_listeners_hear_of_each_cell_once_while_they_live(
    shell: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise KeyError("what a player may do")

    forget_broken = live.on_cell_end(broken)
    listener, gone = Listener(), Listener()
    forget = live.on_cell_end(listener.hear)
    live.on_cell_end(gone.hear)
    del gone
    gc.collect()
    live.watch_cells()  # again: changes nothing
    with caplog.at_level(logging.WARNING, "bazaar_nb.widgets.notebook_cells"):
        run(shell, "get_ipython().run_cell('1')\n1", "a")
    assert [record.exc_info is not None for record in caplog.records] == [True]
    assert listener.heard == 1
    forget_broken()
    shell.run_cell("1 / 0")
    assert listener.heard == 2
    forget()
    run(shell, "1")
    assert listener.heard == 2


class Shown:
    def __init__(self, log: list[str], name: str) -> None:
        self.log, self.name = log, name

    def close(self) -> None:
        self.log.append(self.name)


def test_what_a_cell_displayed_goes_when_the_cell_runs_again(shell: Any) -> None:
    log: list[str] = []
    shell.user_ns["show"] = lambda name: live.keep_displayed(Shown(log, name))
    run(shell, "show('a1'); show('a2')", "a")
    run(shell, "show('b1')", "b")
    run(shell, "show('x')")  # of a cell without an id nobody knows when it runs again
    run(shell, "show('y')")
    assert log == []
    run(shell, "show('a3')", "a")
    assert log == ["a1", "a2"]
    shell.run_cell("1 / 0", cell_id="b")
    assert log == ["a1", "a2", "b1"]
    run(shell, "show('a4')", "a")
    assert log == ["a1", "a2", "b1", "a3"]
