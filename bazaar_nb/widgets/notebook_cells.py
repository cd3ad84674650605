"""What happens in a notebook's cells: which one runs, when one ends, and what it displayed.

Nothing here imports IPython: hooks are put into the shell that is there.
"""

from __future__ import annotations

import itertools
import logging
import sys
import threading
from collections.abc import Callable
from types import FrameType, MethodType
from typing import Any, Protocol
from weakref import WeakMethod, WeakSet

from bazaar_nb.scene.cell_definitions import CellRun, follow_cells

_log = logging.getLogger(__name__)

_numbers = itertools.count(1)  # of runs, and of callbacks
_watched: WeakSet[Any] = WeakSet()
_lock = threading.Lock()


class Closable(Protocol):
    """Something on display that can be taken away."""

    def close(self) -> None:
        """Take it away."""
        ...


class _Running(threading.local):
    """The cells that a thread is running: those that run others are below them."""

    def __init__(self) -> None:
        self.cells: list[tuple[Any, CellRun]] = []  # with what IPython says of the run


_running = _Running()
_callbacks: dict[int, Callable[[], object] | WeakMethod[Any]] = {}
_displayed: dict[str, list[tuple[int, Closable]]] = {}


def watch_cells() -> None:
    """Be told by the IPython shell, if there is one, when a cell starts and ends. Once is enough."""
    shell = ipython_shell()
    if shell is None or shell in _watched:
        return
    _watched.add(shell)
    follow_cells(current_run)
    shell.events.register("pre_run_cell", _start)
    shell.events.register("post_run_cell", _end)
    for info in _started_before():
        _start(info)


def ipython_shell() -> Any | None:
    """Give the IPython shell of this process; None in a script."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return None if get_ipython is None else get_ipython()


def has_notebook() -> bool:
    """Tell whether what is displayed reaches a notebook, and not a terminal or nobody."""
    return getattr(ipython_shell(), "kernel", None) is not None


def in_marimo() -> bool:
    """Tell whether this thread runs a cell of a marimo notebook, which asks objects for `_display_`."""
    marimo = sys.modules.get("marimo")
    return marimo is not None and getattr(marimo, "running_in_notebook", bool)()


def close_with_comm(widget: Any) -> None:
    """Have a widget closed when marimo closes its comm, as its cell runs again; elsewhere do nothing."""
    if not in_marimo():
        return
    close_comm = widget.comm.close
    closed = False

    def close(*args: Any, **keys: Any) -> None:
        nonlocal closed
        close_comm(*args, **keys)
        if not closed:
            closed = True  # the widget closes its comm, too
            _safely(widget.close)

    widget.comm.close = close


def current_run() -> CellRun | None:
    """Give the cell that this thread runs now."""
    return _running.cells[-1][1] if _running.cells else None


def current_cell() -> str | None:
    """Give the id of the cell that this thread runs now; None if it has none, or none runs."""
    run = current_run()
    return None if run is None else run.cell


def current_source() -> str | None:
    """Give the text of the cell that this thread runs now, where it is known."""
    info = _running.cells[-1][0] if _running.cells else None
    source = getattr(info, "raw_cell", None)
    return source if isinstance(source, str) else None


def on_cell_end(callback: Callable[[], object]) -> Callable[[], None]:
    """Have a function called whenever a cell has run.

    A bound method is held weakly: it is called as long as its object lives.

    Returns
    -------
    callable
        Call it to hear no more.
    """
    number = next(_numbers)
    _callbacks[number] = WeakMethod(callback) if isinstance(callback, MethodType) else callback

    def forget() -> None:
        _callbacks.pop(number, None)

    return forget


def keep_displayed(shown: Closable) -> None:
    """Keep what the running cell displays by itself, until a later run of the cell takes its place."""
    run = current_run()
    if run is None or run.cell is None:  # which cell it is can't be told: nothing is taken away
        return
    _take_away_earlier(run)
    with _lock:
        _displayed.setdefault(run.cell, []).append((run.number, shown))


def _take_away_earlier(run: CellRun) -> None:
    if run.cell is None:
        return
    with _lock:
        shown = _displayed.pop(run.cell, [])
        kept = [(number, one) for number, one in shown if number >= run.number]
        if kept:
            _displayed[run.cell] = kept
    for number, one in shown:
        if number < run.number:
            _safely(one.close)


def _start(info: Any) -> None:
    cells = _running.cells
    cell = getattr(info, "cell_id", None)
    # What a cell runs, as %%capture does, is a part of it.
    run = cells[-1][1] if cell is None and cells else CellRun(cell, next(_numbers))
    cells.append((info, run))


def _end(result: Any) -> None:
    cells = _running.cells
    if result is None:  # interrupted
        place = len(cells) - 1
    else:  # an empty cell ends without having started
        place = next((at for at, (info, _) in enumerate(cells) if info is result.info), len(cells))
    ended = cells[max(0, place) :]
    del cells[max(0, place) :]
    if cells:
        return
    if ended:
        _take_away_earlier(ended[0][1])
    for number, callback in tuple(_callbacks.items()):
        call = callback() if isinstance(callback, WeakMethod) else callback
        if call is None:
            _callbacks.pop(number, None)
        else:
            _safely(call)


def _safely(call: Callable[[], object]) -> None:
    """Never let what follows a cell break it."""
    try:
        call()
    except Exception:
        _log.warning("what should follow a cell failed", exc_info=True)


def _started_before() -> list[Any]:
    """Give what IPython says of the cells that run already: the one that imports this package does."""
    infos = []
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        info = frame.f_locals.get("info") if frame.f_code.co_name == "run_cell_async" else None
        if info is not None and not getattr(info, "silent", False):
            infos.append(info)
        frame = frame.f_back
    return infos[::-1]
