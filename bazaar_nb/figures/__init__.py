"""Figures that exist already: animations as scenes, and objects of plotting libraries as pictures."""
