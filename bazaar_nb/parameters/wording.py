"""What a parameter takes, and what was given, in a user's words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from bazaar_nb.parameters.kinds import Kind

_LONGEST = 60
_MOST_LISTED = 12
_PLAIN = {
    "text": "text",
    "whole": "a whole number",
    "number": "a number",
    "switch": "True or False",
    "color": "a colour as 'tomato', '#2f6de0' or 'rgb(…)'",
    "image": "the path of a picture",
    "file": "a path",
    "date": "a date as 2026-01-31",
    "moment": "a date and time as 2026-01-31T12:00",
    "column": "the name of a column",
    "table": "a table (of pandas, polars, pyarrow, or a dict of columns)",
}
_MANY = {
    "text": "texts",
    "whole": "whole numbers",
    "number": "numbers",
    "switch": "True or False",
    "color": "colours",
    "image": "paths of pictures",
    "file": "paths",
    "date": "dates",
    "moment": "dates and times",
    "column": "names of columns",
    "table": "tables",
}


def wanted(kind: Kind) -> str:
    """Say what a parameter takes."""
    if kind.name == "choice":
        words = _choices(kind)
    elif kind.name == "list":
        words = _list_words(kind)
    elif kind.name == "other":
        words = "a value of type " + str(kind.schema_type).replace("typing.", "")
    else:
        words = _PLAIN[kind.name] + _bounds(kind)
    return f"{words}, or None" if kind.optional else words


def given(value: object) -> str:
    """Say what was given, shortly."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and len(shape) == 2:
        return f"a {type(value).__name__} of shape {shape}"
    try:
        text = " ".join(repr(value).split()) if not isinstance(value, str | bytes) else repr(value)
    except Exception:  # of a value's own repr
        text = f"a {type(value).__name__}"
    if len(text) <= _LONGEST:
        return text
    length = f" of {len(value)} characters" if isinstance(value, str) else ""
    return f"{text[: _LONGEST - 1]}…{length}"


def listed(names: Sequence[str]) -> str:
    """Give names as ``a, b and c``, the first dozen of many."""
    if len(names) > _MOST_LISTED:
        return f"{', '.join(names[:_MOST_LISTED])}, …"
    *first, last = names or ("none",)
    return f"{', '.join(first)} and {last}" if first else last


def near_hint(value: object, names: Iterable[object]) -> str:
    """Give ``; did you mean …?`` for a word that is nearly another, else nothing."""
    words = {str(name).lower(): name for name in names}
    near = difflib.get_close_matches(str(value).lower(), list(words), n=1, cutoff=0.6)
    return f"; did you mean {words[near[0]]!r}?" if near else ""


def _choices(kind: Kind) -> str:
    *first, last = [repr(choice) for choice in kind.choices]
    return f"{', '.join(first)} or {last}" if first else last


def _list_words(kind: Kind) -> str:
    item = kind.item
    if item is None or item.name not in _MANY:
        each = f"each {wanted(item)}" if item is not None else "of anything"
        return f"a list{_lengths(kind, '')}, {each}"
    return f"a list of {_lengths(kind, '').removeprefix(' of ')} {_MANY[item.name]}".replace(
        "  ", " "
    ) + _bounds(item)


def _bounds(kind: Kind) -> str:
    if kind.name == "text":
        return _lengths(kind, " characters")
    parts = []
    if kind.low is not None and kind.high is not None:
        parts.append(f"from {kind.low:g} to {kind.high:g}")
    elif kind.low is not None:
        parts.append(f"of at least {kind.low:g}")
    elif kind.high is not None:
        parts.append(f"of at most {kind.high:g}")
    if kind.above is not None:
        parts.append(f"above {kind.above:g}")
    if kind.below is not None:
        parts.append(f"below {kind.below:g}")
    if kind.step is not None:
        parts.append(f"in steps of {kind.step:g}")
    return "".join(f" {part}" for part in parts)


def _lengths(kind: Kind, unit: str) -> str:
    low, high = kind.shortest, kind.longest
    if low and high is not None:
        return f" of {low} to {high}{unit}" if low != high else f" of {low}{unit}"
    if low:
        return f" of at least {low}{unit if low > 1 else unit.removesuffix('s')}"
    return "" if high is None else f" of at most {high}{unit}"
