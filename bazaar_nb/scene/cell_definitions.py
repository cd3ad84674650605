"""Scene functions that are defined anew by the cell that they came from.

A film follows such edits: the scene that it shows is the one that the cell defines
now. What counts as an edit is narrow, so that no film ever shows a scene that
happens to be called the same: a function of ``__main__``'s top level, defined by a
later run of the same cell, and defined only once in each of the two runs.

Nothing here knows about notebooks: whoever runs cells says which one is running
(see `follow_cells`). Where nobody does, as in a script, nothing is followed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakValueDictionary


class CellRun(NamedTuple):
    """One run of a cell.

    Attributes
    ----------
    cell : str or None
        The cell's id; None where cells have none, as in a terminal.
    number : int
        Grows with each run of any cell.
    """

    cell: str | None
    number: int


class _Lineage:
    """What one cell calls by one name, from run to run."""

    def __init__(self) -> None:
        self.last: Definition | None = None
        self.newest: Definition | None = None  # of the runs that define the name once
        self.before: Definition | None = None  # the newest of the runs before the last


class Definition:
    """What one run of a cell defined by a name; made by `define`."""

    def __init__(self, lineage: _Lineage, run: int, function: Any) -> None:
        self.lineage = lineage
        self.run = run
        self.function = function
        self.times = 1  # more than once is nothing to follow

    def newest(self) -> Any | None:
        """Give the function that the cell defines now in place of this one; None if there is none."""
        latest = self.lineage.newest
        return None if self.times > 1 or latest is None or latest is self else latest.function


_lock = threading.Lock()
_running: Callable[[], CellRun | None] | None = None
_revision = 0
# Forgets what no scene and no variable holds: a function may hold a lot of data.
_lineages: WeakValueDictionary[tuple[str, str | None], _Lineage] = WeakValueDictionary()


def follow_cells(running: Callable[[], CellRun | None] | None) -> None:
    """Say how to find out which cell is running; None follows nothing any more."""
    global _running
    _running = running


def revision() -> int:
    """Give a number that changes whenever a film may have to follow an edit."""
    return _revision


def define(function: Any, module: str, qualname: str) -> Definition | None:
    """Tell of a scene function that was made just now.

    Parameters
    ----------
    function : object
        What was made; it should keep the definition, which keeps it.
    module, qualname : str
        Where it was written.

    Returns
    -------
    Definition or None
        None for what can't be followed.
    """
    global _revision
    if module != "__main__" or "<" in qualname:  # <locals> and <lambda> are nobody's name
        return None
    run = None if _running is None else _running()
    if run is None:
        return None
    with _lock:
        lineage = _lineages.setdefault((qualname, run.cell), _Lineage())
        last = lineage.last
        if last is not None and last.run == run.number:
            last.times += 1
            if last.times == 2:
                lineage.newest = lineage.before
                _revision += 1
            return last
        definition = Definition(lineage, run.number, function)
        lineage.before, lineage.newest, lineage.last = lineage.newest, definition, definition
        _revision += last is not None
        return definition
