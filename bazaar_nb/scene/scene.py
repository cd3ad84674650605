"""Scenes: Python functions of the frame, with a duration and a name."""

from __future__ import annotations

import functools
import inspect
import linecache
import traceback
from collections.abc import Callable
from fractions import Fraction
from typing import Any, overload

from bazaar_nb.errors import BazaarError, ElementError, InvalidValueError, SceneError
from bazaar_nb.scene.elements import as_elements
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.time import Seconds, as_seconds, seconds_to_frames
from bazaar_nb.scene.tree import Elements, check_elements

SceneBody = Callable[..., object]


class Scene:
    """A scene function with its arguments: ready to be put into a composition.

    Made by calling a function that `scene` decorates.

    Attributes
    ----------
    name : str
        Shown in errors, progress and the player's marks.
    duration : Fraction or None
        Seconds; None only for layers, which then last as long as the film.
    start : Fraction
        Seconds after the film's start at which it appears, used for layers.
    """

    def __init__(
        self,
        function: SceneBody,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        duration: Seconds | None = None,
        name: str | None = None,
        start: Seconds = 0,
    ) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs or {}
        self.name: str = name or str(getattr(function, "__name__", "scene"))
        where = f" (scene {self.name!r})"
        self.duration = None if duration is None else as_seconds(duration, "duration", where)
        if self.duration is not None and self.duration <= 0:
            raise InvalidValueError(f"`duration` must be positive, got {duration!r}{where}")
        self.start = as_seconds(start, "start", where)
        if self.start < 0:
            raise InvalidValueError(f"`start` must be at least 0, got {start!r}{where}")

    def elements(self, frame: Frame) -> Elements:
        """Give what the scene shows at a frame, checked.

        Raises
        ------
        SceneError
            When the function raises; it has the traceback as text.
        ElementError
            When what it returned can't be drawn.
        """
        try:
            made = self.function(frame, *self.args, **self.kwargs)
        except BazaarError as error:
            if isinstance(error, SceneError | ElementError):
                raise
            raise self._error(frame, error, str(error)) from error
        except Exception as error:
            raise self._error(frame, error, f"{type(error).__name__}: {error}") from error
        try:
            elements = as_elements(made)
        except InvalidValueError as error:
            raise ElementError(
                f"{error} (scene {self.name!r}, frame {frame.index})", scene=self.name, frame=frame.index
            ) from None
        except RecursionError:
            raise ElementError(
                f"the lists of elements have no end (scene {self.name!r}, frame {frame.index})",
                scene=self.name,
                frame=frame.index,
            ) from None
        return check_elements(elements, scene=self.name, frame=frame.index)

    def at(self, start: Seconds) -> Scene:
        """Give the same scene, starting at a time of the film (for layers)."""
        return Scene(
            self.function, self.args, self.kwargs, duration=self.duration, name=self.name, start=start
        )

    def _error(self, frame: Frame, error: Exception, what: str) -> SceneError:
        linecache.checkcache()
        steps = traceback.extract_tb(error.__traceback__)[1:]
        lines = "".join(traceback.format_list(steps)) + "".join(traceback.format_exception_only(error))
        place = f", line {steps[-1].lineno}: {steps[-1].line}" if steps else ""
        return SceneError(
            f"scene {self.name!r} failed at frame {frame.index} ({frame.time:.3g} s): {what}{place}",
            scene=self.name,
            frame=frame.index,
            scene_traceback=lines,
        )

    def __repr__(self) -> str:
        length = "" if self.duration is None else f", {float(self.duration):g} s"
        return f"<Scene {self.name!r}{length}>"


class SceneFunction:
    """A decorated scene function; calling it with its arguments gives a `Scene`.

    ``duration`` and ``name`` may be given too, unless the function has
    parameters of that name itself.
    """

    def __init__(self, function: SceneBody, duration: Seconds | None, name: str | None) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self._duration = duration
        self._name = name
        self._signature = inspect.signature(function)
        if not self._signature.parameters:
            raise InvalidValueError(
                f"a scene function takes the frame as its first parameter, {function.__name__}() takes none"
            )

    def __call__(self, *args: Any, **kwargs: Any) -> Scene:
        """Give the scene with these arguments."""
        options: dict[str, Any] = {"duration": self._duration, "name": self._name}
        for option in options:
            if option in kwargs and option not in self._signature.parameters:
                options[option] = kwargs.pop(option)
        try:
            self._signature.bind(None, *args, **kwargs)
        except TypeError as error:
            raise TypeError(f"scene {self._function.__name__}{self._signature}: {error}") from None
        return Scene(self._function, args, kwargs, **options)

    @property
    def function(self) -> SceneBody:
        """The function as it was written."""
        return self._function

    def __repr__(self) -> str:
        return f"<scene function {self._function.__name__}{self._signature}>"


@overload
def scene(function: SceneBody, /) -> SceneFunction: ...
@overload
def scene(
    *, duration: Seconds | None = None, name: str | None = None
) -> Callable[[SceneBody], SceneFunction]: ...
def scene(
    function: SceneBody | None = None, /, *, duration: Seconds | None = None, name: str | None = None
) -> SceneFunction | Callable[[SceneBody], SceneFunction]:
    """Make a scene of a function that takes a frame and returns elements.

    Parameters
    ----------
    duration : seconds, optional
        How long it lasts; may also be given when the scene is made:
        ``title("Hello", duration=2)``.
    name : str, optional
        The function's name by default.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=3)
    ... def title(frame, text="Hello"):
    ...     return [bz.Fill("navy"), bz.Text(text, size=120)]
    >>> title(text="Thanks").name
    'title'
    """

    def decorate(body: SceneBody) -> SceneFunction:
        return SceneFunction(body, duration, name)

    if function is None:
        return decorate
    if not callable(function):
        raise InvalidValueError(f"@scene goes before a function, got {function!r}")
    return decorate(function)


def as_scene(value: object, where: str) -> Scene:
    """Take a scene, or a decorated function that needs no arguments."""
    if isinstance(value, Scene):
        return value
    if isinstance(value, SceneFunction):
        return value()
    if callable(value):
        raise InvalidValueError(
            f"{getattr(value, '__name__', value)!r} is a plain function{where}: "
            "put @bz.scene(duration=…) before it"
        )
    raise InvalidValueError(f"expected a scene or a transition, got {value!r:.60}{where}")


def frame_count(scene: Scene, fps: Fraction) -> int | None:
    """Give how many frames a scene lasts at a rate, at least 1; None when it has no duration."""
    return None if scene.duration is None else max(1, seconds_to_frames(scene.duration, fps))
