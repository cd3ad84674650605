"""The composition that people use: a film that is seen, kept and exported."""
