"""What a scene function is told about the frame that it makes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.time import Seconds, as_seconds, seconds_to_frames

if TYPE_CHECKING:
    from bazaar_nb.scene.elements import Element


class Size(NamedTuple):
    """Width and height of an element's box, in pixels."""

    width: float
    height: float


Measure = Callable[["Element", int, int], Size]
"""Gives an element's size in a frame of this width and height: handed in by whoever can draw."""


def held_index(index: int, at: int, frames: int) -> int:
    """Give the frame that is shown where one stands still for some more frames."""
    return min(index, at) if index <= at + frames else index - frames


class Frame:
    """The frame that a scene is asked for.

    Attributes
    ----------
    index : int
        0-based, counted from the scene's first frame, or that of a part of it. Only motion blur asks for
        moments between frames, at which it has a fraction.
    frames : int
        How many frames the scene has.
    fps : Fraction
        Frames a second; exact, 29.97 is 30000/1001.
    width, height : int
        Size of the composition in pixels.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=2)
    ... def told(frame):
    ...     words = f"{frame.time:.1f} s of {float(frame.duration)}"
    ...     return [bz.Fill("navy"), bz.Text(words, x=frame.width * frame.progress)]
    >>> bz.Composition([told()], width=640, height=360).frame(15).elements[-1].text
    '0.5 s of 2.0'
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
        if self.frames == 1:
            return 0.0 if self.index <= 0 else 1.0
        return min(1.0, max(0.0, self.index / (self.frames - 1)))

    @property
    def is_on(self) -> bool:
        """Whether this frame is one of the part's; always so for a scene's own."""
        return 0 <= self.index < self.frames

    def part(self, start: Seconds, duration: Seconds | None = None) -> Frame:
        """Give this frame as one of a part of the scene: its index and time are counted from its start.

        Parameters
        ----------
        start : seconds
            When the part begins, in the scene's time.
        duration : seconds, optional
            How long it is; by default to the scene's end.

        Returns
        -------
        Frame
            Before the part its index and time are below 0, after it they go on; `progress` stays within 0
            and 1, and `is_on` tells whether it is the part's time.

        Examples
        --------
        >>> import bazaar_nb as bz
        >>> @bz.scene(duration=5)
        ... def two_titles(frame):
        ...     first, second = frame.sequence(2, 3)
        ...     yield bz.words.rise("First", first, leave=1.5) if first.is_on else None
        ...     yield bz.words.rise("Then", second) if second.is_on else None
        """
        first = seconds_to_frames(as_seconds(start, "start", " (frame.part)"), self.fps)
        if duration is None:
            return self.other(self.index - first, max(1, self.frames - first))
        frames = seconds_to_frames(as_seconds(duration, "duration", " (frame.part)"), self.fps)
        if frames < 1:
            raise InvalidValueError(f"`duration` must be a frame at least, got {duration!r} (frame.part)")
        return self.other(self.index - first, frames)

    def sequence(self, *durations: Seconds) -> tuple[Frame, ...]:
        """Give this frame as one of parts that follow one another, each so many seconds long."""
        parts, at = [], Fraction()
        for duration in durations:
            parts.append(self.part(at, duration))
            at += as_seconds(duration, "durations", " (frame.sequence)")
        return tuple(parts)

    def loop(self, duration: Seconds) -> Frame:
        """Give this frame as one of a part that comes over and over, so many seconds long."""
        part = self.part(0, duration)
        return self.other(part.index % part.frames, part.frames)

    def reverse(self) -> Frame:
        """Give the frame that is shown now where time runs backwards."""
        return self.other(self.frames - 1 - self.index, self.frames)

    def hold(self, at: Seconds, seconds: Seconds) -> Frame:
        """Give the frame that is shown now where time stands still at a moment for some seconds."""
        first, more = (
            seconds_to_frames(as_seconds(value, name, " (frame.hold)"), self.fps)
            for name, value in (("at", at), ("seconds", seconds))
        )
        if first < 0 or more < 0:
            raise InvalidValueError(
                f"`at` and `seconds` must be at least 0, got {at!r}, {seconds!r} (frame.hold)"
            )
        return self.other(held_index(self.index, first, more), max(1, self.frames - more))

    def other(self, index: int, frames: int) -> Frame:
        """Give another frame of so many, in a film of the same size and rate."""
        return Frame(index, frames, self.fps, self.width, self.height, self._measure)

    def between(self, offset: float) -> Frame:
        """Give a moment near this frame: its index has a fraction, and its time is exact.

        Parameters
        ----------
        offset : float
            In frames: 0.5 is half way to the next.
        """
        if offset == 0:
            return self
        return self.other(self.index + offset, self.frames)  # type: ignore[arg-type]

    @property
    def measuring(self) -> Measure | None:
        """What `measure` asks."""
        return self._measure

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
            raise InvalidValueError(
                "`frame.measure` works in frames of a bz.Composition, this one was made without any"
            )
        if hasattr(element, "as_element"):
            element = element.as_element()
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
