"""Tables whose rows are arguments: a column for each parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    problems = list(column_problems(parameters, names))
    told = {one.problem.parameter for one in problems}
    for number, values in enumerate(zip(*columns, strict=True)):
        _, found = check_row(parameters, dict(zip(names, values, strict=True)))
        problems += [RowProblem(number, one) for one in found if one.parameter not in told]
    return problems


def check_row(parameters: Parameters, row: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Give a row's arguments as the function takes them, with defaults, and all that is wrong with them."""
    given = {name: row[name] for name in parameters.names if name in row and not is_left_out(row[name])}
    return parameters.check(given)


def column_problems(parameters: Parameters, names: Sequence[str]) -> Iterator[RowProblem]:
    """Give what is wrong with a table of these columns, whatever is in them."""
    spare = [name for name in names if name not in parameters.names]
    for one in parameters.all:
        if one.name in names:
            continue
        hint = near_hint(one.name, spare)
        if one.required:
            yield RowProblem(None, Problem(one.name, "no column", wanted(one.kind), hint))
        elif hint:
            yield RowProblem(None, Problem(one.name, "no column", "a column of this name, or none", hint))
