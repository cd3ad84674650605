"""`@bz.film`: a function with typed parameters that makes a film."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, ParamSpec

from bazaar_nb.composition.composition import Composition
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.parameters.rows import check_rows
from bazaar_nb.parameters.signature import Parameters, read_parameters

if TYPE_CHECKING:
    import pandas as pd

    from bazaar_nb.widgets.player.form import Form

Arguments = ParamSpec("Arguments")


class FilmFunction(Generic[Arguments]):
    """A decorated function; calling it checks its arguments and gives a `Composition`.

    Attributes
    ----------
    function : callable
        As it was written.
    parameters : Parameters
        What it takes.
    """

    def __init__(
        self, function: Callable[Arguments, Composition], parameters: Parameters | None = None
    ) -> None:
        self.function = function
        self.parameters = parameters or read_parameters(function)
        functools.update_wrapper(self, function)

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Composition:
        """Give the film of these arguments.

        Raises
        ------
        ParameterError
            With all that is wrong with them, before anything is made.
        """
        return self._made(self.parameters.bind(args, kwargs))

    def json_schema(self) -> dict[str, Any]:
        """Give the JSON schema (draft 2020-12) of the arguments, as an object with a property for each.

        A table has no schema; pictures and files are paths.
        """
        return self.parameters.json_schema()

    def form(self, **values: Any) -> Form:
        """Show the film in the notebook with a field for each parameter; what is filled in is seen at once.

        Parameters
        ----------
        **values
            What the fields begin with; the defaults where nothing is given.

        Returns
        -------
        Form
            A widget: its ``values`` and ``film`` are those of the moment.

        Raises
        ------
        ParameterError
            For a name that is no parameter's. What is wrong with a value stands beside its field.

        Examples
        --------
        >>> bz.templates.quote_card.form(text="Less, but better.")  # doctest: +SKIP
        """
        from bazaar_nb.widgets.player.form import make_form

        unknown = {name: value for name, value in values.items() if name not in self.parameters.names}
        if unknown:
            _, problems = self.parameters.check(unknown)
            self.parameters.raise_any([one for one in problems if one.parameter in unknown])
        return make_form(self._made, self.parameters, values)

    def check(self, table: Any) -> pd.DataFrame:
        """Give all that is wrong with a table of arguments, a film a row.

        Parameters
        ----------
        table : DataFrame or table
            Of pandas, polars or pyarrow. Columns are matched by name; a parameter without a column, or with
            an empty cell, has its default. Columns of other names are left alone, unless they are nearly
            a parameter's.

        Returns
        -------
        DataFrame
            ``row`` (counted from 0; missing where it is a whole column), ``parameter``, ``given`` and
            ``wanted``; no rows if all is right.

        Raises
        ------
        InvalidValueError
            When it is no table.

        Examples
        --------
        >>> import bazaar_nb as bz
        >>> quotes = {"text": ["Less, but better.", ""], "theme": ["dark", "drak"]}
        >>> import pandas as pd
        >>> print(bz.templates.quote_card.check(pd.DataFrame(quotes))[["row", "parameter", "given"]])
           row parameter   given
        0    1      text      ''
        1    1     theme  'drak'
        """
        import pandas as pd

        found = check_rows(self.parameters, table)
        return pd.DataFrame(
            {
                "row": pd.array([one.row for one in found], dtype="Int64"),
                "parameter": [one.problem.parameter for one in found],
                "given": [one.problem.given for one in found],
                "wanted": [one.problem.wanted + one.problem.hint for one in found],
            }
        )

    def _made(self, values: Mapping[str, Any]) -> Composition:
        call: Callable[..., Any] = self.function
        made = call(**values)
        if not isinstance(made, Composition):
            name = self.parameters.function_name
            raise InvalidValueError(f"{name}() should give a Composition, got {made!r:.60} (film)")
        return made

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Pickle by name where there is one to find it by, as functions are; else the function itself."""
        name = str(getattr(self, "__qualname__", ""))
        module = sys.modules.get(self.__module__) if self.__module__ != "__main__" else None
        found: Any = module
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is self:
            return name
        # With the parameters: their types are names that the function may not have elsewhere.
        return FilmFunction, (self.function, self.parameters)

    def __repr__(self) -> str:
        return f"<film function {self.parameters.function_name}({', '.join(self.parameters.names)})>"


def film(function: Callable[Arguments, Composition], /) -> FilmFunction[Arguments]:
    """Make a film of a function with typed parameters, which gives a `Composition`.

    Whoever calls it has all that is wrong with the arguments told at once, before anything is drawn; there is
    a form (`FilmFunction.form`), a check of whole tables (`FilmFunction.check`) and a JSON schema.

    Parameters
    ----------
    function : callable
        Each parameter has a type: ``str``, ``int``, ``float``, ``bool``, ``Literal[…]``, ``datetime.date`` or
        ``datetime``, ``pathlib.Path``, ``bz.parameters.Color``, ``bz.parameters.ImageFile``,
        ``bz.parameters.Table`` (or a DataFrame's class), ``bz.parameters.Column`` (of the first table), a
        list of one of these, any of them ``| None``, and for bounds ``Annotated[…, msgspec.Meta(…)]``. What
        each is for is read from a NumPy-style docstring. The function is given tables as they are, and paths
        of pictures as text.

    Returns
    -------
    FilmFunction

    Raises
    ------
    InvalidValueError
        With each parameter that has no type that can be checked, and each default that is not of its type.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=3)
    ... def words(frame, text, color):
    ...     return bz.Text(text, color=color, size=frame.height / 8)
    >>> @bz.film
    ... def greeting(name: str, color: bz.parameters.Color = "gold", seconds: float = 3) -> bz.Composition:
    ...     return bz.Composition([words(f"Hello, {name}!", color, duration=seconds)])
    >>> greeting("Ada", color="tomato").frames
    90
    >>> greeting(7, color="golf")
    Traceback (most recent call last):
    ...
    bazaar_nb.errors.ParameterError: greeting() can't be made: 2 values are wrong
    - `name` must be text, got 7
    - `color` must be a colour as 'tomato', '#2f6de0' or 'rgb(…)', got 'golf'; did you mean 'gold'?
    """
    if not callable(function):
        raise InvalidValueError(f"@film goes before a function, got {function!r:.60}")
    return FilmFunction(function)
