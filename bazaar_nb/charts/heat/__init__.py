"""Heatmaps and calendars."""
