"""Films of one function, for looking at what components give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import bazaar_nb as bz

Pixels = np.ndarray[Any, Any]


def film_of(body: Callable[[bz.Frame], object], seconds: float = 3, **options: Any) -> bz.Composition:
    return bz.Composition(
        [bz.scene(duration=seconds)(body)()], **{"width": 640, "height": 360, "fps": 10, **options}
    )


def pixels(film: bz.Composition, frame: int = 0) -> Pixels:
    return np.asarray(film.still(frame).convert("L"), int)


def shown_at(body: Callable[[bz.Frame], object], time: float, **options: Any) -> Any:
    """Give what a body returns at a time."""
    found: list[Any] = []

    def keep(frame: bz.Frame) -> list[Any]:
        found[:] = [body(frame)]
        return []

    film = film_of(keep, **options)
    film.frame(round(time * float(film.fps)))
    return found[0]
