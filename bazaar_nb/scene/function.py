"""Names for the Python functions that a frame's tree refers to.

A tree is data, so it holds ``function:<token>`` in place of a function. The
token is a hash of what the function's result depends on: its byte code,
defaults, closure, the globals that it reads (and theirs), and the versions of
the libraries that it calls. Same token, same picture: segments are cached by it.

Where that can't be told (an open file, a generator, …) the token is random:
the function is then drawn anew in every render, and a warning says so once.
"""

from __future__ import annotations

import functools
import hashlib
import struct
import sys
import types
import uuid
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from bazaar_nb.errors import InvalidValueError

PREFIX = "function:"
_KEPT = 4096  # functions kept for drawing: more than any segment has frames

_functions: OrderedDict[str, Callable[..., object]] = OrderedDict()
_pass: ContextVar[dict[int, tuple[object, str]] | None] = ContextVar("tokens of one pass", default=None)
_warned: set[str] = set()


def register_function(function: Callable[..., object]) -> str:
    """Remember a function so that it can be drawn, and give its name for the tree."""
    cache = _pass.get()
    known = cache.get(id(function)) if cache is not None else None
    if known is not None:
        return known[1]
    name = PREFIX + function_token(function)
    if cache is not None:
        cache[id(function)] = (function, name)
    _functions[name] = function
    _functions.move_to_end(name)
    while len(_functions) > _KEPT:
        _functions.popitem(last=False)
    return name


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


def restore_function(name: str, function: Callable[..., object]) -> None:
    """Put a function that came from another process under the name that it has there."""
    _functions[name] = function


@contextmanager
def one_pass() -> Iterator[None]:
    """Look at each function only once while frames of one render are evaluated."""
    token = _pass.set({})
    try:
        yield
    finally:
        _pass.reset(token)


def function_token(function: Callable[..., object]) -> str:
    """Give the hash of a function, 40 hexadecimal digits; random where it has none."""
    hasher = _Hasher()
    try:
        hasher.add(function)
    except _UnclearError as reason:
        label = f"{getattr(function, '__qualname__', function)}: {reason}"
        if label not in _warned:
            _warned.add(label)
            warnings.warn(
                f"{label}. What it draws can't be told from its code, so it is drawn anew in every render; "
                "pass it plain values instead.",
                UserWarning,
                stacklevel=4,
            )
        return uuid.uuid4().hex + "0" * 8
    return hasher.hexdigest()


class _UnclearError(Exception):
    """An object whose content can't be told."""


class _Hasher:
    """Hashes Python objects by content, the same in every process."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=20)
        self._seen: dict[int, int] = {}
        self._alive: list[object] = []  # an id is only a name while its object lives
        self._text(f"python {sys.version_info[0]}.{sys.version_info[1]}")

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def _text(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        self._hash.update(struct.pack("<Q", len(data)))
        self._hash.update(data)

    def add(self, value: Any) -> None:
        kind = type(value)
        self._text(f"{kind.__module__}.{kind.__qualname__}")
        if value is None or value is Ellipsis or isinstance(value, bool | int | float | complex | str):
            self._text(repr(value))
            return
        if isinstance(value, bytes | bytearray | memoryview):
            self._hash.update(hashlib.blake2b(value).digest())
            return
        if id(value) in self._seen:
            self._text(f"again {self._seen[id(value)]}")
            return
        self._seen[id(value)] = len(self._seen)
        self._alive.append(value)
        self._add_object(value)

    def _add_object(self, value: Any) -> None:
        if isinstance(value, tuple | list):
            self._add_all(value)
        elif isinstance(value, Mapping) and type(value) in (dict, OrderedDict, types.MappingProxyType):
            for key, item in value.items():
                self.add(key)
                self.add(item)
        elif isinstance(value, set | frozenset):
            self._add_set(value)
        elif isinstance(value, np.ndarray):
            self._text(f"{value.dtype} {value.shape}")
            if value.dtype == object:
                self._add_all(value.ravel().tolist())
            else:
                self._hash.update(hashlib.blake2b(np.ascontiguousarray(value).data).digest())
        elif _is_pandas(value):
            self._add_pandas(value)
        elif isinstance(value, types.ModuleType):
            self._text(f"{value.__name__} {_version(value.__name__)}")
        elif isinstance(value, types.CodeType):
            self._add_code(value)
        elif _is_library(value):
            self._text(f"{value.__module__}.{value.__qualname__} {_version(value.__module__)}")
        elif isinstance(value, types.FunctionType):
            self._add_function(value)
        elif isinstance(value, types.MethodType):
            self.add(value.__self__)
            self.add(value.__func__)
        elif isinstance(value, functools.partial):
            self._add_all((value.func, value.args, value.keywords))
        elif isinstance(value, type):
            self._add_class(value)
        else:
            self._add_reduced(value)

    def _add_all(self, values: Any) -> None:
        self._text(str(len(values)))
        for item in values:
            self.add(item)

    def _add_set(self, values: set[Any] | frozenset[Any]) -> None:
        digests = []
        for item in values:
            one = _Hasher()
            one.add(item)
            digests.append(one.hexdigest())
        self._add_all(sorted(digests))

    def _add_pandas(self, value: Any) -> None:
        if hasattr(value, "columns"):
            self._add_all([value.columns, value.index, *(value.iloc[:, i] for i in range(value.shape[1]))])
        else:
            self._text(f"{value.dtype} {getattr(value, 'name', None)!r}")
            self.add(value.to_numpy())
            if hasattr(value, "index") and not callable(value.index):
                self.add(value.index)

    def _add_code(self, code: types.CodeType) -> None:
        self._hash.update(code.co_code)
        self._text(f"{code.co_argcount} {code.co_kwonlyargcount} {code.co_flags}")
        for names in (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars):
            self._add_all(names)
        self._add_all(code.co_consts)

    def _add_function(self, function: types.FunctionType) -> None:
        self._add_code(function.__code__)
        self.add(function.__defaults__)
        self.add(function.__kwdefaults__)
        for cell in function.__closure__ or ():
            try:
                self.add(cell.cell_contents)
            except ValueError:
                self._text("empty cell")
        for name in sorted(_global_names(function.__code__)):
            if name in function.__globals__:
                self._text(name)
                self.add(function.__globals__[name])

    def _add_class(self, cls: type) -> None:
        self._text(cls.__qualname__)
        self._add_all([base for base in cls.__mro__[1:] if base is not object])
        skipped = {"__dict__", "__weakref__", "__module__", "__doc__", "__annotations__", "__qualname__"}
        for name in sorted(set(vars(cls)) - skipped):
            item = vars(cls)[name]
            if isinstance(item, staticmethod | classmethod):
                item = item.__func__
            elif isinstance(item, property):
                item = (item.fget, item.fset)
            elif not name.startswith("__") or isinstance(item, types.FunctionType):
                pass
            else:
                continue
            self._text(name)
            self.add(item)

    def _add_reduced(self, value: Any) -> None:
        try:
            reduced = value.__reduce_ex__(4)
        except Exception as error:
            raise _UnclearError(f"it uses a {type(value).__qualname__} ({error})") from None
        if isinstance(reduced, str):
            self._text(reduced)
            return
        function, args, *rest = reduced
        self.add(function)
        self.add(args)
        for part in rest:
            self.add(tuple(part) if isinstance(part, Iterator) else part)


def _global_names(code: types.CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _global_names(constant)
    return names


def _is_pandas(value: object) -> bool:
    return type(value).__module__.split(".")[0] == "pandas" and hasattr(value, "to_numpy")


def _is_library(value: Any) -> bool:
    """Tell a function or class that a version names from one of the author's own."""
    if isinstance(value, types.BuiltinFunctionType):
        bound = value.__self__
        return bound is None or isinstance(bound, types.ModuleType | type)
    if not isinstance(value, types.FunctionType | type | np.ufunc | types.MethodDescriptorType):
        return False
    module = sys.modules.get(getattr(value, "__module__", None) or "")
    if module is None or module.__name__ == "__main__" or not hasattr(value, "__qualname__"):
        return False
    if "<locals>" in value.__qualname__:
        return False  # its closure matters
    path = getattr(module, "__file__", None)
    return (
        path is None or "site-packages" in path or "dist-packages" in path or path.startswith(sys.base_prefix)
    )


@functools.lru_cache(maxsize=1024)
def _version(module: str) -> str:
    top = sys.modules.get(module.split(".")[0])
    version = getattr(top, "__version__", "")
    return version if isinstance(version, str) else ""
