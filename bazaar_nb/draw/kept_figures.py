"""Figures that are kept from frame to frame, and the check that this shows nothing else.

A figure that is made once and then changed must look the same whatever was shown
before. Whether it does is found out by going back: after frames have been drawn
it is told to show its first one again, which must be what it was, pixel for
pixel. One that is not is drawn anew for each frame from then on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # which needs matplotlib: most films have no figure
    from bazaar_nb.draw.live_figure import LiveFigure

_MOST_KEPT = 4
_LOOKS = (1, 4, 16)  # after so many frames beside the first: most of what goes wrong does so at once

Distrust = Literal["order", "chance"]
"""Why a figure isn't kept: it depends on frames before it; or shows something else when made again."""


@dataclass(slots=True)
class _Kept:
    live: LiveFigure
    make: Callable[[], LiveFigure]
    ordered: bool
    first_args: tuple[Any, ...]
    first: NDArray[np.uint8]
    frame: int
    frames: int = 0
    is_steady: bool = True
    is_checked: bool = True
    is_replayed: bool = False


class KeptFigures:
    """Draws figures, the last few of which are kept.

    Attributes
    ----------
    frame : int
        Which frame is drawn, for who asks where something went wrong.
    """

    def __init__(self) -> None:
        self.frame = 0
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._found: dict[int, Distrust] = {}

    def draw(
        self, key: Hashable, make: Callable[[], LiveFigure], args: tuple[Any, ...], *, ordered: bool
    ) -> NDArray[np.uint8]:
        """Draw a figure for a frame.

        Parameters
        ----------
        key : hashable
            Of what is made.
        ordered : bool
            Whether it goes through the frames before by itself, as an animation does.

        Returns
        -------
        array of uint8, shape (height, width, 4)
            RGBA, good until the next time.
        """
        kept = self._kept.get(key)
        if kept is None:
            live = make()
            pixels = live.pixels(args)
            self._kept[key] = _Kept(live, make, ordered, args, pixels.copy(), self.frame)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return pixels
        self._kept.move_to_end(key)
        kept.frame = self.frame
        if not kept.is_steady:
            return make().pixels(args)
        pixels = kept.live.pixels(args)
        kept.frames += 1
        kept.is_checked = False
        if ordered or kept.frames not in _LOOKS:
            return pixels
        pixels = pixels.copy()
        return pixels if self._is_steady(kept) else make().pixels(args)

    def check(self) -> dict[int, Distrust]:
        """Look at all that was drawn since the last time.

        Returns
        -------
        dict of int to str
            Why figures can't be trusted, by the frame at which that was seen; each figure once.
            Frames of them that were drawn since the last time may be wrong, where it is their order.
        """
        for kept in self._kept.values():
            if not kept.is_checked:
                self._is_steady(kept)
        found, self._found = self._found, {}
        return found

    def _is_steady(self, kept: _Kept) -> bool:
        """Tell whether a figure shows its first frame as it did."""
        kept.is_checked = True
        if not kept.is_steady:
            return False
        if kept.ordered:
            if kept.is_replayed:  # once is enough: it goes through the same frames each time
                return True
            live, kept.is_replayed = kept.make(), True
        else:
            live = kept.live
        kept.is_steady = bool(np.array_equal(live.pixels(kept.first_args), kept.first))
        if not kept.is_steady:
            self._found[kept.frame] = "chance" if kept.ordered else "order"
            kept.is_steady = kept.ordered  # drawing an animation anew helps nothing
        return kept.is_steady
