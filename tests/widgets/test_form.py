from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import ipywidgets
import pandas as pd
import pytest
from msgspec import Meta
from PIL import Image

import bazaar_nb as bz
from bazaar_nb.parameters.kinds import read_kind
from bazaar_nb.parameters.signature import Parameter
from bazaar_nb.widgets.player.fields import Field
from bazaar_nb.widgets.player.form import Form
from bazaar_nb.widgets.player.widget import Player
from tests.widgets.test_tune import eventually


@bz.scene(duration=1)
def words(frame: bz.Frame, text: str, size: float) -> object:
    return bz.Text(text, size=size)


@bz.film
def card(
    text: Annotated[str, Meta(min_length=1, max_length=40)],
    size: Annotated[int, Meta(ge=10, le=90)] = 40,
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5,
    weight: float = 1.5,
    loud: bool = False,
    theme: Literal["light", "dark"] = "light",
    place: Literal["top left", "top right", "bottom left", "bottom right", "middle"] = "middle",
    color: bz.parameters.Color = "gold",
    accent: bz.parameters.Color | None = None,
    photo: bz.parameters.ImageFile | None = None,
    photos: list[bz.parameters.ImageFile] = [],  # noqa: B006
    numbers: list[float] = [1.5, 2],  # noqa: B006
    day: datetime.date = datetime.date(2026, 1, 31),
    moment: datetime.datetime = datetime.datetime(2026, 1, 31, 12),
    table: pd.DataFrame | None = None,
    column: bz.parameters.Column | None = None,
    options: dict[str, int] = {},  # noqa: B006
    note: Annotated[str, Meta(max_length=1000)] = "",
    most: int | None = None,
) -> bz.Composition:
    """Show a card.

    Parameters
    ----------
    text : str
        The words.
    """
    if text == "bad":
        raise KeyError("sales")
    return bz.Composition([words(text, size)], width=64, height=36, name=text)


@pytest.fixture
def forms() -> Iterator[Callable[..., Form]]:
    """Makes what is closed afterwards."""
    made: list[Form] = []

    def form(**values: Any) -> Form:
        made.append(card.form(**values))
        return made[-1]

    yield form
    for one in made:
        one.close()


def test_each_parameter_has_the_control_that_fits(forms: Callable[..., Form]) -> None:
    form = forms(text="hello")
    kinds = {name: type(field.control).__name__ for name, field in form.fields.items()}
    assert kinds == {
        "text": "Text", "size": "IntSlider", "share": "FloatSlider", "weight": "FloatText",
        "loud": "Checkbox",

        "theme": "ToggleButtons", "place": "Dropdown", "color": "ColorPicker", "accent": "Combobox",
        "photo": "Combobox", "photos": "Textarea", "numbers": "Textarea", "day": "DatePicker",
        "moment": "NaiveDatetimePicker", "table": "Dropdown", "column": "Combobox",
        "options": "Text", "note": "Textarea",
        "most": "Text",
    }  # fmt: skip
    defaults = {one.name: one.default for one in card.parameters.all}
    assert form.values == {**defaults, "text": "hello"}
    assert form.fields["text"].control.tooltip == "The words."
    assert form.problems == ()
    assert form.film.name == "hello"


@pytest.mark.parametrize(
    ("low", "high", "value", "step"),
    [
        (3, 300, 10, 1),
        (2, 120, 6.5, 0.5),
        (0, 1, 0.5, 0.01),
        (0, 0.5, 0.08, 0.01),
        (0, 5, 1, 0.1),
        (0, 9, 1.25, 0.05),
    ],
)
def test_a_slider_does_not_move_its_value(low: float, high: float, value: float, step: float) -> None:
    kind = read_kind(Annotated[float, Meta(ge=low, le=high)])
    assert kind is not None
    field = Field(Parameter("x", kind, value, ""))
    assert isinstance(field.control, ipywidgets.FloatSlider)
    assert field.control.step == pytest.approx(step)
    field.close()


def test_what_is_filled_in_is_seen(forms: Callable[..., Form]) -> None:
    form = forms(text="hello")
    form.fields["text"].control.value = "bye"
    form.fields["size"].control.value = 20
    eventually(lambda: form.film.frame(0).elements[-1] == bz.Text("bye", size=20))
    assert form.film is form.player.film


def test_what_is_wrong_stands_beside_its_field(forms: Callable[..., Form], tmp_path: Path) -> None:
    form = forms(text="hello")
    form.fields["text"].control.value = ""
    form.fields["photos"].control.value = f"{tmp_path / 'a.png'}\n"
    form.fields["most"].control.value = "many"
    assert form.fields["text"].error == "must be text of 1 to 40 characters"
    assert form.fields["photos"].error.startswith("photos[0] must be the path of a picture; there is no such")
    assert form.fields["most"].error == "must be a whole number, or None"
    assert 'role="alert"' in form.fields["text"].view.children[1].value
    assert form.film.name == "hello"  # what an export uses
    Image.new("RGB", (2, 2)).save(tmp_path / "a.png")
    form.fields["text"].control.value = "<b>"
    form.fields["most"].control.value = "3"
    form.fields["photos"].control.value += "\n"
    eventually(lambda: form.film.name == "<b>")
    assert form.values["most"] == 3
    assert not any(field.error for field in form.fields.values())


def test_a_form_begins_with_what_is_given_even_if_it_is_wrong(forms: Callable[..., Form]) -> None:
    table = pd.DataFrame({"a": [1]})
    form = forms(table=table, color="golf", share=7, theme="drak", options={"a": 1})
    assert form.values["table"] is table
    assert form.values["options"] == {"a": 1}
    assert form.fields["color"].error.endswith("did you mean 'gold'?")
    assert form.fields["share"].error == "must be a number from 0 to 1"
    assert form.fields["text"].error == "must be text of 1 to 40 characters"
    assert form.film.frames == 30  # says what it waits for
    form.fields["text"].control.value = "hello"
    form.fields["color"].control.value = "red"
    form.fields["share"].control.value = "0.7"
    eventually(lambda: form.film.name == "hello")
    assert form.values["share"] == 0.7


def test_columns_of_the_table_are_suggested(forms: Callable[..., Form]) -> None:
    form = forms(text="hello", column="b")
    assert form.fields["column"].control.options == ()
    assert form.fields["column"].error == ""
    other = forms(text="hello", column="year", table=pd.DataFrame({"yr": [1], "years": [2]}))
    assert other.fields["column"].control.options == ("yr", "years")
    assert other.fields["column"].error.endswith("which has yr and years; did you mean 'years'?")


def test_an_error_of_the_function_is_shown(
    forms: Callable[..., Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    problems: list[BaseException] = []
    monkeypatch.setattr(Player, "show_problem", lambda self, error: problems.append(error))
    form = forms(text="bad")
    assert [type(one) for one in problems] == [KeyError]
    form.fields["text"].control.value = "good"
    eventually(lambda: form.film.name == "good")


def test_a_name_that_is_no_parameter_is_told() -> None:
    with pytest.raises(bz.ParameterError, match=r"`txt` is no parameter of card.* mean 'text'"):
        card.form(txt="a")


def test_it_is_a_widget_with_the_player_first(forms: Callable[..., Form]) -> None:
    form = forms(text="hello")
    assert form.children[0] is form.player
    assert isinstance(form.children[1], ipywidgets.GridBox)
    assert repr(form).startswith("<Form of card(text='hello', size=40,")
