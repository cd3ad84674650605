"""`slide` and `push`: one scene moves over the other, or both move."""

from __future__ import annotations

from bazaar_nb.motion.easing import Easing
from bazaar_nb.scene.elements import Group, Rect
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.time import Seconds
from bazaar_nb.scene.transition import Transition, picture
from bazaar_nb.scene.tree import Elements
from bazaar_nb.transitions.directions import SMOOTH, Direction, as_degrees, way_out


class Slide(Transition):
    """The next scene moves in over this one, or this one off the next."""

    def __init__(
        self, duration: Seconds, direction: Direction, *, away: bool, easing: Easing = SMOOTH
    ) -> None:
        super().__init__(duration, easing=easing)
        self.degrees = as_degrees(direction, self.name)
        self.away = away

    def blend(
        self, outgoing: Elements, incoming: Elements, progress: float, background: Paint, frame: Frame
    ) -> Elements:
        """Put the picture that moves over the one that stands."""
        across, down = way_out(self.degrees, frame.width, frame.height)
        lower, upper, share = (
            (incoming, outgoing, progress) if self.away else (outgoing, incoming, progress - 1.0)
        )
        return (picture(lower, background), _moved(upper, background, frame, share * across, share * down))


class Push(Transition):
    """The next scene pushes this one out of the frame."""

    def __init__(self, duration: Seconds, direction: Direction, *, easing: Easing = SMOOTH) -> None:
        super().__init__(duration, easing=easing)
        self.degrees = as_degrees(direction, self.name)

    def blend(
        self, outgoing: Elements, incoming: Elements, progress: float, background: Paint, frame: Frame
    ) -> Elements:
        """Put both side by side."""
        across, down = way_out(self.degrees, frame.width, frame.height)
        # Both by the same whole pixels: no line is seen between them.
        right, below = round(progress * across), round(progress * down)
        return (
            _moved(outgoing, background, frame, right, below),
            _moved(incoming, background, frame, right - round(across), below - round(down)),
        )


def _moved(elements: Elements, background: Paint, frame: Frame, across: float, down: float) -> Group:
    """Give a scene's picture, moved by whole pixels: it is then drawn where it stands, and only put down."""
    x, y = frame.width / 2 + round(across), frame.height / 2 + round(down)
    return picture(elements, background, x=x, y=y, clip=Rect())


def slide(
    duration: Seconds = 0.5, direction: Direction = "left", *, away: bool = False, easing: Easing = SMOOTH
) -> Slide:
    """Give a transition in which the next scene moves in over this one.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.
    direction : str or float
        Where it moves: ``left`` comes from the right; or degrees clockwise, 0 is to the right.
    away : bool
        This scene moves away instead, and the next one is below it.
    easing : function

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.transitions.slide(0.5, "left")
    slide(0.5)
    """
    return Slide(duration, direction, away=away, easing=easing)


def push(duration: Seconds = 0.5, direction: Direction = "left", *, easing: Easing = SMOOTH) -> Push:
    """Give a transition in which the next scene pushes this one out of the frame.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.
    direction : str or float
        Where both move: ``left`` comes from the right; or degrees clockwise, 0 is to the right. Askew, they
        leave two corners of the frame to the film's background; a `slide` leaves none.
    easing : function

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.transitions.push(0.8, "up", easing=bz.ease_in_out(bz.back()))
    push(0.8)
    """
    return Push(duration, direction, easing=easing)
