"""The renders of a whole history in one parquet file, for other tools."""

from __future__ import annotations

import os
from pathlib import Path

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.columns import shown_schema
from bazaar_nb.history.files import ROWS_IN_GROUP
from bazaar_nb.history.query import Query
from bazaar_nb.history.reader import render_rows
from bazaar_nb.store.paths import read_path
from bazaar_nb.store.store import Store


def export_renders(store: Store, path: str | os.PathLike[str]) -> Path:
    """Write all renders, one row each, into a file that appears whole or not at all.

    Raises
    ------
    InvalidValueError
        If the path is no file on this machine.
    StoreError
        If the store can't be read, or the file can't be written.
    """
    import pyarrow.parquet as pq

    target = read_path(path, "path").absolute()
    if "://" in os.fspath(path) or target.is_dir() or not target.name:
        raise InvalidValueError(f"`path` must be a file on this machine, got {os.fspath(path)!r}")
    rows = render_rows(store, Query())
    schema = shown_schema()
    with (
        Store(target.parent).writing(target.name) as temporary,
        pq.ParquetWriter(temporary, schema, compression="zstd") as writer,
    ):
        for start in range(0, max(1, len(rows)), ROWS_IN_GROUP):
            writer.write_table(rows.part(schema, start, start + ROWS_IN_GROUP))
    return target
