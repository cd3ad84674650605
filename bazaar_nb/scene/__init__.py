"""Scenes, elements and motion: pure data, no I/O."""
