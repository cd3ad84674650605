"""Whether a scene may show clips, pictures or fonts: told by what its function refers to, without calling it.

A hint, not a promise: a clip that a function gets by other ways is heard all the same, but its
sound is made only when its frames were seen.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from bazaar_nb.scene.clip import Clip
from bazaar_nb.scene.function_token import globals_read, is_library_module
from bazaar_nb.scene.scene import Scene, SceneFunction

_MOST = 2000
"""How many objects are looked at; what refers to more may show anything."""


def may_show_clips(scene: Scene) -> bool:
    """Tell whether a scene's function, or its arguments, refer to `Clip` or to a clip."""
    return may_refer_to(scene, (Clip,))


def may_refer_to(
    scene: Scene, kinds: tuple[type, ...], is_name: Callable[[str], bool] = lambda _text: False
) -> bool:
    """Tell whether a scene's function, or its arguments, refer to kinds of elements, or to one of them.

    Parameters
    ----------
    is_name : function
        Tells whether a text is what is looked for, too.
    """
    waiting: deque[Any] = deque([scene])
    seen: set[int] = set()
    while waiting:
        value = waiting.popleft()
        if isinstance(value, str):
            if is_name(value):
                return True
            continue
        if value is None or isinstance(value, int | float | bytes):
            continue
        if isinstance(value, kinds) or any(value is kind for kind in kinds):
            return True
        if id(value) in seen:
            continue
        seen.add(id(value))
        if len(seen) > _MOST:
            return True
        waiting.extend(_referred(value))
    return False


def _referred(value: Any) -> Iterable[Any]:
    """Give what a value refers to, as far as clips and names of files may be there."""
    if isinstance(value, Scene):  # those of others have parts
        return list(vars(value).values())
    if isinstance(value, SceneFunction):
        return (inspect.unwrap(value),)
    if isinstance(value, types.FunctionType):
        return _of_function(value)
    if isinstance(value, types.MethodType):
        return (value.__func__, value.__self__)
    if isinstance(value, functools.partial):
        return (value.func, value.args, value.keywords)
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if isinstance(value, type | types.ModuleType):
        return ()
    return _of_object(value)


def _of_function(function: types.FunctionType) -> list[Any]:
    found: list[Any] = [function.__defaults__ or (), function.__kwdefaults__ or {}]
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not filled yet
            continue
    module = sys.modules.get(function.__module__ or "")
    if module is not None and "<locals>" not in function.__qualname__ and is_library_module(module):
        return found
    found += _texts_in(function.__code__)
    for name, *attributes in globals_read(function.__code__):
        value = function.__globals__.get(name)
        for attribute in attributes:
            if not isinstance(value, types.ModuleType):
                break
            value = getattr(value, attribute, None)
        found.append(value)
    return found


def _texts_in(code: types.CodeType) -> list[str]:
    """Give the texts that stand in a function, and in those within it."""
    texts = []
    for constant in code.co_consts:
        if isinstance(constant, str):
            texts.append(constant)
        elif isinstance(constant, tuple):
            texts += [part for part in constant if isinstance(part, str)]
        elif isinstance(constant, types.CodeType):
            texts += _texts_in(constant)
    return texts


def _of_object(value: Any) -> list[Any]:
    kind = type(value)
    module = sys.modules.get(kind.__module__)
    ours = kind.__module__.startswith("bazaar_nb.")
    if module is None or (is_library_module(module) and not ours):
        return []
    if isinstance(value, Struct):
        return [getattr(value, name) for name in value.__struct_fields__]
    try:
        return list(vars(value).values())
    except TypeError:  # without a __dict__: slots
        return []
