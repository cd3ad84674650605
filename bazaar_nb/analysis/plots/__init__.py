"""Pictures of the analysis, for a report: each takes the table of its function and gives matplotlib axes."""
