"""The kinds of elements: each is registered when this package is imported."""

from bazaar_nb.draw.elements import (
    clip,
    drawing,
    figure,
    fill,
    filter,
    group_row_column,
    images,
    letters,
    mask_average,
    perspective,
    points,
    polyline,
    shapes,
    text,
)

__all__ = [
    "clip", "drawing", "figure", "fill", "filter", "group_row_column", "images", "letters", "mask_average",
    "perspective", "points", "polyline", "shapes", "text",
]  # fmt: skip
