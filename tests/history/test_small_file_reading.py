"""Small files read together: what pyarrow reads of each, or not taken."""

from __future__ import annotations

import base64
import datetime as dt
import io
import zlib
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar_nb.history import scan
from bazaar_nb.history.columns import arrow_schema
from bazaar_nb.history.engagement_event import EngagementEvent
from bazaar_nb.history.event import Event
from bazaar_nb.history.history import History
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.segment_event import SegmentEvent
from bazaar_nb.history.small_file_reading import SmallFiles
from bazaar_nb.history.writer import record, record_all
from bazaar_nb.store.store import Store
from tests.history.events import life, plays, render, segments

WRITER: dict[str, Any] = {"use_dictionary": False, "write_statistics": False, "compression": "none"}

KINDS: tuple[type[Event], ...] = (RenderEvent, SegmentEvent, EngagementEvent)

values = {
    pa.string(): st.text(st.characters(codec="utf-8"), max_size=300),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.float64(): st.floats(allow_nan=False),
    pa.bool_(): st.booleans(),
    pa.timestamp("us", tz="UTC"): st.datetimes(
        dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=st.just(dt.UTC)
    ),
}


def written(table: pa.Table, **how: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **(WRITER | how))
    return sink.getvalue()


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    kind = draw(st.sampled_from(KINDS))
    rows = draw(st.integers(1, 3) | st.sampled_from((8, 9, 70, 300)))
    schema, arrays = arrow_schema(kind), []
    for field in schema:
        some = draw(st.lists(values[field.type], min_size=1, max_size=3))
        gaps = draw(st.sampled_from((0, 1, 2, 3, 7, 20)))  # none, all, each second, …
        column = [None if gaps and row % gaps == 0 else some[row % len(some)] for row in range(rows)]
        if field.name == "event_id":
            column = [f"{row}" for row in range(rows)]
        arrays.append(pa.array(column, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


@settings(max_examples=60, deadline=None)
@given(st.lists(tables(), min_size=1, max_size=4))
def test_all_that_our_writer_can_write_is_taken_and_read_right(whole: list[pa.Table]) -> None:
    together, narrow = SmallFiles(), SmallFiles(("event_id", "user"))
    for table in whole:
        content = written(table)
        assert together.add(content) == narrow.add(content) == table["event_id"].to_pylist()
    expected: dict[tuple[str, ...], list[pa.Table]] = {}
    for table in whole:
        expected.setdefault(tuple(table.column_names), []).append(table)
    found = list(together.tables())
    for read, few, parts in zip(found, narrow.tables(), expected.values(), strict=True):
        read.validate(full=True)
        assert read.equals(pa.concat_tables(parts))
        assert few.equals(read.select(few.column_names))
        assert set(few.column_names) == {"event_id", "user"}


def test_what_the_writer_writes_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else reading would be right, and ten times slower."""
    store = Store(tmp_path)
    for number in range(3):
        for event in life(f"r{number}"):
            record(store, event)
        record_all(store, segments(f"r{number}", 1 + 8 * number))
        record_all(store, plays(f"r{number}", 1 + number))
    monkeypatch.setattr(scan, "open_file", None)  # no file is opened by pyarrow
    history = History(store)
    assert history()["render_id"].tolist() == ["r0", "r1", "r2"]
    assert history.segments()["render_id"].value_counts().to_dict() == {"r0": 1, "r1": 9, "r2": 17}
    assert len(history.engagement()) == 6


@pytest.mark.parametrize(
    "how",
    [
        {"compression": "snappy"}, {"compression": "zstd"}, {"use_dictionary": True},
        {"write_statistics": True},
        {"coerce_timestamps": "ms", "allow_truncated_timestamps": True}, {"data_page_version": "2.0"},
        {"write_page_checksum": True}, {"write_page_index": True}, {"row_group_size": 2},
        {"use_byte_stream_split": ["render_s"]}, {"data_page_size": 1, "write_batch_size": 1},
    ],
)  # fmt: skip
def test_what_is_written_otherwise_is_not_taken_wrongly(how: dict[str, Any]) -> None:
    rows = [msgspec.structs.asdict(render(f"r{number}", render_s=1.5 * number)) for number in range(5)]
    table = pa.Table.from_pylist(rows, schema=arrow_schema())
    together = SmallFiles()
    assert together.add(written(table))  # its layout is known then
    content = written(table, **how)
    if together.add(content) is not None:
        (read,) = together.tables()
        assert read.slice(5).equals(pq.read_table(io.BytesIO(content)))


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, 10**6), byte=st.integers(1, 255), cut=st.booleans())
def test_a_damaged_file_is_not_taken_or_read_as_pyarrow_reads_it(place: int, byte: int, cut: bool) -> None:
    content = bytearray(_WHOLE)
    place %= len(content)
    content[place] ^= byte
    if cut:
        del content[place:]
    together = SmallFiles()
    try:
        if together.add(bytes(content)) is None:
            return
        (read,) = together.tables()
    except pa.ArrowException:
        return
    if read.equals(_TABLE):
        return  # the damage is where nobody looks
    assert read.equals(pq.read_table(io.BytesIO(content)))


_TABLE = pa.Table.from_pylist(
    [msgspec.structs.asdict(one) for one in segments("r1", 11)], schema=arrow_schema(SegmentEvent)
)
_WHOLE = written(_TABLE)


def test_one_damaged_text_among_many_files_hides_no_other(tmp_path: Path) -> None:
    store = Store(tmp_path)
    keys = [record(store, render(name, composition="a fine film")) for name in "abc"]
    content = store.read_bytes(keys[1])
    store.local(keys[1]).write_bytes(content.replace(b"a fine film", b"a fi\xff\xfe film"))
    assert set(History(store)(columns=["render_id"])["render_id"]) == {"a", "b", "c"}
    store.local(keys[1]).write_bytes(content[:-20])
    with pytest.warns(UserWarning, match=r"skipped 1 damaged"):
        assert History(store)()["render_id"].tolist() == ["a", "c"]


# Three rows of four columns by pyarrow 16, which repeats of each column after its page what the footer says.
_OF_PYARROW_16 = """
eNqNVE1v2kAQXWyyRRHKKWvZkg9c8IkkJkqrqpd0TAh1PlrwAQdUNTJgTKIGqEnjJqeop/6YKurf6L2n/pIcs7Pr4EbpwSN7
Znd48+bNgGiDV2eE2cyuMcoPlFGTEKLwlxbQh7bwdeG3rU8mKxtVSgy9FF6F08vTsxEjGtW6WtcquSZnIAyhPNRY7RmnurJC
pL1Io/VdMVlRUtJxHFyEC0HoaZ71q/CUcY2tPWdUC9YPlcNSimEwnIRS0462Y/1RcoiiUkrxrYz3u9bPoslWU8ZRHCSnmai/
6r+MRePjS6LTBW96EbASYeWqkq2mSo5MgeLJdDheiRcpk7BVvMgOvIFhGke5V5x7c7n3k3ts7U7RqFXiYZ0Qw9TL4Hkf/Ddy
C/qtuoX2LXIAoAPSDgEScCLYB4igEYmcwwHHeGgAuCKRxbS0YeMpQLeXoG+iG7Q5P147x4LfXeKlOcjf8q57J6PxUJRBC/vy
fCuFNOBwj5O8RspWc1kk+aX1MHne89/P+j7ndm9wKhedkDgRoCjT+9gHoD89mAz87o2UluB871KogHfSon3xeQ+cRO6hmQ3h
ON5/+cWo/ZP+58HUGwe+hDtPSgGIXpkH8Zev4eXGcD7fCOJ4llSuwnhxNptW6q827U3bwF/m8iG/+dfa5v8FD3EEzAY=
"""


def test_files_of_older_versions_are_taken() -> None:
    together = SmallFiles()
    assert together.add(zlib.decompress(base64.b64decode(_OF_PYARROW_16))) == ["e0", "e1", "e2"]
    (read,) = together.tables()
    assert read.to_pydict() == {
        "event_id": ["e0", "e1", "e2"],
        "frames": [5, None, 7],
        "cached": [True, False, None],
        "draw_s": [None, 2.5, 1.5],
    }
