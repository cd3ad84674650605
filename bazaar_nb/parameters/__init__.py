"""Parameters of functions: what each takes, and what is wrong with a value. Knows nothing of films."""

from __future__ import annotations

from bazaar_nb.parameters.kinds import Color, Column, ImageFile, Table

__all__ = ["Color", "Column", "ImageFile", "Table"]
