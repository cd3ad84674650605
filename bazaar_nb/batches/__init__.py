"""A table to films, one a row: checked together, made side by side, and what became of each."""
