"""What a scene function is told about the frame that it makes."""

from __future__ import annotations

from fractions import Fraction


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

    __slots__ = ("fps", "frames", "height", "index", "width")

    def __init__(self, index: int, frames: int, fps: Fraction, width: int, height: int) -> None:
        self.index = index
        self.frames = frames
        self.fps = fps
        self.width = width
        self.height = height

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

    def __repr__(self) -> str:
        return f"Frame({self.index} of {self.frames}, {self.time:.3f} s, {self.width}x{self.height})"
