"""Events of a table out of its files, beside any number of writers and mergers.

What is promised: whatever was acknowledged before a read began is in it, and
each event once, whether its file was merged before, after or meanwhile.

An event's own file is taken away only after a merged one with it was there. So
a read that meets a file which is gone, or that finds afterwards a merged file
which it has not read, reads that day again.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from bazaar_nb.errors import StoreError
from bazaar_nb.history.days import list_days
from bazaar_nb.history.event import Event
from bazaar_nb.history.files import (
    as_rows,
    is_merged,
    name_of,
    open_file,
    paths_of,
    read_content,
    read_ids,
    read_rows,
    row_schema,
    warn_of_damaged,
)
from bazaar_nb.history.newest import first_of_each
from bazaar_nb.history.small_file_reading import SmallFiles
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

    Keep = Callable[[pa.Table], pa.Table]

_THREADS = 4
_MOST_DAYS = 32


class Scan:
    """Reads events of a table.

    Parameters
    ----------
    names : sequence of str
        Columns, ``event_id`` among them.
    newest : bool
        Whether older events of a render may be left out; then events may come twice.
    keep : function, optional
        Takes out of a table's rows those that are wanted.
    """

    def __init__(
        self,
        store: Store,
        kind: type[Event],
        names: Sequence[str],
        *,
        newest: bool = False,
        keep: Keep | None = None,
    ) -> None:
        self._store, self._kind, self._names = store, kind, tuple(names)
        self._newest, self._keep = newest, keep
        self._damaged: list[str] = []
        self._seen: dict[dt.date, frozenset[str]] = {}

    def read(self, first: dt.date | None = None, last: dt.date | None = None) -> pa.Table:
        """Read the events of some days.

        Raises
        ------
        StoreError
            If the store can't be looked through.

        Warns
        -----
        UserWarning
            Once, with their names, if files can't be read; they are skipped.
        """
        import pyarrow as pa

        table, seen = self._kind.table, self._seen
        parts: dict[dt.date, pa.Table] = {}
        due = list_days(self._store, table, first, last)
        while True:
            gone = set()
            for day, part in self._days(due):
                if part is None:
                    gone.add(day)
                else:
                    parts[day], seen[day] = part, frozenset(due[day])
            due = {
                day: keys
                for day, keys in list_days(self._store, table, first, last).items()
                if day in gone or any(is_merged(key) and key not in seen.get(day, ()) for key in keys)
            }
            if not due:
                break
        damaged, self._damaged = self._damaged, []
        warn_of_damaged(self._store, damaged)
        return pa.concat_tables([self._empty(), *(parts[day] for day in sorted(parts))])

    def read_later(self, first: dt.date, last: dt.date) -> pa.Table:
        """Read some days again if they have files by now that were not read; else give nothing."""
        now = list_days(self._store, self._kind.table, first, last)
        if all(self._seen.get(day, frozenset()).issuperset(keys) for day, keys in now.items()):
            return self._empty()
        return self.read(first, last)

    def _days(self, due: dict[dt.date, list[str]]) -> Iterator[tuple[dt.date, pa.Table | None]]:
        """Read days; None for one of which a file has gone since it was listed."""
        if len(due) == 1:
            ((day, keys),) = due.items()
            yield day, self._read_day(day, keys)
            return
        with ThreadPoolExecutor(_THREADS) as threads:
            yield from zip(due, threads.map(self._read_day, due, due.values()), strict=True)

    def _read_day(self, day: dt.date, keys: Sequence[str]) -> pa.Table | None:  # noqa: ARG002
        try:
            return self._read_files(keys)
        except MissingObjectError:
            return None

    def _read_files(self, keys: Sequence[str]) -> pa.Table:
        """Read the files of a day, but for those whose events are in a merged one."""
        import pyarrow as pa

        merged = [key for key in keys if is_merged(key)]
        single = [key for key in keys if not is_merged(key)]
        tables, known = [], set[str]()
        for key, path in paths_of(self._store, merged):
            table, ids = self._read_file(key, path, ids=bool(single))
            tables.append(table)
            known.update(ids)
        tables.extend(self._read_single([key for key in single if name_of(key) not in known]))
        if len(tables) == 1:
            return tables[0]
        whole = pa.concat_tables([self._empty(), *tables]).unify_dictionaries().combine_chunks()
        return whole.take(first_of_each(whole)) if merged and not self._newest else whole

    def _read_single(self, keys: Sequence[str]) -> Iterator[pa.Table]:
        """Read single files: together those that are as our writer makes them."""
        import pyarrow as pa

        together, taken, others = SmallFiles(self._names), list[tuple[str, Path]](), list[tuple[str, Path]]()
        for key, path in paths_of(self._store, keys):
            (others if together.add(read_content(path)) is None else taken).append((key, path))
        try:
            tables = [as_rows(table, self._kind, self._names) for table in together.tables()]
        except (pa.ArrowException, ValueError):
            tables, others = [], taken + others  # one of them is damaged
        yield from (table if self._keep is None else self._keep(table) for table in tables)
        for key, path in others:
            yield self._read_file(key, path)[0]

    def _read_file(self, key: str, path: Path, *, ids: bool = False) -> tuple[pa.Table, list[str]]:
        """Read the wanted rows of a file, and on request the ids of all; nothing of a damaged one."""
        import pyarrow as pa

        try:
            with open_file(path, self._kind, merged=is_merged(key)) as file:
                table = read_rows(file, self._kind, self._names, newest=self._newest)
                found = read_ids(file) if ids else []
        except FileNotFoundError as error:
            raise MissingObjectError(str(error)) from error
        except (pa.ArrowException, StoreError, OSError, ValueError):
            self._damaged.append(key)
            return self._empty(), []
        return (table if self._keep is None else self._keep(table)), found

    def _empty(self) -> pa.Table:
        return row_schema(self._kind, self._names).empty_table()


class RememberingScan(Scan):
    """Remembers what it read of each day, as events never change: quick to read again what has grown."""

    def _read_day(self, day: dt.date, keys: Sequence[str]) -> pa.Table | None:
        import pyarrow as pa

        place, now = (self._store.url, self._kind.table, day), frozenset(keys)
        with _remembering:
            before, table = _days_read.get(place, (frozenset[str](), self._empty()))
            new = now - before
            if not before <= now or any(map(is_merged, new)):  # files were merged, or removed
                new, table = now, self._empty()
            more = super()._read_day(day, sorted(new)) if new else self._empty()
            if more is None:
                return None
            if more.num_rows:
                table = pa.concat_tables([table, more]).unify_dictionaries().combine_chunks()
            _days_read.pop(place, None)
            _days_read[place] = (now, table)
            while len(_days_read) > _MOST_DAYS:
                del _days_read[next(iter(_days_read))]
        return table


_remembering = threading.RLock()
_days_read: dict[tuple[str, str, dt.date], tuple[frozenset[str], pa.Table]] = {}
