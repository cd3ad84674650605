"""Formulas: set as outlines of glyphs, whose parts are found, moved and changed into those of the next."""
