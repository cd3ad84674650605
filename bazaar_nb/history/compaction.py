"""The many small files of a day become one, beside any number of readers, writers and others who do this.

There are no locks. A merged file is called by the events that are in it, and
holds all that its sources hold. It is there first; what it contains is taken
away when it has been there for some seconds, after it was read back from the
store: by the next compaction, or by this one if it is asked to wait. Until
then, and if whoever does this is killed, events are there twice, which our
readers see once.

A single file goes if a merged one contains it, a merged file only if another
one contains more than it: so no two can take away each other's, and every event
stays in one file at least.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bazaar_nb.errors import StoreError
from bazaar_nb.history.day_merging import digest_of, read_back, union, write_merged
from bazaar_nb.history.days import day_of, list_days
from bazaar_nb.history.event import Event
from bazaar_nb.history.files import (
    as_whole,
    is_merged,
    name_of,
    open_file,
    paths_of,
    read_content,
    read_whole,
    warn_of_damaged,
)
from bazaar_nb.history.small_file_reading import SmallFiles
from bazaar_nb.history.tables import TABLES
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.key_layout import merged_events_key, table_prefix
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

GRACE_S = 10.0
"""How long what was merged stays beside the merged file: a listing that began before shows it."""

_PAUSE_EVERY = 50


class Compacted(NamedTuple):
    """What a compaction did."""

    days: int
    """Days of tables of which events were put together."""
    events: int
    """Events of these."""
    removed: int
    """Files that were taken away, as their events are in others."""
    left: int = 0
    """Files whose events are in others, too, which the next compaction takes away."""


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
    store: Store,
    *,
    before: dt.date | None = None,
    wait: bool = False,
    grace_s: float | None = None,
    turns: Turns | None = None,
) -> Compacted:
    """Merge the files of each day of each table, and take away what has been replaced for long enough.

    Parameters
    ----------
    before : date, optional
        Only days before this one.
    wait : bool
        Whether to wait until all that was replaced can be taken away: once, for all tables.
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
    rests, grace_s = turns or Turns(), GRACE_S if grace_s is None else grace_s
    last = before and before - dt.timedelta(days=1)
    chores = [_Compaction(store, kind, grace_s, rests) for kind in TABLES.values()]
    with suppress(Stopped):
        for chore in chores:
            chore.merge(last)
        for chore in chores:
            chore.take_away(last)
        young = [chore for chore in chores if chore.done.left]
        if wait and young:
            ready = max(chore.ready for chore in young)
            while (missing_s := ready - store.now()) > 0:
                rests.wait(min(missing_s, grace_s))
            for chore in young:
                chore.take_away(last)
    if turns is None:
        warn_of_damaged(store, [key for chore in chores for key in chore.damaged])
    return Compacted(*map(sum, zip(*(chore.done for chore in chores), strict=True)))


class _Compaction:
    """Merges the files of one table.

    Attributes
    ----------
    ready : float
        When all that is left can be taken away, by the store's clock.
    """

    def __init__(self, store: Store, kind: type[Event], grace_s: float, turns: Turns) -> None:
        self._store, self._kind = store, kind
        self._grace_s, self._turns = grace_s, turns
        self._held: dict[str, list[str]] = {}  # which events single files have, as far as they were read
        self.damaged: list[str] = []
        self.done = Compacted(0, 0, 0)
        self.ready = 0.0

    def merge(self, last: dt.date | None) -> None:
        """Write a file with all events of each day up to a last one, unless there is one."""
        for day, keys in sorted(list_days(self._store, self._kind.table, None, last).items()):
            if len(keys) > 1:
                self._merge(day, keys)

    def take_away(self, last: dt.date | None) -> None:
        """Remove files whose events are in a merged one that has been there for long enough."""
        self.done = self.done._replace(left=0)
        days: dict[dt.date, dict[str, float]] = {}
        for entry in self._store.entries(table_prefix(self._kind.table)):
            day = day_of(entry.key, self._kind.table)
            if day is not None and (last is None or day <= last):
                days.setdefault(day, {})[entry.key] = entry.modified
        several = {day: written for day, written in days.items() if len(written) > 1}
        now = self._store.now() if several else 0.0
        for _, written in sorted(several.items()):
            self._take_away(written, now)

    def _merge(self, day: dt.date, keys: Sequence[str]) -> None:
        try:
            files, tables = self._sources(keys)
        except MissingObjectError:
            return  # somebody else merges this day
        if files < 2:
            return
        whole = union(tables, self._kind)
        key = merged_events_key(self._kind.table, day, digest_of(whole["event_id"].to_pylist()))
        if key in keys:
            return
        with self._store.writing(key, once=True) as path:
            write_merged(path, whole, self._kind)
        self.done = self.done._replace(days=self.done.days + 1, events=self.done.events + whole.num_rows)

    def _sources(self, keys: Sequence[str]) -> tuple[int, list[pa.Table]]:
        """Read merged files, and single ones whose events are in none of them; tell how many these are."""
        known, tables = set[str](), []
        for key, path in paths_of(self._store, [key for key in keys if is_merged(key)]):
            table = self._read(key, path)
            if table is not None:
                known.update(table["event_id"].to_pylist())
                tables.append(table)
        merged, before = len(tables), len(self._held)
        tables += self._read_single([key for key in keys if not is_merged(key) and name_of(key) not in known])
        return merged + len(self._held) - before, tables

    def _read_single(self, keys: Sequence[str]) -> list[pa.Table]:
        """Read all of single files, some of them as one table, and note which events they have."""
        import pyarrow as pa

        together, held, others = SmallFiles(), dict[str, list[str]](), list[tuple[str, Path]]()
        files = []
        for number, (key, path) in enumerate(paths_of(self._store, keys)):
            files.append((key, path))
            ids = together.add(read_content(path))
            if ids is None:
                others.append((key, path))
            else:
                held[key] = ids
            if number % _PAUSE_EVERY == 0:
                self._turns.wait()
        try:
            tables = [as_whole(table, self._kind) for table in together.tables()]
        except (pa.ArrowException, ValueError):
            tables, held, others = [], {}, files  # one of them is damaged
        for key, path in others:
            table = self._read(key, path)
            if table is not None:
                held[key] = table["event_id"].to_pylist()
                tables.append(table)
        self._held |= held
        return tables

    def _take_away(self, written: dict[str, float], now: float) -> None:
        """Remove of the files of a day, with when they were written, those that can go."""
        merged = {key: ids for key in written if is_merged(key) and (ids := self._read_back(key))}
        known = frozenset[str]().union(*merged.values())
        single = [key for key in written if not is_merged(key) and key not in self._held]
        with suppress(MissingObjectError):  # then somebody else takes them away
            self._read_single([key for key in single if name_of(key) in known])
        ends = {key: written[key] + self._grace_s for key in merged}
        old = {key for key, end in ends.items() if end <= now or self._grace_s <= 0}
        gone, left = set[str](), set[str]()
        for key in written:
            around = [
                other for other, ids in merged.items() if other != key and self._is_in(key, ids, merged)
            ]
            if old.intersection(around):
                gone.add(key)
            elif around:
                left.add(key)
                self.ready = max(self.ready, min(ends[other] for other in around))
        if gone:
            self._store.remove_all(sorted(gone))
        removed, waiting = self.done.removed + len(gone), self.done.left + len(left)
        self.done = self.done._replace(removed=removed, left=waiting)

    def _is_in(self, key: str, ids: frozenset[str], merged: Mapping[str, frozenset[str]]) -> bool:
        """Tell whether all events of a file are among some; of a merged file, whether these are more."""
        if is_merged(key):
            return key in merged and merged[key] < ids
        return name_of(key) in ids and key in self._held and ids.issuperset(self._held[key])

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
