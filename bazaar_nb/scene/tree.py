"""A frame's tree: checked, compared, hashed, and as msgpack or JSON.

Checking is one typed msgpack decode: it runs in C, gives each value its own
type (an int where a float is meant becomes one, so equal pictures have equal
bytes), and is the same for a tree that a scene made and one read from a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Annotated, Any, get_type_hints

import msgspec
import numpy as np
from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import force_setattr, replace

from bazaar_nb.errors import ElementError, InvalidValueError
from bazaar_nb.scene.elements import AnyElement, Column, Element, Group, Pixels, Row
from bazaar_nb.scene.field_errors import describe_bad_value, numbers_taken
from bazaar_nb.scene.paint import Softness, Swung
from bazaar_nb.values.number import is_missing, plain_number, whole_number

Elements = tuple[AnyElement, ...]
MAX_DEPTH = 64
"""How deep groups, rows and columns may be nested."""
_LARGE_BYTES = 65_536
_HELD = b"\x00bazaar_nb: bytes held by _without_pixels"
_TOO_DEEP = f"elements are nested too deeply, at most {MAX_DEPTH} levels can be drawn"
_SWUNG = ((Swung, (0.0, 1.0)), (Softness, (0.0, 1000.0)))
"""Kinds of numbers that a spring may carry too far, and the ends that are then meant."""
FrameSide = Annotated[int, Meta(ge=1, le=16384)]


class FrameTree(Struct, frozen=True, omit_defaults=True, repr_omit_defaults=True, forbid_unknown_fields=True):
    """What one frame shows: plain, immutable data.

    Attributes
    ----------
    width, height : int
        Size of the composition in pixels; the elements' lengths are of it.
    elements : tuple of elements
        The first is lowest.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> tree = film.frame(0)
    >>> tree.width, len(tree.elements)
    (320, 2)
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
    """Turn what msgspec does not know (other numbers, arrays, paths) into plain data."""
    number = plain_number(value)
    if number is not None:
        return number
    if isinstance(value, np.generic | np.ndarray) and not is_missing(value):
        return value.tolist()
    if hasattr(value, "__fspath__"):
        return str(value)
    raise TypeError(f"a {type(value).__name__} can't be part of a frame: {value!r:.80}")


_encoder = msgspec.msgpack.Encoder(enc_hook=plain, decimal_format="number")
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
        checked = _typed(elements)
        check_depth(checked)
        share_defaults(checked)
    except (InvalidValueError, RecursionError):
        raise ElementError(
            f"{_TOO_DEEP} (scene {scene!r}, frame {frame})", scene=scene, frame=frame
        ) from None
    except (msgspec.ValidationError, TypeError, ValueError, OverflowError) as error:
        raise _element_error(elements, error, scene, frame) from None
    return checked


def _typed(elements: Elements) -> Elements:
    held: list[bytes] = []
    light = _without_pixels(elements, held)
    try:
        typed: Elements = _elements_decoder.decode(_encoder.encode(light))
    except msgspec.ValidationError as error:
        # msgspec takes no True for a number and no 700.0 for a whole one; that is looked for only now.
        if not re.search("got `(bool|float)`", str(error)):
            raise
        typed = _elements_decoder.decode(_encoder.encode(_with_numbers_as_wanted(light)))
    if held:
        _put_pixels(typed, iter(held))
    return typed


def _without_pixels(elements: Elements, held: list[bytes]) -> Elements:
    """Take large arrays of bytes out of elements, which need no check: copying them takes milliseconds."""
    light: list[AnyElement] | None = None
    for number, element in enumerate(elements):
        if isinstance(element, Pixels):
            if type(element.array) is not bytes or len(element.array) < _LARGE_BYTES:
                continue
            held.append(element.array)
            changed: AnyElement = replace(element, array=_HELD)
        elif isinstance(element, Group | Row | Column) and isinstance(element.children, tuple | list):
            before = len(held)
            children = _without_pixels(element.children, held)
            if len(held) == before:
                continue
            changed = replace(element, children=children)
        else:
            continue
        light = light or list(elements)
        light[number] = changed
    return elements if light is None else tuple(light)


def _put_pixels(elements: Elements, held: Iterator[bytes]) -> None:
    """Put the bytes that were taken out of elements back, into those that were just decoded."""
    for element in elements:
        if isinstance(element, Pixels) and element.array == _HELD:
            force_setattr(element, "array", next(held))
        elif isinstance(element, Group | Row | Column):
            _put_pixels(element.children, held)


def _with_numbers_as_wanted(value: Any, taken: frozenset[type] = frozenset()) -> Any:
    """Give data with 1 for True where a number is wanted, and 700 for 700.0 where a whole one is."""
    if isinstance(value, Struct):
        fields = value.__struct_fields__
        return type(value)(
            **{
                name: _with_numbers_as_wanted(getattr(value, name), numbers_taken(type(value), name))
                for name in fields
            }
        )
    if isinstance(value, tuple | list):
        return tuple(_with_numbers_as_wanted(item, taken) for item in value)
    if isinstance(value, np.ndarray) and value.shape:
        return _with_numbers_as_wanted(value.tolist(), taken)
    number = plain_number(value) if taken and not isinstance(value, str) else None
    if isinstance(number, bool) and bool not in taken:
        return int(number)
    if isinstance(number, float) and float not in taken and number.is_integer():
        return int(number)
    return value


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
    What a spring carried too far is put to the nearer end here, for the same reason.
    """
    for item in items:
        for name, default, ends in _defaults(type(item)):
            value = getattr(item, name)
            if value is default:
                continue
            if ends is not None and not ends[0] < value < ends[1]:
                value = ends[0] if value <= ends[0] else ends[1]
                force_setattr(item, name, value)
            if value == default:
                force_setattr(item, name, default)
            elif isinstance(value, Struct):
                share_defaults((value,))
            elif type(value) is tuple and value and isinstance(value[0], Struct):
                share_defaults(value)


@lru_cache(maxsize=64)
def _defaults(cls: type[Struct]) -> tuple[tuple[str, object, tuple[float, float] | None], ...]:
    """Give each field's name, its default, and the ends beyond which a spring may carry it."""
    missing = len(cls.__struct_fields__) - len(cls.__struct_defaults__)
    defaults = (NODEFAULT,) * missing + cls.__struct_defaults__
    hints = get_type_hints(cls, include_extras=True)
    return tuple(
        (name, default, next((ends for hint, ends in _SWUNG if hints[name] == hint), None))
        for name, default in zip(cls.__struct_fields__, defaults, strict=True)
    )


def _element_error(elements: Elements, error: Exception, scene: str, frame: int) -> ElementError:
    text, _, path = str(error).rpartition(" - at `$")
    if not isinstance(error, msgspec.ValidationError) or not text:
        path, text = _find_unplain(elements), str(error)
    names, owner, field, value = _follow(elements, path.rstrip("`"))
    own = re.match(r"`(\w+)` (.*)", text, re.DOTALL) if isinstance(value, Element) else None
    if own is not None and path.rstrip("`").endswith(
        "]"
    ):  # said by the element itself, of a field of its own
        field, wanted = own.groups()
    else:
        wanted = describe_bad_value(text, owner, field, value)
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
    side = whole_number(value)
    if side is None or not 1 <= side <= 16384:
        raise InvalidValueError(
            f"`{name}` must be a whole number of pixels from 1 to 16384, got {value!r}{where}"
        )
    return side
