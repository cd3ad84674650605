"""The many small files of a day become one, beside any number of readers, writers and others who do this.

There are no locks. A merged file is called by the events that are in it, and
holds all that its sources hold. It is there first; what it contains is taken
away some seconds later, after it was read back from the store. Whoever stops in
between leaves events twice, which readers see once, and the next one tidies up.

A single file goes if a merged one contains it, a merged file only if another
one contains more than it: so no two can take away each other's, and every event
stays in one file at least.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bazaar_nb.errors import StoreError
from bazaar_nb.history.days import list_days
from bazaar_nb.history.files import is_merged, name_of, open_file, paths_of, read_whole, warn_of_damaged
from bazaar_nb.history.merging import digest_of, read_back, union, write_merged
from bazaar_nb.history.row import Event
from bazaar_nb.history.tables import TABLES
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.layout import merged_events_key
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

GRACE_S = 10.0
"""How long what was merged stays beside the merged file: a listing that began before shows it."""

_DAYS_WAITING = 8
_PAUSE_EVERY = 50


class Compacted(NamedTuple):
    """What a compaction did."""

    days: int
    """Days of tables of which events were put together."""
    events: int
    """Events of these."""
    removed: int
    """Files that were taken away, as their events are in others."""


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """A compaction was asked to stop."""


class Turns:
    """Lets others have theirs: a compaction in the background rests at times, and stops when it is told to.

    Parameters
    ----------
    rest_s : float
        How long it rests after some reads.
    """

    def __init__(self, rest_s: float = 0.0) -> None:
        self._rest_s = rest_s
        self._stop = threading.Event()

    def stop(self) -> None:
        """End the compaction soon; from any thread."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Rest, or wait for some seconds."""
        if self._stop.wait(self._rest_s if seconds is None else seconds):
            raise Stopped


def compact(
    store: Store, *, before: dt.date | None = None, grace_s: float | None = None, turns: Turns | None = None
) -> Compacted:
    """Merge the files of each day of each table.

    Parameters
    ----------
    before : date, optional
        Only days before this one.
    grace_s : float, optional
        `GRACE_S` if not given.
    turns : Turns, optional
        When to rest, and when to stop; what is left then is as good as before.

    Raises
    ------
    StoreError
        If the store can't be read or written.

    Warns
    -----
    UserWarning
        Once, with their names, if files can't be read; they stay as they are.
    """
    chores = [
        _Compaction(store, kind, GRACE_S if grace_s is None else grace_s, turns or Turns())
        for kind in TABLES.values()
    ]
    with suppress(Stopped):
        for chore in chores:
            chore.run(before and before - dt.timedelta(days=1))
    if turns is None:
        warn_of_damaged(store, [key for chore in chores for key in chore.damaged])
    return Compacted(*map(sum, zip(*(chore.done for chore in chores), strict=True)))


class _Compaction:
    """Merges the files of one table."""

    def __init__(self, store: Store, kind: type[Event], grace_s: float, turns: Turns) -> None:
        self._store, self._kind = store, kind
        self._grace_s, self._turns = grace_s, turns
        self._alone: set[str] = set()  # single files of one event, by whose id they are called
        self.damaged: list[str] = []
        self.done = Compacted(0, 0, 0)

    def run(self, last: dt.date | None) -> None:
        """Merge days up to a last one; what they contain is taken away while later ones are merged."""
        waiting: deque[dt.date] = deque()
        for day, keys in sorted(list_days(self._store, self._kind.table, None, last).items()):
            if len(keys) < 2:
                continue
            self._merge(day, keys)
            waiting.append(day)
            if len(waiting) > _DAYS_WAITING:
                self._take_away(waiting.popleft())
        while waiting:
            self._take_away(waiting.popleft())

    def _merge(self, day: dt.date, keys: Sequence[str]) -> None:
        """Write a file with all events of a day, unless there is one."""
        try:
            tables = list(self._sources(keys))
        except MissingObjectError:
            return  # somebody else merges this day
        if len(tables) < 2:
            return
        whole = union(tables, self._kind)
        key = merged_events_key(self._kind.table, day, digest_of(whole["event_id"].to_pylist()))
        if key in keys:
            return
        with self._store.writing(key, once=True) as path:
            write_merged(path, whole, self._kind)
        days, events, removed = self.done
        self.done = Compacted(days + 1, events + whole.num_rows, removed)

    def _sources(self, keys: Sequence[str]) -> Iterator[pa.Table]:
        """Read merged files, and the single ones whose events are in none of them."""
        known = set[str]()
        for key, path in paths_of(self._store, [key for key in keys if is_merged(key)]):
            table = self._read(key, path)
            if table is not None:
                known.update(table["event_id"].to_pylist())
                yield table
        single = [key for key in keys if not is_merged(key) and name_of(key) not in known]
        for number, (key, path) in enumerate(paths_of(self._store, single)):
            table = self._read(key, path)
            if table is not None:
                if table["event_id"].to_pylist() == [name_of(key)]:
                    self._alone.add(key)
                yield table
            if number % _PAUSE_EVERY == 0:
                self._turns.wait()

    def _take_away(self, day: dt.date) -> None:
        """Remove files whose events are in a merged one that has been there for some seconds."""
        (keys,) = list_days(self._store, self._kind.table, day, day).values() or ([],)
        merged = {key: ids for key in keys if is_merged(key) and (ids := self._read_back(key))}
        if not merged:
            return
        contained = {
            key
            for key in keys
            for other, ids in merged.items()
            if key != other and (merged[key] < ids if key in merged else self._is_in(key, ids))
        }
        if not contained:
            return
        self._wait_for([key for key in merged if key not in contained])
        self._store.remove_all(sorted(contained))
        self._alone -= contained
        self.done = self.done._replace(removed=self.done.removed + len(contained))

    def _is_in(self, key: str, ids: frozenset[str]) -> bool:
        """Tell whether all events of a single file are among some."""
        if is_merged(key) or name_of(key) not in ids:
            return False
        if key in self._alone:
            return True
        try:
            table = self._read(key, self._store.local(key))
        except MissingObjectError:
            return False
        return table is not None and ids.issuperset(table["event_id"].to_pylist())

    def _wait_for(self, keys: Collection[str]) -> None:
        """Wait until files have been there for long enough, by the store's clock."""
        (prefix,) = {key.rpartition("/")[0] for key in keys}
        there = [entry.modified for entry in self._store.entries(f"{prefix}/") if entry.key in keys]
        written = max(there, default=self._store.now())
        while (left := written + self._grace_s - self._store.now()) > 0:
            self._turns.wait(min(left, self._grace_s))

    def _read(self, key: str, path: Path) -> pa.Table | None:
        """Read all of a file; None if it is damaged."""
        import pyarrow as pa

        try:
            with open_file(path, self._kind, merged=False) as file:
                return read_whole(file, self._kind)
        except FileNotFoundError as error:
            raise MissingObjectError(str(error)) from error
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, StoreError):
                raise
            self.damaged.append(key)
            return None

    def _read_back(self, key: str) -> frozenset[str] | None:
        import pyarrow as pa

        try:
            return read_back(self._store, key)
        except MissingObjectError:
            return None
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, StoreError):
                raise
            self.damaged.append(key)
            return None
