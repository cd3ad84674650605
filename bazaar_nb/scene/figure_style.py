"""The matplotlib style that a notebook has set, as data.

A worker process knows nothing of ``plt.style.use`` in the notebook. So a
`Figure` element carries what differs from matplotlib's defaults.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_NOT_LOOKS = (
    "backend",
    "interactive",
    "savefig",
    "figure.max_open_warning",
    "webagg",
    "toolbar",
    "keymap",
    "docstring",
)


_carried: ContextVar[dict[str, Any] | None] = ContextVar("style of another process", default=None)


@contextmanager
def style_of(style: dict[str, Any]) -> Iterator[None]:
    """Let figures look as in the process that a film comes from."""
    token = _carried.set(style)
    try:
        yield
    finally:
        _carried.reset(token)


def current_style() -> dict[str, Any]:
    """Give the rcParams that differ from matplotlib's defaults; none where it was never imported."""
    carried = _carried.get()
    if carried is not None:
        return carried
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None or not hasattr(matplotlib, "rcParamsDefault"):
        return {}
    defaults = matplotlib.rcParamsDefault
    style: dict[str, Any] = {}
    for name, value in dict.items(matplotlib.rcParams):
        if name.startswith(_NOT_LOOKS) or dict.get(defaults, name) == value:
            continue
        style[name] = _plain(value)
    return style


def _plain(value: Any) -> Any:
    """Give a setting as plain data; property cycles and the like by their text, which rcParams reads."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if not hasattr(value, "by_key"):
        return str(value)
    return " + ".join(f"cycler({key!r}, {list(values)!r})" for key, values in value.by_key().items())
