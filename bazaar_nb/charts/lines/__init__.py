"""Lines, areas and slopes over time."""
