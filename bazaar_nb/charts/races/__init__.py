"""Races: bars, lines and points that move while time passes."""
