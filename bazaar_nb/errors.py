"""Every error that bazaar_nb raises on purpose.

Each has `BazaarError` as a base and is also the matching builtin, so that
``except bz.BazaarError`` and ``except ValueError`` both work. All of them
survive pickling with their attributes: they cross process borders.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any


class BazaarError(Exception):
    """Base class of all errors of this package.

    Cause: anything below; ``except bz.BazaarError`` catches all of them and nothing else.

    What to do: see the error that it is.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> try:
    ...     film.export("a.mp4", codec="vp9")
    ... except bz.BazaarError as error:
    ...     print(type(error).__name__)
    SettingsError
    """


class InvalidValueError(BazaarError, ValueError):
    """A value that can't be used, with what was given and what is wanted.

    Cause: an argument of the wrong kind or out of range, or arguments that don't go together.

    What to do: the message names the argument, what was given and what is wanted.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> try:
    ...     bz.spring_duration(damping=-1)
    ... except bz.InvalidValueError as error:
    ...     print(error)
    `damping` must be a number from 1e-9 to 1e9, got -1.0 (spring)
    """


class ParameterError(InvalidValueError):
    """Arguments of a film's function that can't be used: all of them at once.

    Cause: a function of `film` was called with values that its parameters' types don't allow.

    What to do: mend what ``problems`` lists; ``help`` of the function says what each parameter takes.

    Attributes
    ----------
    problems : tuple of (str, str, str)
        Parameter, what was given and what is wanted, each in words.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.film
    ... def card(count: int):
    ...     return bz.Composition([bz.templates.TitleCard(str(count))])
    >>> try:
    ...     card(count="many")
    ... except bz.ParameterError as error:
    ...     print(error)
    `count` must be a whole number, got 'many' (card)
    """

    def __init__(self, message: str, *, problems: tuple[tuple[str, str, str], ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class BadRowsError(InvalidValueError):
    """Rows of a table of which no films can be made: all of them at once, before anything is drawn.

    Cause: a batch's table has rows or columns that the film's function can't take.

    What to do: mend the rows that ``problems`` lists, or leave them out with ``on_bad_rows="skip"``.

    Attributes
    ----------
    problems : pandas.DataFrame or None
        ``row`` (counted from 0; missing where it is a whole column), ``column``, ``given`` and ``wanted``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> [base.__name__ for base in bz.BadRowsError.__mro__[1:3]]
    ['InvalidValueError', 'BazaarError']
    """

    def __init__(self, message: str, *, problems: Any = None) -> None:
        super().__init__(message)
        self.problems = problems


class SettingsError(InvalidValueError):
    """Export settings that can't be used, or that don't go together.

    Cause: a format, codec, quality or size that doesn't exist, or that can't be had together.

    What to do: the message says what goes with what; the table of formats lists all.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> try:
    ...     film.export("a.mp4", codec="vp9")
    ... except bz.SettingsError as error:
    ...     print(error)
    codec 'vp9' does not go into mp4: mp4 takes h264...
    """


class ElementError(InvalidValueError):
    """An element of a frame that can't be drawn.

    Cause: a scene returned something that is no element, or an element with a value that can't be drawn.

    What to do: look at the scene, frame, element and field that are named; ``film.frame(n)`` shows the tree.

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

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Text("a", size=-5), duration=1, name="title")])
    >>> try:
    ...     film.frame(0)
    ... except bz.ElementError as error:
    ...     print(error)
    `size` of Text[0]: expected a number > 0.0, got -5 (scene 'title', frame 0)
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

    Cause: the author's own function failed at that frame.

    What to do: the message has its line; ``film.frame(n)`` repeats it; ``scene_traceback`` has all of it.

    Attributes
    ----------
    scene : str or None
        Name of the scene.
    frame : int or None
        0-based index of the frame within that scene.
    scene_traceback : str
        The traceback from the scene function downwards, as text.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: 1 / 0, duration=1, name="title")])
    >>> try:
    ...     film.frame(0)
    ... except bz.SceneError as error:
    ...     print(error)
    scene 'title' failed at frame 0 (0 s): ZeroDivisionError: division by zero, line ...
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

    Cause: what was named on the command line isn't there, has several films, or fails when it runs.

    What to do: name the film as ``file.py:name``; mend the line that the message has.

    Attributes
    ----------
    source : str
        What was named: ``review.ipynb``, ``films.weekly:review``.
    source_traceback : str
        The traceback of its code as text, if it raised.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> [base.__name__ for base in bz.FilmSourceError.__mro__[1:3]]
    ['BazaarError', 'RuntimeError']
    """

    def __init__(self, message: str, *, source: str = "", source_traceback: str = "") -> None:
        super().__init__(message)
        self.source = source
        self.source_traceback = source_traceback


class AssetError(BazaarError, OSError):
    """An image, sound or font file that is missing, broken or too large.

    Cause: the file isn't there, isn't what its name says, is cut off, or is larger than is allowed.

    What to do: check the path (relative to the working folder), and open the file with another program.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> blue = bz.Scene(lambda frame: bz.Fill("navy"), duration=1)
    >>> film = bz.Composition([blue], sound=[bz.Sound("gone.wav")])
    >>> try:
    ...     film.export("a.mp4", progress=False)
    ... except bz.AssetError as error:
    ...     print(error)
    `source` must be a sound file, but there is no file 'gone.wav' (Sound 'gone.wav' at 0 s)
    """


class FontError(BazaarError, LookupError):
    """A font family that isn't here, or letters that no font here has.

    Cause: no font of this machine has that name or those letters.

    What to do: name a font file, install the family, or add one to ``fallback``; see ``bazaar doctor``.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> [base.__name__ for base in bz.FontError.__mro__[1:3]]
    ['BazaarError', 'LookupError']
    """


class EncodeError(BazaarError, RuntimeError):
    """Encoding, joining or mixing failed.

    Cause: a codec refused its settings, or the disk is full, or a file changed while it was read.

    What to do: try the codec's default settings first; ``bazaar doctor`` tests the codecs.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> [base.__name__ for base in bz.EncodeError.__mro__[1:3]]
    ['BazaarError', 'RuntimeError']
    """


class StoreError(BazaarError, OSError):
    """The store could not be read or written.

    Cause: no permission, no such bucket, a wrong address, expired keys, or a network that stayed away.

    What to do: the message says which operation on which key. Mend it, run it again: finished parts are kept.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> [base.__name__ for base in bz.StoreError.__mro__[1:3]]
    ['BazaarError', 'OSError']
    """


class RenderError(BazaarError, RuntimeError):
    """A render ended without a movie.

    Cause: workers failed more often than is tried again, or the engine went away.

    What to do: the message has what the workers said; export again: finished segments are found.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> [base.__name__ for base in bz.RenderError.__mro__[1:3]]
    ['BazaarError', 'RuntimeError']
    """


class RenderCancelledError(RenderError):
    """A render was cancelled before it was finished.

    Cause: `Job.cancel`, an interrupt of the kernel, or the panel's button.

    What to do: nothing; an export begun again goes on from the finished segments.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> [base.__name__ for base in bz.RenderCancelledError.__mro__[1:3]]
    ['RenderError', 'BazaarError']
    """


class LimitError(BazaarError, RuntimeError):
    """A render that a limit doesn't allow; nothing of it was rendered, unless its file grew too large.

    Cause: the root's ``limits.toml`` or the workspace's `Limits`.

    What to do: the message says which limit, what is allowed, when it frees; the root's keeper can change it.

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

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> film = bz.Composition([bz.Scene(lambda frame: bz.Fill("navy"), duration=1)], width=320, height=180)
    >>> careful = bz.Workspace("films", engine="inline", limits=bz.Limits(duration_s=0.5))
    >>> try:
    ...     film.export("a.mp4", workspace=careful)
    ... except bz.LimitError as error:
    ...     print(error)
    limit `duration_s` is 0.5 s (set by the workspace): a movie of 1 s was asked for
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
    """Something in a project that only its owners or members may do.

    Cause: the project has owners, and this workspace's user is none of them.

    What to do: ask an owner to add you, or render into another project.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> [base.__name__ for base in bz.AccessError.__mro__[1:3]]
    ['BazaarError', 'PermissionError']
    """


class UnknownRenderError(BazaarError, LookupError):
    """A render that the history knows nothing of.

    Cause: a wrong id, another root, or a history whose old days were removed.

    What to do: look in ``bz.history()`` of the same root.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> try:
    ...     bz.render_status("20260101-000000-aaaaaa")
    ... except bz.UnknownRenderError as error:
    ...     print(error)
    there is no render '20260101-000000-aaaaaa' in ...
    """


class NoWorkerError(RenderError):
    """A detached render of a root that nobody works for, and of a workspace without a Dask cluster.

    Cause: ``detach=True`` without anybody who would render it.

    What to do: start ``bazaar work ROOT`` somewhere, or use a workspace with a Dask engine.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> [base.__name__ for base in bz.NoWorkerError.__mro__[1:3]]
    ['RenderError', 'BazaarError']
    """


class UnknownFilmError(BazaarError, LookupError):
    """A saved film, or a version of one, that a project doesn't have.

    Cause: a wrong name, another project or root.

    What to do: ``bz.films()`` lists what is there.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> try:
    ...     bz.open_film("revue")
    ... except bz.UnknownFilmError as error:
    ...     print(error)
    project 'default' has no saved film 'revue'; film.save(name) saves one
    """


class MissingLibraryError(BazaarError, ImportError):
    """A library is missing; the message has the command that installs it.

    Cause: an optional library, or a library of the system, isn't installed.

    What to do: run the command that the message gives.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> [base.__name__ for base in bz.MissingLibraryError.__mro__[1:3]]
    ['BazaarError', 'ImportError']
    """
