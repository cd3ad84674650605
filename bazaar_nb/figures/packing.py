"""matplotlib figures as bytes, with the functions and artists that belong to them.

The bytes hold code: they travel inside a film to its author's own workers, and
are never put into a store.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import cloudpickle
from matplotlib.figure import Figure

from bazaar_nb.errors import InvalidValueError


class _Pickler(cloudpickle.CloudPickler):  # type: ignore[misc]  # which has no types
    """Leaves out that pyplot knows a figure: where it is opened, no window belongs to it."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Figure):
            reduced = tuple(obj.__reduce_ex__(5))
            if isinstance(reduced[2], dict):
                state = {name: held for name, held in reduced[2].items() if name != "_restore_to_pylab"}
                reduced = (*reduced[:2], state, *reduced[3:])
            return reduced
        return super().reducer_override(obj)


def pack(value: object, functions: tuple[object, ...] = ()) -> bytes:
    """Give bytes that `pickle.loads` makes the same of.

    Parameters
    ----------
    functions : tuple
        Of whose modules, where they are the author's own, all goes along: what they change must be
        what is packed beside them, not what the module makes when it is imported elsewhere.

    Raises
    ------
    InvalidValueError
        When it holds what can't travel, with what.
    """
    target = io.BytesIO()
    try:
        with _by_value(functions):
            _Pickler(target, protocol=5).dump(value)
    except Exception as error:  # whatever an object of the author's says to being pickled
        raise InvalidValueError(
            f"it holds what can't be sent to a worker: {type(error).__name__}: {error}"[:300]
        ) from error
    return target.getvalue()


@contextmanager
def _by_value(functions: tuple[object, ...]) -> Iterator[None]:
    added: list[ModuleType] = []
    try:
        for function in functions:
            module = sys.modules.get(getattr(function, "__module__", None) or "")
            if module is None or module.__name__ in ("__main__", "builtins") or _is_installed(module):
                continue
            if module.__name__ not in cloudpickle.list_registry_pickle_by_value():
                cloudpickle.register_pickle_by_value(module)
                added.append(module)
        yield
    finally:
        for module in added:
            cloudpickle.unregister_pickle_by_value(module)


def _is_installed(module: ModuleType) -> bool:
    path = getattr(module, "__file__", None)
    return (
        path is None or "site-packages" in path or "dist-packages" in path or path.startswith(sys.base_prefix)
    )
