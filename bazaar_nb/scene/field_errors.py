"""What a field of a frame's data takes, and what is wrong with a value, in a user's words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.arrays import ColorArray, FloatArray, color_array, float_array, with_opacity
from bazaar_nb.scene.paint import ConicGradient, LinearGradient, RadialGradient, Swung
from bazaar_nb.values.addresses import without_secrets
from bazaar_nb.values.color import Color, describe_bad_color
from bazaar_nb.values.number import is_missing, plain_number

_GRADIENTS = (LinearGradient, RadialGradient, ConicGradient)
_MANY = {"a number": "numbers", "a colour": "colours", "a number from 0 to 1": "numbers from 0 to 1"}
# Where the type says less than it could.
_WORDS = {
    ("Text", "text"): "text, a number or a list of bz.Span(…)",
    ("Span", "text"): "text or a number",
    ("Image", "source"): "the path or address of a picture, bytes or a picture itself",
    ("Clip", "source"): "the path or address of a video, or its bytes",
    ("Figure", "plot"): "a function that draws",
    ("Drawing", "draw"): "a function that draws on a canvas",
    ("Drawing", "args"): "a list of plain values (numbers, text, lists, dicts)",
    ("Figure", "args"): "a list of plain values (numbers, text, lists, dicts)",
    ("Polygon", "points"): "a list of (x, y) points",
    ("Path", "d"): "SVG path data, or an array of shape (n, 2)",
}


def describe_bad_value(text: str, owner: object, field: str, value: object) -> str:
    """Say what is wanted of a field, and what was given.

    Parameters
    ----------
    text : str
        What msgspec says, without the place.
    owner : Struct or None
        Has the field; None where it is not known.
    field : str
        With its places in sequences, as ``points[0][1]``.
    """
    hint = _hint(type(owner), field) if owner is not None else None
    bound = re.match(r"Expected `\w+`(?: \| \w+)* (>=|<=|>|<) (\S+)$", text)
    if text.startswith("`"):  # said by the data itself
        return text
    said = describe_bad_array(owner, field, value)
    if said is not None:
        return said
    if "matching regex" in text and isinstance(value, str) and any(part == Color for part in _parts(hint)):
        return describe_bad_color(value)
    if text.startswith("Invalid enum value"):
        return describe_bad_choice(value, _choices(hint))
    if text.startswith("Invalid value"):
        kinds = " or ".join(
            part.__name__ for part in _parts(hint) if isinstance(part, type) and part is not _NONE
        )
        return f"expected {kinds or 'another element'}, got {_short(value)}"
    number = plain_number(value)
    if "of length" in text and any(_is_fixed(part) for part in _parts(hint)) and not isinstance(value, str):
        return f"expected {_wanted_words(owner, field, hint)}, got {_short(value)}"
    if "of length" in text or "surrogates" in text:
        for term, word in (
            ("Expected", "expected"),
            ("`", ""),
            ("array", "a sequence"),
            ("str of", "text of"),
        ):
            text = text.replace(term, word)
        return f"{text}, got {_short(value)}"
    is_finite = number is not None and (isinstance(number, int) or number - number == 0)
    if bound and is_finite and not _is_swung(hint):
        return f"expected a number {bound[1]} {bound[2]}, got {_short(value)}"
    words = "another value" if hint is None else _wanted_words(owner, field, hint)
    if number is not None and not is_finite and not is_missing(value):
        words = words.replace("a number", "a finite number", 1)
    advice = _advice(value, words)
    if _is_swung(hint) and number is not None and 2 < number <= 100:
        advice = f"; {number:g} % is {number / 100:g}"
    return f"expected {words}, got {_short(value)}{advice}"


def describe_bad_array(owner: object, field: str, value: object) -> str | None:
    """Say why a field of an element that holds arrays could not take a value; None for other fields."""
    if type(owner).__name__ not in ("Points", "Polyline") or isinstance(value, FloatArray | ColorArray):
        return None
    if field in ("colormap", "range"):
        return "is for numbers in `color`" if isinstance(getattr(owner, "color", None), str) else None
    try:
        if field == "color" and not isinstance(value, str):
            color_array(value, getattr(owner, "colormap", None), getattr(owner, "range", None))
        elif field == "opacity" and plain_number(value) is None:
            with_opacity(getattr(owner, "color", "white"), float_array(value))
        elif field in ("x", "y") or (field == "size" and plain_number(value) is None):
            float_array(value)
    except InvalidValueError as error:
        return str(error).removeprefix(f"`{field}` ")
    return None


def describe_bad_choice(value: object, choices: list[str]) -> str:
    """Say what is wrong with a keyword, with the nearest right one."""
    near = difflib.get_close_matches(str(value), choices, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"expected one of {', '.join(map(repr, choices))}, got {_short(value)}{hint}"


@lru_cache(maxsize=256)
def numbers_taken(cls: type, field: str) -> frozenset[type]:
    """Give which of bool, int and float a field takes, also inside its sequences."""
    return frozenset(_leaves(_hint(cls, field)) & {bool, int, float})


_NONE = type(None)


def _hint(cls: type, field: str) -> Any:
    """Give the type of a field, or of a place in it."""
    name, *places = re.split(r"\[", field)
    hint = get_type_hints(cls, include_extras=True).get(name)
    for _ in places:
        inner = [
            item
            for part in _parts(hint)
            if get_origin(_bare(part)) is tuple
            for item in get_args(_bare(part))
            if item is not Ellipsis
        ]
        hint = inner[0] if inner else Any
    return hint


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _parts(hint: Any) -> tuple[Any, ...]:
    """Give what a union is of; anything else alone."""
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _leaves(hint: Any) -> set[Any]:
    bare = _bare(hint)
    if get_origin(bare) in (Union, UnionType, tuple):
        return set[Any]().union(*map(_leaves, get_args(bare)))
    return {bare}


def _choices(hint: Any) -> list[str]:
    return [choice for part in _parts(hint) if get_origin(part) is Literal for choice in get_args(part)]


def _is_swung(hint: Any) -> bool:
    return any(part == Swung for part in _parts(hint))


def _wanted_words(owner: object, field: str, hint: Any) -> str:
    own = _WORDS.get((type(owner).__name__, field))
    if own is not None:
        return own
    words = list(dict.fromkeys(_words(hint)))
    if "a share like '50%'" in words and "a number" in words:
        words[words.index("a number")] = "a number of pixels"
    return " or ".join(", ".join(words).rsplit(", ", 1)) if len(words) > 1 else words[0]


def _words(hint: Any) -> Iterator[str]:
    for part in _parts(hint):
        bare = _bare(part)
        if part == Swung:
            yield "a number from 0 to 1"
        elif part == Color:
            yield "a colour"
        elif bare is str:
            yield "a share like '50%'" if part is not bare and "%" in str(part) else "text"
        elif bare is bool:
            yield "True or False"
        elif bare is float:
            yield "a number"
        elif bare is int:
            yield "a whole number"
        elif bare is _NONE:
            yield "None"
        elif bare in _GRADIENTS:
            yield "a gradient"
        elif get_origin(bare) is Literal:
            yield f"one of {', '.join(map(repr, get_args(bare)))}"
        elif get_origin(bare) is tuple:
            yield _sequence_words(part, bare)
        elif bare is dict or get_origin(bare) is dict:
            yield "a dict"
        elif isinstance(bare, type) and issubclass(bare, Struct):
            yield f"bz.{bare.__name__}(…)"
        else:
            yield "plain values (numbers, text, lists, dicts)"


def _sequence_words(hint: Any, bare: Any) -> str:
    items = [item for item in get_args(bare) if item is not Ellipsis]
    inner = list(dict.fromkeys(_words(items[0])))
    each = _MANY.get(inner[0], inner[0]) if len(inner) == 1 else "elements"
    if not _is_fixed(hint):
        return f"a list of {each}"
    return f"{len(items) if len(items) > 1 else hint.__metadata__[0].min_length} {each}"


def _is_fixed(hint: Any) -> bool:
    """Tell a sequence of one length."""
    bare = _bare(hint)
    if get_origin(bare) is not tuple:
        return False
    metas = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, Meta)]
    return Ellipsis not in get_args(bare) or any(
        meta.min_length is not None and meta.min_length == meta.max_length for meta in metas
    )


def _advice(value: object, words: str) -> str:
    if is_missing(value) or (value is None and "None" not in words):
        return ", a missing value: give another in its place, or leave the element out"
    if hasattr(value, "to_numpy"):
        return "; a table or column is not one value: `.iloc[…]` gives one, `.to_numpy()` an array of all"
    if words.startswith(("text, a number", "text or a number")) and hasattr(value, "isoformat"):
        return "; str(…) or an f-string makes text of it"
    return ""


def _short(value: object) -> str:
    text = " ".join(repr(value).split()) if not isinstance(value, str | bytes) else repr(value)
    text = without_secrets(text)
    length = f", {len(value)} long" if isinstance(value, str | bytes | Sequence) else ""
    return text if len(text) <= 80 else f"{text[:60]}… ({type(value).__name__}{length})"
