"""How long a film takes on how many workers, from what was measured: a render as events, nothing is drawn."""
