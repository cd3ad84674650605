"""Names of movies from a template and a row."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from typing import Any

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.parameters.conversion import Problem, is_left_out
from bazaar_nb.parameters.wording import given, listed, near_hint
from bazaar_nb.store.names import check_key

ROW = "row"
"""A row's number, counted from 0, where the table has no column of this name."""
_CONVERSIONS: dict[str, Callable[[Any], str]] = {"r": repr, "a": ascii, "s": str}


class NameTemplate:
    """A template as ``{id}-{city}.mp4``: what is in braces is a column's name, maybe with a format.

    Raises
    ------
    InvalidValueError
        For braces that don't match, and for a template without any column.
    """

    def __init__(self, template: str) -> None:
        if not isinstance(template, str) or not template.strip():
            raise InvalidValueError(f"`name` must be text as '{{id}}.mp4', got {template!r:.80} (export_all)")
        self._template = template
        try:
            self._parts = list(string.Formatter().parse(template))
        except ValueError as error:
            raise InvalidValueError(f"`name` {template!r:.80} can't be read: {error} (export_all)") from None
        self.columns = [column for _, column, _, _ in self._parts if column is not None]
        if "" in self.columns or any("{" in (spec or "") for _, _, spec, _ in self._parts):
            raise InvalidValueError(
                f"each pair of braces in `name` holds a column's name, got {template!r:.80} (export_all)"
            )
        if not self.columns:
            raise InvalidValueError(
                f"`name` must tell films apart by a column of the table, as '{{id}}.mp4', "
                f"got {template!r:.80} (export_all)"
            )

    def check_columns(self, names: list[str]) -> None:
        """Check that there is what the template asks for.

        Raises
        ------
        InvalidValueError
            For the first column that isn't there.
        """
        for column in self.columns:
            if column not in names and column != ROW:
                raise InvalidValueError(
                    f"`name` asks for the column {column!r}, which is not there: there are {listed(names)}"
                    f"{near_hint(column, names)} (export_all)"
                )

    def fill(self, number: int, cells: Mapping[str, Any]) -> tuple[str, list[Problem]]:
        """Give a row's name, and what is wrong with it."""
        name, problems = "", []
        for literal, column, spec, conversion in self._parts:
            name += literal
            if column is None:
                continue
            value = cells.get(column, number if column == ROW else None)
            text, problem = _spell(column, value, spec or "", conversion)
            name += text
            problems += [] if problem is None else [problem]
        if not problems:
            problems = [*_wrong_name(name)]
        return name, problems


def _spell(column: str, value: Any, spec: str, conversion: str | None) -> tuple[str, Problem | None]:
    if is_left_out(value):
        return "", Problem(column, "nothing", "what the movie's name is made of")
    try:
        value = _CONVERSIONS[conversion](value) if conversion else value
        text = format(value, spec)
    except (KeyError, ValueError, TypeError) as error:
        return "", Problem(
            column, given(value), f"what {spec or conversion!r} can write in a name", f"; {error}"
        )
    if "/" in text or "\\" in text or "\0" in text:
        return "", Problem(column, given(value), "text without / or \\, which no file's name has")
    return text, None


def _wrong_name(name: str) -> list[Problem]:
    last = name.rpartition("/")[2]
    if not last.strip():
        return [Problem("name", given(name), "the name of a file")]
    try:
        check_key(last)
    except InvalidValueError as error:
        return [Problem("name", given(last), "the name of a file", f"; {str(error).rpartition(' has ')[2]}")]
    return []
