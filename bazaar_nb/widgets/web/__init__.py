"""Widgets in a browser without Jupyter: a server on this machine whose page shows a player."""
