"""Captions: what is said, as words with times, over a film."""
