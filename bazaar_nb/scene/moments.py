"""Moments of a film that have names: where scenes begin, and what scenes say of themselves."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from fractions import Fraction

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.time import Seconds, as_seconds

Moments = Mapping[str, Fraction]
"""Seconds from the start, by name."""


def as_moments(value: object, duration: Fraction | None, where: str) -> dict[str, Fraction]:
    """Take a scene's moments: a dict of names and seconds.

    Raises
    ------
    InvalidValueError
        For names that are none, and times that aren't in the scene.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidValueError(f"`moments` must be a dict of names and seconds, got {value!r:.60}{where}")
    moments: dict[str, Fraction] = {}
    for name, given in value.items():
        if not isinstance(name, str) or not name.strip() or "." in name:
            raise InvalidValueError(f"a moment's name is text without a dot, got {name!r:.60}{where}")
        seconds: Seconds = given
        moments[name] = at = as_seconds(seconds, f"moments[{name!r}]", where)
        if at < 0 or (duration is not None and at > duration):
            end = "" if duration is None else f", the scene's {float(duration):g} s"
            raise InvalidValueError(f"moment {name!r} must be from 0{end}, got {float(at):g} s{where}")
    return moments


def film_moments(scenes: Iterable[tuple[str, Fraction, Moments]]) -> dict[str, Fraction | None]:
    """Give a film's moments by name: of scenes, their beginnings; ``scene.moment``; and ``moment``.

    Parameters
    ----------
    scenes : iterable of (str, Fraction, dict)
        Each scene's name, its start in seconds, and its own moments.

    Returns
    -------
    dict
        None where a name is that of several moments.
    """
    found: dict[str, Fraction | None] = {}

    def add(name: str, at: Fraction) -> None:
        found[name] = at if name not in found or found[name] == at else None

    for scene, start, moments in scenes:
        add(scene, start)
        for name, at in moments.items():
            add(f"{scene}.{name}", start + at)
            add(name, start + at)
    return found


def find_moment(moments: Mapping[str, Fraction | None], name: str, where: str) -> Fraction:
    """Give when a moment is, in seconds.

    Raises
    ------
    InvalidValueError
        When there is none of this name, with near names, or several are.
    """
    if name not in moments:
        near = difflib.get_close_matches(name, moments, n=3)
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"there are {', '.join(moments)}"
        raise InvalidValueError(f"there is no moment {name!r:.60}: {hint}{where}")
    at = moments[name]
    if at is None:
        raise InvalidValueError(
            f"there are several moments {name!r}: give the scenes names of their own{where}"
        )
    return at
