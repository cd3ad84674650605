"""A field of a form: the control that fits a parameter, and what is wrong with its value beside it."""

from __future__ import annotations

import contextlib
import html
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import traitlets

from bazaar_nb.parameters.conversion import Problem, convert
from bazaar_nb.parameters.kinds import Kind
from bazaar_nb.parameters.signature import MISSING, Parameter
from bazaar_nb.parameters.value_texts import value_of_text
from bazaar_nb.values.color import NAMES
from bazaar_nb.widgets.notebook_cells import ipython_shell

_LONG_TEXT = 300  # characters from which on a text has several lines
_WIDEST_SLIDER = 1000  # whole numbers that a slider can be put to
_STEPS = 50  # that a slider between two floats has at least
_SMALLEST_STEP = 6  # digits after the point
_BUTTONS = 22  # letters of all choices together, so few that all are seen at once
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp")
_MOST_SUGGESTED = 200
_ERROR = (
    '<div role="alert" style="color: var(--jp-error-color1, #b3261e); line-height: 1.35; '
    'overflow-wrap: anywhere">{}</div>'
)


class Field:
    """The control of one parameter.

    Parameters
    ----------
    parameter : Parameter
    begin : object
        What it begins with; `MISSING` is the default, or nothing where there is none.

    Attributes
    ----------
    control : widget
    view : widget
        The control, and below it what is wrong.
    error : str
        What stands there; nothing if all is right.
    """

    def __init__(self, parameter: Parameter, begin: Any = MISSING) -> None:
        self.parameter = parameter
        value = parameter.default if begin is MISSING else begin
        self.control, self._read = _make_control(parameter.kind, value)
        self.control.description = parameter.name.replace("_", " ").capitalize()
        self.control.tooltip = parameter.description or None
        self.control.layout.width = "auto"
        self.error = ""
        self._error = ipywidgets.HTML(layout=ipywidgets.Layout(display="none"))
        self.view = ipywidgets.VBox([self.control, self._error], layout=ipywidgets.Layout(min_width="0"))

    @property
    def value(self) -> Any:
        """What the control says, before it is checked."""
        return self._read(self.control.value)

    def suggest(self, words: Sequence[str]) -> None:
        """Have a control for text suggest words."""
        if isinstance(self.control, ipywidgets.Combobox) and self.control.options != tuple(words):
            self.control.options = tuple(words)

    def indent_error(self, width: str) -> None:
        """Put what is wrong below the control itself, right of its name."""
        self._error.layout.margin = f"0 2px 4px calc({width} + 12px)"

    def tell(self, problems: list[Problem]) -> None:
        """Say beside the control what is wrong; nothing if there are no problems."""
        name = self.parameter.name
        said = [
            ("" if one.parameter == name else f"{one.parameter} ") + f"must be {one.wanted}{one.hint}"
            for one in problems
        ]
        if self.error == (error := "\n".join(said)):
            return
        self.error = error
        self._error.value = _ERROR.format("<br>".join(map(html.escape, said))) if said else ""
        self._error.layout.display = None if said else "none"

    def close(self) -> None:
        """Take the widgets away."""
        for widget in (self.control, self._error, self.view):
            widget.close()


def _make_control(kind: Kind, value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Give a control that holds a value, and what reads the control's own value."""
    if kind.name == "table":
        return _table_control(kind, value)
    if kind.name in ("choice", "switch"):
        return _choice_control(kind, value), _as_is
    if value is not MISSING and value is not None:
        made, problems = convert(kind, value, "")
        if problems:  # is shown as it is, to be mended
            return _text_control(kind, _lines(value) if isinstance(value, list | tuple) else str(value))
        value = _lines(made) if kind.name == "list" else made
    maker = _MAKERS.get(kind.name)
    if maker is not None and not kind.optional:
        with contextlib.suppress(traitlets.TraitError):  # a value that this control can't hold
            return maker(kind, value), _as_is
    return _text_control(kind, value)


def _whole(kind: Kind, value: Any) -> Any:
    low, high = kind.low, kind.high
    begin = {} if value is MISSING else {"value": value}
    if low is not None and high is not None and high - low <= _WIDEST_SLIDER:
        return ipywidgets.IntSlider(min=low, max=high, step=int(kind.step or 1), **begin)
    return ipywidgets.IntText(step=int(kind.step or 1), continuous_update=True, **begin)


def _number(kind: Kind, value: Any) -> Any:
    begin = {} if value is MISSING else {"value": value}
    if kind.low is not None and kind.high is not None:
        step = kind.step or _slider_step(kind.low, kind.high, kind.low if value is MISSING else value)
        return ipywidgets.FloatSlider(min=kind.low, max=kind.high, step=step, readout_format=".3g", **begin)
    return ipywidgets.FloatText(step=kind.step, continuous_update=True, **begin)


def _color(_kind: Kind, value: Any) -> Any:
    return ipywidgets.ColorPicker(value="#000000" if value is MISSING else value)


def _date(_kind: Kind, value: Any) -> Any:
    return ipywidgets.DatePicker(value=None if value is MISSING else value)


def _moment(_kind: Kind, value: Any) -> Any:
    return ipywidgets.NaiveDatetimePicker(value=None if value is MISSING else value)


_MAKERS: dict[str, Callable[[Kind, Any], Any]] = {
    "whole": _whole, "number": _number, "color": _color, "date": _date, "moment": _moment,
}  # fmt: skip


def _choice_control(kind: Kind, value: Any) -> Any:
    if kind.name == "switch" and not kind.optional:
        return ipywidgets.Checkbox(value=bool(value) if value is not MISSING else False)
    choices = kind.choices or (True, False)
    options = [(_words(choice), choice) for choice in choices]
    options = [("–", None), *options] if kind.optional else options
    begin = (
        value if value is not MISSING and value in dict.fromkeys(one for _, one in options) else options[0][1]
    )
    if sum(len(words) for words, _ in options) <= _BUTTONS and len(options) <= 4:
        control = ipywidgets.ToggleButtons(options=options, value=begin)
        control.style.button_width = "auto"
        control.add_class("widget-inline-hbox")  # else its name stands above it
        return control
    return ipywidgets.Dropdown(options=options, value=begin)


def _table_control(kind: Kind, value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Give a choice of the tables that the notebook's variables hold."""
    options: list[tuple[str, Any]] = (
        [("–", None)] if value is MISSING or value is None else [("as given", value)]
    )
    shell = ipython_shell()
    for name, found in list(getattr(shell, "user_ns", {}).items()):
        if name.startswith("_") or isinstance(found, dict):
            continue
        if getattr(found, "columns", None) is not None and not convert(kind, found, name)[1]:
            options = [one for one in options if one[1] is not found]
            options.insert(0 if found is value else len(options), (name, found))
    # By their places: tables can't be compared.
    labels, tables = zip(*options, strict=True)
    control = ipywidgets.Dropdown(options=[(label, number) for number, label in enumerate(labels)], value=0)
    return control, lambda number: tables[number]


def _text_control(kind: Kind, value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Give a text field: several lines for a list and a long text."""
    words = "" if value is MISSING or value is None else str(value)
    if kind.name == "list":
        lines = max(2, min(6, words.count("\n") + 2))
        return ipywidgets.Textarea(value=words, rows=lines, placeholder="one a line"), _list_reader(kind)
    if kind.name == "color":
        control = ipywidgets.Combobox(value=words, options=list(NAMES), placeholder="the usual one")
        return control, lambda text: value_of_text(kind, text)
    if kind.name == "column":
        return ipywidgets.Combobox(value=words, placeholder="a column"), lambda text: value_of_text(
            kind, text
        )
    if kind.name == "image":
        control = ipywidgets.Combobox(
            value=words, options=_near_pictures(words), placeholder="a picture's path"
        )
        return control, lambda text: value_of_text(kind, text)
    is_long = len(words) > _LONG_TEXT // 2 or "\n" in words or (kind.longest or 0) > _LONG_TEXT
    if kind.name == "text" and is_long:
        return ipywidgets.Textarea(value=words, rows=2), lambda text: value_of_text(kind, text)
    if kind.name == "other" and value is not MISSING and not isinstance(value, str):
        words = json.dumps(value, ensure_ascii=False, default=str)
    return ipywidgets.Text(value=words), lambda text: value_of_text(kind, text)


def _list_reader(kind: Kind) -> Callable[[str], list[Any]]:
    item = kind.item or kind

    def read(text: str) -> list[Any]:
        return [value_of_text(item, line.strip()) for line in text.splitlines() if line.strip()]

    return read


def _near_pictures(path: str) -> list[str]:
    """Give pictures to choose from: those beside one that is named, and in the notebook's folder."""
    folders = dict.fromkeys([Path(path).parent if path else Path(), Path()])
    found: list[str] = []
    for folder in folders:
        with contextlib.suppress(OSError):
            found += sorted(str(one) for one in folder.iterdir() if one.suffix.lower() in _PICTURES)
    return found[:_MOST_SUGGESTED]


def _as_is(value: Any) -> Any:
    return value


def _lines(values: Any) -> str:
    return "\n".join(str(value) for value in values)


def _words(choice: Any) -> str:
    if isinstance(choice, bool):
        return "yes" if choice else "no"
    return str(choice)


def _slider_step(low: float, high: float, value: float) -> float:
    """Give a step of 1, 0.5, 0.1, … on which a value stands: a slider would move it to the nearest step."""
    span, step = high - low, 1.0
    for number in range(2 * _SMALLEST_STEP):
        step = 10.0 ** -(number // 2) * (1.0 if number % 2 == 0 else 0.5)
        if step * _STEPS <= span and abs(math.remainder(value - low, step)) < 1e-9 * max(1.0, abs(value)):
            break
    return step
