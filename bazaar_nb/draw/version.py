"""What decides how a tree's pixels come out, as text for segment keys."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from bazaar_nb.draw.native import skia

DRAWING = 1
"""Raised whenever the same tree is drawn differently, by code or by the fonts that come with the package."""


@lru_cache(maxsize=1)
def drawing_version() -> str:
    """Give the versions of all that draws."""
    return f"draw {DRAWING} skia {skia.__version__} cv {cv2.__version__} numpy {np.__version__}"
