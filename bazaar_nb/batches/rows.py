"""Rows of whatever holds a table: gone through as often as need be, without all of them in memory at once."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any, Protocol, TypeAlias

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.parameters.wording import given

Row: TypeAlias = dict[str, Any]
"""Cells by the names of their columns."""

CHUNK = 1_000
"""How many rows of a large table are in memory at once."""

_WANTED = (
    "a table of pandas, polars or pyarrow, a list of dicts, or an iterator of rows or of tables in chunks"
)


class Rows(Protocol):
    """Rows that can be gone through again and again."""

    @property
    def count(self) -> int | None:
        """How many there are; None until they were gone through once."""

    @property
    def table(self) -> Any | None:
        """The whole table, where it is one; None for rows that only come one by one."""

    def __iter__(self) -> Iterator[Row]: ...


def read_rows(table: Any) -> Rows:
    """Give the rows of a table.

    Parameters
    ----------
    table : table, list or iterator
        Of pandas, polars or pyarrow; a list of dicts or named tuples; or what gives such rows, or tables
        of some of them, one after the other: it is gone through once, and its rows are kept in a file.

    Raises
    ------
    InvalidValueError
        When it is nothing of the kind.
    """
    if isinstance(table, Mapping):
        return TableRows(_from_columns(table))
    frame = _as_frame(table)
    if frame is not None:
        return TableRows(frame)
    if isinstance(table, str | bytes) or not isinstance(table, Iterable):
        raise InvalidValueError(f"expected {_WANTED}, got {given(table)} (export_all)")
    if isinstance(table, Sequence):
        return ListRows(table)
    return SpooledRows(table)


class TableRows:
    """Rows of a table of a library."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self.table = frame.to_native()
        self.count: int | None = len(frame)
        names = [str(name) for name in frame.columns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InvalidValueError(f"the table has two columns of one name: {', '.join(twice)} (export_all)")

    def __iter__(self) -> Iterator[Row]:
        for first in range(0, len(self._frame), CHUNK):
            yield from rows_of(self._frame[first : first + CHUNK])


class ListRows:
    """Rows of a list."""

    table = None

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows
        self.count: int | None = None

    def __iter__(self) -> Iterator[Row]:
        return _counted(self, _plain_rows(self._rows))


class SpooledRows:
    """Rows of an iterator, which comes only once: they are kept in a file without a name."""

    table = None

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = iter(rows)
        self.count: int | None = None
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - gone with this object

    def __iter__(self) -> Iterator[Row]:
        return _counted(self, self._read()) if self.count is None else self._kept()

    def _read(self) -> Iterator[Row]:
        rows = _plain_rows(self._rows)
        done = 0
        while chunk := list(islice(rows, CHUNK)):
            try:
                pickle.dump(chunk, self._file, protocol=pickle.HIGHEST_PROTOCOL)
            except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
                raise InvalidValueError(
                    f"rows of an iterator must be data that can be kept in a file; among rows {done} to "
                    f"{done + len(chunk) - 1} one can't: {error} (export_all)"
                ) from None
            done += len(chunk)
            yield from chunk

    def _kept(self) -> Iterator[Row]:
        place, left = 0, self.count or 0
        while left:
            self._file.seek(place)
            chunk = pickle.load(self._file)  # what this process wrote, into a file that nobody else can open
            place = self._file.tell()
            left -= len(chunk)
            yield from chunk


def _counted(whose: ListRows | SpooledRows, rows: Iterator[Row]) -> Iterator[Row]:
    count = 0
    for row in rows:
        count += 1
        yield row
    whose.count = count


def _plain_rows(rows: Iterable[Any]) -> Iterator[Row]:
    number = 0
    for item in rows:
        frame = None if isinstance(item, Mapping | tuple) else _as_frame(item)
        if frame is not None:
            for row in rows_of(frame):
                number += 1
                yield row
            continue
        fields = item._asdict() if isinstance(item, tuple) and hasattr(item, "_asdict") else item
        if not isinstance(fields, Mapping):
            raise InvalidValueError(
                f"row {number} must be a dict or a named tuple, or a table of some rows, got {given(item)} "
                "(export_all)"
            )
        number += 1
        yield {str(name): value for name, value in fields.items()}


def rows_of(frame: Any) -> Iterator[Row]:
    """Give the rows of a narwhals DataFrame."""
    names = [str(name) for name in frame.columns]
    columns = [frame[name].to_list() for name in frame.columns]
    for cells in zip(*columns, strict=True):
        yield dict(zip(names, cells, strict=True))


def _as_frame(table: Any) -> Any | None:
    """Give a table as narwhals has it; None if it is none."""
    import narwhals as nw

    if type(table).__module__.partition(".")[0] == "pyarrow" and type(table).__name__ == "RecordBatch":
        import pyarrow as pa

        table = pa.Table.from_batches([table])
    try:
        frame = nw.from_native(table)
    except (TypeError, ValueError):
        return None
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    return frame if isinstance(frame, nw.DataFrame) else None


def _from_columns(columns: Mapping[Any, Any]) -> Any:
    import narwhals as nw
    import pandas as pd

    try:
        return nw.from_native(pd.DataFrame(dict(columns)))
    except (ValueError, TypeError) as error:
        raise InvalidValueError(f"the columns make no table: {error} (export_all)") from None
