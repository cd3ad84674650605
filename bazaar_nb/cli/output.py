"""What commands print: tables for people, JSON for machines."""

from __future__ import annotations

import datetime as dt
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_WIDEST = 120


def print_json(value: object) -> None:
    """Print a value as JSON, indented; times as ISO text, durations in seconds, what is missing as null."""
    print(json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False))


def print_json_line(value: object) -> None:
    """Print a value as JSON in one line, at once: for those who read while a command runs."""
    print(json.dumps(_plain(value), ensure_ascii=False, allow_nan=False), flush=True)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give a table's rows, ready to be JSON."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def table_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out rows for a terminal. Nothing is cut but what is longer than a line: a path can be opened."""
    cells = [list(columns), *([printable(str(one)) for one in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)


def printable(text: str) -> str:
    """Keep the first line, and nothing that moves a terminal's cursor."""
    line = (text.splitlines() or [""])[0]
    return "".join(character if character.isprintable() else "?" for character in line)[:_WIDEST]


def say(text: str) -> None:
    """Tell people something on standard error: standard output has the results alone."""
    print(text, file=sys.stderr, flush=True)


def _plain(value: Any) -> Any:
    """Give what JSON has for a value of pandas, numpy or Python."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
