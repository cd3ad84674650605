"""Tables and timelines."""
