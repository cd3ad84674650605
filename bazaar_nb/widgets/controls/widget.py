"""Controls in a widget of our own: it shows what controls of ipywidgets hold, and changes them."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import traitlets as t

from bazaar_nb.widgets.bundle import bundled, loader
from bazaar_nb.widgets.controls.requests import ControlRequests
from bazaar_nb.widgets.display_names import plain
from bazaar_nb.widgets.message_widget import MessageWidget


class ControlsView(MessageWidget):
    """Shows controls of ipywidgets where the notebook can't.

    Parameters
    ----------
    title : str
    controls : mapping of str to widget
        By the names of the parameters.
    errors : callable
        Gives what is wrong now, by the names of the parameters.
    """

    _bundle = "controls.js"
    _esm: ClassVar[str] = loader("controls.js")
    _css: ClassVar[str] = bundled("controls.css")

    title = t.Unicode("").tag(sync=True)

    def __init__(
        self, title: str, controls: Mapping[str, Any], errors: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        super().__init__(title=plain(title))
        self._controls: ControlRequests | None = ControlRequests(self._send_out, controls, errors)
        self._requests = self._controls

    def look(self) -> None:
        """Show what has changed beside the controls' own values: what is wrong with them."""
        if self._controls is not None:
            self._controls.look()

    def close(self) -> None:
        """Take it away wherever it is shown; the controls stay."""
        self._controls = None
        super().close()

    def _saved(self) -> tuple[str, list[str]]:
        facts = {} if self._controls is None else self._controls.facts()
        lines = [f"{one['label']}: {one['value']}" for one in facts.values()]
        return f"<p>{html.escape(self.title)}</p>", [self.title, *lines]

    def __repr__(self) -> str:
        return f"<ControlsView {self.title!r}>"
