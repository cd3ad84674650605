"""Values as a parameter takes them, or all that is wrong with them."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from bazaar_nb.parameters.kinds import Kind
from bazaar_nb.parameters.wording import given, near_hint, wanted
from bazaar_nb.values.addresses import is_address, is_given
from bazaar_nb.values.number import is_missing, plain_number


class Problem(NamedTuple):
    """What is wrong with one value, in words; `hint` begins with a semicolon, or is empty."""

    parameter: str
    given: str
    wanted: str
    hint: str = ""


def convert(kind: Kind, value: Any, name: str) -> tuple[Any, list[Problem]]:
    """Give a value as the parameter takes it, and what is wrong with it.

    Parameters
    ----------
    kind : Kind
    value : object
        Also numbers of numpy, Decimal, paths, tuples, arrays, dates of pandas, dates as ISO text.
    name : str
        Of the parameter; items of a list are told as ``name[2]``.

    Returns
    -------
    value : object
    problems : list of Problem
        None of them: the value can be used.
    """
    if value is None and kind.optional:
        return None, []
    if kind.name == "table":
        return value, [] if _is_table(value) else [Problem(name, given(value), wanted(kind))]
    plain = _plain(kind, value)
    if kind.name == "list":
        return _convert_list(kind, plain, name)
    try:
        made = msgspec.convert(plain, type=kind.schema_type)
    except (msgspec.ValidationError, ValueError, TypeError, OverflowError):
        hint = near_hint(value, kind.choices) if kind.name == "choice" else ""
        hint = _color_hint(value) if kind.name == "color" else hint
        return value, [Problem(name, given(value), wanted(kind), hint)]
    if isinstance(made, float) and not math.isfinite(made):
        return value, [Problem(name, given(value), wanted(kind).replace("a number", "a finite number", 1))]
    if kind.name == "image":
        fault = picture_fault(made)
        return made, [] if fault is None else [Problem(name, given(str(value)), wanted(kind), f"; {fault}")]
    return Path(made) if kind.name == "file" else made, []


def picture_fault(path: str) -> str | None:
    """Say why a path is no picture's; None if it is one. Only the file's head is read."""
    if path.startswith("asset:") or is_address(path) or is_given(path):
        return None  # found, and complained of, when a frame is drawn
    if not Path(path).is_file():
        return "there is no such file" + _near_file(path)
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path):
            return None
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return "the file is no picture that can be read"


def _near_file(path: str) -> str:
    folder = Path(path).parent
    if not folder.is_dir():
        return f": there is no folder {str(folder)!r}"
    with os.scandir(folder) as found:
        names = [entry.name for _, entry in zip(range(2000), found, strict=False)]
    return near_hint(Path(path).name, names)


def _convert_list(kind: Kind, value: Any, name: str) -> tuple[Any, list[Problem]]:
    item = kind.item
    if item is None or not isinstance(value, list):
        return value, [Problem(name, given(value), wanted(kind))]
    if len(value) < (kind.shortest or 0) or (kind.longest is not None and len(value) > kind.longest):
        return value, [Problem(name, f"{len(value)} of them", wanted(kind))]
    made, problems = [], []
    for number, one in enumerate(value):
        result, found = convert(item, one, f"{name}[{number}]")
        made.append(result)
        problems += found
    return made, problems


def _plain(kind: Kind, value: Any) -> Any:
    """Give what other libraries have for plain values as Python's own."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if kind.name in ("whole", "number"):
        number = plain_number(value)
        if isinstance(number, float) and kind.name == "whole" and number.is_integer():
            return int(number)  # a column with gaps has floats
        return value if number is None or isinstance(value, str) else number
    if kind.name == "switch" and isinstance(value, np.bool_):
        return bool(value)
    if kind.name in ("date", "moment"):
        return _plain_date(kind, value)
    if kind.name == "choice" and isinstance(value, np.generic):
        return value.item()
    if kind.name == "list" and not isinstance(value, str | bytes | dict):
        if isinstance(value, Sequence):
            return list(value)
        return value.tolist() if hasattr(value, "tolist") and not isinstance(value, np.generic) else value
    return value


def _plain_date(kind: Kind, value: Any) -> Any:
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    if isinstance(value, datetime.datetime):
        value = value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
        midnight = value.time() == datetime.time()
        return value.date() if kind.name == "date" and midnight else value
    if kind.name == "moment" and isinstance(value, datetime.date):
        return datetime.datetime.combine(value, datetime.time())
    if isinstance(value, str) and kind.name == "moment":
        try:
            return datetime.datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


def _is_table(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value)
    import narwhals as nw

    try:
        nw.from_native(value)
    except TypeError:
        return False
    return True


def columns_of(table: Any) -> list[str]:
    """Give the names of a table's columns, and of those that pandas has in its index."""
    if isinstance(table, dict):
        return [str(name) for name in table]
    import narwhals as nw

    indices = getattr(getattr(table, "index", None), "names", None) or ()
    found = nw.from_native(table).collect_schema().names()
    return [str(name) for name in found] + [str(name) for name in indices if name is not None]


def _color_hint(value: object) -> str:
    from bazaar_nb.values.color import NAMES

    return near_hint(value, NAMES) if isinstance(value, str) and value.isalpha() else ""


def is_left_out(value: Any) -> bool:
    """Tell a cell of a table in which nothing stands."""
    return value is None or is_missing(value)
