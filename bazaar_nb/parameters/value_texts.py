"""Values as people type them, in a field or after ``-p``: read as what a parameter takes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

from bazaar_nb.parameters.kinds import Kind


def value_of_text(kind: Kind, text: Any) -> Any:
    """Give what a text stands for; as it is where it can't be read: its check complains of it."""
    if text == "" and kind.optional:
        return None
    if kind.name in ("whole", "number"):
        for make in (int, float):
            with contextlib.suppress(ValueError):
                return make(text)
    if kind.name == "choice":
        return next((choice for choice in kind.choices if str(choice) == text), text)
    if kind.name == "switch":
        return {"true": True, "false": False}.get(str(text).lower(), text)
    if kind.name == "other":
        with contextlib.suppress(ValueError):
            return json.loads(text)
    return text


def value_of_argument(kind: Kind, texts: list[str]) -> Any:
    """Give what a command line says of a parameter.

    Parameters
    ----------
    texts : list of str
        One, or for a list one an item; a list may also be one text of JSON. A table is the path of a csv,
        tsv, parquet or json file.
    """
    if kind.name == "list":
        item = kind.item or kind
        if len(texts) == 1 and texts[0].lstrip().startswith("["):
            with contextlib.suppress(ValueError):
                return json.loads(texts[0])
        return [value_of_text(item, text) for text in texts]
    if kind.name == "table":
        return _read_table(texts[-1])
    return value_of_text(kind, texts[-1])


def _read_table(path: str) -> Any:
    import pandas as pd

    readers: dict[str, Callable[[str], Any]] = {
        "csv": pd.read_csv, "tsv": lambda file: pd.read_csv(file, sep="\t"), "parquet": pd.read_parquet,
        "json": pd.read_json,
    }  # fmt: skip
    reader = readers.get(path.rpartition(".")[2].lower())
    if reader is None:
        return path
    try:
        return reader(path)
    except (OSError, ValueError):
        return path  # it is no table then, and is complained of as that
