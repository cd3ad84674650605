"""One file of the history: single ones that a writer left, and merged ones with a day's events.

A merged file of renders begins with the newest event of each render that is in
it, in row groups of their own; who wants renders reads no others.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bazaar_nb.history.columns import arrow_schema, columns
from bazaar_nb.history.event import Event
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.key_layout import MERGED
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

NEWEST_GROUPS = b"bazaar_nb.newest_row_groups"
"""Under this name a merged file of renders tells how many row groups have the newest events."""

ROWS_IN_GROUP = 131_072

_MOST_NAMED = 3
_AT_ONCE = 200
_NEEDED = ("event_id", "event_time", "render_id", "status")


def is_merged(key: str) -> bool:
    """Tell whether a key is that of a merged file."""
    return key.rpartition("/")[2].startswith(MERGED)


def name_of(key: str) -> str:
    """Give the name of a single file: that of its first event."""
    return key.rpartition("/")[2].removesuffix(".parquet")


def paths_of(store: Store, keys: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Give keys with paths to read from; of a bucket, files are fetched several at a time.

    Raises
    ------
    MissingObjectError
        At a file that has gone.
    """
    if not store.is_remote:
        for key in keys:
            yield key, store.local(key)
        return
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        yield from zip(some, store.local_all(some), strict=True)


def read_rows(file: pq.ParquetFile, kind: type[Event], names: tuple[str, ...], *, newest: bool) -> pa.Table:
    """Read rows in some columns of this version, text with few values as dictionaries.

    Parameters
    ----------
    file : ParquetFile
        Opened by `open_file`.
    newest : bool
        Only the newest event of each render in the file, if it says which these are.

    Raises
    ------
    ValueError, ArrowException, OSError
        For a damaged file.
    """
    known = set(file.metadata.schema.names)
    there = [name for name in names if name in known]
    told = (file.metadata.metadata or {}).get(NEWEST_GROUPS) if newest else None
    # A few rows mostly: threads only cost.
    if told is None:
        table = file.read(there, use_threads=False)
    else:
        table = file.read_row_groups(range(int(told)), there, use_threads=False)
    return as_rows(table, kind, names)


def as_rows(table: pa.Table, kind: type[Event], names: tuple[str, ...]) -> pa.Table:
    """Give rows in the columns of this version that are wanted, text with few values as dictionaries.

    Raises
    ------
    ValueError, ArrowException
        If they can't be rows of this table.
    """
    import pyarrow as pa

    schema = row_schema(kind, names)
    if not table.schema.equals(schema):
        table = pa.Table.from_arrays([_column(table, field) for field in schema], schema=schema)
    _check(table)
    return table


def read_content(path: Path) -> bytes:
    """Read the bytes of a small file; none if that can't be done.

    Raises
    ------
    MissingObjectError
        If it has gone.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise MissingObjectError(str(error)) from error
    except OSError:
        return b""


def read_whole(file: pq.ParquetFile, kind: type[Event]) -> pa.Table:
    """Read all of a file: the columns of this version in their types, and those of newer ones after them.

    Raises
    ------
    ValueError, ArrowException, OSError
        For a damaged file.
    """
    return as_whole(file.read(use_threads=False), kind)


def as_whole(table: pa.Table, kind: type[Event]) -> pa.Table:
    """Give all that was read of files: the columns of this version in their types, and others after them.

    Raises
    ------
    ValueError, ArrowException
        If it can't be rows of this table.
    """
    import pyarrow as pa

    known = arrow_schema(kind)
    columns_now, fields = [], []
    for field in [known.field(name) for name in known.names if name in table.column_names] + [
        field for field in table.schema if field.name not in known.names
    ]:
        plain = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        columns_now.append(table[field.name].cast(plain))
        fields.append(field.with_type(plain))
    whole = pa.Table.from_arrays(columns_now, schema=pa.schema(fields))
    _check(whole)
    return whole


def read_ids(file: pq.ParquetFile) -> list[str]:
    """Read which events a file has."""
    ids: list[str] = file.read(["event_id"], use_threads=False)["event_id"].to_pylist()
    return ids


def open_file(source: Path | pa.Buffer, kind: type[Event], *, merged: bool) -> pq.ParquetFile:
    """Open a file of a table; to be closed."""
    import pyarrow.parquet as pq

    if not merged:
        return pq.ParquetFile(source, pre_buffer=False)
    metadata = pq.read_metadata(source)
    few = _categories(kind).intersection(metadata.schema.names)
    return pq.ParquetFile(source, metadata=metadata, read_dictionary=sorted(few), pre_buffer=False)


@functools.lru_cache(64)
def row_schema(kind: type[Event], names: tuple[str, ...]) -> pa.Schema:
    """Give the schema of some columns as they are read."""
    import pyarrow as pa

    few = _categories(kind)
    coded = pa.dictionary(pa.int32(), pa.string())
    whole = arrow_schema(kind)
    return pa.schema([pa.field(name, coded if name in few else whole.field(name).type) for name in names])


@functools.cache
def _categories(kind: type[Event]) -> frozenset[str]:
    return frozenset(column.name for column in columns(kind) if column.dtype == "category")


def _column(table: pa.Table, field: pa.Field) -> Any:
    import pyarrow as pa

    if field.name not in table.column_names:
        return pa.nulls(table.num_rows, field.type)
    column = table[field.name]
    return column if column.type.equals(field.type) else column.cast(field.type)


def _check(table: pa.Table) -> None:
    empty = [name for name in _NEEDED if name in table.column_names and table[name].null_count]
    if empty:
        raise ValueError(f"it has events without {', '.join(empty)}")


def warn_of_damaged(store: Store, keys: Iterable[str]) -> None:
    """Say once which files can't be read."""
    places = [store.location(key) for key in dict.fromkeys(keys)]
    if places:
        more = f" and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
        warnings.warn(
            f"skipped {len(places)} damaged history file(s): {', '.join(places[:_MOST_NAMED])}{more}",
            stacklevel=3,
        )
