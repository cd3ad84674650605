"""Names for the Python functions that a frame's tree refers to.

A tree is data, so it holds ``function:<token>`` in place of a function; here is
what the tokens stand for (see `bazaar_nb.scene.function_token`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.function_token import read_function

if TYPE_CHECKING:
    from bazaar_nb.scene.shapes import Element

PREFIX = "function:"
_KEPT = 4096  # functions kept for drawing: more than any segment has frames

_functions: OrderedDict[str, Callable[..., object]] = OrderedDict()
_letters: dict[str, str] = {}
_pass: ContextVar[dict[int, tuple[object, str]] | None] = ContextVar("tokens of one pass", default=None)


def register_function(function: Callable[..., object]) -> str:
    """Remember a function so that it can be drawn, and give its name for the tree."""
    cache = _pass.get()
    known = cache.get(id(function)) if cache is not None else None
    if known is not None:
        return known[1]
    token, letters = read_function(function)
    name = PREFIX + token
    if cache is not None:
        cache[id(function)] = (function, name)
    _functions[name] = function
    _functions.move_to_end(name)
    _letters[name] = letters
    while len(_functions) > _KEPT:
        _letters.pop(_functions.popitem(last=False)[0], None)
    return name


def letters_of(name: str) -> str:
    """Give the letters beyond ASCII in all texts that a function's result depends on, as far as is known."""
    return _letters.get(name, "")


def registered_function(name: str) -> Callable[..., object]:
    """Give the function of a name.

    Raises
    ------
    InvalidValueError
        When this process never saw it: it came from JSON, which holds no code.
    """
    try:
        return _functions[name]
    except KeyError:
        raise InvalidValueError(
            f"{name} is not in this process: a tree read from JSON holds no functions. "
            "Make the frame from its scene again."
        ) from None


def restore_function(name: str, function: Callable[..., object], letters: str = "") -> None:
    """Put a function under a name that is known: it came from another process, or was named by what it draws.

    Parameters
    ----------
    letters : str
        What `letters_of` says of it.
    """
    _functions[name] = function
    if letters:
        _letters[name] = letters


def known_function(name: str) -> tuple[Callable[..., object], str] | None:
    """Give the function of a name with its letters, if this process has it: what travels with the name."""
    function = _functions.get(name)
    return None if function is None else (function, letters_of(name))


def with_functions(element: Element, *names: str) -> tuple[Any, ...]:
    """Give what pickle makes an element of again, with the functions that go by these names."""
    values = {field: getattr(element, field) for field in element.__struct_fields__}
    known = {name: found for name in names if (found := known_function(name)) is not None}
    return _unpickled, (type(element), values, known)


def _unpickled(
    kind: type[Element], values: dict[str, Any], known: dict[str, tuple[Callable[..., object], str]]
) -> Element:
    for name, (function, letters) in known.items():
        restore_function(name, function, letters)
    return kind(**values)


@contextmanager
def one_pass() -> Iterator[None]:
    """Look at each function only once while frames of one render are evaluated."""
    token = _pass.set({})
    try:
        yield
    finally:
        _pass.reset(token)
