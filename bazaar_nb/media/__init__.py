"""Frames to segment files, segments and sound to movies: the only place that imports av."""
