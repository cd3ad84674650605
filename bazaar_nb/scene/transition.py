"""Transitions: how one scene becomes the next.

A transition is data like everything else: from the elements of both scenes and
a progress it makes the elements of the mixed frame. Each kind is a subclass of
`Transition` with `blend`.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from fractions import Fraction

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Fill, Group
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.time import Seconds, as_seconds
from bazaar_nb.scene.tree import Elements


class Transition:
    """Base of all transitions.

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

    def __init__(self, duration: Seconds) -> None:
        self.duration: Fraction = as_seconds(duration, "duration", f" ({type(self).__name__.lower()})")
        if self.duration < 0:
            raise InvalidValueError(
                f"`duration` must be at least 0, got {duration!r} ({type(self).__name__.lower()})"
            )

    @abstractmethod
    def blend(self, outgoing: Elements, incoming: Elements, progress: float, background: Paint) -> Elements:
        """Mix two scenes.

        Parameters
        ----------
        outgoing, incoming : elements
            What each shows at this frame; empty where there is no scene
            (before the first, after the last).
        progress : float
            From 0 (only the outgoing scene) to 1 (only the incoming one).
        background : colour or gradient
            Of the composition, below both.
        """

    def volumes(self, progress: float) -> tuple[float, float]:
        """Give the factors of the sound of both scenes' clips at a progress: by default equal power.

        The squares add up to 1, so that two scenes that sound different keep their loudness.
        """
        angle = min(max(progress, 0.0), 1.0) * (math.pi / 2)
        return math.cos(angle), math.sin(angle)

    def __repr__(self) -> str:
        return f"{type(self).__name__.lower()}({float(self.duration):g})"


class Cut(Transition):
    """No transition: the next scene starts where this one ends."""

    def __init__(self) -> None:
        super().__init__(0)

    def blend(self, outgoing: Elements, incoming: Elements, progress: float, _background: Paint) -> Elements:
        """Give the incoming scene."""
        return incoming if progress > 0 else outgoing


class Fade(Transition):
    """The next scene appears through this one; from or to the background at the film's ends."""

    def blend(self, outgoing: Elements, incoming: Elements, progress: float, background: Paint) -> Elements:
        """Draw the incoming scene, on its own background, with rising opacity."""
        return (*outgoing, Group((Fill(background), *incoming), opacity=progress))


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


def fade(duration: Seconds = 0.5) -> Fade:
    """Give a cross-fade.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=1)
    ... def one(frame):
    ...     return bz.Fill("navy")
    >>> bz.Composition([one(), bz.fade(0.5), one()]).frames  # half a second is in both
    45
    """
    return Fade(duration)
