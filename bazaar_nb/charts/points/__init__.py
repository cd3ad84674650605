"""Scatters of points."""
