"""When a chart's parts move: enter, move, emphasise, leave."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bazaar_nb.motion.easing import Easing

_BEGIN_S, _ENTER_S, _STILL_S, _LEAVE_S = 0.15, 0.8, 0.8, 0.4
_STAGGER_S, _ALL_STAGGER_S = 0.04, 0.5
_PALE = 0.55
_USUAL_S = 3.0  # shorter charts have shorter phases


@dataclass(frozen=True)
class Phases:
    """The parts of a chart's time, in seconds.

    Parameters
    ----------
    duration : float
    enters, leaves : bool
        Whether marks come in at the start, and all fades at the end.
    rest : float
        Seconds that stand still before the first movement of marks that don't come in.
    """

    duration: float
    enters: bool = True
    leaves: bool = False
    rest: float = 0.0

    @cached_property
    def pace(self) -> float:
        """1, or less where there is little time."""
        return min(1.0, self.duration / _USUAL_S)

    @cached_property
    def enter_start(self) -> float:
        """When the first mark begins to come in."""
        return _BEGIN_S * self.pace if self.enters else 0.0

    @cached_property
    def move_start(self) -> float:
        """When all marks are there."""
        return self.enter_start + (_ENTER_S if self.enters else self.rest) * self.pace

    @cached_property
    def enter_stop(self) -> float:
        """When the last of staggered marks has come in."""
        return self.move_start + (_ALL_STAGGER_S * self.pace if self.enters else 0.0)

    @cached_property
    def leave_start(self) -> float:
        """When what leaves begins to."""
        return self.duration - (_LEAVE_S * self.pace if self.leaves else 0.0)

    @cached_property
    def move_stop(self) -> float:
        """When the last movement of the data ends; then all stands still."""
        return max(self.move_start, self.leave_start - _STILL_S * self.pace)

    def moved(self, time: float) -> float:
        """Give how much of the data's time has passed at a moment: 0 to 1, evenly."""
        span = self.move_stop - self.move_start
        if span <= 0:
            return 1.0 if time >= self.move_stop else 0.0
        return min(1.0, max(0.0, (time - self.move_start) / span))

    def time_at(self, moved: float) -> float:
        """Give the moment at which so much of the data's time has passed."""
        return self.move_start + moved * (self.move_stop - self.move_start)

    def entered(self, time: float, easing: Easing, number: int = 0, count: int = 1) -> float:
        """Give how far a mark has come in, 0 to 1: those of higher numbers come later."""
        if not self.enters or time >= self.enter_stop:
            return 1.0
        apart = min(_STAGGER_S, _ALL_STAGGER_S / max(1, count - 1)) * self.pace
        lasting = _ENTER_S * self.pace
        return eased(time, self.enter_start + apart * number, lasting, easing)

    def colored(self, time: float, easing: Easing, number: int = 0, count: int = 1) -> float:
        """Give the opacity of a mark that is in its place from the start, pale, and gets its colour."""
        return _PALE + (1.0 - _PALE) * self.entered(time, easing, number, count)

    def gone(self, time: float) -> float:
        """Give the opacity of all: 1, and less while it leaves."""
        if not self.leaves or time <= self.leave_start:
            return 1.0
        return max(0.0, (self.duration - time) / max(1e-9, self.duration - self.leave_start))


def eased(time: float, start: float, lasting: float, easing: Easing) -> float:
    """Give how far something is that starts at a moment and lasts so many seconds, 0 to 1."""
    if lasting <= 0:
        return 1.0 if time >= start else 0.0
    return easing(min(1.0, max(0.0, (time - start) / lasting)))
