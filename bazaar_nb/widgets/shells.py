"""On which of a kernel's shells a widget's messages are handled."""

from __future__ import annotations

from typing import Any


def answer_while_busy(comm: Any) -> None:
    """Have what a browser sends handled on the shell that it names: one that is free while a cell runs.

    JupyterLab names a second shell for widgets. ipykernel from 7.4 on sends a message to the shell that
    used the comm last instead; after any cell that touched the widget that is the one which cells keep
    busy. Elsewhere this does nothing.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _as_named


def _as_named(_data: object, named: str | None) -> str | None:
    return named
