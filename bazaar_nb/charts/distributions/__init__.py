"""Box plots and ridges."""
