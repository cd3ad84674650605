"""`flip`: the picture is turned over, and the next scene is on its back."""

from __future__ import annotations

import math
from typing import Any, Literal

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.motion.easing import Easing
from bazaar_nb.scene.elements import Perspective
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import Paint
from bazaar_nb.scene.time import Seconds
from bazaar_nb.scene.transition import Transition, hidden, picture
from bazaar_nb.scene.tree import Elements
from bazaar_nb.transitions.directions import SMOOTH, Direction

_WAYS: dict[object, tuple[str, float]] = {
    "left": ("rotate_y", -180.0), "right": ("rotate_y", 180.0),
    "up": ("rotate_x", 180.0), "down": ("rotate_x", -180.0),
}  # fmt: skip


class Flip(Transition):
    """One scene turns away, and the next one, on its back, comes to the front."""

    def __init__(self, duration: Seconds, direction: Direction, *, easing: Easing) -> None:
        super().__init__(duration, easing=easing)
        if direction not in _WAYS:
            raise InvalidValueError(
                f"`direction` must be {', '.join(map(str, _WAYS))}, got {direction!r:.60} ({self.name})"
            )
        self.direction = direction

    def blend(
        self, outgoing: Elements, incoming: Elements, progress: float, background: Paint, _frame: Frame
    ) -> Elements:
        """Give the side that is seen, turned."""
        field, whole = _WAYS[self.direction]
        is_front = progress < 0.5
        angle = whole * (progress if is_front else progress - 1.0)
        seen, other = (outgoing, incoming) if is_front else (incoming, outgoing)
        side = picture(seen, background)
        if angle == 0.0:
            return (hidden(other), side)
        # As far back as keeps the edge that comes nearer within the frame: at half the side of the distance.
        scale = 1.0 - 0.25 * abs(math.sin(math.radians(angle)))
        turned: dict[str, Any] = {field: angle, "scale": scale}
        return (hidden(other), Perspective((side,), **turned))


def flip(
    duration: Seconds = 0.8,
    direction: Literal["left", "right", "up", "down"] = "left",
    *,
    easing: Easing = SMOOTH,
) -> Flip:
    """Give a transition in which the picture turns over, on the film's background.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.
    direction : str
        Where its near side moves: ``left``, ``right``, ``up``, ``down``.
    easing : function

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.transitions.flip(1, "up")
    flip(1)
    """
    return Flip(duration, direction, easing=easing)
