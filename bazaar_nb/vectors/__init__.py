"""Vectors: paths that are drawn, followed and changed into one another, drawings of SVG, arrows, repeaters.

All are pure functions of their arguments that return elements.
"""

from __future__ import annotations

from bazaar_nb.vectors.arrows import arrow as arrow
from bazaar_nb.vectors.braces import brace as brace
from bazaar_nb.vectors.drawing_on import draw_on as draw_on
from bazaar_nb.vectors.morphing import morph_path as morph_path
from bazaar_nb.vectors.path_places import Place as Place
from bazaar_nb.vectors.path_places import along as along
from bazaar_nb.vectors.repeating import repeat as repeat
from bazaar_nb.vectors.svg.svg import Svg as Svg

__all__ = ["Place", "Svg", "along", "arrow", "brace", "draw_on", "morph_path", "repeat"]
