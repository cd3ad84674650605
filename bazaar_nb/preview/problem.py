"""What a person reads over the picture when it can't be made."""

from __future__ import annotations

import msgspec

from bazaar_nb.errors import BazaarError, ElementError, FilmSourceError, SceneError

_MAX_LINES = 12
_MAX_LETTERS = 2000


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why something can't be shown; all of it is text from outside.

    Attributes
    ----------
    code : str
        ``scene``, ``render``, ``sound``, ``unknown-view``, ``invalid`` or ``closed``.
    frame : int or None
        0-based, within the scene.
    lines : tuple of str
        Of the traceback, from the scene function downwards.
    """

    code: str
    message: str
    scene: str | None = None
    frame: int | None = None
    lines: tuple[str, ...] = ()


def problem_of(error: BaseException) -> Problem:
    """Say in words what went wrong."""
    if isinstance(error, SceneError):
        lines = _last_lines(error.scene_traceback)
        return Problem(
            code="scene", message=_short(str(error)), scene=error.scene, frame=error.frame, lines=lines
        )
    if isinstance(error, FilmSourceError):
        return Problem(code="render", message=_short(str(error)), lines=_last_lines(error.source_traceback))
    if isinstance(error, ElementError):
        return Problem(code="scene", message=_short(str(error)), scene=error.scene, frame=error.frame)
    said = str(error) if isinstance(error, BazaarError) else f"{type(error).__name__}: {error}"
    return Problem(code="render", message=_short(said))


def sound_problem_of(error: BaseException) -> Problem:
    """Say in words why there is no sound; pictures go on without it."""
    return msgspec.structs.replace(problem_of(error), code="sound")


def _last_lines(trace: str) -> tuple[str, ...]:
    lines = [line.rstrip() for line in trace.splitlines() if line.strip()]
    return tuple(_short(line) for line in lines[-_MAX_LINES:])


def _short(text: str) -> str:
    return text if len(text) <= _MAX_LETTERS else f"{text[: _MAX_LETTERS - 1]}…"
