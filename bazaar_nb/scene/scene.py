"""Scenes: Python functions of the frame, with a duration and a name."""

from __future__ import annotations

import copy
import functools
import inspect
import linecache
import reprlib
import traceback
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, Protocol, cast, overload, runtime_checkable

from bazaar_nb.errors import BazaarError, ElementError, InvalidValueError, SceneError
from bazaar_nb.scene.cell_definitions import Definition, define
from bazaar_nb.scene.clip_sounds import play_clips
from bazaar_nb.scene.elements import Element, NoElementsError, as_elements
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.moments import Moments, as_moments
from bazaar_nb.scene.time import Seconds, as_seconds, seconds_to_frames
from bazaar_nb.scene.tree import Elements, check_elements

SceneBody = Callable[..., object]
_FLATTENING = as_elements.__code__.co_filename


@runtime_checkable
class SceneSource(Protocol):
    """What can be put into a composition as a scene, as a chart can."""

    def to_scene(self) -> Scene:
        """Give the scene; the same one each time."""


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
        Seconds after the film's start, or `start_moment`, at which it appears, used for layers.
    start_moment : str or None
        The film's moment that `start` is counted from.
    moments : dict of str to Fraction
        Seconds of the scene that have names.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> scene = bz.Scene(lambda frame: bz.Fill("navy"), duration=1, name="blue")
    >>> scene.name, scene.duration
    ('blue', Fraction(1, 1))
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
        moments: Mapping[str, Seconds] | None = None,
    ) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs or {}
        self.name: str = name or str(getattr(function, "__name__", "scene"))
        where = f" (scene {self.name!r})"
        self.duration = None if duration is None else as_seconds(duration, "duration", where)
        if self.duration is not None and self.duration <= 0:
            raise InvalidValueError(f"`duration` must be positive, got {duration!r}{where}")
        self.start = self._check_start(start)
        self.start_moment: str | None = None
        self.moments: Moments = as_moments(moments, self.duration, where)
        self._call: _Call | None = None

    def elements(self, frame: Frame) -> Elements:
        """Give what the scene shows at a frame, checked.

        Raises
        ------
        SceneError
            When the function raises; it has the traceback as text.
        ElementError
            When what it returned can't be drawn.
        """
        returned = False
        try:
            made = self.function(frame, *self.args, **self.kwargs)
            returned = True
            elements = as_elements(made)  # where the body of a generator runs
        except NoElementsError as error:
            raise self._element_error(frame, str(error)) from None
        except BazaarError as error:
            if isinstance(error, SceneError | ElementError):
                raise
            raise self._error(frame, error, str(error)) from error
        except Exception as error:
            if returned and isinstance(error, RecursionError):
                raise self._element_error(frame, "the lists of elements have no end") from None
            raise self._error(frame, error, f"{type(error).__name__}: {error}") from error
        checked = check_elements(elements, scene=self.name, frame=frame.index)
        play_clips(checked, frame.time)
        return checked

    def at(self, start: Seconds, after: Seconds = 0) -> Scene:
        """Give the same scene, starting at a time of the film (for layers).

        Parameters
        ----------
        start : seconds or str
            Seconds, or the name of a moment of the film: a scene's, or one that a scene names.
        after : seconds
            So much later than that.
        """
        moved = copy.copy(self)
        if isinstance(start, str) and not _is_number(start):
            moved.start_moment, moved.start = start, self._check_start(after)
        else:
            moved.start_moment = None
            moved.start = self._check_start(start) + self._check_start(after)
        return moved

    def frames_at(self, fps: Fraction) -> int:
        """Give how many frames it lasts at a rate, at least 1; it must have a duration."""
        assert self.duration is not None
        return max(1, seconds_to_frames(self.duration, fps))

    @property
    def made_by(self) -> SceneFunction | None:
        """The decorated function whose call made the scene."""
        return None if self._call is None else self._call.function

    def newest(self) -> Scene:
        """Give the scene as its cell defines it now, made by the same call; itself if that is the same.

        Where the new definition can't be called like that, the scene that comes
        back lasts as long as this one, and raises when a frame of it is made.
        """
        call = self._call
        if call is None or (function := call.function.newest()) is call.function:
            return self
        try:
            made = self._placed_alike(function(*call.args, **call.kwargs))
        except (TypeError, InvalidValueError) as error:
            made = self.refused(
                f"was made as {call}, which its new definition {function.written} refuses: {error}"
            )
            made._call = call._replace(function=function)
        return made

    def refused(self, why: str) -> Scene:
        """Give a scene that stands in this one's place, and raises when a frame of it is made."""

        def refuse(frame: Frame) -> object:
            raise SceneError(f"scene {self.name!r} {why}", scene=self.name, frame=frame.index)

        scene = self._placed_alike(Scene(refuse, duration=self.duration, name=self.name))
        scene.moments = self.moments
        scene._call = self._call
        return scene

    def _placed_alike(self, other: Scene) -> Scene:
        """Put another scene where this one is."""
        other.start, other.start_moment = self.start, self.start_moment
        return other

    def _check_start(self, start: Seconds) -> Fraction:
        where = f" (scene {self.name!r})"
        seconds = as_seconds(start, "start", where)
        if seconds < 0:
            raise InvalidValueError(f"`start` must be at least 0, got {start!r}{where}")
        return seconds

    def _element_error(self, frame: Frame, what: str) -> ElementError:
        where = f"(scene {self.name!r}, frame {frame.index})"
        return ElementError(f"{what} {where}", scene=self.name, frame=frame.index)

    def _error(self, frame: Frame, error: Exception, what: str) -> SceneError:
        linecache.checkcache()
        steps = traceback.extract_tb(error.__traceback__)[1:]
        while len(steps) > 1 and steps[0].filename == _FLATTENING:  # what runs a generator says nothing
            steps.pop(0)
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


class _Call(NamedTuple):
    """How a scene was made, to make it again."""

    function: SceneFunction
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __str__(self) -> str:
        given = [reprlib.repr(value) for value in self.args]
        given += [f"{name}={reprlib.repr(value)}" for name, value in self.kwargs.items()]
        return f"{self.function.written.partition('(')[0]}({', '.join(given)})"


class SceneFunction:
    """A decorated scene function; calling it with its arguments gives a `Scene`.

    ``duration`` and ``name`` may be given too, unless the function has
    parameters of that name itself.
    """

    _definition: Definition | None = None

    def __init__(
        self,
        function: SceneBody,
        duration: Seconds | None,
        name: str | None,
        moments: Mapping[str, Seconds] | None = None,
    ) -> None:
        _check_not_async(function)
        functools.update_wrapper(self, function)
        self._function = function
        self._duration = duration
        self._name = name
        self._moments = moments
        self._signature = inspect.signature(function)
        if not self._signature.parameters:
            raise InvalidValueError(
                f"a scene function takes the frame as its first parameter, {function.__name__}() takes none"
            )
        self._definition = define(
            self, getattr(function, "__module__", ""), getattr(function, "__qualname__", "")
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Scene:
        """Give the scene with these arguments."""
        call = _Call(self, args, dict(kwargs))
        options: dict[str, Any] = {"duration": self._duration, "name": self._name, "moments": self._moments}
        for option in options:
            if option in kwargs and option not in self._signature.parameters:
                options[option] = kwargs.pop(option)
        try:
            self._signature.bind(None, *args, **kwargs)
        except TypeError as error:
            raise TypeError(f"scene {self.written}: {error}") from None
        made = Scene(self._function, args, kwargs, **options)
        made._call = call
        return made

    def newest(self) -> SceneFunction:
        """Give what the function's cell defines now by its name; itself if that is the same."""
        found = None if self._definition is None else self._definition.newest()
        return self if found is None else cast(SceneFunction, found)

    @property
    def function(self) -> SceneBody:
        """The function as it was written."""
        return self._function

    @property
    def written(self) -> str:
        """The function's name and parameters, as it was written."""
        return f"{self._function.__name__}{self._signature}"

    def __getstate__(self) -> dict[str, Any]:
        """Leave out which run of a cell defined it: that says nothing of what it shows."""
        return {name: value for name, value in vars(self).items() if name != "_definition"}

    def __repr__(self) -> str:
        return f"<scene function {self.written}>"


@overload
def scene(function: SceneBody, /) -> SceneFunction: ...
@overload
def scene(
    *,
    duration: Seconds | None = None,
    name: str | None = None,
    moments: Mapping[str, Seconds] | None = None,
) -> Callable[[SceneBody], SceneFunction]: ...
def scene(
    function: SceneBody | None = None,
    /,
    *,
    duration: Seconds | None = None,
    name: str | None = None,
    moments: Mapping[str, Seconds] | None = None,
) -> SceneFunction | Callable[[SceneBody], SceneFunction]:
    """Make a scene of a function that takes a frame and returns elements, or yields them.

    Parameters
    ----------
    duration : seconds, optional
        How long it lasts; may also be given when the scene is made:
        ``title("Hello", duration=2)``.
    name : str, optional
        The function's name by default.
    moments : dict of str to seconds, optional
        Times of the scene that have names: layers (``caption.at("proof")``) and sounds
        (``Sound("bell.wav", at="proof")``) can be tied to them.

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
        return SceneFunction(body, duration, name, moments)

    if function is None:
        return decorate
    if not callable(function):
        raise InvalidValueError(f"@scene goes before a function, got {function!r}")
    return decorate(function)


def _check_not_async(function: SceneBody) -> None:
    for body in (function, vars(type(function)).get("__call__")):
        if inspect.iscoroutinefunction(body) or inspect.isasyncgenfunction(body):
            name = getattr(function, "__name__", type(function).__name__)
            raise InvalidValueError(
                f"scene {name!r} is an `async def`, but a frame is made at once, without waiting: "
                "write `def`, and fetch what it needs before the film is made"
            )


def _is_number(text: str) -> bool:
    try:
        as_seconds(text)
    except InvalidValueError:
        return False
    return True


def as_scene(value: object, where: str) -> Scene:
    """Take a scene, or a decorated function that needs no arguments."""
    if isinstance(value, Scene):
        return value
    if isinstance(value, SceneFunction):
        return value()
    if isinstance(value, SceneSource):
        return value.to_scene()
    if isinstance(value, Element):
        raise InvalidValueError(
            f"{type(value).__name__} is an element, not a scene{where}: return it from a function "
            "with @bz.scene(duration=…) before it"
        )
    if getattr(value, "__module__", "").startswith("bazaar_nb."):
        name = getattr(value, "__name__", "it")
        raise InvalidValueError(f"{name!r} is called to give a scene or a transition: {name}(0.5){where}")
    if callable(value):
        raise InvalidValueError(
            f"{getattr(value, '__name__', value)!r} is a plain function{where}: "
            "put @bz.scene(duration=…) before it"
        )
    raise InvalidValueError(f"expected a scene or a transition, got {value!r:.60}{where}")


def frame_count(scene: Scene, fps: Fraction) -> int | None:
    """Give how many frames a scene lasts at a rate, at least 1; None when it has no duration."""
    return None if scene.duration is None else scene.frames_at(fps)
