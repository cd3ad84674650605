"""What a scene function is told about the frame that it makes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from bazaar_nb.errors import InvalidValueError

if TYPE_CHECKING:
    from bazaar_nb.scene.elements import Element


class Size(NamedTuple):
    """Width and height of an element's box, in pixels."""

    width: float
    height: float


Measure = Callable[["Element", int, int], Size]
"""Gives an element's size in a frame of this width and height: handed in by whoever can draw."""


class Frame:
    """The frame that a scene is asked for.

    Attributes
    ----------
    index : int
        0-based, counted from the scene's first frame.
    frames : int
        How many frames the scene has.
    fps : Fraction
        Frames a second; exact, 29.97 is 30000/1001.
    width, height : int
        Size of the composition in pixels.
    """

    __slots__ = ("_measure", "fps", "frames", "height", "index", "width")

    def __init__(
        self,
        index: int,
        frames: int,
        fps: Fraction,
        width: int,
        height: int,
        measure: Measure | None = None,
    ) -> None:
        self.index = index
        self.frames = frames
        self.fps = fps
        self.width = width
        self.height = height
        self._measure = measure

    @property
    def time(self) -> float:
        """Seconds from the scene's first frame to this one."""
        return self.index * self.fps.denominator / self.fps.numerator

    @property
    def duration(self) -> float:
        """Seconds that the scene lasts."""
        return self.frames * self.fps.denominator / self.fps.numerator

    @property
    def progress(self) -> float:
        """0 at the scene's first frame, 1 at its last; 0 when it has only one."""
        return self.index / (self.frames - 1) if self.frames > 1 else 0.0

    def measure(self, element: Element) -> Size:
        """Give the width and height of an element as it will be drawn in this frame.

        Lengths like ``"50%"`` are of the frame; opacity, rotation, scale and the
        place of the element don't count.

        Parameters
        ----------
        element : Element
            A `Text`, most often; any other, too, as a `Row` of texts.

        Returns
        -------
        Size
            ``width`` and ``height`` in pixels; a text's are those of its lines, not of its ink.

        Raises
        ------
        ElementError
            When the element can't be drawn.
        InvalidValueError
            When it is no element, or nobody draws here: a film from JSON, a frame made by hand.

        Examples
        --------
        >>> @bz.scene(duration=2)  # doctest: +SKIP
        ... def underlined(frame, text="Results"):
        ...     title = bz.Text(text, size=90)
        ...     size = frame.measure(title)
        ...     return bz.Column([title, bz.Rect(width=size.width, height=6)], gap=12)
        """
        if self._measure is None:
            raise InvalidValueError("this frame was made without what measures: ask a frame of a Composition")
        return self._measure(element, self.width, self.height)

    def __getstate__(self) -> tuple[None, dict[str, object]]:
        """Leave out what measures: it says nothing of the frame, and is another one in another process."""
        return None, {name: getattr(self, name) for name in self.__slots__ if name != "_measure"}

    def __setstate__(self, state: tuple[None, dict[str, object]]) -> None:
        self._measure = None
        for name, value in state[1].items():
            setattr(self, name, value)

    def __repr__(self) -> str:
        return f"Frame({self.index} of {self.frames}, {self.time:.3f} s, {self.width}x{self.height})"
