"""A day's events in one file: put together, written, read back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bazaar_nb.history.columns import arrow_schema
from bazaar_nb.history.event import Event
from bazaar_nb.history.files import NEWEST_GROUPS, ROWS_IN_GROUP, read_ids
from bazaar_nb.history.newest import first_of_each, newest_of_each, sort_rows
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

_PLAIN = ("event_id", "render_id")
"""Texts of which no two are alike, or few: a dictionary would only add to them."""


def union(tables: Sequence[pa.Table], kind: type[Event]) -> pa.Table:
    """Put tables together, each event once; columns that one lacks are empty there.

    A column of another version whose types don't go together becomes text.
    """
    import pyarrow as pa

    try:
        whole = pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException:
        whole = pa.concat_tables(
            [_foreign_as_text(table, kind) for table in tables], promote_options="permissive"
        )
    known = [name for name in arrow_schema(kind).names if name in whole.column_names]
    whole = whole.select([*known, *sorted(set(whole.column_names) - set(known))])
    return whole.take(first_of_each(whole))


def digest_of(ids: Iterable[str]) -> str:
    """Give the digest that names a merged file by which events are in it."""
    digest = hashlib.blake2b(digest_size=16)
    for one in sorted(ids):
        digest.update(one.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def write_merged(path: Path, table: pa.Table, kind: type[Event]) -> None:
    """Write a merged file; of renders the newest event of each comes first, in row groups of their own."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = sort_rows(table, np.arange(table.num_rows), "event_time", "event_id")
    parts, told = [rows], {}
    if kind is RenderEvent:
        coded = table.select(["render_id", "event_time", "event_id"]).append_column(
            "status", table["status"].combine_chunks().dictionary_encode()
        )
        newest = newest_of_each(coded)
        parts = [newest, rows[~np.isin(rows, newest)]]
        told = {NEWEST_GROUPS: str(-(-len(newest) // ROWS_IN_GROUP)).encode()}
        if "created" in table.column_names:
            parts[0] = sort_rows(table, newest, "created", "render_id")
    schema = table.schema.with_metadata(told)
    texts = [field.name for field in schema if pa.types.is_string(field.type) and field.name not in _PLAIN]
    with pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=texts or False, write_page_checksum=True
    ) as writer:
        for part in parts:
            if len(part):
                writer.write_table(table.take(part).cast(schema), row_group_size=ROWS_IN_GROUP)


def read_back(store: Store, key: str) -> frozenset[str]:
    """Read a merged file whole from the store, not from a copy here, and give which events are in it.

    Raises
    ------
    ValueError, ArrowException
        If it is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = pa.BufferReader(store.read_bytes(key))
    with pq.ParquetFile(content, page_checksum_verification=True) as file:
        for group in range(file.num_row_groups):
            file.read_row_group(group, use_threads=False)
        return frozenset(read_ids(file))


def _foreign_as_text(table: pa.Table, kind: type[Event]) -> pa.Table:
    import pyarrow as pa

    for place, name in enumerate(table.column_names):
        if name not in arrow_schema(kind).names:
            texts = [None if value is None else str(value) for value in table[name].to_pylist()]
            table = table.set_column(place, name, pa.array(texts, pa.string()))
    return table
