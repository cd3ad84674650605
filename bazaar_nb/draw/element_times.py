"""Which element of a frame took longest to draw, by the clock: its own time, without what is in it."""

from __future__ import annotations

from bazaar_nb.scene.elements import AnyElement


class ElementTimes:
    """Keeps the slowest element of the frame that is drawn, told by whoever draws it.

    Attributes
    ----------
    most_s : float
        Seconds that the slowest took by itself; 0 where none was drawn.
    slowest : str
        Where it stands in the tree, as errors have it: ``Group[1] > Clip[0]``.
    inside_s : float
        Seconds of the elements that were drawn so far within the one that is being drawn.
    """

    __slots__ = ("inside_s", "most_s", "slowest")

    def __init__(self) -> None:
        self.begin_frame()

    def begin_frame(self) -> None:
        """Forget the frame before."""
        self.inside_s = 0.0
        self.most_s = 0.0
        self.slowest = ""

    def note(self, element: AnyElement, number: int, own_s: float) -> None:
        """Take note of an element that is the slowest so far, or that holds it.

        Parameters
        ----------
        number : int
            Its place among its siblings.
        own_s : float
            What it took, without what is in it.
        """
        name = f"{type(element).__name__}[{number}]"
        if own_s > self.most_s:
            self.most_s, self.slowest = own_s, name
        else:
            self.slowest = f"{name} > {self.slowest}"
