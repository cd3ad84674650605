"""The kinds of elements: each is registered when this package is imported."""

from bazaar_nb.draw.elements import figure, fill, groups, images, shapes, text

__all__ = ["figure", "fill", "groups", "images", "shapes", "text"]
