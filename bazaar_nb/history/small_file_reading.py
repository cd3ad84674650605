"""Many small files of a table read together: ten times quicker than one after the other with pyarrow.

To open a file of fifty columns and one row takes pyarrow milliseconds, and
nearly all of it goes into what such files have in common: the schema. It is
read once. What is left of a file as the writer makes it, with each column in
one page, neither coded nor compressed, is found here; each byte of its frame is
compared with what is expected. A file that is in any way different isn't taken:
pyarrow has to read it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

_MAGIC = b"PAR1"
_SCHEMA = b"ARROW:schema"
_MOST_LAYOUTS = 64

# Thrift's compact protocol: field headers, and numbers of seven bits a byte, the last one below 128.
_NUMBER = rb"([\x80-\xff]{0,4}[\x00-\x7f])"
# A page of data, equally long compressed and not: so many values, plain, levels as runs, no statistics.
_PAGE = re.compile(
    rb"\x15\x00\x15"
    + _NUMBER
    + rb"\x15\1\x2c\x15"
    + _NUMBER
    + rb"\x15\x00\x15\x06\x15\x06(?:\x1c\x00)?\x00\x00"
)
# After the schema: the number of rows, and a list of one row group.
_ROWS = re.compile(rb"\x16" + _NUMBER + rb"\x19\x1c")

# What pyarrow 16 writes after a page, and once more in the footer: where it is, encodings, a column's name …
_CHUNK_BEGIN = 0x26
_CHUNK = rb"\x26" + _NUMBER + rb"\x1c\x15[\x00-\x0f]\x19\x25\x06\x00\x19\x18" + _NUMBER
# … no compression, how many values, how long, where the page is, and of what kind.
_CHUNK_END = (
    rb"\x15\x00"
    + (rb"\x16" + _NUMBER) * 3
    + rb"\x26"
    + _NUMBER
    + rb"\x49\x1c\x15\x00\x15\x00\x15\x02\x00\x00\x00"
)

_ONE = b"\x02\x00\x00\x00\x02\x01"  # the levels of one value that is there
_NONE = b"\x02\x00\x00\x00\x02\x00"  # and of one that isn't

Value = bytes | bool | None


class _Layout(NamedTuple):
    """What files have in common that begin and end their footers alike."""

    schema: pa.Schema
    head: bytes
    ids: int
    readers: tuple[Callable[[bytes, Sequence[bool]], list[Value]], ...]
    chunks: tuple[re.Pattern[bytes], ...]


class SmallFiles:
    """Takes the contents of files and gives their rows.

    Parameters
    ----------
    names : collection of str, optional
        Which columns, of those that the files have, ``event_id`` among them; all if not given.
    """

    def __init__(self, names: Collection[str] | None = None) -> None:
        self._names = names
        self._columns: dict[bytes, tuple[_Layout, list[list[Value]]]] = {}

    def add(self, content: bytes) -> list[str] | None:
        """Take a file and give which events it has; None if it isn't taken."""
        end = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
        if end < len(_MAGIC) or content[:4] != _MAGIC or content[-4:] != _MAGIC:
            return None
        place = content.rfind(_SCHEMA, end)
        tail = content[place:-8]
        layout = _layout_of(tail, content[end:-8], content) if place > 0 else None
        if layout is None:
            return None
        try:
            values = self._values(content, end, layout)
            ids = [one.decode() for one in values[layout.ids] if isinstance(one, bytes)]
        except (IndexError, ValueError):
            return None
        columns = self._columns.setdefault(tail, (layout, [[] for _ in layout.schema]))[1]
        for column, more in zip(columns, values, strict=True):
            column.extend(more)
        return ids

    def tables(self) -> Iterator[pa.Table]:
        """Give the rows of all files that were taken, in their order, a table for each schema.

        Raises
        ------
        ArrowException
            If a text is none.
        """
        import pyarrow as pa

        for layout, columns in self._columns.values():
            wanted = [number for number, name in enumerate(layout.schema.names) if self._wants(name)]
            fields = [layout.schema.field(number) for number in wanted]
            arrays = [
                _as_array(columns[number], field.type) for number, field in zip(wanted, fields, strict=True)
            ]
            yield pa.Table.from_arrays(arrays, schema=pa.schema(fields))

    def _wants(self, name: str) -> bool:
        return self._names is None or name in self._names

    def _values(self, content: bytes, end: int, layout: _Layout) -> list[list[Value]]:
        """Give each column's values.

        Raises
        ------
        ValueError, IndexError
            If anything is not as expected.
        """
        rows = _ROWS.match(content, end + len(layout.head))
        if rows is None or not content.startswith(layout.head, end):
            raise ValueError("another schema")
        told, count, at = rows[1], _number(rows[1]), len(_MAGIC)
        values: list[list[Value]] = []
        for name, reader, chunk in zip(layout.schema.names, layout.readers, layout.chunks, strict=True):
            page = _PAGE.match(content, at, end)
            if page is None or page[2] != told:
                raise ValueError("another kind of page")
            begin = page.end()
            stop = at = begin + _number(page[1])
            if content[at] == _CHUNK_BEGIN and (told_again := chunk.match(content, at, end)):
                at = told_again.end()
            if not self._wants(name):
                values.append([])
            elif count == 1 and content.startswith(_ONE, begin):
                values.append(reader(content[begin + 6 : stop], (True,)))
            elif count == 1 and content.startswith(_NONE, begin) and stop == begin + 6:
                values.append([None])
            else:
                length = int.from_bytes(content[begin : begin + 4], "little")
                flags = _levels(content[begin + 4 : begin + 4 + length], count)
                values.append(reader(content[begin + 4 + length : stop], flags))
        if at != end:
            raise ValueError("more than these pages")
        return values


_layouts: dict[bytes, _Layout | None] = {}


def _layout_of(tail: bytes, footer: bytes, content: bytes) -> _Layout | None:
    """Give what is known of files that end so; None if pyarrow has to read them."""
    if tail not in _layouts:
        while len(_layouts) >= _MOST_LAYOUTS:
            _layouts.pop(next(iter(_layouts)), None)
        _layouts[tail] = _read_layout(footer, content)
    return _layouts[tail]


def _read_layout(footer: bytes, content: bytes) -> _Layout | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(pa.BufferReader(content), pre_buffer=False) as file:
            schema, columns, metadata = file.schema_arrow, file.schema, file.metadata
            if metadata.num_row_groups != 1 or len(columns) != len(schema):
                return None
            group = metadata.row_group(0)
            readers = []
            for number, field in enumerate(schema):
                reader = _reader_of(field.type)
                column = columns.column(number)
                plain = (column.max_definition_level, column.max_repetition_level) == (1, 0)
                if reader is None or not plain or group.column(number).compression != "UNCOMPRESSED":
                    return None
                if pa.types.is_timestamp(field.type) and "microseconds" not in str(column.logical_type):
                    return None
                readers.append(reader)
    except (pa.ArrowException, OSError, ValueError):
        return None
    for rows in _ROWS.finditer(footer):
        if _number(rows[1]) == metadata.num_rows:
            head, ids = footer[: rows.start()], schema.get_field_index("event_id")
            names = (name.encode() for name in schema.names)
            chunks = tuple(re.compile(_CHUNK + re.escape(name) + _CHUNK_END) for name in names)
            return _Layout(schema, head, ids, tuple(readers), chunks) if ids >= 0 else None
    return None


def _reader_of(kind: pa.DataType) -> Callable[[bytes, Sequence[bool]], list[Value]] | None:
    import pyarrow as pa

    if pa.types.is_string(kind):
        return _texts
    if pa.types.is_boolean(kind):
        return _bits
    is_time = pa.types.is_timestamp(kind) and kind.unit == "us"
    return _eights if is_time or pa.types.is_int64(kind) or pa.types.is_float64(kind) else None


def _texts(data: bytes, flags: Sequence[bool]) -> list[Value]:
    values, at = list[Value](), 0
    for there in flags:
        if not there:
            values.append(None)
            continue
        begin = at + 4
        at = begin + int.from_bytes(data[at:begin], "little")
        values.append(data[begin:at])
    return _all_of(data, at, values)


def _eights(data: bytes, flags: Sequence[bool]) -> list[Value]:
    values, at = list[Value](), 0
    for there in flags:
        values.append(data[at : at + 8] if there else None)
        at += 8 * there
    return _all_of(data, at, values)


def _bits(data: bytes, flags: Sequence[bool]) -> list[Value]:
    values, at = list[Value](), 0
    for there in flags:
        values.append(bool(data[at >> 3] >> (at & 7) & 1) if there else None)
        at += there
    return _all_of(data, (at + 7) >> 3, values)


def _all_of(data: bytes, used: int, values: list[Value]) -> list[Value]:
    if used != len(data):
        raise ValueError("a page is longer or shorter than what is in it")
    return values


def _levels(data: bytes, count: int) -> Sequence[bool]:
    """Tell which values are there: runs of equal ones, or eight in each byte."""
    flags, at = list[bool](), 0
    while len(flags) < count:
        run = shift = 0
        while True:
            byte = data[at]
            at += 1
            run |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if run & 1:
            some = data[at : at + (run >> 1)]
            flags += [bool(byte >> bit & 1) for byte in some for bit in range(8)]
            at += len(some)
        else:
            flags += [bool(data[at])] * min(run >> 1, count)
            at += 1
    if at != len(data):
        raise ValueError("levels go on after the last value")
    return flags[:count]


@functools.lru_cache(4096)
def _number(data: bytes) -> int:
    """Read a number that isn't negative."""
    return sum((byte & 127) << 7 * place for place, byte in enumerate(data)) >> 1


def _as_array(values: list[Value], kind: pa.DataType) -> Any:
    import numpy as np
    import pyarrow as pa

    if pa.types.is_string(kind):
        return pa.array(values, pa.binary()).cast(kind)  # which looks whether it is text
    if pa.types.is_boolean(kind):
        return pa.array(values, kind)
    missing = np.array([value is None for value in values], bool)
    whole = b"".join([value if isinstance(value, bytes) else bytes(8) for value in values])
    if pa.types.is_float64(kind):
        return pa.array(np.frombuffer(whole, "<f8"), kind, mask=missing)
    return pa.array(np.frombuffer(whole, "<i8"), pa.int64(), mask=missing).cast(kind)
