"""Renders in a dashboard's list, and all that is known of one: plain data, without links."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bazaar_nb.render.result import format_bytes
from bazaar_nb.widgets.history_movie import find_movie, movie_name
from bazaar_nb.widgets.panel.job_facts import describe_row, movie_facts
from bazaar_nb.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

_LONGEST = 200
_STAGES = (("draw_s", "drawing"), ("convert_s", "colours"), ("encode_s", "encoding"), ("store_s", "storing"))
_TOLD_APART = ("error_class", "error_message")


def records(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Give rows of the history as dicts, in which what is not known is None."""
    import pandas as pd

    for row in rows.astype("object").to_dict("records"):
        yield {str(name): None if pd.isna(value) else value for name, value in row.items()}


def listed(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Give what a list shows of some renders."""
    return [_line(row) for row in records(rows)]


def details(where: Workspace, row: Mapping[str, Any]) -> dict[str, Any]:
    """Give all that is known of a render.

    Raises
    ------
    StoreError
        If the store can't be asked.
    """
    found = find_movie(where, row)
    error = None
    if row.get("error_class") or row.get("error_message"):
        error = {"type": str(row["error_class"] or "unknown"), "message": str(row["error_message"] or "")}
    return {
        "row": [line for line in describe_row(row) if line[0] not in _TOLD_APART],
        "error": error,
        "stages": _stages(where, row),
        "movie": None if isinstance(found, str) else movie_facts(found, row),
        "absent": found if isinstance(found, str) and row["status"] == "succeeded" else None,
    }


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    film = _short(row["composition"])
    when = row["created"] if row["created"] is not None else row["event_time"]
    return {
        "id": row["render_id"],
        "name": _short(movie_name(row)) or film or "unnamed",
        "film": film,
        "status": row["status"],
        "when": when.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "user": _short(row["user"]),
        "project": _short(row["project"]),
        "about": " · ".join(_about(row)),
        "took": "" if row["render_s"] is None else _seconds(row["render_s"]),
        "size": "" if row["size_bytes"] is None else format_bytes(int(row["size_bytes"])),
    }


def _stages(where: Workspace, row: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Give the seconds of work in each stage of its segments, of those that are known."""
    day = dt.timedelta(days=1)
    last = row["event_time"] or row["created"]
    # Its segments were told when it ended; clocks of other machines are not this one's.
    parts = where.history.segments(since=last - day, until=last + day, render_id=row["render_id"])
    sums = {word: float(parts[name].sum()) for name, word in _STAGES}
    return [(word, round(seconds, 3)) for word, seconds in sums.items() if seconds > 0]


def _about(row: Mapping[str, Any]) -> Iterator[str]:
    if row["format"] is not None:
        yield _short(row["format"])
    if row["width"] is not None and row["height"] is not None:
        yield f"{row['width']}×{row['height']}"
    if row["duration_s"] is not None:
        yield _seconds(row["duration_s"])


def _seconds(value: float) -> str:
    if value < 60:
        return f"{value:.1f}".removesuffix(".0") + " s"
    minutes, seconds = divmod(round(value), 60)
    return f"{minutes} min {seconds} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _short(text: object) -> str:
    shown = "" if text is None else str(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
