"""What an author's code prints and warns of while a worker evaluates it, said again at home."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

_MOST_CHARACTERS = 100_000
"""Of what a segment prints; more would hardly be read."""


_registries: dict[str, dict[Any, Any]] = {}  # of the warnings that were given, by file


class Warned(msgspec.Struct, frozen=True, array_like=True):
    """A warning.

    Attributes
    ----------
    category : str
        Its class, as ``module:name``.
    """

    text: str
    category: str
    file: str
    line: int


class AuthorOutput(msgspec.Struct, array_like=True):
    """What was said during a segment."""

    printed: str = ""
    complained: str = ""
    """What went to the standard error."""
    warned: list[Warned] = []


@contextmanager
def heard(filters: list[Any]) -> Iterator[AuthorOutput]:
    """Take what is printed and warned of in the block; what is given is filled at its end.

    Parameters
    ----------
    filters : list
        Those of the process at home, where a warning may be an error.
    """
    said = AuthorOutput()
    printed, complained = io.StringIO(), io.StringIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.filters[:] = filters  # type: ignore[index]
        try:
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complained):
                yield said
        finally:
            said.printed = printed.getvalue()[:_MOST_CHARACTERS]
            said.complained = complained.getvalue()[:_MOST_CHARACTERS]
            said.warned = [_warned(warning) for warning in caught]


def say_again(said: AuthorOutput) -> None:
    """Print and warn as if it had happened here; a warning once a line, as Python does."""
    for text, file in ((said.printed, sys.stdout), (said.complained, sys.stderr)):
        if text:
            print(text, end="", file=file, flush=True)
    for warning in said.warned:
        registry = _registries.setdefault(warning.file, {})
        warnings.warn_explicit(
            warning.text, _category(warning.category), warning.file, warning.line, registry=registry
        )


def _warned(warning: warnings.WarningMessage) -> Warned:
    kind = warning.category
    return Warned(
        str(warning.message), f"{kind.__module__}:{kind.__qualname__}", warning.filename, warning.lineno
    )


def _category(name: str) -> type[Warning]:
    module, _, kind = name.partition(":")
    found = getattr(sys.modules.get(module), kind, None)
    return found if isinstance(found, type) and issubclass(found, Warning) else UserWarning
