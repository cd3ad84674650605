"""What a view is told of a control of ipywidgets, and how what is chosen there gets back into it.

The controls stay what they are in every notebook: they hold the values, check them and tell who listens.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from typing import Any

import ipywidgets
import traitlets
from ipywidgets.widgets.widget_selection import _Selection

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.values.color import parse_color

KINDS = (
    "switch", "slider", "number", "text", "lines", "color", "date", "moment", "choice", "buttons", "other"
)  # fmt: skip
"""What a view can show. `other` is a control that only Jupyter has: it is named, with its value."""

_MOST_SHOWN = 200  # characters of the value of a control that can't be shown


def control_facts(name: str, control: Any, error: str = "") -> dict[str, Any]:
    """Tell of a control.

    Parameters
    ----------
    name : str
        Of the parameter.
    error : str
        What is wrong with its value; nothing if all is right.
    """
    kind = kind_of(control)
    facts: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "label": getattr(control, "description", "") or name.replace("_", " ").capitalize(),
        "hint": getattr(control, "tooltip", None) or "",
        "disabled": bool(getattr(control, "disabled", False)),
        "error": error,
        "value": _shown_value(kind, control),
        "low": _finite(getattr(control, "min", None)),
        "high": _finite(getattr(control, "max", None)),
        "step": _finite(getattr(control, "step", None)),
        "options": [],
        "placeholder": getattr(control, "placeholder", "") or "",
        "rows": getattr(control, "rows", None) or 0,
        "swatch": "",
    }
    if kind in ("choice", "buttons"):
        facts["options"] = [str(label) for label in control._options_labels]
    elif isinstance(control, ipywidgets.Combobox):
        facts["options"] = list(control.options)
    elif kind == "color":
        facts["swatch"] = _swatch(control.value)
    return facts


def kind_of(control: Any) -> str:
    """Give one of `KINDS`."""
    return next((kind for kind, classes in _CLASSES if isinstance(control, classes)), "other")


def take_value(name: str, control: Any, value: bool | int | float | str) -> None:
    """Put a control to what was chosen in a view.

    Raises
    ------
    InvalidValueError
        For a value that the control can't have.
    """
    kind = kind_of(control)
    try:
        _TAKERS[kind](control, value)
    except (traitlets.TraitError, ValueError, TypeError, OverflowError, KeyError) as error:
        wanted = _WANTED.get(kind, "set from Python: it can't be shown here")
        raise InvalidValueError(f"`{name}` must be {wanted}, got {value!r:.60}") from error


_CLASSES: tuple[tuple[str, Any], ...] = (
    ("switch", (ipywidgets.Checkbox, ipywidgets.ToggleButton)),
    ("slider", (ipywidgets.IntSlider, ipywidgets.FloatSlider)),
    ("number", (ipywidgets.IntText, ipywidgets.FloatText)),
    ("number", (ipywidgets.BoundedIntText, ipywidgets.BoundedFloatText)),
    ("other", ipywidgets.Password),  # a text that nobody else should see
    ("lines", ipywidgets.Textarea),
    ("text", ipywidgets.Text),
    ("color", ipywidgets.ColorPicker),
    ("date", ipywidgets.DatePicker),
    ("moment", ipywidgets.NaiveDatetimePicker),
    ("buttons", (ipywidgets.ToggleButtons, ipywidgets.RadioButtons)),
    ("choice", _Selection),
)
_WANTED = {
    "switch": "True or False",
    "slider": "a number",
    "number": "a number",
    "text": "a text",
    "lines": "a text",
    "color": "a colour, as 'tomato' or '#ff6347'",
    "date": "a date",
    "moment": "a date and a time",
    "choice": "one of the choices",
    "buttons": "one of the choices",
}


def _take_switch(control: Any, value: object) -> None:
    if not isinstance(value, bool):
        raise TypeError
    control.value = value


def _take_number(control: Any, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    is_whole = isinstance(control.value, int)
    control.value = round(value) if is_whole else float(value)


def _take_text(control: Any, value: object) -> None:
    if not isinstance(value, str):
        raise TypeError
    control.value = value


def _take_date(control: Any, value: object) -> None:
    if not isinstance(value, str):
        raise TypeError
    control.value = datetime.date.fromisoformat(value) if value else None


def _take_moment(control: Any, value: object) -> None:
    if not isinstance(value, str):
        raise TypeError
    moment = datetime.datetime.fromisoformat(value) if value else None
    if moment is not None and moment.tzinfo is not None:
        raise ValueError
    control.value = moment


def _take_choice(control: Any, value: object) -> None:
    places = len(control._options_labels)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < places:
        raise TypeError
    control.index = value


_TAKERS: dict[str, Callable[[Any, object], None]] = {
    "switch": _take_switch,
    "slider": _take_number,
    "number": _take_number,
    "text": _take_text,
    "lines": _take_text,
    "color": _take_text,
    "date": _take_date,
    "moment": _take_moment,
    "choice": _take_choice,
    "buttons": _take_choice,
}


def _shown_value(kind: str, control: Any) -> Any:
    if kind in ("choice", "buttons"):
        return -1 if control.index is None else control.index
    if kind == "date":
        return "" if control.value is None else control.value.isoformat()
    if kind == "moment":
        return "" if control.value is None else control.value.isoformat(timespec="minutes")
    if kind == "other":
        secret = isinstance(control, ipywidgets.Password)
        return "" if secret else f"{control.value!r:.{_MOST_SHOWN}}"
    if kind in ("slider", "number"):
        return _finite(control.value)
    return control.value


def _finite(value: Any) -> float | int | None:
    """Give a number as JSON can have it."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and math.isfinite(value) else None


def _swatch(value: Any) -> str:
    """Give a colour as a browser's colour picker takes it; nothing where it isn't known."""
    try:
        red, green, blue, _ = parse_color(str(value))
    except InvalidValueError:
        return ""
    return "#" + "".join(f"{round(255 * part):02x}" for part in (red, green, blue))
