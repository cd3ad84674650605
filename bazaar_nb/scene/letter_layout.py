"""Where the letters of a text stand: what moves them one by one, or draws beside them, must know."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


class LetterLayout(NamedTuple):
    """The letters of a text that is laid out, in the order in which they are read; not to be changed.

    Attributes
    ----------
    width, height : float
        Of the text's box in pixels; what follows is in pixels from its corner.
    left, right : array of float
        Of each letter's box.
    baseline : array of float
        Which each letter stands on.
    size : array of float
        Of each letter's font.
    line : array of int
        Which line each letter is in, from 0.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=1)
    ... def shown(frame):
    ...     layout = bz.words.measure_letters(bz.Text("abc", size=100), frame)
    ...     return bz.Text(f"{len(layout.left)} letters")
    >>> bz.Composition([shown()], width=640, height=360).frame(0).elements[-1].text
    '3 letters'
    """

    width: float
    height: float
    left: Floats
    right: Floats
    baseline: Floats
    size: Floats
    line: Counts
