"""Names for functions, made of what their results depend on.

A token is a hash of a function's byte code, defaults, closure, the globals that
it reads (and theirs), and the versions of the libraries that it calls. Same
token, same picture: segments are cached by it. Line numbers, comments,
docstrings and code elsewhere are not part of it.

Where all that can't be told (an open file, a generator, …) the token is random:
the function is then drawn anew in every render, and a warning says so once.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import inspect
import re
import struct
import sys
import types
import uuid
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

# Of a code's flags only these change what it does; one says that there is a docstring.
_FLAGS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | inspect.CO_GENERATOR | inspect.CO_COROUTINE

_UNCLEAR = "0" * 8  # what random tokens end in; a hash does so once in four billion
UNCLEAR_NAME = re.compile(rb"function:[0-9a-f]{32}" + _UNCLEAR.encode())
"""The name, in a tree's bytes, of a function whose content can't be told: another one each time."""

# Of what matplotlib's objects hold: who is told when a transform changes, by addresses in memory, whether
# something is to be drawn anew, and whether pyplot knows the figure.
_NOT_SHOWN = frozenset({"_parents", "_stale", "_restore_to_pylab"})

_warned: set[str] = set()


def function_token(function: Callable[..., object]) -> str:
    """Give the hash of a function, 40 hexadecimal digits; random where it has none."""
    return read_function(function)[0]


def read_function(function: Callable[..., object]) -> tuple[str, str]:
    """Give a function's token, and the letters beyond ASCII in all texts that its result depends on."""
    hasher = _Hasher()
    try:
        hasher.add(function)
    except _UnclearError as reason:
        _warn_unclear(function, reason)
        return uuid.uuid4().hex + _UNCLEAR, hasher.letters
    return hasher.hexdigest(), hasher.letters


def content_tokens(value: object, parts: Iterable[object]) -> tuple[str, list[str], str]:
    """Name a value, and parts that go with it, by their content.

    Returns
    -------
    str
        A token as `read_function` gives it.
    list of str
        One token a part, of it and all parts before it.
    str
        The letters beyond ASCII in all of them.
    """
    hasher = _Hasher()
    chain: list[str] = []
    try:
        hasher.add(value)
        token = hasher.hexdigest()
        for part in parts:
            hasher.add(part)
            chain.append(hasher.hexdigest()[:20])
    except (_UnclearError, RecursionError) as reason:
        if type(reason) is RecursionError:
            reason = _UnclearError("it holds too much in one another")
        _warn_unclear(value, reason)
        return uuid.uuid4().hex + _UNCLEAR, [""] * len(list(parts)), hasher.letters
    return token, chain, hasher.letters


def _warn_unclear(value: object, reason: object) -> None:
    label = f"{getattr(value, '__qualname__', value)}: {reason}"
    if label not in _warned:
        _warned.add(label)
        warnings.warn(
            f"{label}. What it draws can't be told from its code, so it is drawn anew in every render; "
            "pass it plain values instead.",
            UserWarning,
            stacklevel=6,  # the line that makes the element
        )


def _new_hash() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=20)


class _UnclearError(Exception):
    """An object whose content can't be told."""


class _Hasher:
    """Hashes Python objects by content, the same in every process."""

    def __init__(self) -> None:
        self._hash = _new_hash()
        self._letters: set[str] = set()
        self._done: dict[int, bytes] = {}
        self._open: dict[int, int] = {}
        self._alive: list[object] = []  # an id is only a name while its object lives
        self._text(f"python {sys.version_info[0]}.{sys.version_info[1]}")

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    @property
    def letters(self) -> str:
        return "".join(sorted(self._letters))

    def _text(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        self._hash.update(struct.pack("<Q", len(data)))
        self._hash.update(data)

    def add(self, value: Any) -> None:
        kind = type(value)
        if value is None or value is Ellipsis or isinstance(value, bool | int | float | complex | str):
            self._text(f"{kind.__qualname__} {value!r}")
            if isinstance(value, str) and not value.isascii():
                self._letters.update(letter for letter in value if not letter.isascii())
            return
        # Each object is hashed for itself: whether two equal ones are the same one must not matter.
        key = id(value)
        if key not in self._done:
            if key in self._open:  # it holds itself
                self._text(f"up {len(self._open) - self._open[key]}")
                return
            outer, self._hash = self._hash, _new_hash()
            self._open[key] = len(self._open)
            self._alive.append(value)
            try:
                self._text(f"{kind.__module__}.{kind.__qualname__}")
                self._add_object(value)
                self._done[key] = self._hash.digest()
            finally:
                del self._open[key]
                self._hash = outer
        self._hash.update(self._done[key])

    def _add_object(self, value: Any) -> None:
        if isinstance(value, bytes | bytearray | memoryview):
            self._hash.update(value)
        elif isinstance(value, tuple | list):
            self._add_all(value)
        elif isinstance(value, Mapping) and type(value) in (dict, OrderedDict, types.MappingProxyType):
            for key, item in value.items():
                self.add(key)
                self.add(item)
        elif isinstance(value, set | frozenset):
            self._add_set(value)
        elif isinstance(value, np.ndarray):
            self._text(f"{value.dtype} {value.shape}")
            if value.dtype.hasobject:
                self._add_all(value.ravel().tolist())
            else:
                self._hash.update(np.ascontiguousarray(value).reshape(-1).view(np.uint8).data)
                if value.dtype.kind == "U":
                    text = "".join(value.ravel().tolist())
                    self._letters.update(letter for letter in text if not letter.isascii())
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
            self._letters |= one._letters
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
        self._text(f"{code.co_argcount} {code.co_posonlyargcount} {code.co_kwonlyargcount}")
        self._text(f"{code.co_flags & _FLAGS}")
        for names in (code.co_varnames, code.co_freevars, code.co_cellvars):
            self._add_all(names)
        # What is run, without line numbers and docstrings, which no instruction loads.
        for step in _steps(code):
            self._text(step.opname)
            if step.opcode in dis.hasconst:
                self.add(step.argval)
            elif step.arg is not None:
                self._text(str(step.argval))

    def _add_function(self, function: types.FunctionType) -> None:
        self._add_code(function.__code__)
        self.add(function.__defaults__)
        self.add(function.__kwdefaults__)
        for cell in function.__closure__ or ():
            try:
                self.add(cell.cell_contents)
            except ValueError:
                self._text("empty cell")
        for path in sorted(globals_read(function.__code__)):
            name, *attributes = path
            if name not in function.__globals__:
                continue
            value = function.__globals__[name]
            for attribute in attributes:  # of a library its version says it all, else what is used of it
                if not isinstance(value, types.ModuleType) or is_library_module(value):
                    break
                value = getattr(value, attribute, None)
            self._text(".".join(path))
            self.add(value)

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
        if rest and isinstance(rest[0], dict) and type(value).__module__.startswith("matplotlib."):
            rest[0] = {name: held for name, held in rest[0].items() if name not in _NOT_SHOWN}
        self.add(function)
        self.add(args)
        for part in rest:
            self.add(tuple(part) if isinstance(part, Iterator) else part)


@functools.lru_cache(maxsize=512)
def _steps(code: types.CodeType) -> tuple[dis.Instruction, ...]:
    return tuple(dis.get_instructions(code))


@functools.lru_cache(maxsize=512)
def globals_read(code: types.CodeType) -> frozenset[tuple[str, ...]]:
    """Give the global names that code reads, each with the attributes taken of it at once."""
    found = set()
    path: tuple[str, ...] = ()
    for step in _steps(code):
        if path and step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            path = (*path, step.argval)
            continue
        if path:
            found.add(path)
        path = (step.argval,) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") else ()
        if isinstance(step.argval, types.CodeType):
            found |= globals_read(step.argval)
    return frozenset(found)


def _is_pandas(value: object) -> bool:
    return type(value).__module__.split(".")[0] == "pandas" and (
        hasattr(value, "columns") or (hasattr(value, "dtype") and hasattr(value, "to_numpy"))
    )


def _is_library(value: Any) -> bool:
    """Tell a function or class that a version names from one of the author's own."""
    if isinstance(value, types.BuiltinFunctionType):
        bound = value.__self__
        return bound is None or isinstance(bound, types.ModuleType | type)
    if not isinstance(value, types.FunctionType | type | np.ufunc | types.MethodDescriptorType):
        return False
    module = sys.modules.get(getattr(value, "__module__", None) or "")
    if module is None or not hasattr(value, "__qualname__"):
        return False
    if "<locals>" in value.__qualname__:
        return False  # its closure matters
    return is_library_module(module)


def is_library_module(module: types.ModuleType) -> bool:
    """Tell an installed module, which its version names, from one that the author may edit."""
    if module.__name__ == "__main__":
        return False
    path = getattr(module, "__file__", None)
    return (
        path is None or "site-packages" in path or "dist-packages" in path or path.startswith(sys.base_prefix)
    )


@functools.lru_cache(maxsize=1024)
def _version(module: str) -> str:
    top = sys.modules.get(module.split(".")[0])
    version = getattr(top, "__version__", "")
    return version if isinstance(version, str) else ""
