"""All rows of a batch checked, before anything is drawn."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from bazaar_nb.batches.films import RowFilms
from bazaar_nb.batches.outcome import ColumnKinds
from bazaar_nb.batches.rows import Rows
from bazaar_nb.errors import BadRowsError
from bazaar_nb.parameters.conversion import Problem
from bazaar_nb.parameters.wording import given

if TYPE_CHECKING:
    import pandas as pd

_MOST_KEPT = 100_000
"""How many problems are listed one by one: a table that is all wrong shall not fill the memory."""
_MOST_LINES = 12
_LONGEST = 300


class CellProblem(NamedTuple):
    """What is wrong with a cell, or a row, or a whole column: then `row` is None."""

    row: int | None
    column: str
    given: str
    wanted: str


@dataclass
class CheckedRows:
    """What was found in all rows.

    Attributes
    ----------
    count : int
        Of rows.
    frames : int
        Of all films that can be made; 0 if none was made to see.
    bad : int
        Of rows with a problem.
    problems : list of CellProblem
        The first hundred thousand.
    twice : dict of int to int
        Rows whose movie has the name of another, with that other's number.
    """

    count: int = 0
    frames: int = 0
    bad: int = 0
    problems: list[CellProblem] = field(default_factory=list)
    twice: dict[int, int] = field(default_factory=dict)
    whole_columns: bool = False
    kinds: ColumnKinds = field(default_factory=ColumnKinds)

    def table(self) -> pd.DataFrame:
        """Give the problems as a table."""
        import pandas as pd

        return pd.DataFrame(
            {
                "row": pd.array([one.row for one in self.problems], dtype="Int64"),
                "column": [one.column for one in self.problems],
                "given": [one.given for one in self.problems],
                "wanted": [one.wanted for one in self.problems],
            }
        )

    def error(self, function_name: str) -> BadRowsError:
        """Give what tells of all problems."""
        first = [_line(one) for one in self.problems[:_MOST_LINES]]
        more = len(self.problems) - len(first)
        if more:
            first.append(f"… and {more:,} more, all in the table `problems` of this error")
        lines = "".join(f"\n- {line}" for line in first)
        what = (
            f"{self.bad:,} of {self.count:,} rows are wrong" if self.bad else "the table's columns are wrong"
        )
        skip = '; on_bad_rows="skip" makes the others' if self.bad < self.count and self.bad else ""
        return BadRowsError(
            f"{what}, and no film of {function_name}() was begun{skip}{lines}", problems=self.table()
        )


def check_rows(
    rows: Rows, films: RowFilms, *, make: bool, see_kinds: bool, check: Callable[[int], None]
) -> CheckedRows:
    """Check all rows, and find those whose movies have one name.

    Parameters
    ----------
    make : bool
        Whether each film is made for it, which draws nothing.
    see_kinds : bool
        Whether the kinds of the columns' cells are to be told.
    check : function
        Told how many rows are checked; raises to stop.

    Raises
    ------
    InvalidValueError
        When the template of names asks for a column that isn't there, or what comes is no row.
    """
    found = CheckedRows()
    names = array("Q")
    for number, row in enumerate(rows):
        if not number:
            columns = films.check_columns(list(row))
            found.problems += [_cell(None, one.problem) for one in columns]
            found.whole_columns = bool(columns)
        if see_kinds:
            found.kinds.see(row)
        made = films.film(number, row, make=make)
        found.count += 1
        if made.problems:
            found.bad += 1
            _keep(found, [_cell(number, one) for one in made.problems])
        elif made.request is not None:
            found.frames += made.request.frames
        names.append(0 if made.problems else _number(made.place))
        check(found.count)
    _find_twice(found, names, rows, films)
    return found


def _find_twice(found: CheckedRows, names: array[int], rows: Rows, films: RowFilms) -> None:
    import numpy as np

    numbers = np.frombuffer(names, np.uint64) if names else np.empty(0, np.uint64)
    order = np.argsort(numbers, kind="stable")
    same = (numbers[order][1:] == numbers[order][:-1]) & (numbers[order][1:] != 0)
    for place in np.flatnonzero(same):
        one, other = int(order[place]), int(order[place + 1])
        found.twice.setdefault(one, other)
        found.twice[other] = one
    if not found.twice:
        return
    found.bad += len(found.twice)
    for number, row in enumerate(rows):
        if number in found.twice:
            made = films.film(number, row, make=False)
            _keep(found, [_cell(number, twice_problem(made.name, found.twice[number]))])


def twice_problem(name: str, other: int) -> Problem:
    """Say that two rows have one name."""
    return Problem("name", given(name), "a name that no other row has", f"; row {other} has it, too")


def say(problem: Problem) -> str:
    """Give a problem as text."""
    if not problem.parameter:  # of the whole row: what is wanted says what is wrong
        return f"{problem.wanted} ({problem.given})"
    return f"`{problem.parameter}`: got {problem.given}, wanted {problem.wanted}{problem.hint}"


def _keep(found: CheckedRows, problems: list[CellProblem]) -> None:
    found.problems += problems[: max(0, _MOST_KEPT - len(found.problems))]


def _cell(row: int | None, problem: Problem) -> CellProblem:
    return CellProblem(row, problem.parameter, problem.given, problem.wanted + problem.hint)


def _line(one: CellProblem) -> str:
    if one.row is None:
        text = f"column {one.column!r}: got {one.given}, wanted {one.wanted}"
    elif one.column:
        text = f"row {one.row}, {one.column!r}: got {one.given}, wanted {one.wanted}"
    else:
        text = f"row {one.row}: {one.wanted} ({one.given})"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _number(place: str) -> int:
    return int.from_bytes(blake2b(place.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") or 1
