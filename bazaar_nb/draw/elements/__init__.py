"""The kinds of elements: each is registered when this package is imported."""

from bazaar_nb.draw.elements import (
    figure,
    fill,
    group_row_column,
    images,
    letters,
    points,
    polyline,
    shapes,
    text,
)

__all__ = ["figure", "fill", "group_row_column", "images", "letters", "points", "polyline", "shapes", "text"]
