"""`zoom`: through this scene into the next."""

from __future__ import annotations

from msgspec.structs import replace

from bazaar_nb.motion.easing import Easing
from bazaar_nb.scene.elements import Fill, Group
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.time import Seconds
from bazaar_nb.scene.transition import Transition, picture
from bazaar_nb.scene.tree import Elements
from bazaar_nb.transitions.directions import SMOOTH, as_center, as_share, unit

_LITTLE = 2.0


class Zoom(Transition):
    """The nearer of two scenes, that grow or shrink, fades away, or in."""

    def __init__(
        self, duration: Seconds, scale: float, center: tuple[float, float], *, easing: Easing
    ) -> None:
        super().__init__(duration, easing=easing)
        self.scale = as_share(scale, "scale", self.name, 0.01, 100.0)
        self.center = as_center(center, self.name)

    def blend(
        self, outgoing: Elements, incoming: Elements, progress: float, background: Paint, frame: Frame
    ) -> Elements:
        """Scale what is in both around the same point; the nearer one is above."""
        share = unit(progress)
        one = self._picture(outgoing, self.scale**progress, background, frame, 1.0 - share)
        other = self._picture(incoming, self.scale ** (progress - 1.0), background, frame, share)
        lower, upper = (other, one) if self.scale >= 1.0 else (one, other)
        return (replace(lower, opacity=1.0), upper)

    def _picture(
        self, elements: Elements, scale: float, background: Paint, frame: Frame, opacity: float
    ) -> Group:
        """Scale a scene around the centre.

        A little larger it is its own picture, made larger. Otherwise its ground stays, so that no edge of it
        is seen.
        """
        x, y = (  # where its middle goes: a group is scaled around that
            side * (0.5 + (at - 0.5) * (1.0 - scale))
            for side, at in zip((frame.width, frame.height), self.center, strict=True)
        )
        if scale > 1.0 and 1 / _LITTLE <= self.scale <= _LITTLE:
            return picture(elements, background, opacity=opacity, scale=scale, x=x, y=y)
        first = 1 if elements and isinstance(elements[0], Fill) else 0
        if scale != 1.0 and len(elements) > first:
            elements = (*elements[:first], Group(elements[first:], scale=scale, x=x, y=y))
        return picture(elements, background, opacity=opacity)


def zoom(
    duration: Seconds = 0.6,
    scale: float = 1.6,
    center: tuple[float, float] = (0.5, 0.5),
    *,
    easing: Easing = SMOOTH,
) -> Zoom:
    """Give a transition through this scene into the next, which grows behind it.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.
    scale : float
        How much both grow; below 1 they get smaller, and the next one comes from the front.
    center : (float, float)
        Where to, as fractions of the frame.
    easing : function

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.transitions.zoom(0.6, scale=2)
    zoom(0.6)
    """
    return Zoom(duration, scale, center, easing=easing)
