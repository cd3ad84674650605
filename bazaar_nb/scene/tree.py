"""A frame's tree: checked, compared, hashed, and as msgpack or JSON.

Checking is one typed msgpack decode: it runs in C, gives each value its own
type (an int where a float is meant becomes one, so equal pictures have equal
bytes), and is the same for a tree that a scene made and one read from a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta, Struct

from bazaar_nb.errors import ElementError, InvalidValueError
from bazaar_nb.scene.color import describe_bad_color
from bazaar_nb.scene.elements import AnyElement

Elements = tuple[AnyElement, ...]
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
            return msgspec.json.decode(text, type=cls)
        except msgspec.DecodeError as error:
            raise ElementError(f"not a frame's tree: {error}") from None


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
        return _elements_decoder.decode(_encoder.encode(elements))
    except (msgspec.ValidationError, TypeError, ValueError, OverflowError) as error:
        raise _element_error(elements, error, scene, frame) from None


def _element_error(elements: Elements, error: Exception, scene: str, frame: int) -> ElementError:
    text, _, path = str(error).rpartition(" - at `$")
    if not isinstance(error, msgspec.ValidationError) or not text:
        path, text = _find_unplain(elements), str(error)
    names, field, value = _follow(elements, path.rstrip("`"))
    wanted = _wanted(text, value)
    place = " > ".join(names) or "the list of elements"
    got = f", got {_short(value)}" if not wanted.startswith("unknown colour") else ""
    message = f"`{field}` of {place}: {wanted}{got} (scene {scene!r}, frame {frame})"
    return ElementError(message, scene=scene, frame=frame, element=" > ".join(names), field=field)


def _follow(elements: Elements, path: str) -> tuple[list[str], str, object]:
    """Walk a path like ``[2].children[0].x`` and give the elements on it, the field and its value."""
    names: list[str] = []
    field = "elements"
    value: Any = elements
    for attribute, index in re.findall(r"\.([A-Za-z_]\w*)|\[(\d+|\.\.\.)\]", path):
        if attribute:
            field, value = attribute, getattr(value, attribute, None)
            continue
        number = int(index) if index.isdigit() else 0
        if not isinstance(value, Sequence | np.ndarray) or number >= len(value):
            break
        value = value[number]
        if isinstance(value, Struct):
            names.append(f"{type(value).__name__}[{number}]")
        else:
            field += f"[{number}]"
    return names, field, value


def _wanted(text: str, value: object) -> str:
    if "matching regex" in text:
        if "aliceblue" in text and isinstance(value, str):
            return describe_bad_color(value)
        return "expected a number of pixels or a share like '50%'"
    if value is not None and isinstance(value, float | np.floating) and not np.isfinite(value):
        return "expected a finite number"
    text = re.sub(r"Expected `(\w+)` (>=|<=|>|<) ", lambda m: f"expected a number {m[2]} ", text)
    text = text.replace("Expected `object`", "expected an element").replace("Expected", "expected")
    text = re.sub(r", got `\w+`$", "", text)
    return text.replace("`", "").replace("array", "sequence")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:60]}… ({type(value).__name__}, {len(text)} characters)"


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
