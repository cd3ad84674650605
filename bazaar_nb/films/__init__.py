"""Films with parameters: functions that check what they are given, show a form, and make compositions."""

from __future__ import annotations

from bazaar_nb.films.film import FilmFunction, film
from bazaar_nb.parameters.kinds import Color, Column, ImageFile, Table

__all__ = ["Color", "Column", "FilmFunction", "ImageFile", "Table", "film"]
