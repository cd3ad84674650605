"""`zoom`: through this scene into the next."""

from __future__ import annotations

from bazaar_nb.motion.easing import Easing
from bazaar_nb.scene.elements import Fill, Group
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.time import Seconds
from bazaar_nb.scene.transition import Transition, picture
from bazaar_nb.scene.tree import Elements
from bazaar_nb.transitions.directions import SMOOTH, as_center, as_share, unit


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
        one, other = self.scale**progress, self.scale ** (progress - 1.0)
        gone = (self._scaled(outgoing, one, frame), 1.0 - share)
        come = (self._scaled(incoming, other, frame), share)
        lower, (upper, opacity) = (come[0], gone) if self.scale >= 1.0 else (gone[0], come)
        return (picture(lower, background), picture(upper, background, opacity=opacity))

    def _scaled(self, elements: Elements, scale: float, frame: Frame) -> Elements:
        """Scale a scene around the centre; its ground stays, so that no edge of it is seen."""
        first = 1 if elements and isinstance(elements[0], Fill) else 0
        if scale == 1.0 or len(elements) == first:
            return elements
        across, down = (  # where its middle goes: a group is scaled around that
            side * (0.5 + (at - 0.5) * (1.0 - scale))
            for side, at in zip((frame.width, frame.height), self.center, strict=True)
        )
        return (*elements[:first], Group(elements[first:], scale=scale, x=across, y=down))


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
