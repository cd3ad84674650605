"""Tables whose rows are arguments: a column for each parameter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.parameters.conversion import Problem, is_left_out
from bazaar_nb.parameters.signature import Parameters
from bazaar_nb.parameters.wording import near_hint, wanted


class RowProblem(NamedTuple):
    """What is wrong with one cell of a table.

    Attributes
    ----------
    row : int or None
        Counted from 0; None where it is a whole column.
    """

    row: int | None
    problem: Problem


def check_rows(parameters: Parameters, table: Any) -> list[RowProblem]:
    """Give all that is wrong with a table of arguments.

    Columns are matched by name. A parameter without a column, or with an empty cell, has its default; columns
    of other names are left alone, unless they are nearly a parameter's.

    Raises
    ------
    InvalidValueError
        When it is no table.
    """
    import narwhals as nw

    where = f"({parameters.function_name}.check)"
    try:
        frame = nw.from_native(table)
    except TypeError:
        raise InvalidValueError(
            f"expected a table of pandas, polars or pyarrow, got {type(table).__name__} {where}"
        ) from None
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    if not isinstance(frame, nw.DataFrame):
        raise InvalidValueError(f"expected a table, got {type(table).__name__} {where}")
    names = [str(name) for name in frame.columns]
    columns = [frame[name].to_list() for name in frame.columns]
    problems = list(_column_problems(parameters, names))
    told = {one.problem.parameter for one in problems}
    known = [(name, column) for name, column in zip(names, columns, strict=True) if name in parameters.names]
    for row in range(len(frame)):
        values = {name: column[row] for name, column in known if not is_left_out(column[row])}
        _, found = parameters.check(values)
        problems += [RowProblem(row, one) for one in found if one.parameter not in told]
    return problems


def _column_problems(parameters: Parameters, names: list[str]) -> Iterator[RowProblem]:
    spare = [name for name in names if name not in parameters.names]
    for one in parameters.all:
        if one.name in names:
            continue
        hint = near_hint(one.name, spare)
        if one.required:
            yield RowProblem(None, Problem(one.name, "no column", wanted(one.kind), hint))
        elif hint:
            yield RowProblem(None, Problem(one.name, "no column", "a column of this name, or none", hint))
