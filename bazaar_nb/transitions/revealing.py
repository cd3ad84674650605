"""`wipe`, `iris` and `clock`: the next scene is seen through a mask that opens."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence

from bazaar_nb.motion.easing import Easing, linear
from bazaar_nb.scene.elements import AnyElement, Ellipse, Fill, Mask, Path, Polygon, Rect
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import ConicGradient, LinearGradient, Paint, RadialGradient
from bazaar_nb.scene.time import Seconds
from bazaar_nb.scene.transition import Transition, picture
from bazaar_nb.scene.tree import Elements
from bazaar_nb.transitions.directions import GENTLE, Direction, as_center, as_degrees, as_share, unit

Shape = Rect | Ellipse | Path | Polygon
_STEPS = 8  # colours that a soft edge is made of


class Reveal(Transition):
    """The next scene is seen through a mask that opens over this one.

    Attributes
    ----------
    soft : float
        How wide the mask's edge is, as a share of its whole way.
    """

    def __init__(self, duration: Seconds, soft: float, *, easing: Easing) -> None:
        super().__init__(duration, easing=easing)
        self.soft = as_share(soft, "soft", self.name)

    def blend(
        self, outgoing: Elements, incoming: Elements, progress: float, background: Paint, frame: Frame
    ) -> Elements:
        """Put what the mask lets through over the scene below."""
        return self._revealed(outgoing, incoming, unit(progress), background, frame)

    def _revealed(
        self, below: Elements, above: Elements, opened: float, background: Paint, frame: Frame
    ) -> Elements:
        if opened in (0.0, 1.0):
            return (picture(below, background), picture(above, background, opacity=opened))
        if self.soft == 0.0:
            return (picture(below, background), picture(above, background, clip=self.edge(opened, frame)))
        seen = picture(above, background)
        return (picture(below, background), Mask((seen,), by=self.mask(opened, frame)))

    @abstractmethod
    def edge(self, opened: float, frame: Frame) -> Shape:
        """Give the shape that is open, where its edge is hard."""

    @abstractmethod
    def mask(self, opened: float, frame: Frame) -> AnyElement:
        """Give the mask, where its edge is soft."""

    def _soft_stops(self, opened: float) -> tuple[tuple[float, ...], tuple[str, ...]]:
        """Give where on the mask's way its edge stands, and how opaque it is; it ends without a seam."""
        stop = opened * (1.0 + self.soft)
        start = stop - self.soft
        return soft_edge(start, stop)


def soft_edge(start: float, stop: float, falls: Easing = GENTLE) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Give a gradient's stops and colours: opaque up to `start`, gone from `stop` on, wherever those are."""

    def opaque(at: float) -> float:
        return 1.0 - falls(unit((at - start) / (stop - start)))

    inner = [start + (stop - start) * step / _STEPS for step in range(_STEPS + 1)]
    places = [0.0, *(at for at in inner if 0.0 < at < 1.0), 1.0]
    return tuple(places), tuple(f"rgba(255, 255, 255, {opaque(at):.4f})" for at in places)


class Wipe(Reveal):
    """A straight edge runs over the frame."""

    def __init__(self, duration: Seconds, direction: Direction, soft: float, *, easing: Easing) -> None:
        super().__init__(duration, soft, easing=easing)
        self.degrees = as_degrees(direction, self.name)

    def edge(self, opened: float, frame: Frame) -> Polygon:
        """Give half of a plane."""
        x, y = math.cos(math.radians(self.degrees)), math.sin(math.radians(self.degrees))
        whole = frame.width * abs(x) + frame.height * abs(y)
        far = float(frame.width + frame.height)
        at = whole * (opened - 0.5)
        across, down = frame.width / 2 + at * x, frame.height / 2 + at * y
        corners = ((far * -y, far * x), (far * (-y - x), far * (x - y)), (far * (y - x), far * (-x - y)),
                   (far * y, far * -x))  # fmt: skip
        return Polygon(tuple((across + right, down + below) for right, below in corners))

    def mask(self, opened: float, _frame: Frame) -> Fill:
        """Give a gradient, whose line is as long as the edge's way."""
        stops, colors = self._soft_stops(opened)
        return Fill(LinearGradient(colors, angle=self.degrees, stops=stops))


class Iris(Reveal):
    """A hole opens, or closes over this scene."""

    def __init__(
        self, duration: Seconds, center: tuple[float, float], soft: float, *, closes: bool, easing: Easing
    ) -> None:
        super().__init__(duration, soft, easing=easing)
        self.center = as_center(center, self.name)
        self.closes = closes

    def blend(
        self, outgoing: Elements, incoming: Elements, progress: float, background: Paint, frame: Frame
    ) -> Elements:
        """Show the next scene in the hole; or this one, where it closes."""
        share = unit(progress)
        if self.closes:
            return self._revealed(incoming, outgoing, 1.0 - share, background, frame)
        return self._revealed(outgoing, incoming, share, background, frame)

    def _farthest(self, frame: Frame) -> float:
        x, y = (max(at, 1.0 - at) for at in self.center)
        return math.hypot(x * frame.width, y * frame.height)

    def edge(self, opened: float, frame: Frame) -> Ellipse:
        """Give the hole."""
        x, y = self.center
        across = 2 * opened * self._farthest(frame)
        return Ellipse(width=across, height=across, x=x * frame.width, y=y * frame.height)

    def mask(self, opened: float, frame: Frame) -> Fill:
        """Give a gradient as large as the hole is in the end."""
        stops, colors = self._soft_stops(opened)
        half = math.hypot(frame.width, frame.height) / 2
        radius = self._farthest(frame) / half
        return Fill(RadialGradient(colors, center=self.center, radius=radius, stops=stops))


class Clock(Reveal):
    """A hand runs round."""

    def __init__(
        self,
        duration: Seconds,
        start: float,
        center: tuple[float, float],
        soft: float,
        *,
        counterclockwise: bool,
        easing: Easing,
    ) -> None:
        super().__init__(duration, soft, easing=easing)
        self.start = as_share(start, "start", self.name, -360.0, 360.0)
        self.center = as_center(center, self.name)
        self.counterclockwise = counterclockwise

    def edge(self, opened: float, frame: Frame) -> Polygon:
        """Give the sector that the hand has run over."""
        x, y = self.center[0] * frame.width, self.center[1] * frame.height
        far = 2.0 * (frame.width + frame.height)
        turned = 360.0 * opened * (-1 if self.counterclockwise else 1)
        pieces = max(2, math.ceil(abs(turned) / 60.0))
        rim = [math.radians(self.start + turned * piece / pieces) for piece in range(pieces + 1)]
        return Polygon(((x, y), *((x + far * math.sin(angle), y - far * math.cos(angle)) for angle in rim)))

    def mask(self, opened: float, _frame: Frame) -> Fill:
        """Give a gradient around the hand's middle."""
        stops, colors = self._soft_stops(opened)
        if self.counterclockwise:
            stops, colors = tuple(1.0 - at for at in reversed(stops)), _reversed(colors)
        return Fill(ConicGradient(colors, center=self.center, angle=self.start, stops=stops))


def _reversed(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(reversed(values))


def wipe(
    duration: Seconds = 0.6,
    direction: Direction = "right",
    *,
    soft: float = 0.15,
    easing: Easing = GENTLE,
) -> Wipe:
    """Give a transition in which a straight edge uncovers the next scene.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.
    direction : str or float
        Where the edge moves: ``right``, ``down``, ``left``, ``up``, or degrees clockwise, 0 is to the right.
    soft : float
        How wide the edge is, as a share of its way; 0 is a hard one.
    easing : function

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.transitions.wipe(0.6, 30, soft=0.25)  # an edge that runs down to the right
    wipe(0.6)
    """
    return Wipe(duration, direction, soft, easing=easing)


def iris(
    duration: Seconds = 0.7,
    center: tuple[float, float] = (0.5, 0.5),
    *,
    soft: float = 0.05,
    closes: bool = False,
    easing: Easing = GENTLE,
) -> Iris:
    """Give a transition in which a round hole opens onto the next scene.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.
    center : (float, float)
        Of the hole, as fractions of the frame.
    soft : float
        How wide its edge is, as a share of its radius in the end; 0 is a hard one.
    closes : bool
        This scene is seen in the hole, which closes.
    easing : function

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.transitions.iris(1, center=(0.8, 0.7))
    iris(1)
    """
    return Iris(duration, center, soft, closes=closes, easing=easing)


def clock(
    duration: Seconds = 0.8,
    *,
    start: float = 0.0,
    center: tuple[float, float] = (0.5, 0.5),
    soft: float = 0.04,
    counterclockwise: bool = False,
    easing: Easing = linear,
) -> Clock:
    """Give a transition in which a hand runs round and uncovers the next scene.

    Parameters
    ----------
    duration : seconds
        For which both scenes are seen; the film gets shorter by it.
    start : float
        Where the hand begins, in degrees clockwise; 0 is up.
    center : (float, float)
        What it turns around, as fractions of the frame.
    soft : float
        How wide its edge is, as a share of a whole turn; 0 is a hard one.
    counterclockwise : bool
    easing : function

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> bz.transitions.clock(0.8, soft=0)
    clock(0.8)
    """
    return Clock(duration, start, center, soft, counterclockwise=counterclockwise, easing=easing)
