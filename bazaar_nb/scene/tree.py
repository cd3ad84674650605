"""A frame's tree: checked, compared, hashed, and as msgpack or JSON.

Checking is one typed msgpack decode: it runs in C, gives each value its own
type (an int where a float is meant becomes one, so equal pictures have equal
bytes), and is the same for a tree that a scene made and one read from a file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Annotated, Any, get_args, get_type_hints

import msgspec
import numpy as np
from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import force_setattr

from bazaar_nb.errors import ElementError, InvalidValueError
from bazaar_nb.scene.color import describe_bad_color
from bazaar_nb.scene.elements import AnyElement, Column, Element, Group, Row

Elements = tuple[AnyElement, ...]
MAX_DEPTH = 64
"""How deep groups, rows and columns may be nested."""
_TOO_DEEP = f"elements are nested too deeply, at most {MAX_DEPTH} levels can be drawn"
FrameSide = Annotated[int, Meta(ge=1, le=16384)]


class FrameTree(Struct, frozen=True, omit_defaults=True, repr_omit_defaults=True, forbid_unknown_fields=True):
    """What one frame shows: plain, immutable data.

    Attributes
    ----------
    width, height : int
        Size of the composition in pixels; the elements' lengths are of it.
    elements : tuple of elements
        The first is lowest.
    """

    width: FrameSide
    height: FrameSide
    elements: Elements = ()

    def to_msgpack(self) -> bytes:
        """Give the tree as msgpack; equal trees give equal bytes."""
        return _encoder.encode(self)

    @classmethod
    def from_msgpack(cls, data: bytes) -> FrameTree:
        """Read a tree that `to_msgpack` gave."""
        return _tree_decoder.decode(data)

    def to_json(self) -> str:
        """Give the tree as JSON text."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> FrameTree:
        """Read and check a tree from JSON text; no code of it is run.

        Raises
        ------
        ElementError
            When it is no tree, or holds a bad value.
        """
        try:
            tree = msgspec.json.decode(text, type=cls)
            check_depth(tree.elements)
            share_defaults(tree.elements)
        except (msgspec.DecodeError, InvalidValueError, UnicodeError) as error:
            raise ElementError(f"not a frame's tree: {error}") from None
        except RecursionError:
            raise ElementError(f"not a frame's tree: {_TOO_DEEP}") from None
        return tree


def plain(value: Any) -> Any:
    """Turn what msgspec does not know (numpy's numbers and arrays, paths) into plain data."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if hasattr(value, "__fspath__"):
        return str(value)
    raise TypeError(f"a {type(value).__name__} can't be part of a frame: {value!r:.80}")


_encoder = msgspec.msgpack.Encoder(enc_hook=plain)
_elements_decoder = msgspec.msgpack.Decoder(Elements)
_tree_decoder = msgspec.msgpack.Decoder(FrameTree)


def check_elements(elements: Elements, *, scene: str, frame: int) -> Elements:
    """Check elements and give them with every value in its own type.

    Raises
    ------
    ElementError
        With the scene, the frame, the element and the field, what was given
        and what is wanted.
    """
    try:
        checked: Elements = _elements_decoder.decode(_encoder.encode(elements))
        check_depth(checked)
        share_defaults(checked)
    except (InvalidValueError, RecursionError):
        raise ElementError(
            f"{_TOO_DEEP} (scene {scene!r}, frame {frame})", scene=scene, frame=frame
        ) from None
    except (msgspec.ValidationError, TypeError, ValueError, OverflowError) as error:
        raise _element_error(elements, error, scene, frame) from None
    return checked


def check_depth(elements: Elements) -> None:
    """Check that groups are not nested deeper than can be drawn.

    Raises
    ------
    InvalidValueError
        When they are.
    """
    level: list[AnyElement] = list(elements)
    for _ in range(MAX_DEPTH):
        level = [child for item in level if isinstance(item, Group | Row | Column) for child in item.children]
        if not level:
            return
    raise InvalidValueError(_TOO_DEEP)


def share_defaults(items: Iterable[Struct]) -> None:
    """Put the default itself where a value equals it, in data that was just decoded.

    msgspec leaves out what *is* the default, not what equals it; so equal trees get equal bytes.
    """
    for item in items:
        for name, default in _defaults(type(item)):
            value = getattr(item, name)
            if value is default:
                continue
            if value == default:
                force_setattr(item, name, default)
            elif isinstance(value, Struct):
                share_defaults((value,))
            elif type(value) is tuple and value and isinstance(value[0], Struct):
                share_defaults(value)


@lru_cache(maxsize=64)
def _defaults(cls: type[Struct]) -> tuple[tuple[str, object], ...]:
    missing = len(cls.__struct_fields__) - len(cls.__struct_defaults__)
    return tuple(zip(cls.__struct_fields__, (NODEFAULT,) * missing + cls.__struct_defaults__, strict=True))


def _element_error(elements: Elements, error: Exception, scene: str, frame: int) -> ElementError:
    text, _, path = str(error).rpartition(" - at `$")
    if not isinstance(error, msgspec.ValidationError) or not text:
        path, text = _find_unplain(elements), str(error)
    names, owner, field, value = _follow(elements, path.rstrip("`"))
    wanted = _wanted(text, owner, field, value)
    place = " > ".join(names) or "the list of elements"
    message = f"`{field}` of {place}: {wanted} (scene {scene!r}, frame {frame})"
    return ElementError(message, scene=scene, frame=frame, element=" > ".join(names), field=field)


def _follow(elements: Elements, path: str) -> tuple[list[str], object, str, object]:
    """Walk a path like ``[2].children[0].x``.

    Gives the elements on it, the last one's data that has the field, the field and its value.
    """
    names: list[str] = []
    owner: object = None
    field = "elements"
    value: Any = elements
    for attribute, index in re.findall(r"\.([A-Za-z_]\w*)|\[(\d+|\.\.\.)\]", path):
        if attribute == "kind":  # the tag of the value, which is of a wrong type
            break
        if attribute:
            owner, field, value = value, attribute, getattr(value, attribute, None)
            continue
        number = int(index) if index.isdigit() else 0
        if not isinstance(value, Sequence | np.ndarray) or number >= len(value):
            break
        value = value[number]
        if isinstance(value, Element):
            names.append(f"{type(value).__name__}[{number}]")
        else:
            field += f"[{number}]"
    return names, owner, field, value


def _wanted(text: str, owner: object, field: str, value: object) -> str:
    """Say what is wanted, and what was given."""
    if text.startswith("`"):  # said by the data itself
        return text
    if "matching regex" in text and "aliceblue" in text and isinstance(value, str):
        return describe_bad_color(value)
    if text.startswith("Invalid enum value"):
        return describe_bad_choice(value, _choices(owner, field))
    if "matching regex" in text:
        wanted = "expected a number of pixels or a share like '50%'"
    elif isinstance(value, float | np.floating) and not np.isfinite(value):
        wanted = "expected a finite number"
    elif text.startswith("Invalid value"):
        wanted = f"expected {' or '.join(_choices(owner, field)) or 'another element'}"
    else:
        text = re.sub(r"Expected `(\w+)` (>=|<=|>|<) ", lambda m: f"expected a number {m[2]} ", text)
        text = text.replace("Expected `object`", "expected an element").replace("Expected", "expected")
        text = re.sub(r", got `\w+`$", "", text)
        wanted = text.replace("`", "").replace("array", "sequence")
    return f"{wanted}, got {_short(value)}"


def describe_bad_choice(value: object, choices: list[str]) -> str:
    """Say what is wrong with a keyword, with the nearest right one."""
    near = difflib.get_close_matches(str(value), choices, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"expected one of {', '.join(map(repr, choices))}, got {_short(value)}{hint}"


def _choices(owner: object, field: str) -> list[str]:
    """Give the words, or the names of the types, that a field takes."""
    hint = get_type_hints(type(owner)).get(field) if owner is not None else None
    return [
        choice if isinstance(choice, str) else choice.__name__
        for choice in get_args(hint)
        if choice is not type(None) and isinstance(choice, str | type)
    ]


def _short(value: object) -> str:
    text = repr(value)
    length = f", {len(value)} long" if isinstance(value, str | bytes | Sequence) else ""
    return text if len(text) <= 80 else f"{text[:60]}… ({type(value).__name__}{length})"


def _find_unplain(value: Any, path: str = "") -> str:
    """Give the path of the deepest value that can't be encoded."""
    items: list[tuple[str, Any]] = []
    if isinstance(value, Struct):
        items = [(f"{path}.{name}", getattr(value, name)) for name in value.__struct_fields__]
    elif isinstance(value, tuple | list):
        items = [(f"{path}[{i}]", item) for i, item in enumerate(value)]
    for where, item in items:
        try:
            _encoder.encode(item)
        except (TypeError, ValueError, OverflowError):
            return _find_unplain(item, where)
    return path


def check_side(value: object, name: str, where: str) -> int:
    """Check a width or height of a composition.

    Raises
    ------
    InvalidValueError
        When it is no whole number from 1 to 16384.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 1 <= value <= 16384:
        raise InvalidValueError(
            f"`{name}` must be a whole number of pixels from 1 to 16384, got {value!r}{where}"
        )
    return int(value)
