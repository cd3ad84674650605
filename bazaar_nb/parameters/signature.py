"""A function's parameters: typed, defaulted, documented; checked all at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec import Meta

from bazaar_nb.errors import InvalidValueError, ParameterError
from bazaar_nb.parameters.conversion import Problem, columns_of, convert
from bazaar_nb.parameters.docstrings import read_docstring
from bazaar_nb.parameters.kinds import Kind, read_kind
from bazaar_nb.parameters.wording import given, listed, near_hint, wanted

MISSING: Any = inspect.Parameter.empty
_FROM_DEFAULT = (bool, int, float, str)  # a parameter without a type is of its default's


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function.

    Attributes
    ----------
    name : str
    kind : Kind
    default : object
        `MISSING` where a value must be given.
    description : str
    """

    name: str
    kind: Kind
    default: Any
    description: str

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is MISSING


@dataclass(frozen=True)
class Parameters:
    """The parameters of a function.

    Attributes
    ----------
    function_name : str
    summary : str
        What the function is for: its docstring's first paragraph.
    all : tuple of Parameter
        In their order.
    positional : int
        How many may be given without their names.
    """

    function_name: str
    summary: str
    all: tuple[Parameter, ...]
    positional: int

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names."""
        return tuple(one.name for one in self.all)

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Give the arguments of a call, by name, checked, with defaults.

        Raises
        ------
        ParameterError
            With all that is wrong.
        """
        problems = []
        values = dict(zip(self.names[: self.positional], args, strict=False))
        if len(args) > self.positional:
            most = f"at most {self.positional} values without a name"
            problems.append(Problem("positional", f"{len(args)} of them", most))
        for name in sorted(values.keys() & kwargs.keys()):
            problems.append(Problem(name, "two values", "one"))
        checked, found = self.check({**values, **kwargs})
        self.raise_any([*problems, *found])
        return checked

    def check(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
        """Give arguments as the function takes them, with defaults, and all that is wrong with them."""
        made: dict[str, Any] = {}
        problems = [
            Problem(name, given(value), f"no parameter of {self.function_name}", near_hint(name, self.names))
            for name, value in values.items()
            if name not in self.names
        ]
        for one in self.all:
            if one.name in values:
                made[one.name], found = convert(one.kind, values[one.name], one.name)
                problems += found
            elif one.required:
                problems.append(Problem(one.name, "nothing", wanted(one.kind)))
            else:
                made[one.name] = one.default
        return made, [*problems, *self._wrong_columns(made, problems)]

    def columns(self, values: Mapping[str, Any]) -> tuple[str, list[str]] | None:
        """Give the name of the first table among arguments, and its columns."""
        for one in self.all:
            table = values.get(one.name)
            if one.kind.name == "table" and table is not None and not convert(one.kind, table, one.name)[1]:
                return one.name, columns_of(table)
        return None

    def _wrong_columns(self, values: Mapping[str, Any], problems: list[Problem]) -> list[Problem]:
        told = {one.parameter for one in problems}
        given_columns = [
            (one.name, values[one.name])
            for one in self.all
            if one.kind.name == "column" and one.name not in told and values.get(one.name) is not None
        ]
        found = self.columns(values) if given_columns else None
        if found is None:
            return []
        table, columns = found
        return [
            Problem(
                name,
                given(value),
                f"a column of `{table}`, which has {listed(columns)}",
                near_hint(value, columns),
            )
            for name, value in given_columns
            if value not in columns
        ]

    def raise_any(self, problems: list[Problem]) -> None:
        """Raise all problems as one error, if there are any."""
        if not problems:
            return
        lines = [f"`{one.parameter}` must be {one.wanted}, got {one.given}{one.hint}" for one in problems]
        lines = [line.replace("must be no parameter", "is no parameter") for line in lines]
        if len(lines) == 1:
            message = f"{lines[0]} ({self.function_name})"
        else:
            listed = "".join(f"\n- {line}" for line in lines)
            message = f"{self.function_name}() can't be made: {len(lines)} values are wrong{listed}"
        raise ParameterError(
            message, problems=tuple((one.parameter, one.given, one.wanted + one.hint) for one in problems)
        )

    def json_schema(self) -> dict[str, Any]:
        """Give the JSON schema (draft 2020-12) of the arguments as an object."""
        struct = msgspec.defstruct(self.function_name, [self._field(one) for one in self.all], kw_only=True)
        schema = msgspec.json.schema(struct)
        found: dict[str, Any] = dict(schema["$defs"].pop(self.function_name))
        for one in self.all:
            if isinstance(one.default, list | tuple | dict):  # msgspec leaves out what is made anew each time
                found["properties"][one.name]["default"] = msgspec.to_builtins(one.default)
        if schema["$defs"]:
            found["$defs"] = schema["$defs"]
        found["additionalProperties"] = False
        if self.summary:
            found["description"] = self.summary
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}

    def _field(self, one: Parameter) -> Any:
        formats = {"image": "path of a picture", "file": "path", "table": "table", "color": "color"}
        extra = {"format": formats[one.kind.name]} if one.kind.name in formats else None
        said = Meta(description=one.description or None, extra_json_schema=extra)
        hint = Annotated[one.kind.schema_type, said]  # type: ignore[name-defined]  # of types that are only known here
        if one.required:
            return one.name, hint
        if isinstance(one.default, list | tuple | dict):
            return one.name, hint, msgspec.field(default_factory=type(one.default))
        return one.name, hint, one.default


def read_parameters(function: Callable[..., Any]) -> Parameters:
    """Give a function's parameters.

    Raises
    ------
    InvalidValueError
        With each that has no type that can be checked, and each default that is not of its type.
    """
    name = getattr(function, "__name__", type(function).__name__)
    described = read_docstring(function.__doc__)
    try:
        hints = get_type_hints(function, include_extras=True)
    except (NameError, TypeError, AttributeError) as error:
        raise InvalidValueError(f"the types of {name}()'s parameters can't be read: {error}") from None
    problems, found, positional = [], [], 0
    for one in inspect.signature(function).parameters.values():
        if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
            problems.append(f"`{one}`: a film's parameters have names and types, *{one.name} has none")
            continue
        positional += one.kind is not one.KEYWORD_ONLY
        hint = hints.get(one.name, type(one.default) if type(one.default) in _FROM_DEFAULT else None)
        kind = None if hint is None else read_kind(hint)
        if kind is None:
            what = (
                f"no value can be checked with {hint}" if hint is not None else "needs a type, as text: str"
            )
            problems.append(f"`{one.name}`: {what}")
            continue
        problems += _wrong_default(one, kind)
        found.append(
            Parameter(one.name, kind, one.default, described.parameters.get(one.name, "") or kind.description)
        )
    if problems:
        listed = "".join(f"\n- {line}" for line in problems) if len(problems) > 1 else f" {problems[0]}"
        raise InvalidValueError(f"{name}() is no film's function:{listed}")
    return Parameters(name, described.summary, tuple(found), positional)


def _wrong_default(one: inspect.Parameter, kind: Kind) -> list[str]:
    pictures = kind.name == "image" or (kind.item is not None and kind.item.name == "image")
    if one.default is one.empty or pictures:  # files come and go: looked for when they are used
        return []
    if one.default is None and not kind.optional:
        return [f"`{one.name}`: its default is None, but its type doesn't take it"]
    _, wrong = convert(kind, one.default, one.name)
    return [
        f"`{problem.parameter}`: its default must be {problem.wanted}, is {problem.given}"
        for problem in wrong
    ]
