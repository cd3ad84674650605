"""Event columns of plain buffers are those that pyarrow makes."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from bazaar_nb.history.arrow_columns import arrow_table

SCHEMA = pa.schema(
    {
        "text": pa.string(),
        "whole": pa.int64(),
        "number": pa.float64(),
        "flag": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
    }
)
TIMES = st.datetimes(timezones=st.just(dt.UTC))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.none() | st.text(st.characters(codec="utf-8")),
            "whole": st.none() | st.integers(-(2**63), 2**63 - 1),
            "number": st.none() | st.floats(allow_nan=False) | st.integers(-(2**53), 2**53),
            "flag": st.none() | st.booleans(),
            "time": st.none() | TIMES,
        }
    ),
    max_size=20,
)


@given(ROWS)
def test_they_are_those_of_pyarrow(rows: list[dict[str, object]]) -> None:
    table = arrow_table(rows, SCHEMA)
    table.validate(full=True)
    assert table == pa.Table.from_pylist(rows, schema=SCHEMA)


def test_an_export_imports_no_pandas() -> None:
    code = """
import sys, tempfile
import bazaar_nb as bz

@bz.scene(duration=0.1)
def scene(frame):
    return bz.Fill("navy")

with tempfile.TemporaryDirectory() as root:
    bz.Composition([scene()], width=64, height=36).export(workspace=bz.Workspace(root), progress=False)
print("pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("False\n", "")
