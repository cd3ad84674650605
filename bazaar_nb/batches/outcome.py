"""What became of each row, put together with the rows: a DataFrame, or a parquet file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from bazaar_nb.batches.earlier_movies import TIMINGS
from bazaar_nb.batches.rows import CHUNK, Row, Rows
from bazaar_nb.render.result import Render
from bazaar_nb.store.store import Store

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["succeeded", "failed", "cancelled", "refused", "not begun"]
STATUSES: tuple[Status, ...] = ("succeeded", "failed", "cancelled", "refused", "not begun")
"""What can become of a row: the ends of its render; its row is wrong; or its turn never came."""

_DTYPES = {
    "movie": "string", "status": "category", "kept": "boolean", "location": "string",
    "frames": "Int64", "duration_s": "float64", "size_bytes": "Int64",
    **dict.fromkeys(TIMINGS, "float64"),
    "error_class": "string", "error": "string", "render_id": "string",
}  # fmt: skip


class Outcome(NamedTuple):
    """What became of a row; the fields are columns of the result.

    Attributes
    ----------
    movie : str
        The movie's name or path, as the template gave it.
    kept : bool
        Whether the movie was there already.
    """

    movie: str
    status: Status
    kept: bool = False
    location: str | None = None
    frames: int | None = None
    duration_s: float | None = None
    size_bytes: int | None = None
    timings: Mapping[str, float] = {}
    error_class: str | None = None
    error: str | None = None
    render_id: str | None = None

    @classmethod
    def made(cls, movie: str, render: Render) -> Outcome:
        """Give that of a movie that was rendered."""
        return cls(
            movie, "succeeded", False, render.location, render.frames, float(render.duration),
            render.size_bytes, {**render.timings, "render_s": render.render_s}, render_id=render.id,
        )  # fmt: skip

    @classmethod
    def found(cls, movie: str, row: Mapping[str, Any]) -> Outcome:
        """Give that of a movie that was there, from its row of the history."""
        return cls(
            movie, "succeeded", True, row["location"], int(row["frames"]), row["duration_s"],
            int(row["size_bytes"]), {name: row[name] for name in TIMINGS if row[name] == row[name]},
            render_id=row["render_id"],
        )  # fmt: skip

    def cells(self) -> dict[str, Any]:
        """Give it by the names of the result's columns."""
        cells = {**self._asdict(), **{name: self.timings.get(name) for name in TIMINGS}}
        return {name: cells[name] for name in _DTYPES}


class Sink(Protocol):
    """Takes what became of the rows, in their order."""

    def add(self, row: Row, outcome: Outcome) -> None:
        """Take that of the next row."""


class InOrder:
    """Passes on what became of rows in the rows' order, however their films end."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._next = 0
        self._waiting: dict[int, tuple[Row, Outcome]] = {}

    def add(self, number: int, row: Row, outcome: Outcome) -> None:
        """Take that of any row, once each."""
        self._waiting[number] = (row, outcome)
        while self._next in self._waiting:
            self._sink.add(*self._waiting.pop(self._next))
            self._next += 1


class MemorySink:
    """Keeps what became of the rows: all, or of those without a movie."""

    def __init__(self, rows: Rows, *, only_without: bool = False) -> None:
        self._source = rows
        self._only_without = only_without
        self._rows: list[Row] = []
        self._outcomes: list[Outcome] = []

    def add(self, row: Row, outcome: Outcome) -> None:
        """Take that of the next row."""
        if self._only_without and outcome.status == "succeeded":
            return
        if self._source.table is None or self._only_without:
            self._rows.append(row)  # else the table has it
        self._outcomes.append(outcome)

    def table(self) -> pd.DataFrame:
        """Give the rows with what became of them, as a DataFrame."""
        import narwhals as nw
        import pandas as pd

        if self._source.table is None or self._only_without:
            names = list(dict.fromkeys(name for row in self._rows for name in row))
            rows = pd.DataFrame({name: [row.get(name) for row in self._rows] for name in names})
        else:
            rows = nw.from_native(self._source.table).to_pandas()
        result = pd.DataFrame(
            [one.cells() for one in self._outcomes], columns=list(_DTYPES), index=rows.index
        )
        result = result.astype({name: dtype for name, dtype in _DTYPES.items() if dtype != "category"})
        result["status"] = result["status"].astype(pd.CategoricalDtype(list(STATUSES)))
        taken = {str(name) for name in rows.columns}
        result.columns = pd.Index([_free(name, taken) for name in result.columns])
        return pd.concat([rows, result], axis=1)


class ParquetSink:
    """Writes rows with what became of them into a parquet file, a piece at a time.

    Parameters
    ----------
    path : Path
        A temporary one: the file is whole when this is closed.
    kinds : ColumnKinds
        Of the rows' columns.
    """

    def __init__(self, path: Path, kinds: ColumnKinds, also: Sink) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        plain = {"string": pa.string(), "category": pa.string(), "boolean": pa.bool_(), "Int64": pa.int64(),
                 "float64": pa.float64()}  # fmt: skip
        self._also = also
        self._kinds = kinds
        self._names = {name: _free(name, set(kinds.names)) for name in _DTYPES}
        own = [(self._names[name], plain[dtype]) for name, dtype in _DTYPES.items()]
        self._schema = pa.schema([*kinds.fields(), *own])
        self._writer = pq.ParquetWriter(path, self._schema)
        self._rows: list[dict[str, Any]] = []

    def add(self, row: Row, outcome: Outcome) -> None:
        """Take that of the next row."""
        own = {self._names[name]: value for name, value in outcome.cells().items()}
        self._rows.append({**self._kinds.cells(row), **own})
        if len(self._rows) >= CHUNK:
            self._flush()
        self._also.add(row, outcome)

    def close(self) -> None:
        """Write what is left, and end the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        rows, self._rows = self._rows, []
        self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema))


class ColumnKinds:
    """Of what kind the cells of each column are, told by all rows."""

    def __init__(self) -> None:
        self._kinds: dict[str, set[type]] = {}

    @property
    def names(self) -> Sequence[str]:
        """The columns' names."""
        return list(self._kinds)

    def see(self, row: Row) -> None:
        """Take notice of a row."""
        for name, cell in row.items():
            self._kinds.setdefault(name, set()).add(type(_plain(cell)))

    def fields(self) -> list[Any]:
        """Give the columns of a parquet file: of one kind where all cells are, else text."""
        import pyarrow as pa

        return [pa.field(name, self._arrow(name)) for name in self._kinds]

    def cells(self, row: Row) -> dict[str, Any]:
        """Give a row's cells as such a file has them."""
        import pyarrow as pa

        cells = {}
        for name in self._kinds:
            cell = _plain(row.get(name))
            as_text = cell is not None and self._arrow(name) == pa.string()
            cells[name] = str(cell) if as_text else cell
        return cells

    def _arrow(self, name: str) -> Any:
        import pyarrow as pa

        kinds = frozenset(self._kinds[name] - {type(None)})
        known = {
            frozenset([bool]): pa.bool_(), frozenset([int]): pa.int64(), frozenset([float]): pa.float64(),
            frozenset([int, float]): pa.float64(), frozenset([dt.date]): pa.date32(),
            frozenset([dt.datetime]): pa.timestamp("us", tz="UTC"),
        }  # fmt: skip
        return known.get(kinds, pa.string())


def _plain(cell: Any) -> Any:
    """Give a cell of numpy or pandas as Python has it; what is missing is None, as are numbers too large."""
    import numpy as np

    from bazaar_nb.parameters.conversion import is_left_out

    if is_left_out(cell):
        return None
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, dt.datetime):
        cell = cell.to_pydatetime(warn=False) if hasattr(cell, "to_pydatetime") else cell
        return cell if cell.tzinfo else cell.replace(tzinfo=dt.UTC)
    return str(cell) if isinstance(cell, int) and not -(2**63) <= cell < 2**63 else cell


def _free(name: str, taken: set[str]) -> str:
    """Give a name that the rows' own columns don't have."""
    while name in taken:
        name = f"film_{name}"
    return name


@contextmanager
def report_file(path: Path | None, kinds: ColumnKinds, also: Sink) -> Iterator[Sink]:
    """Give what takes the rows' ends, and writes them into a file if there shall be one: whole at the end."""
    if path is None:
        yield also
        return
    with Store(path.parent).writing(path.name) as temporary:
        sink = ParquetSink(temporary, kinds, also)
        yield sink
        sink.close()
