"""Morphs of one view into another, and stories of them."""
