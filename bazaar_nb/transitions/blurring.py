"""`blur`: both scenes are out of focus while one becomes the other."""

from __future__ import annotations

import math

from bazaar_nb.motion.easing import Easing
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.time import Seconds
from bazaar_nb.scene.transition import Transition, hidden, picture
from bazaar_nb.scene.tree import Elements
from bazaar_nb.transitions.directions import GENTLE, as_share, unit

_MIXED = 0.3, 0.7  # of the time: when the next scene begins to be seen, when it is all that is


class Blur(Transition):
    """One scene goes out of focus, the next one comes into it."""

    def __init__(self, duration: Seconds, radius: float, *, easing: Easing) -> None:
        super().__init__(duration, easing=easing)
        self.radius = as_share(radius, "radius", self.name, 0.0, 1000.0)

    def blend(
        self, outgoing: Elements, incoming: Elements, progress: float, background: Paint, _frame: Frame
    ) -> Elements:
        """Blur what is seen, most in the middle, where one dissolves into the other."""
        share = unit(progress)
        blurred = {"blur": self.radius * math.sin(math.pi * share)} if 0 < share < 1 and self.radius else {}
        mixed = unit((share - _MIXED[0]) / (_MIXED[1] - _MIXED[0]))
        if mixed == 1.0:
            return (hidden(outgoing), picture(incoming, background, **blurred))
        upper = picture(incoming, background, opacity=mixed, **blurred)
        return (picture(outgoing, background, **blurred), upper)


def blur(duration: Seconds = 0.6, radius: float = 32.0, *, easing: Easing = GENTLE) -> Blur:
    """Give a transition through a picture that is out of focus.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.
    radius : float
        How much it is blurred in the middle, in pixels: the Gaussian's sigma.
    easing : function

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.transitions.blur(0.8, radius=40)
    blur(0.8)
    """
    return Blur(duration, radius, easing=easing)
