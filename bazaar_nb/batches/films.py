"""Films of rows: made by a function, checked before anything is drawn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from bazaar_nb.batches.movie_names import NameTemplate
from bazaar_nb.batches.rows import Row
from bazaar_nb.errors import InvalidValueError, LimitError, ParameterError, SettingsError
from bazaar_nb.jobs.admission import Admission
from bazaar_nb.jobs.export_request import ExportOptions, ExportRequest, RenderPlace, make_request
from bazaar_nb.parameters.conversion import Problem
from bazaar_nb.parameters.rows import RowProblem, check_row, column_problems
from bazaar_nb.parameters.signature import Parameters
from bazaar_nb.parameters.wording import given
from bazaar_nb.scene.film import Film


class RowRecord(dict[str, Any]):
    """A row as a plain function is given it: ``row["city"]``, or ``row.city``."""

    def __getattr__(self, name: str) -> Any:
        if name in self and not name.startswith("__"):
            return self[name]
        raise AttributeError(f"the row has no {name!r}; it has {', '.join(self)}")


class RowFilm(NamedTuple):
    """What is made of a row.

    Attributes
    ----------
    name : str
        As the template gives it: a path, or a name in the workspace.
    request : ExportRequest or None
        None where something is wrong, or where the film was not to be made.
    problems : list of Problem
    """

    name: str
    request: ExportRequest | None
    problems: list[Problem]

    @property
    def place(self) -> str:
        """Where the movie will be, as far as that tells it from those of other rows."""
        if self.request is None:
            return self.name
        return str(self.request.target or self.request.name)


class RowFilms:
    """Makes films of rows.

    Parameters
    ----------
    function : callable
        One made by `bz.film`, whose parameters are columns; or any that takes a row.
    options : ExportOptions
        For all of them.
    where : RenderPlace
        Where they go.

    Raises
    ------
    InvalidValueError
        When it is no function.
    AccessError
        If the user is not in the project.
    """

    def __init__(
        self, function: Callable[..., Any], name: NameTemplate, options: ExportOptions, where: RenderPlace
    ) -> None:
        if not callable(function):
            raise InvalidValueError(
                f"expected a function that makes films, got {given(function)} (export_all)"
            )
        self._function = function
        self._template = name
        self._options = options
        self._where = where
        self._admission = Admission(where)
        self._one_at_a_time = threading.Lock()  # what makes films may use pyplot, which threads break
        parameters = getattr(function, "parameters", None)
        self._parameters = parameters if isinstance(parameters, Parameters) else None
        self._told: set[str] = set()

    @property
    def function_name(self) -> str:
        """The function's name."""
        return str(getattr(self._function, "__name__", type(self._function).__name__))

    def check_columns(self, names: list[str]) -> list[RowProblem]:
        """Give what is wrong with a table of these columns, whatever is in them.

        Raises
        ------
        InvalidValueError
            When the template of names asks for a column that isn't there.
        """
        if self._parameters is None:
            self._template.check_columns(names)
            return []
        self._template.check_columns([*names, *(one for one in self._parameters.names if one not in names)])
        found = list(column_problems(self._parameters, names))
        self._told = {one.problem.parameter for one in found}
        return found

    def film(self, number: int, row: Row, *, make: bool = True) -> RowFilm:
        """Give a row's film, or what is wrong with the row.

        Parameters
        ----------
        number : int
            Of the row, counted from 0.
        make : bool
            Whether the function is called; else only its parameters and the name are checked.
        """
        arguments: Mapping[str, Any] = row
        problems: list[Problem] = []
        if self._parameters is not None:
            arguments, found = check_row(self._parameters, row)
            problems = [one for one in found if one.parameter not in self._told]
        name, wrong_name = self._template.fill(number, {**row, **arguments})
        told = {one.parameter for one in problems}
        problems += [one for one in wrong_name if one.parameter not in told]
        if problems or self._told or not make:
            return RowFilm(name, None, problems)
        film, problems = self._made(row, arguments)
        if film is None:
            return RowFilm(name, None, problems)
        try:
            request = make_request(film, name, self._options, self._where)
            self._admission.check(request)
        except (SettingsError, LimitError) as error:
            return RowFilm(name, None, [Problem("", f"the film {film.name!r:.60}", str(error))])
        return RowFilm(name, request, [])

    def _made(self, row: Row, arguments: Mapping[str, Any]) -> tuple[Film | None, list[Problem]]:
        called = self.function_name
        try:
            with self._one_at_a_time:
                if self._parameters is not None:
                    film = self._function(**arguments)
                else:
                    film = self._function(RowRecord(row))
        except ParameterError as error:
            return None, [Problem(*problem) for problem in error.problems]
        except Exception as error:
            return None, [Problem("", given(row), f"{called}() failed: {type(error).__name__}: {error}")]
        if not isinstance(film, Film):
            said = f"{called}() gives {given(film)}, and no Composition"
            return None, [Problem("", given(row), said)]
        return film, []
