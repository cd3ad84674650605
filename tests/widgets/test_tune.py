from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import ipywidgets
import pytest
from IPython.core.interactiveshell import InteractiveShell

import bazaar_nb as bz
from bazaar_nb.widgets.player.tune import Latest, Tune
from bazaar_nb.widgets.player.widget import Player
from tests.widgets.screen import WAIT_S


@bz.scene(duration=2)
def title(frame: bz.Frame, text: str, size: float = 10, loud: bool = False) -> object:
    return bz.Text(text.upper() if loud else text, size=size)


def film(text: str, size: float = 10, loud: bool = False, **more: object) -> bz.Composition:
    if text == "bad":
        raise KeyError("sales")
    return bz.Composition([title(text, size, loud)], width=64, height=36, fps=10)


@pytest.fixture
def tunes() -> Iterator[Callable[..., Tune]]:
    """Makes what is closed afterwards."""
    made: list[Tune] = []

    def tune(*args: Any, **kwargs: Any) -> Tune:
        made.append(bz.tune(*args, **kwargs))
        return made[-1]

    yield tune
    for one in made:
        one.close()


def shown(tune: Tune) -> object:
    return tune.film.frame(0).elements[-1]


def eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_the_controls_say_is_shown(tunes: Callable[..., Tune]) -> None:
    tune = tunes(film, text="hello", size=(10, 30), loud=False)
    assert tune.values == {"text": "hello", "size": 10, "loud": False}
    assert shown(tune) == bz.Text("hello", size=10)
    kinds = [type(control) for control in tune.controls.values()]
    assert kinds == [ipywidgets.Text, ipywidgets.IntSlider, ipywidgets.Checkbox]
    assert [control.description for control in tune.controls.values()] == ["Text", "Size", "Loud"]
    assert isinstance(tune.player, Player)
    assert tune.children[0] is tune.player
    assert tune.children[1].children == tuple(tune.controls.values())
    tune.controls["size"].value = 20
    tune.controls["loud"].value = True
    eventually(lambda: shown(tune) == bz.Text("HELLO", size=20))
    assert tune.film is tune.player.film
    assert repr(tune).startswith("<Tune of film(text='hello', size=20, loud=True): <Composition")


def test_every_abbreviation_makes_a_control(tunes: Callable[..., Tune]) -> None:
    own = ipywidgets.Dropdown(options=["x", "y"], description="Mine")
    fixed = ipywidgets.fixed("f")
    tune = tunes(
        film, text=["one", "two"], size=(0.0, 40.0), a=4, b={"B": 1}, c=own, d=fixed, e=(1, 9, 2), f=0.5
    )
    assert tune.values == {
        "text": "one", "size": 10, "a": 4, "b": 1, "c": "x", "d": "f", "e": 5, "f": 0.5
    }  # fmt: skip
    assert tune.controls["size"].step == pytest.approx(0.4)
    assert own.description == "Mine"
    assert len(tune.children[1].children) == 7


def test_a_scene_is_tuned_alone(tunes: Callable[..., Tune]) -> None:
    tune = tunes(title, text="hello", film_width=640, film_height=360, film_fps=25)
    assert (tune.film.name, tune.film.width, tune.film.height) == ("title", 640, 360)
    assert (float(tune.film.fps), tune.film.frames) == (25, 50)
    assert tunes(title, text="a", film_duration=3).film.frames == 90
    tune.controls["text"].value = "bye"
    eventually(lambda: shown(tune) == bz.Text("bye", size=10))


def test_an_error_is_shown_and_overcome(tunes: Callable[..., Tune], monkeypatch: pytest.MonkeyPatch) -> None:
    problems: list[BaseException] = []
    monkeypatch.setattr(Player, "show_problem", lambda self, error: problems.append(error))
    tune = tunes(film, text="hello")
    tune.controls["text"].value = "bad"
    eventually(lambda: len(problems) == 1)
    assert isinstance(problems[0], KeyError)
    assert shown(tune) == bz.Text("hello", size=10)
    tune.controls["text"].value = "good"
    eventually(lambda: shown(tune) == bz.Text("good", size=10))
    tune.close()
    tune.controls["text"].value = "bad"
    assert len(problems) == 1


def test_a_notebook_keeps_a_picture_beside_the_widgets(tunes: Callable[..., Tune]) -> None:
    InteractiveShell.clear_instance()
    shell: Any = InteractiveShell.instance()
    published: list[dict[str, Any]] = []
    shell.kernel = SimpleNamespace()
    shell.display_pub.publish = lambda data, metadata=None, **more: published.append(data)
    shell.user_ns["tune"] = tune = tunes(film, text="hello")
    try:
        shell.run_cell("tune").raise_error()
    finally:
        InteractiveShell.clear_instance()
    fallback, view = published
    assert f"bazaar-fallback-{tune.player.fallback}" in fallback["text/html"]
    assert list(view) == ["application/vnd.jupyter.widget-view+json"]
    assert view["application/vnd.jupyter.widget-view+json"]["model_id"] == tune.model_id


def nothing(text: str) -> object:
    return [text]


@pytest.mark.parametrize(
    ("function", "controls", "error", "said"),
    [
        (film, {"txt": "a"}, TypeError, r"film\(\) needs `text`: give it a control, as text='text'"),
        (title, {"text": "a", "sise": 3}, TypeError, r"title\(\) has no parameter `sise` .* mean `size`\?"),
        (title, {"text": "a", "xyz": 3}, TypeError, "`xyz` to tune; it has text, size, loud"),
        (title, {"frame": 3, "text": "a"}, TypeError, "no parameter `frame`"),
        (film, {"text": "a", "size": (3, 1)}, bz.InvalidValueError, "`size`=.* makes no control"),
        (
            film,
            {"text": "a", "size": ("a", "b")},
            bz.InvalidValueError,
            r"`size` must be a text, .* \(tune\)",
        ),
        (film, {"text": None}, bz.InvalidValueError, "got None"),
        (nothing, {"text": "a"}, bz.InvalidValueError, r"nothing\(\) should give a Composition, got \['a'\]"),
        (3, {}, bz.InvalidValueError, "tune takes a function that gives a film, got 3"),
        (film, {"text": "bad"}, KeyError, "sales"),
    ],
)
def test_what_can_not_be_tuned_is_told_at_once(
    function: Any, controls: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        bz.tune(function, **controls)


def test_only_the_latest_value_waits() -> None:
    calls: list[int] = []
    started, go_on = threading.Event(), threading.Event()

    def call(value: int) -> None:
        calls.append(value)
        started.set()
        assert go_on.wait(WAIT_S)

    latest = Latest(call, 0.0)
    latest.put(0)
    assert started.wait(WAIT_S)
    for value in range(1, 50):
        latest.put(value)
    go_on.set()
    eventually(lambda: calls == [0, 49])
    latest.put(50)
    eventually(lambda: calls == [0, 49, 50])
    latest.stop()
    latest.put(51)
    eventually(lambda: "bazaar-tune" not in {thread.name for thread in threading.enumerate()})
    assert calls == [0, 49, 50]
