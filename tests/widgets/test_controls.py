"""Controls of ipywidgets as a view of our own has them: the kernel side, asked as a browser asks."""

from __future__ import annotations

import datetime
import sys
from types import ModuleType
from typing import Annotated, Any

import ipywidgets
import pytest
from msgspec import Meta

import bazaar_nb as bz
from bazaar_nb.widgets.controls.facts import KINDS, control_facts, take_value
from bazaar_nb.widgets.controls.widget import ControlsView
from bazaar_nb.widgets.player.form import Form
from bazaar_nb.widgets.player.tune import Tune
from bazaar_nb.workspace import default_workspace
from tests.widgets.screen import Screen
from tests.widgets.test_tune import eventually, film, shown

CONTROLS: list[tuple[str, Any, Any, Any]] = [  # kind, control, what is chosen, what it then holds
    ("switch", ipywidgets.Checkbox(False), True, True),
    ("slider", ipywidgets.IntSlider(3, 0, 9), 5, 5),
    ("slider", ipywidgets.FloatSlider(0.5, min=0, max=1), 1, 1.0),
    ("number", ipywidgets.FloatText(0.5), 0.25, 0.25),
    ("number", ipywidgets.BoundedIntText(3, 0, 9), 4.0, 4),
    ("text", ipywidgets.Text("a"), "b", "b"),
    ("text", ipywidgets.Combobox(value="a", options=["a", "b"]), "c", "c"),
    ("lines", ipywidgets.Textarea("a"), "a\nb", "a\nb"),
    ("color", ipywidgets.ColorPicker(value="red"), "#00ff00", "#00ff00"),
    ("date", ipywidgets.DatePicker(value=datetime.date(2026, 1, 2)), "2026-02-03", datetime.date(2026, 2, 3)),
    ("date", ipywidgets.DatePicker(value=datetime.date(2026, 1, 2)), "", None),
    (
        "moment",
        ipywidgets.NaiveDatetimePicker(),
        "2026-02-03T04:05",
        datetime.datetime(2026, 2, 3, 4, 5),
    ),
    ("choice", ipywidgets.Dropdown(options={"One": 1, "Two": 2}), 1, 2),
    ("buttons", ipywidgets.ToggleButtons(options=["x", "y"]), 1, "y"),
]


@pytest.mark.parametrize(("kind", "control", "chosen", "holds"), CONTROLS)
def test_each_control_is_told_and_takes_what_is_chosen(
    kind: str, control: Any, chosen: Any, holds: Any
) -> None:
    facts = control_facts("speed_of_it", control)
    assert (facts["kind"], facts["label"], facts["error"]) == (kind, "Speed of it", "")
    take_value("speed_of_it", control, chosen)
    assert control.value == holds
    assert type(control.value) is type(holds)
    assert control_facts("speed_of_it", control)["value"] == chosen


def test_every_kind_has_its_control() -> None:
    assert {kind for kind, *_ in CONTROLS} == set(KINDS) - {"other"}
    colour = control_facts("a", ipywidgets.ColorPicker(value="tomato", description="Own name"))
    assert (colour["value"], colour["swatch"], colour["label"]) == ("tomato", "#ff6347", "Own name")
    choice = control_facts("a", ipywidgets.Dropdown(options={"One": 1, "Two": 2}, value=2))
    assert (choice["options"], choice["value"]) == (["One", "Two"], 1)
    slider = control_facts("a", ipywidgets.FloatSlider(0.5, min=0, max=1, step=0.1, disabled=True))
    assert (slider["low"], slider["high"], slider["step"], slider["disabled"]) == (0, 1, 0.1, True)


def test_what_can_not_be_shown_is_named_without_secrets() -> None:
    many = control_facts("a", ipywidgets.SelectMultiple(options=["x", "y"], value=("x",)))
    assert (many["kind"], many["value"]) == ("other", "('x',)")
    password = control_facts("a", ipywidgets.Password("secret"))
    assert (password["kind"], password["value"]) == ("other", "")
    with pytest.raises(bz.InvalidValueError, match=r"`a` must be set from Python"):
        take_value("a", ipywidgets.Password("secret"), "other")


@pytest.mark.parametrize(
    ("control", "chosen", "said"),
    [
        (ipywidgets.Checkbox(), 1, "True or False, got 1"),
        (ipywidgets.IntSlider(), "5", "a number, got '5'"),
        (ipywidgets.IntSlider(), True, "a number, got True"),
        (ipywidgets.FloatText(), float("nan"), "a number, got nan"),
        (ipywidgets.Text(), 3, "a text, got 3"),
        (ipywidgets.ColorPicker(value="red"), "no colour", "a colour, .* got 'no colour'"),
        (ipywidgets.DatePicker(), "2026-13-01", "a date, got"),
        (ipywidgets.NaiveDatetimePicker(), "2026-01-01T10:00+02:00", "a date and a time, got"),
        (ipywidgets.Dropdown(options=["x"]), 1, "one of the choices, got 1"),
        (ipywidgets.Dropdown(options=["x"]), -1, "one of the choices, got -1"),
    ],
)
def test_what_no_control_can_have_is_refused(control: Any, chosen: Any, said: str) -> None:
    before = control.value
    with pytest.raises(bz.InvalidValueError, match=f"`a` must be {said}"):
        take_value("a", control, chosen)
    assert control.value == before


def test_views_follow_and_change_controls() -> None:
    controls = {"size": ipywidgets.IntSlider(10, 0, 90), "loud": ipywidgets.Checkbox(False)}
    wrong: dict[str, str] = {}
    view = ControlsView("Parameters", controls, lambda: wrong)
    screen: Screen = Screen(view)
    assert screen.ask("change", name="size", value=20).content["problem"]["code"] == "unknown-view"
    told = screen.ask("open").content["controls"]
    assert [(one["name"], one["value"]) for one in told] == [("size", 10), ("loud", False)]
    assert screen.ask("change", name="size", value=20).kind == "reply"
    assert controls["size"].value == 20
    (pushed,) = screen.of("controls")[-1].content["controls"]
    assert (pushed["name"], pushed["value"]) == ("size", 20)
    controls["loud"].value = True  # from Python
    (pushed,) = screen.of("controls")[-1].content["controls"]
    assert (pushed["name"], pushed["value"]) == ("loud", True)
    wrong["size"] = "must be small"
    view.look()
    assert screen.of("controls")[-1].content["controls"][0]["error"] == "must be small"
    for name, value, said in (("other", 1, "there are size, loud"), ("size", "x", "must be a number")):
        refused = screen.ask("change", name=name, value=value).content
        assert (refused["kind"], refused["problem"]["code"]) == ("error", "refused")
        assert said in refused["problem"]["message"]
    count = len(screen.messages)
    view.close()
    controls["size"].value = 30
    assert len(screen.messages) == count


@pytest.fixture
def marimo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Where marimo runs: it stacks what it is given."""
    module = ModuleType("marimo")
    module.vstack = list  # type: ignore[attr-defined]
    module.running_in_notebook = lambda: True  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "marimo", module)
    return module


def mirror_of(tune: Tune) -> ControlsView:
    shown: Any = tune._display_()
    player, mirror = shown
    assert player is tune.player
    assert isinstance(mirror, ControlsView)
    return mirror


def test_a_tune_shows_its_controls_in_marimo(marimo: ModuleType) -> None:
    tune = bz.tune(film, text="hello", size=(10, 30), loud=False)
    screen: Screen = Screen(mirror_of(tune))
    told = screen.ask("open").content["controls"]
    assert [one["kind"] for one in told] == ["text", "slider", "switch"]
    screen.ask("change", name="size", value=20)
    screen.ask("change", name="loud", value=True)
    eventually(lambda: shown(tune) == bz.Text("HELLO", size=20))
    tune.close()


def test_a_form_says_there_what_is_wrong(marimo: ModuleType) -> None:
    @bz.film
    def card(text: Annotated[str, Meta(min_length=1)] = "hello", size: float = 10) -> bz.Composition:
        return film(text, size)

    form: Form = card.form()
    screen: Screen = Screen(mirror_of(form))
    screen.ask("open")
    screen.ask("change", name="text", value="")
    pushed = screen.of("controls")[-1].content["controls"]
    assert [(one["name"], bool(one["error"])) for one in pushed] == [("text", True)]
    screen.ask("change", name="text", value="bye")
    assert screen.of("controls")[-1].content["controls"][0]["error"] == ""
    eventually(lambda: shown(form) == bz.Text("bye", size=10))
    form.close()


def test_what_a_cell_has_made_goes_with_its_comms(marimo: ModuleType) -> None:
    tune = bz.tune(film, text="hello")
    queue = default_workspace().queue
    listening = len(queue._listeners)
    mirror, panel = mirror_of(tune), tune.player._panel
    assert panel is not None  # it could not be made later
    tune.player.comm.close()
    mirror.comm.close()
    assert (tune.player._session, panel._requests, mirror._requests) == (None, None, None)
    assert len(queue._listeners) == listening - 1
    tune.close()


def test_elsewhere_nothing_is_made_for_it() -> None:
    tune = bz.tune(film, text="hello")
    assert tune._mirror is None
    tune.close()
