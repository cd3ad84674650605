"""Transitions: how one scene becomes the next.

A transition is data like everything else: from the elements of both scenes and
a progress it makes the elements of the mixed frame. Each kind is a subclass of
`Transition` with `blend`; `bazaar_nb.transitions` has them.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from bazaar_nb.errors import ElementError, InvalidValueError
from bazaar_nb.motion.easing import Easing, linear
from bazaar_nb.scene.elements import Fill, Group
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.scene import Scene
from bazaar_nb.scene.time import Seconds, as_seconds
from bazaar_nb.scene.tree import Elements, check_elements
from bazaar_nb.values.number import finite_number


class Transition:
    """Base of all transitions.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.
    easing : function
        From the share of the time that has passed, 0 to 1, to the progress.

    Attributes
    ----------
    duration : Fraction
        Seconds for which the two scenes overlap.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> isinstance(bz.fade(0.5), bz.Transition)
    True
    """

    def __init__(self, duration: Seconds, *, easing: Easing = linear) -> None:
        self.duration: Fraction = as_seconds(duration, "duration", f" ({self.name})")
        if self.duration < 0:
            raise InvalidValueError(f"`duration` must be at least 0, got {duration!r} ({self.name})")
        if not callable(easing):
            raise InvalidValueError(
                f"`easing` must be a function such as bz.cubic, got {easing!r:.60} ({self.name})"
            )
        self.easing = easing

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return type(self).__name__.lower()

    def mix(
        self, outgoing: Elements, incoming: Elements, share: float, background: Paint, frame: Frame
    ) -> Elements:
        """Give what `blend` makes, checked.

        Parameters
        ----------
        share : float
            Of the transition's time that has passed.

        Raises
        ------
        SceneError
            When the transition or its easing raises.
        ElementError
            When what it returns can't be drawn.
        """

        def body(frame: Frame) -> object:
            progress = finite_number(self.easing(share), "progress", f"what the easing gave for {share:g}")
            return self.blend(outgoing, incoming, progress, background, frame)

        return Scene(body, name=self.name).elements(frame)

    @abstractmethod
    def blend(
        self, outgoing: Elements, incoming: Elements, progress: float, background: Paint, frame: Frame
    ) -> Elements:
        """Mix two scenes.

        Parameters
        ----------
        outgoing, incoming : elements
            What each shows at this frame; empty where there is no scene
            (before the first, after the last).
        progress : float
            Eased, from 0 (only the outgoing scene) to 1 (only the incoming one); some easings go beyond.
            Between two scenes 0 and 1 are left out: the frames around have them.
        background : colour or gradient
            Of the composition, below both.
        frame : Frame
            One of the transition: its size, its index and time since both are seen.
        """

    def volumes(self, progress: float) -> tuple[float, float]:
        """Give the factors of the sound of both scenes' clips at a progress: by default equal power.

        The squares add up to 1, so that two scenes that sound different keep their loudness.
        """
        angle = min(max(progress, 0.0), 1.0) * (math.pi / 2)
        return math.cos(angle), math.sin(angle)

    def __repr__(self) -> str:
        return f"{self.name}({float(self.duration):g})"


class Cut(Transition):
    """No transition: the next scene starts where this one ends."""

    def __init__(self) -> None:
        super().__init__(0)

    def blend(
        self, outgoing: Elements, incoming: Elements, progress: float, _background: Paint, _frame: Frame
    ) -> Elements:
        """Give the incoming scene."""
        return incoming if progress > 0 else outgoing


class Fade(Transition):
    """The next scene appears through this one; from or to the background at the film's ends.

    Parameters
    ----------
    through : colour or gradient, optional
        What this one fades to before the next one fades in.
    """

    def __init__(self, duration: Seconds, *, through: Paint | None = None, easing: Easing = linear) -> None:
        super().__init__(duration, easing=easing)
        self.through = None if through is None else checked_paint(through, "through", f" ({self.name})")

    def blend(
        self, outgoing: Elements, incoming: Elements, progress: float, background: Paint, _frame: Frame
    ) -> Elements:
        """Draw the upper picture with an opacity over the lower one: no light is lost on the way."""
        if self.through is None:
            return (picture(outgoing, background), picture(incoming, background, opacity=progress))
        between = Fill(self.through)
        if progress < 0.5:
            veil = replace(between, opacity=max(0.0, 2.0 * progress))
            return (hidden(incoming), picture(outgoing, background), veil)
        return (hidden(outgoing), between, picture(incoming, background, opacity=2.0 * progress - 1.0))


class Dissolve(Fade):
    """A `Fade` straight from one scene to the next."""


def picture(elements: Elements, background: Paint, *, opacity: float = 1.0, **changed: Any) -> Group:
    """Give all that a scene shows as one picture that hides what is below: on its own background.

    Parameters
    ----------
    opacity : float
        Beyond 0 and 1 the nearer end.
    **changed
        Fields of the group that are not their defaults.
    """
    if opacity < 1.0:
        changed["opacity"] = max(0.0, opacity)
    return Group((Fill(background), *elements), **changed)


def hidden(elements: Elements) -> Group:
    """Give a scene that isn't seen at this moment of a transition; its clips are heard."""
    return Group(elements, opacity=0.0)


def checked_paint(value: Any, name: str, where: str) -> Paint:
    """Check a colour or gradient.

    Raises
    ------
    InvalidValueError
        When it is none.
    """
    try:
        (fill,) = check_elements((Fill(value),), scene="", frame=0)
    except ElementError as error:
        problem = str(error).replace("`paint` of Fill[0]", f"`{name}`").rpartition(" (scene")[0]
        raise InvalidValueError(problem + where) from None
    assert isinstance(fill, Fill)
    return fill.paint


def cut() -> Cut:
    """Give the transition that is none.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=1)
    ... def one(frame):
    ...     return bz.Fill("navy")
    >>> bz.Composition([one(), bz.cut(), one()]).frames
    60
    """
    return Cut()


def fade(duration: Seconds = 0.5, *, through: Paint | None = None, easing: Easing = linear) -> Fade:
    """Give a cross-fade, or a fade through a colour.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.
    through : colour or gradient, optional
        What this scene fades to before the next one fades in: ``"black"``, ``"white"``.
    easing : function

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=1)
    ... def one(frame):
    ...     return bz.Fill("navy")
    >>> bz.Composition([one(), bz.fade(0.5), one()]).frames  # half a second is in both
    45
    >>> bz.fade(0.5, through="white")
    fade(0.5)
    """
    return Fade(duration, through=through, easing=easing)


def dissolve(duration: Seconds = 0.5, *, easing: Easing = linear) -> Dissolve:
    """Give a cross-dissolve: light goes over from one scene to the next, and none is lost on the way.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.
    easing : function

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.transitions.dissolve(0.75)
    dissolve(0.75)
    """
    return Dissolve(duration, easing=easing)
