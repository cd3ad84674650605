"""On which of a kernel's shells a widget's messages are handled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_Route = Callable[[object, "str | None"], "str | None"]


def answer_while_busy(comm: Any) -> None:
    """Have what a browser sends handled on the shell that it names: one that is free while a cell runs.

    JupyterLab names a second shell for widgets. ipykernel from 7.4 on sends a message to the shell that
    used the comm last instead; after any cell that touched the widget that is the one which cells keep
    busy. Elsewhere this does nothing.

    A shell that the kernel doesn't have is the main one, as in `stay_reachable`.
    """
    _route(comm, _as_named)


def stay_reachable(comm: Any) -> None:
    """Have what a browser sends handled on the main shell where it would go to one that isn't there.

    JupyterLab has the second shell deleted when no widget uses it any more, and a widget that is made at
    that moment goes on naming it. ipykernel drops what is sent to a shell that it doesn't have, without an
    answer: such a widget would stay dead. Before 7.4 ipykernel can't be told.
    """
    _route(comm, getattr(comm, "_reply_subshell_for", _as_named))


def _route(comm: Any, choose: _Route) -> None:
    if not hasattr(comm, "_reply_subshell_for"):
        return

    # ipykernel asks in the thread in which shells come and go: what is there now is there for this message.
    def there(data: object, named: str | None) -> str | None:
        chosen = choose(data, named)
        return chosen if chosen is None or chosen in _shells(comm) else None

    comm._reply_subshell_for = there


def _shells(comm: Any) -> list[str]:
    """Give the names of all shells of a comm's kernel but the main one."""
    thread = getattr(comm.kernel, "shell_channel_thread", None)
    return [] if thread is None else list(thread.manager.list_subshell())


def _as_named(_data: object, named: str | None) -> str | None:
    return named
