"""Merging old days by itself: once a process, in the background, if there are many single files."""

from __future__ import annotations

import atexit
import datetime as dt
import threading

from bazaar_nb.history.compaction import Turns, compact
from bazaar_nb.history.days import list_days
from bazaar_nb.history.files import is_merged
from bazaar_nb.history.tables import TABLES
from bazaar_nb.store.store import Store

MANY = 2000
"""Single files of days that have ended, of all tables, from which on they are merged."""

_REST_S = 0.05
_LAST_S = 1.0
"""How long the interpreter waits for a merge when it ends; one that is cut off does no harm."""

_looked_after: set[str] = set()  # stores


def compact_once(store: Store) -> threading.Thread | None:
    """Merge old days if they have many single files; at this process's first call for a store.

    In a thread of its own, which it gives; whatever goes wrong there is no
    reason to trouble a render: a store that can't be listed, or whose history
    may be added to and not be tidied.
    """
    if store.url in _looked_after:
        return None
    _looked_after.add(store.url)
    turns = Turns(_REST_S)
    thread = threading.Thread(target=_compact, args=(store, turns), name="bazaar-history", daemon=True)

    def end() -> None:
        turns.stop()
        thread.join(_LAST_S)

    atexit.register(end)
    thread.start()
    return thread


def _compact(store: Store, turns: Turns) -> None:
    try:
        today = dt.datetime.now(dt.UTC).date()
        ended = today - dt.timedelta(days=1)
        single = (
            key
            for table in TABLES
            for keys in list_days(store, table, None, ended).values()
            for key in keys
            if not is_merged(key)
        )
        if sum(1 for _ in single) > MANY:
            compact(store, before=today, wait=True, turns=turns)
    except Exception:
        return  # the next process tries again
