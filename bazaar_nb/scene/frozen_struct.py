"""The base of everything in a frame's tree."""

from __future__ import annotations

import difflib
from typing import Any

from msgspec import Struct, StructMeta

from bazaar_nb.values.addresses import without_secrets


class NodeType(StructMeta):
    """Makes data; says which field was meant when a keyword is unknown."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 (ruff takes no C metaclass for one)
        """Make one."""
        try:
            return super().__call__(*args, **kwargs)
        except TypeError as error:
            unknown = [name for name in kwargs if name not in cls.__struct_fields__]
            if not unknown:
                raise TypeError(f"{cls.__name__}: {error}") from None
            near = difflib.get_close_matches(unknown[0], cls.__struct_fields__, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else "."
            fields = ", ".join(cls.__struct_fields__)
            raise TypeError(f"{cls.__name__} has no field `{unknown[0]}`{hint} It has: {fields}") from None


class Data(
    Struct,
    metaclass=NodeType,
    frozen=True,
    omit_defaults=True,
    repr_omit_defaults=True,
    forbid_unknown_fields=True,
):
    """Immutable, comparable, plain data."""

    def __repr__(self) -> str:
        return without_secrets(super().__repr__())
