"""A film's parameters as a form: what is filled in is seen at once, what is wrong stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from bazaar_nb.composition.composition import Composition
from bazaar_nb.parameters.conversion import Problem
from bazaar_nb.parameters.signature import MISSING, Parameters
from bazaar_nb.scene.elements import AnyElement, Fill, Text
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.scene import Scene
from bazaar_nb.widgets.player.fields import Field
from bazaar_nb.widgets.player.tune import Tune
from bazaar_nb.widgets.player.widget import Player

_LABEL_EMS = (5, 11)  # how wide the names of controls are, at least and at most


class Form(Tune):
    """A player with a field for each parameter; made by `make_form`.

    While a field is wrong, the last film that could be made stays: it is what an export uses.

    Attributes
    ----------
    player : Player
    fields : dict of str to Field
        By the names of the parameters.
    """

    def __init__(
        self,
        make: Callable[[Mapping[str, Any]], Composition],
        parameters: Parameters,
        player: Player,
        fields: dict[str, Field],
    ) -> None:
        self._parameters = parameters
        self.fields = fields
        controls = {name: field.control for name, field in fields.items()}
        name = parameters.function_name
        super().__init__(lambda **values: make(values), name, player, controls, _panel(fields))

    @property
    def values(self) -> dict[str, Any]:
        """What the fields say now, also what is wrong."""
        return {name: field.value for name, field in self.fields.items()}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the fields now."""
        return tuple(self._parameters.check(_given(self.fields))[1])

    def close(self) -> None:
        """Take the player and its fields away."""
        super().close()
        for field in self.fields.values():
            field.close()

    def _errors(self) -> dict[str, str]:
        return {name: field.error for name, field in self.fields.items()}

    def _changed(self, _change: object) -> None:
        checked = _check(self._parameters, self.fields)
        if self._mirror is not None:
            self._mirror.look()
        if checked is not None:
            self._latest.put(checked)


def make_form(
    make: Callable[[Mapping[str, Any]], Composition], parameters: Parameters, begin: Mapping[str, Any]
) -> Form:
    """Give a form.

    Parameters
    ----------
    make : callable
        Gives the film of checked arguments.
    parameters : Parameters
    begin : mapping
        What fields begin with, by name; the defaults where nothing is given.
    """
    fields = {one.name: Field(one, begin.get(one.name, MISSING)) for one in parameters.all}
    film, failed = _first_film(make, parameters, _check(parameters, fields))
    form = Form(make, parameters, Player(film), fields)
    if failed is not None:
        form.player.show_problem(failed)
    return form


def _given(fields: Mapping[str, Field]) -> dict[str, Any]:
    """Give what is filled in: a parameter that needs a value, and has none yet, is left out."""
    values = {name: field.value for name, field in fields.items()}
    return {
        name: value
        for name, value in values.items()
        if value is not None or not fields[name].parameter.required
    }


def _check(parameters: Parameters, fields: Mapping[str, Field]) -> dict[str, Any] | None:
    """Say beside each field what is wrong with it; give the arguments if nothing is."""
    given = _given(fields)
    _, columns = parameters.columns(given) or ("", [])
    for field in fields.values():
        if field.parameter.kind.name == "column":
            field.suggest(columns)
    checked, problems = parameters.check(given)
    for name, field in fields.items():
        field.tell([one for one in problems if one.parameter.partition("[")[0] == name])
    return None if problems else checked


def _first_film(
    make: Callable[[Mapping[str, Any]], Composition], parameters: Parameters, checked: dict[str, Any] | None
) -> tuple[Composition, Exception | None]:
    """Give the film that is seen first; one that says what it waits for where there is none yet."""
    failed: Exception | None = None
    if checked is not None:
        try:
            return make(checked), None
        except Exception as error:
            failed = error
    words = f"{parameters.function_name.replace('_', ' ').capitalize()}: fill in the fields below"
    return Composition([Scene(_waiting, (words,), duration=1, name=parameters.function_name)]), failed


def _waiting(frame: Frame, words: str) -> list[AnyElement]:
    return [Fill("#e9ebef"), Text(words, size=frame.height / 22, color="#4a5260", width="80%")]


def _panel(fields: Mapping[str, Field]) -> ipywidgets.Widget:
    """Lay fields out in columns, as many as there is room for."""
    longest = max((len(field.control.description) for field in fields.values()), default=0)
    low, high = _LABEL_EMS
    width = f"{min(high, max(low, 0.6 * longest)):.1f}em"
    for field in fields.values():
        if hasattr(field.control.style, "description_width"):
            field.control.style.description_width = width
        field.indent_error(width)
    return ipywidgets.GridBox(
        [field.view for field in fields.values()],
        layout=ipywidgets.Layout(
            grid_template_columns="repeat(auto-fit, minmax(min(100%, 22em), 1fr))", grid_gap="2px 24px",
            max_width="62em", margin="8px 0 0 0", align_items="flex-start",
        ),
    )  # fmt: skip
