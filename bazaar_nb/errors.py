"""Every error that bazaar_nb raises on purpose.

Each has `BazaarError` as a base and is also the matching builtin, so that
``except bz.BazaarError`` and ``except ValueError`` both work. All of them
survive pickling with their attributes: they cross process borders.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any


class BazaarError(Exception):
    """Base class of all errors of this package."""


class InvalidValueError(BazaarError, ValueError):
    """A value that can't be used, with what was given and what is wanted."""


class ParameterError(InvalidValueError):
    """Arguments of a film's function that can't be used: all of them at once.

    Attributes
    ----------
    problems : tuple of (str, str, str)
        Parameter, what was given and what is wanted, each in words.
    """

    def __init__(self, message: str, *, problems: tuple[tuple[str, str, str], ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class BadRowsError(InvalidValueError):
    """Rows of a table of which no films can be made: all of them at once, before anything is drawn.

    Attributes
    ----------
    problems : pandas.DataFrame or None
        ``row`` (counted from 0; missing where it is a whole column), ``column``, ``given`` and ``wanted``.
    """

    def __init__(self, message: str, *, problems: Any = None) -> None:
        super().__init__(message)
        self.problems = problems


class SettingsError(InvalidValueError):
    """Export settings that can't be used, or that don't go together."""


class ElementError(InvalidValueError):
    """An element of a frame that can't be drawn.

    Attributes
    ----------
    scene : str or None
        Name of the scene that returned the element.
    frame : int or None
        0-based index of the frame within that scene.
    element : str or None
        Where in the tree, as ``Group[1] > Text[0]``.
    field : str or None
        The field that holds the bad value.
    """

    def __init__(
        self,
        message: str,
        *,
        scene: str | None = None,
        frame: int | None = None,
        element: str | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message)
        self.scene = scene
        self.frame = frame
        self.element = element
        self.field = field


class SceneError(BazaarError, RuntimeError):
    """A scene function raised.

    Attributes
    ----------
    scene : str or None
        Name of the scene.
    frame : int or None
        0-based index of the frame within that scene.
    scene_traceback : str
        The traceback from the scene function downwards, as text.
    """

    def __init__(
        self, message: str, *, scene: str | None = None, frame: int | None = None, scene_traceback: str = ""
    ) -> None:
        super().__init__(message)
        self.scene = scene
        self.frame = frame
        self.scene_traceback = scene_traceback


class FilmSourceError(BazaarError, RuntimeError):
    """A notebook, module or file that has no such film, or whose own code raised.

    Attributes
    ----------
    source : str
        What was named: ``review.ipynb``, ``films.weekly:review``.
    source_traceback : str
        The traceback of its code as text, if it raised.
    """

    def __init__(self, message: str, *, source: str = "", source_traceback: str = "") -> None:
        super().__init__(message)
        self.source = source
        self.source_traceback = source_traceback


class AssetError(BazaarError, OSError):
    """An image, sound or font file that is missing, broken or too large."""


class FontError(BazaarError, LookupError):
    """A font family that isn't here, or letters that no font here has."""


class EncodeError(BazaarError, RuntimeError):
    """Encoding, joining or mixing failed."""


class StoreError(BazaarError, OSError):
    """The store could not be read or written."""


class RenderError(BazaarError, RuntimeError):
    """A render ended without a movie."""


class RenderCancelledError(RenderError):
    """A render was cancelled before it was finished."""


class LimitError(BazaarError, RuntimeError):
    """A render that a limit doesn't allow; nothing of it was rendered, unless its file grew too large.

    Attributes
    ----------
    limit : str
        Name of the limit, as in `Limits`.
    allowed : float or str
        Its value.
    used : float, str or None
        What is in use now, or what was asked for.
    frees_at : datetime.datetime or None
        When the same render is possible; None if that depends on other
        renders, or if it never is.
    """

    def __init__(
        self,
        message: str,
        *,
        limit: str = "",
        allowed: float | str = "",
        used: float | str | None = None,
        frees_at: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.limit = limit
        self.allowed = allowed
        self.used = used
        self.frees_at = frees_at


class AccessError(BazaarError, PermissionError):
    """Something in a project that only its owners or members may do."""


class UnknownRenderError(BazaarError, LookupError):
    """A render that the history knows nothing of."""


class NoWorkerError(RenderError):
    """A detached render of a root that nobody works for, and of a workspace without a Dask cluster."""


class UnknownFilmError(BazaarError, LookupError):
    """A saved film, or a version of one, that a project doesn't have."""


class MissingLibraryError(BazaarError, ImportError):
    """A system library is missing; the message has the command that installs it."""
