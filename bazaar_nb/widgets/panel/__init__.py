"""The export panel, and the view of one job."""
