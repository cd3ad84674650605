"""Transitions of one's own: a function of two elements and how far the one has become the other."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, overload

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import Easing, linear
from bazaar_nb.scene.cell_definitions import Definition, define
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.time import Seconds
from bazaar_nb.scene.transition import Transition, picture
from bazaar_nb.scene.tree import Elements

Mix = Callable[..., object]
"""Takes both scenes as elements, the progress, and the frame if it has a fourth parameter."""


class OwnTransition(Transition):
    """A transition that a function makes; made by calling what `transition` decorates."""

    def __init__(
        self,
        function: TransitionFunction,
        duration: Seconds,
        easing: Easing,
        kwargs: dict[str, Any],
    ) -> None:
        self._function = function
        self._kwargs = kwargs
        super().__init__(duration, easing=easing)

    @property
    def name(self) -> str:
        """The function's name."""
        return self._function.name

    def blend(
        self, outgoing: Elements, incoming: Elements, progress: float, background: Paint, frame: Frame
    ) -> Any:
        """Give what the function makes of both scenes."""
        given = (picture(outgoing, background), picture(incoming, background), progress, frame)
        return self._function.body(*given[: self._function.takes], **self._kwargs)

    def is_like(self, other: OwnTransition) -> bool:
        """Tell whether another one is made by the same function."""
        return self._function is other._function

    def newest(self) -> OwnTransition:
        """Give the transition as its cell defines it now, as long as this one; itself if that is the same."""
        function = self._function.newest()
        if function is self._function:
            return self
        return OwnTransition(function, self.duration, self.easing, self._kwargs)


class TransitionFunction:
    """A decorated function; calling it gives a transition.

    ``duration`` and ``easing`` may be given then, and the function's own parameters by their names.
    """

    _definition: Definition | None = None

    def __init__(self, body: Mix, duration: Seconds | None, easing: Easing) -> None:
        if not callable(body):
            raise InvalidValueError(f"a transition is a function, got {body!r:.60} (bz.transition)")
        functools.update_wrapper(self, body)
        self.body = body
        self.name: str = getattr(body, "__name__", "transition")
        self._duration, self._easing = duration, easing
        kinds = [
            parameter
            for parameter in inspect.signature(body).parameters.values()
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
            and parameter.default is parameter.empty
        ]
        any_number = any(p.kind is p.VAR_POSITIONAL for p in inspect.signature(body).parameters.values())
        self.takes = 4 if any_number else len(kinds)
        if self.takes not in (3, 4):
            raise InvalidValueError(
                f"a transition takes two elements, the progress, and the frame if it wants that: "
                f"{self.name}(a, b, progress, frame); got {self.name}{inspect.signature(body)}"
            )
        self._definition = define(self, getattr(body, "__module__", ""), getattr(body, "__qualname__", ""))

    def __call__(
        self, duration: Seconds | None = None, *, easing: Easing | None = None, **kwargs: Any
    ) -> OwnTransition:
        """Give the transition, for so many seconds."""
        try:
            inspect.signature(self.body).bind(*(None,) * self.takes, **kwargs)
        except TypeError as error:
            raise TypeError(f"transition {self.name}: {error}") from None
        seconds = self._duration if duration is None else duration
        if seconds is None:
            raise InvalidValueError(
                f"transition {self.name!r} has no duration: {self.name}(0.5), or @bz.transition(duration=0.5)"
            )
        return OwnTransition(self, seconds, self._easing if easing is None else easing, kwargs)

    def newest(self) -> TransitionFunction:
        """Give what the function's cell defines now by its name; itself if that is the same."""
        found = None if self._definition is None else self._definition.newest()
        return found if isinstance(found, TransitionFunction) else self

    def __getstate__(self) -> dict[str, Any]:
        """Leave out which run of a cell defined it: that says nothing of what it shows."""
        return {name: value for name, value in vars(self).items() if name != "_definition"}

    def __repr__(self) -> str:
        return f"<transition function {self.name}>"


def as_transition(value: object) -> Transition | None:
    """Take a transition, or a decorated function that has a duration; None for anything else."""
    if isinstance(value, TransitionFunction):
        return value()
    return value if isinstance(value, Transition) else None


@overload
def transition(
    function: Mix, duration: Seconds | None = None, *, easing: Easing = linear
) -> TransitionFunction: ...
@overload
def transition(
    function: None = None, duration: Seconds | None = None, *, easing: Easing = linear
) -> Callable[[Mix], TransitionFunction]: ...
def transition(
    function: Mix | None = None, duration: Seconds | None = None, *, easing: Easing = linear
) -> TransitionFunction | Callable[[Mix], TransitionFunction]:
    """Make a transition of a function of two elements and a progress.

    Parameters
    ----------
    function : function
        ``mine(a, b, progress)`` or ``mine(a, b, progress, frame)``: the scene that goes and the one that
        comes, each a `Group` that fills the frame; how far it is, 0 to 1, eased; one of the transition's
        frames. It gives elements. More parameters are given by name when the transition is made.
    duration : seconds, optional
        For which both scenes are seen; may also be given when the transition is made: ``mine(1.5)``.
    easing : function

    Raises
    ------
    InvalidValueError
        For a function that can't be called like this.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.transition(duration=0.8, easing=bz.ease_in_out(bz.cubic))
    ... def drop(a, b, progress, frame, turn=20):
    ...     y = frame.height * (0.5 + progress)
    ...     return [b, bz.Group(a, y=y, rotation=turn * progress)]
    >>> drop(turn=-30)
    drop(0.8)
    """

    def decorate(body: Mix) -> TransitionFunction:
        return TransitionFunction(body, duration, easing)

    return decorate if function is None else decorate(function)
