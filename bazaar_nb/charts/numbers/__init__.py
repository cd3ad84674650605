"""Numbers by themselves: counters, progress, comparisons."""
