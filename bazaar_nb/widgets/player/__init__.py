"""The player: a film in a notebook cell."""
