"""What a parameter takes, read from its type: text, numbers, colours, pictures, dates, tables, lists."""

from __future__ import annotations

import copyreg
import datetime
import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

import msgspec
from msgspec import Meta

from bazaar_nb.values.color import Color as Color

KindName = Literal[
    "text", "whole", "number", "switch", "choice", "color", "image", "file", "date", "moment", "table",
    "column", "list", "other",
]  # fmt: skip
_KIND = "bazaar_nb kind"  # in the extra of a type's Meta

if TYPE_CHECKING:  # any library's table, a path or its text
    Table: TypeAlias = Any
    ImageFile: TypeAlias = str | Path
    Column: TypeAlias = str
else:
    Table = Annotated[Any, Meta(extra={_KIND: "table"})]
    ImageFile = Annotated[str, Meta(min_length=1, max_length=4096, extra={_KIND: "image"})]
    Column = Annotated[str, Meta(min_length=1, max_length=1000, extra={_KIND: "column"})]

_PLAIN: dict[object, KindName] = {
    str: "text", int: "whole", float: "number", bool: "switch", datetime.date: "date",
    datetime.datetime: "moment", Path: "file",
}  # fmt: skip


def _reduce_meta(meta: Meta) -> tuple[Any, ...]:
    given = {name: getattr(meta, name) for name in _META_FIELDS if getattr(meta, name) is not None}
    return functools.partial(Meta, **given), ()


_META_FIELDS = (
    "gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length", "tz", "title",
    "description", "examples", "extra_json_schema", "extra",
)  # fmt: skip
# A function of a notebook is sent to workers with its types; msgspec says nothing of how to send these.
copyreg.pickle(Meta, _reduce_meta)
_COLOR = get_args(Color)[1]
_SEQUENCES = (list, tuple, Sequence)
_TABLE_LIBRARIES = ("pandas", "polars", "pyarrow", "narwhals", "geopandas", "modin")
_TABLE_CLASSES = ("DataFrame", "GeoDataFrame", "LazyFrame", "Table")


@dataclass(frozen=True)
class Kind:
    """What a parameter takes.

    Attributes
    ----------
    name : str
    schema_type : type
        What msgspec checks a value with, and makes the JSON schema of.
    optional : bool
        Whether None is taken, too.
    choices : tuple
        Of a choice.
    item : Kind or None
        Of a list's items.
    low, high : float or None
        The least and the largest number; `above`, `below` where the bound itself is not taken.
    step : float or None
        Of which numbers are multiples.
    shortest, longest : int or None
        Lengths of a text or list.
    meta : Meta or None
        Title and description that the type itself has.
    """

    name: KindName
    schema_type: Any
    optional: bool = False
    choices: tuple[Any, ...] = ()
    item: Kind | None = None
    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    step: float | None = None
    shortest: int | None = None
    longest: int | None = None
    description: str = ""


def read_kind(hint: Any) -> Kind | None:
    """Give what a type takes; None for one that no value can be checked with."""
    if get_origin(hint) is Annotated:
        inner, *metadata = get_args(hint)
        found = read_kind(inner)
        for meta in metadata:
            if found is not None and isinstance(meta, Meta):
                found = _narrowed(found, meta)
        return found
    if get_origin(hint) in (Union, UnionType):
        return _read_union(get_args(hint))
    if get_origin(hint) is Literal:
        return Kind("choice", hint, choices=get_args(hint))
    if hint is Any:
        return Kind("other", Any)
    if hint is Path:
        return Kind("file", str)
    if isinstance(hint, type) and hint in _PLAIN:
        return Kind(_PLAIN[hint], hint)
    if _is_table(hint):
        return Kind("table", Any)
    if get_origin(hint) in _SEQUENCES:
        return _read_sequence(hint)
    return _other(hint)


def _narrowed(kind: Kind, meta: Meta) -> Kind:
    name: KindName = (meta.extra or {}).get(_KIND, kind.name)
    if kind.name == "text" and meta.pattern is not None and meta == _COLOR:
        name = "color"
    schema_type = kind.schema_type
    bounds = (meta.ge, meta.le, meta.gt, meta.lt, meta.multiple_of, meta.pattern, meta.min_length)
    if kind.name != "table" and any(bound is not None for bound in (*bounds, meta.max_length)):
        schema_type = Annotated[schema_type, meta]

    def given(value: Any, before: Any) -> Any:
        return before if value is None else value

    return replace(
        kind, name=name, schema_type=schema_type,
        low=given(meta.ge, kind.low), high=given(meta.le, kind.high),
        above=given(meta.gt, kind.above), below=given(meta.lt, kind.below),
        step=given(meta.multiple_of, kind.step), shortest=given(meta.min_length, kind.shortest),
        longest=given(meta.max_length, kind.longest), description=meta.description or kind.description,
    )  # fmt: skip


def _read_union(parts: tuple[Any, ...]) -> Kind | None:
    others = [part for part in parts if part is not NoneType]
    if len(others) == len(parts):
        return _other(Union[parts])  # noqa: UP007  # of types that are only known here
    found = read_kind(others[0]) if len(others) == 1 else read_kind(Union[tuple(others)])  # noqa: UP007
    if found is None:
        return None
    return replace(found, optional=True, schema_type=Union[found.schema_type, None])  # noqa: UP007


def _read_sequence(hint: Any) -> Kind | None:
    arguments = get_args(hint)
    if get_origin(hint) is tuple and (len(arguments) != 2 or arguments[1] is not Ellipsis):
        return _other(hint)
    item = read_kind(arguments[0])
    return None if item is None else Kind("list", list[item.schema_type], item=item)  # type: ignore[name-defined]


def _other(hint: Any) -> Kind | None:
    try:
        msgspec.json.schema(hint)
    except (TypeError, ValueError):
        return None
    return Kind("other", hint)


def _is_table(hint: Any) -> bool:
    plain = get_origin(hint) or hint
    library = str(getattr(plain, "__module__", "")).partition(".")[0]
    return library in _TABLE_LIBRARIES and getattr(plain, "__name__", "") in _TABLE_CLASSES
