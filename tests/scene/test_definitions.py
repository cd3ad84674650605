from __future__ import annotations

import gc
import itertools
import weakref
from collections.abc import Iterator
from typing import Any

import cloudpickle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb.errors import InvalidValueError, SceneError
from bazaar_nb.scene.arrangement import loop, sequence
from bazaar_nb.scene.cell_definitions import CellRun, follow_cells
from bazaar_nb.scene.elements import Text
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.scene import scene
from bazaar_nb.scene.transition import fade

LOOP = """
films = []
for word in "xy":
    @scene(duration=1)
    def title(frame, word=word): return Text(word)
    films.append(Film([title()], fps=10))
"""
INSIDE = """
def make():
    @scene(duration=1)
    def title(frame): return Text("two")
    return title
title = make()
"""


class Notebook:
    """Runs cells as a kernel does: in one namespace, each run with a number."""

    numbers = itertools.count(1)

    def __init__(self) -> None:
        self.names: dict[str, Any] = {
            "__name__": "__main__", "scene": scene, "fade": fade, "Text": Text, "Film": Film
        }  # fmt: skip
        self.running: CellRun | None = None

    def run(self, cell: str | None, code: str) -> Any:
        """Run a cell's code; gives the value of ``film``."""
        self.running = CellRun(cell, next(self.numbers))
        try:
            exec(code, self.names)
        finally:
            self.running = None
        return self.names.get("film")


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    notebook = Notebook()
    follow_cells(lambda: notebook.running)
    yield notebook
    follow_cells(None)


def title(shown: str, *, duration: float = 1, takes: str = "", name: str = "title") -> str:
    return f"@scene(duration={duration})\ndef {name}(frame{takes}): return Text({shown!r})\n"


def words(film: Film) -> list[str]:
    """What each frame's topmost text says, each once."""
    found: list[str] = []
    for index in range(film.frames):
        text = film.frame(index).elements[-1]
        assert isinstance(text, Text)
        if [text.text] != found[-1:]:
            found.append(str(text.text))
    return found


def test_a_film_shows_what_its_cell_defines_now(notebook: Notebook) -> None:
    notebook.run("a", title("one"))
    film = notebook.run("b", "film = Film([title(), title(name='second')], fps=10)")
    before = film.frozen()
    versions = [film.version]
    assert words(film) == ["one"]
    notebook.run("a", title("two", duration=2))
    versions.append(film.version)
    assert words(film) == ["two"]
    assert [(mark.name, mark.start, mark.stop) for mark in film.marks] == [
        ("title", 0, 20),
        ("second", 20, 40),
    ]
    assert (film.at_fps(5).frames, film.at_fps(5).frame(0)) == (20, film.frame(0))
    faster = film.at_fps(20)
    notebook.run("a", title("three"))
    versions.append(film.version)
    assert (words(faster), faster.frames) == (["three"], 40)
    assert (words(before), before.frames, before.version) == (["one"], 20, versions[0])
    assert before.at_fps(20).frame(39).elements[-1] == Text("one")
    assert len(set(versions)) == 3
    notebook.run("c", "x = 1")
    assert film.version == versions[-1]
    assert before.frozen() is before
    assert before.at_fps(10) is before


def test_calls_are_made_again_as_they_were_written(notebook: Notebook) -> None:
    notebook.run("a", "@scene\ndef note(frame, text, size=10): return Text(text, size=size)")
    notebook.run("x", title("o", name="other"))
    layers = "[note('logo', size=20, name='L').at(0.5), other]"
    film = notebook.run("b", f"film = Film([note('a', duration=1)], fps=10, layers={layers})")
    notebook.run("a", "@scene\ndef note(frame, text, size=10): return Text(text * 2, size=size + 1)")
    notebook.run("x", title("p", name="other", duration=0.5))
    first, later = film.frame(0).elements[1:], film.frame(7).elements[1:]
    assert first == (Text("aa", size=11), Text("p"))
    assert later == (Text("aa", size=11), Text("logologo", size=21))
    assert [place.scene.name for place in film.timeline.layers] == ["L", "other"]
    # The scene's own `duration` is now the function's: the same words mean what they would mean today.
    notebook.run(
        "a",
        "@scene(duration=2)\ndef note(frame, text, duration=0, size=1): return Text(f'{text} {duration}')",
    )
    assert (film.frames, film.frame(0).elements[1]) == (20, Text("a 1"))


def test_a_new_signature_that_refuses_the_old_call_says_so(notebook: Notebook) -> None:
    notebook.run("a", title("one", takes=", text, size=3"))
    notebook.run("o", title("o", name="other"))
    film = notebook.run("b", "film = Film([title('Hello', size=5), other()], fps=10)")
    notebook.run("a", title("two", duration=9, takes=", label"))
    assert (film.frames, film.frame(15).elements[1:]) == (20, (Text("o"),))
    with pytest.raises(SceneError) as caught:
        film.frame(3)
    said = "scene 'title' was made as title('Hello', size=5), which its new definition title(frame, label) "
    assert str(caught.value).startswith(said + "refuses: ")
    assert (caught.value.scene, caught.value.frame) == ("title", 3)
    with pytest.raises(SceneError, match=r"title\('Hello', size=5\)"):
        film.frozen().at_fps(20).frame(3)
    notebook.run("a", title("three", takes=", text, size"))
    assert words(film) == ["three", "o"]
    notebook.run("a", title("four", duration=-1, takes=", text, size"))
    with pytest.raises(SceneError, match="`duration` must be positive, got -1"):
        film.frame(3)


def test_a_scene_that_no_longer_fits_keeps_its_place(notebook: Notebook) -> None:
    notebook.run("a", title("one", duration=2))
    notebook.run("b", title("two", duration=2, name="other"))
    film = notebook.run("c", "film = Film([title(), fade(1), other()], fps=10, layers=[title().at(2.5)])")
    assert film.frames == 30
    notebook.run("a", title("short", duration=0.5))
    assert film.frames == 30
    with pytest.raises(
        SceneError, match="does not fit into the film any more: the transitions of scene 'title' take"
    ):
        film.frame(0)
    assert film.frozen().at_fps(20).frames == 60
    notebook.run("b", title("longer", duration=4, name="other"))
    assert film.frames == 30
    with pytest.raises(SceneError, match="scene 'other' does not fit"):
        film.frame(20)
    notebook.run("a", title("long", duration=2))
    assert film.frames == 50
    assert film.frame(24).elements[-1] == Text("longer")
    assert film.frame(26).elements[-1] == Text("long")
    with pytest.raises(InvalidValueError, match="make the scene longer"):
        notebook.run("d", "late = Film([title(duration=0.5), fade(1), other()], fps=10)")


EDITS = {
    "another cell": ("b", title("two")),
    "no cell's id, where it had one": (None, title("two")),
    "twice in the run": ("a", title("two") + title("three")),
    "inside a function": ("a", INSIDE),
    "another name": ("a", title("two", name="titel")),
    "no name": ("a", "title = scene(duration=1)(lambda frame: Text('two'))"),
    "a module's": ("a", "__name__ = 'module'\n" + title("two") + "__name__ = '__main__'\n"),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_what_is_no_edit_is_not_followed(notebook: Notebook, edit: str) -> None:
    notebook.run("a", title("one"))
    film = notebook.run("f", "film = Film([title()], fps=10)")
    cell, code = EDITS[edit]
    notebook.run(cell, code)
    assert words(film) == ["one"]
    notebook.run("a", title("last"))
    assert words(film) == ["last"]


def test_a_loop_that_makes_several_of_one_name_never_mixes_them(notebook: Notebook) -> None:
    notebook.run("a", LOOP)
    notebook.run("a", title("one"))
    films = notebook.names["films"]
    assert [words(film) for film in films] == [["x"], ["y"]]
    film = notebook.run("b", "film = Film([title()], fps=10)")
    notebook.run("a", LOOP)
    assert words(film) == ["one"]


def test_cells_without_ids_are_one(notebook: Notebook) -> None:
    notebook.run(None, title("one"))
    film = notebook.run(None, "film = Film([title()], fps=10)")
    notebook.run(None, title("two"))
    assert words(film) == ["two"]


def test_nothing_is_followed_where_no_cell_runs(notebook: Notebook) -> None:
    exec(title("one"), notebook.names)
    film = notebook.run("b", "film = Film([title()], fps=10)")
    exec(title("two"), notebook.names)
    assert words(film) == ["one"]


runs = st.lists(
    st.tuples(st.sampled_from("ab"), st.lists(st.integers(0, 9), min_size=0, max_size=3)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(runs=runs)
def test_a_film_shows_the_last_run_of_its_cell_that_defines_the_name_once(
    runs: list[tuple[str, list[int]]],
) -> None:
    notebook = Notebook()
    follow_cells(lambda: notebook.running)
    try:
        films: list[tuple[str, bool, Film, str]] = []
        newest: dict[str, str] = {}
        for number, (cell, defined) in enumerate(runs):
            shown = [f"{cell} {number} {value} {k}" for k, value in enumerate(defined)]
            code = "".join(title(one) + "made.append(Film([title()], fps=2))\n" for one in shown)
            notebook.names["made"] = []
            notebook.run(cell, code)
            once = len(shown) == 1
            if once:
                newest[cell] = shown[0]
            films += [
                (cell, once, film, one) for film, one in zip(notebook.names["made"], shown, strict=True)
            ]
            for of, follows, film, own in films:
                assert words(film) == [newest[of] if follows else own]
    finally:
        follow_cells(None)


def test_what_no_film_uses_is_let_go(notebook: Notebook) -> None:
    class Table:
        pass

    notebook.names["Table"] = Table
    notebook.run(
        "a",
        "table = Table()\n@scene(duration=1)\ndef title(frame, table=table): return Text('one')\ndel table",
    )
    table = weakref.ref(notebook.names["title"].function.__defaults__[0])
    film = notebook.run("b", "film = Film([title()], fps=10)")
    notebook.run("a", title("two"))
    del notebook.names["title"]
    gc.collect()
    assert words(film) == ["two"]
    assert table() is not None
    del notebook.names["film"], film
    gc.collect()
    assert table() is None


def test_a_film_that_is_sent_elsewhere_carries_no_other_definition(notebook: Notebook) -> None:
    notebook.run("a", title("one"))
    film = notebook.run("b", "film = Film([title()], fps=10)")
    before = film.frozen()
    notebook.run("a", title("two"))
    sent = cloudpickle.dumps(before)
    assert b"two" not in sent
    assert words(cloudpickle.loads(sent)) == ["one"]


def test_a_scene_within_an_arrangement_is_followed_too(notebook: Notebook) -> None:
    notebook.names |= {"loop": loop, "sequence": sequence}
    cell = "@scene(duration={seconds})\ndef title(frame): return Text('{word}')"
    notebook.run("a", cell.format(seconds=1, word="one"))
    film = notebook.run("b", "film = Film([loop(sequence(title(), title()), 2)], fps=10)")
    before = film.version
    assert (film.frames, film.frame(0).elements[1]) == (40, Text("one"))
    notebook.run("a", cell.format(seconds=2, word="two"))
    assert (film.frames, film.frame(0).elements[1]) == (80, Text("two"))
    assert film.version > before
    settled = film.version
    notebook.run("c", "other = 1")
    assert film.version == settled
