"""Bars and histograms."""
